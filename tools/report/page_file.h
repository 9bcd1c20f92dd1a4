/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page_file.h - the files of a report: a report that fails leaves an earlier
 * one as it was.
 */
#ifndef TOOLS_REPORT_PAGE_FILE_H
#define TOOLS_REPORT_PAGE_FILE_H

#include <stdbool.h>

#include "tools/draft.h"

struct report_options;

struct report_files {
	struct draft page;
	struct draft json;
};

/** Return: false with a message; then nothing is open. */
bool report_files_open(struct report_files *files,
		       const struct report_options *options);

/** All is written. Return: false with a message. */
bool report_files_keep(struct report_files *files);

/** Removes what was not kept. */
void report_files_drop(struct report_files *files);

#endif /* TOOLS_REPORT_PAGE_FILE_H */
