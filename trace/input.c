/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decoder.h"
#include "input_kind.h"
#include "trace_dat.h"
#include "uninstrumented.h"

#define CHUNK_BYTES ((size_t)1 << 16)

/**
 * struct input - a file being read
 * @fd: where raw bytes come from
 * @at_eof: no more raw bytes
 * @at_end: no more plain bytes
 * @looked: the form of the plain bytes was checked
 * @total: size of the file, 0 when unknown
 * @consumed: raw bytes read so far
 * @error: the first error
 * @decoder: how it is compressed; NULL: it is not
 * @state: of @decoder
 * @raw, @raw_at, @raw_bytes: raw bytes not used yet
 * @text, @text_at, @text_bytes, @text_room: plain bytes not returned yet
 */
struct input {
	int fd;
	bool at_eof;
	bool at_end;
	bool looked;
	uint64_t total;
	uint64_t consumed;
	uint64_t lines;
	bool no_end; /* of the last line */
	const char *error;
	const struct decoder *decoder;
	void *state;
	size_t raw_at;
	size_t raw_bytes;
	char *text;
	size_t text_at;
	size_t text_bytes;
	size_t text_room;
	uint8_t raw[CHUNK_BYTES];
};

/* A signal stops all reading of the process, so this is global. */
static volatile sig_atomic_t stopped;

void input_stop(void)
{
	stopped = 1;
}

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
	} while (got < 0 && errno == EINTR && !stopped);
	if (got < 0)
		return fail(input, strerror(errno));
	input->at_eof = got == 0;
	input->raw_at = 0;
	input->raw_bytes = (size_t)got;
	input->consumed += (uint64_t)got;
	return true;
}

/* Makes room for a chunk after the remaining plain bytes. */
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

/* One step of the decoder. */
static bool decode(struct input *input)
{
	size_t room = input->text_room - input->text_bytes;
	size_t raw_bytes = input->raw_bytes - input->raw_at;
	char *out = input->text + input->text_bytes;
	struct decoder_io io = {
		input->raw + input->raw_at,
		raw_bytes,
		(uint8_t *)out,
		room,
		input->at_eof,
		false,
	};
	const char *error;

	UNINSTRUMENTED_BEGIN();
	error = input->decoder->step(input->state, &io);
	UNINSTRUMENTED_END();
	UNINSTRUMENTED_WROTE(&io, sizeof(io));
	UNINSTRUMENTED_WROTE(out, room - io.out_room);
	input->raw_at = input->raw_bytes - io.in_bytes;
	input->text_bytes += room - io.out_room;
	if (error)
		return fail(input, error);
	input->at_end = io.last && io.ended;
	if (io.last && !io.ended && io.out_room == room &&
	    io.in_bytes == raw_bytes)
		return fail(input, input->decoder->truncated);
	return true;
}

/* Adds plain bytes, or notes that there are no more. */
static bool fill(struct input *input)
{
	size_t bytes;

	if (!make_room(input) || !read_raw(input))
		return false;
	if (input->decoder)
		return decode(input);
	bytes = input->raw_bytes - input->raw_at;
	memcpy(input->text + input->text_bytes, input->raw + input->raw_at,
	       bytes);
	input->text_bytes += bytes;
	input->raw_at = input->raw_bytes;
	input->at_end = input->at_eof;
	return true;
}

/* Is it text, according to its first bytes? */
static bool look(struct input *input)
{
	const char *error;

	while (!input->at_end && input->text_bytes < INPUT_KIND_BYTES) {
		if (!fill(input))
			return false;
	}
	input->looked = true;
	error = input_kind_refused(input->text, input->text_bytes);
	if (error)
		return fail(input, error);
	input->text_at = input_kind_mark(input->text, input->text_bytes);
	return true;
}

/* ---- lines ----------------------------------------------------------- */

/* No line of a tracer is longer; a longer one takes more than one look. */
#define LOOK_BYTES ((size_t)256)

/*
 * The end of a line, from @searched on: at LF, CR LF or CR; else @bytes. Text
 * without any LF is not searched to its end for each CR.
 */
