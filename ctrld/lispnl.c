// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets, requests, dumps and events of the netlink family "lisp".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/rtnetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include "grow.h"
#include "lispnl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

#define DUMP_RETRIES	16
#define TIMEOUT_SEC	10
#define RECV_SIZE	65536

static int fail(struct lisp_nl *nl, int err, const char *what)
{
	nl->err = err;
	snprintf(nl->error, sizeof(nl->error), "%s: %s", what, strerror(-err));
	return err;
}

/* The words the kernel added to its answer (extack), or strerror's. */
static void remember(struct lisp_nl *nl, int err, const struct nlmsghdr *nlh,
		     size_t skip)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { NULL };
	const char *payload = nlmsg_data(nlh);

	nl->err = err;
	snprintf(nl->error, sizeof(nl->error), "%s", strerror(-err));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    (size_t)nlmsg_datalen(nlh) < NLMSG_ALIGN(skip))
		return;
	if (nla_parse(tb, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)(payload + NLMSG_ALIGN(skip)),
		      nlmsg_datalen(nlh) - NLMSG_ALIGN(skip), NULL) < 0)
		return;
	if (tb[NLMSGERR_ATTR_OFFS])
		nl->error_offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	if (tb[NLMSGERR_ATTR_MSG] && nla_len(tb[NLMSGERR_ATTR_MSG]) > 0)
		snprintf(nl->error, sizeof(nl->error), "%.*s (%s)",
			 nla_len(tb[NLMSGERR_ATTR_MSG]),
			 (char *)nla_data(tb[NLMSGERR_ATTR_MSG]),
			 strerror(-err));
}

static int open_socket(struct lisp_nl *nl, int protocol)
{
	struct timeval tv = { .tv_sec = TIMEOUT_SEC };
	int one = 1, fd;

	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return fail(nl, -ENOMEM, "netlink");
	if (nl_connect(nl->sock, protocol) < 0) {
		fail(nl, errno ? -errno : -EIO, "netlink socket");
		nl_socket_free(nl->sock);
		nl->sock = NULL;
		return nl->err;
	}
	fd = nl_socket_get_fd(nl->sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	return 0;
}

int lisp_nl_open(struct lisp_nl *nl)
{
	int err = open_socket(nl, NETLINK_GENERIC);

	if (err)
		return err;
	nl->family = genl_ctrl_resolve(nl->sock, LISP_GENL_NAME);
	if (nl->family > 0)
		return 0;
	lisp_nl_close(nl);
	nl->err = -ENOENT;
	snprintf(nl->error, sizeof(nl->error),
		 "the kernel has no LISP: try 'modprobe lisp'");
	return -ENOENT;
}

int lisp_nl_open_route(struct lisp_nl *nl)
{
	return open_socket(nl, NETLINK_ROUTE);
}

void lisp_nl_close(struct lisp_nl *nl)
{
	if (nl->sock)
		nl_socket_free(nl->sock);
	nl->sock = NULL;
	nl->family = 0;
}

/* Requests */

struct nl_msg *lisp_nl_msg(struct lisp_nl *nl, uint8_t cmd, int flags,
			   unsigned int ifindex)
{
	struct nl_msg *msg = nlmsg_alloc_size(RECV_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				 flags, cmd, LISP_GENL_VERSION))
		abort();
	if (ifindex)
		nla_put_u32(msg, LISP_A_IFINDEX, ifindex);
	return msg;
}

struct exchange {
	struct lisp_nl *nl;
	uint32_t seq;
	bool dump, done, interrupted;
	void (*cb)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
};

/* Where the TLVs of an error begin: the request may stand before them. */
static size_t error_skip(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	size_t skip = sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	return skip;
}

