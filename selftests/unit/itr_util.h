/* SPDX-License-Identifier: GPL-2.0 */
/* A core that is an ITR alone, as core_util.h has it. */
#ifndef ITR_UTIL_H
#define ITR_UTIL_H

#include "core_util.h"

#define EID	"2001:10:1:114::14"
#define HOST	"2001:10:1:114::14/128"
#define SITE	"2001:10:1:114::/64"

/* For cmocka: R2 with its configuration taken, all so far forgotten. */
int itr_setup(void **state);
/* Answer the last Map-Request: @eid has one locator for @ttl minutes. */
void answer(struct node *n, const char *eid, uint32_t ttl);

#endif
