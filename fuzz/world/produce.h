/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * produce.h - bytes into typed choices.
 *
 * Any bytes make a valid sequence of configurations and operations, biased to
 * where things go wrong: the ends of the form, 2 MiB, 1 GiB, 512 GiB and 256
 * TiB borders, 2^52, lengths which wrap, unaligned values, small page-size
 * bitmaps. Bytes which run out read as zero. A fuzzer's mutation of one byte
 * changes one choice. Random bytes are as good: that is how to use it without
 * a fuzzer.
 */
#ifndef FUZZ_PRODUCE_H
#define FUZZ_PRODUCE_H

#include "world/world.h"

/* Ranges remembered, for later operations to come back to. */
#define FZ_RECENT 4u

/** Bytes still to be read, and what was made of those before. */
struct fz_input {
	const uint8_t *next;
	size_t left;
	unsigned made;
	uint64_t recent_iova[FZ_RECENT];
	uint64_t recent_length[FZ_RECENT];
};

/** Begins to read @data, which must stay. */
void fz_input_start(struct fz_input *input, const uint8_t *data, size_t size);

/* Bytes of one operation and of a configuration, at most. */
#define FZ_OP_BYTES 40u
#define FZ_CONFIG_BYTES 24u

uint8_t fz_byte(struct fz_input *input);

/** 0 .. @below - 1, from one byte. */
unsigned fz_choice(struct fz_input *input, unsigned below);

/** The next @bytes bytes, little-endian; at most 8. */
uint64_t fz_number(struct fz_input *input, unsigned bytes);

/** One of eight configurations is one which must be refused. */
void fz_make_config(struct fz_input *input, struct fz_config *config);

/**
 * fz_make_op() - the next operation
 * @world: a run has begun; what it has mapped is not looked at
 *
 * Return: false when the bytes have run out.
 */
bool fz_make_op(struct fz_input *input, const struct fz_world *world,
		struct fz_op *op);

#endif /* FUZZ_PRODUCE_H */
