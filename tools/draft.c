/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "draft.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "trace/say.h"

#define SUFFIX ".new"

/* Is it a device, a pipe or no name, which has no draft? */
static bool is_special(const char *path)
{
	struct stat info;

	return path[0] == '\0' || strcmp(path, "-") == 0 ||
	       (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

bool draft_open(struct draft *draft, const char *whose, const char *path,
		const char *const *inputs, int count)
{
	int length = snprintf(draft->path, sizeof(draft->path), "%s", path);
	const char *why;

	draft->whose = whose;
	draft->name[0] = '\0';
	draft->out = NULL;
	if (length >= (int)(sizeof(draft->path) - sizeof(SUFFIX))) {
		say("%s: cannot write %.40s...: %s", whose, path,
		    strerror(ENAMETOOLONG));
		return false;
	}
	if (is_special(path)) {
		draft->out = output_open(whose, path, inputs, count);
		return draft->out != NULL;
	}
	why = output_conflict(path, inputs, count);
	if (why) {
		say("%s: will not write %s: %s; - is standard output", whose,
		    path, why);
		return false;
	}
	snprintf(draft->name, sizeof(draft->name), "%.*s" SUFFIX, length,
		 draft->path);
	draft->out = output_open(whose, draft->name, inputs, count);
	return draft->out != NULL;
}

static bool rename_it(const struct draft *draft)
{
	if (draft->name[0] == '\0' || rename(draft->name, draft->path) == 0)
		return true;
	say("%s: cannot write %s: %s", draft->whose, draft->path,
	    strerror(errno));
	(void)unlink(draft->name);
	return false;
}

bool draft_keep(struct draft *draft, bool part)
{
	const char *name = draft->name[0] ? draft->name : draft->path;
	FILE *out = draft->out;
	bool good;

	if (!out)
		return true;
	draft->out = NULL;
	good = output_close(draft->whose, name, out);
	if (good || part)
		return rename_it(draft) && good;
	if (draft->name[0])
		(void)unlink(draft->name);
	return false;
}

void draft_drop(struct draft *draft)
{
	if (draft->out && draft->out != stdout)
		(void)fclose(draft->out);
	if (draft->out && draft->name[0])
		(void)unlink(draft->name);
	draft->out = NULL;
}
