/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_driver.c - runs a fuzz target over files, without an engine.
 *
 *	fuzz_pt_sequence FILE-OR-FOLDER...
 *
 * Folders are searched, one level deep. What fails aborts; its name is the
 * last one printed when there is more than a folder. No file at all is a
 * failure: a replay that replays nothing is no test.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define FILE_MAX ((size_t)1 << 20)

static unsigned long replayed;

/* The name goes out before the run: it is what an abort leaves behind. */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	size_t size;

	if (!file) {
		perror(path);
		return 1;
	}
	data = malloc(FILE_MAX);
	size = data ? fread(data, 1, FILE_MAX, file) : 0;
	fclose(file);
	if (!data)
		return 1;
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	replayed++;
	return 0;
}

static int replay_folder(const char *path, DIR *folder)
{
	const struct dirent *entry;
	char name[4096];
	int failed = 0;

	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		failed |= replay_file(name);
	}
	closedir(folder);
	return failed;
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	for (i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		failed |= folder ? replay_folder(argv[i], folder) :
				   replay_file(argv[i]);
	}
	printf("%lu files replayed\n", replayed);
	return failed || replayed == 0;
}
