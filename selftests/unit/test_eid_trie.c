// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of EID-prefixes: edges one by one, then allocations that fail and
 * leave the trie as it was or with holes, then all of it cleared.
 */
#include "eid_trie_util.h"
#include "../../kmod/eid_trie_node.h"

/* Edges */

static void test_empty(void **state)
{
	u8 key[16] = {};
	struct eid_trie t;

	(void)state;
	for (unsigned int bits = 32; bits <= 128; bits += 96) {
		eid_trie_init(&t, bits, NULL);
		assert_null(eid_trie_lookup(&t, key));
		assert_null(eid_trie_lookup_max(&t, key, bits));
		assert_null(eid_trie_find(&t, key, 0));
		assert_null(eid_trie_next(&t, key, -1));
		assert_false(eid_trie_has_more_specific(&t, key, 0));
		assert_null(eid_trie_remove(&t, key, 0));
		eid_trie_clear(&t, NULL);
		trie_expect_empty(&t);
	}
}

static void test_prefix_match(void **state)
{
	u8 a[16], b[16];

	(void)state;
	for (unsigned int bit = 0; bit < 128; bit++) {
		put_key(a, V6(0x20010db800010002, 0x00030004abcdef01));
		memcpy(b, a, sizeof(b));
		b[bit / 8] ^= 0x80 >> bit % 8;
		for (unsigned int plen = 0; plen <= 128; plen++)
			assert_int_equal(eid_prefix_match(a, b, plen),
					 plen <= bit);
	}
}

static void test_default_and_host(void **state)
{
	static const unsigned int widths[] = { 32, 128 };
	u128 addr, other;
	struct eid_trie t;
	u8 key[16];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_LEN(widths); i++) {
		unsigned int bits = widths[i];
		struct eid_leaf any = make_leaf(0, 0), host;

		addr = bits == 32 ? V4(192, 0, 2, 1) :
				    V6(0x20010db800000000, 1);
		other = addr ^ (u128)1 << (128 - bits);
		host = make_leaf(addr, bits);
		eid_trie_init(&t, bits, NULL);
		trie_insert(&t, &any);
		assert_int_equal(t.bytes, 0);
		put_key(key, addr);
		assert_ptr_equal(eid_trie_lookup(&t, key), &any);
		trie_insert(&t, &host);
		assert_ptr_equal(eid_trie_lookup(&t, key), &host);
		assert_ptr_equal(eid_trie_lookup_max(&t, key, bits - 1), &any);
		assert_ptr_equal(eid_trie_lookup_max(&t, key, 0), &any);
		assert_ptr_equal(eid_trie_find(&t, key, bits), &host);
		assert_null(eid_trie_find(&t, key, bits - 1));
		assert_true(eid_trie_has_more_specific(&t, key, 0));
		assert_true(eid_trie_has_more_specific(&t, key, bits - 1));
		assert_false(eid_trie_has_more_specific(&t, key, bits));
		put_key(key, other);
		assert_ptr_equal(eid_trie_lookup(&t, key), &any);
		assert_null(eid_trie_remove(&t, key, bits));
		assert_ptr_equal(eid_trie_remove(&t, any.key, 0), &any);
		assert_null(eid_trie_lookup(&t, key));
		assert_ptr_equal(eid_trie_remove(&t, host.key, bits), &host);
		trie_expect_empty(&t);
	}
}

static void test_refused(void **state)
{
	struct eid_leaf *old, bad;
	struct eid_trie t;

	(void)state;
	eid_trie_init(&t, 128, NULL);
	for (unsigned int plen = 0; plen < 128; plen++) {
		bad = make_leaf((u128)1 << (127 - plen), plen);
		assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
		bad = make_leaf(1, plen);
		assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	}
	bad = make_leaf(0, 129);
	assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	trie_expect_empty(&t);

	eid_trie_init(&t, 32, NULL);
	for (unsigned int plen = 0; plen < 32; plen++) {
		bad = make_leaf((u128)1 << (127 - plen), plen);
		assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	}
	bad = make_leaf(0, 33);
	assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	trie_expect_empty(&t);
}

