/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "memory_file.h"

bool memory_read_at(const struct memory_file *memory, uint64_t offset, void *to,
		    size_t size)
{
	uint8_t *at = to;

	while (size > 0) {
		ssize_t got;

		if (offset > INT64_MAX - size)
			return false;
		got = pread(memory->fd, at, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return true;
}

/* Segments need not be aligned, so a page may be of two. */
static bool read_bytes(const struct memory_file *memory, uint64_t gpa,
		       uint8_t *to, size_t size)
{
	size_t i;

	for (i = 0; i < memory->count && size > 0; i++) {
		const struct memory_segment *segment = &memory->segments[i];
		uint64_t skip = gpa - segment->gpa;
		size_t part = size;

		if (gpa < segment->gpa || skip >= segment->bytes)
			continue;
		if (part > segment->bytes - skip)
			part = (size_t)(segment->bytes - skip);
		if (!memory_read_at(memory, segment->offset + skip, to, part))
			return false;
		gpa += part;
		to += part;
		size -= part;
		if (size > 0)
			i = SIZE_MAX; /* the rest may be in any segment */
	}
	return size == 0;
}

static struct memory_page *find_page(struct memory_file *memory, uint64_t gpa)
{
	struct memory_page *oldest = &memory->pages[0];
	size_t i;

	for (i = 0; i < MEMORY_CACHED; i++) {
		struct memory_page *page = &memory->pages[i];

		if (page->used && page->gpa == gpa)
			return page;
		if (page->used < oldest->used)
			oldest = page;
	}
	oldest->gpa = gpa;
	oldest->there = read_bytes(memory, gpa, oldest->bytes, MEMORY_PAGE);
	return oldest;
}

bool memory_read64(void *ctx, uint64_t gpa, uint64_t *value)
{
	struct memory_file *memory = ctx;
	uint64_t offset = gpa % MEMORY_PAGE;
	struct memory_page *page = find_page(memory, gpa - offset);

	page->used = ++memory->reads;
	if (!page->there || offset > MEMORY_PAGE - sizeof(*value))
		return false;
	memcpy(value, page->bytes + offset, sizeof(*value));
	return true;
}
