/* SPDX-License-Identifier: GPL-2.0 */
/* A core that is map-server and map-resolver, as core_util.h has it. */
#ifndef MS_UTIL_H
#define MS_UTIL_H

#include "core_util.h"

#define MS	"10.0.0.13"
#define C1	"10.0.1.1"
#define R2	"10.0.1.9"

/* For cmocka: a node with ms_config(). */
int ms_setup(void **state);
/* A site's configuration, and another site's more-specific inside of it. */
struct lisp_config *ms_nested_config(void);
struct lisp_key ms_key(void);
/* Register @eid at @rloc; what is sent in answer is left in the list. */
void ms_register(struct node *n, const char *rloc, uint64_t nonce,
		 const char *eid, uint32_t ttl);

/* What "show site" has: how many, how many up, and the one of @eid */
struct ms_found {
	const char *eid;
	struct lisp_show_registration r;
	unsigned int n, up;
};

struct ms_found ms_show(struct node *n, const char *eid);
bool ms_is_up(struct node *n, const char *eid);

/* So long after the start that it says what is not registered. */
void ms_settle(struct node *n);
/* R2 asks for @eid; the answer alone is left in the list. */
void ms_ask(struct node *n, const char *eid);
/* The one record of the one Map-Reply sent. */
struct lisp_record ms_reply(struct node *n);

#endif
