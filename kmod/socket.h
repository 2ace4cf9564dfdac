/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The UDP sockets of a namespace and port, shared by its devices.
 */
#ifndef _LISP_SOCKET_H
#define _LISP_SOCKET_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <net/sock.h>

struct lisp_dev;

#define LISP_SOCK_HASH_BITS	6

/**
 * struct lisp_sock - sockets of one port in one namespace
 * @node: in lisp_net.socks; protected by rtnl
 * @port: UDP port
 * @refs: devices that are up; protected by rtnl
 * @sock4: IPv4 socket
 * @sock6: IPv6 socket, or NULL where the kernel has no IPv6
 * @devices: devices that are up by instance-ID; written under rtnl, read by RCU
 * @rcu: defers freeing past receivers
 */
struct lisp_sock {
	struct list_head node;
	u16 port;
	unsigned int refs;
	struct socket *sock4;
	struct socket *sock6;
	struct hlist_head devices[1 << LISP_SOCK_HASH_BITS];
	struct rcu_head rcu;
};

int lisp_sock_join(struct lisp_dev *ld);
void lisp_sock_leave(struct lisp_dev *ld);
struct lisp_dev *lisp_sock_find(struct lisp_sock *ls, u32 iid);

#endif
