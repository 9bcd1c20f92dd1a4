/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * draft.h - an output file that gets its name when it is complete.
 *
 * Until then it is NAME.new, so that work that fails leaves an earlier file as
 * it was. What is no regular file, such as a pipe, is written at once.
 */
#ifndef TOOLS_DRAFT_H
#define TOOLS_DRAFT_H

#include <stdbool.h>
#include <stdio.h>

/* Room for a name. */
#define DRAFT_PATH 4096

/**
 * struct draft - one file that is written
 * @whose: for messages: command and option
 * @out: NULL: none
 * @path: its name; "-": standard output
 * @name: its name until it is complete; "": it has only @path
 */
struct draft {
	const char *whose;
	FILE *out;
	char path[DRAFT_PATH];
	char name[DRAFT_PATH];
};

/**
 * draft_open() - opens an output file, as output_open() does
 *
 * Return: false with a message; then @draft->out is NULL.
 */
bool draft_open(struct draft *draft, const char *whose, const char *path,
		const char *const *inputs, int count);

/**
 * draft_keep() - closes it, and gives it its name
 * @draft: may have no file
 * @part: keep also what could not be written completely
 *
 * Return: false with a message; without @part the draft is then removed.
 */
bool draft_keep(struct draft *draft, bool part);

/** draft_drop() - closes and removes it, if it was not kept */
void draft_drop(struct draft *draft);

#endif /* TOOLS_DRAFT_H */