static void take_message(struct exchange *x, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e;
	int err;

	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return;
	case NLMSG_ERROR:
		e = nlmsg_data(nlh);
		x->done = true;
		if (nlmsg_datalen(nlh) < (int)sizeof(*e))
			fail(x->nl, -EBADMSG, "netlink");
		else if (e->error)
			remember(x->nl, e->error, nlh, error_skip(nlh));
		return;
	case NLMSG_DONE:
		x->done = true;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			x->interrupted = true;
		if (nlmsg_datalen(nlh) < (int)sizeof(err))
			return;
		memcpy(&err, nlmsg_data(nlh), sizeof(err));
		if (err < 0)
			remember(x->nl, err, nlh, sizeof(err));
		return;
	}
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	if (x->cb)
		x->cb(nlh, x->arg);
}

static int receive_once(int fd, char *buf, size_t size, int flags,
			struct sockaddr_nl *from)
{
	struct iovec iov = { buf, size };
	struct msghdr mh = {
		.msg_name = from, .msg_namelen = sizeof(*from),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(fd, &mh, flags);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (mh.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return n;
}

static int exchange(struct exchange *x, struct nl_msg *msg)
{
	struct lisp_nl *nl = x->nl;
	int fd = nl_socket_get_fd(nl->sock), n;
	struct sockaddr_nl from = { 0 };
	char *buf = malloc(RECV_SIZE);
	struct nlmsghdr *nlh;

	nl->err = 0;
	nl->error[0] = '\0';
	nl->error_offset = 0;
	if (!buf)
		abort();
	nl_complete_msg(nl->sock, msg);
	x->seq = nlmsg_hdr(msg)->nlmsg_seq;
	if (nl_send(nl->sock, msg) < 0) {
		fail(nl, errno ? -errno : -EIO, "netlink request");
		x->done = true;
	}
	nlmsg_free(msg);
	while (!x->done) {
		n = receive_once(fd, buf, RECV_SIZE, 0, &from);
		if (n < 0) {
			fail(nl, n == -EAGAIN ? -ETIMEDOUT : n,
			     "netlink answer");
			break;
		}
		if (from.nl_pid)
			continue;
		for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, n);
		     nlh = nlmsg_next(nlh, &n))
			if (nlh->nlmsg_seq == x->seq)
				take_message(x, nlh);
	}
	free(buf);
	return nl->err;
}

int lisp_nl_do(struct lisp_nl *nl, struct nl_msg *msg,
	       void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct exchange x = { .nl = nl, .cb = cb, .arg = arg };

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return exchange(&x, msg);
}

/* Of rtnetlink: all families; of links without their statistics. */
static struct nl_msg *route_dump(int type)
{
	struct ifinfomsg all = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_DUMP);

	if (!msg || nlmsg_append(msg, &all, sizeof(all), NLMSG_ALIGNTO) < 0)
		abort();
	if (type == RTM_GETLINK)
		nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return msg;
}

int lisp_nl_dump(struct lisp_nl *nl, uint8_t cmd, unsigned int ifindex,
		 void (*cb)(const struct nlmsghdr *nlh, void *arg),
		 void (*reset)(void *arg), void *arg)
{
	struct nl_msg *msg;
	int try, err;

	for (try = 0; try < DUMP_RETRIES; try++) {
		struct exchange x = { .nl = nl, .cb = cb, .arg = arg,
				      .dump = true };

		if (try && reset)
			reset(arg);
		msg = nl->family ? lisp_nl_msg(nl, cmd, NLM_F_DUMP, ifindex) :
			route_dump(cmd);
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST;
		err = exchange(&x, msg);
		if (err != -EINTR && (err || !x.interrupted))
			return err;
	}
	/* It changes all the time: what came last is as good as it gets. */
	nl->err = 0;
	return 0;
}

int lisp_nl_dump_route(struct lisp_nl *route, struct nl_msg *msg,
		       void (*cb)(const struct nlmsghdr *nlh, void *arg),
		       void *arg)
{
	struct exchange x = { .nl = route, .cb = cb, .arg = arg, .dump = true };

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	return exchange(&x, msg);
}

