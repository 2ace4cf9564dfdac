// SPDX-License-Identifier: GPL-2.0
/*
 * Send packets that tests want, among them such as no stack would send:
 *
 *	pkt lisp [OPTION VALUE]... RLOC		LISP data packets, hand-made
 *	pkt icmp [OPTION VALUE]... ADDRESS	ICMP errors that quote such packets
 *	pkt udp [OPTION VALUE]... ADDRESS	UDP, many flows or destinations
 *
 * Options of "lisp", what is not given being as it should be:
 *	from, to ADDRESS	inner addresses, of one family
 *	sport, dport N		outer UDP ports
 *	ttl, tos N		outer
 *	ofrom ADDRESS		outer source, forged
 *	sources N		that many of them, from ofrom on
 *	sum ok|zero|bad		outer UDP checksum
 *	flags N, iid N, lsb N	LISP header; lsb has 8 bits beside the I bit
 *	ittl, itos N		inner
 *	isport, idport N	inner UDP ports
 *	len N			inner UDP payload
 *	nibble, ihl, claim N	inner version, header length in words (IPv4),
 *				length field, whatever the packet has; of the
 *				innermost one
 *	wrap N			put the inner packet into N further LISP packets
 *	cut N|N-M		send only the first N bytes behind the UDP
 *				header; with M a packet of each length
 *	count N			of each packet
 *	gap N			milliseconds between packets
 *
 * Options of "icmp" are those of "lisp", of which cut tells how much behind the
 * UDP header is quoted, and:
 *	ofrom, oto ADDRESS	outer addresses of what is quoted, not of ours
 *	type, code N
 *	oproto, frag N		protocol and fragment field of what is quoted
 *	mtu N			that is told
 *
 * Options of "udp":
 *	port N			destination
 *	flows N			that many source ports
 *	eids N			that many destinations, from ADDRESS on
 *	count N			packets of each flow to each destination
 *	size N			payload; it starts with the packet's number
 *	gap N			milliseconds between packets
 *	tos N, ttl N
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISP_HLEN	8
#define ROOM		2048

struct address {
	int family;
	union {
		struct in_addr v4;
		struct in6_addr v6;
		unsigned char bytes[16];
	};
};

struct packet {
	unsigned char *data;		/* grows to the front */
	size_t len;
	unsigned char room[2 * ROOM];
};

enum sum { SUM_OK, SUM_ZERO, SUM_BAD };

/* Numbers an option can set; -1: not given. */
enum number {
	SPORT, DPORT, TTL, TOS, FLAGS, IID, ITTL, ITOS, ISPORT, IDPORT, LEN,
	NIBBLE, IHL, CLAIM, WRAP, COUNT, PORT, FLOWS, EIDS, SIZE, GAP, TYPE,
	CODE, OPROTO, FRAG, MTU, LSB, SOURCES,
	NUMBERS
};

static const char *const number_names[NUMBERS] = {
	"sport", "dport", "ttl", "tos", "flags", "iid", "ittl", "itos",
	"isport", "idport", "len", "nibble", "ihl", "claim", "wrap", "count",
	"port", "flows", "eids", "size", "gap", "type", "code", "oproto",
	"frag", "mtu", "lsb", "sources",
};

static long number[NUMBERS];
static struct address from, to, ofrom, oto, target;
static enum sum sum;
static size_t cut_first = ROOM, cut_last = ROOM;

static long given(enum number n, long otherwise)
{
	return number[n] < 0 ? otherwise : number[n];
}

/* The same for what only the innermost packet has. */
static bool wrapping;

static long inmost(enum number n, long otherwise)
{
	return wrapping ? otherwise : given(n, otherwise);
}

static struct address address(const char *text)
{
	struct address a = { .family = AF_INET };

	if (inet_pton(AF_INET, text, &a.v4) == 1)
		return a;
	a.family = AF_INET6;
	if (inet_pton(AF_INET6, text, &a.v6) != 1)
		errx(2, "%s is no address", text);
	return a;
}

static long parse_number(const char *name, const char *text, char stop)
{
	char *end;
	long n = strtol(text, &end, 0);

	if (end == text || (*end && *end != stop) || n < 0)
		errx(2, "%s: %s", name, text);
	return n;
}

static void parse_cut(const char *text)
{
	const char *dash = strchr(text, '-');

	cut_first = parse_number("cut", text, '-');
	cut_last = dash ? (size_t)parse_number("cut", dash + 1, 0) : cut_first;
}

