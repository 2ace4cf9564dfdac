/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nobody would write down: messages and packets made from a seed.
 */
#ifndef _LISP_RANDOM_H
#define _LISP_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ONE_OF(array)	((array)[random_below(ARRAY_SIZE(array))])

/* random.c */
uint32_t random_below(uint32_t n);
bool random_chance(unsigned int percent);
void random_bytes(void *to, size_t len);
void random_spoil(uint8_t *bytes, size_t len);
size_t random_eid(uint8_t *addr, bool ip6, bool local);
size_t random_rloc(uint8_t *addr, bool ip6);

/* random_message.c */
int random_messages(unsigned long count);
int random_links(unsigned long count);

/* random_packet.c */
int random_packets(unsigned long count, const char *device, const char *mac);

#endif
