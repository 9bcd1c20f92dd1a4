/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading lines from plain and .xz files: trace/input.h. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/input.h"
#include "trace/uninstrumented.h"

/* Longer than the reader's chunks, so that lines lie across their ends. */
#define TEXT_BYTES ((size_t)300000)

struct fixture {
	char dir[64];
	char path[96];
	char *text;
	uint8_t *packed;
	size_t packed_room;
	size_t packed_bytes;
};

static size_t line_length(unsigned line)
{
	return line % 200;
}

/* Lines of lengths 0 .. 199, over and over; the last one has no newline. */
static void make_text(char *text)
{
	unsigned line = 0;
	size_t at = 0;

	while (at < TEXT_BYTES) {
		size_t length = line_length(line);

		if (length > TEXT_BYTES - at)
			length = TEXT_BYTES - at;
		memset(text + at, 'a' + (int)(line % 26), length);
		at += length;
		if (at < TEXT_BYTES)
			text[at++] = '\n';
		line++;
	}
}

static bool pack(struct fixture *f)
{
	lzma_ret ret;

	UNINSTRUMENTED_BEGIN();
	ret = lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL,
				      (const uint8_t *)f->text, TEXT_BYTES,
				      f->packed, &f->packed_bytes,
				      f->packed_room);
	UNINSTRUMENTED_END();
	UNINSTRUMENTED_WROTE(&f->packed_bytes, sizeof(f->packed_bytes));
	UNINSTRUMENTED_WROTE(f->packed, f->packed_room);
	return ret == LZMA_OK;
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	snprintf(f->dir, sizeof(f->dir), "/tmp/hvpt-test-input-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%.63s/trace", f->dir);
	f->text = calloc(1, TEXT_BYTES);
	f->packed_room = lzma_stream_buffer_bound(TEXT_BYTES);
	f->packed = calloc(1, f->packed_room);
	f->packed_bytes = 0;
	if (!f->text || !f->packed)
		return -1;
	make_text(f->text);
	*state = f;
	return pack(f) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->text);
	free(f->packed);
	unlink(f->path);
	return rmdir(f->dir);
}

static void append(struct fixture *f, const void *bytes, size_t count)
{
	FILE *file = fopen(f->path, "ab");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fclose(file), 0);
}

static struct input *must_open(struct fixture *f)
{
	const char *error = NULL;
	struct input *input = input_open(f->path, &error);

	if (!input)
		fail_msg("%s", error);
	return input;
}

/* Reads what is there and compares; gives back how the file ended. */
static enum input_status read_text(struct input *input, const char *text,
				   size_t *bytes)
{
	enum input_status status;
	const char *line;
	size_t length;
	size_t at = 0;

	for (;;) {
		status = input_line(input, &line, &length);
		if (status != INPUT_LINE)
			break;
		assert_true(length <= TEXT_BYTES - at);
		assert_memory_equal(line, text + at, length);
		at += length;
		if (at < TEXT_BYTES) {
			assert_int_equal(text[at], '\n');
			at++;
		}
	}
	*bytes = at;
	return status;
}

static void assert_reads_all(struct fixture *f)
{
	struct input *input = must_open(f);
	const char *line;
	size_t bytes;

	assert_true(input_percent(input) >= 0);
	assert_int_equal(read_text(input, f->text, &bytes), INPUT_END);
	assert_int_equal(bytes, TEXT_BYTES);
	assert_int_equal(input_percent(input), 100);
	assert_int_equal(input_line(input, &line, &bytes), INPUT_END);
	input_close(input);
}

static void test_plain(void **state)
{
	struct fixture *f = *state;

	append(f, f->text, TEXT_BYTES);
	assert_reads_all(f);
}

static void test_xz(void **state)
{
	struct fixture *f = *state;

	append(f, f->packed, f->packed_bytes);
	assert_reads_all(f);
}

/* `cat a.xz b.xz` and padding are good .xz, too. */
static void test_xz_twice(void **state)
{
	static const char padding[8];
	struct fixture *f = *state;
	struct input *input;
	const char *line;
	size_t length;
	size_t sum = 0;

	append(f, f->packed, f->packed_bytes);
	append(f, padding, sizeof(padding));
	append(f, f->packed, f->packed_bytes);
	input = must_open(f);
	while (input_line(input, &line, &length) == INPUT_LINE)
		sum += length + 1;
	assert_null(input_error(input));
	assert_int_equal(sum, 2 * TEXT_BYTES + 1);
	input_close(input);
}

