/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The emulated VT-d as a judge: a device writes, and where does it get to?
 *
 * The one emulated device goes to the domain which the replay's device, of
 * which something is to be seen, is in.
 */
#include "walker.h"

#include <string.h>

#define PAGE HVPT_PAGE_BYTES
#define CALL_PAGE UINT64_C(0x20000)
#define DEVICE_ID UINT64_C(0x66558f70)

/* Below 2 GiB there is the data of recorded traffic. */
#define POOL UINT64_C(0x80000000)
#define POOL_PAGES ((size_t)(GUEST_RAM_MAX - POOL) / PAGE - 1)

/* Where a write would have to land which must be refused. */
#define NOWHERE (GUEST_RAM_MAX - PAGE)

#define FOUR_GIB (UINT64_C(1) << 32)

/* Calls, and where their input has what: docs/SPEC.md. */
#define CREATE HVPT_HVCALL_CREATE_DEVICE_DOMAIN
#define ATTACH HVPT_HVCALL_ATTACH_DEVICE_DOMAIN
#define DETACH HVPT_HVCALL_DETACH_DEVICE_DOMAIN
#define DELETE HVPT_HVCALL_DELETE_DEVICE_DOMAIN
#define CONFIGURE HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN
#define FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST
#define NO_DOMAINS HVPT_HV_STATUS_INSUFFICIENT_DEVICE_DOMAINS
#define SELF (~UINT64_C(0))
#define STAGE_1 1u

static const char *start(struct walk *walk)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program)
		return "no QEMU with such a VT-d; run scripts/get-qemu";
	walk->qemu = qemu_start_vtd(program, &walk->ram);
	if (!walk->qemu)
		return "QEMU ended before it answered; is it one with a "
		       "first-stage VT-d? HVPT_QEMU names it";
	vtd_open(&walk->vtd, walk->qemu, &walk->ram, 0);
	dma_open(&walk->dma, walk->qemu, &walk->ram);
	bridge_open(&walk->bridge, &walk->vtd, &walk->ram, CALL_PAGE);
	bridge_add_device(&walk->bridge, VTD_DEVICE_TEST, DEVICE_ID);
	walk->bridge.drop_flushes = walk->options->drop_flushes;
	return NULL;
}

/* ---- hypercalls ------------------------------------------------------ */

/* Carries out a call whose input is @page. */
static unsigned carry_out(struct walk *walk, uint64_t control, const void *page,
			  unsigned offset)
{
	struct bridge *bridge = &walk->bridge;
	struct hvpt_call_page own;
	uint64_t result;

	(void)bridge_ops.borrow(bridge, &own);
	memcpy(own.va, page, PAGE);
	result = bridge_ops.issue(bridge, control, hvpt_gpa(CALL_PAGE + offset),
				  hvpt_gpa(0));
	bridge_ops.give_back(bridge, &own);
	return (unsigned)result & 0xffffu;
}

/* The emulated device goes to a domain, or to none. */
static void move_device(struct walk *walk, uint32_t domain)
{
	uint64_t input[PAGE / 8] = { SELF };

	if (walk->shown == domain)
		return;
	if (domain) {
		input[2] = (uint64_t)domain << 32 | STAGE_1;
		input[3] = DEVICE_ID;
		(void)carry_out(walk, ATTACH, input, 0);
	} else {
		input[1] = DEVICE_ID;
		(void)carry_out(walk, DETACH, input, 0);
	}
	walk->shown = domain;
}

static struct walk_device *find_device(struct walk *walk, uint64_t id)
{
	struct walk_device *device;
	size_t i;

	for (i = 0; i < walk->devices; i++) {
		if (walk->device[i].id == id)
			return &walk->device[i];
	}
	if (walk->devices == WALK_DEVICES)
		walker_die("more devices than domains");
	device = &walk->device[walk->devices++];
	*device = (struct walk_device){ id, 0 };
	return device;
}

static uint64_t input_word(const struct walk *walk, size_t offset, size_t index)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)walk->page + offset + index * 8,
	       sizeof(word));
	return word;
}

