/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uninstrumented.h"

#define CHUNK_BYTES ((size_t)1 << 16)

/* Enough for every preset of xz; keeps a crafted file from taking it all. */
#define XZ_MEMORY_MAX ((uint64_t)256 << 20)

/**
 * struct input - a file being read
 * @fd: where raw bytes come from
 * @xz: they are compressed
 * @at_eof: no more raw bytes
 * @total: size of the file, 0 when unknown
 * @consumed: raw bytes read so far
 * @error: the first thing that went wrong
 * @decoder: for @xz
 * @raw, @raw_at, @raw_bytes: raw bytes not used yet
 * @text, @text_at, @text_bytes, @text_room: plain bytes not handed on yet
 */
struct input {
	int fd;
	bool xz;
	bool at_eof;
	uint64_t total;
	uint64_t consumed;
	const char *error;
	lzma_stream decoder;
	size_t raw_at;
	size_t raw_bytes;
	char *text;
	size_t text_at;
	size_t text_bytes;
	size_t text_room;
	uint8_t raw[CHUNK_BYTES];
};

static bool fail(struct input *input, const char *error)
{
	input->error = error;
	return false;
}

/* Fills @raw when it is empty. */
static bool read_raw(struct input *input)
{
	ssize_t got;

	if (input->raw_at < input->raw_bytes || input->at_eof)
		return true;
	do {
		got = read(input->fd, input->raw, sizeof(input->raw));
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fail(input, strerror(errno));
	input->at_eof = got == 0;
	input->raw_at = 0;
	input->raw_bytes = (size_t)got;
	input->consumed += (uint64_t)got;
	return true;
}

/* Makes room for a chunk behind the plain bytes which are left. */
static bool make_room(struct input *input)
{
	char *larger;

	if (input->text_at > 0) {
		memmove(input->text, input->text + input->text_at,
			input->text_bytes - input->text_at);
		input->text_bytes -= input->text_at;
		input->text_at = 0;
	}
	if (input->text_room - input->text_bytes >= CHUNK_BYTES)
		return true;
	if (input->text_bytes > INPUT_LINE_MAX)
		return fail(input,
			    "a line is longer than 1 MiB; is this text?");
	larger = realloc(input->text, input->text_room * 2 + CHUNK_BYTES);
	if (!larger)
		return fail(input, "out of memory");
	input->text = larger;
	input->text_room = input->text_room * 2 + CHUNK_BYTES;
	return true;
}

static const char *xz_error(lzma_ret ret)
{
	switch (ret) {
	case LZMA_FORMAT_ERROR:
		return "not in .xz format, whatever the name says";
	case LZMA_BUF_ERROR:
		return "the .xz data is truncated";
	case LZMA_DATA_ERROR:
		return "the .xz data is corrupt";
	case LZMA_MEMLIMIT_ERROR:
		return "the .xz data needs more than 256 MiB to unpack";
	case LZMA_OPTIONS_ERROR:
		return "the .xz data uses an unknown compression option";
	case LZMA_MEM_ERROR:
		return "out of memory";
	default:
		return "the .xz data cannot be unpacked";
	}
}

/* One step of the decoder; @more tells whether plain bytes can follow. */
static bool decode(struct input *input, bool *more)
{
	lzma_stream *decoder = &input->decoder;
	size_t room = input->text_room - input->text_bytes;
	lzma_ret ret;

	decoder->next_in = input->raw + input->raw_at;
	decoder->avail_in = input->raw_bytes - input->raw_at;
	decoder->next_out = (uint8_t *)input->text + input->text_bytes;
	decoder->avail_out = room;
	UNINSTRUMENTED_BEGIN();
	ret = lzma_code(decoder, input->at_eof ? LZMA_FINISH : LZMA_RUN);
	UNINSTRUMENTED_END();
	input->raw_at = input->raw_bytes - decoder->avail_in;
	UNINSTRUMENTED_WROTE(input->text + input->text_bytes,
			     room - decoder->avail_out);
	input->text_bytes += room - decoder->avail_out;
	*more = ret == LZMA_OK;
	if (ret != LZMA_OK && ret != LZMA_STREAM_END)
		return fail(input, xz_error(ret));
	return true;
}

/* Adds plain bytes; @more is false when there will be no others. */
static bool fill(struct input *input, bool *more)
{
	size_t bytes;

	if (!make_room(input) || !read_raw(input))
		return false;
	if (input->xz)
		return decode(input, more);
	bytes = input->raw_bytes - input->raw_at;
	memcpy(input->text + input->text_bytes, input->raw + input->raw_at,
	       bytes);
	input->text_bytes += bytes;
	input->raw_at = input->raw_bytes;
	*more = !input->at_eof;
	return true;
}

enum input_status input_line(struct input *input, const char **text,
			     size_t *length)
{
	size_t searched = 0;
	bool more = true;

	if (input->error)
		return INPUT_ERROR;
	for (;;) {
		const char *start = input->text + input->text_at;
		size_t bytes = input->text_bytes - input->text_at;
		const char *newline = NULL;

		if (bytes > searched)
			newline = memchr(start + searched, '\n',
					 bytes - searched);
		if (newline || (!more && bytes > 0)) {
			*text = start;
			*length = newline ? (size_t)(newline - start) : bytes;
			input->text_at += *length + (newline ? 1 : 0);
			return INPUT_LINE;
		}
		if (!more)
			return INPUT_END;
		searched = bytes;
		if (!fill(input, &more))
			return INPUT_ERROR;
	}
}

const char *input_error(const struct input *input)
{
	return input->error;
}

int input_percent(const struct input *input)
{
	if (input->total == 0)
		return -1;
	if (input->consumed >= input->total)
		return 100;
	return (int)(input->consumed * 100 / input->total);
}

/* ---- opening --------------------------------------------------------- */

struct magic {
	const char *bytes;
	size_t length;
	const char *error; /* NULL: xz */
};

static const struct magic magics[] = {
	{ "\xfd"
	  "7zXZ\0",
	  6, NULL },
	{ "\x1f\x8b", 2, "compressed by gzip; only .xz is understood" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd; only .xz is understood" },
	{ "BZh", 3, "compressed by bzip2; only .xz is understood" },
	{ "PERFILE2", 8, "a perf.data file; give the output of perf script" },
	{ "\x17\x08\x44tracing", 10,
	  "a trace.dat file; give the output of trace-cmd report" },
};

static bool ends_with(const char *text, const char *end)
{
	size_t text_length = strlen(text);
	size_t end_length = strlen(end);

	return text_length >= end_length &&
	       strcmp(text + text_length - end_length, end) == 0;
}

/* A pipe may give few bytes at a time: enough of them to tell. */
static bool read_magic(struct input *input)
{
	size_t bytes = 0;

	while (bytes < 16) {
		ssize_t got = read(input->fd, input->raw + bytes, 16 - bytes);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(input, strerror(errno));
		if (got == 0)
			break;
		bytes += (size_t)got;
	}
	input->raw_bytes = bytes;
	input->consumed = bytes;
	return true;
}

static bool find_format(struct input *input, const char *path)
{
	size_t i;

	if (!read_magic(input))
		return false;
	input->xz = ends_with(path, ".xz");
	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *magic = &magics[i];

		if (input->raw_bytes < magic->length ||
		    memcmp(input->raw, magic->bytes, magic->length) != 0)
			continue;
		if (magic->error)
			return fail(input, magic->error);
		input->xz = true;
	}
	return true;
}

static bool start(struct input *input, const char *path)
{
	struct stat info;

	input->fd = STDIN_FILENO;
	if (strcmp(path, "-") != 0)
		input->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0 || fstat(input->fd, &info) != 0)
		return fail(input, strerror(errno));
	if (S_ISDIR(info.st_mode))
		return fail(input, strerror(EISDIR));
	if (S_ISREG(info.st_mode) && info.st_size > 0)
		input->total = (uint64_t)info.st_size;
	if (!find_format(input, path) || !make_room(input))
		return false;
	if (!input->xz)
		return true;
	if (lzma_stream_decoder(&input->decoder, XZ_MEMORY_MAX,
				LZMA_CONCATENATED) != LZMA_OK)
		return fail(input, "out of memory");
	return true;
}

struct input *input_open(const char *path, const char **error)
{
	static const lzma_stream no_decoder = LZMA_STREAM_INIT;
	struct input *input = calloc(1, sizeof(*input));

	if (!input) {
		*error = "out of memory";
		return NULL;
	}
	input->fd = -1;
	input->decoder = no_decoder;
	if (start(input, path))
		return input;
	*error = input->error;
	input_close(input);
	return NULL;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	lzma_end(&input->decoder);
	if (input->fd > STDERR_FILENO)
		close(input->fd);
	free(input->text);
	free(input);
}
