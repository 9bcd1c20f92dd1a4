/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hex.h - numbers in what a QEMU answers.
 */
#ifndef ORACLE_QEMU_HEX_H
#define ORACLE_QEMU_HEX_H

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/**
 * hex_read() - read a hexadecimal number, after any blanks
 * @at: in/out: the text, and where it goes on
 * @value: out
 *
 * Return: false when there is none, or it has more than 64 bits.
 */
static inline bool hex_read(const char **at, uint64_t *value)
{
	char *end;

	while (**at == ' ')
		++*at;
	if (!isxdigit((unsigned char)**at))
		return false;
	errno = 0;
	*value = strtoull(*at, &end, 16);
	*at = end;
	return errno == 0;
}

#endif /* ORACLE_QEMU_HEX_H */