static size_t find_end(const char *start, size_t searched, size_t bytes)
{
	const char *lf, *cr;

	while (searched < bytes) {
		size_t count = bytes - searched;

		if (count > LOOK_BYTES)
			count = LOOK_BYTES;
		lf = memchr(start + searched, '\n', count);
		if (lf)
			count = (size_t)(lf - (start + searched));
		cr = memchr(start + searched, '\r', count);
		if (cr || lf)
			return (size_t)((cr ? cr : lf) - start);
		searched += count;
	}
	return bytes;
}

/*
 * Takes a line of @length and its end. Return: false when the end is not known
 * yet, because an LF may follow a CR.
 */
static bool take_line(struct input *input, size_t length)
{
	const char *start = input->text + input->text_at;
	size_t bytes = input->text_bytes - input->text_at;
	size_t end = 0;

	if (length < bytes) {
		end = 1;
		if (start[length] == '\r') {
			if (length + 1 == bytes && !input->at_end)
				return false;
			end += length + 1 < bytes && start[length + 1] == '\n';
		}
	}
	input->text_at += length + end;
	input->lines++;
	input->no_end = end == 0;
	return true;
}

enum input_status input_line(struct input *input, const char **text,
			     size_t *length)
{
	size_t searched = 0;

	if (input->error || (!input->looked && !look(input)))
		return INPUT_ERROR;
	for (;;) {
		size_t bytes = input->text_bytes - input->text_at;
		size_t end = find_end(input->text + input->text_at, searched,
				      bytes);

		*text = input->text + input->text_at;
		if ((end < bytes || (input->at_end && bytes > 0)) &&
		    take_line(input, end)) {
			*length = input_kind_clean((char *)*text, end);
			return INPUT_LINE;
		}
		if (input->at_end)
			return INPUT_END;
		searched = end;
		if (!fill(input))
			return INPUT_ERROR;
	}
}

bool input_is_cut(const struct input *input, bool whole, char *error,
		  size_t room)
{
	if (!input->no_end || whole)
		return false;
	snprintf(error, room, "it ends in the middle of line %" PRIu64,
		 input->lines);
	return true;
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

/* A pipe may return few bytes at a time: read enough to find the form. */
static bool read_magic(struct input *input)
{
	size_t bytes = 0;

	while (bytes < DECODER_MAGIC_MAX) {
		ssize_t got = read(input->fd, input->raw + bytes,
				   DECODER_MAGIC_MAX - bytes);

		if (got < 0 && errno == EINTR && !stopped)
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

static bool open_decoder(struct input *input)
{
	if (input->decoder->missing)
		return fail(input, input->decoder->missing);
	UNINSTRUMENTED_BEGIN();
	input->state = input->decoder->open();
	UNINSTRUMENTED_END();
	return input->state || fail(input, "out of memory");
}

/* A trace.dat file is converted to text, which is read instead. */
static bool open_trace_dat(struct input *input)
{
	const char *error = NULL;
	int fd = trace_dat_text(input->fd, &error);

	if (fd < 0)
		return fail(input, error);
	if (input->fd > STDERR_FILENO)
		close(input->fd);
	input->fd = fd;
	input->raw_bytes = 0;
	input->consumed = 0;
	input->total = 0;
	return true;
}

static bool find_format(struct input *input)
{
	if (!read_magic(input))
		return false;
	if (input_kind_is_trace_dat((const char *)input->raw, input->raw_bytes))
		return open_trace_dat(input);
	input->decoder = decoder_find(input->raw, input->raw_bytes);
	return !input->decoder || open_decoder(input);
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
	return find_format(input) && look(input);
}

struct input *input_open(const char *path, const char **error)
{
	struct input *input = calloc(1, sizeof(*input));

	if (!input) {
		*error = "out of memory";
		return NULL;
	}
	input->fd = -1;
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
	if (input->state)
		input->decoder->close(input->state);
	if (input->fd > STDERR_FILENO)
		close(input->fd);
	free(input->text);
	free(input);
}
