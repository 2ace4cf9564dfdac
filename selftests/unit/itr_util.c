// SPDX-License-Identifier: GPL-2.0
#include "itr_util.h"

int itr_setup(void **state)
{
	struct lisp_config *cfg = xtr_config();
	struct node *n = node_new();

	cfg->etr = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	*state = n;
	return 0;
}

void answer(struct node *n, const char *eid, uint32_t ttl)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R(eid, ttl, 1, &l);

	deliver_reply(n, last_nonce(n), 1, &r);
}
