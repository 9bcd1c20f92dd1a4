/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hex_bytes.h - bytes written in hexadecimal.
 */
#ifndef TOOLS_HEX_BYTES_H
#define TOOLS_HEX_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum hex_result {
	HEX_GOOD = 0,
	HEX_NO_BYTES = 1, /* another character */
	HEX_HALF = 2,	  /* an odd number of digits */
	HEX_LONG = 3,	  /* more than there is room for */
};

/** @bytes has @room; @count are there. */
struct hex_bytes {
	uint8_t *bytes;
	size_t room;
	size_t count;
};

/**
 * hex_add() - add the bytes that @text has
 *
 * Spaces and colons between bytes are ignored. After a failure some bytes may
 * have been added.
 */
enum hex_result hex_add(struct hex_bytes *to, const char *text);

#endif /* TOOLS_HEX_BYTES_H */
