// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of EID-prefixes: edges one by one, then random operations against
 * an oracle that looks at every prefix there is, then readers that race with
 * a writer, then allocations that fail.
 *
 * EID_TRIE_SEED=n repeats a run; a failure prints its seed.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static atomic_long chunks;	/* what the trie holds or has not freed yet */
static long fail_after = -1;	/* allocations until one fails; -1 is never */
static bool fail_all;

static void *watched_alloc(size_t size)
{
	void *p;

	if (fail_all || (fail_after >= 0 && !fail_after--))
		return NULL;
	p = malloc(size);
	if (p)
		atomic_fetch_add(&chunks, 1);
	return p;
}

static void watched_free(void *p)
{
	atomic_fetch_sub(&chunks, 1);
	free(p);
}

#define EID_USER_ALLOC(size)	watched_alloc(size)
#define EID_USER_FREE(p)	watched_free(p)
#include "../../kmod/eid_trie_user.h"

/*
 * While readers race with a writer, the writer pauses after every pointer it
 * publishes, and readers pause now and then after one they read, so that they
 * do see half-made states and freed memory if there are any.
 */
static atomic_bool racing;

static void race_pause(unsigned int n)
{
	if (atomic_load_explicit(&racing, memory_order_relaxed))
		while (n--)
			caa_cpu_relax();
}

static void race_pause_some(void)
{
	static _Thread_local unsigned int n;

	if (n++ % 61 == 0)
		race_pause(200);
}

#undef rcu_assign_pointer
#define rcu_assign_pointer(p, v) \
	(__atomic_store_n(&(p), (v), __ATOMIC_RELEASE), race_pause(50))
#undef rcu_dereference
#define rcu_dereference(p) \
	(race_pause_some(), __atomic_load_n(&(p), __ATOMIC_CONSUME))

#include "../../kmod/eid_trie.c"
#include "../../kmod/eid_trie_update.c"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

typedef unsigned __int128 u128;

/* Random numbers: xorshift64*, one state for a test */

static u64 seed, rnd_state;

static u64 rnd(void)
{
	rnd_state ^= rnd_state >> 12;
	rnd_state ^= rnd_state << 25;
	rnd_state ^= rnd_state >> 27;
	return rnd_state * 0x2545f4914f6cdd1dULL;
}

static unsigned int rnd_below(unsigned int n)
{
	return (rnd() >> 32) * n >> 32;
}

static u128 rnd128(void)
{
	return (u128)rnd() << 64 | rnd();
}

/* Keys as numbers, IPv4 in the top 32 bits */

static u128 prefix_mask(unsigned int plen)
{
	return plen ? ~(u128)0 << (128 - plen) : 0;
}

static void put_key(u8 *to, u128 key)
{
	int i;

	for (i = 0; i < EID_KEY_BYTES_MAX; i++)
		to[i] = key >> (120 - 8 * i);
}

static u128 get_key(const u8 *from)
{
	u128 key = 0;
	int i;

	for (i = 0; i < EID_KEY_BYTES_MAX; i++)
		key = key << 8 | from[i];
	return key;
}

static struct eid_leaf make_leaf(u128 key, unsigned int plen)
{
	struct eid_leaf leaf = { .plen = plen };

	put_key(leaf.key, key);
	return leaf;
}

#define V4(a, b, c, d)	((u128)((u64)(a) << 24 | (b) << 16 | (c) << 8 | (d)) << 96)
#define V6(hi, lo)	((u128)(hi) << 64 | (lo))

/*
 * The trie's own rules: two live items or more in each node, each leaf where
 * its bits say, sizes and numbers that add up, no hole unless one is allowed.
 */
struct audit {
	const struct eid_trie *t;
	unsigned long leaves, bytes, nodes, holes;
	unsigned int depth;
};