/* What the model hypervisor carried out; of a list, up to what it did. */
static void follow(struct walk *walk, uint64_t control, uint64_t result,
		   unsigned offset)
{
	unsigned code = (unsigned)control & 0xffffu;
	uint32_t domain = (uint32_t)(input_word(walk, offset, 2) >> 32);

	if (code == ATTACH) {
		find_device(walk, input_word(walk, offset, 3))->domain = domain;
		return;
	}
	if (code == DETACH) {
		find_device(walk, input_word(walk, offset, 1))->domain = 0;
		return;
	}
	if (code != CREATE && code != CONFIGURE && code != DELETE &&
	    code != FLUSH && code != FLUSH_LIST)
		return;
	if (code == DELETE && walk->shown == domain)
		move_device(walk, 0);
	if (code == FLUSH_LIST)
		control = (control & ~(UINT64_C(0xfff) << 32)) |
			  (result & (UINT64_C(0xfff) << 32));
	if (carry_out(walk, control, walk->page, offset) == NO_DOMAINS)
		walk->error = "more domains than the walker has; --walker "
			      "model has more";
}

/** A call which the model hypervisor has answered. */
struct answered {
	struct walk *walk;
	uint64_t control;
	uint64_t result;
	unsigned offset;
};

/* An argument of walk_try(). */
static void follow_answered(void *ctx)
{
	const struct answered *call = ctx;

	follow(call->walk, call->control, call->result, call->offset);
}

static bool did_something(uint64_t control, uint64_t result)
{
	uint64_t done = result >> 32 & 0xfff, begun = control >> 48 & 0xfff;

	if ((control & 0xffff) == FLUSH_LIST)
		return done > begun;
	return (result & 0xffff) == 0;
}

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct walk *walk = ctx;

	if (!hvpt_hypervisor_transport.borrow(walk->hv, page))
		return false;
	walk->page = page->va;
	return true;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct walk *walk = ctx;
	struct answered call = { walk, control, 0,
				 (unsigned)(input.value & (PAGE - 1)) };

	call.result = hvpt_hypervisor_transport.issue(walk->hv, control, input,
						      output);
	if (did_something(control, call.result))
		walk_try(walk, follow_answered, &call);
	return call.result;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct walk *walk = ctx;

	hvpt_hypervisor_transport.give_back(walk->hv, page);
}

const struct hvpt_transport_ops walk_vtd_transport = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

/* ---- looking --------------------------------------------------------- */

/* A VT-d takes the top bit of an address for a sign. */
static uint64_t on_the_bus(uint64_t iova)
{
	return cpu_walk_sign_extend(iova, 4);
}

static bool is_data(uint64_t gpa)
{
	return gpa >= GUEST_RAM_HOLE_END && gpa < POOL;
}

/* A write to the unit's memory, to tables or to devices would do harm. */
static bool is_harmful(uint64_t iova, uint64_t gpa)
{
	return (gpa < FOUR_GIB && gpa != 0 && !is_data(gpa)) ||
	       (iova >= VTD_INTERRUPT_FIRST && iova <= VTD_INTERRUPT_LAST);
}

static enum walk_seen seen_of_fault(const struct vtd_fault *fault,
				    uint64_t address)
{
	if (fault->address != (address & ~(PAGE - 1)))
		return WALK_ELSEWHERE;
	switch (fault->reason) {
	case VTD_REASON_WRITE:
		return WALK_READ_ONLY;
	case VTD_REASON_NOT_PRESENT:
	case VTD_REASON_PASID_RESERVED: /* of a blocked device: vtd.c */
		return WALK_NOTHING;
	default:
		return WALK_ELSEWHERE;
	}
}

static enum walk_seen see(struct walk *walk, const struct domain *domain,
			  uint64_t iova, uint64_t gpa)
{
	uint64_t address = on_the_bus(iova);
	bool known = is_data(gpa);
	struct vtd_fault fault;

	if (is_harmful(iova, gpa))
		return WALK_UNSEEN;
	move_device(walk, find_device(walk, domain->device_id)->domain);
	switch (dma_probe(&walk->dma, VTD_DEVICE_TEST, address,
			  known ? gpa : NOWHERE)) {
	case DMA_HIT:
		return WALK_THERE;
	case DMA_REFUSED:
		if (vtd_take_fault(&walk->vtd, &fault))
			return seen_of_fault(&fault, address);
		break; /* translated, to where no memory is */
	case DMA_STRAY:
		break;
	}
	return known ? WALK_ELSEWHERE : WALK_THERE;
}

const struct walk_ops walk_vtd_ops = {
	.name = "QEMU's VT-d",
	.permissions = true,
	.pool = POOL,
	.pool_pages = POOL_PAGES,
	.start = start,
	.see = see,
};
