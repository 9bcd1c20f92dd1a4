/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "calls.h"

#include <string.h>

static const char *const kinds[] = { "map",	"map_list", "unmap",
				     "protect", "reclaim",  "read_dirty",
				     "lookup",	"visit",    "end" };

const char *call_name(const struct call *call)
{
	return kinds[call->kind];
}

bool call_same(const struct small_leaf *a, const struct small_leaf *b)
{
	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped;
	return a->gpa == b->gpa && a->writable == b->writable;
}

bool call_covers(const struct call *call, uint64_t page)
{
	return call && page >= call->first && page - call->first < call->count;
}

static uint64_t gpa_of(const struct call *call, uint64_t page)
{
	return (call->odd ? 1 : 0) + 4 * L2 + page;
}

/* Segments of a list: every second page is swapped with its neighbour. */
static uint64_t list_gpa(const struct call *call, uint64_t page)
{
	return gpa_of(call, page ^ 1);
}

enum hvpt_status call_right_status(const struct call *call,
				   const struct small_leaf *leaf)
{
	uint64_t i;

	for (i = call->first; i < call->first + call->count; i++) {
		if (call->kind <= MAP_LIST && leaf[i].mapped)
			return HVPT_ERR_OVERLAP;
		if (call->kind == PROTECT && !leaf[i].mapped)
			return HVPT_ERR_NOT_MAPPED;
	}
	if (call->kind == LOOKUP && !leaf[call->first].mapped)
		return HVPT_ERR_NOT_MAPPED;
	return HVPT_OK;
}

void call_apply(const struct call *call, struct small_leaf *leaf)
{
	uint64_t i;

	if (call_right_status(call, leaf) != HVPT_OK)
		return;
	for (i = call->first; i < call->first + call->count; i++) {
		if (call->kind <= MAP_LIST) {
			leaf[i].mapped = true;
			leaf[i].gpa = call->kind == MAP ? gpa_of(call, i) :
							  list_gpa(call, i);
		}
		if (call->kind == UNMAP)
			leaf[i].mapped = false;
		if (call->kind <= MAP_LIST || call->kind == PROTECT)
			leaf[i].writable = call->prot == RW;
	}
}

static enum hvpt_status map_list(struct hvpt_pagetable *pt, struct done *done)
{
	struct hvpt_segment segment[WINDOW];
	const struct call *call = done->call;
	uint64_t i;

	for (i = 0; i < call->count; i++) {
		segment[i].gpa = hvpt_gpa(list_gpa(call, call->first + i) *
					  PAGE);
		segment[i].length = PAGE;
	}
	return hvpt_pt_map_list(pt, hvpt_iova(call->first * PAGE), segment,
				call->count, call->prot,
				call->alone ? NULL : &done->gather);
}

static enum hvpt_status make(struct hvpt_pagetable *pt, struct done *done,
			     const struct call_hooks *hooks)
{
	const struct call *call = done->call;
	hvpt_iova_t iova = hvpt_iova(call->first * PAGE);
	uint64_t length = call->count * PAGE;
	struct hvpt_iova_range range;

	range.first = iova;
	range.last = hvpt_iova(iova.value + length - 1);
	switch (call->kind) {
	case MAP:
		return hvpt_pt_map(pt, iova,
				   hvpt_gpa(gpa_of(call, call->first) * PAGE),
				   length, call->prot,
				   call->alone ? NULL : &done->gather);
	case MAP_LIST:
		return map_list(pt, done);
	case UNMAP:
		return hvpt_pt_unmap(pt, iova, length, &done->gather,
				     &done->bytes);
	case PROTECT:
		return hvpt_pt_protect(pt, iova, length, call->prot,
				       &done->gather);
	case RECLAIM:
		return hvpt_pt_reclaim(pt, iova, length, &done->gather,
				       &done->bytes);
	case DIRTY:
		return hvpt_pt_read_dirty(pt, iova, length,
					  pt->noncoherent ? HVPT_DIRTY_KEEP : 0,
					  hooks->dirty, done, &done->gather);
	case LOOKUP:
		return hvpt_pt_lookup(pt, iova, &done->mapping);
	case VISIT:
	case END:
		break;
	}
	return hvpt_pt_visit(pt, &range, hooks->leaf, done);
}

void call_make(struct hvpt_pagetable *pt, struct done *done,
	       const struct call *call, const struct call_hooks *hooks)
{
	memset(done, 0, sizeof(*done));
	done->call = call;
	done->status = make(pt, done, hooks);
}