static void audit_ref(struct audit *a, struct eid_trie_node *p, u128 path,
		      unsigned int path_len, bool exact)
{
	unsigned int item, live = 0;
	struct eid_trie_node *child;
	struct eid_key nk;
	u128 key;

	if (eid_is_leaf(p)) {
		struct eid_leaf *leaf = eid_to_leaf(p);

		if (!leaf) {
			a->holes++;
			return;
		}
		a->leaves++;
		key = get_key(leaf->key);
		assert_true(leaf->plen >= path_len);
		assert_true(!exact || leaf->plen == path_len);
		assert_true(((key ^ path) & prefix_mask(path_len)) == 0);
		return;
	}

	assert_false(exact);
	assert_true(++a->depth <= EID_DEPTH_MAX);
	a->nodes++;
	a->bytes += eid_node_size(p);
	nk = eid_node_key(p);
	key = V6(nk.hi, nk.lo);
	assert_true(eid_node_start(p) >= path_len);
	assert_true(((key ^ path) & prefix_mask(path_len)) == 0);
	assert_true((key & ~prefix_mask(eid_node_start(p))) == 0);
	for (item = 1; item < 128; item++) {
		unsigned int own = fls64(item) - 1;
		u128 bits = (u128)((item << (6 - own)) & 63);

		if (!eid_node_has(p, item))
			continue;
		child = *eid_node_slot(p, item);
		if (child != EID_EMPTY)
			live++;
		bits <<= 128 - 6 - eid_node_base(p);
		audit_ref(a, child, key | bits, eid_node_base(p) + own,
			  item < EID_ITEM_OUTER);
	}
	assert_true(live >= 2);
	a->depth--;
}

static struct audit audit(const struct eid_trie *t, bool holes_allowed)
{
	struct audit a = { .t = t };

	if (t->root != EID_EMPTY)
		audit_ref(&a, t->root, 0, 0, false);
	assert_int_equal(a.leaves, t->count);
	assert_int_equal(a.bytes, t->bytes);
	if (!holes_allowed)
		assert_int_equal(a.holes, 0);
	return a;
}

static void expect_empty(struct eid_trie *t)
{
	assert_int_equal(t->count, 0);
	assert_int_equal(t->bytes, 0);
	assert_ptr_equal(t->root, EID_EMPTY);
}

/* After each test: every byte is back once the grace periods are over. */
static int no_chunks(void **state)
{
	long n;

	(void)state;
	rcu_barrier();
	n = atomic_exchange(&chunks, 0);
	if (n)
		print_error("%ld nodes leaked\n", n);
	return n != 0;
}

/* Edges */

static void insert(struct eid_trie *t, struct eid_leaf *leaf)
{
	struct eid_leaf *old = leaf;

	assert_int_equal(eid_trie_insert(t, leaf, &old), 0);
	assert_null(old);
	audit(t, false);
}

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
		expect_empty(&t);
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
		insert(&t, &any);
		assert_int_equal(t.bytes, 0);
		put_key(key, addr);
		assert_ptr_equal(eid_trie_lookup(&t, key), &any);
		insert(&t, &host);
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
		expect_empty(&t);
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
	expect_empty(&t);

	eid_trie_init(&t, 32, NULL);
	for (unsigned int plen = 0; plen < 32; plen++) {
		bad = make_leaf((u128)1 << (127 - plen), plen);
		assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	}
	bad = make_leaf(0, 33);
	assert_int_equal(eid_trie_insert(&t, &bad, &old), -EINVAL);
	expect_empty(&t);
}

