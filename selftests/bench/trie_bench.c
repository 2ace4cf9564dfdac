// SPDX-License-Identifier: GPL-2.0
/*
 * What the trie of EID-prefixes costs: instructions and time per lookup, bytes
 * per prefix, time per update.
 *
 * Build with -O2 -mpopcnt; an argument picks one size out of 1, 1000, 100000 and
 * 1000000 prefixes.
 *
 * Instructions are counted by single-stepping a child over a sample of lookups
 * and over as many calls that do nothing, and taking the difference: exact,
 * repeatable, and in need of no performance counters. Memory is counted as the
 * kernel's kmalloc() would round it. RCU costs a reader nothing on most
 * machines, so it is left out here.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static size_t held, held_max;	/* kmalloc's bytes now, and at the most */

static void *count_alloc(size_t size);
static void count_free(void *p);

#define EID_TRIE_SINGLE_THREAD
#define EID_USER_ALLOC(size)	count_alloc(size)
#define EID_USER_FREE(p)	count_free(p)
#include "../../kmod/eid_trie.c"
#include "../../kmod/eid_trie_update.c"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define LOOKUPS		1000000	/* timed */
#define STEPPED		500		/* single-stepped */

static size_t kmalloc_size(size_t size)
{
	size_t c;

	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	for (c = 8; c < size; c *= 2)
		;
	return c;
}

static void *count_alloc(size_t size)
{
	size_t *p = malloc(size + 16);

	if (!p)
		exit(1);
	*p = kmalloc_size(size);
	held += *p;
	if (held > held_max)
		held_max = held;
	return p + 2;
}

static void count_free(void *p)
{
	size_t *q = p;

	held -= q[-2];
	free(q - 2);
}

static u64 rnd_state;

static u64 rnd(void)
{
	rnd_state ^= rnd_state >> 12;
	rnd_state ^= rnd_state << 25;
	rnd_state ^= rnd_state >> 27;
	return rnd_state * 0x2545f4914f6cdd1dULL;
}

static void put(u8 *key, u64 hi, u64 lo)
{
	int i;

	for (i = 0; i < 8; i++) {
		key[i] = hi >> (56 - 8 * i);
		key[8 + i] = lo >> (56 - 8 * i);
	}
}

/* Tables: each gives the i-th of n prefixes, and the bits that all share. */

struct table {
	const char *name;
	unsigned int bits, shared;
	u64 base;
	unsigned int (*make)(u64 i, u64 n, u64 *hi, u64 *lo);
};

#define BASE6	0x20010db800000000ULL

static unsigned int make_mixed(u64 i, u64 n, u64 *hi, u64 *lo)
{
	unsigned int plen = i & 1 ? 48 : 64;

	(void)n;
	(void)lo;
	*hi = 0x20010d0000000000ULL | rnd() >> 24;
	*hi &= ~0ULL << (64 - plen);
	return plen;
}

static unsigned int make_64(u64 i, u64 n, u64 *hi, u64 *lo)
{
	(void)i;
	(void)n;
	(void)lo;
	*hi = BASE6 | rnd() >> 32;
	return 64;
}

static unsigned int make_sites(u64 i, u64 n, u64 *hi, u64 *lo)
{
	(void)n;
	(void)lo;
	*hi = BASE6 | (i / 256) << 16;
	if (i % 256)
		*hi |= rnd() & 0xffff;
	return i % 256 ? 64 : 48;
}

static unsigned int make_dense(u64 i, u64 n, u64 *hi, u64 *lo)
{
	(void)n;
	(void)lo;
	*hi = BASE6 + i;
	return 64;
}

static unsigned int make_hosts(u64 i, u64 n, u64 *hi, u64 *lo)
{
	(void)i;
	*hi = BASE6 | rnd() % (n / 16 + 1);
	*lo = rnd();
	return 128;
}

static unsigned int make_v4(u64 i, u64 n, u64 *hi, u64 *lo)
{
	unsigned int plen = 16 + rnd() % 17;

	(void)i;
	(void)n;
	(void)lo;
	*hi = rnd() & ~0ULL << (64 - plen);
	return plen;
}

static unsigned int make_v4_hosts(u64 i, u64 n, u64 *hi, u64 *lo)
{
	(void)i;
	(void)n;
	(void)lo;
	*hi = 10ULL << 56 | (rnd() & 0xffffff) << 32;
	return 32;
}

