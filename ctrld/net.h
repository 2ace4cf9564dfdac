/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LISP control messages on UDP port 4342, IPv4 and IPv6.
 */
#ifndef LISP_NET_H
#define LISP_NET_H

#include "core/config.h"

struct event_base;
struct net;

struct net_stats {
	uint64_t received, sent;
	uint64_t overflow;	/* lost in the sockets' receive buffers */
	uint64_t truncated, send_failed;
};

typedef void (*net_receive_fn)(void *ctx, const struct lisp_endpoint *from,
			       const struct lisp_addr *to, const uint8_t *buf,
			       size_t len);

/*
 * NULL after an error was logged: not one of the two sockets opens, or another
 * program has the port.
 */
struct net *net_open(struct event_base *base, uint16_t port,
		     net_receive_fn receive, void *ctx);
void net_close(struct net *net);
/* @from: AFI NONE lets the routing decide. Failures are counted, not fatal. */
void net_send(struct net *net, const struct lisp_endpoint *from,
	      const struct lisp_endpoint *to, const void *buf, size_t len);
const struct net_stats *net_stats(const struct net *net);

/* The source the routing takes towards @to, or AFI NONE. */
struct lisp_addr net_source_for(const struct lisp_addr *to);

#endif
