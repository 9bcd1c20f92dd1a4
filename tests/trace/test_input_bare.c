/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trace/input.h built without any of the optional libraries. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/input.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BUILT "this hvpt was built without "

static void write_file(const char *path, const char *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fclose(file), 0);
}

static void make_path(char path[40])
{
	int fd;

	snprintf(path, 40, "/tmp/hvpt-test-bare-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

/* What is missing is named, with the package that has it. */
static void libraries_are_named(void **state)
{
	static const struct {
		const char *bytes;
		size_t count;
		const char *error;
	} cases[] = {
		{ "\xfd\x37zXZ\0....", 10,
		  "compressed by xz; " BUILT "liblzma (Debian: liblzma-dev)" },
		{ "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", 14,
		  "compressed by lzma; " BUILT
		  "liblzma (Debian: liblzma-dev)" },
		{ "\x1f\x8b\x08.......", 10,
		  "compressed by gzip; " BUILT "zlib (Debian: zlib1g-dev)" },
		{ "BZh9......", 10,
		  "compressed by bzip2; " BUILT "libbz2 (Debian: libbz2-dev)" },
		{ "\x28\xb5\x2f\xfd......", 10,
		  "compressed by zstd; " BUILT
		  "libzstd (Debian: libzstd-dev)" },
		{ "\x50\x2a\x4d\x18......", 10,
		  "compressed by zstd; " BUILT
		  "libzstd (Debian: libzstd-dev)" },
		{ "\x17\x08\x44tracing6", 11,
		  "a trace.dat file; " BUILT "libtracecmd (Debian: "
		  "libtracecmd-dev, libtracefs-dev); give the output of "
		  "trace-cmd report" },
	};
	char path[40];
	size_t i;

	(void)state;
	make_path(path);
	for (i = 0; i < COUNT(cases); i++) {
		const char *error = NULL;

		write_file(path, cases[i].bytes, cases[i].count);
		assert_null(input_open(path, &error));
		assert_string_equal(error, cases[i].error);
	}
	unlink(path);
}

static void plain_text_is_read(void **state)
{
	const char *error = NULL, *text;
	struct input *input;
	char path[40];
	size_t length;

	(void)state;
	make_path(path);
	write_file(path, "a\r\n", 3);
	input = input_open(path, &error);
	assert_non_null(input);
	assert_int_equal(input_line(input, &text, &length), INPUT_LINE);
	assert_int_equal(length, 1);
	assert_int_equal(input_line(input, &text, &length), INPUT_END);
	input_close(input);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries_are_named),
		cmocka_unit_test(plain_text_is_read),
	};

	return cmocka_run_group_tests_name("input_bare", tests, NULL, NULL);
}
