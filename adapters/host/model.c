/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One sorted array. Every change first cuts the intervals at both ends of its
 * range, so that what lies inside is whole intervals.
 */
#include "host/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MASK UINT64_C(0xfff)

/* Both ends belong to it: the last byte of the address space has a place. */
struct interval {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
	unsigned prot;
};

/* @at: in order of address, disjoint */
struct hvpt_model {
	struct interval *at;
	size_t count;
	size_t room;
	uint64_t bytes;
};

_Noreturn static void die(const char *what, uint64_t start, uint64_t length)
{
	fprintf(stderr,
		"hvpt model: %s (start %#" PRIx64 ", length %#" PRIx64 ")\n",
		what, start, length);
	abort();
}

/* The last byte of a range the caller promised to be a good one. */
static uint64_t last_of(uint64_t start, uint64_t length)
{
	if ((start | length) & PAGE_MASK)
		die("not a multiple of 4 KiB", start, length);
	if (length == 0)
		die("empty range", start, length);
	if (length - 1 > UINT64_MAX - start)
		die("range passes 2^64", start, length);
	return start + (length - 1);
}

/* Index of the first interval which ends at or above @address. */
static size_t find(const struct hvpt_model *model, uint64_t address)
{
	size_t low = 0, high = model->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (model->at[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void grow(struct hvpt_model *model)
{
	size_t room = model->room ? model->room * 2 : 64;
	struct interval *at = NULL;

	if (room <= SIZE_MAX / sizeof(*at))
		at = realloc(model->at, room * sizeof(*at));
	if (!at)
		die("out of memory", model->count, room);
	model->at = at;
	model->room = room;
}

static void insert(struct hvpt_model *model, size_t index,
		   const struct interval *interval)
{
	if (model->count == model->room)
		grow(model);
	memmove(model->at + index + 1, model->at + index,
		(model->count - index) * sizeof(*model->at));
	model->at[index] = *interval;
	model->count++;
}

static void erase(struct hvpt_model *model, size_t index, size_t count)
{
	memmove(model->at + index, model->at + index + count,
		(model->count - index - count) * sizeof(*model->at));
	model->count -= count;
}

/* Afterwards an interval may start at @address, but none goes across it. */
static void cut_at(struct hvpt_model *model, uint64_t address)
{
	size_t index = find(model, address);
	struct interval rest;

	if (index == model->count || model->at[index].first >= address)
		return;
	rest = model->at[index];
	rest.gpa += address - rest.first;
	rest.first = address;
	model->at[index].last = address - 1;
	insert(model, index + 1, &rest);
}

static void cut_out(struct hvpt_model *model, uint64_t first, uint64_t last)
{
	cut_at(model, first);
	cut_at(model, last + 1); /* 0 after the top: there is nothing to cut */
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct hvpt_model *hvpt_model_create(void)
{
	struct hvpt_model *model = calloc(1, sizeof(*model));

	if (!model)
		die("out of memory", 0, sizeof(*model));
	return model;
}

void hvpt_model_destroy(struct hvpt_model *model)
{
	if (!model)
		return;
	free(model->at);
	free(model);
}

bool hvpt_model_map(struct hvpt_model *model, uint64_t iova, uint64_t gpa,
		    uint64_t length, unsigned prot)
{
	struct interval new = { .first = iova, .gpa = gpa, .prot = prot };
	size_t index = find(model, iova);

	new.last = last_of(iova, length);
	(void)last_of(gpa, length);
	if (index < model->count && model->at[index].first <= new.last)
		return false;
	insert(model, index, &new);
	model->bytes += length;
	return true;
}

uint64_t hvpt_model_mapped_in(const struct hvpt_model *model, uint64_t iova,
			      uint64_t length)
{
	uint64_t last = last_of(iova, length);
	uint64_t bytes = 0;
	size_t i;

	for (i = find(model, iova); i < model->count; i++) {
		const struct interval *at = model->at + i;

		if (at->first > last)
			break;
		bytes += min_u64(at->last, last) - max_u64(at->first, iova) + 1;
	}
	return bytes;
}

uint64_t hvpt_model_unmap(struct hvpt_model *model, uint64_t iova,
			  uint64_t length)
{
	uint64_t last = last_of(iova, length);
	uint64_t bytes = 0;
	size_t begin, end;

	cut_out(model, iova, last);
	begin = find(model, iova);
	for (end = begin; end < model->count; end++) {
		const struct interval *at = model->at + end;

		if (at->first > last)
			break;
		bytes += at->last - at->first + 1;
	}
	if (end > begin)
		erase(model, begin, end - begin);
	model->bytes -= bytes;
	return bytes;
}

bool hvpt_model_protect(struct hvpt_model *model, uint64_t iova,
			uint64_t length, unsigned prot)
{
	uint64_t last = last_of(iova, length);
	size_t i;

	if (hvpt_model_mapped_in(model, iova, length) != length)
		return false;
	cut_out(model, iova, last);
	for (i = find(model, iova); i < model->count; i++) {
		if (model->at[i].first > last)
			break;
		model->at[i].prot = prot;
	}
	return true;
}

bool hvpt_model_lookup(const struct hvpt_model *model, uint64_t iova,
		       uint64_t *gpa, unsigned *prot)
{
	size_t index = find(model, iova);
	const struct interval *at;

	if (index == model->count)
		return false;
	at = model->at + index;
	if (at->first > iova)
		return false;
	*gpa = at->gpa + (iova - at->first);
	*prot = at->prot;
	return true;
}

uint64_t hvpt_model_bytes(const struct hvpt_model *model)
{
	return model->bytes;
}

bool hvpt_model_next(const struct hvpt_model *model, uint64_t from,
		     uint64_t *first, uint64_t *last, uint64_t *gpa,
		     unsigned *prot)
{
	size_t index = find(model, from);
	const struct interval *at;

	if (index == model->count)
		return false;
	at = model->at + index;
	*first = at->first;
	*last = at->last;
	*gpa = at->gpa;
	*prot = at->prot;
	return true;
}
