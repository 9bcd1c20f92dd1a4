/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * draft.h - a file that is written whole, or stays as it was.
 *
 * A new file beside it, whose name nobody can guess, gets the text and then
 * replaces it. A signal that ends the process removes the new file.
 */
#ifndef TOOLS_DRAFT_H
#define TOOLS_DRAFT_H

#include <stdbool.h>
#include <stdio.h>

/* Room for a name. */
#define DRAFT_PATH 4096

/**
 * struct draft - a file that is written
 * @out: NULL: it is not open
 * @whose: for messages: command and option
 * @path: its name on the command line
 * @target: its name without links
 * @name: the new file beside it; "": a device, a pipe or standard output,
 *         which is written at once
 * @next: another one
 */
struct draft {
	FILE *out;
	const char *whose;
	char path[DRAFT_PATH];
	char target[DRAFT_PATH];
	char name[DRAFT_PATH];
	struct draft *volatile next;
};

/**
 * draft_open() - opens a file
 * @whose: stays valid until the file is kept or dropped
 * @path: "-": standard output. A link is followed
 * @inputs: files that are read, "-" for standard input
 * @count: how many
 *
 * A file with an output_conflict() is refused, and so are a file that nobody
 * may write, even for root, and a link to nothing. The owner and the mode of a
 * file that exists are kept.
 *
 * Return: false with a message; then nothing is open, and nothing changed.
 */
bool draft_open(struct draft *draft, const char *whose, const char *path,
		const char *const *inputs, int count);

/**
 * draft_end() - all is written; only the name is still missing
 *
 * End all files before one is kept: what fails then changes none of them.
 * A file that is not open is ended, and so is one that was ended before.
 *
 * Return: false. There is a message, for standard output from output_end().
 */
bool draft_end(struct draft *draft);

/**
 * draft_keep() - ends it, and gives it its name
 * @part: keep also what could not be written completely
 *
 * Return: false with a message.
 */
bool draft_keep(struct draft *draft, bool part);

/** Removes what was not kept. A file that is not open is ignored. */
void draft_drop(struct draft *draft);

/** Removes all that was not kept. For a handler of signals. */
void drafts_abandon(void);

#endif /* TOOLS_DRAFT_H */
