/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decoder.h"

#define TRUNCATED "the .gz data is truncated"

#ifdef HVPT_HAVE_ZLIB
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The largest window; 16 means with a gzip header. */
#define WINDOW_BITS (15 + 16)

/**
 * struct gzip - a file of one or more members
 * @between: a member has ended, and no other has begun
 */
struct gzip {
	z_stream stream;
	bool between;
};

static void *gzip_open(void)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip && inflateInit2(&gzip->stream, WINDOW_BITS) == Z_OK)
		return gzip;
	free(gzip);
	return NULL;
}

/* Another member may follow, or zeros up to the end of a tape block. */
static const char *next_member(struct gzip *gzip, struct decoder_io *io)
{
	while (io->in_bytes && *io->in == 0) {
		io->in++;
		io->in_bytes--;
	}
	if (io->in_bytes == 0)
		return NULL;
	if (*io->in != 0x1f || inflateReset(&gzip->stream) != Z_OK)
		return "other data follows the .gz data";
	gzip->between = false;
	return NULL;
}

static unsigned at_most(size_t bytes)
{
	return bytes < UINT_MAX ? (unsigned)bytes : UINT_MAX;
}

static int inflate_some(struct gzip *gzip, struct decoder_io *io)
{
	z_stream *stream = &gzip->stream;
	unsigned in_bytes = at_most(io->in_bytes);
	unsigned out_room = at_most(io->out_room);
	int ret;

	stream->next_in = (z_const Bytef *)io->in;
	stream->avail_in = in_bytes;
	stream->next_out = io->out;
	stream->avail_out = out_room;
	ret = inflate(stream, Z_NO_FLUSH);
	io->in += in_bytes - stream->avail_in;
	io->in_bytes -= in_bytes - stream->avail_in;
	io->out += out_room - stream->avail_out;
	io->out_room -= out_room - stream->avail_out;
	return ret;
}

static const char *gzip_step(void *state, struct decoder_io *io)
{
	struct gzip *gzip = state;
	const char *error = gzip->between ? next_member(gzip, io) : NULL;

	if (!error && !gzip->between) {
		switch (inflate_some(gzip, io)) {
		case Z_STREAM_END:
			gzip->between = true;
			break;
		case Z_OK:
		case Z_BUF_ERROR: /* no progress: the caller detects that */
			break;
		case Z_MEM_ERROR:
			error = "out of memory";
			break;
		default:
			error = "the .gz data is corrupt";
		}
	}
	io->ended = gzip->between && io->in_bytes == 0;
	return error;
}

static void gzip_close(void *state)
{
	struct gzip *gzip = state;

	(void)inflateEnd(&gzip->stream);
	free(gzip);
}

const struct decoder decoder_gzip = {
	NULL, TRUNCATED, gzip_open, gzip_step, gzip_close,
};
#else
const struct decoder decoder_gzip = {
	"compressed by gzip; this hvpt was built without zlib (Debian: "
	"zlib1g-dev)",
	TRUNCATED,
	NULL,
	NULL,
	NULL,
};
#endif