static void test_replace(void **state)
{
	struct eid_leaf a = make_leaf(V4(10, 0, 0, 0), 8), b = a, *old;
	struct eid_leaf c = make_leaf(V4(10, 1, 0, 0), 16), d = c;
	struct eid_leaf e = make_leaf(0, 0), f = e;
	struct eid_trie t;

	(void)state;
	eid_trie_init(&t, 32, NULL);
	insert(&t, &a);
	assert_int_equal(eid_trie_insert(&t, &b, &old), 0);
	assert_ptr_equal(old, &a);
	insert(&t, &c);
	insert(&t, &e);
	assert_int_equal(eid_trie_insert(&t, &a, &old), 0);
	assert_ptr_equal(old, &b);
	assert_int_equal(eid_trie_insert(&t, &d, &old), 0);
	assert_ptr_equal(old, &c);
	assert_int_equal(eid_trie_insert(&t, &f, &old), 0);
	assert_ptr_equal(old, &e);
	assert_int_equal(t.count, 3);
	audit(&t, false);
	assert_ptr_equal(eid_trie_lookup(&t, c.key), &d);
	assert_ptr_equal(eid_trie_lookup_max(&t, c.key, 15), &a);
	assert_ptr_equal(eid_trie_lookup_max(&t, c.key, 7), &f);
	eid_trie_clear(&t, NULL);
	expect_empty(&t);
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
			audit(&t, false);
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
			audit(&t, false);
		}
		expect_empty(&t);
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
			insert(&t, &a);
			insert(&t, &b);
			assert_ptr_equal(eid_trie_lookup(&t, a.key), &a);
			assert_ptr_equal(eid_trie_lookup(&t, b.key), &b);
			assert_null(eid_trie_find(&t, up.key, bit));
			put_key(key, x);
			assert_true(eid_trie_has_more_specific(&t, key, bit));
			insert(&t, &up);
			assert_ptr_equal(eid_trie_lookup_max(&t, a.key, bit),
					 &up);
			assert_ptr_equal(eid_trie_remove(&t, a.key, plen), &a);
			audit(&t, false);
			assert_ptr_equal(eid_trie_lookup(&t, a.key), &up);
			assert_ptr_equal(eid_trie_lookup(&t, b.key), &b);
			assert_ptr_equal(eid_trie_remove(&t, up.key, bit), &up);
			assert_null(eid_trie_lookup(&t, a.key));
			assert_ptr_equal(eid_trie_remove(&t, b.key, plen), &b);
			expect_empty(&t);
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
			insert(&t, &leaf[item - 1]);
		}
		for (item = 0; item < 64; item++) {
			put_key(key, top | (u128)item << (122 - base));
			for (unsigned int own = 0; own <= 6; own++)
				assert_ptr_equal(eid_trie_lookup_max(&t, key,
								     base + own),
						 &leaf[((64 | item) >> (6 - own)) - 1]);
			assert_ptr_equal(eid_trie_lookup(&t, key),
					 &leaf[(64 | item) - 1]);
		}
		memset(key, 0, sizeof(key));
		l = eid_trie_next(&t, key, -1);
		for (n = 0; l && n < 128; n++)
			l = eid_trie_next(&t, l->key, l->plen);
		assert_int_equal(n, 127);
		eid_trie_clear(&t, NULL);
		expect_empty(&t);
	}
}

/* Random operations against an oracle */

#define ORACLE_MAX	700

struct entry {
	struct eid_leaf leaf;
	u128 key;
	unsigned int plen;
};

struct oracle {
	struct eid_trie t;
	struct entry *e[ORACLE_MAX];
	unsigned int n, max, bits;
	unsigned int style;
	u128 base;
	unsigned int at, width;	/* where keys vary */
};

static struct entry *oracle_max(struct oracle *o, u128 key, unsigned int max)
{
	struct entry *best = NULL;

	for (unsigned int i = 0; i < o->n; i++) {
		struct entry *e = o->e[i];

		if (e->plen <= max && !((e->key ^ key) & prefix_mask(e->plen)) &&
		    (!best || e->plen > best->plen))
			best = e;
	}
	return best;
}

static int oracle_find(struct oracle *o, u128 key, unsigned int plen)
{
	for (unsigned int i = 0; i < o->n; i++)
		if (o->e[i]->plen == plen && o->e[i]->key == key)
			return i;
	return -1;
}

static bool entry_after(const struct entry *e, u128 key, int plen)
{
	return e->key != key ? e->key > key : (int)e->plen > plen;
}

static struct entry *oracle_next(struct oracle *o, u128 key, int plen)
{
	struct entry *best = NULL;

	for (unsigned int i = 0; i < o->n; i++) {
		struct entry *e = o->e[i];

		if (entry_after(e, key, plen) &&
		    (!best || !entry_after(e, best->key, best->plen)))
			best = e;
	}
	return best;
}

static bool oracle_inside(struct oracle *o, u128 key, unsigned int plen)
{
	for (unsigned int i = 0; i < o->n; i++)
		if (o->e[i]->plen > plen &&
		    !((o->e[i]->key ^ key) & prefix_mask(plen)))
			return true;
	return false;
}

