/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page_file.h - the files of a report.
 *
 * A file is written under another name and gets its own when it is complete. So
 * a report that fails leaves an earlier one as it was.
 */
#ifndef TOOLS_REPORT_PAGE_FILE_H
#define TOOLS_REPORT_PAGE_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct report_options;

/* Room for a name. */
#define REPORT_PATH 4096

/**
 * struct report_file - one file that is written
 * @out: NULL: none
 * @path: its name
 * @draft: its name until it is complete; "": it has only @path
 */
struct report_file {
	FILE *out;
	char path[REPORT_PATH];
	char draft[REPORT_PATH];
};

struct report_files {
	struct report_file page;
	struct report_file json;
};

/** Return: false with a message; then nothing is open. */
bool report_files_open(struct report_files *files,
		       const struct report_options *options);

/** All is written. Return: false with a message. */
bool report_files_keep(struct report_files *files);

/** Removes what was not kept. */
void report_files_drop(struct report_files *files);

#endif /* TOOLS_REPORT_PAGE_FILE_H */
