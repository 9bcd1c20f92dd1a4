/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * model.h - what ought to be mapped: a flat set of intervals.
 *
 * The reference which tests and the hvpt command compare a page table with. It
 * knows no tables, levels or leaf sizes and includes no header of hvpt.
 *
 * Addresses and lengths are multiples of 4 KiB, a length is not 0, and
 * iova + length - 1 and gpa + length - 1 stay below 2^64; anything else, and
 * running out of memory, prints a line to stderr and aborts: a model which
 * guesses is worth nothing. Each map makes its own interval, neighbours are
 * never joined. One thread at a time.
 */
#ifndef ORACLE_MODEL_H
#define ORACLE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct hvpt_model;

/** An empty model; never NULL. */
struct hvpt_model *hvpt_model_create(void);

/** Frees @model, which may be NULL. */
void hvpt_model_destroy(struct hvpt_model *model);

/**
 * hvpt_model_map() - note that iova .. iova + length - 1 translates to gpa ..
 *
 * @prot is kept and given back, never looked at. Return: false when part of
 * the range is mapped already; then nothing changed.
 */
bool hvpt_model_map(struct hvpt_model *model, uint64_t iova, uint64_t gpa,
		    uint64_t length, unsigned prot);

/**
 * hvpt_model_unmap() - forget a range; intervals cut by it keep their rest
 *
 * Return: the bytes of it which were mapped.
 */
uint64_t hvpt_model_unmap(struct hvpt_model *model, uint64_t iova,
			  uint64_t length);

/** The bytes of the range which are mapped. */
uint64_t hvpt_model_mapped_in(const struct hvpt_model *model, uint64_t iova,
			      uint64_t length);

/** Changes the permission of a range; false and no change if it has holes. */
bool hvpt_model_protect(struct hvpt_model *model, uint64_t iova,
			uint64_t length, unsigned prot);

/** What does any @iova translate to, byte exact? False: not mapped. */
bool hvpt_model_lookup(const struct hvpt_model *model, uint64_t iova,
		       uint64_t *gpa, unsigned *prot);

/** All bytes mapped now, modulo 2^64. */
uint64_t hvpt_model_bytes(const struct hvpt_model *model);

/**
 * hvpt_model_next() - the first interval which ends at or above @from
 * @first: out: its first byte, which may be below @from
 * @last: out: its last byte; ask on from *last + 1, unless that is 0
 * @gpa: out: what *first translates to
 * @prot: out: its permission
 *
 * Return: false when there is none; then nothing is written.
 */
bool hvpt_model_next(const struct hvpt_model *model, uint64_t from,
		     uint64_t *first, uint64_t *last, uint64_t *gpa,
		     unsigned *prot);

#endif /* ORACLE_MODEL_H */