static const char *const styles[] = {
	"sparse", "dense", "nested", "near", "mixed"
};

/* A key and a length of the oracle's style; the key may have host bits. */
static u128 pick(struct oracle *o, unsigned int *plen)
{
	unsigned int style = o->style;
	u128 key = rnd128();

	if (style == 4)
		style = rnd_below(4);
	*plen = rnd_below(o->bits + 1);
	switch (style) {
	case 0:		/* anything */
		break;
	case 1:		/* a few bits vary, lengths around them */
		key = o->base ^ (key & ((((u128)1 << o->width) - 1) <<
					(128 - o->at - o->width)));
		*plen = o->at + rnd_below(o->width + 4);
		break;
	case 2:		/* a few addresses, every length */
		key = o->base ^ (u128)rnd_below(4) << (127 - o->at) ^
		      (u128)rnd_below(2) << (127 - rnd_below(o->bits));
		break;
	case 3:		/* part from what is there by one bit */
		if (o->n) {
			struct entry *e = o->e[rnd_below(o->n)];

			key = e->key ^ (u128)1 << (127 - rnd_below(o->bits));
			*plen = e->plen + rnd_below(3) - 1;
		}
		break;
	}
	if (*plen > o->bits)
		*plen = o->bits;
	return key & prefix_mask(o->bits);
}

#define CHECK(o, cond) do {						\
	if (!(cond)) {							\
		print_error("seed %llu, %u bits, %s, %u prefixes\n",	\
			    (unsigned long long)seed, (o)->bits,	\
			    styles[(o)->style], (o)->n);		\
		fail_msg("%s", #cond);					\
	}								\
} while (0)

static struct eid_leaf *leaf_of(struct entry *e)
{
	return e ? &e->leaf : NULL;
}

/* Short-lived readers of one thread: an entry may go at once. */
static void oracle_insert(struct oracle *o)
{
	struct entry *e = malloc(sizeof(*e));
	struct eid_leaf *old;
	int i, err;

	assert_non_null(e);
	e->key = pick(o, &e->plen);
	e->key &= prefix_mask(e->plen);
	e->leaf = make_leaf(e->key, e->plen);
	i = oracle_find(o, e->key, e->plen);
	if (i < 0 && o->n == o->max) {
		free(e);
		return;
	}
	err = eid_trie_insert(&o->t, &e->leaf, &old);
	if (err) {
		CHECK(o, err == -ENOMEM && (fail_all || fail_after == -1));
		CHECK(o, !old);
		free(e);
		return;
	}
	CHECK(o, old == (i < 0 ? NULL : &o->e[i]->leaf));
	if (i < 0) {
		o->e[o->n++] = e;
	} else {
		free(o->e[i]);
		o->e[i] = e;
	}
}

static void oracle_remove(struct oracle *o)
{
	struct eid_leaf *leaf;
	unsigned int plen;
	u8 key[16];
	u128 k;
	int i;

	k = pick(o, &plen);
	if (o->n && rnd_below(4)) {
		i = rnd_below(o->n);
		plen = o->e[i]->plen;
		k = o->e[i]->key | (k & ~prefix_mask(plen));
	}
	i = oracle_find(o, k & prefix_mask(plen), plen);
	put_key(key, k);
	leaf = eid_trie_remove(&o->t, key, plen);
	CHECK(o, leaf == (i < 0 ? NULL : &o->e[i]->leaf));
	if (i >= 0) {
		free(o->e[i]);
		o->e[i] = o->e[--o->n];
	}
}

