/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the core share with each other and with nobody else. */
#ifndef LISP_CORE_INTERNAL_H
#define LISP_CORE_INTERNAL_H

#include "core.h"
#include "stats.h"
#include "table.h"
#include "timer.h"

/* Bounds on state; each has a counter in group "limits". */
#define LISP_REQUESTS_MAX	16384	/* EIDs being resolved or held down */
#define LISP_HINTED_MAX		8192	/* of them, when others say to ask */
#define LISP_CACHE_MAX		(4u << 20) /* entries known of the data plane */
#define LISP_REGISTRATIONS_MAX	65536	/* of one site */
#define LISP_REPLAY_MAX		1024	/* ETRs remembered of one site */
#define LISP_SEEN_MAX		4096	/* and Map-Registers of them */
#define LISP_HOSTS_MAX		4096	/* dynamic EIDs, here and elsewhere */
#define LISP_MERGED_ETRS_MAX	16	/* registering one prefix together */
#define LISP_MERGED_LOCATORS_MAX 32	/* of all of them */
#define LISP_NOTIFIES_MAX	4096	/* Map-Notifies not acknowledged */
#define LISP_RECORDS_MAX	16	/* handled of one Map-Request */
#define LISP_SMR_CHILDREN_MAX	64	/* entries re-resolved for one SMR */
#define LISP_RLOCS_MAX		65536	/* addresses in the map-cache */
#define LISP_SMR_ASKERS_MAX	16384	/* (ITR, EID-prefix) who asked us */
#define LISP_SMR_PEERS_MAX	32768	/* being told of changes; askers: half */
#define LISP_SMR_BURST		8	/* SMRs to one of them in 3 s */
#define LISP_SMR_EIDS_MAX	65536	/* prefixes changed and to be told */
#define LISP_MAP_RESOLVERS_MAX	8	/* bits of itr_request.asked */
#define LISP_PETRS_MAX		8
#define LISP_MOST_USED_MAX	10000
#define LISP_MAP_SERVERS_MAX	8	/* as struct lisp_show_database has */

/* core.c */
struct lisp_bucket {			/* token bucket */
	lisp_time at;
	uint32_t tokens;
};

#define LISP_BUCKETS		1024

struct resolver {			/* a map-resolver */
	struct lisp_addr addr;
	uint8_t priority, weight;
	unsigned int failed;		/* times that it came under suspicion */
	lisp_time avoid_until, last_asked, last_reply;
	lisp_time rtt;			/* smoothed; 0: not known */
	uint64_t requests, replies;
};

struct lisp_keep {			/* to be in the map-cache, always */
	struct lisp_eid eid;
	uint64_t score;			/* for how much use it got */
	struct lisp_timer timer;
};

struct lisp_keeps {
	unsigned int n;
	struct lisp_keep *list;
};

struct lisp_itr {
	struct lisp_table requests;	/* struct itr_request by EID */
	struct itr_request *by_nonce[1024];
	struct lisp_table cache;	/* struct cache_entry */
	uint32_t dumps;			/* of the data plane, begun */
	struct lisp_table rlocs;	/* struct rloc by address */
	struct rloc *by_probe[1024];	/* by nonce */
	lisp_time piggy_since;		/* piggyback.c: rate limit */
	unsigned int piggy_n;
	bool device_probes;		/* some device has settings of its own */
	struct lisp_keeps keeps, most;	/* configured, most used by EID */
	lisp_time most_looked;		/* when it was found out */
	struct lisp_timer usage;
	struct lisp_eid usage_at;	/* asked about last */
	struct lisp_timer verify;	/* of restored entries */
	struct lisp_eid verify_at;
	unsigned int n_resolvers;
	struct resolver resolvers[LISP_MAP_RESOLVERS_MAX];
};

struct lisp_etr {
	struct lisp_table db;		/* struct db_entry by EID */
	struct lisp_table hosts;	/* struct dyn_host by EID */
	struct reg_server *servers;
	uint64_t first_nonce, nonce;	/* of Map-Registers sent */
};

struct lisp_ms {
	struct lisp_table prefixes;	/* struct ms_prefix */
	unsigned int n_sites;
	struct site *sites;
};

struct lisp_notifies {			/* of the map-server, not asked for */
	struct ms_notify *first, *last;	/* in order of coming */
	struct notify_item *hash[1024];
	unsigned int n;
	uint64_t nonce;			/* of the last one sent */
};

