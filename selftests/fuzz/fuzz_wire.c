// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer of ctrld/wire: whatever octets decode must say the same after they
 * were encoded and decoded again (check_property()), and no octets may make
 * decoding or the check of a signature misbehave.
 *
 * With clang's -fsanitize=fuzzer this is a libFuzzer target. Built with
 * -DSTANDALONE it has its own main:
 *
 *	fuzz_wire [-t SECONDS] [-s SEED] [FILE...]
 *
 * which mutates the hand-written messages (and those files) for so long, or,
 * given files and no -t, just runs each of them once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrld/wire/auth.h"
#include "selftests/unit/wire_util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_auth(const uint8_t *data, size_t size)
{
	static const uint8_t secret[] = "LISP";
	struct lisp_key key = { .key_id = 1, .secret = secret, .len = 4 };

	for (key.alg_id = 0; key.alg_id < 5; key.alg_id++) {
		if (lisp_auth_verify(data, size, &key) || key.alg_id)
			continue;
		fprintf(stderr, "accepted without a key\n");
		abort();
	}
}

/* What verifies must also decode: one reading of a message, not two. */
static void check_same_reading(const uint8_t *data, size_t size)
{
	static uint8_t copy[65536];
	struct lisp_key key = { .secret = (const uint8_t *)"LISP", .len = 4 };
	struct lisp_msg m;

	if (size < 16 || size > sizeof(copy))
		return;
	key.key_id = data[12];
	key.alg_id = data[13];
	key.mac_len = data[15];
	memcpy(copy, data, size);
	if (!key.mac_len || lisp_auth_sign(copy, size, &key))
		return;
	if (lisp_auth_verify(copy, size, &key)) {
		fprintf(stderr, "what we sign does not verify\n");
		abort();
	}
	/* Only the trailer, which comes after the records, can be at fault. */
	if (lisp_msg_decode(copy, size, &m, NULL))
		return;
	if (m.type != LISP_INFO && m.reg.auth_end > size)
		abort();
	lisp_msg_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *wrong = check_property(data, size);

	if (wrong) {
		fprintf(stderr, "property violated: %s\n", wrong);
		while (size--)
			fprintf(stderr, "%02x", *data++);
		fprintf(stderr, "\n");
		abort();
	}
	if (size && data[0] >> 4 >= 3 && data[0] >> 4 <= 7) {
		check_auth(data, size);
		check_same_reading(data, size);
	}
	return 0;
}

#ifdef STANDALONE
#define INPUT_MAX	4096
#define CORPUS_MAX	1024

static struct { uint8_t *data; size_t len; } corpus[CORPUS_MAX];
static unsigned int n_corpus;
static uint64_t state;

static uint64_t rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void corpus_add(const uint8_t *data, size_t len)
{
	if (n_corpus == CORPUS_MAX)
		return;
	corpus[n_corpus].data = malloc(len + 1);
	memcpy(corpus[n_corpus].data, data, len);
	corpus[n_corpus++].len = len;
}

static void corpus_add_file(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		exit(2);
	}
	corpus_add(buf, fread(buf, 1, sizeof(buf), f));
	fclose(f);
}

static const uint16_t words[] = { 0, 1, 2, 17, 16387, 16389, 0xffff, 0x8000 };

static size_t mutate_once(uint8_t *d, size_t n)
{
	size_t at = n ? rnd() % n : 0, len;

	switch (rnd() % 8) {
	case 0:				/* one bit */
		if (n)
			d[at] ^= (uint8_t)(1 << rnd() % 8);
		break;
	case 1:				/* one octet */
		if (n)
			d[at] = (uint8_t)rnd();
		break;
	case 2:				/* an octet up or down by one */
		if (n)
			d[at] = (uint8_t)(d[at] + (rnd() & 1 ? 1 : 255));
		break;
	case 3:				/* a telling word */
		if (at + 2 <= n) {
			uint16_t w = words[rnd() % 8];

			d[at] = (uint8_t)(w >> 8);
			d[at + 1] = (uint8_t)w;
		}
		break;
	case 4:				/* cut */
		return at;
	case 5:				/* take some octets out */
		len = n ? rnd() % (n - at) : 0;
		memmove(d + at, d + at + len, n - at - len);
		return n - len;
	case 6:				/* double some octets */
		len = n ? rnd() % (n - at) : 0;
		if (n + len > INPUT_MAX)
			break;
		memmove(d + at + len, d + at, n - at);
		return n + len;
	case 7:				/* put in a piece of another message */
		if (n_corpus) {
			unsigned int c = (unsigned int)(rnd() % n_corpus);

			len = corpus[c].len ? rnd() % corpus[c].len : 0;
			if (n + len > INPUT_MAX)
				break;
			memmove(d + at + len, d + at, n - at);
			memcpy(d + at, corpus[c].data, len);
			return n + len;
		}
	}
	return n;
}

static void run_exact(const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);	/* ASan sees what is beyond */

	memcpy(exact, data, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

static unsigned long run_mutations(unsigned int seconds)
{
	time_t end = time(NULL) + (time_t)seconds;
	static uint8_t buf[INPUT_MAX];
	unsigned long runs = 0;
	unsigned int c, k;
	size_t n;

	while (runs % 1024 || time(NULL) < end) {
		c = (unsigned int)(rnd() % n_corpus);
		n = corpus[c].len;
		memcpy(buf, corpus[c].data, n);
		for (k = 1 + (unsigned int)(rnd() % 6); k; k--)
			n = mutate_once(buf, n);
		run_exact(buf, n);
		runs++;
	}
	return runs;
}

int main(int argc, char **argv)
{
	unsigned int seconds = 0, i;
	uint8_t buf[INPUT_MAX];
	int opt;

	state = 1;
	while ((opt = getopt(argc, argv, "t:s:")) != -1) {
		if (opt == 't')
			seconds = (unsigned int)atoi(optarg);
		else if (opt == 's')
			state = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	for (i = 0; i < n_goldens; i++)
		corpus_add(buf, hex_bytes(goldens[i].hex, buf, sizeof(buf)));
	for (; optind < argc; optind++)
		corpus_add_file(argv[optind]);
	for (i = 0; i < n_corpus; i++)
		run_exact(corpus[i].data, corpus[i].len);
	printf("%lu mutations of %u messages, nothing wrong\n",
	       seconds ? run_mutations(seconds) : 0, n_corpus);
	for (i = 0; i < n_corpus; i++)
		free(corpus[i].data);
	return 0;
}
#endif
