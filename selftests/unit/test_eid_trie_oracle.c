// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of EID-prefixes: whatever comes and goes, it answers as an oracle
 * does that looks at every prefix there is.
 */
#include "eid_trie_util.h"

static void test_oracle(void **state)
{
	struct oracle o;

	(void)state;
	for (unsigned int round = 0; round < 120; round++) {
		trie_rnd_state = trie_seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 3000; op++) {
			/* grow, then shrink, then grow */
			if (rnd_below(8) < (op / 1000 == 1 ? 2 : 6))
				oracle_insert(&o);
			else
				oracle_remove(&o);
			if (op % 64 == 0)
				trie_audit(&o.t, false);
			oracle_query(&o);
		}
		oracle_walk(&o);
		oracle_end(&o, round & 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIE_TEST(test_oracle),
	};

	return cmocka_run_group_tests_name("eid_trie_oracle", tests, trie_setup,
					   trie_teardown);
}
