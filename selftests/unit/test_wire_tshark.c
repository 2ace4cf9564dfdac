// SPDX-License-Identifier: GPL-2.0
/*
 * Another reader as oracle: every kind of message that we encode goes into one
 * capture file, tshark decodes it once, and each test compares one packet.
 *
 * What tshark 4.0 does not decode, and which is therefore only looked at as far
 * as it goes: Map-Notify-Ack; L, D, I, N and the trailer of a Map-Request; the
 * E, T and a bits of a Map-Register. Key ID and Algorithm ID are one number to
 * it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "ctrld/wire/auth.h"
#include "wire_util.h"

enum {
	REQUEST, REQUEST_ALL, PROBE, REPLY, NEGATIVE, REPLY_IID, REPLY_MAC,
	REGISTER, REGISTER_SHA1, NOTIFY, ACK, INFO_REQUEST, INFO_REPLY,
	ECM_V4, ECM_V6, CUT, N_PACKETS
};

static const char *const fields[] = {
	"frame.protocols", "_ws.malformed", "_ws.expert.message", "lisp.type", "lisp.nonce",
	"lisp.records", "lisp.irc",
	"lisp.mreq.flags", "lisp.mreq.res", "lisp.mreq.srceid.afi",
	"lisp.mreq.srceid.ipv4", "lisp.mreq.srceid_ipv6",
	"lisp.mreq.itr_rloc_ipv4", "lisp.mreq.itr_rloc_ipv6",
	"lisp.mreq.record.res", "lisp.mreq.record.prefix.length",
	"lisp.mreq.record.prefix.ipv4", "lisp.mreq.record.prefix.ipv6",
	"lisp.mrep.flags.probe", "lisp.mrep.flags.enlr", "lisp.mrep.flags.sec",
	"lisp.mapping.ttl", "lisp.mapping.loccnt", "lisp.mapping.eid.masklen",
	"lisp.mapping.act", "lisp.mapping.auth", "lisp.mapping.ver",
	"lisp.mapping.eid.ipv4", "lisp.mapping.eid.ipv6",
	"lisp.mapping.eid.mac", "lisp.mapping.eid.dn",
	"lisp.loc.priority", "lisp.loc.weight", "lisp.loc.multicast_priority",
	"lisp.loc.multicast_weight", "lisp.loc.flags", "lisp.loc.locator",
	"lisp.lcaf.type", "lisp.lcaf.length", "lisp.lcaf.iid",
	"lisp.lcaf.iid.ipv4", "lisp.lcaf.iid.ipv6", "lisp.lcaf.iid.mac",
	"lisp.mreg.flags.pmr", "lisp.mreg.flags.sec", "lisp.mreg.flags.xtrid",
	"lisp.mreg.flags.rtr", "lisp.mreg.flags.wmn", "lisp.mreg.res",
	"lisp.mnot.flags.xtrid", "lisp.mnot.res",
	"lisp.keyid", "lisp.authlen", "lisp.auth", "lisp.xtrid", "lisp.siteid",
	"lisp.info.r", "lisp.info.ttl", "lisp.info.prefix.masklen",
	"lisp.info.prefix.ipv4", "lisp.info.afi",
	"lisp.lcaf.natt.msport", "lisp.lcaf.natt.etrport",
	"lisp.lcaf.natt.rloc.ipv4",
	"lisp.ecm.flags.sec", "lisp.ecm.flags.ddt", "lisp.ecm.res",
	"ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport",
	"udp.dstport", "ip.checksum.status", "udp.checksum.status",
};

#define N_FIELDS	(sizeof(fields) / sizeof(fields[0]))

static char *values[N_PACKETS][N_FIELDS];
static uint8_t packets[N_PACKETS][2048];
static size_t lengths[N_PACKETS];
static bool no_tshark;

static const struct lisp_key key2 = { 1, LISP_AUTH_SHA256_128, 0,
				      (const uint8_t *)"LISP", 4 };
static const struct lisp_key key1 = { 7, LISP_AUTH_SHA1_96, 12,
				      (const uint8_t *)"LISP", 4 };

static void add(int at, const struct lisp_msg *m, const struct lisp_key *key)
{
	int n = lisp_msg_encode(m, packets[at], sizeof(packets[at]));

	if (n < 0 || (key && lisp_auth_sign(packets[at], (size_t)n, key)))
		abort();
	lengths[at] = (size_t)n;
}

static void add_requests(void)
{
	static struct lisp_eid eids[2];
	static struct lisp_locator l = { .priority = 1, .weight = 100,
					 .mpriority = 255, .reachable = true };
	static struct lisp_record r = { .ttl = 1440, .n_locators = 1,
					.locators = &l, .map_version = 42 };
	struct lisp_msg m = { .type = LISP_MAP_REQUEST };
	struct lisp_map_request *q = &m.request;

	q->nonce = 0x0123456789abcdef;
	q->source_eid = eid_of("2001:10:1:122::122");
	q->n_itr_rlocs = 1;
	q->itr_rlocs[0] = addr_of("10.0.1.9");
	q->n_eids = 1;
	q->eids = eids;
	eids[0] = eid_of("2001:10:1:114::114");
	add(REQUEST, &m, NULL);

	memset(&q->source_eid, 0, sizeof(q->source_eid));
	q->probe = true;
	eids[0] = eid_of("2001:10:1:14::/64");
	add(PROBE, &m, NULL);

	q->authoritative = q->smr = q->pitr = q->smr_invoked = true;
	q->local_xtr = q->dont_reply = q->has_xtr_id = true;
	q->source_eid = eid_of("10.1.22.22");
	q->n_itr_rlocs = 2;
	q->itr_rlocs[1] = addr_of("2001:db8::9");
	q->n_eids = 2;
	q->notify[0] = 1;
	eids[0] = eid_of("10.1.14.0/24");
	eids[1] = eid_of("[7] 2001:db8:14::/48");
	q->reply = &r;
	r.eid = eid_of("10.1.22.0/24");
	l.addr = addr_of("10.0.1.9");
	add(REQUEST_ALL, &m, NULL);
}

static void add_replies(void)
{
	struct lisp_locator l[3] = {
		{ .priority = 255, .weight = 0, .mpriority = 1, .mweight = 2 },
		{ .priority = 1, .weight = 50, .local = true, .probed = true },
		{ .priority = 1, .weight = 60, .reachable = true },
	};
	struct lisp_record r[3] = { { .ttl = 1440, .n_locators = 3,
		.locators = l, .authoritative = true, .map_version = 7 } };
	struct lisp_msg m = { .type = LISP_MAP_REPLY };

	l[0].addr = addr_of("2001:db8::1");
	l[1].addr = addr_of("10.0.1.5");
	l[2].addr = addr_of("10.0.1.1");
	r[0].eid = eid_of("2001:10:1:14::/64");
	m.reply.nonce = 0xfedcba9876543210;
	m.reply.probe = true;
	m.reply.n_records = 1;
	m.reply.records = r;
	add(REPLY, &m, NULL);

	m.reply.probe = false;
	m.reply.echo_nonce_capable = true;
	r[0].eid = eid_of("[7] 10.1.14.0/24");
	r[0].n_locators = 1;
	add(REPLY_IID, &m, NULL);

	memset(r, 0, sizeof(r));
	m.reply.n_records = 3;
	r[0].eid = eid_of("10.0.0.0/8");
	r[0].action = LISP_ACT_NATIVELY_FORWARD;
	r[0].ttl = 15;
	r[1].eid = eid_of("::/1");
	r[1].action = LISP_ACT_DROP_AUTH;
	r[1].ttl = LISP_TTL_LOCAL_POLICY;
	r[2].eid = eid_of("172.16.0.0/12");
	r[2].action = LISP_ACT_DROP_POLICY;
	add(NEGATIVE, &m, NULL);

	memset(r, 0, sizeof(r));
	r[0].eid.afi = LISP_AFI_MAC;
	r[0].eid.plen = 48;
	memcpy(r[0].eid.bytes, "\x02\x00\xc0\xff\xee\x01", 6);
	r[1].eid = r[0].eid;
	r[1].eid.iid = 42;
	r[2].eid.afi = LISP_AFI_NAME;
	r[2].eid.plen = 32;
	memcpy(r[2].eid.bytes, "node", 4);
	add(REPLY_MAC, &m, NULL);
}

static void add_registers(void)
{
	struct lisp_locator l = { .priority = 1, .weight = 100,
				  .mpriority = 255, .local = true,
				  .reachable = true };
	struct lisp_record r[2] = {
		{ .ttl = 1440, .n_locators = 1, .locators = &l,
		  .authoritative = true },
		{ .ttl = 1440, .n_locators = 1, .locators = &l },
	};
	struct lisp_msg m = { .type = LISP_MAP_REGISTER };

	l.addr = addr_of("10.0.1.1");
	r[0].eid = eid_of("2001:10:1:14::/64");
	r[1].eid = eid_of("10.1.14.0/24");
	m.reg.nonce = 0x102;
	m.reg.key_id = 1;
	m.reg.alg_id = LISP_AUTH_SHA256_128;
	m.reg.n_records = 2;
	m.reg.records = r;
	m.reg.has_xtr_id = true;
	m.reg.xtr_id[15] = 0xaa;
	m.reg.site_id = 0xc1;
	m.type = LISP_MAP_NOTIFY;
	add(NOTIFY, &m, &key2);
	m.type = LISP_MAP_NOTIFY_ACK;
	add(ACK, &m, &key2);
	m.type = LISP_MAP_REGISTER;
	m.reg.proxy_reply = m.reg.want_notify = true;
	add(REGISTER, &m, &key2);
	m.reg.has_xtr_id = m.reg.proxy_reply = m.reg.want_notify = false;
	m.reg.security = m.reg.use_ttl = m.reg.merge = m.reg.rtr = true;
	m.reg.eid_notify = true;
	m.reg.key_id = 7;
	m.reg.alg_id = LISP_AUTH_SHA1_96;
	m.reg.auth_len = 12;
	add(REGISTER_SHA1, &m, &key1);
}

static void add_infos(void)
{
	struct lisp_msg m = { .type = LISP_INFO };

	m.info.nonce = 0x55;
	m.info.key_id = 1;
	m.info.alg_id = LISP_AUTH_SHA256_128;
	m.info.ttl = 60;
	m.info.eid = eid_of("10.1.14.0/24");
	add(INFO_REQUEST, &m, &key2);
	m.info.reply = true;
	m.info.ms_port = 4342;
	m.info.etr_port = 61234;
	m.info.global_etr = addr_of("198.51.100.1");
	m.info.ms = addr_of("10.0.0.13");
	m.info.private_etr = addr_of("192.168.0.1");
	m.info.n_rtrs = 2;
	m.info.rtrs[0] = addr_of("10.0.0.254");
	m.info.rtrs[1] = addr_of("10.0.0.255");
	add(INFO_REPLY, &m, &key2);
}

static void add_ecms(void)
{
	struct lisp_msg m = { .type = LISP_ECM };

	m.ecm.src = (struct lisp_endpoint){ addr_of("10.0.1.9"), 61234 };
	m.ecm.dst = (struct lisp_endpoint){ addr_of("10.1.14.14"), 4342 };
	m.ecm.payload = packets[REQUEST];
	m.ecm.len = lengths[REQUEST];
	add(ECM_V4, &m, NULL);
	m.ecm.ddt = m.ecm.to_etr = m.ecm.to_ms = true;
	m.ecm.src.addr = addr_of("2001:10:1:122::122");
	m.ecm.dst.addr = addr_of("2001:10:1:114::114");
	add(ECM_V6, &m, NULL);
	memcpy(packets[CUT], packets[REPLY], lengths[REPLY]);
	lengths[CUT] = lengths[REPLY] - 4;
}

/* Each message in an outer IP packet, which our ECM can make, less its head. */
static void write_capture(FILE *f)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 0xffff, 101 };
	struct lisp_ecm outer = {
		.src = { addr_of("10.0.1.9"), 4342 },
		.dst = { addr_of("10.0.0.13"), 4342 },
	};
	uint8_t buf[4096];
	unsigned int i;

	fwrite(head, sizeof(head), 1, f);
	for (i = 0; i < N_PACKETS; i++) {
		uint32_t record[4] = { i, 0 };
		int n;

		outer.payload = packets[i];
		outer.len = lengths[i];
		n = lisp_ecm_encode(&outer, buf, sizeof(buf)) - 4;
		record[2] = record[3] = (uint32_t)n;
		fwrite(record, sizeof(record), 1, f);
		fwrite(buf + 4, (size_t)n, 1, f);
	}
}

