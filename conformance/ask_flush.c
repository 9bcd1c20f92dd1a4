/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * FLUSH_DEVICE_DOMAIN and FLUSH_DEVICE_DOMAIN_LIST, and with it the rep calls,
 * on a paging domain without devices. Whether anything is dropped is not
 * asked: that takes a device that makes DMA.
 */
#include "ask.h"

static uint16_t flush_with(struct conformance_run *run, uint64_t flags)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, run->id[0]);

	call.in[3] = flags;
	return conf_status(run, &call);
}

static uint16_t ask_domain(struct conformance_run *run)
{
	return flush_with(run, 0);
}

static uint16_t ask_flags(struct conformance_run *run)
{
	return flush_with(run, 1);
}

static uint16_t ask_reserved(struct conformance_run *run)
{
	return flush_with(run, (uint64_t)1 << 32);
}

/* The ids of the suite are those for which it fails; so it is another one. */
static uint16_t ask_unknown(struct conformance_run *run)
{
	return conf_flush(run, CONF_LAST_ID);
}

static uint16_t ask_after_delete(struct conformance_run *run)
{
	if (conf_delete(run, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the domain could not be deleted");
	return conf_flush(run, run->id[0]);
}

/* Not aligned, and in the middle of the input. */
static uint16_t ask_output_ignored(struct conformance_run *run)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, run->id[0]);

	call.out_at = 12;
	return conf_status(run, &call);
}

/* ---- one descriptor -------------------------------------------------- */

static uint16_t list_of(struct conformance_run *run, uint64_t entry)
{
	return conf_flush_list(run, &entry, 1);
}

static uint16_t ask_list(struct conformance_run *run)
{
	return list_of(run, hvpt_hv_flush_entry(1, 0));
}

/* The first that fails decides. */
static uint16_t ask_orders(struct conformance_run *run)
{
	uint16_t status = 0;
	unsigned shift;

	for (shift = 0; shift <= HVPT_HV_FLUSH_ENTRY_SHIFT_MAX; shift++) {
		run->value = shift;
		status = list_of(run, hvpt_hv_flush_entry(0, shift));
		if (status != HVPT_HV_STATUS_SUCCESS)
			break;
	}
	return status;
}

static uint16_t ask_order_beyond(struct conformance_run *run)
{
	return list_of(run, HVPT_HV_FLUSH_ENTRY_SHIFT_MAX + 1);
}

static uint16_t ask_entry_reserved(struct conformance_run *run)
{
	return list_of(run, hvpt_hv_flush_entry(1, 0) | 1u << 6);
}

static uint16_t ask_entry_alignment(struct conformance_run *run)
{
	return list_of(run, hvpt_hv_flush_entry(1, 1));
}

/* The first page that is wider than the host says. */
static uint16_t ask_entry_beyond(struct conformance_run *run)
{
	unsigned width = conf_width(run);

	if (width < 12)
		return conf_skip(run, "no page is that narrow");
	return list_of(run,
		       hvpt_hv_flush_entry((uint64_t)1 << (width - 12), 0));
}

static uint16_t ask_list_form(struct conformance_run *run)
{
	uint64_t entry = hvpt_hv_flush_entry(1, 0);
	struct conf_call call = conf_list_call(run->id[0], &entry, 1, 1);

	call.in[3] = 0;
	return conf_status(run, &call);
}

static uint16_t ask_list_unknown(struct conformance_run *run)
{
	uint64_t entry = hvpt_hv_flush_entry(1, 0);
	struct conf_call call = conf_list_call(run->unused, &entry, 1, 1);

	return conf_status(run, &call);
}

/* ---- several: a rep call --------------------------------------------- */

/* As many are done as the result word says. */
static uint16_t reps(struct conformance_run *run, unsigned count,
		     unsigned start, unsigned done)
{
	uint64_t entry = hvpt_hv_flush_entry(1, 0), result;
	struct conf_call call = conf_list_call(run->id[0], &entry, 1, count);
	uint16_t status;

	call.control |= (uint64_t)start << HVPT_HV_CONTROL_START_SHIFT;
	result = conf_issue(run, &call);
	status = hvpt_hv_result_status(result);
	run->value = hvpt_hv_result_reps(result);
	if (status == HVPT_HV_STATUS_SUCCESS && run->value != done)
		conf_wrong(run, status, "the count of reps is another");
	return status;
}

static uint16_t ask_reps(struct conformance_run *run)
{
	return reps(run, 3, 0, 3);
}

