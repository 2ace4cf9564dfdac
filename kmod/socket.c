// SPDX-License-Identifier: GPL-2.0
/*
 * The UDP sockets of a namespace and port.
 */
#include <linux/hash.h>
#include <linux/rtnetlink.h>
#include <net/udp_tunnel.h>
#include "socket.h"
#include "decap.h"
#include "device.h"
#include "gro.h"
#include "underlay.h"

static struct hlist_head *sock_bucket(struct lisp_sock *ls, u32 iid)
{
	return &ls->devices[hash_32(iid, LISP_SOCK_HASH_BITS)];
}

/**
 * lisp_sock_find() - the device of an instance-ID
 * @ls: sockets the packet came to
 * @iid: instance-ID
 *
 * Context: under RCU.
 * Return: device, or NULL.
 */
struct lisp_dev *lisp_sock_find(struct lisp_sock *ls, u32 iid)
{
	struct lisp_dev *ld;

	hlist_for_each_entry_rcu(ld, sock_bucket(ls, iid), sock_node)
		if (ld->iid == iid)
			return ld;
	return NULL;
}

static int sock_open(struct net *net, struct lisp_sock *ls, u8 family,
		     struct socket **sock)
{
	struct udp_port_cfg port = {
		.family = family,
		.local_udp_port = htons(ls->port),
		.ipv6_v6only = true,
		/* Zero checksums come in, others are verified (RFC 6935). */
		.use_udp6_rx_checksums = false,
		.use_udp6_tx_checksums = true,
	};
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = ls,
		.encap_type = 1,
		.encap_rcv = lisp_decap_rcv,
		.encap_err_lookup = lisp_underlay_err_lookup,
		.encap_err_rcv = lisp_underlay_err_rcv,
		.gro_receive = lisp_gro_receive,
		.gro_complete = lisp_gro_complete,
	};
	int err = udp_sock_create(net, &port, sock);

	if (err)
		return err;
	(*sock)->sk->sk_allocation = GFP_ATOMIC;
#ifdef LISP_HAVE_UDP_TUNNEL_SK
	setup_udp_tunnel_sock(net, (*sock)->sk, &tunnel);
#else
	setup_udp_tunnel_sock(net, *sock, &tunnel);
#endif
	return 0;
}

static void sock_close(struct socket *sock)
{
	if (!sock)
		return;
#ifdef LISP_HAVE_UDP_TUNNEL_SK
	udp_tunnel_sock_release(sock->sk);
#else
	udp_tunnel_sock_release(sock);
#endif
}

static struct lisp_sock *sock_new(struct net *net, u16 port, int *err)
{
	struct lisp_sock *ls = kzalloc(sizeof(*ls), GFP_KERNEL);

	if (!ls) {
		*err = -ENOMEM;
		return NULL;
	}
	ls->port = port;
	*err = sock_open(net, ls, AF_INET, &ls->sock4);
	if (*err)
		goto err_free;
	if (IS_ENABLED(CONFIG_IPV6)) {
		*err = sock_open(net, ls, AF_INET6, &ls->sock6);
		/* Booted with ipv6.disable=1: an IPv4 underlay will do. */
		if (*err && *err != -EAFNOSUPPORT)
			goto err_close;
	}
	*err = 0;
	return ls;

err_close:
	sock_close(ls->sock4);
	/* A receiver may have found us through sk_user_data. */
	synchronize_net();
err_free:
	kfree(ls);
	return NULL;
}

/**
 * lisp_sock_join() - begin to receive
 * @ld: device that comes up
 *
 * Opens the sockets of its port unless another device of the namespace has.
 *
 * Context: process, rtnl held.
 * Return: 0, -EADDRINUSE when something else has the port, -ENOMEM.
 */
int lisp_sock_join(struct lisp_dev *ld)
{
	struct lisp_sock *ls;
	int err;

	ASSERT_RTNL();
	list_for_each_entry(ls, &ld->ln->socks, node)
		if (ls->port == ld->port)
			goto found;
	ls = sock_new(ld->ln->net, ld->port, &err);
	if (!ls)
		return err;
	list_add(&ls->node, &ld->ln->socks);
found:
	ls->refs++;
	hlist_add_head_rcu(&ld->sock_node, sock_bucket(ls, ld->iid));
	rcu_assign_pointer(ld->sock, ls);
	return 0;
}

/**
 * lisp_sock_leave() - receive no more
 * @ld: device that goes down
 *
 * A receiver that has found @ld may go on with it for a grace period, which
 * the end of the device waits for.
 *
 * Context: process, rtnl held; may sleep.
 */
void lisp_sock_leave(struct lisp_dev *ld)
{
	struct lisp_sock *ls = rtnl_dereference(ld->sock);

	ASSERT_RTNL();
	RCU_INIT_POINTER(ld->sock, NULL);
	hlist_del_init_rcu(&ld->sock_node);
	if (!--ls->refs) {
		list_del(&ls->node);
		sock_close(ls->sock6);
		sock_close(ls->sock4);
		kfree_rcu(ls, rcu);
	}
}
