// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of EID-prefixes under readers: what stays in it is found and dumped
 * while a writer changes what is around it, and nothing that readers still see
 * is gone, not even when all of it is cleared.
 */
#include <pthread.h>

#include "eid_trie_util.h"

/* Readers against a writer */

#define STABLE	300
#define CHURN	600
#define READERS	2

struct race_entry {
	struct eid_leaf leaf;
	struct rcu_head rcu;
};

struct race_slot {
	u128 key;
	unsigned int plen;
	struct eid_leaf *leaf;	/* NULL while it is not in the trie */
};

static struct {
	struct eid_trie t;
	struct eid_leaf stable[2][STABLE];	/* [1]: twins to replace [0] */
	struct race_slot churn[CHURN];
	atomic_bool stop;
	atomic_ulong rounds, bad;
} race;

static void race_free(struct rcu_head *rcu)
{
	struct race_entry *e = container_of(rcu, struct race_entry, rcu);

	memset(&e->leaf, 0xa5, sizeof(e->leaf));
	free(e);
}

/* The number of a stable prefix or its twin; -1 is another leaf. */
static int race_stable(const struct eid_leaf *leaf)
{
	if (leaf < race.stable[0] || leaf >= race.stable[2])
		return -1;
	return (leaf - race.stable[0]) % STABLE;
}

/* A stable prefix or one that is inside it must be found for its address. */
static bool race_check(int i)
{
	const struct eid_leaf *s = &race.stable[0][i], *l;
	bool ok;

	rcu_read_lock();
	l = eid_trie_lookup(&race.t, s->key);
	ok = l && l->plen >= s->plen && l->plen <= race.t.bits &&
	     eid_prefix_match(l->key, s->key, l->plen);
	l = eid_trie_lookup_max(&race.t, s->key, s->plen);
	ok = ok && race_stable(l) == i;
	l = eid_trie_find(&race.t, s->key, s->plen);
	ok = ok && race_stable(l) == i;
	rcu_read_unlock();
	return ok;
}

/* A dump, one RCU section per prefix, must pass by each stable one in order. */
static bool race_dump(void)
{
	struct eid_leaf at = {}, *l;
	int seen = 0, plen = -1;

	for (;;) {
		rcu_read_lock();
		l = eid_trie_next(&race.t, at.key, plen);
		if (!l) {
			rcu_read_unlock();
			return seen == STABLE;
		}
		if (memcmp(l->key, at.key, sizeof(at.key)) < 0 ||
		    (!memcmp(l->key, at.key, sizeof(at.key)) &&
		     l->plen <= plen)) {
			rcu_read_unlock();
			return false;
		}
		at = *l;
		plen = at.plen;
		rcu_read_unlock();
		if (race_stable(l) == seen)
			seen++;
	}
}

static void *race_reader(void *arg)
{
	unsigned long n = 0;

	(void)arg;
	rcu_register_thread();
	while (!atomic_load_explicit(&race.stop, memory_order_relaxed)) {
		if (!race_check(n++ % STABLE))
			atomic_fetch_add(&race.bad, 1);
		if (n % (8 * STABLE) == 0 && !race_dump())
			atomic_fetch_add(&race.bad, 1);
	}
	atomic_fetch_add(&race.rounds, n);
	rcu_unregister_thread();
	return NULL;
}

static int stable_order(const void *a, const void *b)
{
	const struct eid_leaf *x = a, *y = b;
	int c = memcmp(x->key, y->key, sizeof(x->key));

	return c ? c : x->plen - y->plen;
}

/* Prefixes above, inside and next to the stable ones come and go. */
static void race_churn(void)
{
	struct race_slot *c = &race.churn[rnd_below(CHURN)];
	struct race_entry *e;
	struct eid_leaf *old;
	u8 key[16];

	if (!rnd_below(8)) {
		old = &race.stable[rnd_below(2)][rnd_below(STABLE)];
		assert_int_equal(eid_trie_insert(&race.t, old, &old), 0);
		assert_true(race_stable(old) >= 0);
		return;
	}
	put_key(key, c->key);
	if (c->leaf) {
		trie_fail_all = !rnd_below(4);
		old = eid_trie_remove(&race.t, key, c->plen);
		trie_fail_all = false;
		assert_ptr_equal(old, c->leaf);
		call_rcu(&container_of(old, struct race_entry, leaf)->rcu,
			 race_free);
		c->leaf = NULL;
		return;
	}
	e = malloc(sizeof(*e));
	assert_non_null(e);
	e->leaf = make_leaf(c->key, c->plen);
	assert_int_equal(eid_trie_insert(&race.t, &e->leaf, &old), 0);
	assert_null(old);
	c->leaf = &e->leaf;
}

/* What comes and goes: each once, and none that is stable */
static void race_setup_churn(void)
{
	unsigned int i = 0, tries, plen;
	struct eid_leaf leaf[CHURN], *s, *old;
	struct eid_trie seen;
	u128 key;

	eid_trie_init(&seen, race.t.bits, NULL);
	for (tries = 0; i < CHURN && tries < 10 * CHURN; tries++) {
		s = &race.stable[0][rnd_below(STABLE)];
		key = rnd128() & ~prefix_mask(rnd_below(2) ? s->plen :
						rnd_below(s->plen + 1));
		key ^= get_key(s->key);
		plen = rnd_below(race.t.bits + 1);
		leaf[i] = make_leaf(key & prefix_mask(plen), plen);
		if (eid_trie_find(&race.t, leaf[i].key, plen) ||
		    eid_trie_find(&seen, leaf[i].key, plen))
			continue;
		eid_trie_insert(&seen, &leaf[i], &old);
		race.churn[i++] = (struct race_slot) {
			.key = key & prefix_mask(plen),
			.plen = plen,
		};
	}
	assert_int_equal(i, CHURN);
	eid_trie_clear(&seen, NULL);
}