static void test_replace(void **state)
{
	struct eid_leaf a = make_leaf(V4(10, 0, 0, 0), 8), b = a, *old;
	struct eid_leaf c = make_leaf(V4(10, 1, 0, 0), 16), d = c;
	struct eid_leaf e = make_leaf(0, 0), f = e;
	struct eid_trie t;

	(void)state;
	eid_trie_init(&t, 32, NULL);
	trie_insert(&t, &a);
	assert_int_equal(eid_trie_insert(&t, &b, &old), 0);
	assert_ptr_equal(old, &a);
	trie_insert(&t, &c);
	trie_insert(&t, &e);
	assert_int_equal(eid_trie_insert(&t, &a, &old), 0);
	assert_ptr_equal(old, &b);
	assert_int_equal(eid_trie_insert(&t, &d, &old), 0);
	assert_ptr_equal(old, &c);
	assert_int_equal(eid_trie_insert(&t, &f, &old), 0);
	assert_ptr_equal(old, &e);
	assert_int_equal(t.count, 3);
	trie_audit(&t, false);
	assert_ptr_equal(eid_trie_lookup(&t, c.key), &d);
	assert_ptr_equal(eid_trie_lookup_max(&t, c.key, 15), &a);
	assert_ptr_equal(eid_trie_lookup_max(&t, c.key, 7), &f);
	eid_trie_clear(&t, NULL);
	trie_expect_empty(&t);
}

/* All lengths on one way down, put in and taken out in different orders */
static void test_chain(void **state)
{
	static const unsigned int steps[] = { 1, 5, 7, 16, 31, 64, 127 };
	struct eid_leaf leaf[129];
	struct eid_trie t;
	u8 key[16];

	(void)state;
	for (unsigned int i = 0; i < 2 * ARRAY_LEN(steps); i++) {
		unsigned int bits = i & 1 ? 32 : 128, n = bits + 1;
		unsigned int step = steps[i / 2];
		u128 addr = V6(0xa5c35a3cdeadbeef, 0x123456789abcdef1);

		if (bits == 32)
			addr &= prefix_mask(32);
		while (n % step == 0 && step > 1)
			step--;
		if (bits == 128 && step == 3)
			step = 4;
		eid_trie_init(&t, bits, NULL);
		for (unsigned int j = 0; j < n; j++)
			leaf[j] = make_leaf(addr & prefix_mask(j), j);
		put_key(key, addr);
		for (unsigned int j = 0; j < n; j++) {
			struct eid_leaf *l = &leaf[j * step % n], *old;

			assert_int_equal(eid_trie_insert(&t, l, &old), 0);
			trie_audit(&t, false);
			assert_ptr_equal(eid_trie_find(&t, key, l->plen), l);
		}
		assert_int_equal(t.count, n);
		for (unsigned int j = 0; j < n; j++) {
			assert_ptr_equal(eid_trie_find(&t, key, j), &leaf[j]);
			assert_ptr_equal(eid_trie_lookup_max(&t, key, j),
					 &leaf[j]);
			assert_ptr_equal(eid_trie_next(&t, leaf[j].key, j),
					 j + 1 < n ? &leaf[j + 1] : NULL);
			assert_int_equal(eid_trie_has_more_specific(&t, key, j),
					 j < bits);
		}
		for (unsigned int j = 0; j < bits; j++) {
			put_key(key, addr ^ (u128)1 << (127 - j));
			assert_ptr_equal(eid_trie_lookup(&t, key), &leaf[j]);
		}
		for (unsigned int j = 0; j < n; j++) {
			struct eid_leaf *l = &leaf[(n - j) * step % n];

			assert_ptr_equal(eid_trie_remove(&t, l->key, l->plen),
					 l);
			assert_null(eid_trie_remove(&t, l->key, l->plen));
			trie_audit(&t, false);
		}
		trie_expect_empty(&t);
	}
}

