/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * decoder.h - unpack what is compressed, by the library for each form.
 *
 * Each library is optional: HVPT_HAVE_LZMA, HVPT_HAVE_ZLIB, HVPT_HAVE_BZIP2
 * and HVPT_HAVE_ZSTD say which there are (cmake/compression.cmake). A form is
 * known by its first bytes, whether it can be unpacked or not.
 */
#ifndef TRACE_DECODER_H
#define TRACE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes which decoder_find() looks at. */
#define DECODER_MAGIC_MAX 16u

/* More than this to unpack a file is refused: it may be made to take it all. */
#define DECODER_MEMORY_MAX ((uint64_t)256 << 20)

/**
 * struct decoder_io - one step
 * @in, @in_bytes: packed bytes; both advance over what was used
 * @out, @out_room: for plain bytes; both advance over what was written
 * @last: no packed bytes follow @in
 * @ended: out: what was unpacked so far may be all
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
 * struct decoder - how one form is unpacked
 * @missing: what to say when the library is missing; NULL: it is there
 * @truncated: what to say of a file which ends in the middle
 * @open: Return: the state, NULL without memory
 * @step: unpacks something. Return: NULL, or what is wrong
 * @close: frees the state
 */
struct decoder {
	const char *missing;
	const char *truncated;
	void *(*open)(void);
	const char *(*step)(void *state, struct decoder_io *io);
	void (*close)(void *state);
};

/** The form of a file which begins so; NULL: none of them. */
const struct decoder *decoder_find(const uint8_t *bytes, size_t count);

extern const struct decoder decoder_xz;
extern const struct decoder decoder_lzma;
extern const struct decoder decoder_gzip;
extern const struct decoder decoder_bzip2;
extern const struct decoder decoder_zstd;

#endif /* TRACE_DECODER_H */
