/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device behind the emulated VT-d writes, and the place of the write is
 * found.
 *
 * There is one emulated device. It is moved to the domain of the replay's
 * device that is checked. A fault tells whether a write was refused because of
 * its permission, so a write also shows what a read would do.
 */
#include "backend_qemu.h"

#include <string.h>

#include "adapters/host/hv_binding.h"
#include "check.h"
#include "replay_domain.h"

#define PAGE HVPT_PAGE_BYTES
#define CALL_PAGE UINT64_C(0x20000)
#define DEVICE_ID UINT64_C(0x66558f70)

/* The data of recorded traffic is below 2 GiB. */
#define POOL UINT64_C(0x80000000)
#define POOL_PAGES ((size_t)(GUEST_RAM_MAX - POOL) / PAGE - 1)

/* The target of a write that must be refused. */
#define NOWHERE (GUEST_RAM_MAX - PAGE)

#define FOUR_GIB (UINT64_C(1) << 32)

/* Calls, and offsets in their input: docs/SPEC.md. */
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

static const char *start(struct backend_qemu *machine)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program)
		return "no QEMU with such a VT-d; run scripts/get-qemu";
	machine->qemu = qemu_start_vtd(program, &machine->ram);
	if (!machine->qemu)
		return "QEMU ended before it answered; is it one with a "
		       "first-stage VT-d? HVPT_QEMU names it";
	vtd_open(&machine->vtd, machine->qemu, &machine->ram, 0);
	dma_open(&machine->dma, machine->qemu, &machine->ram);
	bridge_open(&machine->bridge, &machine->vtd, &machine->ram, CALL_PAGE);
	bridge_add_device(&machine->bridge, VTD_DEVICE_TEST, DEVICE_ID);
	machine->bridge.drop_flushes = machine->options->drop_flushes;
	return NULL;
}

/* ---- hypercalls ------------------------------------------------------ */

/* Carries out a call whose input is @page. */
static unsigned carry_out(struct backend_qemu *machine, uint64_t control,
			  const void *page, unsigned offset)
{
	struct bridge *bridge = &machine->bridge;
	struct hvpt_call_page own;
	uint64_t result;

	(void)bridge_ops.borrow(bridge, &own);
	memcpy(own.va, page, PAGE);
	result = bridge_ops.issue(bridge, control, hvpt_gpa(CALL_PAGE + offset),
				  hvpt_gpa(0));
	bridge_ops.give_back(bridge, &own);
	return (unsigned)result & 0xffffu;
}

/* Moves the emulated device to a domain, or to none. */
static void move_device(struct backend_qemu *machine, uint32_t domain)
{
	uint64_t input[PAGE / 8] = { SELF };

	if (machine->shown == domain)
		return;
	if (domain) {
		input[2] = (uint64_t)domain << 32 | STAGE_1;
		input[3] = DEVICE_ID;
		(void)carry_out(machine, ATTACH, input, 0);
	} else {
		input[1] = DEVICE_ID;
		(void)carry_out(machine, DETACH, input, 0);
	}
	machine->shown = domain;
}

static struct qemu_device *find_device(struct backend_qemu *machine,
				       uint64_t id)
{
	struct qemu_device *device;
	size_t i;

	for (i = 0; i < machine->devices; i++) {
		if (machine->device[i].id == id)
			return &machine->device[i];
	}
	if (machine->devices == QEMU_DEVICES_MAX)
		walker_die("more devices than domains");
	device = &machine->device[machine->devices++];
	*device = (struct qemu_device){ id, 0 };
	return device;
}

static uint64_t input_word(const struct backend_qemu *machine, size_t offset,
			   size_t index)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)machine->page + offset + index * 8,
	       sizeof(word));
	return word;
}

