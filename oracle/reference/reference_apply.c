/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_apply.c - one operation, by its kind; and in words.
 */
#include <stdarg.h>
#include <stdio.h>

#include "reference_internal.h"

static const char *const names[REF_KINDS] = {
	"map",	      "map_list", "unmap", "protect", "reclaim",    "lookup",
	"read_dirty", "visit",	  "sync",  "device",  "fail_alloc", "bad_page",
};

const char *ref_kind_name(enum ref_kind kind)
{
	return (unsigned)kind < REF_KINDS ? names[kind] : "?";
}

static enum hvpt_status dispatch(struct reference *ref, const struct ref_op *op)
{
	switch (op->kind) {
	case REF_MAP:
	case REF_MAP_LIST:
		return ref_op_map(ref, op);
	case REF_UNMAP:
		return ref_op_unmap(ref, op);
	case REF_PROTECT:
		return ref_op_protect(ref, op);
	case REF_RECLAIM:
		return ref_op_reclaim(ref, op);
	case REF_LOOKUP:
		return ref_op_lookup(ref, op);
	case REF_READ_DIRTY:
		return ref_op_dirty(ref, op);
	case REF_VISIT:
		return ref_op_visit(ref, op);
	case REF_DEVICE:
		return ref_op_device(ref, op);
	case REF_SYNC:
		ref_stale_sync(ref);
		return HVPT_OK;
	case REF_FAIL_ALLOC:
	case REF_BAD_PAGE:
	case REF_KINDS:
	default:
		return HVPT_ERR_BUSY;
	}
}

enum hvpt_status reference_apply(struct reference *ref, const struct ref_op *op)
{
	unsigned every = ref->config.scan_every;
	enum hvpt_status status;

	if (!ref->alive || ref->violated || (unsigned)op->kind >= REF_KINDS)
		return HVPT_ERR_BUSY;
	ref->stats.ops++;
	ref->stats.by_kind[op->kind]++;
	if (op->kind == REF_FAIL_ALLOC || op->kind == REF_BAD_PAGE) {
		ref->fail_in = op->count;
		ref->bad_page = op->kind == REF_BAD_PAGE;
		ref->bad_kind = op->flags;
		status = HVPT_OK;
	} else {
		status = dispatch(ref, op);
		ref->fail_in = 0;
	}
	if (status == HVPT_OK)
		ref->stats.succeeded[op->kind]++;
	if (every && ref->op_number % every == every - 1)
		reference_scan(ref);
	ref->op_number++;
	return status;
}

/* ---- in words -------------------------------------------------------- */

struct text {
	char *to;
	size_t bytes;
	size_t used;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->to + text->used, text->bytes - text->used, format,
		      args);
	va_end(args);
	if (n < 0)
		return;
	text->used += (size_t)n;
	if (text->used >= text->bytes)
		text->used = text->bytes - 1;
}

static void add_segments(struct text *text, const struct ref_op *op)
{
	uint32_t i;

	add(text, " iova=%#llx prot=%#x flags=%#x",
	    (unsigned long long)op->iova, op->prot, op->flags);
	for (i = 0; i < op->count && i < REF_SEGMENTS; i++)
		add(text, " %#llx+%#llx",
		    (unsigned long long)op->segments[i].gpa.value,
		    (unsigned long long)op->segments[i].length);
}

size_t ref_op_print(const struct ref_op *op, char *text, size_t bytes)
{
	struct text to = { text, bytes, 0 };

	if (bytes == 0)
		return 0;
	add(&to, "%s", ref_kind_name(op->kind));
	switch (op->kind) {
	case REF_MAP_LIST:
		add_segments(&to, op);
		break;
	case REF_SYNC:
		break;
	case REF_FAIL_ALLOC:
	case REF_BAD_PAGE:
		add(&to, " at=%u flags=%#x", op->count, op->flags);
		break;
	case REF_MAP:
		add(&to, " gpa=%#llx", (unsigned long long)op->gpa);
		/* fall through */
	default:
		add(&to, " iova=%#llx length=%#llx prot=%#x flags=%#x",
		    (unsigned long long)op->iova,
		    (unsigned long long)op->length, op->prot, op->flags);
		break;
	}
	return to.used;
}