static int read_values(const char *path)
{
	char command[8192], *line = NULL, *at;
	unsigned int i, f;
	size_t size = 0;
	FILE *p;

	at = command + sprintf(command, "tshark -r %s -n -T fields -E separator"
			       "=/t -E occurrence=a -E aggregator=, -o ip."
			       "check_checksum:TRUE -o udp.check_checksum:TRUE",
			       path);
	for (f = 0; f < N_FIELDS; f++)
		at += sprintf(at, " -e %s", fields[f]);
	strcpy(at, " 2>/dev/null");
	p = popen(command, "r");
	if (!p)
		return -1;
	for (i = 0; i < N_PACKETS && getline(&line, &size, p) > 0; i++) {
		char *rest = line;

		line[strcspn(line, "\n")] = '\0';
		for (f = 0; f < N_FIELDS; f++) {
			char *v = strsep(&rest, "\t");

			values[i][f] = strdup(v ? v : "");
		}
	}
	free(line);
	return pclose(p) || i < N_PACKETS ? -1 : 0;
}

static int setup(void **state)
{
	char path[] = "/tmp/lisp-wire-XXXXXX";
	int fd, err;
	FILE *f;

	(void)state;
	no_tshark = system("tshark --version >/dev/null 2>&1");
	if (no_tshark)
		return 0;
	add_requests();
	add_replies();
	add_registers();
	add_infos();
	add_ecms();
	fd = mkstemp(path);
	f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!f)
		return -1;
	write_capture(f);
	fclose(f);
	err = read_values(path);
	unlink(path);
	return err;
}

