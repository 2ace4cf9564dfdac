/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sends on an interface, of those who may move there and are not known to
 * be there: what a packet socket sees behind a filter.
 */
#ifndef LISP_SNOOP_H
#define LISP_SNOOP_H

#include <net/if.h>
#include "core/core.h"

struct event_base;
struct snoop;

#define SNOOP_HOSTS_MAX	128	/* known hosts that a filter leaves out */

/*
 * One interface. @heard gets source addresses out of packets, as they come: no
 * proof that the host is there. NULL: without CAP_NET_RAW, or no interface.
 */
struct snoop *snoop_open(struct event_base *base, const char *interface,
			 void (*heard)(void *ctx, const struct lisp_addr *addr,
				       const char *interface), void *ctx);
void snoop_close(struct snoop *s);
/*
 * Which prefixes matter, and which hosts inside them do not: @hosts are there.
 * With more hosts than SNOOP_HOSTS_MAX nothing is heard.
 */
void snoop_filter(struct snoop *s, const struct lisp_eid *prefixes,
		  unsigned int n_prefixes, const struct lisp_eid *hosts,
		  unsigned int n_hosts);

#endif
