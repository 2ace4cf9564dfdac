/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that get one item at a time. */
#ifndef LISPD_GROW_H
#define LISPD_GROW_H

#include <stdlib.h>

/*
 * Room for one item more than @n of @size bytes: to the next power of two,
 * whenever one is reached. Ends the process when there is no memory.
 */
static inline void *grow(void *array, unsigned int n, size_t size)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * size);
	if (!array)
		abort();
	return array;
}

#endif
