// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of hosts that may have come to an interface. The kernel's filter lets
 * only those of unknown hosts through, so that others cost next to nothing.
 *
 * The filter: packets that came in; IPv4, ARP or IPv6; the source in one of the
 * prefixes; and none of the hosts that are known to be there. It has to be
 * small: Linux 6.1 lets a socket have 20 KiB for it (net.core.optmem_max), and
 * makes some ten instructions of its own out of each load from a packet.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <event2/event.h>
#include "log.h"
#include "snoop.h"

#define SNAP		64	/* bytes wanted of a packet */
#define BATCH		32
#define RCVBUF		(64 << 10)
#define CODE_MAX	BPF_MAXINSNS

#define IP4_SOURCE	12
#define ARP_SOURCE	14
#define IP6_SOURCE	8

struct snoop {
	int fd;
	bool deaf;		/* the filter was refused, and it was said */
	char interface[IFNAMSIZ];
	struct event *event;
	void (*heard)(void *ctx, const struct lisp_addr *addr,
		      const char *interface);
	void *ctx;
};

/* Building the filter */

struct code {
	unsigned int n;
	struct sock_filter list[CODE_MAX];
};

static void emit(struct code *c, uint16_t op, uint32_t k, uint8_t jt,
		 uint8_t jf)
{
	/* the last place is for the end: a filter cut short hears nothing */
	if (c->n < CODE_MAX - 1)
		c->list[c->n++] = (struct sock_filter){ op, jt, jf, k };
}

static uint32_t word(const struct lisp_eid *e, unsigned int i)
{
	return (uint32_t)e->bytes[4 * i] << 24 | e->bytes[4 * i + 1] << 16 |
	       e->bytes[4 * i + 2] << 8 | e->bytes[4 * i + 3];
}

static uint32_t mask(unsigned int plen, unsigned int i)
{
	plen = plen > 32 * i ? plen - 32 * i : 0;
	return !plen ? 0 : plen >= 32 ? UINT32_MAX : ~(UINT32_MAX >> plen);
}

/* The source at @at, into the filter's own memory: it is looked at often. */
static void keep_source(struct code *c, unsigned int at, uint16_t afi)
{
	unsigned int i;

	for (i = 0; i < lisp_afi_bits(afi) / 32; i++) {
		emit(c, BPF_LD | BPF_W | BPF_ABS, at + 4 * i, 0, 0);
		emit(c, BPF_ST, i, 0, 0);
	}
}

/* How many instructions a word of a prefix takes. */
static unsigned int steps(uint32_t m)
{
	return !m ? 0 : m == UINT32_MAX ? 2 : 3;
}

/* Unless the source lies in @p, the instruction that comes next is left out. */
static void match(struct code *c, const struct lisp_eid *p)
{
	unsigned int words = lisp_afi_bits(p->afi) / 32, i, left = 0;
	uint32_t m;

	for (i = 0; i < words; i++)
		left += steps(mask(p->plen, i));
	for (i = 0; i < words; i++) {
		m = mask(p->plen, i);
		if (!m)
			continue;
		left -= steps(m);
		emit(c, BPF_LD | BPF_MEM, i, 0, 0);
		if (m != UINT32_MAX)
			emit(c, BPF_ALU | BPF_AND | BPF_K, m, 0, 0);
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, word(p, i), 0,
		     (uint8_t)(left + 1));
	}
}

/* All of one protocol: the source stands at @at. Ends in a verdict. */
static void emit_protocol(struct code *c, unsigned int at, uint16_t afi,
			  const struct lisp_eid *prefixes, unsigned int n,
			  const struct lisp_eid *hosts, unsigned int n_hosts)
{
	unsigned int jumps[64], n_jumps = 0, i;

	keep_source(c, at, afi);
	for (i = 0; i < n && n_jumps < 64; i++) {
		if (prefixes[i].afi != afi)
			continue;
		match(c, &prefixes[i]);
		jumps[n_jumps++] = c->n;
		emit(c, BPF_JMP | BPF_JA, 0, 0, 0);
	}
	emit(c, BPF_RET | BPF_K, 0, 0, 0);
	for (i = 0; i < n_jumps; i++)
		c->list[jumps[i]].k = c->n - jumps[i] - 1;
	for (i = 0; i < n_hosts; i++) {
		if (hosts[i].afi != afi)
			continue;
		match(c, &hosts[i]);
		emit(c, BPF_RET | BPF_K, 0, 0, 0);
	}
	emit(c, BPF_RET | BPF_K, SNAP, 0, 0);
}