/* What is wrong shows when it is opened, or later. */
static void assert_fails(struct fixture *f, const char *wanted)
{
	const char *error = NULL;
	struct input *input = input_open(f->path, &error);
	const char *line;
	size_t bytes;

	if (input) {
		assert_int_equal(read_text(input, f->text, &bytes),
				 INPUT_ERROR);
		error = input_error(input);
		assert_int_equal(input_line(input, &line, &bytes), INPUT_ERROR);
	}
	assert_string_equal(error, wanted);
	input_close(input);
}

static void test_xz_truncated(void **state)
{
	struct fixture *f = *state;
	size_t cut;

	for (cut = 6; cut < f->packed_bytes; cut += cut < 40 ? 1 : 97) {
		unlink(f->path);
		append(f, f->packed, cut);
		assert_fails(f, "the .xz data is truncated");
	}
	unlink(f->path);
	append(f, f->packed, f->packed_bytes - 1);
	assert_fails(f, "the .xz data is truncated");
}

static void test_xz_corrupt(void **state)
{
	struct fixture *f = *state;

	f->packed[f->packed_bytes / 2] ^= 1;
	append(f, f->packed, f->packed_bytes);
	assert_fails(f, "the .xz data is corrupt");
}

/* A name says nothing. */
static void test_plain_named_xz(void **state)
{
	struct fixture *f = *state;

	snprintf(f->path, sizeof(f->path), "%.63s/trace.xz", f->dir);
	append(f, f->text, TEXT_BYTES);
	assert_reads_all(f);
}

static void test_garbage_after_xz(void **state)
{
	struct fixture *f = *state;

	append(f, f->packed, f->packed_bytes);
	append(f, "more than a few bytes", 21);
	assert_fails(f, "the .xz data is corrupt");
}

static void assert_lines(struct fixture *f, const char *const *wanted)
{
	struct input *input = must_open(f);
	const char *line;
	size_t length;

	for (; *wanted; wanted++) {
		assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
		assert_int_equal(length, strlen(*wanted));
		assert_memory_equal(line, *wanted, length);
	}
	assert_int_equal(input_line(input, &line, &length), INPUT_END);
	input_close(input);
}

static void test_ends_of_lines(void **state)
{
	static const char text[] = "a\nb\r\nc\rd\r\r\ne";
	static const char *const wanted[] = {
		"a", "b", "c", "d", "", "e", NULL
	};
	static const char *const marked[] = { "x", NULL };
	struct fixture *f = *state;

	append(f, text, sizeof(text) - 1);
	assert_lines(f, wanted);
	unlink(f->path);
	append(f, "\xef\xbb\xbfx\r", 5);
	assert_lines(f, marked);
}

/* A CR that ends a chunk, with the LF in the next. */
static void test_cr_between_chunks(void **state)
{
	struct fixture *f = *state;
	size_t chunk = (size_t)1 << 16;
	struct input *input;
	const char *line;
	size_t length;

	memset(f->text, 'x', chunk - 1);
	append(f, f->text, chunk - 1);
	append(f, "\r\ny\n", 4);
	input = must_open(f);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(length, chunk - 1);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(length, 1);
	assert_int_equal(input_line(input, &line, &length), INPUT_END);
	input_close(input);
}

static void test_colours(void **state)
{
	static const char text[] = "\033[01;31m\033[Kmap\033[m\033[K: x\n"
				   "\033]8;;http://a\033\\b\033]0;t\ac\n"
				   "\033(Bd\n"
				   "e\033\n"
				   "f\033[31\n";
	static const char *const wanted[] = { "map: x", "bc", "Bd",
					      "e",	"f",  NULL };
	struct fixture *f = *state;

	append(f, text, sizeof(text) - 1);
	assert_lines(f, wanted);
}

static void test_empty(void **state)
{
	struct fixture *f = *state;
	struct input *input;
	const char *line;
	size_t length;

	append(f, "", 0);
	input = must_open(f);
	assert_int_equal(input_percent(input), -1);
	assert_int_equal(input_line(input, &line, &length), INPUT_END);
	input_close(input);
	append(f, "\n", 1);
	input = must_open(f);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(length, 0);
	assert_int_equal(input_line(input, &line, &length), INPUT_END);
	input_close(input);
}

