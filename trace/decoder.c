/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decoder.h"

#include <string.h>

static bool starts(const uint8_t *bytes, size_t count, const char *magic,
		   size_t length)
{
	return count >= length && memcmp(bytes, magic, length) == 0;
}

/* There is no magic: the usual property byte, a dictionary size, a size. */
static bool is_lzma_alone(const uint8_t *bytes, size_t count)
{
	return starts(bytes, count, "\x5d\0\0", 3) && count > 12 &&
	       (bytes[12] == 0 || bytes[12] == 0xff);
}

/* A frame, or a skippable frame, which pzstd puts first. */
static bool is_zstd(const uint8_t *bytes, size_t count)
{
	return starts(bytes, count, "\x28\xb5\x2f\xfd", 4) ||
	       (count >= 4 && (bytes[0] & 0xf0) == 0x50 &&
		memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0);
}

const struct decoder *decoder_find(const uint8_t *bytes, size_t count)
{
	if (starts(bytes, count, "\xfd\x37zXZ\0", 6))
		return &decoder_xz;
	if (is_lzma_alone(bytes, count))
		return &decoder_lzma;
	if (starts(bytes, count, "\x1f\x8b", 2))
		return &decoder_gzip;
	if (starts(bytes, count, "BZh", 3))
		return &decoder_bzip2;
	if (is_zstd(bytes, count))
		return &decoder_zstd;
	return NULL;
}
