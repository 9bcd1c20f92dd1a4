/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * model.h - the expected mappings: a flat set of intervals.
 *
 * The reference that tests and the hvpt command compare a page table with. It
 * knows no tables, levels or leaf sizes and includes no header of hvpt.
 *
 * Addresses and lengths are multiples of 4 KiB, a length is not 0, and
 * iova + length - 1 and gpa + length - 1 stay below 2^64; anything else, and
 * running out of memory, prints a line to stderr and aborts: a model that
 * guesses is worth nothing. Each map makes its own interval, neighbours are
 * never joined. One thread at a time.
 */
#ifndef ORACLE_MODEL_H
#define ORACLE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct hvpt_model;

/** Creates an empty model; never NULL. */
struct hvpt_model *hvpt_model_create(void);

/** Frees @model, which may be NULL. */
void hvpt_model_destroy(struct hvpt_model *model);

/**
 * hvpt_model_map() - maps iova .. iova + length - 1 to gpa ..
 *
 * @prot is stored and returned, and not interpreted. Return: false when a part
 * of the range is already mapped; then nothing changed.
 */
bool hvpt_model_map(struct hvpt_model *model, uint64_t iova, uint64_t gpa,
		    uint64_t length, unsigned prot);

/**
 * hvpt_model_unmap() - unmaps a range; the rest of its intervals stays
 *
 * Return: the bytes of it that were mapped.
 */
uint64_t hvpt_model_unmap(struct hvpt_model *model, uint64_t iova,
			  uint64_t length);

/** The bytes of the range that are mapped. */
uint64_t hvpt_model_mapped_in(const struct hvpt_model *model, uint64_t iova,
			      uint64_t length);

/** Changes the permission of a range; false and no change if it has holes. */
bool hvpt_model_protect(struct hvpt_model *model, uint64_t iova,
			uint64_t length, unsigned prot);

/** Looks up any @iova, byte exact. Return: false if it is not mapped. */
bool hvpt_model_lookup(const struct hvpt_model *model, uint64_t iova,
		       uint64_t *gpa, unsigned *prot);

/** All bytes mapped now, modulo 2^64. */
uint64_t hvpt_model_bytes(const struct hvpt_model *model);

/**
 * hvpt_model_next() - the first interval that ends at or above @from
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
