// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that take their way through the stack in the task of who sends them,
 * so that its allocations can be made to fail: sent by a socket, or written to
 * a tun device. IPv4 all of it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include "nomem.h"

#define LISP_HLEN	8
/* A source port that an ITR takes */
#define SPORT		50000

static struct in_addr parse_addr(const char *text)
{
	struct in_addr a;

	if (!text || inet_pton(AF_INET, text, &a) != 1)
		errx(2, "not an IPv4 address: %s", text ? text : "none");
	return a;
}

/**
 * packet_udp() - make ready to send a UDP packet from here
 * @p: set
 * @argv: source, destination, payload in bytes, "cut" when it may be cut
 */
void packet_udp(struct packet *p, char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int may = argv[3] && !strcmp(argv[3], "cut") ? IP_PMTUDISC_DONT :
						      IP_PMTUDISC_PROBE;

	memset(p, 0, sizeof(*p));
	p->fd = socket(AF_INET, SOCK_DGRAM, 0);
	from.sin_addr = parse_addr(argv[0]);
	if (p->fd < 0 || bind(p->fd, (void *)&from, sizeof(from)) < 0)
		err(1, "socket");
	setsockopt(p->fd, IPPROTO_IP, IP_MTU_DISCOVER, &may, sizeof(may));
	p->to.sin_family = AF_INET;
	p->to.sin_addr = parse_addr(argv[1]);
	p->to.sin_port = htons(9);
	p->len = strtoul(argv[2], NULL, 0);
	if (p->len > sizeof(p->bytes))
		errx(2, "too long: %s", argv[2]);
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *b = data;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? b[i] : b[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* Headers are pushed in front of what is there; it grows to the front. */
static void *push(struct packet *p, size_t len)
{
	memmove(p->bytes + len, p->bytes, p->len);
	memset(p->bytes, 0, len);
	p->len += len;
	return p->bytes;
}

static void push_ip(struct packet *p, uint8_t proto, const char *from,
		    const char *to)
{
	struct iphdr *iph = push(p, sizeof(*iph));

	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(p->len);
	iph->ttl = 64;
	iph->protocol = proto;
	iph->frag_off = htons(IP_DF);
	iph->saddr = parse_addr(from).s_addr;
	iph->daddr = parse_addr(to).s_addr;
	iph->check = checksum(iph, sizeof(*iph));
}

static void push_udp(struct packet *p, uint16_t to)
{
	struct udphdr *uh = push(p, sizeof(*uh));

	uh->source = htons(SPORT);
	uh->dest = htons(to);
	uh->len = htons(p->len);
}

/**
 * packet_tun() - make ready to have a packet come in
 * @p: set
 * @argv: tun device; inner source and destination; outer source and
 *	destination; "error" and from whom when it is an ICMP error, time
 *	exceeded, that quotes such a packet
 */
void packet_tun(struct packet *p, char **argv)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int i;

	for (i = 0; i < 5; i++)
		if (!argv[i])
			errx(2, "tun DEVICE FROM TO OUTER-FROM OUTER-TO");
	memset(p, 0, sizeof(*p));
	p->raw = true;
	p->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	strncpy(ifr.ifr_name, argv[0], IFNAMSIZ - 1);
	if (p->fd < 0 || ioctl(p->fd, TUNSETIFF, &ifr) < 0)
		err(1, "%s", argv[0]);
	p->len = 64;
	push_udp(p, 9);
	push_ip(p, IPPROTO_UDP, argv[1], argv[2]);
	push(p, LISP_HLEN);
	push_udp(p, LISP_UDP_DATA_PORT);
	push_ip(p, IPPROTO_UDP, argv[3], argv[4]);
	if (argv[5] && !strcmp(argv[5], "error")) {
		struct icmphdr *icmph = push(p, sizeof(*icmph));

		icmph->type = ICMP_TIME_EXCEEDED;
		icmph->checksum = checksum(p->bytes, p->len);
		push_ip(p, IPPROTO_ICMP, argv[6], argv[3]);
	}
}

/**
 * packet_send() - send it, in one system call
 * @p: packet
 *
 * Return: 0 or errno.
 */
int packet_send(struct packet *p)
{
	ssize_t n;

	if (p->raw)
		n = write(p->fd, p->bytes, p->len);
	else
		n = sendto(p->fd, p->bytes, p->len, 0, (void *)&p->to,
			   sizeof(p->to));
	return n < 0 ? errno : 0;
}