static uint16_t ask_reps_start(struct conformance_run *run)
{
	return reps(run, 3, 1, 3);
}

static uint16_t ask_reps_full(struct conformance_run *run)
{
	return reps(run, HVPT_HV_FLUSH_LIST_MAX, 0, HVPT_HV_FLUSH_LIST_MAX);
}

static uint16_t ask_reps_crossing(struct conformance_run *run)
{
	return reps(run, HVPT_HV_FLUSH_LIST_MAX + 1, 0,
		    HVPT_HV_FLUSH_LIST_MAX + 1);
}

static uint16_t ask_reps_none(struct conformance_run *run)
{
	return reps(run, 0, 0, 0);
}

static uint16_t ask_reps_beyond(struct conformance_run *run)
{
	return reps(run, 1, 1, 1);
}

static uint16_t ask_reps_failed(struct conformance_run *run)
{
	uint64_t entries[3] = { hvpt_hv_flush_entry(1, 0), 0x3f,
				hvpt_hv_flush_entry(2, 0) };
	struct conf_call call = conf_list_call(run->id[0], entries, 3, 3);
	uint64_t result = conf_issue(run, &call);
	uint16_t status = hvpt_hv_result_status(result);

	if (status == HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the host accepts any shift");
	run->value = hvpt_hv_result_reps(result);
	if (run->value > 1)
		conf_wrong(run, status, "the bad one is counted");
	else if (run->value == 0)
		conf_differs(run, "the good one before it is not counted");
	return status;
}

#define MINI "Linux, hvhdk_mini.h"
#define GUEST "Linux, hv-iommu-guest.c"
#define TLFS_REP "TLFS, Hypercall Outputs"
#define TLFS_STATUS "TLFS, Hypercall Status Codes"
#define IDS (CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_IDS)
#define PAGING (IDS | CONFORMANCE_NEEDS_PAGING)
#define LIST (IDS | CONFORMANCE_NEEDS_LIST)
#define GROUP CONFORMANCE_FLUSH
#define BAD_INPUT CONF_IS(INVALID_HYPERCALL_INPUT)

/* clang-format off */
const struct conformance_question conf_flush_questions[] = {
	{ "flush.domain", "Can a whole domain be flushed?", "it succeeds",
	  GUEST, "Linux and hvpt need it", GROUP, PAGING, CONF_IS(SUCCESS),
	  CONF_IS(SUCCESS), ask_domain },
	{ "flush.flags", "What does FLUSH answer for flag 0x1?", NULL,
	  MINI " names no flag",
	  "Linux and hvpt send zero; the model refuses it", GROUP, PAGING,
	  CONF_ANY, CONF_ANY, ask_flags },
	{ "flush.reserved",
	  "What does FLUSH answer for a reserved field that is not zero?",
	  NULL, MINI ": reserved; no status is named",
	  "Linux and hvpt send zero; the model refuses it", GROUP, PAGING,
	  CONF_ANY, CONF_ANY, ask_reserved },
	{ "flush.output",
	  "Is an output gpa ignored where the call has no output?",
	  "a gpa that is not needed is ignored", "TLFS, Hypercall Inputs",
	  "Linux and hvpt send 0", GROUP, PAGING, CONF_IS(SUCCESS), CONF_ANY,
	  ask_output_ignored },
	{ "flush.unknown",
	  "What does FLUSH answer for id 0xfffffffe, which nobody uses?", NULL,
	  "no source says",
	  "hvpt finds ids in use by it; the model says NOT_FOUND", GROUP,
	  CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_WRITES, CONF_ANY,
	  CONF_REFUSED, ask_unknown },
	{ "flush.after-delete",
	  "What does FLUSH answer for a domain after its DELETE?", NULL,
	  "no source says",
	  "hvpt finds ids in use by it; the model says NOT_FOUND", GROUP,
	  PAGING, CONF_ANY, CONF_REFUSED, ask_after_delete },
	{ "flush.list", "Does FLUSH_DEVICE_DOMAIN_LIST exist?",
	  "it succeeds; no capability tells whether the call exists", GUEST,
	  "Linux and hvpt flush the domain if it fails", GROUP, PAGING,
	  CONF_IS2(SUCCESS, INVALID_HYPERCALL_CODE), CONF_ANY, ask_list },
	{ "flush.orders",
	  "Is each shift 0 .. 52 accepted? Value: the last one tried.", NULL,
	  MINI " has a field of 6 bits; the largest shift is not said",
	  "Linux sends up to 52, hvpt too; the model accepts them", GROUP,
	  LIST, CONF_ANY, CONF_IS(SUCCESS), ask_orders },
	{ "flush.order-beyond", "What does a shift of 53 answer?", NULL,
	  MINI ": the largest shift is not said",
	  "Linux and hvpt do not send it; the model refuses it", GROUP, LIST,
	  CONF_ANY, CONF_ANY, ask_order_beyond },
	{ "flush.entry-reserved",
	  "What does a descriptor answer with bit 6 set?", NULL,
	  MINI ": 11:6 are reserved; early drafts had a shift of 12 bits",
	  "Linux and hvpt send zero; the model refuses it", GROUP, LIST,
	  CONF_ANY, CONF_ANY, ask_entry_reserved },
	{ "flush.entry-alignment",
	  "What do two pages answer that begin at an odd page?", NULL,
	  "the linux-hyperv list, 15 May 2026: aligned; no status is named",
	  "Linux and hvpt align them; the model refuses it", GROUP, LIST,
	  CONF_ANY, CONF_ANY, ask_entry_alignment },
	{ "flush.entry-beyond",
	  "What does a descriptor answer for a page beyond the width?", NULL,
	  "no source says",
	  "Linux and hvpt do not send it; the model accepts it", GROUP, LIST,
	  CONF_ANY, CONF_ANY, ask_entry_beyond },
	{ "flush.list-form",
	  "What does a list answer without the flag of its form?", NULL,
	  MINI " names the flag; the other form is not described",
	  "Linux and hvpt set it; the model refuses others", GROUP, LIST,
	  CONF_ANY, CONF_ANY, ask_list_form },
	{ "flush.list-unknown",
	  "What does a list answer for a domain that does not exist?", NULL,
	  "no source says", "the model says NOT_FOUND", GROUP, LIST, CONF_ANY,
	  CONF_REFUSED, ask_list_unknown },
	{ "flush.reps",
	  "Are 3 of 3 reps completed after a success? Value: reps.",
	  "the result word counts completed reps", TLFS_REP,
	  "hvpt goes on where the count ends", GROUP, LIST, CONF_IS(SUCCESS),
	  CONF_IS2(SUCCESS, TIMEOUT), ask_reps },
	{ "flush.reps-start",
	  "Do reps that start at 1 count from element 0? Value: reps.",
	  "the count is absolute", TLFS_REP, "hvpt starts again with it",
	  GROUP, LIST, CONF_IS(SUCCESS), CONF_IS2(SUCCESS, TIMEOUT),
	  ask_reps_start },
	{ "flush.reps-full",
	  "Are 508 equal descriptors, a full page, accepted? "
	  "Value: reps.",
	  "a list may fill its page", "TLFS, Hypercall Inputs",
	  "Linux sends 1, hvpt up to 508", GROUP, LIST, CONF_IS(SUCCESS),
	  CONF_IS2(SUCCESS, TIMEOUT), ask_reps_full },
	{ "flush.reps-crossing",
	  "Is a list refused that is longer than the page? Value: reps.",
	  "INVALID_ALIGNMENT; OpenVMM answers INVALID_HYPERCALL_INPUT",
	  TLFS_STATUS, "Linux and hvpt stay in one page",
	  GROUP, LIST, CONF_IS2(INVALID_ALIGNMENT, INVALID_HYPERCALL_INPUT),
	  CONF_ANY, ask_reps_crossing },
	{ "flush.reps-none", "Is a rep call with 0 reps refused?",
	  "INVALID_HYPERCALL_INPUT", TLFS_STATUS, "hvpt sends at least 1",
	  GROUP, LIST, BAD_INPUT, CONF_ANY, ask_reps_none },
	{ "flush.reps-beyond", "Is a rep start refused that is the rep count?",
	  "INVALID_HYPERCALL_INPUT", TLFS_STATUS, "hvpt starts below it", GROUP,
	  LIST, BAD_INPUT, CONF_ANY, ask_reps_beyond },
	{ "flush.reps-failed",
	  "Is 1 rep completed when the second of 3 is bad? Value: reps.",
	  "after a failure the count says how many succeeded", TLFS_REP,
	  "hvpt flushes the domain then", GROUP, LIST, CONF_REFUSED,
	  CONF_REFUSED, ask_reps_failed },
};
/* clang-format on */
const size_t conf_flush_count = CONF_COUNT(conf_flush_questions);
