/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hvpt/pte.h"
#include "trace_fields.h"
#include "trace_head.h"
#include "trace_lost.h"

/* The bits of prot= that matter: not cache, noexec, mmio and others. */
#define LINUX_READ 1u
#define LINUX_WRITE 2u

/* ---- fields ---------------------------------------------------------- */

static bool fail(struct trace_line *line, const char *text)
{
	line->class = TRACE_MALFORMED;
	snprintf(line->error, sizeof(line->error), "%s", text);
	return false;
}

static bool fail_field(struct trace_line *line, const char *name,
		       const char *text)
{
	line->class = TRACE_MALFORMED;
	snprintf(line->error, sizeof(line->error), "%s= %s", name, text);
	return false;
}

static bool take_field(struct trace_line *line, struct span *text,
		       const char *name, uint64_t *value)
{
	switch (text_take_number(text, value)) {
	case TEXT_NUMBER_BAD:
		return fail_field(line, name, "is not a number");
	case TEXT_NUMBER_BIG:
		return fail_field(line, name, "does not fit into 64 bits");
	case TEXT_NUMBER_OK:
		break;
	}
	return true;
}

static bool need_field(struct trace_line *line,
		       const struct trace_fields *fields, const char *name,
		       uint64_t *value)
{
	struct span text;

	if (!trace_fields_find(fields, name, &text))
		return fail_field(line, name, "is missing");
	return take_field(line, &text, name, value);
}

static bool check_address(struct trace_line *line, const char *name,
			  uint64_t first, uint64_t size)
{
	if (first & (HVPT_PAGE_BYTES - 1))
		return fail_field(line, name, "is not 4 KiB aligned");
	if (first + (size - 1) < first)
		return fail_field(line, name, "plus size= passes 2^64");
	return true;
}

/* The rules of both kinds of line, once all fields are read. */
static bool check_ranges(struct trace_line *line, const char *gpa_name)
{
	const struct trace_event *event = &line->event;

	if (event->raw || event->kind == TRACE_SYNC)
		return true;
	if (event->size == 0)
		return fail(line, "size= is 0");
	if (event->size & (HVPT_PAGE_BYTES - 1))
		return fail(line, "size= is not a multiple of 4 KiB");
	if (!check_address(line, "iova", event->iova, event->size))
		return false;
	return event->kind != TRACE_MAP ||
	       check_address(line, gpa_name, event->gpa, event->size);
}

/* ---- tracepoints ----------------------------------------------------- */

/*
 * "iova=FIRST - END": the only field with two numbers; END is exclusive, and
 * missing up to Linux 5.16.
 */
static bool take_iova_range(struct trace_line *line,
			    const struct trace_fields *fields, bool *has_end,
			    uint64_t *end)
{
	struct span text;

	if (!trace_fields_find(fields, "iova", &text))
		return fail_field(line, "iova", "is missing");
	if (!take_field(line, &text, "iova", &line->event.iova))
		return false;
	text = text_skip_spaces(text);
	*has_end = text_accept(&text, "-");
	text = text_skip_spaces(text);
	if (*has_end && text_take_number(&text, end) != TEXT_NUMBER_OK)
		return fail(line, "the end of the iova range is not a 64-bit "
				  "number");
	return true;
}

/* Linux cannot unmap a part of a large leaf and unmaps all of it. */
static bool take_unmapped(struct trace_line *line,
			  const struct trace_fields *fields)
{
	uint64_t *unmapped = &line->event.unmapped;

	if (!need_field(line, fields, "unmapped_size", unmapped))
		return false;
	if (*unmapped & (HVPT_PAGE_BYTES - 1))
		return fail(line, "unmapped_size= is not a multiple of 4 KiB");
	if (*unmapped && line->event.iova + (*unmapped - 1) < line->event.iova)
		return fail(line, "iova= plus unmapped_size= passes 2^64");
	return true;
}

static bool take_sizes(struct trace_line *line,
		       const struct trace_fields *fields)
{
	struct trace_event *event = &line->event;

	if (event->kind == TRACE_MAP &&
	    !need_field(line, fields, "paddr", &event->gpa))
		return false;
	if (!need_field(line, fields, "size", &event->size))
		return false;
	return event->kind != TRACE_UNMAP || take_unmapped(line, fields);
}

static bool take_tracepoint(struct trace_line *line,
			    const struct trace_found *at)
{
	struct trace_event *event = &line->event;
	struct trace_fields fields;
	uint64_t end = 0;
	bool has_end;

	if (!at->sure)
		return fail(line, "IOMMU: is missing after the event's name");
	trace_fields_read(&fields, at->payload);
	if (!take_iova_range(line, &fields, &has_end, &end) ||
	    !take_sizes(line, &fields) || !check_ranges(line, "paddr"))
		return false;
	if (has_end && end - event->iova != event->size)
		return fail(line, "the iova range is not size= bytes long");
	line->class = TRACE_EVENT;
	return true;
}