static void race_setup(unsigned int bits)
{
	struct eid_leaf *s = race.stable[0], *old;
	unsigned int i = 0, tries;

	eid_trie_init(&race.t, bits, NULL);
	for (tries = 0; i < STABLE && tries < 10 * STABLE; tries++) {
		unsigned int plen = i ? rnd_below(bits) + 1 : 0;
		u128 key = V6(0x20010db800000000, 0);

		key ^= rnd128() & ~prefix_mask(rnd_below(plen + 1));
		s[i] = make_leaf(key & prefix_mask(plen), plen);
		if (!eid_trie_find(&race.t, s[i].key, plen)) {
			eid_trie_insert(&race.t, &s[i], &old);
			i++;
		}
	}
	assert_int_equal(i, STABLE);
	eid_trie_clear(&race.t, NULL);
	qsort(s, STABLE, sizeof(s[0]), stable_order);
	memcpy(race.stable[1], s, sizeof(race.stable[1]));
	for (i = 0; i < STABLE; i++)
		trie_insert(&race.t, &s[i]);
	race_setup_churn();
}

static void race_readers(pthread_t *reader, void *(*fn)(void *))
{
	atomic_store(&race.stop, false);
	atomic_store(&race.bad, 0);
	atomic_store(&trie_racing, true);
	for (uintptr_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&reader[i], NULL, fn,
						(void *)i), 0);
}

static void race_join(pthread_t *reader)
{
	atomic_store(&race.stop, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(reader[i], NULL);
	atomic_store(&trie_racing, false);
	if (atomic_load(&race.bad))
		print_error("seed %llu, %u bits\n",
			    (unsigned long long)trie_seed, race.t.bits);
}

static void race_run(unsigned int bits, unsigned int ops)
{
	pthread_t reader[READERS];
	struct eid_leaf *l;
	u8 zero[16] = {};
	unsigned int i;

	race_setup(bits);
	atomic_store(&race.rounds, 0);
	race_readers(reader, race_reader);
	for (i = 0; i < ops && !atomic_load(&race.bad); i++)
		race_churn();
	race_join(reader);
	assert_int_equal(atomic_load(&race.bad), 0);
	assert_true(atomic_load(&race.rounds) > 1000);

	trie_audit(&race.t, true);
	while ((l = eid_trie_next(&race.t, zero, -1))) {
		assert_ptr_equal(eid_trie_remove(&race.t, l->key, l->plen), l);
		if (race_stable(l) < 0)
			call_rcu(&container_of(l, struct race_entry, leaf)->rcu,
				 race_free);
	}
	trie_expect_empty(&race.t);
}

static void test_race(void **state)
{
	(void)state;
	trie_rnd_state = trie_seed;
	race_run(128, 60000);
	race_run(32, 60000);
}

/* Clearing under readers: nothing they still see may be gone. */

static void *clear_reader(void *arg)
{
	u64 n = (uintptr_t)arg;
	struct eid_leaf *l;
	u8 key[16];

	rcu_register_thread();
	while (!atomic_load_explicit(&race.stop, memory_order_relaxed)) {
		put_key(key, V6(0x20010db800000000 | (n++ & 0xff) << 8, 0));
		rcu_read_lock();
		l = eid_trie_lookup(&race.t, key);
		if (l && !eid_prefix_match(l->key, key, l->plen))
			atomic_fetch_add(&race.bad, 1);
		l = eid_trie_next(&race.t, key, 0);
		if (l && memcmp(l->key, key, sizeof(key)) < 0)
			atomic_fetch_add(&race.bad, 1);
		rcu_read_unlock();
	}
	rcu_unregister_thread();
	return NULL;
}

static void test_race_clear(void **state)
{
	pthread_t reader[READERS];
	struct eid_leaf *old;
	unsigned int i;

	(void)state;
	trie_rnd_state = trie_seed;
	eid_trie_init(&race.t, 128, NULL);
	race_readers(reader, clear_reader);
	for (unsigned int round = 0; round < 100; round++) {
		for (i = 0; i < 300; i++) {
			struct entry *e = malloc(sizeof(*e));
			unsigned int plen = 48 + rnd_below(17);

			assert_non_null(e);
			e->leaf = make_leaf(V6(0x20010db800000000 |
					       (rnd() & 0xffff), 0) &
					    prefix_mask(plen), plen);
			assert_int_equal(eid_trie_insert(&race.t, &e->leaf,
							 &old), 0);
			if (old) {
				synchronize_rcu();
				free(container_of(old, struct entry, leaf));
			}
		}
		eid_trie_clear(&race.t, trie_release);
		trie_expect_empty(&race.t);
	}
	race_join(reader);
	assert_int_equal(atomic_load(&race.bad), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIE_TEST(test_race),
		TRIE_TEST(test_race_clear),
	};

	return cmocka_run_group_tests_name("eid_trie_race", tests, trie_setup,
					   trie_teardown);
}
