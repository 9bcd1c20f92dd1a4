/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What freestanding C may call. Volatile, so that no loop becomes a call of the
 * function itself.
 */
#include <stddef.h>

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);

void *memset(void *to, int value, size_t bytes)
{
	volatile unsigned char *at = to;

	while (bytes--)
		*at++ = (unsigned char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	volatile unsigned char *at = to;
	const unsigned char *source = from;

	while (bytes--)
		*at++ = *source++;
	return to;
}