static const struct table tables[] = {
	{ "IPv6 /48, /64",	128, 24, 0x20010d0000000000ULL, make_mixed },
	{ "IPv6 /64",		128, 32, BASE6, make_64 },
	{ "IPv6 sites",		128, 32, BASE6, make_sites },
	{ "IPv6 /64 in a row",	128, 32, BASE6, make_dense },
	{ "IPv6 /128",		128, 32, BASE6, make_hosts },
	{ "IPv4 /16../32",	32, 0, 0, make_v4 },
	{ "IPv4 /32 in /8",	32, 8, 10ULL << 56, make_v4_hosts },
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

typedef struct eid_leaf *lookup_fn(const struct eid_trie *t, const u8 *key);

static struct eid_leaf *lookup_nothing(const struct eid_trie *t, const u8 *key)
{
	(void)t;
	(void)key;
	return NULL;
}

/* Not specialised for @fn: its calls are what is measured. */
__attribute__((noipa))
static unsigned long run(lookup_fn fn, const struct eid_trie *t,
			 const u8 (*keys)[16], unsigned int n)
{
	unsigned long sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		sum += (unsigned long)fn(t, keys[i]);
	return sum;
}

/* Instructions from one stop of the child to the next */
static unsigned long steps_to_stop(pid_t pid)
{
	unsigned long n = 0;
	int status;

	for (;;) {
		ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			exit(1);
		if (WSTOPSIG(status) != SIGTRAP)
			return n;
		n++;
	}
}

static double instructions(const struct eid_trie *t, const u8 (*keys)[16])
{
	unsigned long with, without;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run(eid_trie_lookup, t, keys, STEPPED);
		raise(SIGSTOP);
		run(lookup_nothing, t, keys, STEPPED);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	with = steps_to_stop(pid);
	without = steps_to_stop(pid);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return ((double)with - (double)without) / STEPPED;
}

static u8 (*hits)[16], (*misses)[16];

static void make_keys(const struct table *tab, const struct eid_leaf *leaf,
		      unsigned int n)
{
	unsigned int i;
	u64 hi, lo;

	for (i = 0; i < LOOKUPS; i++) {
		const struct eid_leaf *l = &leaf[rnd() % n];

		hi = eid_load64(l->key);
		lo = eid_load64(l->key + 8);
		if (l->plen < 64) {
			hi |= rnd() >> l->plen;
			lo = rnd();
		} else if (l->plen < 128) {
			lo |= rnd() >> (l->plen - 64);
		}
		put(hits[i], hi, lo);
		hi = tab->base;
		hi |= tab->shared ? rnd() >> tab->shared : rnd();
		put(misses[i], hi, rnd());
	}
}

static u64 walk(const struct eid_trie *t)
{
	struct eid_leaf *l;
	u8 zero[16] = {};
	u64 start = now_ns();

	l = eid_trie_next(t, zero, -1);
	while (l)
		l = eid_trie_next(t, l->key, l->plen);
	return now_ns() - start;
}

static void bench(const struct table *tab, unsigned int n)
{
	struct eid_leaf *leaf = calloc(n, sizeof(*leaf)), *old;
	double instr_hit, instr_miss, ns_hit, ns_miss;
	u64 start, load, walked, unload, hi, lo;
	unsigned int i, distinct, plen;
	unsigned long bytes, real;
	struct eid_trie t;

	if (!leaf)
		exit(1);
	rnd_state = 20010;
	eid_trie_init(&t, tab->bits, NULL);
	for (i = 0; i < n; i++) {
		hi = 0;
		lo = 0;
		plen = i ? tab->make(i, n, &hi, &lo) : 0;
		if (n == 1)
			plen = tab->make(1, 1, &hi, &lo);
		put(leaf[i].key, hi, lo);
		leaf[i].plen = plen;
	}
	make_keys(tab, leaf, n);
	held_max = 0;
	start = now_ns();
	for (i = 0; i < n; i++)
		if (eid_trie_insert(&t, &leaf[i], &old))
			exit(1);
	load = now_ns() - start;
	distinct = t.count;
	bytes = t.bytes;
	real = held;

	start = now_ns();
	run(eid_trie_lookup, &t, hits, LOOKUPS);
	ns_hit = (double)(now_ns() - start) / LOOKUPS;
	start = now_ns();
	run(eid_trie_lookup, &t, misses, LOOKUPS);
	ns_miss = (double)(now_ns() - start) / LOOKUPS;
	instr_hit = instructions(&t, hits);
	instr_miss = instructions(&t, misses);
	walked = walk(&t);

	start = now_ns();
	for (i = 0; i < n; i++)
		eid_trie_remove(&t, leaf[i].key, leaf[i].plen);
	unload = now_ns() - start;
	if (t.count || t.bytes || held)
		exit(1);
	free(leaf);

	printf("%-18s %8u  %6.1f %6.1f  %6.1f %6.1f  %5.1f %5.1f  %5.0f %5.0f %5.0f\n",
	       tab->name, distinct, instr_hit, instr_miss, ns_hit, ns_miss,
	       (double)bytes / distinct, (double)real / distinct,
	       (double)load / n, (double)walked / n, (double)unload / n);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const unsigned int sizes[] = { 1, 1000, 100000, 1000000 };
	unsigned int i, j;

	hits = calloc(LOOKUPS, sizeof(*hits));
	misses = calloc(LOOKUPS, sizeof(*misses));
	if (!hits || !misses)
		return 1;
	printf("# hit: an address inside a random one of the prefixes; rnd: any address in\n"
	       "# what all share; the first of more than one prefix is the default. Updates\n"
	       "# and next in ns each.\n");
	printf("%-18s %8s  %6s %6s  %6s %6s  %5s %5s  %5s %5s %5s\n",
	       "", "", "instr", "instr", "ns", "ns", "bytes", "bytes", "in-", "", "re-");
	printf("%-18s %8s  %6s %6s  %6s %6s  %5s %5s  %5s %5s %5s\n",
	       "table", "prefixes", "hit", "rnd", "hit", "rnd", "asked", "kmall",
	       "sert", "next", "move");
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			if (argc < 2 || (unsigned int)atoi(argv[1]) == sizes[j])
				bench(&tables[i], sizes[j]);
	return 0;
}