static void parse_option(const char *name, const char *value)
{
	static const char *const sums[] = { "ok", "zero", "bad" };
	int i;

	for (i = 0; i < NUMBERS; i++)
		if (!strcmp(name, number_names[i])) {
			number[i] = parse_number(name, value, 0);
			return;
		}
	if (!strcmp(name, "from")) {
		from = address(value);
	} else if (!strcmp(name, "to")) {
		to = address(value);
	} else if (!strcmp(name, "ofrom")) {
		ofrom = address(value);
	} else if (!strcmp(name, "oto")) {
		oto = address(value);
	} else if (!strcmp(name, "cut")) {
		parse_cut(value);
	} else if (!strcmp(name, "sum")) {
		for (i = 0; i < 3; i++)
			if (!strcmp(value, sums[i]))
				sum = i;
	} else {
		errx(2, "no such option: %s", name);
	}
}

static void parse(int argc, char **argv)
{
	int i;

	for (i = 0; i < NUMBERS; i++)
		number[i] = -1;
	for (i = 0; i + 1 < argc; i += 2)
		parse_option(argv[i], argv[i + 1]);
	if (i + 1 != argc)
		errx(2, "no destination");
	target = address(argv[i]);
}

/* Sum of 16-bit words, added to what there is already. */
static uint32_t sum_words(const void *data, size_t len, uint32_t acc)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		acc += p[i] << 8 | p[i + 1];
	return len % 2 ? acc + (p[len - 1] << 8) : acc;
}

static uint16_t sum_fold(uint32_t acc)
{
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return htons(~acc);
}

static size_t address_len(const struct address *a)
{
	return a->family == AF_INET ? 4 : 16;
}

static struct address address_plus(struct address a, unsigned long n)
{
	int i;

	for (i = address_len(&a) - 1; i >= 0; i--, n >>= 8) {
		n += a.bytes[i];
		a.bytes[i] = n;
	}
	return a;
}

static uint16_t udp_sum(const struct packet *p, const struct address *src,
			const struct address *dst)
{
	uint32_t acc = IPPROTO_UDP + p->len;
	uint16_t check;

	acc = sum_words(src->bytes, address_len(src), acc);
	acc = sum_words(dst->bytes, address_len(dst), acc);
	check = sum_fold(sum_words(p->data, p->len, acc));
	return check ? check : 0xffff;
}

static void *push(struct packet *p, size_t len)
{
	if (p->data < p->room + len)
		errx(2, "packet too large");
	p->data -= len;
	p->len += len;
	return memset(p->data, 0, len);
}

static void push_udp(struct packet *p, const struct address *src,
		     const struct address *dst, long sport, long dport)
{
	struct udphdr *uh = push(p, sizeof(*uh));

	uh->source = htons(sport);
	uh->dest = htons(dport);
	uh->len = htons(p->len);
	uh->check = udp_sum(p, src, dst);
}

static void push_ip4(struct packet *p, const struct address *src,
		     const struct address *dst)
{
	struct iphdr *iph = push(p, sizeof(*iph));

	iph->version = inmost(NIBBLE, 4);
	iph->ihl = inmost(IHL, 5);
	iph->tos = given(ITOS, 0);
	iph->tot_len = htons(inmost(CLAIM, p->len));
	iph->ttl = given(ITTL, 64);
	iph->protocol = IPPROTO_UDP;
	iph->saddr = src->v4.s_addr;
	iph->daddr = dst->v4.s_addr;
	iph->check = sum_fold(sum_words(iph, sizeof(*iph), 0));
}

static void push_ip6(struct packet *p, const struct address *src,
		     const struct address *dst)
{
	size_t len = p->len;
	struct ip6_hdr *ip6h = push(p, sizeof(*ip6h));

	ip6h->ip6_flow = htonl(inmost(NIBBLE, 6) << 28 | given(ITOS, 0) << 20);
	ip6h->ip6_plen = htons(inmost(CLAIM, len));
	ip6h->ip6_nxt = IPPROTO_UDP;
	ip6h->ip6_hlim = given(ITTL, 64);
	ip6h->ip6_src = src->v6;
	ip6h->ip6_dst = dst->v6;
}

static void push_inner(struct packet *p, long sport, long dport)
{
	push_udp(p, &from, &to, sport, dport);
	if (from.family == AF_INET)
		push_ip4(p, &from, &to);
	else
		push_ip6(p, &from, &to);
}