static int teardown(void **state)
{
	unsigned int i, f;

	(void)state;
	for (i = 0; i < N_PACKETS; i++)
		for (f = 0; f < N_FIELDS; f++)
			free(values[i][f]);
	return 0;
}

static void reads(int packet, const char *field, const char *want)
{
	unsigned int f;

	for (f = 0; f < N_FIELDS && strcmp(fields[f], field); f++)
		;
	assert_true(f < N_FIELDS);
	if (strcmp(values[packet][f], want))
		fail_msg("packet %d: %s is \"%s\", not \"%s\"", packet, field,
			 values[packet][f], want);
}

/* Not malformed, nothing complained of, outer and inner checksums good */
static void is_clean(int packet, const char *protocols, const char *type)
{
	if (no_tshark)
		skip();
	reads(packet, "frame.protocols", protocols);
	reads(packet, "_ws.malformed", "");
	reads(packet, "_ws.expert.message", "");
	reads(packet, "lisp.type", type);
}

#define PLAIN		"raw:ip:udp:lisp"
#define UNDECODED	PLAIN ":data"	/* octets that tshark does not know */

/* The oracle itself: it would say so if a message were malformed */
static void oracle_sees_malformed(void **state)
{
	(void)state;
	if (no_tshark)
		skip();
	reads(CUT, "_ws.expert.message", "Malformed Packet (Exception occurred)");
	reads(CUT, "_ws.malformed",
	      "[Malformed Packet: LISP Control],_ws.malformed");
}

