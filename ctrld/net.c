// SPDX-License-Identifier: GPL-2.0
/*
 * The UDP sockets of the control plane. The local address of each message is
 * known, and chosen when one is sent, so that answers come from where they
 * are expected.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <event2/event.h>
#include "log.h"
#include "net.h"
#include "wire/msg.h"

#define BATCH		64	/* messages per wake-up of one socket */
#define MESSAGE_MAX	65536
#define RCVBUF		(4 << 20)

struct net_socket {
	struct net *net;
	int family, fd;
	uint32_t overflow;	/* SO_RXQ_OVFL: a running 32-bit count */
	struct event *ev;
};

struct net {
	struct net_socket v4, v6;
	uint16_t port;
	bool taken;			/* the port, by another program */
	net_receive_fn receive;
	void *ctx;
	struct net_stats stats;
	uint8_t buf[MESSAGE_MAX];
};

union sockaddr_any {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static void to_addr(const union sockaddr_any *sa, struct lisp_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (sa->sa.sa_family == AF_INET) {
		addr->afi = LISP_AFI_IPV4;
		memcpy(addr->bytes, &sa->in.sin_addr, 4);
	} else if (sa->sa.sa_family == AF_INET6) {
		addr->afi = LISP_AFI_IPV6;
		memcpy(addr->bytes, &sa->in6.sin6_addr, 16);
	}
}

static socklen_t from_addr(const struct lisp_addr *addr, uint16_t port,
			   union sockaddr_any *sa)
{
	memset(sa, 0, sizeof(*sa));
	if (addr->afi == LISP_AFI_IPV4) {
		sa->in.sin_family = AF_INET;
		sa->in.sin_port = htons(port);
		memcpy(&sa->in.sin_addr, addr->bytes, 4);
		return sizeof(sa->in);
	}
	sa->in6.sin6_family = AF_INET6;
	sa->in6.sin6_port = htons(port);
	memcpy(&sa->in6.sin6_addr, addr->bytes, 16);
	return sizeof(sa->in6);
}

/* Receiving */

static void control_data(struct net_socket *s, struct msghdr *mh,
			 struct lisp_addr *to)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info;
	struct cmsghdr *c;
	uint32_t count;

	memset(to, 0, sizeof(*to));
	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			to->afi = LISP_AFI_IPV4;
			memcpy(to->bytes, &info.ipi_addr, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			to->afi = LISP_AFI_IPV6;
			memcpy(to->bytes, &info6.ipi6_addr, 16);
		} else if (c->cmsg_level == SOL_SOCKET &&
			   c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&count, CMSG_DATA(c), sizeof(count));
			s->net->stats.overflow += count - s->overflow;
			s->overflow = count;
		}
	}
}

/* False when there is nothing (more) to read. */
static bool receive_one(struct net_socket *s)
{
	struct net *net = s->net;
	union sockaddr_any sa = { 0 };
	char control[256] __attribute__((aligned(8)));
	struct iovec iov = { net->buf, sizeof(net->buf) };
	struct msghdr mh = {
		.msg_name = &sa, .msg_namelen = sizeof(sa),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct lisp_endpoint from;
	struct lisp_addr to;
	ssize_t n;

	n = recvmsg(s->fd, &mh, MSG_DONTWAIT);
	if (n < 0)	/* an ICMP error is reported once, and read away */
		return errno != EAGAIN && errno != EWOULDBLOCK;
	control_data(s, &mh, &to);
	if (mh.msg_flags & MSG_TRUNC) {
		net->stats.truncated++;
		return true;
	}
	to_addr(&sa, &from.addr);
	from.port = ntohs(s->family == AF_INET ? sa.in.sin_port :
			  sa.in6.sin6_port);
	net->stats.received++;
	net->receive(net->ctx, &from, &to, net->buf, n);
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	unsigned int left = BATCH;

	(void)fd;
	(void)what;
	while (left-- && receive_one(arg))
		;
}

/* Sending */

static size_t put_source(struct msghdr *mh, const struct lisp_addr *from)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(mh);
	struct in6_pktinfo info6 = { 0 };
	struct in_pktinfo info = { 0 };

	if (from->afi == LISP_AFI_IPV4) {
		memcpy(&info.ipi_spec_dst, from->bytes, 4);
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		return CMSG_SPACE(sizeof(info));
	}
	memcpy(&info6.ipi6_addr, from->bytes, 16);
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info6));
	memcpy(CMSG_DATA(c), &info6, sizeof(info6));
	return CMSG_SPACE(sizeof(info6));
}

