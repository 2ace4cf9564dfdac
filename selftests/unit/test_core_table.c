// SPDX-License-Identifier: GPL-2.0
/* Tables of EID-prefixes and timers, against the plainest way to do the same. */
#include <errno.h>

#include "core_util.h"
#include "core/table.h"
#include "core/timer.h"

#define N	200

static uint64_t seed = 1;

static unsigned int dice(unsigned int n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(seed >> 33) % n;
}

static struct lisp_eid some_eid(void)
{
	struct lisp_eid e = { .iid = dice(3) * 5, .afi = LISP_AFI_IPV4 };
	unsigned int i, bits = 32;

	if (dice(2)) {
		e.afi = LISP_AFI_IPV6;
		bits = 128;
	}
	e.plen = (uint8_t)dice(dice(2) ? 12 : bits + 1);
	for (i = 0; i < e.plen; i++) {
		if (!dice(i < 8 ? 2 : 5))
			e.bytes[i / 8] |= (uint8_t)(0x80u >> i % 8);
	}
	return e;
}

static struct lisp_entry entries[N];
static bool in[N];

static struct lisp_entry *plain_match(const struct lisp_eid *eid, int below)
{
	struct lisp_entry *best = NULL;
	unsigned int i;

	for (i = 0; i < N; i++) {
		if (in[i] && lisp_eid_covers(&entries[i].eid, eid) &&
		    entries[i].eid.plen < below &&
		    (!best || entries[i].eid.plen > best->eid.plen))
			best = &entries[i];
	}
	return best;
}

static struct lisp_entry *plain_find(const struct lisp_eid *eid)
{
	struct lisp_entry *e = plain_match(eid, 200);

	return e && lisp_eid_equal(&e->eid, eid) ? e : NULL;
}

static int order(const struct lisp_eid *a, const struct lisp_eid *b)
{
	int c;

	if (a->iid != b->iid)
		return a->iid < b->iid ? -1 : 1;
	if (a->afi != b->afi)
		return a->afi < b->afi ? -1 : 1;
	c = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
	return c ? c : (int)a->plen - b->plen;
}

static struct lisp_entry *plain_next(const struct lisp_eid *after,
				     const struct lisp_eid *inside)
{
	struct lisp_entry *best = NULL;
	unsigned int i;

	for (i = 0; i < N; i++) {
		struct lisp_entry *e = &entries[i];

		if (!in[i] || (after && order(&e->eid, after) <= 0) ||
		    (inside && !lisp_eid_covers(inside, &e->eid)))
			continue;
		if (!best || order(&e->eid, &best->eid) < 0)
			best = e;
	}
	return best;
}

static void compare(const struct lisp_table *t)
{
	struct lisp_eid q = some_eid();
	struct lisp_entry *e = lisp_table_match(t, &q);

	assert_ptr_equal(e, plain_match(&q, 200));
	assert_ptr_equal(lisp_table_find(t, &q), plain_find(&q));
	assert_ptr_equal(lisp_table_next(t, &q), plain_next(&q, NULL));
	assert_ptr_equal(lisp_table_next_inside(t, &q, NULL),
			 plain_next(&q, &q));
	assert_int_equal(lisp_table_has_inside(t, &q),
			 plain_next(&q, &q) != NULL);
	if (e)
		assert_ptr_equal(lisp_table_parent(t, e),
				 plain_match(&e->eid, e->eid.plen));
}

static unsigned int released;

static void release(struct lisp_entry *e)
{
	assert_true(in[e - entries]);
	in[e - entries] = false;
	released++;
}

static void test_table(void **state)
{
	struct lisp_eid name = { .afi = LISP_AFI_NAME };
	unsigned int i, round, count = 0;
	struct lisp_entry *e;
	struct lisp_table t;
	struct lisp_eid eid;
	int err;

	(void)state;
	lisp_table_init(&t);
	for (round = 0; round < 20000; round++) {
		i = dice(N);
		eid = some_eid();
		if (in[i]) {
			lisp_table_remove(&t, &entries[i]);
			in[i] = false;
			count--;
		} else {
			err = plain_find(&eid) ? -EEXIST : 0;
			assert_int_equal(lisp_table_insert(&t, &entries[i],
							   &eid), err);
			in[i] = !err;
			count += !err;
		}
		assert_int_equal(t.count, count);
		compare(&t);
	}
	for (e = lisp_table_next(&t, NULL), i = 0; e;
	     e = lisp_table_next(&t, &e->eid))
		i++;
	assert_int_equal(i, count);
	assert_int_equal(lisp_table_insert(&t, &entries[0], &name),
			 -EAFNOSUPPORT);
	assert_null(lisp_table_match(&t, &name));
	lisp_table_clear(&t, release);
	assert_int_equal(released, count);
	assert_int_equal(t.count, 0);
}

static void no_fn(struct lisp_core *core, struct lisp_timer *t)
{
	(void)core;
	(void)t;
}

/* Due timers come by time, equal ones in the order they were armed. */
static void test_timers(void **state)
{
	static struct lisp_timer timers[N];
	struct lisp_timer *best, *t;
	struct lisp_timers ts = { 0 };
	unsigned int i, round;
	uint64_t now = 0;

	(void)state;
	for (round = 0; round < 50000; round++) {
		i = dice(N);
		if (dice(3))
			lisp_timer_arm(&ts, &timers[i], now + dice(50), no_fn);
		else
			lisp_timer_stop(&ts, &timers[i]);
		best = NULL;
		for (i = 0; i < N; i++) {
			t = &timers[i];
			if (t->armed && (!best || t->at < best->at ||
					 (t->at == best->at &&
					  t->seq < best->seq)))
				best = t;
		}
		assert_true(lisp_timers_next(&ts) ==
			    (best ? best->at : UINT64_MAX));
		now += dice(3);
		t = lisp_timers_pop(&ts, now);
		assert_ptr_equal(t, best && best->at <= now ? best : NULL);
		assert_false(t && t->armed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_timers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
