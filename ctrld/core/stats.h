/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's counters: one line here makes a counter and its name. "in" and
 * "out" by message type are kept apart (see struct lisp_stats).
 */
#ifndef LISP_CORE_STATS_H
#define LISP_CORE_STATS_H

#include <stdint.h>

/* X(enum suffix, group, name) */
#define LISP_STATS(X)							\
	X(BAD_MESSAGE,		"errors", "malformed")			\
	X(BAD_TYPE,		"errors", "unknown-type")		\
	X(NO_ROLE,		"errors", "role-not-configured")	\
	X(BAD_SOURCE,		"errors", "bad-source")			\
	X(ENCODE,		"errors", "encode-failed")		\
	X(NO_MEMORY,		"errors", "no-memory")			\
	X(ECM_INNER,		"errors", "ecm-unexpected-inner")	\
	X(PROBE_IN_ECM,		"errors", "probe-to-mapping-system")	\
	X(REPLY_NONCE,		"errors", "map-reply-unknown-nonce")	\
	X(REPLY_DUP,		"errors", "map-reply-duplicate")	\
	X(REPLY_COVER,		"errors", "map-reply-not-covering")	\
	X(REPLY_RECORD,		"errors", "map-reply-record-ignored")	\
	X(REPLY_PROBE,		"errors", "map-reply-unexpected-probe")	\
	X(REPLY_ACTION,		"errors", "map-reply-unknown-action")	\
	X(REPLY_STATIC,		"errors", "map-reply-for-static-entry")	\
	X(LOC_SKIPPED,		"errors", "locator-skipped")		\
	X(NO_MAP_RESOLVER,	"errors", "no-usable-map-resolver")	\
	X(NO_OWN_RLOC,		"errors", "no-own-rloc")		\
	X(NO_ITR_RLOC,		"errors", "no-usable-itr-rloc")		\
	X(NOT_OURS,		"errors", "map-request-not-ours")	\
	X(REQ_NO_ETR,		"errors", "map-request-no-usable-etr")	\
	X(REQ_TTL,		"errors", "map-request-forwarded-too-often") \
	X(REG_AUTH,		"errors", "map-register-auth-failure")	\
	X(REG_NO_SITE,		"errors", "map-register-no-site")	\
	X(REG_KEY,		"errors", "map-register-unknown-key-id") \
	X(REG_ALG,		"errors", "map-register-wrong-algorithm") \
	X(REG_REPLAY,		"errors", "map-register-replay")	\
	X(REG_REJECTED,		"errors", "map-register-prefix-rejected") \
	X(REG_LOCATOR,		"errors", "map-register-locator-rejected") \
	X(NOTIFY_AUTH,		"errors", "map-notify-auth-failure")	\
	X(NOTIFY_UNKNOWN,	"errors", "map-notify-unknown-sender")	\
	X(NOTIFY_DUP,		"errors", "map-notify-duplicate")	\
	X(NOTIFY_PARTIAL,	"errors", "map-notify-partial")		\
	X(ACK_UNEXPECTED,	"errors", "map-notify-ack-unexpected")	\
	X(ACK_AUTH,		"errors", "map-notify-ack-auth-failure") \
	X(NOTIFY_UNANSWERED,	"errors", "map-notify-unanswered")	\
	X(INFO_AUTH,		"errors", "info-request-auth-failure")	\
	X(INFO_NO_SITE,		"errors", "info-request-no-site")	\
	X(INFO_UNEXPECTED,	"errors", "info-reply-unexpected")	\
	X(SMR_NOT_CACHED,	"errors", "smr-not-cached")		\
	X(PIGGY_BAD,		"errors", "piggybacked-not-of-sender")	\
	X(MISS_UNSERVED,	"errors", "miss-unserved-instance")	\
	X(MISS,			"itr", "miss")				\
	X(MISS_PENDING,		"itr", "miss-already-pending")		\
	X(MISS_HELD,		"itr", "miss-in-hold-down")		\
	X(RESOLVED,		"itr", "resolved")			\
	X(RESOLVE_FAILED,	"itr", "resolve-failed")		\
	X(RETRANSMIT,		"itr", "retransmitted")			\
	X(REFRESH,		"itr", "refresh")			\
	X(EXPIRED,		"itr", "expired")			\
	X(DELETED,		"itr", "deleted")			\
	X(ADOPTED,		"itr", "adopted")			\
	X(RESTORED,		"itr", "restored")			\
	X(IDLE,			"itr", "idle")				\
	X(SMR_IN,		"itr", "smr-received")			\
	X(SMR_INVOKED,		"itr", "smr-invoked")			\
	X(RESOLVER_SUSPECT,	"itr", "map-resolver-suspect")		\
	X(PROBE_OUT,		"itr", "probe-sent")			\
	X(PROBE_ANSWERED,	"itr", "probe-answered")		\
	X(PROBE_CHANGED,	"itr", "probe-shows-change")		\
	X(RLOC_DOWN,		"itr", "rloc-went-down")		\
	X(RLOC_UP,		"itr", "rloc-came-up")			\
	X(PIGGY_OUT,		"itr", "piggybacked-sent")		\
	X(PIGGY_TRUE,		"itr", "piggybacked-confirmed")		\
	X(PIGGY_FALSE,		"itr", "piggybacked-refuted")		\
	X(PIGGY_IN,		"etr", "piggybacked-received")		\
	X(SMR_OUT,		"etr", "smr-sent")			\
	X(PROBE_IN,		"etr", "probe-received")		\
	X(REG_RETRY,		"etr", "map-register-retransmitted")	\
	X(REG_ACKED,		"etr", "map-register-acknowledged")	\
	X(WITHDRAWN,		"etr", "withdrawn")			\
	X(HOST_SEEN,		"etr", "host-seen")			\
	X(HOST_GONE,		"etr", "host-gone")			\
	X(HOST_MOVED,		"etr", "host-moved-away")		\
	X(MERGED,		"etr", "merged-set-changed")		\
	X(REG_ACCEPTED,		"map-server", "registered")		\
	X(REG_DUP,		"map-server", "register-retransmission") \
	X(REG_STORED,		"map-server", "register-accepted")	\
	X(REG_WITHDRAW,		"map-server", "withdrawn")		\
	X(REG_EXPIRED,		"map-server", "expired")		\
	X(INFO_ANSWERED,	"map-server", "info-request-answered")	\
	X(FORWARDED,		"map-server", "forwarded")		\
	X(PROXIED,		"map-server", "proxy-replied")		\
	X(NOTIFY_OUT,		"map-server", "notify-sent")		\
	X(NOTIFY_ACKED,		"map-server", "notify-acknowledged")	\
	X(NEG_HOLE,		"map-server", "negative-not-configured") \
	X(NEG_DOWN,		"map-server", "negative-not-registered") \
	X(NEG_EARLY,		"map-server", "silent-after-start")	\
	X(NEG_STALE,		"map-server", "negative-prefix-gone")	\
	X(LIM_REQUESTS,		"limits", "requests")			\
	X(LIM_CACHE,		"limits", "map-cache-known")		\
	X(LIM_PIGGY,		"limits", "piggybacked-rate")		\
	X(LIM_SMR,		"limits", "smr-rate")			\
	X(LIM_RLOCS,		"limits", "locators-known")		\
	X(LIM_SMR_ASKERS,	"limits", "smr-known-itrs")		\
	X(LIM_SMR_PEERS,	"limits", "smr-peers")			\
	X(LIM_SMR_EIDS,		"limits", "smr-prefixes")		\
	X(LIM_SMR_CHILDREN,	"limits", "smr-children")		\
	X(LIM_REPLY_RATE,	"limits", "map-reply-rate")		\
	X(LIM_RECORDS,		"limits", "records-per-request")	\
	X(LIM_REGISTRATIONS,	"limits", "registrations-per-site")	\
	X(LIM_REPLAY,		"limits", "replay-state-per-site")	\
	X(LIM_HOSTS,		"limits", "dynamic-eids")		\
	X(LIM_MERGED,		"limits", "merged-registrations")	\
	X(LIM_NOTIFIES,		"limits", "notifies-unacknowledged")

enum lisp_stat {
#define X(suffix, group, name) LISP_STAT_##suffix,
	LISP_STATS(X)
#undef X
	LISP_STAT_MAX
};

struct lisp_stats {
	uint64_t in[16], out[16];	/* by message type */
	uint64_t n[LISP_STAT_MAX];
};

#endif