/* Two that part at each bit, with and without one above */
static void test_siblings(void **state)
{
	static const unsigned int more[] = { 0, 1, 5, 6, 7, 64, 128 };
	u128 addr = V6(0x20010db8fffffffe, 0x8000000000000001);
	struct eid_trie t;
	u8 key[16];

	(void)state;
	for (unsigned int i = 0; i < 2 * ARRAY_LEN(more); i++) {
		unsigned int bits = i & 1 ? 32 : 128;

		for (unsigned int bit = 0; bit < bits; bit++) {
			unsigned int plen = bit + 1 + more[i / 2];
			struct eid_leaf up, a, b;
			u128 x;

			if (plen > bits)
				plen = bits;
			x = addr & prefix_mask(plen);
			a = make_leaf(x, plen);
			b = make_leaf(x ^ (u128)1 << (127 - bit), plen);
			up = make_leaf(x & prefix_mask(bit), bit);
			eid_trie_init(&t, bits, NULL);
			trie_insert(&t, &a);
			trie_insert(&t, &b);
			assert_ptr_equal(eid_trie_lookup(&t, a.key), &a);
			assert_ptr_equal(eid_trie_lookup(&t, b.key), &b);
			assert_null(eid_trie_find(&t, up.key, bit));
			put_key(key, x);
			assert_true(eid_trie_has_more_specific(&t, key, bit));
			trie_insert(&t, &up);
			assert_ptr_equal(eid_trie_lookup_max(&t, a.key, bit),
					 &up);
			assert_ptr_equal(eid_trie_remove(&t, a.key, plen), &a);
			trie_audit(&t, false);
			assert_ptr_equal(eid_trie_lookup(&t, a.key), &up);
			assert_ptr_equal(eid_trie_lookup(&t, b.key), &b);
			assert_ptr_equal(eid_trie_remove(&t, up.key, bit), &up);
			assert_null(eid_trie_lookup(&t, a.key));
			assert_ptr_equal(eid_trie_remove(&t, b.key, plen), &b);
			trie_expect_empty(&t);
		}
	}
}

/* Each prefix of a six-bit node present at once, at each place of a node */
static void test_full_node(void **state)
{
	static struct eid_leaf leaf[127];
	unsigned int base, item, n;
	struct eid_leaf *l;
	struct eid_trie t;
	u8 key[16];

	(void)state;
	for (base = 0; base <= 122; base++) {
		u128 top = V6(0x20010db8a5a5a5a5, 0x5a5a5a5a5a5a5a5a) &
			   prefix_mask(base);

		eid_trie_init(&t, 128, NULL);
		for (item = 127; item; item--) {
			unsigned int own = fls64(item) - 1;
			u128 bits = item & ((1 << own) - 1);

			if (own)
				bits <<= 128 - base - own;
			leaf[item - 1] = make_leaf(top | bits, base + own);
			trie_insert(&t, &leaf[item - 1]);
		}
		for (item = 0; item < 64; item++) {
			put_key(key, top | (u128)item << (122 - base));
			for (unsigned int own = 0; own <= 6; own++) {
				n = (64 | item) >> (6 - own);
				l = eid_trie_lookup_max(&t, key, base + own);
				assert_ptr_equal(l, &leaf[n - 1]);
			}
			assert_ptr_equal(eid_trie_lookup(&t, key),
					 &leaf[(64 | item) - 1]);
		}
		memset(key, 0, sizeof(key));
		l = eid_trie_next(&t, key, -1);
		for (n = 0; l && n < 128; n++)
			l = eid_trie_next(&t, l->key, l->plen);
		assert_int_equal(n, 127);
		eid_trie_clear(&t, NULL);
		trie_expect_empty(&t);
	}
}

/* Memory shortage */

/* What a trie looks like: every pointer in it, as a sum */
static u64 fingerprint(struct eid_trie_node *p)
{
	u64 sum = (uintptr_t)p * 0x9e3779b97f4a7c15ULL;

	if (!eid_is_leaf(p))
		for (unsigned int i = 0; i < eid_node_slots(p); i++)
			sum = (sum ^ fingerprint(eid_to_node(p)->slot[i])) *
			      0xd6e8feb86659fd93ULL;
	return sum;
}

