// SPDX-License-Identifier: GPL-2.0
/* The file format: a head, then for each packet its time and lengths. */
#include <stdlib.h>
#include <string.h>

#include "ctrld/wire/msg.h"
#include "pcap.h"

#define LINK_RAW	101		/* begins with the IP header */
#define UDP		17

FILE *pcap_open(const char *path)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 0xffff,
				   LINK_RAW };
	FILE *f = fopen(path, "ab");

	if (f && !ftell(f) && fwrite(head, sizeof(head), 1, f) != 1) {
		fclose(f);
		return NULL;
	}
	return f;
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum += (uint32_t)p[i] << (i % 2 ? 0 : 8);
	return sum;
}

static unsigned int fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* The IP header in front of @udp; its length. */
static size_t ip_head(uint8_t *p, const struct lisp_addr *from,
		      const struct lisp_addr *to, size_t udp)
{
	if (to->afi == LISP_AFI_IPV6) {
		memset(p, 0, 40);
		p[0] = 0x60;
		put16(p + 4, (unsigned int)udp);
		p[6] = UDP;
		p[7] = 64;
		memcpy(p + 8, from->bytes, 16);
		memcpy(p + 24, to->bytes, 16);
		return 40;
	}
	memset(p, 0, 20);
	p[0] = 0x45;
	put16(p + 2, (unsigned int)udp + 20);
	p[8] = 64;
	p[9] = UDP;
	memcpy(p + 12, from->bytes, 4);
	memcpy(p + 16, to->bytes, 4);
	put16(p + 10, fold(add(0, p, 20)));
	return 20;
}

static void udp_head(uint8_t *p, const struct lisp_endpoint *from,
		     const struct lisp_endpoint *to, size_t udp)
{
	size_t n = to->addr.afi == LISP_AFI_IPV6 ? 16 : 4;
	uint32_t sum = (uint32_t)udp + UDP;
	unsigned int check;

	put16(p, from->port ? from->port : LISP_CONTROL_PORT);
	put16(p + 2, to->port);
	put16(p + 4, (unsigned int)udp);
	put16(p + 6, 0);
	sum = add(sum, from->addr.bytes, n);
	sum = add(sum, to->addr.bytes, n);
	check = fold(add(sum, p, udp));
	put16(p + 6, check ? check : 0xffff);
}

static void write_one(FILE *f, uint64_t usec, const struct lisp_endpoint *from,
		      const struct lisp_endpoint *to, const uint8_t *buf,
		      size_t len, uint8_t first)
{
	struct lisp_endpoint src = *from;
	uint32_t record[4] = { (uint32_t)(usec / 1000000),
			       (uint32_t)(usec % 1000000) };
	uint8_t packet[40 + 8 + 16384];
	size_t head;

	if (!len || len > 16384)
		abort();
	if (src.addr.afi != to->addr.afi)
		src.addr = (struct lisp_addr){ to->addr.afi,
			{ 0x20, 1, 0xd, 0xb8, [15] = 1 } };
	head = ip_head(packet, &src.addr, &to->addr, len + 8);
	memcpy(packet + head + 8, buf, len);
	packet[head + 8] = first;
	udp_head(packet + head, &src, to, len + 8);
	record[2] = record[3] = (uint32_t)(head + 8 + len);
	fwrite(record, sizeof(record), 1, f);
	fwrite(packet, head + 8 + len, 1, f);
}

void pcap_write(FILE *f, uint64_t usec, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	write_one(f, usec, from, to, p, len, p[0]);
	if (p[0] >> 4 == LISP_MAP_NOTIFY_ACK)
		write_one(f, usec, from, to, p, len,
			  LISP_MAP_NOTIFY << 4 | (p[0] & 15));
}