/* An ITR that asked us for an EID-prefix, and may have it until then. */
struct smr_asker {
	struct lisp_addr addr;
	struct lisp_eid eid;
	lisp_time until;
	uint32_t next;			/* index + 1, same hash */
};

/* An xTR being told: a bit for each of 64 changed prefixes. */
struct smr_peer {
	struct lisp_entry e;
	struct lisp_addr addr;
	uint64_t todo, once, twice;	/* told so often already */
	unsigned int at;
	/* the last SMRs to it, a ring: when, and the place of the prefix */
	struct {
		lisp_time at;
		unsigned int eid;
	} sent[LISP_SMR_BURST];
	unsigned int n_sent;
};

struct lisp_smr {
	struct smr_asker *askers;
	uint32_t n_askers, next_asker;
	uint32_t hash[1024];		/* index + 1 of the first */
	struct lisp_table peers;	/* struct smr_peer by address */
	struct lisp_eid *eids;		/* that have changed */
	unsigned int n_eids, first;	/* bit 0 stands for eids[first] */
	/* bits as in todo: not asked yet who sends to them; being asked */
	uint64_t unasked, asking;
	lisp_time changed, next;	/* @next: of the pass after this one */
	bool settled, in_pass;
	struct lisp_eid cursor;
	struct lisp_timer timer;
};

struct lisp_core {
	struct lisp_core_ops ops;
	void *ctx;
	lisp_time now;
	struct lisp_timers timers;
	struct lisp_stats stats;
	struct lisp_config cfg;
	struct lisp_itr itr;
	struct lisp_etr etr;
	struct lisp_smr smr;
	struct lisp_ms ms;
	lisp_time ms_since;		/* it is a map-server */
	struct lisp_notifies notifies;
	struct lisp_bucket buckets[LISP_BUCKETS];
	uint64_t bucket_seed;
	uint64_t nonce_floor;
	uint8_t *saved;			/* until there are sites to give it to */
	size_t saved_len;
};

void lisp_count(struct lisp_core *core, enum lisp_stat stat);
/*
 * Kinds of answers, so that who asks for many of the first cannot use up what
 * an address may get of the others: probes go unanswered, else, and a locator is
 * taken to be down.
 */
enum lisp_answer {
	LISP_ANSWER_NAMED,	/* to an address that stands in the question */
	LISP_ANSWER_BACK,	/* to where the question came from */
	LISP_ANSWER_SIGNED,	/* to who has a key */
};

/* So many a second in the long run to one address, bursts of twice that. */
bool lisp_may_reply(struct lisp_core *core, enum lisp_answer what,
		    const struct lisp_addr *to);
/* One of our RLOCs of family @afi, or NULL. */
const struct lisp_addr *lisp_own_rloc(const struct lisp_core *core,
				      uint16_t afi);
bool lisp_is_own_rloc(const struct lisp_core *core, const struct lisp_addr *a);
bool lisp_can_reach(const struct lisp_core *core, const struct lisp_addr *a);
bool lisp_serves(const struct lisp_core *core, uint32_t iid);
/* Encode, count, send; the number of bytes, or an error (counted). */
int lisp_send(struct lisp_core *core, const struct lisp_msg *msg,
	      const struct lisp_endpoint *from, const struct lisp_endpoint *to);
void lisp_send_raw(struct lisp_core *core, unsigned int type,
		   const struct lisp_endpoint *from,
		   const struct lisp_endpoint *to,
		   const uint8_t *buf, size_t len);
/* Encode @msg with authentication data; the length or an error (counted). */
int lisp_sign(struct lisp_core *core, const struct lisp_msg *msg,
	      const struct lisp_key *key, uint8_t *buf, size_t size);

/* trace.c */
#define LISP_NONCE_FMT		"0x%08X-0x%08X"
#define LISP_NONCE_ARG(n)	(uint32_t)((n) >> 32), (uint32_t)(n)
#define LISP_S			(char[LISP_STRLEN]){ 0 }

bool lisp_tracing(const struct lisp_core *core);
__attribute__((format(printf, 3, 4)))
void lisp_trace(struct lisp_core *core, enum lisp_trace_role role,
		const char *fmt, ...);
