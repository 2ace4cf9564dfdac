/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One protocol core under test: what it sends and what it tells the data plane
 * is kept in lists, the clock is @now, random numbers come from a counter.
 */
#ifndef CORE_UTIL_H
#define CORE_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/core.h"

struct sent {
	struct lisp_endpoint from, to;
	uint8_t buf[LISP_MSG_MAX];
	size_t len;
};

enum op_kind {
	OP_MAP_ADD, OP_MAP_DEL, OP_PENDING_DEL, OP_EID_ADD, OP_EID_DEL,
	OP_RLOC_UP, OP_RLOC_DOWN,	/* the EID is the address */
	/* in the order of enum lisp_host */
	OP_HOST_HERE, OP_HOST_AWAY, OP_HOST_NONE, OP_HOST_CHECK,
};

struct op {
	enum op_kind kind;
	struct lisp_eid eid;
	struct lisp_mapping m;		/* locators below */
	struct lisp_locator locators[8];
	char interface[16];		/* of a host */
};

struct node {
	struct lisp_core *core;
	lisp_time now;
	uint64_t random;
	unsigned int n_sent, n_ops;
	struct sent sent[256];
	struct op ops[256];
	void (*usage)(struct node *n, const struct lisp_eid *eid);
	void (*sources)(struct node *n, uint32_t iid);	/* NULL: none */
	char trace[65536];
	size_t trace_len;
};

/* As fixtures in *state: a struct node with no configuration. */
int node_setup(void **state);
int node_teardown(void **state);
struct node *node_new(void);
/* One whose data plane counts: @usage is asked, and may answer. */
struct node *node_new_counting(void (*usage)(struct node *n,
					     const struct lisp_eid *eid));
void node_free(struct node *n);
void node_forget(struct node *n);	/* lists and trace empty again */
void node_run(struct node *n, lisp_time until);

struct lisp_addr A(const char *s);
struct lisp_eid E(const char *s);
struct lisp_eid EI(uint32_t iid, const char *s);
struct lisp_endpoint EP(const char *s, uint16_t port);

uint64_t stat(struct node *n, const char *group, const char *name);
#define assert_stat(n, group, name, value) \
	assert_int_equal(stat(n, group, name), value)

/* Operations of @kind on @eid (NULL: any) so far. */
unsigned int count_ops(const struct node *n, enum op_kind kind,
		       const char *eid);
const struct op *last_op(const struct node *n, enum op_kind kind,
			 const char *eid);
unsigned int count_sent(const struct node *n, unsigned int type);
/*
 * Decode the @i-th message sent; of an ECM the inner one. Free with
 * lisp_msg_free().
 */
void decode_sent(const struct node *n, unsigned int i, struct lisp_msg *msg,
		 struct lisp_ecm *ecm);
/*
 * The first message of @type sent from the @i-th on, decoded as decode_sent()
 * does; @i becomes its number. False: there is none, nothing to free.
 */
bool next_sent(const struct node *n, unsigned int type, unsigned int *i,
	       struct lisp_msg *msg);
/*
 * All of @type sent, also while more are. Each round ends with freeing @msg, also
 * with "continue"; who leaves the loop from inside does so.
 */
#define for_each_sent(n, type, i, msg) \
	for ((i) = 0; next_sent(n, type, &(i), msg); lisp_msg_free(msg), (i)++)

/* Configurations: pieces live until the next call of the same function. */
struct lisp_config *xtr_config(void);	/* R2 of the article, IPv6 and IPv4 */
struct lisp_config *ms_config(void);	/* MS_MR of the article */
struct lisp_key key_of(uint8_t key_id, uint8_t alg, const char *secret);

/* What others send to the core under test. */
void deliver(struct node *n, const char *from, uint16_t port, const char *to,
	     const struct lisp_msg *msg, const struct lisp_key *key);
void deliver_raw(struct node *n, const char *from, uint16_t port,
		 const char *to, const void *buf, size_t len);
/* In an ECM from @from; inner source @src:4342, destination the first EID. */
void deliver_ecm(struct node *n, const char *from, const char *to,
		 const char *src, const struct lisp_msg *msg);
struct lisp_locator L(const char *addr, uint8_t priority, uint8_t weight);
struct lisp_record R(const char *eid, uint32_t ttl, unsigned int n,
		     struct lisp_locator *locators);
/* Answer with @n records; @nonce as asked. */
void deliver_reply(struct node *n, uint64_t nonce, unsigned int count,
		   struct lisp_record *records);
void deliver_register(struct node *n, const char *from, uint64_t nonce,
		      const struct lisp_key *key, unsigned int count,
		      struct lisp_record *records);
void deliver_request(struct node *n, const char *itr_rloc, uint64_t nonce,
		     const char *eid);
void miss(struct node *n, const char *eid);
/* The nonce of the last Map-Request sent (in an ECM or not). */
uint64_t last_nonce(const struct node *n);

#endif
