// SPDX-License-Identifier: GPL-2.0
/*
 * The trie itself, made part of this file to have the allocator watched and
 * pauses between its loads and stores; see eid_trie_util.h for the rest.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_long chunks;	/* what the trie holds or has not freed yet */
long trie_fail_after = -1;
bool trie_fail_all;

static void *watched_alloc(size_t size)
{
	void *p;

	if (trie_fail_all || (trie_fail_after >= 0 && !trie_fail_after--))
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
atomic_bool trie_racing;

static void race_pause(unsigned int n)
{
	if (atomic_load_explicit(&trie_racing, memory_order_relaxed))
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

#include "eid_trie_util.h"
#include "../../kmod/eid_trie.c"
#include "../../kmod/eid_trie_update.c"

u64 trie_seed, trie_rnd_state;

int trie_setup(void **state)
{
	const char *s = getenv("EID_TRIE_SEED");

	(void)state;
	trie_seed = s ? strtoull(s, NULL, 0) : 20010;
	if (!trie_seed)
		trie_seed = 1;
	trie_rnd_state = trie_seed;
	rcu_register_thread();
	return 0;
}

int trie_teardown(void **state)
{
	(void)state;
	rcu_unregister_thread();
	return 0;
}

int trie_no_chunks(void **state)
{
	long n;

	(void)state;
	rcu_barrier();
	n = atomic_exchange(&chunks, 0);
	if (n)
		print_error("%ld nodes leaked\n", n);
	return n != 0;
}

/* The trie's own rules */

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

struct audit trie_audit(const struct eid_trie *t, bool holes_allowed)
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

void trie_expect_empty(struct eid_trie *t)
{
	assert_int_equal(t->count, 0);
	assert_int_equal(t->bytes, 0);
	assert_ptr_equal(t->root, EID_EMPTY);
}

void trie_insert(struct eid_trie *t, struct eid_leaf *leaf)
{
	struct eid_leaf *old = leaf;

	assert_int_equal(eid_trie_insert(t, leaf, &old), 0);
	assert_null(old);
	trie_audit(t, false);
}

/* The oracle */

static struct entry *oracle_max(struct oracle *o, u128 key, unsigned int max)
{
	struct entry *best = NULL;

	for (unsigned int i = 0; i < o->n; i++) {
		struct entry *e = o->e[i];

		if (e->plen <= max &&
		    !((e->key ^ key) & prefix_mask(e->plen)) &&
		    (!best || e->plen > best->plen))
			best = e;
	}
	return best;
}

int oracle_find(struct oracle *o, u128 key, unsigned int plen)
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

const char *const oracle_styles[] = {
	"sparse", "dense", "nested", "near", "mixed"
};

u128 oracle_pick(struct oracle *o, unsigned int *plen)
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

static struct eid_leaf *leaf_of(struct entry *e)
{
	return e ? &e->leaf : NULL;
}

/* Short-lived readers of one thread: an entry may go at once. */
void oracle_insert(struct oracle *o)
{
	struct entry *e = malloc(sizeof(*e));
	struct eid_leaf *old;
	int i, err;

	assert_non_null(e);
	e->key = oracle_pick(o, &e->plen);
	e->key &= prefix_mask(e->plen);
	e->leaf = make_leaf(e->key, e->plen);
	i = oracle_find(o, e->key, e->plen);
	if (i < 0 && o->n == o->max) {
		free(e);
		return;
	}
	err = eid_trie_insert(&o->t, &e->leaf, &old);
	if (err) {
		CHECK(o, err == -ENOMEM &&
			 (trie_fail_all || trie_fail_after == -1));
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

void oracle_remove(struct oracle *o)
{
	struct eid_leaf *leaf;
	unsigned int plen;
	u8 key[16];
	u128 k;
	int i;

	k = oracle_pick(o, &plen);
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

void oracle_query(struct oracle *o)
{
	unsigned int plen, max;
	u8 key[16];
	u128 k;
	int i;

	k = oracle_pick(o, &plen);
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

void oracle_walk(struct oracle *o)
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
	if (!trie_audit(&o->t, true).holes)
		CHECK(o, fresh.bytes == o->t.bytes);
	eid_trie_clear(&fresh, NULL);
}

void oracle_start(struct oracle *o, unsigned int round)
{
	*o = (struct oracle) {
		.bits = round & 1 ? 32 : 128,
		.style = round / 2 % ARRAY_LEN(oracle_styles),
	};
	o->max = 1 + rnd_below(round % 3 ? 60 : ORACLE_MAX);
	o->base = rnd128() & prefix_mask(o->bits);
	o->width = 2 + rnd_below(9);
	o->at = rnd_below(o->bits - o->width);
	eid_trie_init(&o->t, o->bits, NULL);
}

void oracle_end(struct oracle *o, bool clear)
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
	trie_expect_empty(&o->t);
}

unsigned int trie_released;

void trie_release(struct eid_leaf *leaf)
{
	trie_released++;
	free(container_of(leaf, struct entry, leaf));
}