static void push_lisp(struct packet *p)
{
	unsigned char *h = push(p, LISP_HLEN);
	long iid = given(IID, 0);

	h[0] = given(FLAGS, iid ? 0x08 : 0);
	h[4] = iid >> 16;
	h[5] = iid >> 8;
	h[6] = iid;
	if (number[LSB] < 0)
		return;
	if (!(h[0] & 0x08)) {
		h[4] = number[LSB] >> 24;
		h[5] = number[LSB] >> 16;
		h[6] = number[LSB] >> 8;
	}
	h[7] = number[LSB];
}

/* All behind the outer UDP header. */
static void build_lisp(struct packet *p)
{
	long i, dport = given(DPORT, 4341);

	p->data = p->room + ROOM;
	p->len = given(LEN, 8);
	if (p->len > ROOM)
		errx(2, "len: %zu is too much", p->len);
	memset(p->data, 'L', p->len);
	push_inner(p, given(ISPORT, 1024), given(IDPORT, 9));
	wrapping = true;
	for (i = 0; i < given(WRAP, 0); i++) {
		push_lisp(p);
		push_inner(p, 61000, dport);
	}
	wrapping = false;
	push_lisp(p);
}

/* What the kernel would choose as source address to @dst. */
static struct address source_of(const struct address *dst, int fd)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct address src = { .family = dst->family };
	bool v4 = dst->family == AF_INET;
	struct sockaddr *sa = v4 ? (struct sockaddr *)&a4 :
		(struct sockaddr *)&a6;
	socklen_t len = v4 ? sizeof(a4) : sizeof(a6);

	a4.sin_addr = dst->v4;
	a6.sin6_addr = dst->v6;
	if (connect(fd, sa, len) || getsockname(fd, sa, &len))
		err(1, "connect");
	if (v4)
		src.v4 = a4.sin_addr;
	else
		src.v6 = a6.sin6_addr;
	return src;
}

static void set_ip_options(int fd, int family)
{
	int ttl = given(TTL, 0), tos = given(TOS, 0);
	int error = 0;

	if (family == AF_INET) {
		if (ttl)
			error |= setsockopt(fd, SOL_IP, IP_TTL, &ttl, 4);
		error |= setsockopt(fd, SOL_IP, IP_TOS, &tos, 4);
	} else {
		if (ttl)
			error |= setsockopt(fd, SOL_IPV6, IPV6_UNICAST_HOPS,
					    &ttl, 4);
		error |= setsockopt(fd, SOL_IPV6, IPV6_TCLASS, &tos, 4);
	}
	if (error)
		err(1, "setsockopt");
}

/* The kernel sees to its checksum. */
static void push_outer(struct packet *p, const struct address *src)
{
	wrapping = true;
	if (src->family == AF_INET) {
		push_ip4(p, src, &target);
		((struct iphdr *)p->data)->ttl = given(TTL, 64);
		((struct iphdr *)p->data)->tos = given(TOS, 0);
	} else {
		push_ip6(p, src, &target);
		((struct ip6_hdr *)p->data)->ip6_hlim = given(TTL, 64);
		((struct ip6_hdr *)p->data)->ip6_flow =
			htonl(6 << 28 | given(TOS, 0) << 20);
	}
	wrapping = false;
}

static void send_lisp(int fd, struct packet *p, const struct address *src)
{
	struct udphdr *uh;

	push_udp(p, src, &target, given(SPORT, 61000), given(DPORT, 4341));
	uh = (struct udphdr *)p->data;
	if (sum == SUM_ZERO)
		uh->check = 0;
	else if (sum == SUM_BAD)
		uh->check ^= htons(0x5555);
	if (ofrom.family)
		push_outer(p, src);
	if (send(fd, p->data, p->len, 0) < 0)
		err(1, "send");
}

static void pause_between(void)
{
	if (given(GAP, 0))
		usleep(1000 * given(GAP, 0));
}

static void send_lisp_all(int fd, const struct address *src)
{
	static struct packet p;
	size_t cut;
	long i;

	for (cut = cut_first; cut <= cut_last; cut++)
		for (i = 0; i < given(COUNT, 1); i++) {
			build_lisp(&p);
			if (p.len > cut)
				p.len = cut;
			send_lisp(fd, &p, src);
			pause_between();
		}
}

