/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "page_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "report_options.h"
#include "trace/say.h"

#define COMMAND "hvpt report"

void report_files_drop(struct report_files *files)
{
	draft_drop(&files->page);
	draft_drop(&files->json);
}

/* A file that cannot be written keeps the other one from its name. */
bool report_files_keep(struct report_files *files)
{
	return draft_end(&files->page) && draft_end(&files->json) &&
	       draft_keep(&files->page, false) &&
	       draft_keep(&files->json, false);
}

/* ---- a folder -------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat info;
	size_t length = strlen(path);

	if (stat(path, &info) == 0)
		return S_ISDIR(info.st_mode);
	return path[length - 1] == '/';
}

static bool open_in(struct draft *draft, const char *folder, const char *name,
		    const char *input)
{
	char path[DRAFT_PATH];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (length >= (int)sizeof(path)) {
		say(COMMAND ": cannot write %.40s...: %s", folder,
		    strerror(ENAMETOOLONG));
		return false;
	}
	return draft_open(draft, COMMAND, path, &input, 1);
}

static bool open_folder(struct report_files *files,
			const struct report_options *options)
{
	const char *folder = options->output;

	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		say(COMMAND ": cannot make %s: %s", folder, strerror(errno));
		return false;
	}
	if (!open_in(&files->page, folder, "report.html", options->trace))
		return false;
	return options->json ||
	       open_in(&files->json, folder, "report.json", options->trace);
}

static bool open_all(struct report_files *files,
		     const struct report_options *options)
{
	if (options->output && is_folder(options->output)) {
		if (!open_folder(files, options))
			return false;
	} else if (options->output &&
		   !draft_open(&files->page, COMMAND, options->output,
			       &options->trace, 1)) {
		return false;
	}
	return !options->json || draft_open(&files->json, COMMAND,
					    options->json, &options->trace, 1);
}

bool report_files_open(struct report_files *files,
		       const struct report_options *options)
{
	memset(files, 0, sizeof(*files));
	if (open_all(files, options))
		return true;
	report_files_drop(files);
	return false;
}
