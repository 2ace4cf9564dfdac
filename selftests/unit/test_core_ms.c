// SPDX-License-Identifier: GPL-2.0
/* A map-server and those who register with it. */
#include <errno.h>

#include "ms_util.h"

/* RFC 9301 5.7: Map-Notify with the same nonce, key, records, MAC length */
static void test_register(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 1, &l),
				   R("10.1.14.0/24", 1440, 1, &l) };
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 1000, .n_records = 2,
		.alg_id = LISP_AUTH_SHA256_128, .auth_len = 16, .records = r } };
	struct lisp_msg out;
	struct ms_found f;

	key.mac_len = 16;
	deliver(n, C1, 14342, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].to.port, 14342);
	assert_int_equal(n->sent[0].from.port, 4342);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.type, LISP_MAP_NOTIFY);
	assert_int_equal(out.reg.nonce, 1000);
	assert_int_equal(out.reg.auth_len, 16);
	assert_int_equal(out.reg.n_records, 2);
	assert_false(out.reg.has_xtr_id);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len, &key),
			 0);
	lisp_msg_free(&out);
	f = ms_show(n, "10.1.14.0/24");
	assert_int_equal(f.n, 12);
	assert_int_equal(f.up, 2);
	assert_string_equal(f.r.site, "MainSite");
	assert_int_equal(f.r.nonce, 1000);
	assert_int_equal(f.r.first_registered, n->now);
	assert_int_equal(f.r.expires, n->now + 180 * LISP_SEC);
	/* want-notify not set: taken, not acknowledged */
	m.reg.want_notify = false;
	m.reg.nonce++;
	node_forget(n);
	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "map-server", "registered", 4);
}

/* A failed check earns no signed answer, nor any other (RFC 9301 5.7) */
static void test_refused(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_key bad = key_of(0, LISP_AUTH_SHA256_128, "lisp");
	struct lisp_key id = key_of(5, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key alg = key_of(0, LISP_AUTH_SHA1_96, "LISP");
	struct lisp_key good = ms_key();
	uint8_t none[] = { 0x30, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0,
		0, 0, 5, 160, 1, 24, 0x10, 0, 0, 0, 0, 1, 10, 1, 14, 0,
		1, 50, 255, 0, 0, 1, 0, 1, 10, 0, 1, 1 };

	deliver_register(n, C1, 1, &bad, 1, &r);
	deliver_register(n, C1, 2, &id, 1, &r);
	deliver_register(n, C1, 3, &alg, 1, &r);
	deliver_raw(n, C1, 4342, MS, none, sizeof(none));
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(ms_show(n, "10.1.14.0/24").up, 0);
	assert_int_equal(ms_show(n, "10.1.14.0/24").r.auth_failures, 4);
	assert_stat(n, "errors", "map-register-auth-failure", 1);
	assert_stat(n, "errors", "map-register-unknown-key-id", 1);
	assert_stat(n, "errors", "map-register-wrong-algorithm", 2);
	/* and the right one is still heard after an unknown key-ID */
	deliver_register(n, C1, 4, &good, 1, &r);
	assert_int_equal(n->n_sent, 1);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
}

/* Two keys of a site: each by its key-ID, with its algorithm */
static void test_key_ids(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();
	struct lisp_config_key keys[] = {
		{ .key_id = 1, .alg_id = LISP_AUTH_SHA256_128, .secret = "old" },
		{ .key_id = 2, .alg_id = LISP_AUTH_SHA256_HKDF, .secret = "new" },
	};
	struct lisp_key k1 = key_of(1, LISP_AUTH_SHA256_128, "old");
	struct lisp_key k2 = key_of(2, LISP_AUTH_SHA256_HKDF, "new");
	struct lisp_key mixed = key_of(2, LISP_AUTH_SHA256_HKDF, "old");
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);

	(void)state;
	cfg->sites[0].keys = keys;
	cfg->sites[0].n_keys = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	deliver_register(n, C1, 10, &k1, 1, &r);
	deliver_register(n, C1, 5, &k2, 1, &r);	/* its own nonces */
	deliver_register(n, C1, 11, &mixed, 1, &r);
	assert_int_equal(n->n_sent, 2);
	assert_int_equal(lisp_auth_verify(n->sent[1].buf, n->sent[1].len, &k2),
			 0);
	node_free(n);
}

