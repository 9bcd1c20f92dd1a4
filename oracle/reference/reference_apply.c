/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_apply.c - one operation, by its kind; and in words.
 */
#include <stdarg.h>
#include <stdio.h>

#include "reference_internal.h"

static const char *const names[FZ_KINDS] = {
	"map",	      "map_list", "unmap", "protect", "reclaim",    "lookup",
	"read_dirty", "visit",	  "sync",  "device",  "fail_alloc", "bad_page",
};

const char *fz_kind_name(enum fz_kind kind)
{
	return (unsigned)kind < FZ_KINDS ? names[kind] : "?";
}

static enum hvpt_status dispatch(struct fz_world *world, const struct fz_op *op)
{
	switch (op->kind) {
	case FZ_MAP:
	case FZ_MAP_LIST:
		return fz_op_map(world, op);
	case FZ_UNMAP:
		return fz_op_unmap(world, op);
	case FZ_PROTECT:
		return fz_op_protect(world, op);
	case FZ_RECLAIM:
		return fz_op_reclaim(world, op);
	case FZ_LOOKUP:
		return fz_op_lookup(world, op);
	case FZ_READ_DIRTY:
		return fz_op_dirty(world, op);
	case FZ_VISIT:
		return fz_op_visit(world, op);
	case FZ_DEVICE:
		return fz_op_device(world, op);
	case FZ_SYNC:
		fz_ghost_sync(world);
		return HVPT_OK;
	case FZ_FAIL_ALLOC:
	case FZ_BAD_PAGE:
	case FZ_KINDS:
	default:
		return HVPT_ERR_BUSY;
	}
}

enum hvpt_status fz_world_apply(struct fz_world *world, const struct fz_op *op)
{
	unsigned every = world->config.scan_every;
	enum hvpt_status status;

	if (!world->alive || world->violated || (unsigned)op->kind >= FZ_KINDS)
		return HVPT_ERR_BUSY;
	world->stats.ops++;
	world->stats.by_kind[op->kind]++;
	if (op->kind == FZ_FAIL_ALLOC || op->kind == FZ_BAD_PAGE) {
		world->fail_in = op->count;
		world->bad_page = op->kind == FZ_BAD_PAGE;
		world->bad_kind = op->flags;
		status = HVPT_OK;
	} else {
		status = dispatch(world, op);
		world->fail_in = 0;
	}
	if (status == HVPT_OK)
		world->stats.succeeded[op->kind]++;
	if (every && world->op_number % every == every - 1)
		fz_world_scan(world);
	world->op_number++;
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

static void add_segments(struct text *text, const struct fz_op *op)
{
	uint32_t i;

	add(text, " iova=%#llx prot=%#x flags=%#x",
	    (unsigned long long)op->iova, op->prot, op->flags);
	for (i = 0; i < op->count && i < FZ_SEGMENTS; i++)
		add(text, " %#llx+%#llx",
		    (unsigned long long)op->segments[i].gpa.value,
		    (unsigned long long)op->segments[i].length);
}

size_t fz_op_print(const struct fz_op *op, char *text, size_t bytes)
{
	struct text to = { text, bytes, 0 };

	if (bytes == 0)
		return 0;
	add(&to, "%s", fz_kind_name(op->kind));
	switch (op->kind) {
	case FZ_MAP_LIST:
		add_segments(&to, op);
		break;
	case FZ_SYNC:
		break;
	case FZ_FAIL_ALLOC:
	case FZ_BAD_PAGE:
		add(&to, " at=%u flags=%#x", op->count, op->flags);
		break;
	case FZ_MAP:
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