/* One query of each kind. */
static void oracle_query(struct oracle *o)
{
	unsigned int plen, max;
	u8 key[16];
	u128 k;
	int i;

	k = pick(o, &plen);
	if (o->n && rnd_below(2)) {
		struct entry *e = o->e[rnd_below(o->n)];

		k = e->key | (rnd128() & ~prefix_mask(e->plen));
		k &= prefix_mask(o->bits);
		if (rnd_below(2))
			plen = e->plen;
	}
	put_key(key, k);
	max = rnd_below(o->bits + 2);
	CHECK(o, eid_trie_lookup(&o->t, key) ==
		 leaf_of(oracle_max(o, k, o->bits)));
	CHECK(o, eid_trie_lookup_max(&o->t, key, max) ==
		 leaf_of(oracle_max(o, k, max)));
	i = oracle_find(o, k & prefix_mask(plen), plen);
	CHECK(o, eid_trie_find(&o->t, key, plen) ==
		 (i < 0 ? NULL : &o->e[i]->leaf));
	CHECK(o, eid_trie_has_more_specific(&o->t, key, plen) ==
		 oracle_inside(o, k, plen));
	if (rnd_below(2))
		k &= prefix_mask(plen);
	put_key(key, k);
	i = (int)plen - !rnd_below(4);
	CHECK(o, eid_trie_next(&o->t, key, i) ==
		 leaf_of(oracle_next(o, k, i)));
}

/* The whole dump, and a trie made afresh from it in order */
static void oracle_walk(struct oracle *o)
{
	struct eid_leaf *leaf, *old;
	struct eid_trie fresh;
	unsigned int n = 0;
	u8 zero[16] = {};

	eid_trie_init(&fresh, o->bits, NULL);
	leaf = eid_trie_next(&o->t, zero, -1);
	while (leaf) {
		CHECK(o, ++n <= o->n);
		assert_int_equal(eid_trie_insert(&fresh, leaf, &old), 0);
		leaf = eid_trie_next(&o->t, leaf->key, leaf->plen);
		if (leaf)
			CHECK(o, oracle_find(o, get_key(leaf->key),
					     leaf->plen) >= 0);
	}
	CHECK(o, n == o->n);
	if (!audit(&o->t, true).holes)
		CHECK(o, fresh.bytes == o->t.bytes);
	eid_trie_clear(&fresh, NULL);
}

static void oracle_start(struct oracle *o, unsigned int round)
{
	*o = (struct oracle) {
		.bits = round & 1 ? 32 : 128,
		.style = round / 2 % ARRAY_LEN(styles),
	};
	o->max = 1 + rnd_below(round % 3 ? 60 : ORACLE_MAX);
	o->base = rnd128() & prefix_mask(o->bits);
	o->width = 2 + rnd_below(9);
	o->at = rnd_below(o->bits - o->width);
	eid_trie_init(&o->t, o->bits, NULL);
}

static void oracle_end(struct oracle *o, bool clear)
{
	if (clear)
		eid_trie_clear(&o->t, NULL);
	while (o->n) {
		struct entry *e = o->e[--o->n];

		if (!clear)
			CHECK(o, eid_trie_remove(&o->t, e->leaf.key, e->plen) ==
				 &e->leaf);
		free(e);
	}
	expect_empty(&o->t);
}

static void test_oracle(void **state)
{
	struct oracle o;

	(void)state;
	for (unsigned int round = 0; round < 120; round++) {
		rnd_state = seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 3000; op++) {
			/* grow, then shrink, then grow */
			if (rnd_below(8) < (op / 1000 == 1 ? 2 : 6))
				oracle_insert(&o);
			else
				oracle_remove(&o);
			if (op % 64 == 0)
				audit(&o.t, false);
			oracle_query(&o);
		}
		oracle_walk(&o);
		oracle_end(&o, round & 4);
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
		rnd_state = seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 1000; op++) {
			struct entry *e = calloc(1, sizeof(*e));
			struct eid_leaf *old;
			long nth;
			int i;

			assert_non_null(e);
			e->key = pick(&o, &e->plen) & prefix_mask(e->plen);
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
				fail_after = nth;
				i = eid_trie_insert(&o.t, &e->leaf, &old);
				if (fail_after >= 0)
					break;
				failed++;
				CHECK(&o, i == -ENOMEM && !old);
				CHECK(&o, before == fingerprint(o.t.root));
				CHECK(&o, count == o.t.count);
				CHECK(&o, bytes == o.t.bytes);
			}
			fail_after = -1;
			CHECK(&o, !i && !old);
			o.e[o.n++] = e;
			oracle_query(&o);
		}
		audit(&o.t, false);
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
		rnd_state = seed + round * 0x9e3779b97f4a7c15ULL;
		oracle_start(&o, round);
		for (unsigned int op = 0; op < 2000; op++) {
			fail_all = op / 200 & 1 && rnd_below(4);
			if (rnd_below(8) < (op / 200 & 1 ? 3 : 6))
				oracle_insert(&o);
			else
				oracle_remove(&o);
			fail_all = false;
			if (op % 64 == 0)
				holes += audit(&o.t, true).holes;
			oracle_query(&o);
		}
		oracle_walk(&o);
		fail_all = round & 2;
		oracle_end(&o, false);
		fail_all = false;
	}
	assert_true(holes > 100);
}

