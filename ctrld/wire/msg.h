/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LISP control messages (RFC 9301 section 5, RFC 8060, RFC 9302): their
 * contents as C structures, decoded from and encoded to bytes.
 *
 * Pure functions: no clock, no socket, no global state. Whatever arrives, a
 * decoder reads nothing past the length it was given and returns one error.
 */
#ifndef LISP_WIRE_MSG_H
#define LISP_WIRE_MSG_H

#include "addr.h"

#define LISP_CONTROL_PORT	4342
#define LISP_DATA_PORT		4341
#define LISP_MSG_MAX		8192	/* the most we ever encode */

enum lisp_msg_type {
	LISP_MAP_REQUEST = 1,
	LISP_MAP_REPLY = 2,
	LISP_MAP_REGISTER = 3,
	LISP_MAP_NOTIFY = 4,
	LISP_MAP_NOTIFY_ACK = 5,
	LISP_MAP_REFERRAL = 6,	/* RFC 8111: recognised, not handled */
	LISP_INFO = 7,		/* Info-Request/-Reply (NAT traversal) */
	LISP_ECM = 8,
};

/* RFC 9301 5.4 and 7.4 of the IANA section: what to do with no RLOC. */
enum lisp_action {
	LISP_ACT_NO_ACTION = 0,
	LISP_ACT_NATIVELY_FORWARD = 1,
	LISP_ACT_SEND_MAP_REQUEST = 2,
	LISP_ACT_DROP = 3,		/* no reason */
	LISP_ACT_DROP_POLICY = 4,
	LISP_ACT_DROP_AUTH = 5,
};

#define LISP_TTL_WITHDRAW	0u		/* remove now */
#define LISP_TTL_LOCAL_POLICY	0xffffffffu
#define LISP_PRIORITY_UNUSED	255

struct lisp_locator {
	/*
	 * IPv4 or IPv6; or AFI NONE, to be skipped: an LCAF we cannot use, a
	 * name, or an address of another instance-ID than the record's.
	 */
	struct lisp_addr addr;
	uint8_t priority, weight;
	uint8_t mpriority, mweight;
	bool local, probed, reachable;	/* L, p, R */
};

struct lisp_record {
	uint32_t ttl;		/* minutes, or LISP_TTL_* */
	struct lisp_eid eid;	/* AFI NONE: in an LCAF we cannot use */
	uint16_t map_version;	/* 12 bits, RFC 9302; 0 = null version */
	/* 3 bits, may be one we do not know; 0 in a Map-Request or -Register */
	uint8_t action;
	bool authoritative;
	uint8_t n_locators;
	struct lisp_locator *locators;
};

#define LISP_ITR_RLOCS_MAX	32

struct lisp_map_request {
	bool authoritative, probe, smr, pitr, smr_invoked;	/* A P S p s */
	bool local_xtr, dont_reply;				/* L D */
	bool has_xtr_id;					/* I */
	uint64_t nonce;
	struct lisp_eid source_eid;		/* AFI NONE when not given */
	uint8_t n_itr_rlocs;			/* 1..32 */
	struct lisp_addr itr_rlocs[LISP_ITR_RLOCS_MAX];	/* NONE: skip */
	uint8_t n_eids;				/* records, >= 1 */
	struct lisp_eid *eids;
	uint8_t notify[32];	/* N of each record (RFC 9437): a bit each */
	struct lisp_record *reply;		/* M: piggybacked; or NULL */
	uint8_t xtr_id[16];
	uint64_t site_id;
};

struct lisp_map_reply {
	bool probe, echo_nonce_capable, security;	/* P E S */
	uint64_t nonce;
	uint8_t n_records;
	struct lisp_record *records;
};

/* Map-Register, Map-Notify and Map-Notify-Ack share one layout. */
struct lisp_map_register {
	bool proxy_reply, security, has_xtr_id;		/* P S I */
	bool eid_notify, use_ttl, merge, want_notify;	/* E T a M */
	bool rtr;		/* R, bit 7: built for an RTR (NAT traversal) */
	uint64_t nonce;
	uint8_t key_id, alg_id;
	uint16_t auth_len;	/* as received; in encode: 0 = the algorithm's */
	uint8_t n_records;
	struct lisp_record *records;
	uint8_t xtr_id[16];
	uint64_t site_id;
	size_t auth_end;	/* decode: where RFC 9301 ends MAC coverage */
};

struct lisp_ecm {
	bool security, ddt, to_etr, to_ms;		/* S D E M */
	/* S: decode steps over the LISP-SEC data (RFC 9303 6.1) */
	struct lisp_endpoint src, dst;			/* the inner headers' */
	uint8_t ttl;		/* inner, or hop limit; in encode: 0 = 64 */
	const uint8_t *payload;	/* the inner control message, in the buffer */
	size_t len;
};

#define LISP_INFO_RTRS_MAX	16

struct lisp_info {
	bool reply;
	uint64_t nonce;
	uint8_t key_id, alg_id;
	uint16_t auth_len;
	uint32_t ttl;
	struct lisp_eid eid;
	/* reply: LCAF NAT-traversal (RFC 8060 4.4) */
	uint16_t ms_port, etr_port;
	struct lisp_addr global_etr, ms, private_etr;
	uint8_t n_rtrs;
	struct lisp_addr rtrs[LISP_INFO_RTRS_MAX];
	size_t auth_end;
};

struct lisp_msg {
	enum lisp_msg_type type;
	union {
		struct lisp_map_request request;
		struct lisp_map_reply reply;
		struct lisp_map_register reg;	/* Register, Notify, Ack */
		struct lisp_ecm ecm;
		struct lisp_info info;
	};
};

/*
 * Decode one message. On success (0) the caller ends with lisp_msg_free().
 * -EBADMSG: truncated, or a length or count that contradicts the bytes;
 * -EPROTONOSUPPORT: a type we do not handle; -ENOMEM. *why (may be NULL) gets
 * a static string for log and statistics. Trailing bytes are ignored, except in
 * an ECM, whose lengths must all agree. An EID-prefix with host bits set, or
 * longer than its address, is an error: it is not masked.
 */
int lisp_msg_decode(const uint8_t *buf, size_t len, struct lisp_msg *msg,
		    const char **why);
void lisp_msg_free(struct lisp_msg *msg);

/*
 * Encode into @buf of @size bytes: the length, or -EMSGSIZE, -EINVAL. Locators
 * of each record are written sorted by address (RFC 9301 5.5), those of AFI
 * NONE first, so that a mapping never turns negative. Register, Notify and Ack
 * leave the authentication data zero: see lisp_auth_sign(). The p-bit and ACT
 * are written where RFC 9301 5.4 allows them: not in Request and Register.
 * -EINVAL also for algorithm 0 (but in an Info message) and for an ECM with the
 * S-bit or port 4341.
 */
int lisp_msg_encode(const struct lisp_msg *msg, uint8_t *buf, size_t size);

/* Wrap @inner into an ECM with inner IP and UDP headers, checksums right. */
int lisp_ecm_encode(const struct lisp_ecm *ecm, uint8_t *buf, size_t size);

/* Deep copy / free of a record (locators included). */
int lisp_record_copy(struct lisp_record *dst, const struct lisp_record *src);
void lisp_record_free(struct lisp_record *r);

const char *lisp_msg_type_str(unsigned int type);	/* "map-request" … */
const char *lisp_action_str(unsigned int action);	/* "send-map-request" … */
int lisp_action_parse(const char *s);			/* or -EINVAL */

#endif