/* RFC 9301 5.6: nonces must grow; a copy of the last is acknowledged again */
static void test_replay(void **state)
{
	struct node *n = *state;
	lisp_time first;

	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	first = n->now;
	node_run(n, n->now + 10 * LISP_SEC);
	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	assert_stat(n, "map-server", "register-retransmission", 1);
	assert_stat(n, "map-server", "registered", 1);
	/* it changes nothing: a replay would keep a dead ETR alive */
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").r.expires,
			 first + 180 * LISP_SEC);
	ms_register(n, C1, 1000, "2001:10:1:14::/64", 60);	/* not a copy */
	assert_int_equal(n->n_sent, 0);
	ms_register(n, C1, 999, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 2);
	ms_register(n, C1, 1001, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);	/* once the last */
	assert_int_equal(n->n_sent, 0);
	/* another ETR of the site has its own nonces */
	ms_register(n, "10.0.1.5", 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
}

/* RFC 9301 5.6: with an xTR-ID, the address does not matter; trailer comes back */
static void test_xtr_id(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 50, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r,
		.has_xtr_id = true, .xtr_id = { 1, 2, 3 }, .site_id = 4 } };
	struct lisp_msg out;

	deliver(n, C1, 4342, MS, &m, &key);
	decode_sent(n, 0, &out, NULL);
	assert_true(out.reg.has_xtr_id);
	assert_int_equal(out.reg.xtr_id[1], 2);
	assert_int_equal(out.reg.site_id, 4);
	lisp_msg_free(&out);
	assert_true(ms_show(n, "2001:10:1:14::/64").r.has_xtr_id);
	node_forget(n);
	m.reg.nonce = 49;
	deliver(n, "10.0.1.77", 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 0);
	m.reg.xtr_id[0] = 9;
	deliver(n, "10.0.1.77", 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
}

/*
 * The MAC covers neither source address nor xTR-ID: a copy of an old message
 * under another name is not the first message of a new ETR.
 */
static void test_replay_renamed(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 50, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r,
		.has_xtr_id = true, .xtr_id = { 1, 2, 3 } } };
	uint8_t old[LISP_MSG_MAX];
	int len = lisp_msg_encode(&m, old, sizeof(old));

	assert_int_equal(lisp_auth_sign(old, (size_t)len, &key), 0);
	deliver_raw(n, C1, 4342, MS, old, (size_t)len);
	ms_register(n, "10.0.1.5", 900, "10.1.14.0/24", 1440);
	ms_register(n, "10.0.1.5", 901, "10.1.14.0/24", 1440);
	m.reg.nonce = 51;
	deliver(n, C1, 4342, MS, &m, &key);
	node_forget(n);
	old[len - 24]++;			/* another xTR-ID */
	deliver_raw(n, C1, 4342, MS, old, (size_t)len);
	assert_int_equal(n->n_sent, 0);
	{					/* another address */
		struct lisp_locator l5 = L("10.0.1.5", 1, 50);
		struct lisp_record r5 = R("10.1.14.0/24", 1440, 1, &l5);

		deliver_register(n, "10.0.1.66", 900, &key, 1, &r5);
	}
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 2);
}

/* RFC 9301 8.2: prefixes only as configured, and only the site's own */
static void test_prefixes(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = {
		R("2001:10:1:14::/64", 1440, 1, &l),
		R("2001:10:1:22::/64", 1440, 1, &l),	/* SiteTwo's */
		R("2001:10:1:14::1/128", 1440, 1, &l),	/* a more-specific */
		R("2001:10:1::/48", 1440, 1, &l),	/* a less-specific */
	};
	struct lisp_msg out;

	deliver_register(n, C1, 1, &key, 4, r);
	assert_int_equal(ms_show(n, "::/0").up, 1);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	assert_stat(n, "errors", "map-register-prefix-rejected", 3);
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").r.rejected, 3);
	/* the Map-Notify tells what was taken */
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reg.n_records, 1);
	lisp_msg_free(&out);
	/* nothing taken: nothing acknowledged */
	node_forget(n);
	deliver_register(n, C1, 2, &key, 1, &r[2]);
	assert_int_equal(n->n_sent, 0);
	r[3].eid = EI(7, "2001:10:1:14::/64");		/* another instance */
	deliver_register(n, C1, 3, &key, 1, &r[3]);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-no-site", 1);
}

