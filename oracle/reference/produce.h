/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * produce.h - random operations on a page table.
 *
 * Any choices make a valid sequence of configurations and operations, biased to
 * where things go wrong: the ends of the form, 2 MiB, 1 GiB, 512 GiB and 256
 * TiB borders, 2^52, lengths that wrap, unaligned values, small page-size
 * bitmaps. Bytes that run out read as zero. A fuzzer's mutation of one byte
 * changes one choice. With a seed it is a generator for tests and `hvpt fuzz`.
 */
#ifndef ORACLE_REFERENCE_PRODUCE_H
#define ORACLE_REFERENCE_PRODUCE_H

#include "oracle/source.h"
#include "reference.h"

/* Ranges remembered, for later operations to come back to. */
#define REF_RECENT 4u

/**
 * struct ref_maker - makes the operations of one sequence
 * @source: of its choices
 * @lower_last, @upper_first: the segments of the IOVA form; 0: no upper one
 * @made: ranges remembered so far; the last REF_RECENT are kept
 */
struct ref_maker {
	struct source *source;
	uint64_t lower_last;
	uint64_t upper_first;
	unsigned made;
	uint64_t recent_iova[REF_RECENT];
	uint64_t recent_length[REF_RECENT];
};

/** Starts a sequence for a page table of @config, which must be valid. */
void ref_maker_start(struct ref_maker *maker, struct source *source,
		     const struct ref_config *config);

/** One of eight configurations is one that must be refused. */
void ref_make_config(struct source *source, struct ref_config *config);

/** The next operation. Return: false when the bytes have run out. */
bool ref_make_op(struct ref_maker *maker, struct ref_op *op);

/**
 * ref_map_leaves() - how many leaves a map takes, at most
 * @page_sizes: the leaf sizes of the page table
 * @op: a REF_MAP or REF_MAP_LIST, with any values
 *
 * For callers that have no time for millions of leaves.
 */
uint64_t ref_map_leaves(uint64_t page_sizes, const struct ref_op *op);

#endif /* ORACLE_REFERENCE_PRODUCE_H */
