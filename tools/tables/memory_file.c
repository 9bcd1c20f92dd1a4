/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "memory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/say.h"

/* Dumps that are neither raw nor ELF, by their first bytes. */
static const struct {
	const char *bytes;
	size_t count;
	const char *what;
} others[] = {
	{ "KDUMP   ", 8,
	  "a compressed kdump; makedumpfile -E makes ELF of "
	  "it, and so does dump-guest-memory without -z" },
	{ "DISKDUMP", 8, "a compressed diskdump, not raw memory or ELF" },
	{ "makedumpfile", 12,
	  "a flattened kdump; makedumpfile -R makes a "
	  "file of it" },
	{ "PAGEDU64", 8, "a Windows crash dump, not raw memory or ELF" },
	{ "EMiL", 4, "a LiME dump; its raw form is needed" },
	{ "\xfd"
	  "7zXZ",
	  5, "compressed by xz; decompress it first" },
	{ "\x1f\x8b", 2, "compressed by gzip; decompress it first" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd; decompress it first" },
	{ "BZh", 3, "compressed by bzip2; decompress it first" },
};

static const char *other_form(const uint8_t *bytes)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (memcmp(bytes, others[i].bytes, others[i].count) == 0)
			return others[i].what;
	}
	return NULL;
}

static const char *take_raw(struct memory_file *memory)
{
	if (memory->file_bytes < MEMORY_PAGE)
		return "too short: a table has 4096 bytes";
	memory->segments = calloc(1, sizeof(*memory->segments));
	if (!memory->segments)
		return "out of memory";
	memory->segments[0].bytes = memory->file_bytes;
	memory->count = 1;
	return NULL;
}

static const char *take_form(struct memory_file *memory)
{
	uint8_t bytes[16] = { 0 };
	const char *problem;

	if (memory->file_bytes == 0)
		return "it is empty";
	if (memory->file_bytes >= sizeof(bytes) &&
	    !memory_read_at(memory, 0, bytes, sizeof(bytes)))
		return strerror(errno);
	if (memcmp(bytes,
		   "\x7f"
		   "ELF",
		   4) == 0)
		return elf_core_read(memory);
	problem = other_form(bytes);
	return problem ? problem : take_raw(memory);
}

static const char *open_file(struct memory_file *memory, const char *path)
{
	off_t end;

	memory->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (memory->fd < 0)
		return strerror(errno);
	end = lseek(memory->fd, 0, SEEK_END);
	if (end < 0 && errno == ESPIPE)
		return "memory is not read front to back: a file is needed, "
		       "not a pipe";
	if (end < 0)
		return strerror(errno);
	memory->file_bytes = (uint64_t)end;
	return take_form(memory);
}

struct memory_file *memory_open(const char *command, const char *path)
{
	struct memory_file *memory = calloc(1, sizeof(*memory));
	const char *problem = "out of memory";

	if (memory) {
		memory->fd = -1;
		problem = open_file(memory, path);
	}
	if (problem) {
		say("hvpt %s: %s: %s", command, path[0] ? path : "''", problem);
		memory_close(memory);
		return NULL;
	}
	if (memory->cut)
		say("hvpt %s: %s: note: it is cut off: a segment ends behind "
		    "its end",
		    command, path);
	return memory;
}

void memory_close(struct memory_file *memory)
{
	if (!memory)
		return;
	if (memory->fd >= 0)
		(void)close(memory->fd);
	free(memory->segments);
	free(memory);
}