static void map_request(void **state)
{
	(void)state;
	is_clean(REQUEST, PLAIN, "1");
	reads(REQUEST, "ip.checksum.status", "1");
	reads(REQUEST, "udp.checksum.status", "1");
	reads(REQUEST, "lisp.nonce", "0x0123456789abcdef");
	reads(REQUEST, "lisp.records", "1");
	reads(REQUEST, "lisp.irc", "0");
	reads(REQUEST, "lisp.mreq.flags", "0x000000");
	reads(REQUEST, "lisp.mreq.res", "0x000000");
	reads(REQUEST, "lisp.mreq.srceid_ipv6", "2001:10:1:122::122");
	reads(REQUEST, "lisp.mreq.itr_rloc_ipv4", "10.0.1.9");
	reads(REQUEST, "lisp.mreq.record.prefix.length", "128");
	reads(REQUEST, "lisp.mreq.record.prefix.ipv6", "2001:10:1:114::114");
}

static void map_request_probe(void **state)
{
	(void)state;
	is_clean(PROBE, PLAIN, "1");
	reads(PROBE, "lisp.mreq.flags", "0x000008");
	reads(PROBE, "lisp.mreq.srceid.afi", "0");
	reads(PROBE, "lisp.mreq.record.prefix.length", "64");
	reads(PROBE, "lisp.mreq.record.prefix.ipv6", "2001:10:1:14::");
}

