/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The LISP control plane (RFC 9301) as a state machine without I/O.
 *
 * Whoever runs it (lispd, a unit test, the simulator) hands in the time, what
 * arrived and what the data plane reported, and gets back, through struct
 * lisp_core_ops, messages to send and data-plane operations to carry out.
 * Same inputs and same random numbers give the same outputs.
 *
 * Time is a monotonic clock in microseconds (lisp_time), never negative, never
 * read here. Not thread-safe: one thread runs one core.
 */
#ifndef LISP_CORE_H
#define LISP_CORE_H

#include <stdarg.h>
#include "../wire/msg.h"
#include "config.h"

typedef uint64_t lisp_time;
#define LISP_TIME_NEVER	UINT64_MAX
#define LISP_MSEC	1000ull
#define LISP_SEC	1000000ull

struct lisp_core;

enum lisp_origin {		/* same values as enum lisp_map_origin */
	LISP_BY_STATIC, LISP_BY_CONFIG, LISP_BY_MAP_REPLY,
};

/* A map-cache entry on its way to or from the data plane. */
struct lisp_mapping {
	struct lisp_eid eid;		/* eid.iid names the device */
	uint8_t action;			/* enum lisp_action */
	uint8_t origin;			/* enum lisp_origin */
	bool forever;			/* no TTL */
	bool proxied;			/* no LISP site: by way of a PETR */
	uint32_t ttl;			/* seconds, unless forever */
	unsigned int n_locators;
	const struct lisp_locator *locators;
};

enum lisp_trace_role {
	LISP_TRACE_ITR, LISP_TRACE_ETR, LISP_TRACE_MS, LISP_TRACE_MR,
	LISP_TRACE_CORE,
};

/* What the data plane has counted of an entry. */
struct lisp_usage {
	struct lisp_eid eid;
	uint64_t packets;		/* since the entry was made */
	lisp_time idle;			/* since the last; NEVER: none so far */
};

enum lisp_host {		/* what becomes of a dynamic EID */
	LISP_HOST_HERE,		/* on that interface: a route there */
	LISP_HOST_AWAY,		/* elsewhere: a route to the LISP device */
	LISP_HOST_NONE,		/* no route of its own any more */
	LISP_HOST_CHECK,	/* look whether it is there: seen, or gone */
};

struct lisp_core_ops {
	/*
	 * Send one control message. @from may have AFI NONE (the routing
	 * decides) and port 0 (means 4342).
	 */
	void (*send)(void *ctx, const struct lisp_endpoint *from,
		     const struct lisp_endpoint *to, const void *buf,
		     size_t len);
	/* Data plane. Failures are the owner's to report and repair. */
	void (*map_add)(void *ctx, const struct lisp_mapping *m);
	void (*map_del)(void *ctx, const struct lisp_eid *eid);
	void (*pending_del)(void *ctx, const struct lisp_eid *eid);
	void (*eid_add)(void *ctx, const struct lisp_eid *local);
	void (*eid_del)(void *ctx, const struct lisp_eid *local);
	/* Is there a way to this locator? Of whatever entries it stands in. */
	void (*rloc_state)(void *ctx, const struct lisp_addr *rloc, bool up);
	/*
	 * Ask what was counted of an entry: lisp_core_usage() is the answer, at
	 * once or later, or never when there is no such entry. NULL: nothing
	 * counts, and everything is taken to be in use.
	 */
	void (*usage_get)(void *ctx, const struct lisp_eid *eid);
	/*
	 * Ask from whom packets to an instance came: lisp_core_source() for
	 * each, before this returns. NULL, or no answer: nobody knows.
	 */
	void (*sources_get)(void *ctx, uint32_t iid);
	/*
	 * A host of "dynamic-eids": where its packets are to go. May be said
	 * again. May be NULL.
	 */
	void (*host)(void *ctx, const struct lisp_eid *eid,
		     const char *interface, enum lisp_host what);
	uint64_t (*random)(void *ctx);
	/* One line of `lispctl debug`; no newline. May be NULL. */
	void (*trace)(void *ctx, enum lisp_trace_role role, const char *fmt,
		      va_list ap);
	/* Something an operator should see in the log. May be NULL. */
	void (*log)(void *ctx, int syslog_level, const char *fmt, va_list ap);
};