/* The call that the model hypervisor carried out; of a list the done part. */
static void follow(struct backend_qemu *machine, uint64_t control,
		   uint64_t result, unsigned offset)
{
	unsigned code = (unsigned)control & 0xffffu;
	uint32_t domain = (uint32_t)(input_word(machine, offset, 2) >> 32);

	if (code == ATTACH) {
		find_device(machine, input_word(machine, offset, 3))->domain =
			domain;
		return;
	}
	if (code == DETACH) {
		find_device(machine, input_word(machine, offset, 1))->domain =
			0;
		return;
	}
	if (code != CREATE && code != CONFIGURE && code != DELETE &&
	    code != FLUSH && code != FLUSH_LIST)
		return;
	if (code == DELETE && machine->shown == domain)
		move_device(machine, 0);
	if (code == FLUSH_LIST)
		control = (control & ~(UINT64_C(0xfff) << 32)) |
			  (result & (UINT64_C(0xfff) << 32));
	if (carry_out(machine, control, machine->page, offset) == NO_DOMAINS)
		machine->base.error =
			"more domains than the walker has; --walker "
			"model has more";
}

/** A call that the model hypervisor has answered. */
struct answered {
	struct backend_qemu *machine;
	uint64_t control;
	uint64_t result;
	unsigned offset;
};

/* An argument of backend_qemu_try(). */
static void follow_answered(void *ctx)
{
	const struct answered *call = ctx;

	follow(call->machine, call->control, call->result, call->offset);
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
	struct backend_qemu *machine = ctx;

	if (!hvpt_hypervisor_transport.borrow(machine->hv, page))
		return false;
	machine->page = page->va;
	return true;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct backend_qemu *machine = ctx;
	struct answered call = { machine, control, 0,
				 (unsigned)(input.value & (PAGE - 1)) };

	call.result = hvpt_hypervisor_transport.issue(machine->hv, control,
						      input, output);
	if (did_something(control, call.result))
		(void)backend_qemu_try(machine, follow_answered, &call);
	return call.result;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct backend_qemu *machine = ctx;

	hvpt_hypervisor_transport.give_back(machine->hv, page);
}

static const struct hvpt_transport_ops transport = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

/* ---- looking --------------------------------------------------------- */

/* A VT-d treats the top bit of an address as a sign. */
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

static enum sight_kind kind_of_fault(const struct vtd_fault *fault,
				     uint64_t address)
{
	if (fault->address != (address & ~(PAGE - 1)))
		return SIGHT_ELSEWHERE;
	switch (fault->reason) {
	case VTD_REASON_WRITE:
		return SIGHT_READ_ONLY;
	case VTD_REASON_NOT_PRESENT:
	case VTD_REASON_PASID_RESERVED: /* of a blocked device: vtd.c */
		return SIGHT_NOTHING;
	default:
		return SIGHT_ELSEWHERE;
	}
}

/* The device writes 4 bytes at once; checks where they are expected. */
static enum sight_kind probe(struct backend_qemu *machine, uint64_t iova,
			     uint64_t gpa)
{
	uint64_t address = on_the_bus(iova & ~UINT64_C(3));
	bool known = is_data(gpa);
	struct vtd_fault fault;

	switch (dma_probe(&machine->dma, VTD_DEVICE_TEST, address,
			  known ? gpa & ~UINT64_C(3) : NOWHERE)) {
	case DMA_HIT:
		return SIGHT_AT;
	case DMA_REFUSED:
		if (vtd_take_fault(&machine->vtd, &fault))
			return kind_of_fault(&fault, address);
		break; /* translated to a gpa without memory */
	case DMA_STRAY:
		break;
	}
	return known ? SIGHT_ELSEWHERE : SIGHT_AT;
}

static bool see(struct backend_qemu *machine, const struct domain *domain,
		const struct access *access, bool write, struct sight *sight)
{
	if (!write || is_harmful(access->iova, access->expected))
		return false;
	move_device(machine, find_device(machine, domain->device_id)->domain);
	sight->cached = true;
	sight->kind = probe(machine, access->iova, access->expected);
	sight->gpa = access->expected;
	return true;
}

static void check_end(struct backend *backend, struct checker *checker)
{
	const struct backend_qemu *machine = backend_qemu_of(backend);

	check_that(checker, machine->bridge.refused == 0,
		   "%s was refused what the model hypervisor did",
		   backend->ops->name);
}

const struct backend_qemu_ops backend_vtd_ops = {
	.backend = {
		.name = "QEMU's VT-d",
		.cache_name = "QEMU's VT-d",
		.device = true,
		.access = backend_qemu_access,
		.check_end = check_end,
	},
	.pool = POOL,
	.pool_pages = POOL_PAGES,
	.start = start,
	.see = see,
	.transport = &transport,
};
