/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints lisp:miss, lisp:encap, lisp:decap, lisp:drop.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lisp

#if !defined(_LISP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _LISP_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <uapi/linux/lisp.h>
#include "addr.h"

TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_PARK_FULL);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_PARK_TIMEOUT);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_NO_ENTRY);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_ACTION);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_NATIVE);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_NO_RLOC);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_NO_ROUTE);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_LOOP);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_TOO_BIG);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_INNER);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_SOURCE_EID);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_SOURCE_RLOC);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_DEST_EID);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_ECN);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_NO_MEMORY);
TRACE_DEFINE_ENUM(LISP_A_STATS_DROP_OUTPUT);

/* Named as the counters are. */
#define lisp_show_drop(why) \
	__print_symbolic(why, \
		{ LISP_A_STATS_DROP_PARK_FULL, "park-full" }, \
		{ LISP_A_STATS_DROP_PARK_TIMEOUT, "park-timeout" }, \
		{ LISP_A_STATS_DROP_NO_ENTRY, "no-entry" }, \
		{ LISP_A_STATS_DROP_ACTION, "action" }, \
		{ LISP_A_STATS_DROP_NATIVE, "native" }, \
		{ LISP_A_STATS_DROP_NO_RLOC, "no-rloc" }, \
		{ LISP_A_STATS_DROP_NO_ROUTE, "no-route" }, \
		{ LISP_A_STATS_DROP_LOOP, "loop" }, \
		{ LISP_A_STATS_DROP_TOO_BIG, "too-big" }, \
		{ LISP_A_STATS_DROP_INNER, "inner" }, \
		{ LISP_A_STATS_DROP_SOURCE_EID, "source-eid" }, \
		{ LISP_A_STATS_DROP_SOURCE_RLOC, "source-rloc" }, \
		{ LISP_A_STATS_DROP_DEST_EID, "dest-eid" }, \
		{ LISP_A_STATS_DROP_ECN, "ecn" }, \
		{ LISP_A_STATS_DROP_NO_MEMORY, "no-memory" }, \
		{ LISP_A_STATS_DROP_OUTPUT, "output" })

/* IPv4 addresses are shown as ::ffff:192.0.2.1. */
#define LISP_TRACE_ADDR(to, from) \
	do { \
		if ((from)->family == AF_INET) \
			ipv6_addr_set_v4mapped((from)->v4, (to)); \
		else \
			*(to) = (from)->v6; \
	} while (0)

TRACE_EVENT(miss,
	TP_PROTO(const struct net_device *dev, const struct lisp_addr *eid,
		 const struct lisp_addr *source),
	TP_ARGS(dev, eid, source),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field_struct(struct in6_addr, eid)
		__field_struct(struct in6_addr, source)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		LISP_TRACE_ADDR(&__entry->eid, eid);
		LISP_TRACE_ADDR(&__entry->source, source);
	),
	TP_printk("dev=%s eid=%pI6c source=%pI6c", __entry->name,
		  &__entry->eid, &__entry->source)
);

TRACE_EVENT(encap,
	TP_PROTO(const struct net_device *dev, const struct lisp_addr *rloc,
		 unsigned int len),
	TP_ARGS(dev, rloc, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field_struct(struct in6_addr, rloc)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		LISP_TRACE_ADDR(&__entry->rloc, rloc);
		__entry->len = len;
	),
	TP_printk("dev=%s rloc=%pI6c len=%u", __entry->name, &__entry->rloc,
		  __entry->len)
);

TRACE_EVENT(decap,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb),
	TP_ARGS(dev, skb),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(const void *, skbaddr)
		__field(u16, protocol)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->skbaddr = skb;
		__entry->protocol = ntohs(skb->protocol);
		__entry->len = skb->len;
	),
	TP_printk("dev=%s skbaddr=%p protocol=0x%04x len=%u", __entry->name,
		  __entry->skbaddr, __entry->protocol, __entry->len)
);

TRACE_EVENT(drop,
	TP_PROTO(const struct net_device *dev, const void *skbaddr,
		 unsigned int len, unsigned int why),
	TP_ARGS(dev, skbaddr, len, why),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(const void *, skbaddr)
		__field(unsigned int, reason)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->skbaddr = skbaddr;
		__entry->reason = why;
		__entry->len = len;
	),
	TP_printk("dev=%s skbaddr=%p reason=%s len=%u", __entry->name,
		  __entry->skbaddr,
		  lisp_show_drop(__entry->reason), __entry->len)
);

#ifndef _LISP_TRACE_DROP
#define _LISP_TRACE_DROP
void lisp_drop(const struct net_device *dev, struct sk_buff *skb,
	       unsigned int why);
void lisp_drop_freed(const struct net_device *dev, const void *skbaddr,
		     unsigned int len, unsigned int why);
#endif

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
