/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"
#include "trace/say.h"

bool output_guard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int wrong = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) != -1)
			continue;
		/* The lowest free descriptor is this one. */
		if (errno != EBADF || open("/dev/null", wrong) != fd)
			return false;
	}
	return true;
}

int output_end(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	say("hvpt: cannot write standard output: %s", strerror(errno));
	return code == EXIT_ALL_WELL ? EXIT_BAD_INPUT : code;
}

/* ---- opening --------------------------------------------------------- */

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is @file the same file as @input, which may not exist? */
static bool is_input(const struct stat *file, const char *input)
{
	struct stat info;

	if (strcmp(input, "-") == 0)
		return fstat(STDIN_FILENO, &info) == 0 &&
		       S_ISREG(info.st_mode) && same_file(file, &info);
	return stat(input, &info) == 0 && same_file(file, &info);
}

static bool is_stream(const struct stat *file, int fd)
{
	struct stat info;

	return S_ISREG(file->st_mode) && fstat(fd, &info) == 0 &&
	       same_file(file, &info);
}

const char *output_conflict(const char *path, const char *const *inputs,
			    int count)
{
	struct stat file;
	int i;

	memset(&file, 0, sizeof(file));
	(void)stat(path, &file);
	for (i = 0; i < count; i++) {
		if (strcmp(path, inputs[i]) == 0 || is_input(&file, inputs[i]))
			return "it is the trace";
	}
	if (is_stream(&file, STDOUT_FILENO))
		return "standard output goes there";
	if (is_stream(&file, STDERR_FILENO))
		return "standard error goes there";
	return NULL;
}

/* The file of @fd, which a message could damage. */
static bool reads_from(int fd, const char *const *inputs, int count)
{
	struct stat file;
	int i;

	if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
		return false;
	for (i = 0; i < count; i++) {
		if (is_input(&file, inputs[i]))
			return true;
	}
	return false;
}

bool output_streams_differ(const char *whose, const char *const *inputs,
			   int count)
{
	bool out = reads_from(STDOUT_FILENO, inputs, count);
	bool err = reads_from(STDERR_FILENO, inputs, count);

	if (err && !out)
		printf("%s: standard error goes to the trace\n", whose);
	if (out && !err)
		say("%s: standard output goes to the trace", whose);
	return !out && !err;
}

FILE *output_open(const char *whose, const char *path,
		  const char *const *inputs, int count)
{
	const char *why;
	FILE *file;

	if (strcmp(path, "-") == 0)
		return stdout;
	why = output_conflict(path, inputs, count);
	if (why) {
		say("%s: will not write %s: %s; - is standard output", whose,
		    path, why);
		return NULL;
	}
	file = fopen(path, "w");
	if (!file)
		say("%s: cannot write %s: %s", whose, path, strerror(errno));
	return file;
}

bool output_close(const char *whose, const char *path, FILE *file)
{
	bool good;

	if (!file || file == stdout)
		return true;
	good = fflush(file) == 0 && !ferror(file);
	if (good)
		good = fclose(file) == 0;
	else
		(void)fclose(file);
	if (!good)
		say("%s: cannot write %s: %s", whose, path, strerror(errno));
	return good;
}
