/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decoder.h"

#define TRUNCATED "the .zst data is truncated"

#ifdef HVPT_HAVE_ZSTD
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/**
 * struct zstd - a file of one or more frames
 * @inside: a frame has begun and not ended
 * @after: one has ended
 */
struct zstd {
	ZSTD_DStream *stream;
	bool inside;
	bool after;
};

static void *zstd_open(void)
{
	struct zstd *zstd = calloc(1, sizeof(*zstd));

	if (!zstd)
		return NULL;
	zstd->stream = ZSTD_createDStream();
	if (zstd->stream)
		return zstd;
	free(zstd);
	return NULL;
}

static const char *error_of(const struct zstd *zstd, size_t ret)
{
	switch (ZSTD_getErrorCode(ret)) {
	case ZSTD_error_prefix_unknown:
		if (zstd->after)
			return "other data follows the .zst data";
		return "the .zst data is corrupt";
	case ZSTD_error_frameParameter_windowTooLarge:
		return "the .zst data needs more than 128 MiB to unpack";
	case ZSTD_error_dictionary_wrong:
		return "the .zst data needs a dictionary";
	case ZSTD_error_memory_allocation:
		return "out of memory";
	default:
		return "the .zst data is corrupt";
	}
}

static const char *zstd_step(void *state, struct decoder_io *io)
{
	struct zstd *zstd = state;
	ZSTD_inBuffer in = { io->in, io->in_bytes, 0 };
	ZSTD_outBuffer out = { io->out, io->out_room, 0 };
	size_t ret;

	if (io->in_bytes || zstd->inside) {
		ret = ZSTD_decompressStream(zstd->stream, &out, &in);
		if (ZSTD_isError(ret))
			return error_of(zstd, ret);
		zstd->inside = ret != 0;
		zstd->after = zstd->after || ret == 0;
	}
	io->in += in.pos;
	io->in_bytes -= in.pos;
	io->out += out.pos;
	io->out_room -= out.pos;
	io->ended = !zstd->inside && io->in_bytes == 0;
	return NULL;
}

static void zstd_close(void *state)
{
	struct zstd *zstd = state;

	(void)ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

const struct decoder decoder_zstd = {
	NULL, TRUNCATED, zstd_open, zstd_step, zstd_close,
};
#else
const struct decoder decoder_zstd = {
	"compressed by zstd; this hvpt was built without libzstd (Debian: "
	"libzstd-dev)",
	TRUNCATED,
	NULL,
	NULL,
	NULL,
};
#endif