static const struct {
	uint32_t ethertype;
	unsigned int at;
	uint16_t afi;
} protocols[] = {
	{ ETH_P_IP, IP4_SOURCE, LISP_AFI_IPV4 },
	{ ETH_P_ARP, ARP_SOURCE, LISP_AFI_IPV4 },
	{ ETH_P_IPV6, IP6_SOURCE, LISP_AFI_IPV6 },
};

#define N_PROTOCOLS	(sizeof(protocols) / sizeof(protocols[0]))

static void build(struct code *c, const struct lisp_eid *prefixes,
		  unsigned int n, const struct lisp_eid *hosts,
		  unsigned int n_hosts)
{
	unsigned int i, jump;

	emit(c, BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE, 0, 0);
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1);
	emit(c, BPF_RET | BPF_K, 0, 0, 0);
	for (i = 0; i < N_PROTOCOLS; i++) {
		emit(c, BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL,
		     0, 0);
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, protocols[i].ethertype, 1, 0);
		jump = c->n;
		emit(c, BPF_JMP | BPF_JA, 0, 0, 0);
		emit_protocol(c, protocols[i].at, protocols[i].afi, prefixes, n,
			      hosts, n_hosts);
		c->list[jump].k = c->n - jump - 1;
	}
	emit(c, BPF_RET | BPF_K, 0, 0, 0);
}

static bool attach(const struct snoop *s, struct code *c)
{
	struct sock_fprog prog = {
		.len = (unsigned short)c->n, .filter = c->list,
	};

	return !setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			   sizeof(prog));
}

void snoop_filter(struct snoop *s, const struct lisp_eid *prefixes,
		  unsigned int n_prefixes, const struct lisp_eid *hosts,
		  unsigned int n_hosts)
{
	struct code *c = calloc(1, sizeof(*c));
	bool ok;

	if (!c)
		abort();
	/*
	 * Nothing is heard until the new one is there, or with more than fits:
	 * for two of them there may be no room.
	 */
	emit(c, BPF_RET | BPF_K, 0, 0, 0);
	ok = attach(s, c);
	c->n = 0;
	if (n_hosts <= SNOOP_HOSTS_MAX)
		build(c, prefixes, n_prefixes, hosts, n_hosts);
	if (ok && c->n && c->n < CODE_MAX - 1)
		ok = attach(s, c);
	if (!ok && !s->deaf)
		log_err("%s: packet filter: %s", s->interface, strerror(errno));
	s->deaf = !ok;
	free(c);
}

/* Hearing */

static bool source_of(const uint8_t *buf, ssize_t n, uint16_t ethertype,
		      struct lisp_addr *addr)
{
	unsigned int i, len;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < N_PROTOCOLS; i++) {
		if (protocols[i].ethertype != ethertype)
			continue;
		addr->afi = protocols[i].afi;
		len = lisp_afi_bits(addr->afi) / 8;
		if (n < (ssize_t)(protocols[i].at + len))
			return false;
		memcpy(addr->bytes, buf + protocols[i].at, len);
		return true;
	}
	return false;
}

static void on_packet(evutil_socket_t fd, short what, void *arg)
{
	struct sockaddr_ll from;
	struct snoop *s = arg;
	struct lisp_addr addr;
	unsigned int i;
	uint8_t buf[SNAP];
	socklen_t len;
	ssize_t n;

	(void)what;
	for (i = 0; i < BATCH; i++) {
		len = sizeof(from);
		n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &len);
		if (n < 0)
			return;
		if (source_of(buf, n, ntohs(from.sll_protocol), &addr))
			s->heard(s->ctx, &addr, s->interface);
	}
}

struct snoop *snoop_open(struct event_base *base, const char *interface,
			 void (*heard)(void *ctx, const struct lisp_addr *addr,
				       const char *interface), void *ctx)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	struct snoop *s = calloc(1, sizeof(*s));
	int rcvbuf = RCVBUF;

	if (!s)
		abort();
	s->heard = heard;
	s->ctx = ctx;
	strncpy(s->interface, interface, sizeof(s->interface) - 1);
	/* of protocol 0: hears nothing before it is bound, with its filter */
	s->fd = at.sll_ifindex ? socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK |
					SOCK_CLOEXEC, 0) : -1;
	if (s->fd < 0) {
		free(s);
		return NULL;
	}
	setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	snoop_filter(s, NULL, 0, NULL, 0);
	s->event = event_new(base, s->fd, EV_READ | EV_PERSIST, on_packet, s);
	if (!s->event || event_add(s->event, NULL))
		abort();
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at))) {
		log_err("%s: packet socket: %s", interface, strerror(errno));
		snoop_close(s);
		return NULL;
	}
	return s;
}

void snoop_close(struct snoop *s)
{
	if (!s)
		return;
	event_free(s->event);
	close(s->fd);
	free(s);
}
