/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "wrong_hosts.h"

#include <string.h>

#include "adapters/host/hv_binding.h"

#define CODE(call) ((call)->control & 0xffff)
#define REPS(n) ((uint64_t)(n) << 32)
#define COUNT(call) ((call)->control >> 32 & 0xfff)
#define START(call) ((call)->control >> 48 & 0xfff)

static uint64_t model(const struct wrong_call *call)
{
	return hypervisor_call(call->hv, call->control, call->input,
			       call->output);
}

static uint64_t word(const struct wrong_call *call, size_t n)
{
	uint64_t value;

	memcpy(&value, call->page + (call->input - call->gpa) + 8 * n, 8);
	return value;
}

static void set_word(const struct wrong_call *call, size_t n, uint64_t value)
{
	memcpy(call->page + (call->input - call->gpa) + 8 * n, &value, 8);
}

static uint64_t *output(const struct wrong_call *call)
{
	return (uint64_t *)(void *)(call->page + (call->output - call->gpa));
}

static bool succeeds(uint64_t result)
{
	return (result & 0xffff) == 0;
}

/* ---- control word, memory, result ------------------------------------ */

static uint64_t ignores_control(const struct wrong_call *call, uint64_t bits)
{
	struct wrong_call other = *call;

	other.control &= ~bits;
	return model(&other);
}

static uint64_t reserved_low(const struct wrong_call *call)
{
	return ignores_control(call, UINT64_C(1) << 29);
}

static uint64_t reserved_high(const struct wrong_call *call)
{
	return ignores_control(call, UINT64_C(15) << 60);
}

static uint64_t simple_count(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST)
		return model(call);
	return ignores_control(call, UINT64_C(0xfff) << 32);
}

static uint64_t unknown_code(const struct wrong_call *call)
{
	return CODE(call) < 0x1000 ? model(call) : 0;
}

static uint64_t misaligned(const struct wrong_call *call)
{
	struct wrong_call other = *call;

	if (call->input % 8 == 0)
		return model(call);
	other.input = call->gpa;
	memmove(call->page, call->page + (call->input - call->gpa), 32);
	return model(&other);
}

static uint64_t any_partition(const struct wrong_call *call)
{
	if (call->input - call->gpa <= HVPT_HV_PAGE_BYTES - 8)
		set_word(call, 0, UINT64_MAX);
	return model(call);
}

/* Bytes 0 to 3 of the capabilities are left as they were. */
static uint64_t half_output(const struct wrong_call *call)
{
	uint32_t before;
	uint64_t result;

	if (CODE(call) != HVPT_HVCALL_GET_IOMMU_CAPABILITIES)
		return model(call);
	memcpy(&before, call->page + (call->output - call->gpa), 4);
	result = model(call);
	if (succeeds(result))
		memcpy(call->page + (call->output - call->gpa), &before, 4);
	return result;
}

/* Every other answer has one bit more. */
static uint64_t changing_caps(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (CODE(call) == HVPT_HVCALL_GET_IOMMU_CAPABILITIES &&
	    succeeds(result) && call->number % 2)
		output(call)[1] ^= UINT64_C(1) << 6;
	return result;
}

static void no_4k(struct hypervisor_config *config)
{
	config->page_sizes = UINT64_C(1) << 21;
}

static void no_width(struct hypervisor_config *config)
{
	config->iova_width = 65;
}

/* ---- domains --------------------------------------------------------- */

static void takes_over(struct hypervisor_config *config)
{
	config->take_over = true;
}

static uint64_t lone_blocked(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	    word(call, 3) == HVPT_HV_SETTINGS_BLOCKED)
		set_word(call, 3, 3);
	return model(call);
}

static uint64_t five_anyway(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	    word(call, 3) == 5)
		set_word(call, 3, 1);
	return model(call);
}

static uint64_t keeps_deleted(const struct wrong_call *call)
{
	struct wrong_call flush = *call;

	if (CODE(call) != HVPT_HVCALL_DELETE_DEVICE_DOMAIN)
		return model(call);
	set_word(call, 3, 0);
	flush.control = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN;
	return model(&flush); /* is it there? */
}

/* ---- devices --------------------------------------------------------- */

static uint64_t no_property(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (CODE(call) == HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY &&
	    succeeds(result))
		output(call)[0] = 0;
	return result;
}

static uint64_t attaches_again(const struct wrong_call *call)
{
	uint64_t result = model(call);
	bool same = (result & 0xffff) ==
		    HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN;

	return same ? 0 : result;
}

static void detaches_late(struct hypervisor_config *config)
{
	config->detach_delay = 100000;
}

/* ---- flushes --------------------------------------------------------- */

static void counts_more(struct hypervisor_config *config)
{
	config->reps = HYPERVISOR_REPS_MORE;
}

static void counts_fewer(struct hypervisor_config *config)
{
	config->reps = HYPERVISOR_REPS_FEWER;
}

static bool is_list(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST;
}