__attribute__((format(printf, 3, 4)))
void lisp_log(struct lisp_core *core, int level, const char *fmt, ...);
/* "10.0.1.1 pri/wei=1/50 LpR", several joined by ", ". */
const char *lisp_locators_str(const struct lisp_record *r, char *buf,
			      size_t size);
const char *lisp_itr_rlocs_str(const struct lisp_map_request *r, char *buf,
			       size_t size);

/* config.c */
int lisp_config_copy(struct lisp_config *dst, const struct lisp_config *src);
/* An IPv4 or IPv6 prefix without host bits. */
bool lisp_config_eid_ok(const struct lisp_eid *e);
const char *lisp_config_check(const struct lisp_config *cfg);
bool lisp_config_addrs_equal(const struct lisp_addr *a, unsigned int n_a,
			     const struct lisp_addr *b, unsigned int n_b);
bool lisp_config_same_xtr(const struct lisp_config *a,
			  const struct lisp_config *b);
struct lisp_key lisp_config_key_of(const struct lisp_config_key *k);
bool lisp_config_key_equal(const struct lisp_config_key *a,
			   const struct lisp_config_key *b);

/* A Map-Request on its way through the roles. */
struct lisp_request {
	const struct lisp_map_request *msg;
	struct lisp_endpoint src;	/* where it was sent from, inner if ECM */
	struct lisp_endpoint dst;	/* inner destination if ECM */
	struct lisp_endpoint from;	/* outer source */
	struct lisp_addr to;		/* where it reached us */
	bool ecm;
	uint8_t ttl;			/* inner, if ECM */
	const uint8_t *payload;		/* the message itself */
	size_t len;
};

/* reply.c */
/* The ITR-RLOC that an answer goes to, or NULL. */
const struct lisp_addr *lisp_itr_rloc(const struct lisp_core *core,
				      const struct lisp_map_request *m);
/*
 * Answer @req; with @alone (may be NULL) when the @n records are too long for
 * one message, or are cut short (@n 0). The records stay the caller's. Which
 * ITR-RLOC, source and port: RFC 9301 5.4. 0, -ENOENT no ITR-RLOC we can send
 * to, -EBUSY rate limited.
 */
int lisp_reply(struct lisp_core *core, enum lisp_trace_role role,
	       const struct lisp_request *req, struct lisp_record *records,
	       unsigned int n, struct lisp_record *alone);
/*
 * RFC 9301 5.5 wants the longer prefixes in the answer that are inside @best, in
 * @t. What is to be said when there are too many: @best may not hide any, so it
 * is narrowed to what is around @eid; when @eid itself holds some, an entry for
 * it has to go. Locators stay those of @best.
 */
struct lisp_record lisp_narrowed(const struct lisp_table *t,
				 const struct lisp_record *best,
				 const struct lisp_eid *eid);
/* An empty record for @eid, not authoritative. */
int lisp_reply_negative(struct lisp_core *core, enum lisp_trace_role role,
			const struct lisp_request *req,
			const struct lisp_eid *eid, uint8_t action,
			uint32_t ttl);

/* cache.c: what the data plane holds, as far as we were told */
struct cache_entry {
	struct lisp_entry e;
	lisp_time set, expires, last_smr, last_probe_ask;
	uint8_t origin, action, n_uses;
	bool smr_sent, probe_asked;	/* @last_smr, @last_probe_ask hold */
	bool unverified;		/* restored, not asked about yet */
	bool proxied;			/* its locators are PETRs */
	bool in_use;			/* packets met it in the last minute */
	uint32_t seen;			/* lisp_itr.dumps when it was set */
	lisp_time made, used;		/* @used 0: never, as far as known */
	lisp_time kept_until;		/* wanted, in use or not */
	uint64_t packets, score;	/* see usage.c */
	lisp_time scored;
	struct rloc_use *uses;		/* its locators */
};

void cache_set(struct lisp_core *core, const struct lisp_mapping *m);
void cache_del(struct lisp_core *core, const struct lisp_eid *eid);
/* NULL when there is none, or it has expired. */
struct cache_entry *cache_find(struct lisp_core *core,
			       const struct lisp_eid *eid);
/* The longest that covers @eid and has not expired. */
struct cache_entry *cache_match(struct lisp_core *core,
				const struct lisp_eid *eid);
