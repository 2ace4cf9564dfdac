// SPDX-License-Identifier: GPL-2.0
/*
 * Who keeps a slot of the sources, and who gives way, at times that are given
 * here. Part of the module lisp_kunit.
 */
#include <kunit/test.h>

#include "source.c"

#define SET	5

static int source_test_init(struct kunit *test)
{
	test->priv = lisp_sources_alloc();
	return test->priv ? 0 : -ENOMEM;
}

static void source_test_exit(struct kunit *test)
{
	lisp_sources_free(test->priv);
}

/* 192.0.2.@n is heard at @when; true when somebody had to give way. */
static bool hear4(struct kunit *test, u32 n, u32 when)
{
	u32 v4 = (__force u32)htonl(0xc0000200 + n);

	return lisp_source_note(test->priv, SET, (u64)v4 << 32 | when, NULL);
}

/* 2001:db8::@n; all of them have the same bits of hash */
static bool hear6(struct kunit *test, u16 n, u32 when)
{
	struct in6_addr a = { .s6_addr16 = { htons(0x2001), htons(0xdb8),
					     [7] = htons(n) } };
	u64 v6[2];

	memcpy(v6, &a, sizeof(v6));
	return lisp_source_note(test->priv, SET,
				0xc0000201ull << 32 | LISP_SOURCE_V6 | when, v6);
}

/* How many slots of the set hold the address that ends in @n. */
static unsigned int held(struct kunit *test, u8 family, u8 n)
{
	struct lisp_source set[LISP_SOURCE_WAYS];
	unsigned int i, found = 0;

	lisp_sources_read(test->priv, SET, set);
	for (i = 0; i < LISP_SOURCE_WAYS; i++)
		found += set[i].addr.family == family &&
			 set[i].addr.bytes[lisp_addr_len(family) - 1] == n;
	return found;
}

static void source_test_same(struct kunit *test)
{
	u32 when;

	for (when = 1; when < 100; when++) {
		KUNIT_EXPECT_FALSE(test, hear4(test, 1, when));
		KUNIT_EXPECT_FALSE(test, hear6(test, 1, when));
	}
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 1), 1u);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET6, 1), 1u);
}

/* Full: the one not heard for longest goes, whatever its slot. */
static void source_test_oldest(struct kunit *test)
{
	u32 n;

	for (n = 0; n < LISP_SOURCE_WAYS; n++)
		KUNIT_EXPECT_FALSE(test, hear4(test, n, 10 + n));
	KUNIT_EXPECT_FALSE(test, hear4(test, 0, 30));
	KUNIT_EXPECT_FALSE(test, hear4(test, 1, 30));
	KUNIT_EXPECT_TRUE(test, hear6(test, 100, 30));
	for (n = 0; n < LISP_SOURCE_WAYS; n++)
		KUNIT_EXPECT_EQ(test, held(test, AF_INET, n), n != 2);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET6, 100), 1u);
}

/* Strangers come and come; who is heard all the time loses no slot. */
static void source_test_stays(struct kunit *test)
{
	u32 n;

	for (n = 1; n < 200; n++) {
		hear4(test, 250, n);
		hear4(test, n, n);
		KUNIT_EXPECT_EQ(test, held(test, AF_INET, 250), 1u);
	}
}

/* Of the same hash, but another address. */
static void source_test_address(struct kunit *test)
{
	hear6(test, 1, 1);
	hear6(test, 2, 1);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET6, 1), 1u);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET6, 2), 1u);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 1), 0u);
}

/* That those go who were not heard in the last minute is no loss. */
static void source_test_evicted(struct kunit *test)
{
	u32 n;

	for (n = 0; n < LISP_SOURCE_WAYS; n++)
		hear4(test, n, 1);
	KUNIT_EXPECT_TRUE(test, hear4(test, 100, 1 + RECENT));
	KUNIT_EXPECT_FALSE(test, hear4(test, 101, 1 + RECENT + 1));
}

/* A processor that comes late takes what is new by then for new. */
static void source_test_late(struct kunit *test)
{
	u32 n;

	for (n = 0; n < LISP_SOURCE_WAYS; n++)
		hear4(test, n, n == 5 ? 11 : 9);
	hear4(test, 100, 10);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 5), 1u);
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 100), 1u);
}

/* Time goes round once in decades. */
static void source_test_wrap(struct kunit *test)
{
	u32 n, last = LISP_SOURCE_TIME;

	for (n = 0; n < LISP_SOURCE_WAYS; n++)
		hear4(test, n, n == 3 ? last - 1 : last);
	KUNIT_EXPECT_TRUE(test, hear4(test, 100, 1));
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 3), 0u);
	KUNIT_EXPECT_TRUE(test, hear4(test, 101, 2));
	KUNIT_EXPECT_EQ(test, held(test, AF_INET, 100), 1u);
}

static struct kunit_case source_cases[] = {
	KUNIT_CASE(source_test_same),
	KUNIT_CASE(source_test_oldest),
	KUNIT_CASE(source_test_stays),
	KUNIT_CASE(source_test_address),
	KUNIT_CASE(source_test_evicted),
	KUNIT_CASE(source_test_late),
	KUNIT_CASE(source_test_wrap),
	{}
};

static struct kunit_suite source_suite = {
	.name = "lisp_source",
	.init = source_test_init,
	.exit = source_test_exit,
	.test_cases = source_cases,
};

kunit_test_suite(source_suite);
