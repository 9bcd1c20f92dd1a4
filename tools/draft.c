/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "trace/say.h"

/* ---- signals --------------------------------------------------------- */

/* Signals that end the process, and that a program may catch. */
static const int ends[] = {
	SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ,
};

/* A handler cannot be given them. */
static struct draft *volatile drafts;
static pid_t owner;

void drafts_abandon(void)
{
	const struct draft *draft;

	/* A child has the list, but not the files. */
	if (getpid() != owner)
		return;
	for (draft = drafts; draft; draft = draft->next) {
		if (draft->name[0])
			(void)unlink(draft->name);
	}
}

static void end_process(int number)
{
	drafts_abandon();
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

/* Who handles a signal, or ignores it, goes on to do so. */
static void catch_ends(void)
{
	struct sigaction action, before;
	size_t i;

	owner = getpid();
	memset(&action, 0, sizeof(action));
	action.sa_handler = end_process;
	sigfillset(&action.sa_mask);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (sigaction(ends[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			(void)sigaction(ends[i], &action, NULL);
	}
}

/* ---- opening --------------------------------------------------------- */

static bool cannot(const struct draft *draft, const char *why)
{
	say("%s: cannot write %.200s: %s", draft->whose, draft->path, why);
	return false;
}

/* Is it a device, a pipe or no name? So is a folder: it cannot be opened. */
static bool is_special(const char *path)
{
	struct stat info;

	return path[0] == '\0' || strcmp(path, "-") == 0 ||
	       (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

/* Its name without links. @info: of the file, if it is there. */
static bool find_target(struct draft *draft, struct stat *info)
{
	char *real;

	memset(info, 0, sizeof(*info));
	memcpy(draft->target, draft->path, sizeof(draft->target));
	if (lstat(draft->path, info) != 0)
		return true;
	if (stat(draft->path, info) != 0)
		return cannot(draft, "it is a link to nothing");
	if ((info->st_mode & 0222) == 0)
		return cannot(draft, "it is read-only");
	if (access(draft->path, W_OK) != 0)
		return cannot(draft, strerror(errno));
	real = realpath(draft->path, NULL);
	if (!real || strlen(real) >= sizeof(draft->target))
		return cannot(draft, strerror(real ? ENAMETOOLONG : errno));
	memcpy(draft->target, real, strlen(real) + 1);
	free(real);
	return true;
}

/*
 * The mode and the owner of @before; of a file that is new, the usual mode.
 * Where that cannot be, the file stays its maker's alone.
 */
static void copy_mode(int fd, const struct stat *before)
{
	mode_t mask, mode = before->st_mode & 0777;

	if (before->st_mode == 0) {
		mask = umask(0);
		(void)umask(mask);
		mode = 0666 & ~mask;
	} else if (fchown(fd, before->st_uid, before->st_gid) != 0) {
		return;
	}
	(void)fchmod(fd, mode);
}

/* No signal comes between the file and its place in the list. */
static int make_draft(struct draft *draft)
{
	sigset_t all, before;
	int fd;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	fd = mkostemp(draft->name, O_CLOEXEC);
	if (fd >= 0) {
		draft->next = drafts;
		drafts = draft;
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return fd;
}

/* In the same folder, or it could not replace the file. */
static bool name_draft(struct draft *draft)
{
	return snprintf(draft->name, sizeof(draft->name), "%s.new-XXXXXX",
			draft->target) < (int)sizeof(draft->name);
}

static bool cannot_make(const struct draft *draft)
{
	const char *slash = strrchr(draft->target, '/');

	if (errno != ENOENT || !slash)
		return cannot(draft, strerror(errno));
	say("%s: cannot write %.200s: there is no folder %.*s", draft->whose,
	    draft->path, (int)(slash - draft->target), draft->target);
	return false;
}

static bool open_draft(struct draft *draft)
{
	struct stat before;
	int fd;

	if (!find_target(draft, &before))
		return false;
	if (!name_draft(draft))
		return cannot(draft, strerror(ENAMETOOLONG));
	fd = make_draft(draft);
	if (fd < 0) {
		draft->name[0] = '\0';
		return cannot_make(draft);
	}
	copy_mode(fd, &before);
	draft->out = fdopen(fd, "w");
	if (draft->out)
		return true;
	(void)cannot(draft, strerror(errno));
	(void)close(fd);
	draft_drop(draft);
	return false;
}

bool draft_open(struct draft *draft, const char *whose, const char *path,
		const char *const *inputs, int count)
{
	const char *why = output_conflict(path, inputs, count);
	int length;

	memset(draft, 0, sizeof(*draft));
	draft->whose = whose;
	length = snprintf(draft->path, sizeof(draft->path), "%s", path);
	if (length >= (int)sizeof(draft->path))
		return cannot(draft, strerror(ENAMETOOLONG));
	if (is_special(path)) {
		draft->out = output_open(whose, path, inputs, count);
		return draft->out != NULL;
	}
	if (why) {
		say("%s: will not write %s: %s; - is standard output", whose,
		    path, why);
		return false;
	}
	catch_ends();
	return open_draft(draft);
}

/* ---- closing --------------------------------------------------------- */

/* The list before the name, which a signal may read. */
static void forget(struct draft *draft)
{
	struct draft *volatile *at = &drafts;

	while (*at && *at != draft)
		at = &(*at)->next;
	if (*at)
		*at = draft->next;
	draft->name[0] = '\0';
}

bool draft_end(struct draft *draft)
{
	FILE *out = draft->out;

	draft->out = NULL;
	if (out == stdout)
		return fflush(stdout) == 0 && !ferror(stdout);
	return output_close(draft->whose, draft->path, out);
}

bool draft_keep(struct draft *draft, bool part)
{
	bool good = draft_end(draft);

	if ((good || part) && draft->name[0]) {
		if (rename(draft->name, draft->target) == 0)
			forget(draft);
		else
			good = cannot(draft, strerror(errno));
	}
	draft_drop(draft);
	return good;
}

void draft_drop(struct draft *draft)
{
	if (draft->out && draft->out != stdout)
		(void)fclose(draft->out);
	draft->out = NULL;
	if (draft->name[0])
		(void)unlink(draft->name);
	forget(draft);
}