/* Counts from the start index, not from element 0. */
static uint64_t counts_from_start(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (!is_list(call) || !succeeds(result))
		return result;
	return result - REPS(START(call));
}

static uint64_t forgets_count(const struct wrong_call *call)
{
	uint64_t result = model(call);

	return is_list(call) && !succeeds(result) ? result & 0xffff : result;
}

static uint64_t nothing_to_do(const struct wrong_call *call)
{
	if (is_list(call) && START(call) >= COUNT(call))
		return REPS(COUNT(call));
	return model(call);
}

static uint64_t long_lists(const struct wrong_call *call)
{
	if (is_list(call) && COUNT(call) > HVPT_HV_FLUSH_LIST_MAX)
		return REPS(COUNT(call));
	return model(call);
}

static uint64_t flushes_anything(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN ? 0 : model(call);
}

static uint64_t small_shifts(const struct wrong_call *call)
{
	if (is_list(call) && COUNT(call) == 1 && (word(call, 4) & 63) > 40)
		return HVPT_HV_STATUS_INVALID_PARAMETER;
	return model(call);
}

#define BITS "control.reserved-"

const struct wrong_host wrong_hosts[] = {
	{ "bit 29 is refused", NULL, reserved_low, { BITS "30-27" } },
	{ "bits 63:60 are refused", NULL, reserved_high, { BITS "63-60" } },
	{ "a simple call has no count",
	  NULL,
	  simple_count,
	  { "control.simple-count" } },
	{ "unknown codes are refused",
	  NULL,
	  unknown_code,
	  { "control.unknown-code" } },
	{ "inputs are aligned",
	  NULL,
	  misaligned,
	  { "control.input-alignment" } },
	{ "partition 0 is none",
	  NULL,
	  any_partition,
	  { "control.partition", "control.output-on-failure" } },
	{ "all of the output is written",
	  NULL,
	  half_output,
	  { "control.output-whole" } },
	{ "capabilities do not change",
	  NULL,
	  changing_caps,
	  { "control.output-whole", "caps.stable" } },
	{ "pages have 4 KiB", no_4k, NULL, { "caps.page-sizes" } },
	{ "addresses have 64 bits", no_width, NULL, { "caps.width" } },
	{ "an id is created once",
	  takes_over,
	  NULL,
	  { "domains.create-twice" } },
	{ "blocked needs translation",
	  NULL,
	  lone_blocked,
	  { "domains.blocked-alone" } },
	{ "5 levels need a capability",
	  NULL,
	  five_anyway,
	  { "domains.five-levels" } },
	{ "a deleted domain is gone",
	  NULL,
	  keeps_deleted,
	  { "domains.reuse", "flush.after-delete" } },
	{ "a managed device says so",
	  NULL,
	  no_property,
	  { "devices.property" } },
	{ "a device is attached once",
	  NULL,
	  attaches_again,
	  { "devices.attach-home", "devices.attach-twice",
	    "devices.attach-over" } },
	{ "a detached device is in no domain",
	  detaches_late,
	  NULL,
	  { "devices.detach", "translation.detach" } },
	{ "no more reps than asked for",
	  counts_more,
	  NULL,
	  { "flush.reps", "flush.reps-start", "flush.reps-full" } },
	{ "all reps are counted",
	  counts_fewer,
	  NULL,
	  { "flush.reps", "flush.reps-start", "flush.reps-full" } },
	{ "reps count from 0",
	  NULL,
	  counts_from_start,
	  { "flush.reps-start" } },
	{ "reps count after a failure",
	  NULL,
	  forgets_count,
	  { "flush.reps-failed" } },
	{ "the start is below the count",
	  NULL,
	  nothing_to_do,
	  { "flush.reps-none", "flush.reps-beyond" } },
	{ "lists end with the page",
	  NULL,
	  long_lists,
	  { "flush.reps-crossing" } },
	{ "no unknown domain is flushed",
	  NULL,
	  flushes_anything,
	  { "flush.unknown" } },
	{ "shifts go to 52",
	  NULL,
	  small_shifts,
	  { "flush.orders", "caching.list-all" } },
};
const size_t wrong_host_count = sizeof(wrong_hosts) / sizeof(wrong_hosts[0]);

/* ---- the transport --------------------------------------------------- */

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct wrong_front *front = ctx;
	bool lent = hvpt_hypervisor_transport.borrow(front->hv, page);

	front->page = *page;
	return lent;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output_gpa)
{
	struct wrong_front *front = ctx;
	const struct wrong_call call = {
		.hv = front->hv,
		.page = front->page.va,
		.gpa = front->page.gpa.value,
		.control = control,
		.input = input.value,
		.output = output_gpa.value,
		.number = front->number++,
	};

	return front->wrong->issue ? front->wrong->issue(&call) : model(&call);
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct wrong_front *front = ctx;

	hvpt_hypervisor_transport.give_back(front->hv, page);
}

const struct hvpt_transport_ops wrong_transport = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};
