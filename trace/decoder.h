/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * decoder.h - decompresses a file with the library of its form.
 *
 * Each library is optional: HVPT_HAVE_LZMA, HVPT_HAVE_ZLIB, HVPT_HAVE_BZIP2
 * and HVPT_HAVE_ZSTD tell which are available (cmake/compression.cmake). A form
 * is recognised by its first bytes, also when its library is missing.
 */
#ifndef TRACE_DECODER_H
#define TRACE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of bytes that decoder_find() reads. */
#define DECODER_MAGIC_MAX 16u

/* The most memory a decoder may use: a hostile file could ask for all of it. */
#define DECODER_MEMORY_MAX ((uint64_t)256 << 20)

/**
 * struct decoder_io - one step
 * @in, @in_bytes: compressed bytes; both advance over the bytes used
 * @out, @out_room: for plain bytes; both advance over the bytes written
 * @last: no compressed bytes follow @in
 * @ended: out: the output so far may be complete
 */
struct decoder_io {
	const uint8_t *in;
	size_t in_bytes;
	uint8_t *out;
	size_t out_room;
	bool last;
	bool ended;
};

/**
 * struct decoder - decompression of one form
 * @missing: the error when the library is missing; NULL: it is available
 * @truncated: the error for a file that ends in the middle
 * @open: Return: the state; NULL without memory
 * @step: decompresses some bytes. Return: NULL, or the error
 * @close: frees the state
 */
struct decoder {
	const char *missing;
	const char *truncated;
	void *(*open)(void);
	const char *(*step)(void *state, struct decoder_io *io);
	void (*close)(void *state);
};

/** The form of a file that begins with @bytes; NULL: not compressed. */
const struct decoder *decoder_find(const uint8_t *bytes, size_t count);

extern const struct decoder decoder_xz;
extern const struct decoder decoder_lzma;
extern const struct decoder decoder_gzip;
extern const struct decoder decoder_bzip2;
extern const struct decoder decoder_zstd;

#endif /* TRACE_DECODER_H */