/* Would the record, taken, change anything but the lifetime? */
bool cache_same(const struct cache_entry *c, const struct lisp_record *r);
void cache_clear(struct lisp_core *core);
/* Out of the data plane and out of here; what is to be there always is. */
void cache_remove(struct lisp_core *core, const struct lisp_eid *eid);
/* An entry that the configuration puts there, as ::/0 and 0.0.0.0/0. */
bool cache_is_default(const struct lisp_core *core, const struct lisp_eid *eid);
void cache_add_default(struct lisp_core *core, const struct lisp_eid *eid);
void cache_configure(struct lisp_core *core, const struct lisp_config *old);

/* petr.c */
/*
 * @m, if it is to be forwarded natively, goes by way of the PETRs configured;
 * @locators takes LISP_PETRS_MAX of them (RFC 6832 6.1).
 */
void petr_take(const struct lisp_core *core, struct lisp_mapping *m,
	       struct lisp_locator *locators);
bool petr_same(const struct lisp_config *a, const struct lisp_config *b);
/* After the swap: what went the former way does no more. */
void petr_configure(struct lisp_core *core, const struct lisp_config *old);

/* rloc.c: the addresses that entries of the map-cache name */
struct rloc {
	struct lisp_entry e;
	struct lisp_addr addr;
	struct rloc_use *uses;
	/* probe.c */
	unsigned int n_probed;		/* uses that want it probed */
	struct lisp_config_probe probe;	/* how; see probe.c */
	bool probe_stale;		/* whoever wanted it so may be gone */
	unsigned int n_used;		/* by entries in use */
	enum lisp_rloc_reach state;
	struct lisp_timer timer;
	struct rloc *next;		/* same hash of nonce */
	uint64_t nonce;			/* of the round, see probe.c */
	struct lisp_eid probe_eid;
	bool answered;			/* the present round, or the last */
	uint8_t tries, round_sent;
	unsigned int failed;		/* rounds without an answer */
	lisp_time sent[LISP_PROBE_TRIES_MAX];
	lisp_time rtt, last_reply, since;
	uint64_t probes, replies;
};

struct rloc_use {			/* one locator of one entry */
	struct rloc *rloc;
	struct cache_entry *entry;
	struct rloc_use *prev, *next;	/* of the same address */
	uint8_t priority, weight;
	bool probed, used;
};

struct rloc *rloc_of(struct lisp_entry *e);
struct rloc *rloc_find(struct lisp_core *core, const struct lisp_addr *a);
void rloc_use_those(struct lisp_core *core, struct cache_entry *c,
		    const struct lisp_mapping *m);
/* The entry of @u has come into use, or is no more. */
void rloc_used(struct lisp_core *core, struct rloc_use *u, bool used);
void rloc_use_none(struct lisp_core *core, struct cache_entry *c);

/* probe.c */
/* Its uses have changed: begin or end. */
void probe_update(struct lisp_core *core, struct rloc *r);
/* @u, which wants it probed, is linked, or gone from it. */
void probe_linked(struct lisp_core *core, const struct rloc_use *u);
void probe_unlinked(struct rloc *r);
/* In use again. */
void probe_hurry(struct lisp_core *core, struct rloc *r);
void probe_forget(struct lisp_core *core, struct rloc *r);
void probe_receive(struct lisp_core *core, const struct lisp_endpoint *from,
		   const struct lisp_map_reply *m);
void probe_configure(struct lisp_core *core);

/* itr.c: questions */
enum itr_method {
	ITR_DATA_SIGNAL, ITR_REFRESH, ITR_SMR, ITR_LIG, ITR_PROBE,
	ITR_PRE_CACHE, ITR_VERIFY,
};

enum itr_state {
	ITR_ACTIVE,		/* waiting for a Map-Reply */
	ITR_ANSWERED,		/* kept one second for the rate limit */
	ITR_HELD,		/* gave up; kept for the hold-down */
};

struct itr_request {
	struct lisp_entry e;
	struct itr_request *next;	/* same hash of nonce */
	struct lisp_timer timer;
	enum itr_method method;
	enum itr_state state;
	bool parked;			/* packets wait in the data plane */
	bool sent;			/* @last_sent holds */
	uint64_t nonce;
	unsigned int tries, resolver;	/* the one asked last */
	uint8_t asked;			/* a bit for each map-resolver */
	lisp_time since, first_sent, last_sent;
	struct lisp_addr source;
	struct lisp_record claim;	/* ITR_VERIFY: as it was offered */
};

