// SPDX-License-Identifier: GPL-2.0
/*
 * Send what nobody would write down, but strangers may: messages and packets
 * that are nearly right, made from a seed, the same ones each time.
 *
 *	random messages SEED COUNT		of family "lisp"
 *	random links SEED COUNT			of rtnetlink, about links lisp0
 *						to lisp3; lisp0 is not deleted
 *	random packets SEED COUNT DEVICE	into a lisp device, with GSO and
 *						checksum offloads asked for
 *	random packets SEED COUNT DEVICE MAC	to port 4341 and about it (ICMP), by
 *						an Ethernet device
 *
 * Addresses are those of lisp_lib.sh. Each message must have one answer; exits
 * with 1 where one has none. Packets that the packet socket refuses count, too.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "random.h"

static uint64_t state;

/* xorshift64*: small, and the same everywhere. */
static uint32_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dull) >> 32;
}

/**
 * random_below() - a number from 0 to @n - 1
 * @n: at least 1
 *
 * Return: the number.
 */
uint32_t random_below(uint32_t n)
{
	return next() % n;
}

/**
 * random_chance() - true in so many of a hundred cases
 * @percent: how many
 *
 * Return: whether this is one of them.
 */
bool random_chance(unsigned int percent)
{
	return random_below(100) < percent;
}

/**
 * random_bytes() - fill with anything
 * @to: where
 * @len: bytes
 */
void random_bytes(void *to, size_t len)
{
	uint8_t *p = to;

	while (len--)
		*p++ = next();
}

/**
 * random_spoil() - change some bytes, of which the first ones matter most
 * @bytes: what to change
 * @len: its length, bytes
 */
void random_spoil(uint8_t *bytes, size_t len)
{
	unsigned int n = 1 + random_below(4);

	while (len && n--) {
		size_t at = random_below(random_chance(80) && len > 80 ? 80 : len);

		if (random_chance(50))
			bytes[at] ^= 1 << random_below(8);
		else
			bytes[at] = random_chance(50) ? next() :
				    random_chance(50) ? 0xff : 0;
	}
}

/**
 * random_eid() - an address behind one of the two routers
 * @addr: set to it
 * @ip6: IPv6, or IPv4
 * @local: site 1's, or site 2's
 *
 * Return: its length, bytes.
 */
size_t random_eid(uint8_t *addr, bool ip6, bool local)
{
	static const uint8_t ends[] = { 0, 1, 10, 10, 10, 99, 255 };
	static const uint8_t nets[] = { 0, 0, 0, 1, 5, 48 };
	uint8_t site = local ? 1 : 2;

	if (!ip6) {
		uint8_t ip4[4] = { 10, site, ONE_OF(nets), ONE_OF(ends) };

		memcpy(addr, ip4, sizeof(ip4));
		return sizeof(ip4);
	}
	memset(addr, 0, 16);
	inet_pton(AF_INET6, "2001:db8::", addr);
	addr[5] = site;
	addr[7] = ONE_OF(nets);
	addr[15] = random_chance(50) ? 0x10 : ONE_OF(ends);
	return 16;
}

/**
 * random_rloc() - an address of a router, or one that ought not to be one
 * @addr: set to it
 * @ip6: IPv6, or IPv4
 *
 * Return: its length, bytes.
 */
size_t random_rloc(uint8_t *addr, bool ip6)
{
	static const char *const ip4[] = {
		"172.16.1.1", "172.16.1.1", "172.16.2.1", "172.16.2.1",
		"172.16.2.1", "172.16.1.254", "172.16.2.77", "172.16.9.9",
		"192.0.2.1", "10.2.0.10", "10.1.0.1", "127.0.0.1", "0.0.0.0",
		"224.0.0.1", "255.255.255.255", "172.16.1.255",
	};
	static const char *const ip6s[] = {
		"fd00:1::1", "fd00:1::1", "fd00:2::1", "fd00:2::1",
		"fd00:2::1", "fd00:1::fe", "fd00:2::77", "fd00:9::9",
		"2001:db8:9::1", "2001:db8:2::10", "2001:db8:1::1", "::1", "::",
		"ff02::1", "fe80::1", "::ffff:172.16.2.1",
	};

	if (inet_pton(ip6 ? AF_INET6 : AF_INET,
		      ip6 ? ONE_OF(ip6s) : ONE_OF(ip4), addr) != 1)
		errx(2, "not an address");
	return ip6 ? 16 : 4;
}

int main(int argc, char **argv)
{
	unsigned long count;

	if (argc < 4)
		errx(2, "random messages|links|packets SEED COUNT [DEVICE [MAC]]");
	/* Seeds next to one another are to have nothing in common. */
	state = (strtoull(argv[2], NULL, 0) + 1) * 0x9e3779b97f4a7c15ull;
	count = strtoul(argv[3], NULL, 0);
	if (!strcmp(argv[1], "messages"))
		return random_messages(count);
	if (!strcmp(argv[1], "links"))
		return random_links(count);
	if (!strcmp(argv[1], "packets") && argc > 4)
		return random_packets(count, argv[4], argv[5]);
	errx(2, "what is %s?", argv[1]);
}