/* accept-more-specifics; a longer prefix of another site is not among them */
static void test_more_specifics(void **state)
{
	struct node *n = node_new();
	struct ms_found f;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	ms_register(n, C1, 1, "10.1.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	f = ms_show(n, "10.1.0.0/16");
	assert_true(f.r.up);
	assert_false(f.r.configured);
	assert_int_equal(f.n, 3);
	/*
	 * 10.5/16 is SiteTwo's: the key of the first site does not open it.
	 * Both have the key LISP here, so what refuses is the prefix.
	 */
	{
		struct lisp_key key = ms_key();
		struct lisp_locator l = L(C1, 1, 50);
		struct lisp_record r[] = { R("10.2.0.0/16", 1440, 1, &l),
					   R("10.5.0.0/16", 1440, 1, &l),
					   R("10.5.1.0/24", 1440, 1, &l) };

		deliver_register(n, C1, 2, &key, 3, r);
		assert_stat(n, "errors", "map-register-prefix-rejected", 2);
	}
	assert_false(ms_is_up(n, "10.5.0.0/16"));
	assert_true(ms_is_up(n, "10.2.0.0/16"));
	/* expired or withdrawn more-specifics leave the table */
	ms_register(n, C1, 3, "10.2.0.0/16", 0);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(ms_show(n, "10.2.0.0/16").n, 3);
	node_run(n, n->now + 180 * LISP_SEC);
	assert_int_equal(ms_show(n, "10.1.0.0/16").n, 2);
	node_free(n);
}

/* RFC 9301 8.2: three minutes; TTL 0 withdraws at once */
static void test_expiry(void **state)
{
	struct node *n = *state;

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_run(n, n->now + 179 * LISP_SEC);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	ms_register(n, C1, 2, "2001:10:1:14::/64", 1440);
	node_run(n, n->now + 180 * LISP_SEC - 1);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	node_run(n, n->now + 1);
	assert_false(ms_is_up(n, "2001:10:1:14::/64"));
	assert_non_null(ms_show(n, "2001:10:1:14::/64").r.record);
	assert_stat(n, "map-server", "expired", 1);
	ms_register(n, C1, 3, "2001:10:1:14::/64", 1440);
	ms_register(n, "10.0.1.5", 3, "2001:10:1:14::/64", 1440);
	ms_register(n, C1, 4, "2001:10:1:14::/64", 0);	/* no longer the registrant */
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	ms_register(n, "10.0.1.5", 4, "2001:10:1:14::/64", 0);
	assert_int_equal(n->n_sent, 1);
	assert_false(ms_is_up(n, "2001:10:1:14::/64"));
	assert_stat(n, "map-server", "withdrawn", 1);
	/* the one that was replaced does not acknowledge that (5.7) */
	assert_stat(n, "map-server", "notify-sent", 0);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_stat(n, "map-server", "notify-sent", 7);
	assert_int_equal(lisp_core_next(n->core), LISP_TIME_NEVER);
}

/* RFC 9301 5.6: with the T-bit the record's TTL is the lifetime */
static void test_use_ttl(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 10, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.use_ttl = true, .nonce = 1, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r } };

	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").r.expires,
			 n->now + 600 * LISP_SEC);
	r.ttl = LISP_TTL_LOCAL_POLICY;		/* not for ever */
	m.reg.nonce++;
	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").r.expires,
			 n->now + 86400 * LISP_SEC);
}

/* A new configuration keeps registrations that are still allowed */
static void test_reconfigure(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = ms_config();
	lisp_time last;

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
	ms_register(n, R2, 1, "2001:10:1:22::/64", 1440);
	last = n->now;
	node_run(n, n->now + 60 * LISP_SEC);
	cfg->sites[1].n_prefixes = 0;		/* SiteTwo loses all */
	cfg->sites[0].description = (char *)"changed";
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 0);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").n, 8);
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").up, 1);
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").r.last_registered, last);
	/* replay protection goes on */
	ms_register(n, C1, 1, "2001:10:1:14::/64", 60);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 1);
	node_run(n, last + 180 * LISP_SEC);
	assert_false(ms_is_up(n, "2001:10:1:14::/64"));
	/* what cannot be is refused, and nothing changes */
	ms_register(n, C1, 2, "2001:10:1:14::/64", 1440);
	cfg = ms_config();
	cfg->sites[1].prefixes[0].eid = cfg->sites[0].prefixes[0].eid;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = ms_config();
	cfg->sites[0].keys[0].alg_id = LISP_AUTH_NONE;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = ms_config();
	cfg->sites[0].prefixes[0].eid.bytes[15] = 1;	/* host bits */
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	assert_int_equal(ms_show(n, "2001:10:1:14::/64").n, 8);
}