const char *itr_method_str(enum itr_method m);
void itr_ask(struct lisp_core *core, const struct lisp_eid *eid,
	     enum itr_method method, const struct lisp_addr *source);
/* Ask whether @claim, which came along, is true. */
void itr_verify(struct lisp_core *core, const struct lisp_eid *eid,
		const struct lisp_record *claim);
struct itr_request *itr_by_nonce(struct lisp_core *core, uint64_t nonce);
/* The question is answered; @usable says whether packets can now go. */
void itr_answered(struct lisp_core *core, struct itr_request *r, bool usable);
void itr_clear(struct lisp_core *core);
/* One ITR-RLOC of each family we have (RFC 9301 5.3). */
void itr_fill_rlocs(const struct lisp_core *core, struct lisp_map_request *m);
/* After the swap: what was given up may work now. */
void itr_configure(struct lisp_core *core, const struct lisp_config *old);

/* resolver.c */
const struct lisp_addr *resolver_choose(struct lisp_core *core,
					struct itr_request *r);
void resolver_answered(struct lisp_core *core, const struct itr_request *r);
void resolver_configure(struct lisp_core *core);

/* keep.c */
int keep_build(const struct lisp_config *cfg, struct lisp_keeps *k);
void keep_free(struct lisp_core *core, struct lisp_keeps *k);
/* After the swap. */
void keep_apply(struct lisp_core *core);
/* Look after those of @k from now on. */
void keep_arm(struct lisp_core *core, struct lisp_keeps *k);
/* Ask about restored entries, a few at a time. */
void keep_verify(struct lisp_core *core);

/* usage.c */
/* A new entry, with its EID. */
void usage_begin(struct lisp_core *core, struct cache_entry *c);

/* most.c: the entries used most */
/* All entries have been asked about once. */
void most_pass_ended(struct lisp_core *core);
/* What it had when it was found to be one; 0: it is none. */
uint64_t most_score(const struct lisp_core *core, const struct lisp_eid *eid);
/* As they were before a reboot, sorted; the EIDs and scores of @k. */
void most_restore(struct lisp_core *core, struct lisp_keeps *k);
/* After the swap. */
void most_configure(struct lisp_core *core);

/* piggyback.c: mappings in Map-Requests (M-bit) */
/* The mapping of @source, one of ours, to go along; free it. False: none. */
bool piggyback_offer(struct lisp_core *core, const struct lisp_eid *source,
		     struct lisp_record *r);
/* A Map-Request for an EID of ours. */
void piggyback_receive(struct lisp_core *core,
		       const struct lisp_map_request *m);
/* What was verified is @r. */
void piggyback_answered(struct lisp_core *core, const struct lisp_record *claim,
			const struct lisp_record *r);

/* itr_reply.c: answers */
void itr_receive_reply(struct lisp_core *core, const struct lisp_endpoint *from,
		       const struct lisp_addr *to,
		       const struct lisp_map_reply *m);
/* smr.c */
void smr_receive(struct lisp_core *core, const struct lisp_request *req);
/* The mapping of our own prefix @eid changed: ask again about what is cached. */
void smr_own(struct lisp_core *core, const struct lisp_eid *eid);

/* smr_send.c */
/* An ITR was answered, or asks us, about our prefix @eid. */
void smr_asked(struct lisp_core *core, const struct lisp_addr *itr,
	       const struct lisp_eid *eid, uint32_t ttl_min);
/* After the swap: tell who may have what has changed since @old. */
void smr_changed(struct lisp_core *core, const struct lisp_table *old);
/* The same locators, priorities and weights, in the same order. */
bool smr_same_rlocs(const struct lisp_config_mapping *a,
		    const struct lisp_config_mapping *b);
/* The mapping of @eid is another one than it was: tell who may have it. */
void smr_tell(struct lisp_core *core, const struct lisp_eid *eid);
void smr_clear(struct lisp_core *core);

/* etr.c */
struct db_entry {
	struct lisp_entry e;
	const struct lisp_config_mapping *m;
	bool dynamic;			/* a host that was seen */
	/* what a map-server says that all ETRs of the site have registered */
	struct lisp_record merged;
	lisp_time merged_until;
};

int etr_build(const struct lisp_config *cfg, struct lisp_table *db);
void etr_free(struct lisp_table *db);
/* After the swap: tell the data plane what differs from @old. */
void etr_apply(struct lisp_core *core, const struct lisp_table *old);
/* The database-mapping of that very EID-prefix, or NULL. */
struct db_entry *etr_find(const struct lisp_core *core,
			  const struct lisp_eid *eid);
