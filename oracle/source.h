/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * source.h - the source of a random test's choices.
 *
 * The same generator serves a fuzzer, whose bytes come to an end, and a test
 * or a command with a seed, whose bytes do not.
 */
#ifndef ORACLE_SOURCE_H
#define ORACLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct source - bytes that are still to come
 * @next: given bytes; NULL: they are drawn
 * @left: how many; meaningless when they are drawn
 * @random: state of the generator they are drawn from
 */
struct source {
	const uint8_t *next;
	size_t left;
	uint64_t random;
};

/** Takes the choices from @data, which must stay. */
struct source source_of_bytes(const uint8_t *data, size_t size);

/** Draws the choices; the same seed gives the same choices. */
struct source source_of_seed(uint64_t seed);

/** Have the given bytes run out? Drawn ones never do. */
bool source_is_empty(const struct source *source);

/** The next byte; 0 when the given ones have run out. */
uint8_t source_byte(struct source *source);

/** 0 .. @below - 1, from one byte; @below is at most 256. */
unsigned source_below(struct source *source, unsigned below);

/** The next @bytes bytes, little-endian; at most 8. */
uint64_t source_number(struct source *source, unsigned bytes);

#endif /* ORACLE_SOURCE_H */
