// SPDX-License-Identifier: GPL-2.0
#include "smr_util.h"

void smr_configure(struct node *n, const struct lisp_config *cfg)
{
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
}

void smr_acknowledge(struct node *n)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	unsigned int i, count = n->n_sent;
	struct lisp_msg m;

	for (i = 0; i < count; i++) {
		if (n->sent[i].buf[0] >> 4 != LISP_MAP_REGISTER)
			continue;
		decode_sent(n, i, &m, NULL);
		m.type = LISP_MAP_NOTIFY;
		deliver(n, MS, 4342, ME, &m, &key);
		lisp_msg_free(&m);
	}
}

int smr_setup(void **state)
{
	struct node *n = node_new();

	smr_configure(n, xtr_config());
	smr_acknowledge(n);
	node_forget(n);
	*state = n;
	return 0;
}

void smr_asks(struct node *n, const char *itr, const char *eid)
{
	deliver_request(n, itr, 99, eid);
	node_forget(n);
}

void smr_cached(struct node *n, const char *eid, const char *rloc)
{
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_mapping m = {
		.eid = E(eid), .origin = LISP_BY_MAP_REPLY, .ttl = 3600,
		.n_locators = 1, .locators = &l,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

unsigned int smr_sent(const struct node *n, const char *to, const char *eid)
{
	struct lisp_addr addr = A(to ? to : PEER);
	struct lisp_eid want = E(eid ? eid : SITE);
	unsigned int i, count = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_MAP_REQUEST, i, &m)
		count += m.request.smr &&
			 (!eid || lisp_eid_equal(&m.request.eids[0], &want)) &&
			 (!to || lisp_addr_equal(&n->sent[i].to.addr, &addr));
	return count;
}

void smr_change(struct node *n)
{
	struct lisp_config *cfg = xtr_config();

	cfg->mappings[0].rlocs[0].priority = 7;
	smr_configure(n, cfg);
}

void smr_prefixes(struct node *n, struct lisp_config *cfg,
		  struct lisp_config_mapping *maps, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = count;
	smr_configure(n, cfg);
}