/* A host that was seen. @m stays the caller's. 0, -EEXIST, -ENOMEM. */
int etr_add_host(struct lisp_table *db, const struct lisp_config_mapping *m);
void etr_del_host(struct lisp_table *db, const struct lisp_eid *eid);
/* A map-server has put together what we and others have registered. */
void etr_merged(struct lisp_core *core, struct db_entry *d,
		const struct lisp_record *r);
/* Is at least one of the records ours? Then it was dealt with. */
bool etr_request(struct lisp_core *core, const struct lisp_request *req);
/* What we answer about @host: 0; -ENOENT: not ours; -ENOMEM. Free it. */
int etr_record_of(const struct lisp_core *core, const struct lisp_eid *host,
		  struct lisp_record *r);
/* A record as we register it; locators allocated. */
int etr_record(const struct lisp_config_mapping *m, struct lisp_record *r);

/* dynamic.c */
struct dyn_host {
	struct lisp_entry e;
	const struct lisp_config_dynamic *cfg;
	struct lisp_config_mapping m;	/* set when @here; borrows of @cfg */
	bool here;
	lisp_time since;
	struct lisp_timer timer, forget;
};

/* A map-server says who has registered @r now: not we. */
void dyn_elsewhere(struct lisp_core *core, const struct lisp_record *r);
/* After the swap, before the tables are compared. */
void dyn_configure(struct lisp_core *core);
void dyn_clear(struct lisp_core *core);

/* registration.c, reg_build.c, notify.c */
struct reg_msg {			/* one Map-Register, kept until replaced */
	struct reg_msg *next;
	struct reg_server *server;
	unsigned int n_records;
	struct lisp_record *records;
	bool withdraw, acked;
	bool host;			/* a dynamic EID, in a message alone */
	uint64_t nonce;
	uint8_t *buf;			/* as last sent, byte for byte */
	size_t len;
	unsigned int tries;
	lisp_time built, last_sent, last_ack, backoff;
	struct lisp_timer timer;
};

struct reg_server {
	struct reg_server *next;
	struct lisp_config_map_server cfg;	/* own copy */
	bool leaving;			/* only withdrawals are left */
	uint64_t last_nonce;		/* of the newest Map-Register to it */
	/* nonces of its unsolicited Map-Notifies: the greatest, those below */
	uint64_t notify_nonce, notify_seen;
	struct reg_msg *msgs;
};

int reg_build(struct lisp_core *core, const struct lisp_config *cfg,
	      struct reg_server **out);
/* After the swap: keep what is equal, withdraw what is gone, send the rest. */
void reg_apply(struct lisp_core *core, struct reg_server *old, bool moved);
void reg_msg_free(struct lisp_core *core, struct reg_msg *m);
void reg_free(struct lisp_core *core, struct reg_server *servers);
void reg_send(struct lisp_core *core, struct lisp_timer *t);
void reg_acked(struct lisp_core *core, struct reg_msg *m);
/* Has every map-server that says so taken what we sent last? */
/* A host was seen: register it now; it is not here any more: withdraw it. */
void reg_add_host(struct lisp_core *core, const struct lisp_config_mapping *m);
void reg_del_host(struct lisp_core *core, const struct lisp_eid *eid);
/* Before reg_apply(): one that was seen before. */
void reg_build_host(struct lisp_core *core,
		    const struct lisp_config_mapping *m);
bool reg_all_acked(const struct lisp_core *core);
void reg_receive_notify(struct lisp_core *core,
			const struct lisp_endpoint *from,
			const struct lisp_addr *to,
			const struct lisp_msg *msg,
			const uint8_t *buf, size_t len);

/* site.c, replay.c: the map-server's tables */
struct replay {				/* the last Map-Register of one ETR */
	struct replay *next;
	uint8_t key_id;
	bool has_xtr_id;
	uint8_t xtr_id[16];
	uint64_t site_id;
	struct lisp_addr from;		/* when it has no xTR-ID */
	uint64_t nonce;
	uint16_t auth_len;
	uint8_t mac[LISP_AUTH_LEN_MAX];
	size_t len;
};

/* A Map-Register once accepted, of whatever ETR. */
struct replay_seen {
	uint64_t nonce, mac;
};

