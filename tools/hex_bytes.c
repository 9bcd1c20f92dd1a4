/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hex_bytes.h"

#include <string.h>

static int digit_of(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

enum hex_result hex_add(struct hex_bytes *to, const char *text)
{
	while (*text) {
		int high = digit_of(text[0]);
		int low;

		if (*text == ' ' || *text == ':') {
			text++;
			continue;
		}
		if (high < 0)
			return HEX_NO_BYTES;
		if (to->count == to->room)
			return HEX_LONG;
		low = digit_of(text[1]);
		if (low < 0)
			return text[1] ? HEX_NO_BYTES : HEX_HALF;
		to->bytes[to->count++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return HEX_GOOD;
}
