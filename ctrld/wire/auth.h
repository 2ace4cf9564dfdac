/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authentication of Map-Register, Map-Notify and Map-Notify-Ack (RFC 9301
 * 5.6, 5.7 and the "LISP Key ID and Algorithm ID" registry in 9).
 */
#ifndef LISP_WIRE_AUTH_H
#define LISP_WIRE_AUTH_H

#include "msg.h"

enum lisp_auth_alg {
	LISP_AUTH_NONE = 0,		/* never accepted, never sent */
	LISP_AUTH_SHA1_96 = 1,		/* HMAC-SHA-1-96-None */
	LISP_AUTH_SHA256_128 = 2,	/* HMAC-SHA-256-128-None */
	LISP_AUTH_SHA256_HKDF = 3,	/* HMAC-SHA-256-128+HKDF-SHA256 */
};

#define LISP_AUTH_LEN_MAX	32

struct lisp_key {
	uint8_t key_id;
	uint8_t alg_id;		/* enum lisp_auth_alg */
	uint8_t mac_len;	/* bytes sent; 0 = the default (20 or 32) */
	const uint8_t *secret;
	size_t len;
};

/* Bytes of authentication data that a message signed with @key carries. */
unsigned int lisp_auth_len(const struct lisp_key *key);

/*
 * Sign the encoded message @buf (Key ID, Algorithm ID and length fields must
 * already be there, as lisp_msg_encode() writes them). Coverage: the whole
 * message up to the end of the last record, authentication data zero; the
 * xTR-ID and Site-ID trailer is not covered (RFC 9301 5.6).
 * An Info message is covered whole; algorithm 3 is not defined for it.
 * Returns 0, -EINVAL (unknown algorithm, MAC length that is none of its two,
 * empty secret, fields do not match), -EIO (crypto).
 */
int lisp_auth_sign(uint8_t *buf, size_t len, const struct lisp_key *key);

/*
 * Verify, in constant time over the MAC. Full-length and truncated MACs are
 * both accepted (12 or 20 bytes; 16 or 32), and coverage with or without the
 * trailer. 0 when authentic, -EKEYREJECTED when not, -EINVAL when the message
 * names an algorithm other than @key's (or @key's is none), -EBADMSG when
 * malformed, also by a MAC of another length. The Key ID is not compared: the
 * caller has found @key by it.
 */
int lisp_auth_verify(const uint8_t *buf, size_t len,
		     const struct lisp_key *key);

const char *lisp_auth_alg_str(unsigned int alg);	/* "sha256" … */
int lisp_auth_alg_parse(const char *s);	/* sha1, sha256, sha256-hkdf; -EINVAL */

#endif
