/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory_file.h - a guest's memory in a file.
 *
 * Two forms: a raw image, where the byte at offset n is that at gpa n, as
 * QEMU's pmemsave writes it from address 0; and an ELF core, as QEMU's
 * dump-guest-memory and kdump write it, whose segments say where they belong.
 * The file is read a page at a time, so it may be of any size, and sparse.
 */
#ifndef TOOLS_TABLES_MEMORY_FILE_H
#define TOOLS_TABLES_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_PAGE 4096u
/* Pages kept: a walk reads at most 5, and a scan returns to them. */
#define MEMORY_CACHED 16u

/** struct memory_segment - @bytes from @gpa on are in the file at @offset */
struct memory_segment {
	uint64_t gpa;
	uint64_t offset;
	uint64_t bytes;
};

/** A page of the file; @used: number of the last read that used it, or 0. */
struct memory_page {
	uint64_t gpa;
	uint64_t used;
	bool there;
	uint8_t bytes[MEMORY_PAGE];
};

/**
 * struct memory_file - an open file
 * @file_bytes: its size
 * @cut: a segment ends behind the end of the file
 */
struct memory_file {
	int fd;
	uint64_t file_bytes;
	bool cut;
	struct memory_segment *segments;
	size_t count;
	uint64_t reads;
	struct memory_page pages[MEMORY_CACHED];
};

/**
 * memory_open() - opens a file
 * @command: for messages
 *
 * Return: NULL after a message.
 */
struct memory_file *memory_open(const char *command, const char *path);

/** Reads 8 bytes; a struct sdm_walker's read64. False: not in the file. */
bool memory_read64(void *memory, uint64_t gpa, uint64_t *value);

/** @memory may be NULL. */
void memory_close(struct memory_file *memory);

/** memory_read_at() - all of @size bytes at an offset; false: not there */
bool memory_read_at(const struct memory_file *memory, uint64_t offset, void *to,
		    size_t size);

/**
 * elf_core_read() - the segments of an ELF core, which @memory is
 *
 * Return: NULL; else what is wrong, and the file is of no use.
 */
const char *elf_core_read(struct memory_file *memory);

#endif /* TOOLS_TABLES_MEMORY_FILE_H */
