/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hostile.h - a little table memory with anything in it.
 */
#ifndef FUZZ_HOSTILE_H
#define FUZZ_HOSTILE_H

#include "oracle/source.h"

#define HOSTILE_PAGES 12u
#define HOSTILE_WORDS ((size_t)HOSTILE_PAGES * 512u)
#define HOSTILE_GPA UINT64_C(0x0000001234560000)
#define HOSTILE_WRITES 256u

/**
 * struct hostile - pages in use from HOSTILE_GPA on
 * @word: their content; zero but for what was written
 * @written: which words, to clear them
 * @writes: how many
 */
struct hostile {
	_Alignas(4096) uint64_t word[HOSTILE_WORDS];
	uint16_t written[HOSTILE_WRITES];
	unsigned writes;
};

/** Clears what was written. */
void hostile_clear(struct hostile *memory);

/** Writes one word: mostly an entry that leads to a page of this memory. */
void hostile_write(struct hostile *memory, struct source *source);

/** Reads by gpa; false outside. For walkers; @ctx is a struct hostile. */
bool hostile_read64(void *ctx, uint64_t gpa, uint64_t *value);

#endif /* FUZZ_HOSTILE_H */
