// SPDX-License-Identifier: GPL-2.0
/* Addresses and EID-prefixes: print, parse, compare. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "lcaf.h"

unsigned int lisp_afi_bits(uint16_t afi)
{
	switch (afi) {
	case LISP_AFI_IPV4:
		return 32;
	case LISP_AFI_IPV6:
		return 128;
	case LISP_AFI_MAC:
		return 48;
	default:
		return 0;
	}
}

/* Names come from the network and go to terminals: printable ASCII only. */
static void name_str(const uint8_t *bytes, char *out)
{
	unsigned int i;

	for (i = 0; i < LISP_ADDR_BYTES && bytes[i]; i++)
		out[i] = bytes[i] > ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '?';
	out[i] = '\0';
}

static void bytes_str(uint16_t afi, const uint8_t *b, char out[LISP_STRLEN])
{
	switch (afi) {
	case LISP_AFI_IPV4:
		inet_ntop(AF_INET, b, out, LISP_STRLEN);
		break;
	case LISP_AFI_IPV6:
		inet_ntop(AF_INET6, b, out, LISP_STRLEN);
		break;
	case LISP_AFI_MAC:
		snprintf(out, LISP_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5]);
		break;
	case LISP_AFI_NAME:
		name_str(b, out);
		break;
	case LISP_AFI_NONE:
		if (b[0])		/* see rd_eid() */
			snprintf(out, LISP_STRLEN, "lcaf-%u", b[0]);
		else
			strcpy(out, "none");
		break;
	default:
		snprintf(out, LISP_STRLEN, "afi-%u", afi);
	}
}

const char *lisp_addr_str(const struct lisp_addr *a, char buf[LISP_STRLEN])
{
	bytes_str(a->afi, a->bytes, buf);
	return buf;
}

const char *lisp_eid_str(const struct lisp_eid *e, char buf[LISP_STRLEN])
{
	char addr[LISP_STRLEN];
	size_t n = 0;

	bytes_str(e->afi, e->bytes, addr);
	if (e->iid)
		n = (size_t)snprintf(buf, LISP_STRLEN, "[%u] ", e->iid);
	if (lisp_afi_bits(e->afi))
		snprintf(buf + n, LISP_STRLEN - n, "%.45s/%u", addr, e->plen);
	else
		snprintf(buf + n, LISP_STRLEN - n, "%.45s", addr);
	return buf;
}

const char *lisp_endpoint_str(const struct lisp_endpoint *e,
			      char buf[LISP_STRLEN])
{
	char addr[LISP_STRLEN];

	bytes_str(e->addr.afi, e->addr.bytes, addr);
	if (e->addr.afi == LISP_AFI_IPV6)
		snprintf(buf, LISP_STRLEN, "[%.45s]:%u", addr, e->port);
	else
		snprintf(buf, LISP_STRLEN, "%.45s:%u", addr, e->port);
	return buf;
}

int lisp_addr_parse(const char *s, struct lisp_addr *a)
{
	struct lisp_addr out = { 0 };

	if (inet_pton(AF_INET, s, out.bytes) == 1)
		out.afi = LISP_AFI_IPV4;
	else if (inet_pton(AF_INET6, s, out.bytes) == 1)
		out.afi = LISP_AFI_IPV6;
	else
		return -EINVAL;
	*a = out;
	return 0;
}

/* A decimal number without sign or blanks, ended by @stop, at most @max. */
static int parse_uint(const char **s, char stop, unsigned long max,
		      unsigned long *out)
{
	unsigned long v = 0;
	const char *p = *s;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (v <= max)
			v = v * 10 + (unsigned long)(*p - '0');
	}
	if (*p != stop)
		return -EINVAL;
	if (v > max)
		return -ERANGE;
	*s = p;
	*out = v;
	return 0;
}

/* The optional "[iid] " in front. */
static int parse_iid(const char **s, uint32_t *iid)
{
	unsigned long v;
	int err;

	*iid = 0;
	if (**s != '[')
		return 0;
	++*s;
	err = parse_uint(s, ']', LISP_IID_MAX, &v);
	if (err)
		return err;
	++*s;
	if (**s == ' ')
		++*s;
	*iid = (uint32_t)v;
	return 0;
}

