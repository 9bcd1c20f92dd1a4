/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"
#include "say.h"

bool output_guard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int wrong = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) != -1)
			continue;
		/* The lowest free descriptor: this one. */
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

/* Whether @path, which may not exist, is also what is read from @input. */
static bool is_input(const char *path, const struct stat *file,
		     const char *input)
{
	struct stat info;

	if (strcmp(input, "-") == 0)
		return fstat(STDIN_FILENO, &info) == 0 &&
		       S_ISREG(info.st_mode) && same_file(file, &info);
	return strcmp(path, input) == 0 ||
	       (stat(input, &info) == 0 && same_file(file, &info));
}

static bool is_stream(const struct stat *file, int fd)
{
	struct stat info;

	return S_ISREG(file->st_mode) && fstat(fd, &info) == 0 &&
	       same_file(file, &info);
}

/* Why @path must not be written; NULL: it may be. */
static const char *conflict(const char *path, char *const *inputs, int count)
{
	struct stat file;
	int i;

	memset(&file, 0, sizeof(file));
	(void)stat(path, &file);
	for (i = 0; i < count; i++) {
		if (is_input(path, &file, inputs[i]))
			return "it is the trace";
	}
	if (is_stream(&file, STDOUT_FILENO))
		return "standard output goes there; use -";
	if (is_stream(&file, STDERR_FILENO))
		return "standard error goes there";
	return NULL;
}

FILE *output_open(const char *whose, const char *path, char *const *inputs,
		  int count)
{
	const char *why;
	FILE *file;

	if (strcmp(path, "-") == 0)
		return stdout;
	why = conflict(path, inputs, count);
	if (why) {
		say("%s: will not write %s: %s", whose, path, why);
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