/* State is bounded: replay state of a site, registrations of a site */
static void test_bounded(void **state)
{
	struct node *n = node_new();
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[255];
	unsigned int i, j, next = 0;
	char from[32];

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	for (i = 0; i < 1030; i++) {
		snprintf(from, sizeof(from), "10.9.%u.%u", i / 250, i % 250 + 1);
		ms_register(n, from, 1, "10.0.0.0/8", 1440);
	}
	assert_stat(n, "limits", "replay-state-per-site", 6);
	for (i = 0; i < 258; i++) {
		for (j = 0; j < 255; j++, next++) {
			r[j] = R("10.128.0.0/32", 1440, 1, &l);
			r[j].eid.bytes[1] |= (uint8_t)(next >> 16);
			r[j].eid.bytes[2] = (uint8_t)(next >> 8);
			r[j].eid.bytes[3] = (uint8_t)next;
		}
		node_forget(n);
		deliver_register(n, C1, 2 + i, &key, 255, r);
	}
	assert_stat(n, "state", "eid-prefixes-known", 65536 + 1);
	assert_stat(n, "limits", "registrations-per-site",
		    258 * 255 + 1 - 65536);
	node_free(n);
}

/* A core that begins with what another one has saved. */
static struct node *reborn(struct node *n, const struct lisp_config *cfg)
{
	struct node *again = node_new();
	uint8_t *buf;
	size_t len, i;

	assert_int_equal(lisp_core_save_nonces(n->core, &buf, &len), 0);
	/* cut short anywhere, or grown: refused, and no harm done */
	for (i = 0; i < len; i++)
		assert_int_equal(lisp_core_restore_nonces(again->core, buf, i),
				 -EINVAL);
	buf[6]++;
	assert_int_equal(lisp_core_restore_nonces(again->core, buf, len),
			 -EINVAL);
	buf[6]--;
	assert_int_equal(lisp_core_restore_nonces(again->core, buf, len), 0);
	free(buf);
	assert_int_equal(lisp_core_configure(again->core, again->now, cfg), 0);
	return again;
}

/* RFC 9301 5.6: the last nonce of each ETR survives the map-server */
static void test_nonces_saved(void **state)
{
	struct node *n = *state, *again;
	uint64_t before = lisp_core_nonces_changed(n->core);

	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);
	ms_register(n, C1, 1001, "2001:10:1:14::/64", 1440);
	ms_register(n, R2, 500, "2001:10:1:22::/64", 1440);
	assert_true(lisp_core_nonces_changed(n->core) != before);
	before = lisp_core_nonces_changed(n->core);
	ms_register(n, R2, 500, "2001:10:1:22::/64", 1440);	/* again: no change */
	assert_true(lisp_core_nonces_changed(n->core) == before);
	again = reborn(n, ms_config());
	ms_register(again, C1, 1001, "2001:10:1:14::/64", 60);
	ms_register(again, C1, 1000, "2001:10:1:14::/64", 1440);
	ms_register(again, R2, 499, "2001:10:1:22::/64", 1440);
	ms_register(again, "10.0.1.66", 1000, "2001:10:1:14::/64", 1440);
	assert_stat(again, "errors", "map-register-replay", 3);
	ms_register(again, C1, 1001, "2001:10:1:14::/64", 1440);
	assert_int_equal(again->n_sent, 1);	/* a retransmission */
	ms_register(again, C1, 1002, "2001:10:1:14::/64", 1440);
	assert_true(ms_is_up(again, "2001:10:1:14::/64"));
	node_free(again);
}

/* An old message under another address is known even after a restart */
static void test_nonces_renamed(void **state)
{
	struct node *n = *state, *again;
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_key key = ms_key();
	struct lisp_config *cfg;

	deliver_register(n, C1, 1000, &key, 1, &r);
	again = reborn(n, ms_config());
	node_forget(again);
	deliver_register(again, "10.0.1.66", 1000, &key, 1, &r);
	assert_int_equal(again->n_sent, 0);
	assert_stat(again, "errors", "map-register-replay", 1);
	node_free(again);
	/* a site that is not there any more does not matter */
	cfg = ms_config();
	cfg->sites++;
	cfg->n_sites = 2;
	again = reborn(n, cfg);
	ms_register(again, R2, 1, "2001:10:1:22::/64", 1440);
	assert_int_equal(again->n_sent, 1);
	node_free(again);
}

