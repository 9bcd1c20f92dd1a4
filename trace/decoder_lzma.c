/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decoder.h"

/* Both forms of liblzma: .xz, and the older .lzma. */
#define TRUNCATED(form) "the " form " data is truncated"

#ifdef HVPT_HAVE_LZMA
#include <lzma.h>
#include <stdlib.h>

static void *lzma_open(void)
{
	static const lzma_stream nothing = LZMA_STREAM_INIT;
	lzma_stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return NULL;
	*stream = nothing;
	if (lzma_auto_decoder(stream, DECODER_MEMORY_MAX, LZMA_CONCATENATED) ==
	    LZMA_OK)
		return stream;
	free(stream);
	return NULL;
}

/** The error messages of one form. */
struct wrong {
	const char *corrupt;
	const char *memory;
	const char *option;
	const char *other;
};

#define WRONG(form)                                                            \
	{                                                                      \
		"the " form " data is corrupt",                                \
			"the " form " data needs more than 256 MiB to unpack", \
			"the " form                                            \
			" data uses an unknown compression option",            \
			"the " form " data cannot be unpacked",                \
	}

static const char *error_of(const struct wrong *wrong, lzma_ret ret)
{
	switch (ret) {
	case LZMA_OK:
	case LZMA_STREAM_END:
	case LZMA_BUF_ERROR: /* no progress: the caller detects that */
		return NULL;
	case LZMA_FORMAT_ERROR:
	case LZMA_DATA_ERROR: /* also data after the end in another form */
		return wrong->corrupt;
	case LZMA_MEMLIMIT_ERROR:
		return wrong->memory;
	case LZMA_OPTIONS_ERROR:
		return wrong->option;
	case LZMA_MEM_ERROR:
		return "out of memory";
	default:
		return wrong->other;
	}
}

static lzma_ret unpack(void *state, struct decoder_io *io)
{
	lzma_stream *stream = state;
	lzma_ret ret;

	stream->next_in = io->in;
	stream->avail_in = io->in_bytes;
	stream->next_out = io->out;
	stream->avail_out = io->out_room;
	ret = lzma_code(stream, io->last ? LZMA_FINISH : LZMA_RUN);
	io->in = stream->next_in;
	io->in_bytes = stream->avail_in;
	io->out = stream->next_out;
	io->out_room = stream->avail_out;
	io->ended = ret == LZMA_STREAM_END;
	return ret;
}

static const char *xz_step(void *state, struct decoder_io *io)
{
	static const struct wrong wrong = WRONG(".xz");

	return error_of(&wrong, unpack(state, io));
}

static const char *lzma_step(void *state, struct decoder_io *io)
{
	static const struct wrong wrong = WRONG(".lzma");

	return error_of(&wrong, unpack(state, io));
}

static void lzma_close(void *state)
{
	lzma_end(state);
	free(state);
}

const struct decoder decoder_xz = {
	NULL, TRUNCATED(".xz"), lzma_open, xz_step, lzma_close,
};
const struct decoder decoder_lzma = {
	NULL, TRUNCATED(".lzma"), lzma_open, lzma_step, lzma_close,
};
#else
#define MISSING(form)                                                          \
	"compressed by " form "; this hvpt was built without liblzma "         \
	"(Debian: liblzma-dev)"

const struct decoder decoder_xz = {
	MISSING("xz"), TRUNCATED(".xz"), NULL, NULL, NULL,
};
const struct decoder decoder_lzma = {
	MISSING("lzma"), TRUNCATED(".lzma"), NULL, NULL, NULL,
};
#endif