struct lisp_core *lisp_core_new(const struct lisp_core_ops *ops, void *ctx);
void lisp_core_free(struct lisp_core *core);

/*
 * Apply a configuration, the first or a new one: only differences cause
 * messages and data-plane operations. -EINVAL (with a log line), -ENOMEM:
 * nothing is changed.
 */
int lisp_core_configure(struct lisp_core *core, lisp_time now,
			const struct lisp_config *cfg);

/*
 * Nonces of Map-Registers are to be greater than @nonce, which must have grown
 * since the last life of the daemon (wall clock in microseconds, or saved
 * state): a map-server drops what does not grow as a replay (RFC 9301 5.6).
 * Call before the first lisp_core_configure(). Without it the core starts at
 * @now, which is right for as long as the machine is not booted again.
 */
void lisp_core_set_nonce(struct lisp_core *core, uint64_t nonce);

/*
 * Nonces that are to outlive the daemon (RFC 9301 5.6), as bytes that mean
 * nothing to their keeper: our own, and as a map-server those of others. Saved
 * again when lisp_core_nonces_changed() says another number; restored before
 * the first lisp_core_configure(). 0; -EINVAL: not such bytes, nothing was
 * done; -ENOMEM. Free @buf.
 */
int lisp_core_save_nonces(const struct lisp_core *core, uint8_t **buf,
			  size_t *len);
int lisp_core_restore_nonces(struct lisp_core *core, const uint8_t *buf,
			     size_t len);
uint64_t lisp_core_nonces_changed(const struct lisp_core *core);

/*
 * The map-cache, to have it after a reboot; @wall_sec is what the clock on the
 * wall says. Restored after lisp_core_configure() and lisp_core_adopt(): what
 * is there is left alone, the rest gets the time that is left to it and is
 * asked about in the background. -EINVAL: not such bytes, or cut short; then
 * nothing is restored.
 */
int lisp_core_save_cache(struct lisp_core *core, lisp_time now,
			 uint64_t wall_sec, uint8_t **buf, size_t *len);
int lisp_core_restore_cache(struct lisp_core *core, lisp_time now,
			    uint64_t wall_sec, const uint8_t *buf, size_t len);

/* A datagram to port 4342 (or to a port we sent from) came in. */
void lisp_core_receive(struct lisp_core *core, lisp_time now,
		       const struct lisp_endpoint *from,
		       const struct lisp_addr *to,
		       const uint8_t *buf, size_t len);

/* The data plane holds a packet for @eid (host prefix) and has no mapping. */
void lisp_core_miss(struct lisp_core *core, lisp_time now,
		    const struct lisp_eid *eid, const struct lisp_addr *source);
/* The entry is in use and will expire soon / has expired / was deleted by others. */
void lisp_core_refresh(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid);
void lisp_core_expired(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid);
void lisp_core_deleted(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid);
/* An answer to usage_get. */
void lisp_core_usage(struct lisp_core *core, lisp_time now,
		     const struct lisp_usage *u);
/* Of the answer to sources_get: this RLOC, @idle after its last packet. */
void lisp_core_source(struct lisp_core *core, lisp_time now,
		      const struct lisp_addr *rloc, lisp_time idle);
/*
 * The site of a locator says by a locator-status-bit that it is up, or not
 * (RFC 9300 10): no more than a hint, so that it is probed sooner, if at all.
 */
void lisp_core_status_bit(struct lisp_core *core, lisp_time now,
			  const struct lisp_addr *rloc, bool up);
/* An entry found in the data plane at start: take it over as it is. */
void lisp_core_adopt(struct lisp_core *core, lisp_time now,
		     const struct lisp_mapping *m);
/*
 * All that the data plane holds is adopted between the two: at the end, what
 * was not, is known to be gone. For a dump after events were lost.
 */
void lisp_core_adopt_begin(struct lisp_core *core);
void lisp_core_adopt_end(struct lisp_core *core, lisp_time now);
/* Resolve now, as `lispctl lig` asks; the answer is seen in the trace. */
void lisp_core_resolve(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid);

/*
 * A host has been seen on an interface, or is known not to be there any more;
 * any of the machine's: what is not configured as dynamic EID is ignored.
 */
void lisp_core_host_seen(struct lisp_core *core, lisp_time now,
			 const struct lisp_addr *addr, const char *interface);
