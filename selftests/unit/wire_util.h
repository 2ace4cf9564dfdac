/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests and the fuzzer of ctrld/wire share */
#ifndef WIRE_UTIL_H
#define WIRE_UTIL_H

#include "ctrld/wire/msg.h"

/*
 * A message written down octet by octet from the figures of its RFC: hex
 * digits, in which blanks are free.
 */
struct golden {
	const char *name, *hex;
	bool ours;	/* our encoder makes these very octets of its contents */
};

extern const struct golden goldens[];
extern const unsigned int n_goldens;

size_t hex_bytes(const char *hex, uint8_t *out, size_t size);
/* The octets of the golden message @name. */
size_t golden_bytes(const char *name, uint8_t *out, size_t size);

/* NULL when both say the same, else what differs. */
const char *msg_differs(const struct lisp_msg *a, const struct lisp_msg *b);

/* Locators as the encoder writes them: by address, equal ones in their order */
void msg_sort(struct lisp_msg *m);

/*
 * What must hold for any octets: if they decode, what they say survives
 * encoding and decoding. NULL, or what does not hold.
 */
const char *check_property(const uint8_t *buf, size_t len);

struct lisp_addr addr_of(const char *s);	/* aborts when it is none */
struct lisp_eid eid_of(const char *s);

#endif
