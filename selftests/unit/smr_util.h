/* SPDX-License-Identifier: GPL-2.0 */
/* A core that is an ETR and tells others of its changes, as core_util.h has it. */
#ifndef SMR_UTIL_H
#define SMR_UTIL_H

#include "core_util.h"

#define MS	"10.0.0.13"
#define ME	"10.0.1.9"
#define PEER	"10.0.1.1"
#define SITE	"2001:10:1:22::/64"

/* For cmocka: a node with xtr_config(), registered. */
int smr_setup(void **state);
void smr_configure(struct node *n, const struct lisp_config *cfg);
/* Configure @count prefixes, 2001:db8:I::/48, with the locators of the first. */
void smr_prefixes(struct node *n, struct lisp_config *cfg,
		  struct lisp_config_mapping *maps, unsigned int count);
/* Acknowledge every Map-Register sent so far. */
void smr_acknowledge(struct node *n);
/* Another priority for the locator of SITE. */
void smr_change(struct node *n);

/* @itr asks us for @eid, as any ITR does, and is answered. */
void smr_asks(struct node *n, const char *itr, const char *eid);
/* An entry of the map-cache through @rloc. */
void smr_cached(struct node *n, const char *eid, const char *rloc);
/* SMRs sent so far to @to (NULL: anybody) about @eid (NULL: anything). */
unsigned int smr_sent(const struct node *n, const char *to, const char *eid);

#endif