/* A M P S p s; and among its "reserved" bits I (0x100 >> 1), L and D */
static void map_request_all_bits(void **state)
{
	(void)state;
	is_clean(REQUEST_ALL, UNDECODED, "1");
	reads(REQUEST_ALL, "lisp.records", "2");
	reads(REQUEST_ALL, "lisp.irc", "1");
	reads(REQUEST_ALL, "lisp.mreq.flags", "0x00003f");
	reads(REQUEST_ALL, "lisp.mreq.res", "0x000083");
	reads(REQUEST_ALL, "lisp.mreq.srceid.ipv4", "10.1.22.22");
	reads(REQUEST_ALL, "lisp.mreq.itr_rloc_ipv4", "10.0.1.9");
	reads(REQUEST_ALL, "lisp.mreq.itr_rloc_ipv6", "2001:db8::9");
	reads(REQUEST_ALL, "lisp.mreq.record.res", "0x80,0x00");	/* N */
	reads(REQUEST_ALL, "lisp.mreq.record.prefix.length", "24,48");
	reads(REQUEST_ALL, "lisp.mreq.record.prefix.ipv4", "10.1.14.0");
	reads(REQUEST_ALL, "lisp.lcaf.iid", "7");
	reads(REQUEST_ALL, "lisp.lcaf.iid.ipv6", "2001:db8:14::");
	reads(REQUEST_ALL, "lisp.mapping.eid.ipv4", "10.1.22.0");
	reads(REQUEST_ALL, "lisp.mapping.ver", "42");
	reads(REQUEST_ALL, "lisp.loc.locator", "10.0.1.9");
}

static void map_reply(void **state)
{
	(void)state;
	is_clean(REPLY, PLAIN, "2");
	reads(REPLY, "lisp.nonce", "0xfedcba9876543210");
	reads(REPLY, "lisp.mrep.flags.probe", "1");
	reads(REPLY, "lisp.mrep.flags.enlr", "0");
	reads(REPLY, "lisp.mrep.flags.sec", "0");
	reads(REPLY, "lisp.mapping.ttl", "1440");
	reads(REPLY, "lisp.mapping.loccnt", "3");
	reads(REPLY, "lisp.mapping.eid.masklen", "64");
	reads(REPLY, "lisp.mapping.eid.ipv6", "2001:10:1:14::");
	reads(REPLY, "lisp.mapping.auth", "1");
	reads(REPLY, "lisp.mapping.ver", "7");
	reads(REPLY, "lisp.loc.locator", "10.0.1.1,10.0.1.5,2001:db8::1");
	reads(REPLY, "lisp.loc.priority", "1,1,255");
	reads(REPLY, "lisp.loc.weight", "60,50,0");
	reads(REPLY, "lisp.loc.multicast_priority", "0,0,1");
	reads(REPLY, "lisp.loc.multicast_weight", "0,0,2");
	reads(REPLY, "lisp.loc.flags", "0x0001,0x0006,0x0000");
}

static void map_reply_negative(void **state)
{
	(void)state;
	is_clean(NEGATIVE, PLAIN, "2");
	reads(NEGATIVE, "lisp.mrep.flags.enlr", "1");
	reads(NEGATIVE, "lisp.records", "3");
	reads(NEGATIVE, "lisp.mapping.loccnt", "0,0,0");
	reads(NEGATIVE, "lisp.mapping.act", "1,5,4");
	reads(NEGATIVE, "lisp.mapping.ttl", "15,4294967295,0");
	reads(NEGATIVE, "lisp.mapping.eid.masklen", "8,1,12");
	reads(NEGATIVE, "lisp.mapping.eid.ipv4", "10.0.0.0,172.16.0.0");
	reads(NEGATIVE, "lisp.mapping.eid.ipv6", "::");
}