/* ---- kprobes --------------------------------------------------------- */

static bool take_prot(struct trace_line *line,
		      const struct trace_fields *fields)
{
	uint64_t prot;

	if (!need_field(line, fields, "prot", &prot))
		return false;
	line->event.has_prot = true;
	line->event.prot = (unsigned)prot;
	if (line->event.raw)
		return prot <= UINT_MAX ||
		       fail_field(line, "prot", "does not fit into 32 bits");
	if (!(prot & (LINUX_READ | LINUX_WRITE)))
		return fail(line, "prot= allows neither read nor write");
	line->event.prot = HVPT_PROT_READ;
	if (prot & LINUX_WRITE)
		line->event.prot |= HVPT_PROT_WRITE;
	return true;
}

/* An optional field; 0 if it is missing. */
static bool take_extra(struct trace_line *line,
		       const struct trace_fields *fields, const char *name,
		       uint64_t most, uint64_t *value)
{
	struct span text;

	*value = 0;
	if (!trace_fields_find(fields, name, &text))
		return true;
	if (!take_field(line, &text, name, value))
		return false;
	return *value <= most || fail_field(line, name, "is too large");
}

static bool take_extras(struct trace_line *line,
			const struct trace_fields *fields)
{
	uint64_t raw, nomem;

	if (!take_extra(line, fields, "raw", 1, &raw) ||
	    !take_extra(line, fields, "nomem", UINT_MAX, &nomem))
		return false;
	line->event.raw = raw != 0;
	line->event.nomem = (unsigned)nomem;
	return true;
}

static bool take_probe_range(struct trace_line *line,
			     const struct trace_fields *fields)
{
	struct trace_event *event = &line->event;
	bool has_prot = event->kind == TRACE_MAP ||
			event->kind == TRACE_PROTECT;

	if (event->kind == TRACE_SYNC)
		return true;
	if (!need_field(line, fields, "iova", &event->iova))
		return false;
	if (event->kind == TRACE_MAP &&
	    !need_field(line, fields, "pa", &event->gpa))
		return false;
	if (!need_field(line, fields, "size", &event->size))
		return false;
	return !has_prot || take_prot(line, fields);
}

static bool take_probe(struct trace_line *line, const struct trace_found *at)
{
	struct trace_event *event = &line->event;
	struct trace_fields fields;

	if (!at->sure)
		return fail(line, "(function) is missing after the event's "
				  "name");
	trace_fields_read(&fields, at->payload);
	if (!need_field(line, &fields, "dom", &event->dom))
		return false;
	event->has_dom = true;
	if (!take_extras(line, &fields) || !take_probe_range(line, &fields) ||
	    !check_ranges(line, "pa"))
		return false;
	line->class = TRACE_PROBE;
	return true;
}

/* ---- lines ----------------------------------------------------------- */

/* By members: compilers make a slow loop of one large assignment. */
static void clear(struct trace_line *line)
{
	struct trace_event *event = &line->event;

	line->class = TRACE_BLANK;
	line->lost = 0;
	line->error[0] = '\0';
	event->kind = TRACE_MAP;
	event->has_dom = event->has_prot = event->raw = event->has_time = false;
	event->prot = event->nomem = 0;
	event->cpu = event->pid = -1;
	event->iova = event->size = event->gpa = event->unmapped = 0;
	event->dom = event->line = event->time = 0;
	memset(event->task, 0, sizeof(event->task));
}

void trace_parse(const char *text, size_t length, struct trace_line *line)
{
	struct span all = { text, text + length };
	struct trace_found found;

	clear(line);
	all = text_skip_spaces(all);
	if (all.p == all.end || *all.p == '#') {
		if (trace_overwritten(all, &line->lost))
			line->class = TRACE_LOST;
		return;
	}
	line->class = TRACE_OTHER;
	found = trace_find(all);
	if (!found.name) {
		if (trace_lost(all, &line->lost))
			line->class = TRACE_LOST;
		else if (trace_is_nameless(all))
			fail(line, "the event's name is missing; let perf "
				   "script -F print event");
		return;
	}
	trace_take_task(&line->event, found.head);
	trace_take_time(&line->event, found.head);
	line->event.kind = found.name->kind;
	if (found.name->probe)
		take_probe(line, &found);
	else
		take_tracepoint(line, &found);
}