static int try_send(int fd, struct msghdr *mh)
{
	unsigned int tries = 3;	/* a pending ICMP error is not ours */
	ssize_t n;

	do {
		n = sendmsg(fd, mh, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && (errno == EINTR || errno == ECONNREFUSED ||
			   errno == EHOSTUNREACH) && --tries);
	return n < 0 ? -errno : 0;
}

void net_send(struct net *net, const struct lisp_endpoint *from,
	      const struct lisp_endpoint *to, const void *buf, size_t len)
{
	char control[64] __attribute__((aligned(8))) = { 0 };
	struct iovec iov = { (void *)buf, len };
	char dst[LISP_STRLEN], src[LISP_STRLEN];
	union sockaddr_any sa;
	struct msghdr mh = {
		.msg_name = &sa, .msg_iov = &iov, .msg_iovlen = 1,
	};
	int fd = to->addr.afi == LISP_AFI_IPV4 ? net->v4.fd :
		to->addr.afi == LISP_AFI_IPV6 ? net->v6.fd : -1;
	int err = fd < 0 ? -EAFNOSUPPORT : 0;

	mh.msg_namelen = from_addr(&to->addr, to->port, &sa);
	if (!err && from->addr.afi == to->addr.afi) {
		mh.msg_control = control;
		mh.msg_controllen = sizeof(control);
		mh.msg_controllen = put_source(&mh, &from->addr);
	}
	if (!err)
		err = try_send(fd, &mh);
	if (!err) {
		net->stats.sent++;
		return;
	}
	net->stats.send_failed++;
	log_debug("cannot send to %s from %s: %s", lisp_endpoint_str(to, dst),
		  lisp_addr_str(&from->addr, src), strerror(-err));
}

/* Opening */

static int open_family(int family, uint16_t port)
{
	union sockaddr_any sa = { 0 };
	int one = 1, rcvbuf = RCVBUF, err;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	sa.sa.sa_family = family;
	if (family == AF_INET) {
		sa.in.sin_port = htons(port);
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	} else {
		sa.in6.sin6_port = htons(port);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one,
			   sizeof(one));
	}
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof(one));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (!bind(fd, &sa.sa, family == AF_INET ? sizeof(sa.in) :
		  sizeof(sa.in6)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static void open_one(struct net *net, struct event_base *base,
		     struct net_socket *s, int family)
{
	s->net = net;
	s->family = family;
	s->fd = open_family(family, net->port);
	if (s->fd < 0) {
		net->taken |= s->fd == -EADDRINUSE;
		log_at(s->fd == -EAFNOSUPPORT ? LOG_INFO : LOG_ERR,
		       "UDP port %u, %s: %s%s", net->port,
		       family == AF_INET ? "IPv4" : "IPv6",
		       strerror(-s->fd), s->fd == -EADDRINUSE ?
		       ": does another lispd run?" : "");
		s->fd = -1;
		return;
	}
	s->ev = event_new(base, s->fd, EV_READ | EV_PERSIST, on_readable, s);
	if (!s->ev || event_add(s->ev, NULL))
		abort();
}

struct net *net_open(struct event_base *base, uint16_t port,
		     net_receive_fn receive, void *ctx)
{
	struct net *net = calloc(1, sizeof(*net));

	if (!net)
		abort();
	net->port = port;
	net->receive = receive;
	net->ctx = ctx;
	open_one(net, base, &net->v4, AF_INET);
	open_one(net, base, &net->v6, AF_INET6);
	/* half of the messages would go to who has the other port */
	if (!net->taken && (net->v4.fd >= 0 || net->v6.fd >= 0))
		return net;
	net_close(net);
	return NULL;
}

static void close_one(struct net_socket *s)
{
	if (s->ev)
		event_free(s->ev);
	if (s->fd >= 0)
		close(s->fd);
}

void net_close(struct net *net)
{
	if (!net)
		return;
	close_one(&net->v4);
	close_one(&net->v6);
	free(net);
}

const struct net_stats *net_stats(const struct net *net)
{
	return &net->stats;
}

struct lisp_addr net_source_for(const struct lisp_addr *to)
{
	union sockaddr_any sa;
	socklen_t len = from_addr(to, LISP_CONTROL_PORT, &sa);
	struct lisp_addr a = { 0 };
	int fd = socket(sa.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return a;
	if (!connect(fd, &sa.sa, len)) {
		len = sizeof(sa);
		if (!getsockname(fd, &sa.sa, &len))
			to_addr(&sa, &a);
	}
	close(fd);
	if (!lisp_addr_is_rloc(&a))
		memset(&a, 0, sizeof(a));
	return a;
}
