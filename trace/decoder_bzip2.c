/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decoder.h"

#define TRUNCATED "the .bz2 data is truncated"

#ifdef HVPT_HAVE_BZIP2
#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct bzip2 - a file of one or more streams
 * @between: a stream has ended, and no other has begun
 */
struct bzip2 {
	bz_stream stream;
	bool between;
};

static bool begin(struct bzip2 *bzip2)
{
	memset(&bzip2->stream, 0, sizeof(bzip2->stream));
	bzip2->between = false;
	return BZ2_bzDecompressInit(&bzip2->stream, 0, 0) == BZ_OK;
}

static void *bzip2_open(void)
{
	struct bzip2 *bzip2 = malloc(sizeof(*bzip2));

	if (bzip2 && begin(bzip2))
		return bzip2;
	free(bzip2);
	return NULL;
}

static const char *next_stream(struct bzip2 *bzip2, const struct decoder_io *io)
{
	if (io->in_bytes == 0)
		return NULL;
	if (*io->in != 'B')
		return "other data follows the .bz2 data";
	(void)BZ2_bzDecompressEnd(&bzip2->stream);
	return begin(bzip2) ? NULL : "out of memory";
}

static unsigned at_most(size_t bytes)
{
	return bytes < UINT_MAX ? (unsigned)bytes : UINT_MAX;
}

static int decompress_some(struct bzip2 *bzip2, struct decoder_io *io)
{
	bz_stream *stream = &bzip2->stream;
	unsigned in_bytes = at_most(io->in_bytes);
	unsigned out_room = at_most(io->out_room);
	int ret;

	/* The library does not write to it, although it is not const. */
	stream->next_in = (char *)(uintptr_t)io->in;
	stream->avail_in = in_bytes;
	stream->next_out = (char *)io->out;
	stream->avail_out = out_room;
	ret = BZ2_bzDecompress(stream);
	io->in += in_bytes - stream->avail_in;
	io->in_bytes -= in_bytes - stream->avail_in;
	io->out += out_room - stream->avail_out;
	io->out_room -= out_room - stream->avail_out;
	return ret;
}

static const char *bzip2_step(void *state, struct decoder_io *io)
{
	struct bzip2 *bzip2 = state;
	const char *error = bzip2->between ? next_stream(bzip2, io) : NULL;

	if (!error && !bzip2->between) {
		switch (decompress_some(bzip2, io)) {
		case BZ_STREAM_END:
			bzip2->between = true;
			break;
		case BZ_OK: /* also without progress: the caller detects that */
			break;
		case BZ_MEM_ERROR:
			error = "out of memory";
			break;
		default:
			error = "the .bz2 data is corrupt";
		}
	}
	io->ended = bzip2->between && io->in_bytes == 0;
	return error;
}

static void bzip2_close(void *state)
{
	struct bzip2 *bzip2 = state;

	(void)BZ2_bzDecompressEnd(&bzip2->stream);
	free(bzip2);
}

const struct decoder decoder_bzip2 = {
	NULL, TRUNCATED, bzip2_open, bzip2_step, bzip2_close,
};
#else
const struct decoder decoder_bzip2 = {
	"compressed by bzip2; this hvpt was built without libbz2 (Debian: "
	"libbz2-dev)",
	TRUNCATED,
	NULL,
	NULL,
	NULL,
};
#endif