/* Clear */

static unsigned int released;

static void release_entry(struct eid_leaf *leaf)
{
	released++;
	free(container_of(leaf, struct entry, leaf));
}

static void test_clear(void **state)
{
	struct eid_leaf *old;
	struct eid_trie t;
	unsigned int n;

	(void)state;
	rnd_state = seed;
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
	released = 0;
	eid_trie_clear(&t, release_entry);
	assert_int_equal(released, n);
	expect_empty(&t);
}

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
	struct eid_leaf stable[2][STABLE];	/* [1] is a twin to replace [0] */
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
		fail_all = !rnd_below(4);
		old = eid_trie_remove(&race.t, key, c->plen);
		fail_all = false;
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
		insert(&race.t, &s[i]);
	race_setup_churn();
}

static void race_readers(pthread_t *reader, void *(*fn)(void *))
{
	atomic_store(&race.stop, false);
	atomic_store(&race.bad, 0);
	atomic_store(&racing, true);
	for (uintptr_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&reader[i], NULL, fn,
						(void *)i), 0);
}

static void race_join(pthread_t *reader)
{
	atomic_store(&race.stop, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(reader[i], NULL);
	atomic_store(&racing, false);
	if (atomic_load(&race.bad))
		print_error("seed %llu, %u bits\n", (unsigned long long)seed,
			    race.t.bits);
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

	audit(&race.t, true);
	while ((l = eid_trie_next(&race.t, zero, -1))) {
		assert_ptr_equal(eid_trie_remove(&race.t, l->key, l->plen), l);
		if (race_stable(l) < 0)
			call_rcu(&container_of(l, struct race_entry, leaf)->rcu,
				 race_free);
	}
	expect_empty(&race.t);
}

static void test_race(void **state)
{
	(void)state;
	rnd_state = seed;
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
	rnd_state = seed;
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
		eid_trie_clear(&race.t, release_entry);
		expect_empty(&race.t);
	}
	race_join(reader);
	assert_int_equal(atomic_load(&race.bad), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_prefix_match, no_chunks),
		cmocka_unit_test_teardown(test_empty, no_chunks),
		cmocka_unit_test_teardown(test_default_and_host, no_chunks),
		cmocka_unit_test_teardown(test_refused, no_chunks),
		cmocka_unit_test_teardown(test_replace, no_chunks),
		cmocka_unit_test_teardown(test_chain, no_chunks),
		cmocka_unit_test_teardown(test_siblings, no_chunks),
		cmocka_unit_test_teardown(test_full_node, no_chunks),
		cmocka_unit_test_teardown(test_oracle, no_chunks),
		cmocka_unit_test_teardown(test_no_memory_insert, no_chunks),
		cmocka_unit_test_teardown(test_no_memory_remove, no_chunks),
		cmocka_unit_test_teardown(test_clear, no_chunks),
		cmocka_unit_test_teardown(test_race, no_chunks),
		cmocka_unit_test_teardown(test_race_clear, no_chunks),
	};
	const char *s = getenv("EID_TRIE_SEED");
	int failed;

	seed = s ? strtoull(s, NULL, 0) : 20010;
	if (!seed)
		seed = 1;
	rnd_state = seed;
	rcu_register_thread();
	failed = cmocka_run_group_tests_name("eid_trie", tests, NULL, NULL);
	rcu_unregister_thread();
	return failed;
}