static void map_reply_instance_id(void **state)
{
	(void)state;
	is_clean(REPLY_IID, PLAIN, "2");
	reads(REPLY_IID, "lisp.lcaf.type", "2");
	reads(REPLY_IID, "lisp.lcaf.length", "10");
	reads(REPLY_IID, "lisp.lcaf.iid", "7");
	reads(REPLY_IID, "lisp.lcaf.iid.ipv4", "10.1.14.0");
	reads(REPLY_IID, "lisp.mapping.eid.masklen", "24");
}

static void map_reply_mac_and_name(void **state)
{
	(void)state;
	is_clean(REPLY_MAC, PLAIN, "2");
	reads(REPLY_MAC, "lisp.mapping.eid.mac", "02:00:c0:ff:ee:01");
	reads(REPLY_MAC, "lisp.lcaf.iid", "42");
	reads(REPLY_MAC, "lisp.lcaf.iid.mac", "02:00:c0:ff:ee:01");
	reads(REPLY_MAC, "lisp.mapping.eid.dn", "node");
}

static void records_of_site(int packet)
{
	reads(packet, "lisp.nonce", "0x0000000000000102");
	reads(packet, "lisp.records", "2");
	reads(packet, "lisp.mapping.ttl", "1440,1440");
	reads(packet, "lisp.mapping.auth", "1,0");
	reads(packet, "lisp.mapping.eid.masklen", "64,24");
	reads(packet, "lisp.mapping.eid.ipv6", "2001:10:1:14::");
	reads(packet, "lisp.mapping.eid.ipv4", "10.1.14.0");
	reads(packet, "lisp.loc.locator", "10.0.1.1,10.0.1.1");
	reads(packet, "lisp.loc.flags", "0x0005,0x0005");
	reads(packet, "lisp.loc.multicast_priority", "255,255");
}

static void trailer_of_site(int packet)
{
	reads(packet, "lisp.xtrid", "000000000000000000000000000000aa");
	reads(packet, "lisp.siteid", "00000000000000c1");
}

static void map_register(void **state)
{
	(void)state;
	is_clean(REGISTER, PLAIN, "3");
	records_of_site(REGISTER);
	trailer_of_site(REGISTER);
	reads(REGISTER, "lisp.mreg.flags.pmr", "1");
	reads(REGISTER, "lisp.mreg.flags.sec", "0");
	reads(REGISTER, "lisp.mreg.flags.xtrid", "1");
	reads(REGISTER, "lisp.mreg.flags.rtr", "0");
	reads(REGISTER, "lisp.mreg.flags.wmn", "1");
	reads(REGISTER, "lisp.mreg.res", "0x000000");
	reads(REGISTER, "lisp.keyid", "0x0102");
	reads(REGISTER, "lisp.authlen", "32");
}

/* E, T and a are reserved bits to tshark: 0x1c >> 1 */
static void map_register_sha1(void **state)
{
	(void)state;
	is_clean(REGISTER_SHA1, PLAIN, "3");
	records_of_site(REGISTER_SHA1);
	reads(REGISTER_SHA1, "lisp.mreg.flags.pmr", "0");
	reads(REGISTER_SHA1, "lisp.mreg.flags.sec", "1");
	reads(REGISTER_SHA1, "lisp.mreg.flags.xtrid", "0");
	reads(REGISTER_SHA1, "lisp.mreg.flags.rtr", "1");
	reads(REGISTER_SHA1, "lisp.mreg.flags.wmn", "0");
	reads(REGISTER_SHA1, "lisp.mreg.res", "0x00000e");
	reads(REGISTER_SHA1, "lisp.keyid", "0x0701");
	reads(REGISTER_SHA1, "lisp.authlen", "12");
	reads(REGISTER_SHA1, "lisp.xtrid", "");
}

static void map_notify(void **state)
{
	(void)state;
	is_clean(NOTIFY, PLAIN, "4");
	records_of_site(NOTIFY);
	trailer_of_site(NOTIFY);
	reads(NOTIFY, "lisp.mnot.flags.xtrid", "1");
	reads(NOTIFY, "lisp.mnot.res", "0x000000");
	reads(NOTIFY, "lisp.keyid", "0x0102");
	reads(NOTIFY, "lisp.authlen", "32");
}