int lisp_eid_parse(const char *s, struct lisp_eid *e)
{
	char host[INET6_ADDRSTRLEN];
	struct lisp_addr a;
	struct lisp_eid out;
	unsigned long plen;
	const char *slash;
	uint32_t iid;
	size_t n;
	int err;

	err = parse_iid(&s, &iid);
	if (err)
		return err;
	slash = strchr(s, '/');
	n = slash ? (size_t)(slash - s) : strlen(s);
	if (n >= sizeof(host))
		return -EINVAL;
	memcpy(host, s, n);
	host[n] = '\0';
	err = lisp_addr_parse(host, &a);
	if (err)
		return err;
	out = lisp_eid_from_addr(iid, &a);
	if (slash) {
		slash++;
		err = parse_uint(&slash, '\0', out.plen, &plen);
		if (err)
			return err;
		out.plen = (uint8_t)plen;
	}
	if (lisp_host_bits(&out))
		return -EDOM;
	*e = out;
	return 0;
}

bool lisp_host_bits(const struct lisp_eid *e)
{
	unsigned int bits = lisp_afi_bits(e->afi), i;

	if (e->plen >= bits)
		return false;
	i = e->plen / 8;
	if (e->bytes[i] & (0xff >> (e->plen % 8)))
		return true;
	for (i++; i < bits / 8; i++) {
		if (e->bytes[i])
			return true;
	}
	return false;
}

int lisp_addr_cmp(const struct lisp_addr *a, const struct lisp_addr *b)
{
	if (a->afi != b->afi)
		return a->afi < b->afi ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool lisp_addr_equal(const struct lisp_addr *a, const struct lisp_addr *b)
{
	return !lisp_addr_cmp(a, b);
}

int lisp_eid_cmp(const struct lisp_eid *a, const struct lisp_eid *b)
{
	int d;

	if (a->iid != b->iid)
		return a->iid < b->iid ? -1 : 1;
	if (a->afi != b->afi)
		return a->afi < b->afi ? -1 : 1;
	d = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
	return d ? d : (int)a->plen - (int)b->plen;
}

bool lisp_eid_equal(const struct lisp_eid *a, const struct lisp_eid *b)
{
	return !lisp_eid_cmp(a, b);
}

bool lisp_eid_covers(const struct lisp_eid *out, const struct lisp_eid *in)
{
	unsigned int n = out->plen / 8, rest = out->plen % 8;

	if (out->iid != in->iid || out->afi != in->afi)
		return false;
	if (out->afi == LISP_AFI_NAME)
		return lisp_eid_equal(out, in);
	if (out->plen > in->plen || in->plen > lisp_afi_bits(in->afi) ||
	    !lisp_afi_bits(out->afi))
		return false;
	if (memcmp(out->bytes, in->bytes, n))
		return false;
	return !rest || !((out->bytes[n] ^ in->bytes[n]) & (0xff00 >> rest));
}

struct lisp_eid lisp_eid_from_addr(uint32_t iid, const struct lisp_addr *a)
{
	struct lisp_eid e = {
		.iid = iid,
		.afi = a->afi,
		.plen = (uint8_t)lisp_afi_bits(a->afi),
	};

	memcpy(e.bytes, a->bytes, sizeof(e.bytes));
	return e;
}

struct lisp_addr lisp_eid_addr(const struct lisp_eid *e)
{
	struct lisp_addr a = { .afi = e->afi };

	memcpy(a.bytes, e->bytes, sizeof(a.bytes));
	return a;
}

static bool ipv4_is_rloc(const uint8_t *b)
{
	static const uint8_t broadcast[4] = { 255, 255, 255, 255 };

	return b[0] != 0 && b[0] != 127 && (b[0] & 0xf0) != 224 &&
	       !(b[0] == 169 && b[1] == 254) && memcmp(b, broadcast, 4);
}

static bool ipv6_is_rloc(const uint8_t *b)
{
	static const uint8_t zero[16], mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!memcmp(b, zero, 15) && b[15] <= 1)		/* :: and ::1 */
		return false;
	if (!memcmp(b, mapped, sizeof(mapped)))		/* ::ffff:0:0/96 */
		return false;
	return b[0] != 0xff && !(b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

bool lisp_addr_is_rloc(const struct lisp_addr *a)
{
	switch (a->afi) {
	case LISP_AFI_IPV4:
		return ipv4_is_rloc(a->bytes);
	case LISP_AFI_IPV6:
		return ipv6_is_rloc(a->bytes);
	default:
		return false;
	}
}