static int run_lisp(void)
{
	struct address src;
	long i;
	int fd;

	if (!from.family || from.family != to.family)
		errx(2, "from and to must be of one family");
	if (ofrom.family && ofrom.family != target.family)
		errx(2, "ofrom must be of the destination's family");
	fd = socket(target.family, SOCK_RAW,
		    ofrom.family ? IPPROTO_RAW : IPPROTO_UDP);
	if (fd < 0)
		err(1, "socket");
	set_ip_options(fd, target.family);
	src = source_of(&target, fd);
	for (i = 0; i < given(SOURCES, 1); i++) {
		if (ofrom.family)
			src = address_plus(ofrom, i);
		send_lisp_all(fd, &src);
	}
	return 0;
}

static void send_icmp(int fd, struct packet *p)
{
	unsigned char *h;

	push_udp(p, &ofrom, &oto, given(SPORT, 61000), given(DPORT, 4341));
	((struct udphdr *)p->data)->len = htons(given(CLAIM, 100));
	wrapping = true;
	if (ofrom.family == AF_INET) {
		push_ip4(p, &ofrom, &oto);
		((struct iphdr *)p->data)->protocol = given(OPROTO,
							    IPPROTO_UDP);
		((struct iphdr *)p->data)->frag_off = htons(given(FRAG, 0));
	} else {
		push_ip6(p, &ofrom, &oto);
		((struct ip6_hdr *)p->data)->ip6_nxt = given(OPROTO,
							     IPPROTO_UDP);
	}
	wrapping = false;
	h = push(p, 8);
	h[0] = given(TYPE, target.family == AF_INET ? 3 : 1);
	h[1] = given(CODE, 1);
	h[6] = given(MTU, 0) >> 8;
	h[7] = given(MTU, 0);
	if (target.family == AF_INET) {
		uint16_t check = sum_fold(sum_words(p->data, p->len, 0));

		memcpy(h + 2, &check, 2);
	}
	if (send(fd, p->data, p->len, 0) < 0)
		err(1, "send");
}

static int run_icmp(void)
{
	static struct packet p;
	long i;
	int fd;

	if (!from.family || from.family != to.family || !ofrom.family ||
	    ofrom.family != oto.family)
		errx(2, "from and to must be of one family, as ofrom and oto");
	fd = socket(target.family, SOCK_RAW, target.family == AF_INET ?
		    IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (fd < 0)
		err(1, "socket");
	source_of(&target, fd);
	for (i = 0; i < given(COUNT, 1); i++) {
		build_lisp(&p);
		if (p.len > cut_first)
			p.len = cut_first;
		send_icmp(fd, &p);
		pause_between();
	}
	return 0;
}

static void send_udp(int fd, const struct address *dst, const void *data,
		     size_t len)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	bool v4 = dst->family == AF_INET;
	int tries;

	a4.sin_addr = dst->v4;
	a4.sin_port = htons(given(PORT, 9));
	a6.sin6_addr = dst->v6;
	a6.sin6_port = a4.sin_port;
	/* An ICMP error of an earlier packet is told once. */
	for (tries = 0; tries < 3; tries++)
		if (sendto(fd, data, len, 0, v4 ? (struct sockaddr *)&a4 :
			   (struct sockaddr *)&a6,
			   v4 ? sizeof(a4) : sizeof(a6)) >= 0)
			return;
	err(1, "sendto");
}

static int run_udp(void)
{
	static char data[65536];
	long flow, eid, i, n = 0, size = given(SIZE, 16);
	struct address dst;
	int fd;

	if (size > (long)sizeof(data))
		errx(2, "size: %ld is too much", size);
	for (flow = 0; flow < given(FLOWS, 1); flow++) {
		fd = socket(target.family, SOCK_DGRAM, 0);
		if (fd < 0)
			err(1, "socket");
		set_ip_options(fd, target.family);
		for (eid = 0; eid < given(EIDS, 1); eid++) {
			dst = address_plus(target, eid);
			for (i = 0; i < given(COUNT, 1); i++) {
				snprintf(data, sizeof(data), "%08ld", n++);
				send_udp(fd, &dst, data, size);
				pause_between();
			}
		}
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "lisp")) {
		parse(argc - 2, argv + 2);
		return run_lisp();
	}
	if (argc > 2 && !strcmp(argv[1], "icmp")) {
		parse(argc - 2, argv + 2);
		return run_icmp();
	}
	if (argc > 2 && !strcmp(argv[1], "udp")) {
		parse(argc - 2, argv + 2);
		return run_udp();
	}
	errx(2, "usage: pkt lisp|icmp|udp [OPTION VALUE]... ADDRESS");
}