struct sources {
	struct lisp_nl_source *list;
	unsigned int n;
};

static void take_sources(const struct nlmsghdr *nlh, void *arg)
{
	struct sources *s = arg;
	struct nlattr *a;
	int rem;

	lisp_nl_for_each(a, nlh, LISP_A_SOURCE, rem) {
		s->list = grow(s->list, s->n, sizeof(*s->list));
		if (lisp_nl_parse_source(a, &s->list[s->n]))
			s->n++;
	}
}

static void reset_sources(void *arg)
{
	((struct sources *)arg)->n = 0;
}

int lisp_nl_sources(struct lisp_nl *nl, unsigned int ifindex,
		    struct lisp_nl_source **list, unsigned int *n)
{
	struct sources s = { 0 };
	int err = lisp_nl_dump(nl, LISP_CMD_SOURCE_GET, ifindex, take_sources,
			       reset_sources, &s);

	if (err) {
		free(s.list);
		return err;
	}
	*list = s.list;
	*n = s.n;
	return 0;
}

/* Events */

static struct nl_sock *open_events(int family)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return NULL;
	nl_socket_disable_seq_check(sock);
	if (!nl_connect(sock, family))
		return sock;
	nl_socket_free(sock);
	return NULL;
}

/* Groups were joined: no more waiting, and room for a burst. */
static struct nl_sock *start_events(struct nl_sock *sock, int rcvbuf)
{
	int fd = nl_socket_get_fd(sock);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	nl_socket_set_nonblocking(sock);
	return sock;
}

struct nl_sock *lisp_nl_open_events(const char *const *groups, int rcvbuf)
{
	struct nl_sock *sock = open_events(NETLINK_GENERIC);
	int grp;

	for (; sock && *groups; groups++) {
		grp = genl_ctrl_resolve_grp(sock, LISP_GENL_NAME, *groups);
		if (grp < 0)
			errno = ENOENT;
		if (grp < 0 || nl_socket_add_membership(sock, grp) < 0) {
			nl_socket_free(sock);
			return NULL;
		}
	}
	return sock ? start_events(sock, rcvbuf) : NULL;
}

struct nl_sock *lisp_nl_open_route_events(bool addresses, int rcvbuf)
{
	struct nl_sock *sock = open_events(NETLINK_ROUTE);
	int err = 0;

	if (sock && addresses)
		err = nl_socket_add_memberships(sock, RTNLGRP_IPV4_IFADDR,
						RTNLGRP_IPV6_IFADDR, 0);
	if (sock && (err < 0 ||
		     nl_socket_add_membership(sock, RTNLGRP_LINK) < 0)) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock ? start_events(sock, rcvbuf) : NULL;
}

struct nl_sock *lisp_nl_open_neigh_events(int rcvbuf)
{
	struct nl_sock *sock = open_events(NETLINK_ROUTE);

	if (sock && nl_socket_add_memberships(sock, RTNLGRP_NEIGH, 0) < 0) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock ? start_events(sock, rcvbuf) : NULL;
}

int lisp_nl_receive(struct nl_sock *sock, unsigned int batch,
		    void (*cb)(const struct nlmsghdr *nlh, void *arg),
		    void *arg)
{
	static char buf[RECV_SIZE] __attribute__((aligned(8)));
	int fd = nl_socket_get_fd(sock), n;
	struct sockaddr_nl from = { 0 };
	struct nlmsghdr *nlh;

	while (batch--) {
		n = receive_once(fd, buf, sizeof(buf), MSG_DONTWAIT, &from);
		if (n == -EAGAIN)
			return 0;
		if (n == -EMSGSIZE)
			return -ENOBUFS;
		if (n < 0)
			return n;
		if (from.nl_pid)
			continue;
		for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, n);
		     nlh = nlmsg_next(nlh, &n))
			if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
				cb(nlh, arg);
	}
	return 1;
}
