/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "app.h"

char *app_add_text(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	*at = '\0';
	return at;
}

char *app_add_number(char *at, UINT32 number, UINT32 base)
{
	char digits[11];
	UINTN first = sizeof(digits) - 1;

	digits[first] = '\0';
	do {
		digits[--first] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	return app_add_text(at, digits + first);
}
