/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * decode_words.h - what the bits of the control and the result word mean in
 * one call.
 */
#ifndef TOOLS_DECODE_WORDS_H
#define TOOLS_DECODE_WORDS_H

#include "abi_table.h"
#include "decode.h"

/**
 * struct decoder - a call that is being decoded
 * @reps: the rep count of its control word, @start: the rep start
 * @result: its result word
 * @part: what the next rows are part of
 * @strict: reserved bits there must be zero; else they are ignored
 * @problems: rows with a problem so far
 * @text: of the meaning of a row
 */
struct decoder {
	const struct abi_call *call;
	unsigned reps;
	unsigned start;
	uint64_t result;
	const char *part;
	bool strict;
	size_t problems;
	decode_row_fn take;
	void *ctx;
	char text[128];
};

unsigned decode_rep_count(uint64_t control);
unsigned decode_rep_start(uint64_t control);

/** Adds meaning and problem to @row, if @bits are those of a word. */
void decode_word_bits(struct decoder *decoder, const struct abi_bits *bits,
		      struct decode_row *row);

#endif /* TOOLS_DECODE_WORDS_H */
