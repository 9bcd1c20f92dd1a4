/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "packer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trace/uninstrumented.h"

#ifdef HVPT_HAVE_LZMA
#include <lzma.h>
#endif

#define OUT_BYTES 65536u

/* Fast: the traced machine has other work to do. */
#define PRESET 1u

struct packer {
	FILE *file;
	bool packs;
#ifdef HVPT_HAVE_LZMA
	lzma_stream stream;
	uint8_t out[OUT_BYTES];
#endif
};

static bool ends_in(const char *path, const char *suffix)
{
	size_t length = strlen(path), letters = strlen(suffix);

	return length > letters && strcmp(path + length - letters, suffix) == 0;
}

const char *packer_refused(const char *path)
{
	static const char *const others[] = { ".gz", ".bz2", ".zst", ".lzma",
					      ".dat" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (ends_in(path, others[i]))
			return "only names in .xz are compressed, and others "
			       "are text";
	}
#ifndef HVPT_HAVE_LZMA
	if (ends_in(path, ".xz"))
		return "this hvpt was built without liblzma (Debian: "
		       "liblzma-dev)";
#endif
	return NULL;
}

#ifdef HVPT_HAVE_LZMA
static bool begin_lzma(struct packer *packer)
{
	static const lzma_stream nothing = LZMA_STREAM_INIT;

	packer->stream = nothing;
	return lzma_easy_encoder(&packer->stream, PRESET, LZMA_CHECK_CRC32) ==
	       LZMA_OK;
}

/* Codes what is in next_in, and writes what comes out. */
static bool code(struct packer *packer, lzma_action action)
{
	lzma_stream *stream = &packer->stream;
	lzma_ret ret;

	do {
		size_t bytes;

		stream->next_out = packer->out;
		stream->avail_out = OUT_BYTES;
		UNINSTRUMENTED_BEGIN();
		ret = lzma_code(stream, action);
		bytes = OUT_BYTES - stream->avail_out;
		UNINSTRUMENTED_WROTE(packer->out, bytes);
		if (ret != LZMA_OK && ret != LZMA_STREAM_END) {
			errno = ENOMEM;
			return false;
		}
		if (fwrite(packer->out, 1, bytes, packer->file) != bytes)
			return false;
	} while (action == LZMA_FINISH ? ret != LZMA_STREAM_END :
					 stream->avail_in > 0);
	return true;
}
#endif

struct packer *packer_open(FILE *file, const char *path)
{
	struct packer *packer = malloc(sizeof(*packer));

	if (!packer)
		return NULL;
	packer->file = file;
	packer->packs = ends_in(path, ".xz");
#ifdef HVPT_HAVE_LZMA
	if (packer->packs && !begin_lzma(packer)) {
		free(packer);
		return NULL;
	}
#endif
	return packer;
}

bool packer_write(struct packer *packer, const char *bytes, size_t count)
{
#ifdef HVPT_HAVE_LZMA
	if (packer->packs) {
		packer->stream.next_in = (const uint8_t *)bytes;
		packer->stream.avail_in = count;
		return code(packer, LZMA_RUN);
	}
#endif
	return fwrite(bytes, 1, count, packer->file) == count;
}

bool packer_close(struct packer *packer)
{
	bool good = true;

	if (!packer)
		return true;
#ifdef HVPT_HAVE_LZMA
	if (packer->packs) {
		good = code(packer, LZMA_FINISH);
		lzma_end(&packer->stream);
	}
#endif
	good = fflush(packer->file) == 0 && good;
	free(packer);
	return good;
}