/* Locators only within what the site may use, if that is said (8.2) */
static void test_allowed_locators(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();
	struct lisp_eid allowed[] = { E("10.0.1.0/30"), E("2001:db8::/32") };
	struct lisp_key key = ms_key();
	struct lisp_locator good[] = { L(C1, 1, 50), L("2001:db8::1", 1, 50) };
	struct lisp_locator bad[] = { L(C1, 1, 50), L("10.0.1.4", 255, 0) };
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 2, good),
				   R("10.1.14.0/24", 1440, 2, bad) };
	struct lisp_msg out;

	(void)state;
	cfg->sites[0].allowed = allowed;
	cfg->sites[0].n_allowed = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	deliver_register(n, C1, 1, &key, 2, r);
	assert_true(ms_is_up(n, "2001:10:1:14::/64"));
	assert_false(ms_is_up(n, "10.1.14.0/24"));
	assert_stat(n, "errors", "map-register-locator-rejected", 1);
	assert_int_equal(ms_show(n, "10.1.14.0/24").r.rejected, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reg.n_records, 1);
	lisp_msg_free(&out);
	/* other sites are not concerned */
	ms_register(n, "10.0.9.9", 1, "2001:10:1:22::/64", 1440);
	assert_true(ms_is_up(n, "2001:10:1:22::/64"));
	/* to withdraw is always allowed; a prefix must be one */
	ms_register(n, C1, 2, "2001:10:1:14::/64", 0);
	assert_false(ms_is_up(n, "2001:10:1:14::/64"));
	allowed[0].bytes[3] = 1;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	node_free(n);
}

/* A limit of the site's own; what is registered may be renewed */
static void test_site_limit(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_nested_config();

	(void)state;
	cfg->sites[0].max_registrations = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	ms_register(n, C1, 1, "10.1.0.0/16", 1440);
	ms_register(n, C1, 2, "10.2.0.0/16", 1440);
	ms_register(n, C1, 3, "10.3.0.0/16", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "limits", "registrations-per-site", 1);
	ms_register(n, C1, 4, "10.1.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	ms_register(n, C1, 5, "10.2.0.0/16", 0);
	ms_register(n, C1, 6, "10.3.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	node_free(n);
}

/* Relaxed for peers with random nonces: any order, but no copy of the past */
static void test_any_nonce(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();

	(void)state;
	cfg->sites[0].any_nonce = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);
	ms_register(n, C1, 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	ms_register(n, C1, 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);		/* a retransmission */
	assert_stat(n, "map-server", "registered", 2);
	ms_register(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 1);
	/* the other sites are as strict as before */
	ms_register(n, R2, 1000, "2001:10:1:22::/64", 1440);
	ms_register(n, R2, 7, "2001:10:1:22::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

/* What was seen once comes back from anywhere: no more answers than others get */
static void test_replay_rate(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .has_xtr_id = true, .nonce = 7,
		.n_records = 1, .alg_id = LISP_AUTH_SHA256_128,
		.records = &r } };
	unsigned int i, sent = 0;

	deliver(n, C1, LISP_CONTROL_PORT, MS, &m, &key);
	for (i = 0; i < 500; i++) {
		node_forget(n);
		deliver(n, "192.0.2.66", LISP_CONTROL_PORT, MS, &m, &key);
		sent += n->n_sent;
	}
	assert_int_equal(sent, 400);
	m.reg.nonce = 8;
	node_forget(n);
	deliver(n, "192.0.2.66", LISP_CONTROL_PORT, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, ms_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_register),
		T(test_refused),
		cmocka_unit_test(test_key_ids),
		T(test_replay),
		T(test_replay_rate),
		T(test_xtr_id),
		T(test_replay_renamed),
		T(test_prefixes),
		cmocka_unit_test(test_more_specifics),
		T(test_expiry),
		T(test_use_ttl),
		T(test_reconfigure),
		T(test_nonces_saved),
		T(test_nonces_renamed),
		cmocka_unit_test(test_allowed_locators),
		cmocka_unit_test(test_site_limit),
		cmocka_unit_test(test_any_nonce),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