struct site {
	const struct lisp_config_site *cfg;
	unsigned long n_registered;
	uint64_t auth_failures, rejected;
	unsigned int n_replay;
	struct replay *replay;		/* most recently used first */
	struct replay_seen *seen;	/* ring */
	unsigned int n_seen, next_seen;
};

/* Of a Map-Register: where it came from, and to. */
struct ms_source {
	const struct lisp_endpoint *from;
	const struct lisp_addr *to;
};

struct ms_prefix;

/* The registration of a prefix by one ETR. */
struct ms_reg {
	struct ms_reg *next;
	struct ms_prefix *prefix;
	struct lisp_addr from, to;	/* the ETR; what it calls us */
	uint8_t key_id;
	uint16_t auth_len;
	bool merge, proxy_reply, want_notify, has_xtr_id;
	bool untold;			/* of something inside @prefix */
	uint8_t xtr_id[16];
	uint64_t site_id, nonce;
	lisp_time last, expires;
	struct lisp_record record;	/* its part; only kept with @merge */
	struct lisp_timer timer;
};

struct ms_prefix {
	struct lisp_entry e;
	struct site *site;
	bool configured, accept_more_specifics;
	bool carried;			/* from the table before */
	bool up;
	unsigned int n_regs;
	struct ms_reg *regs;		/* some when @up; in order of coming */
	unsigned int turn;		/* Map-Requests forwarded */
	bool has_record, proxy_reply;
	struct lisp_record record;	/* of all of them together */
	/* of the last one */
	lisp_time first, last, expires;
	struct lisp_addr registrant;
	bool want_notify, has_xtr_id;
	uint8_t xtr_id[16];
	uint64_t site_id, nonce;
};

int site_build(struct lisp_core *core, const struct lisp_config *cfg,
	       struct lisp_ms *ms);
void site_free(struct lisp_core *core, struct lisp_ms *ms);
/* After the swap: registrations that went into the new tables get timers. */
void site_apply(struct lisp_core *core, struct lisp_ms *old);
/* The configured prefix that covers @eid, the longest. */
struct ms_prefix *site_configured(const struct lisp_ms *ms,
				  const struct lisp_eid *eid);
/* The longest registered prefix that covers @eid. */
struct ms_prefix *site_registered(const struct lisp_ms *ms,
				  const struct lisp_eid *eid);
/* May @site register @eid? The prefix that allows it, or NULL. */
struct ms_prefix *site_allows(const struct lisp_ms *ms, const struct site *site,
			      const struct lisp_eid *eid);
/*
 * The least-specific prefix that holds @eid, lies within the configured prefix
 * that covers @eid (if any) and hides no other: RFC 9301 8.4. False when @eid
 * itself holds some.
 */
bool site_hole(const struct lisp_ms *ms, const struct lisp_eid *eid,
	       struct lisp_eid *hole);
int site_register(struct lisp_core *core, struct site *site,
		  const struct ms_source *src,
		  const struct lisp_map_register *m,
		  const struct lisp_record *r);
/* Ignored when another ETR has registered it since. */
void site_withdraw(struct lisp_core *core, struct site *site,
		   const struct ms_source *src,
		   const struct lisp_map_register *m,
		   const struct lisp_eid *eid);
/* The last registration of @p has ended; frees it if it was not configured. */
void site_down(struct lisp_core *core, struct ms_prefix *p);
struct ms_prefix *site_find(const struct lisp_ms *ms,
			    const struct lisp_eid *eid);
/* The site of the same name; most often it has kept its place. */
struct site *site_same(struct lisp_ms *ms, const struct lisp_ms *old,
		       const struct site *o);

/* registrant.c */
struct ms_reg *registrant_find(const struct ms_prefix *p,
			       const struct lisp_addr *from,
			       const struct lisp_map_register *m);
/* Has the ETR of @of, a registration of another prefix, registered @p, too? */
bool registrant_has(const struct ms_prefix *p, const struct ms_reg *of);
/*
 * Take @r from the ETR that sent @m: beside or in place of others. 0, -ENOMEM,
 * -ENOSPC (both counted; nothing is changed then).
 */
int registrant_set(struct lisp_core *core, struct ms_prefix *p,
		   const struct ms_source *src,
		   const struct lisp_map_register *m,
		   const struct lisp_record *r);