static void test_no_memory_insert(void **state)
{
	unsigned long count, bytes, failed = 0;
	struct oracle o;
	u64 before;

	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		trie_rnd_state = trie_seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 1000; op++) {
			struct entry *e = calloc(1, sizeof(*e));
			struct eid_leaf *old;
			long nth;
			int i;

			assert_non_null(e);
			e->key = oracle_pick(&o, &e->plen);
			e->key &= prefix_mask(e->plen);
			e->leaf = make_leaf(e->key, e->plen);
			if (oracle_find(&o, e->key, e->plen) >= 0 ||
			    o.n == o.max) {
				free(e);
				oracle_remove(&o);
				continue;
			}
			/* Let each allocation fail in turn, then none. */
			for (nth = 0; ; nth++) {
				before = fingerprint(o.t.root);
				count = o.t.count;
				bytes = o.t.bytes;
				trie_fail_after = nth;
				i = eid_trie_insert(&o.t, &e->leaf, &old);
				if (trie_fail_after >= 0)
					break;
				failed++;
				CHECK(&o, i == -ENOMEM && !old);
				CHECK(&o, before == fingerprint(o.t.root));
				CHECK(&o, count == o.t.count);
				CHECK(&o, bytes == o.t.bytes);
			}
			trie_fail_after = -1;
			CHECK(&o, !i && !old);
			o.e[o.n++] = e;
			oracle_query(&o);
		}
		trie_audit(&o.t, false);
		oracle_end(&o, false);
	}
	assert_true(failed > 1000);
}

/* Removal works without memory; holes neither hide nor keep anything. */
static void test_no_memory_remove(void **state)
{
	unsigned long holes = 0;
	struct oracle o;

	(void)state;
	for (unsigned int round = 0; round < 40; round++) {
		trie_rnd_state = trie_seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 2000; op++) {
			trie_fail_all = op / 200 & 1 && rnd_below(4);
			if (rnd_below(8) < (op / 200 & 1 ? 3 : 6))
				oracle_insert(&o);
			else
				oracle_remove(&o);
			trie_fail_all = false;
			if (op % 64 == 0)
				holes += trie_audit(&o.t, true).holes;
			oracle_query(&o);
		}
		oracle_walk(&o);
		trie_fail_all = round & 2;
		oracle_end(&o, false);
		trie_fail_all = false;
	}
	assert_true(holes > 100);
}

/* Clear */

static void test_clear(void **state)
{
	struct eid_leaf *old;
	struct eid_trie t;
	unsigned int n;

	(void)state;
	trie_rnd_state = trie_seed;
	eid_trie_init(&t, 128, NULL);
	for (n = 0; n < 5000; n++) {
		struct entry *e = malloc(sizeof(*e));
		unsigned int plen = rnd_below(129);

		assert_non_null(e);
		e->leaf = make_leaf(rnd128() & prefix_mask(plen), plen);
		assert_int_equal(eid_trie_insert(&t, &e->leaf, &old), 0);
		if (old)
			free(container_of(old, struct entry, leaf));
	}
	n = t.count;
	trie_released = 0;
	eid_trie_clear(&t, trie_release);
	assert_int_equal(trie_released, n);
	trie_expect_empty(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIE_TEST(test_prefix_match),
		TRIE_TEST(test_empty),
		TRIE_TEST(test_default_and_host),
		TRIE_TEST(test_refused),
		TRIE_TEST(test_replace),
		TRIE_TEST(test_chain),
		TRIE_TEST(test_siblings),
		TRIE_TEST(test_full_node),
		TRIE_TEST(test_no_memory_insert),
		TRIE_TEST(test_no_memory_remove),
		TRIE_TEST(test_clear),
	};

	return cmocka_run_group_tests_name("eid_trie", tests, trie_setup,
					   trie_teardown);
}