/* The longest line allowed is read, a longer one is not. */
static void test_long_lines(void **state)
{
	struct fixture *f = *state;
	char *text = malloc(4 * INPUT_LINE_MAX);
	struct input *input;
	const char *line;
	size_t length;

	assert_non_null(text);
	memset(text, 'x', 4 * INPUT_LINE_MAX);
	append(f, text, INPUT_LINE_MAX);
	append(f, "\ny\n", 3);
	input = must_open(f);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(length, INPUT_LINE_MAX);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(length, 1);
	input_close(input);
	append(f, text, 4 * INPUT_LINE_MAX);
	free(text);
	input = must_open(f);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(input_line(input, &line, &length), INPUT_LINE);
	assert_int_equal(input_line(input, &line, &length), INPUT_ERROR);
	assert_string_equal(input_error(input),
			    "a line is longer than 1 MiB; is this text?");
	input_close(input);
}

#define UTF16 "UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8"
#define UTF32 "UTF-32 text; convert it: iconv -f UTF-32 -t UTF-8"

static void test_refused_formats(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *error;
	} cases[] = {
		{ "PERFILE2xxxxxxxx", 16,
		  "a perf.data file; give the output of perf script" },
		{ "\xff\xfe#\0", 4, UTF16 },
		{ "\xfe\xff\0#", 4, UTF16 },
		{ "#\0 \0", 4, UTF16 },
		{ "\0#\0 ", 4, UTF16 },
		{ "\xff\xfe\0\0#\0\0\0", 8, UTF32 },
		{ "\0\0\xfe\xff\0\0\0#", 8, UTF32 },
		{ "#\0\0\0", 4, UTF32 },
		{ "\0\0\0#", 4, UTF32 },
		{ "\0\0\0\0\0", 5, "not text: there are NUL bytes in it" },
		{ "abc\0", 4, "not text: there are NUL bytes in it" },
		{ "\x7f"
		  "ELF\2\1",
		  6, "a program or core dump (ELF), not a trace" },
		{ "\xd4\xc3\xb2\xa1xxxx", 8,
		  "a capture of network packets (pcap), not a trace" },
		{ "\x04\x22\x4d\x18xxxx", 8,
		  "compressed by lz4; unpack it: lz4 -d" },
		{ "PK\3\4xxxx", 8, "a .zip archive; unpack it" },
#ifdef HVPT_HAVE_ZLIB
		{ "\x1f\x8b\x08\0", 4, "the .gz data is truncated" },
		{ "\x1f\x8bxxxxxxxxxxxx", 14, "the .gz data is corrupt" },
#endif
#ifdef HVPT_HAVE_BZIP2
		{ "BZh9", 4, "the .bz2 data is truncated" },
		{ "BZhxxxxxxxx", 11, "the .bz2 data is corrupt" },
#endif
#ifdef HVPT_HAVE_ZSTD
		{ "\x28\xb5\x2f\xfd", 4, "the .zst data is truncated" },
		{ "\x28\xb5\x2f\xfd\x08xxxxxxxxxx", 15,
		  "the .zst data is corrupt" },
#endif
		{ "\xfd\x37zXZ\0xxxxxxxxxx", 16, "the .xz data is corrupt" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *error = NULL;

		unlink(f->path);
		append(f, cases[i].bytes, cases[i].length);
		assert_null(input_open(f->path, &error));
		assert_string_equal(error, cases[i].error);
	}
}

static void test_no_file(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;

	assert_null(input_open(f->path, &error));
	assert_string_equal(error, "No such file or directory");
	assert_null(input_open(f->dir, &error));
	assert_string_equal(error, "Is a directory");
	append(f, "", 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_xz),
		TEST(test_xz_twice),
		TEST(test_xz_truncated),
		TEST(test_xz_corrupt),
		TEST(test_plain_named_xz),
		TEST(test_garbage_after_xz),
		TEST(test_ends_of_lines),
		TEST(test_cr_between_chunks),
		TEST(test_colours),
		TEST(test_empty),
		TEST(test_long_lines),
		TEST(test_refused_formats),
		TEST(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