/* Ends @g, and with the last one site_down() its prefix. */
void registrant_withdraw(struct lisp_core *core, struct ms_reg *g);
void registrant_free_all(struct lisp_core *core, struct ms_prefix *p);
/* The same locators, priorities, weights and R-bits, in whatever order. */
bool lisp_record_same_set(const struct lisp_record *a,
			  const struct lisp_record *b);

/* ms_notify.c: Map-Notifies that nobody asked for (RFC 9301 5.7) */
struct notify_item {
	struct notify_item *next;	/* same hash of ETR and EID-prefix */
	struct ms_notify *msg;
	struct lisp_record record;
};

struct ms_notify {			/* one message, until acknowledged */
	struct ms_notify *prev, *next;
	struct site *site;
	struct lisp_addr from, to;	/* we, the ETR */
	uint8_t key_id;
	uint16_t auth_len;
	bool has_xtr_id;
	uint8_t xtr_id[16];
	uint64_t site_id, nonce;
	unsigned int n_items, tries;
	struct notify_item **items;
	bool sent;			/* @buf is what was sent last */
	lisp_time last_sent;
	uint8_t *buf;
	size_t len;
	struct lisp_timer timer;
};

/*
 * The locator-set of @p has changed: tell all its registrants but @by, which is
 * acknowledged if it asked for that.
 */
void ms_notify_set(struct lisp_core *core, const struct ms_prefix *p,
		   const struct ms_reg *by);
/*
 * @r, of @p, is new: tell who has registered the prefix around it, and not @p
 * itself. What they hold for theirs may be elsewhere (RFC 9301 5.5).
 */
void ms_notify_around(struct lisp_core *core, const struct ms_prefix *p,
		      const struct lisp_record *r);
/*
 * @g is new, or its ETR may have forgotten: tell it what others have registered
 * inside its prefix.
 */
void ms_notify_inside(struct lisp_core *core, const struct ms_reg *g);
/* Tell the ETR of @g about @r, as soon as may be. */
void ms_notify_queue(struct lisp_core *core, const struct ms_reg *g,
		     const struct lisp_record *r);
/* The ETR of @g has just registered it: it knows. */
void ms_notify_cancel(struct lisp_core *core, const struct ms_reg *g);
void ms_notify_acked(struct lisp_core *core, const struct lisp_endpoint *from,
		     const struct lisp_map_register *m, const uint8_t *buf,
		     size_t len);
/* After the swap: sites are elsewhere, or gone. */
void ms_notify_configure(struct lisp_core *core, const struct lisp_ms *old);
void ms_notify_clear(struct lisp_core *core);

enum replay_verdict { REPLAY_NEW, REPLAY_SAME, REPLAY_OLD };
enum replay_verdict replay_check(struct site *site, struct lisp_core *core,
				 const struct lisp_endpoint *from,
				 const struct lisp_map_register *m,
				 const uint8_t *buf, size_t len);
void replay_store(struct site *site, struct lisp_core *core,
		  const struct lisp_endpoint *from,
		  const struct lisp_map_register *m,
		  const uint8_t *buf, size_t len);
void replay_free(struct site *site);
struct lisp_wr;
struct lisp_rd;
size_t replay_size(const struct site *site);
void replay_save(const struct site *site, struct lisp_wr *w);
void replay_restore(struct site *site, struct lisp_core *core,
		    struct lisp_rd *rd);

/* state.c */
void state_apply(struct lisp_core *core);

/* mapserver.c */
/* The key of a site with that key-ID, or NULL. */
const struct lisp_config_key *site_key(const struct site *site, uint8_t key_id);
void ms_receive_register(struct lisp_core *core,
			 const struct lisp_endpoint *from,
			 const struct lisp_addr *to,
			 const struct lisp_map_register *m,
			 const uint8_t *buf, size_t len);
/* ms_request.c: false: the ETR of this very machine is to answer. */
bool ms_request(struct lisp_core *core, const struct lisp_request *req);

/* ms_info.c */
void ms_receive_info(struct lisp_core *core, const struct lisp_endpoint *from,
		     const struct lisp_addr *to, const struct lisp_info *m,
		     const uint8_t *buf, size_t len);

/* mapresolver.c */
void mr_receive_ecm(struct lisp_core *core, const struct lisp_endpoint *from,
		    const struct lisp_addr *to, const struct lisp_ecm *ecm);

#endif