void lisp_core_host_gone(struct lisp_core *core, lisp_time now,
			 const struct lisp_addr *addr, const char *interface);
/* The last daemon has left the route of a host that is away. */
void lisp_core_host_adopt(struct lisp_core *core, lisp_time now,
			  const struct lisp_eid *eid);

/* When lisp_core_run() wants to be called next; LISP_TIME_NEVER if not. */
lisp_time lisp_core_next(const struct lisp_core *core);
void lisp_core_run(struct lisp_core *core, lisp_time now);

/*
 * What is to be shown. Each visitor is called in a stable order (EID-prefix);
 * what it gets is valid during the call. A visitor returns 0 to go on.
 */
struct lisp_show_database {		/* ETR database-mapping */
	const struct lisp_config_mapping *mapping;
	struct lisp_show_ms {
		const struct lisp_addr *addr;
		bool acked;		/* Map-Notify came for the last one */
		lisp_time last_sent, last_ack;	/* 0: never */
	} servers[8];
	unsigned int n_servers;
};
int lisp_core_show_database(const struct lisp_core *core,
			    int (*cb)(void *arg,
				      const struct lisp_show_database *d),
			    void *arg);

struct lisp_show_host {			/* a dynamic EID */
	struct lisp_eid eid;
	const char *interface;
	bool here;			/* else known to be elsewhere */
	lisp_time since;
};
int lisp_core_show_hosts(const struct lisp_core *core,
			 int (*cb)(void *arg, const struct lisp_show_host *h),
			 void *arg);

struct lisp_show_registration {		/* map-server, one EID-prefix */
	const char *site, *description;
	const struct lisp_eid *eid;
	bool configured;		/* not merely a more-specific */
	bool up;
	/* the rest is set when up, or was once */
	lisp_time first_registered, last_registered, expires;	/* 0: never */
	struct lisp_addr last_registrant;
	const struct lisp_record *record;	/* NULL when never registered */
	bool proxy_reply, want_notify, has_xtr_id;
	uint8_t xtr_id[16];
	uint64_t site_id, nonce;
	uint64_t auth_failures, rejected;	/* of the site */
	/* who is registered now; several when they merge */
	unsigned int n_registrants;
	struct lisp_show_registrant {
		const struct lisp_addr *addr;
		const uint8_t *xtr_id;	/* NULL: none */
		bool merge;
		lisp_time last, expires;
	} registrants[16];
};
int lisp_core_show_site(const struct lisp_core *core,
			int (*cb)(void *arg,
				  const struct lisp_show_registration *r),
			void *arg);

struct lisp_show_request {		/* an EID being resolved */
	struct lisp_eid eid;
	unsigned int tries;
	lisp_time since, next_try;
};
int lisp_core_show_requests(const struct lisp_core *core,
			    int (*cb)(void *arg,
				      const struct lisp_show_request *r),
			    void *arg);

struct lisp_show_resolver {		/* a map-resolver, as configured */
	struct lisp_addr addr;
	uint8_t priority, weight;
	bool avoided;			/* another one answered instead */
	uint64_t requests, replies;
	lisp_time rtt, last_asked, last_reply;	/* 0: not known, never */
};
int lisp_core_show_resolvers(const struct lisp_core *core,
			     int (*cb)(void *arg,
				       const struct lisp_show_resolver *r),
			     void *arg);

enum lisp_rloc_reach { LISP_RLOC_UNKNOWN, LISP_RLOC_UP, LISP_RLOC_DOWN };

struct lisp_show_rloc {			/* an address in the map-cache */
	struct lisp_addr addr;
	bool in_use;			/* as far as the data plane says */
	bool probed;			/* the rest is set when it is */
	enum lisp_rloc_reach state;
	uint64_t probes, replies;
	lisp_time rtt, last_reply, since;	/* 0: never */
	lisp_time next;			/* probe */
};
int lisp_core_show_rlocs(const struct lisp_core *core,
			 int (*cb)(void *arg, const struct lisp_show_rloc *r),
			 void *arg);

/* Counters by name, grouped: "in"/"out" by message type, "errors" by cause. */
int lisp_core_show_stats(const struct lisp_core *core,
			 int (*cb)(void *arg, const char *group,
				   const char *name, uint64_t value),
			 void *arg);

#endif