/* tshark 4.0 knows no more than its type; its layout is the Map-Notify's. */
static void map_notify_ack(void **state)
{
	(void)state;
	is_clean(ACK, UNDECODED, "5");
	assert_int_equal(lengths[ACK], lengths[NOTIFY]);
	assert_memory_equal(packets[ACK] + 1, packets[NOTIFY] + 1, 15);
	assert_memory_equal(packets[ACK] + 48, packets[NOTIFY] + 48,
			    lengths[ACK] - 48);
}

static void info_request(void **state)
{
	(void)state;
	is_clean(INFO_REQUEST, PLAIN, "7");
	reads(INFO_REQUEST, "lisp.info.r", "0");
	reads(INFO_REQUEST, "lisp.nonce", "0x0000000000000055");
	reads(INFO_REQUEST, "lisp.keyid", "0x0102");
	reads(INFO_REQUEST, "lisp.info.ttl", "60");
	reads(INFO_REQUEST, "lisp.info.prefix.masklen", "24");
	reads(INFO_REQUEST, "lisp.info.prefix.ipv4", "10.1.14.0");
	reads(INFO_REQUEST, "lisp.info.afi", "0");
}

static void info_reply(void **state)
{
	(void)state;
	is_clean(INFO_REPLY, PLAIN, "7");
	reads(INFO_REPLY, "lisp.info.r", "1");
	reads(INFO_REPLY, "lisp.lcaf.type", "7");
	reads(INFO_REPLY, "lisp.lcaf.natt.msport", "4342");
	reads(INFO_REPLY, "lisp.lcaf.natt.etrport", "61234");
	reads(INFO_REPLY, "lisp.lcaf.natt.rloc.ipv4", "198.51.100.1,10.0.0.13,"
	      "192.168.0.1,10.0.0.254,10.0.0.255");
}

static void inner_request(int packet)
{
	reads(packet, "lisp.nonce", "0x0123456789abcdef");
	reads(packet, "lisp.mreq.itr_rloc_ipv4", "10.0.1.9");
	reads(packet, "lisp.mreq.record.prefix.ipv6", "2001:10:1:114::114");
	reads(packet, "udp.srcport", "4342,61234");
	reads(packet, "udp.dstport", "4342,4342");
	reads(packet, "udp.checksum.status", "1,1");
}

static void ecm_ipv4(void **state)
{
	(void)state;
	is_clean(ECM_V4, PLAIN ":ip:udp:lisp", "8,1");
	inner_request(ECM_V4);
	reads(ECM_V4, "ip.src", "10.0.1.9,10.0.1.9");
	reads(ECM_V4, "ip.dst", "10.0.0.13,10.1.14.14");
	reads(ECM_V4, "ip.checksum.status", "1,1");
	reads(ECM_V4, "lisp.ecm.flags.sec", "0");
	reads(ECM_V4, "lisp.ecm.flags.ddt", "0");
	reads(ECM_V4, "lisp.ecm.res", "0x00000000");
}

/* E and M are reserved bits to tshark. */
static void ecm_ipv6(void **state)
{
	(void)state;
	is_clean(ECM_V6, PLAIN ":ipv6:udp:lisp", "8,1");
	inner_request(ECM_V6);
	reads(ECM_V6, "ipv6.src", "2001:10:1:122::122");
	reads(ECM_V6, "ipv6.dst", "2001:10:1:114::114");
	reads(ECM_V6, "lisp.ecm.flags.ddt", "1");
	reads(ECM_V6, "lisp.ecm.res", "0x03000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oracle_sees_malformed),
		cmocka_unit_test(map_request),
		cmocka_unit_test(map_request_probe),
		cmocka_unit_test(map_request_all_bits),
		cmocka_unit_test(map_reply),
		cmocka_unit_test(map_reply_negative),
		cmocka_unit_test(map_reply_instance_id),
		cmocka_unit_test(map_reply_mac_and_name),
		cmocka_unit_test(map_register),
		cmocka_unit_test(map_register_sha1),
		cmocka_unit_test(map_notify),
		cmocka_unit_test(map_notify_ack),
		cmocka_unit_test(info_request),
		cmocka_unit_test(info_reply),
		cmocka_unit_test(ecm_ipv4),
		cmocka_unit_test(ecm_ipv6),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
