/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "page_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report_options.h"
#include "tools/output.h"
#include "trace/say.h"

#define COMMAND "hvpt report"

/* Is it a device or a pipe, which has no draft? */
static bool is_special(const char *path)
{
	struct stat info;

	return strcmp(path, "-") == 0 ||
	       (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

/* A folder stays a folder: it cannot be a file. */
static bool open_one(struct report_file *file, const char *path,
		     const char *input)
{
	int length = snprintf(file->path, sizeof(file->path), "%s", path);
	const char *why;

	file->draft[0] = '\0';
	file->out = NULL;
	if (length >= (int)sizeof(file->path) - 5) {
		say(COMMAND ": cannot write %.40s...: %s", path,
		    strerror(ENAMETOOLONG));
		return false;
	}
	if (is_special(path)) {
		file->out = output_open(COMMAND, path, &input, 1);
		return file->out != NULL;
	}
	why = output_conflict(path, &input, 1);
	if (why) {
		say(COMMAND ": will not write %s: %s", path, why);
		return false;
	}
	snprintf(file->draft, sizeof(file->draft), "%.*s.new", length,
		 file->path);
	file->out = output_open(COMMAND, file->draft, &input, 1);
	return file->out != NULL;
}

static void drop_one(struct report_file *file)
{
	if (file->out && file->out != stdout)
		(void)fclose(file->out);
	if (file->out && file->draft[0])
		(void)unlink(file->draft);
	file->out = NULL;
}

void report_files_drop(struct report_files *files)
{
	drop_one(&files->page);
	drop_one(&files->json);
}

static bool keep_one(struct report_file *file)
{
	FILE *out = file->out;
	const char *name = file->draft[0] ? file->draft : file->path;

	if (!out)
		return true;
	file->out = NULL;
	if (!output_close(COMMAND, name, out)) {
		if (file->draft[0])
			(void)unlink(file->draft);
		return false;
	}
	if (!file->draft[0] || rename(file->draft, file->path) == 0)
		return true;
	say(COMMAND ": cannot write %s: %s", file->path, strerror(errno));
	(void)unlink(file->draft);
	return false;
}

bool report_files_keep(struct report_files *files)
{
	return keep_one(&files->page) && keep_one(&files->json);
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

static bool open_in(struct report_file *file, const char *folder,
		    const char *name, const char *input)
{
	char path[REPORT_PATH];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (length >= (int)sizeof(path)) {
		say(COMMAND ": cannot write %.40s...: %s", folder,
		    strerror(ENAMETOOLONG));
		return false;
	}
	return open_one(file, path, input);
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
		   !open_one(&files->page, options->output, options->trace)) {
		return false;
	}
	return !options->json ||
	       open_one(&files->json, options->json, options->trace);
}

bool report_files_open(struct report_files *files,
		       const struct report_options *options)
{
	files->page.out = NULL;
	files->json.out = NULL;
	if (open_all(files, options))
		return true;
	report_files_drop(files);
	return false;
}
