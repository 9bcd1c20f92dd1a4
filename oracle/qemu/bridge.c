/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bridge_devices.h"

#include <string.h>

/* Short names for calls and statuses. */
enum {
	CREATE = HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
	ATTACH = HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
	DETACH = HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
	DELETE = HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
	CONFIGURE = HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
	FLUSH = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
	FLUSH_LIST = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
	GET_CAPABILITIES = HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
	GET_PROPERTY = HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
};

enum {
	SUCCESS = HVPT_HV_STATUS_SUCCESS,
	INVALID_CODE = HVPT_HV_STATUS_INVALID_HYPERCALL_CODE,
	INVALID_INPUT = HVPT_HV_STATUS_INVALID_HYPERCALL_INPUT,
	INVALID_ALIGNMENT = HVPT_HV_STATUS_INVALID_ALIGNMENT,
	INVALID_PARAMETER = HVPT_HV_STATUS_INVALID_PARAMETER,
	INVALID_PARTITION = HVPT_HV_STATUS_INVALID_PARTITION_ID,
	IN_USE = HVPT_HV_STATUS_OBJECT_IN_USE,
	NO_DOMAINS = HVPT_HV_STATUS_INSUFFICIENT_DEVICE_DOMAINS,
	INVALID_DEVICE = HVPT_HV_STATUS_INVALID_DEVICE_ID,
	EXISTS = HVPT_HV_STATUS_KEY_ALREADY_EXISTS,
	ALREADY_THERE = HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN,
};

#define SELF (~UINT64_C(0))
#define HEADER_BYTES 24u
#define TYPE_STAGE_1 1u
#define LIST_AT 32u
#define CAP_PRESENT UINT64_C(0x1)
#define CAP_STAGE_1 UINT64_C(0x4)
#define CAP_5_LEVELS UINT64_C(0x8)
#define PAGE_SIZES UINT64_C(0x40201000)
#define PROPERTY_IOMMU 10u

/**
 * struct call - one hypercall
 * @in: its input, in guest memory
 * @out: gpa of its output
 * @count: elements of a rep call
 * @done: of those carried out
 */
struct call {
	struct bridge *bridge;
	uint64_t in;
	uint64_t out;
	unsigned count;
	unsigned start;
	unsigned done;
};

static uint64_t in64(const struct call *call, unsigned offset)
{
	return guest_ram_load(call->bridge->ram, call->in + offset);
}

/* ---- the calls ------------------------------------------------------- */

/* The 24 bytes most calls begin with. */
static unsigned read_header(const struct call *call, uint32_t *id)
{
	uint64_t domain = in64(call, 16);

	if (in64(call, 0) != SELF)
		return INVALID_PARTITION;
	if (in64(call, 8) != 0 || (uint32_t)domain != TYPE_STAGE_1)
		return INVALID_INPUT;
	*id = (uint32_t)(domain >> 32);
	return *id == 0 || *id == UINT32_MAX ? INVALID_PARAMETER : SUCCESS;
}

static unsigned read_domain(const struct call *call,
			    struct bridge_domain **domain)
{
	uint32_t id = 0;
	unsigned status = read_header(call, &id);

	if (status)
		return status;
	*domain = bridge_find_domain(call->bridge, id);
	return *domain ? SUCCESS : INVALID_PARAMETER;
}

static unsigned do_create(struct call *call)
{
	struct bridge_domain *domain;
	uint32_t id = 0;
	unsigned status = read_header(call, &id);

	if (status)
		return status;
	if (in64(call, HEADER_BYTES) != 1)
		return INVALID_INPUT;
	if (bridge_find_domain(call->bridge, id))
		return EXISTS;
	domain = bridge_find_domain(call->bridge, 0);
	if (!domain)
		return NO_DOMAINS;
	*domain = (struct bridge_domain){ .id = id };
	return SUCCESS;
}

static unsigned do_configure(struct call *call)
{
	struct bridge_domain *domain = NULL;
	unsigned status = read_domain(call, &domain);
	uint64_t flags = in64(call, HEADER_BYTES), root = in64(call, 32);

	if (status)
		return status;
	switch (flags) {
	case 0:
		domain->translation = VTD_PASS_THROUGH;
		break;
	case 3:
		domain->translation = VTD_BLOCKED;
		break;
	case 1:
	case 5:
		domain->translation = VTD_FIRST_STAGE;
		break;
	default:
		return INVALID_PARAMETER;
	}
	if ((domain->translation == VTD_FIRST_STAGE) != (root != 0) ||
	    root & 0xfff ||
	    (root && !guest_ram_has(call->bridge->ram, root, 0x1000)))
		return INVALID_PARAMETER;
	if (flags == 5 && !call->bridge->five_levels)
		return INVALID_PARAMETER;
	domain->five_levels = flags == 5;
	domain->root = root;
	domain->configured = true;
	return SUCCESS;
}

static unsigned do_attach(struct call *call)
{
	struct bridge_domain *domain = NULL;
	unsigned status = read_domain(call, &domain);
	struct bridge_device *device;

	if (status)
		return status;
	device = bridge_find_device(call->bridge, in64(call, HEADER_BYTES));
	if (!device)
		return INVALID_DEVICE;
	if (!domain->configured)
		return INVALID_PARAMETER;
	if (device->domain == domain)
		return ALREADY_THERE;
	device->domain = domain;
	bridge_set_context(call->bridge, device);
	return SUCCESS;
}

static unsigned do_detach(struct call *call)
{
	struct bridge *bridge = call->bridge;
	struct bridge_device *device = bridge_find_device(bridge,
							  in64(call, 8));

	if (in64(call, 0) != SELF)
		return INVALID_PARTITION;
	if (!device || !device->domain)
		return INVALID_DEVICE;
	device->domain = NULL;
	vtd_set_context(bridge->vtd, (unsigned)(device - bridge->device),
			VTD_BLOCKED, 0, 0);
	return SUCCESS;
}

static unsigned do_delete(struct call *call)
{
	struct bridge_domain *domain = NULL;
	unsigned status = read_domain(call, &domain), i;

	if (status)
		return status;
	for (i = 0; i < VTD_DEVICE_END; i++)
		if (call->bridge->device[i].domain == domain)
			return IN_USE;
	vtd_flush_domain(call->bridge->vtd,
			 bridge_tag_of(call->bridge, domain));
	*domain = (struct bridge_domain){ .id = 0 };
	return SUCCESS;
}

static unsigned do_flush(struct call *call)
{
	struct bridge_domain *domain = NULL;
	unsigned status = read_domain(call, &domain);

	if (status)
		return status;
	if (in64(call, HEADER_BYTES) != 0)
		return INVALID_INPUT;
	call->bridge->flushes++;
	if (!call->bridge->drop_flushes)
		vtd_flush_domain(call->bridge->vtd,
				 bridge_tag_of(call->bridge, domain));
	return SUCCESS;
}

/* One descriptor as a block of the VT-d, whose addresses have a sign. */
static bool read_entry(const struct call *call, unsigned index,
		       struct vtd_block *block)
{
	uint64_t entry = in64(call, LIST_AT + index * 8);
	unsigned shift = (unsigned)(entry & 0x3f);
	uint64_t page = entry >> 12;

	if ((entry & 0xfc0) || shift > 52 ||
	    (page & ((UINT64_C(1) << shift) - 1)))
		return false;
	block->order = shift;
	block->iova = (uint64_t)((int64_t)(page << 28) >> 16);
	return true;
}

static unsigned do_flush_list(struct call *call)
{
	struct bridge *bridge = call->bridge;
	struct bridge_domain *domain = NULL;
	unsigned status = read_domain(call, &domain), i;

	if (status)
		return status;
	if (in64(call, HEADER_BYTES) != 1 || call->count > BRIDGE_LIST_MAX)
		return INVALID_INPUT;
	for (i = call->start; i < call->count; i++)
		if (!read_entry(call, i, &bridge->blocks[i - call->start]))
			break;
	bridge->flushes++;
	bridge->entries += i - call->start;
	if (!bridge->drop_flushes)
		vtd_flush_blocks(bridge->vtd, bridge_tag_of(bridge, domain),
				 bridge->blocks, i - call->start);
	call->done = i;
	return i == call->count ? SUCCESS : INVALID_PARAMETER;
}

static unsigned do_capabilities(struct call *call)
{
	const struct guest_ram *ram = call->bridge->ram;
	uint64_t caps = CAP_PRESENT | CAP_STAGE_1;
	uint64_t width = call->bridge->five_levels ? 57 : 48;

	if (in64(call, 0) != SELF)
		return INVALID_PARTITION;
	if (in64(call, 8) != 0)
		return INVALID_INPUT;
	if (call->bridge->five_levels)
		caps |= CAP_5_LEVELS;
	guest_ram_store(ram, call->out, HEADER_BYTES | width << 48);
	guest_ram_store(ram, call->out + 8, caps);
	guest_ram_store(ram, call->out + 16, PAGE_SIZES);
	return SUCCESS;
}

static unsigned do_property(struct call *call)
{
	const struct guest_ram *ram = call->bridge->ram;

	if (in64(call, 0) != SELF)
		return INVALID_PARTITION;
	if (in64(call, 16) != PROPERTY_IOMMU)
		return INVALID_PARAMETER;
	if (!bridge_find_device(call->bridge, in64(call, 8)))
		return INVALID_DEVICE;
	guest_ram_store(ram, call->out, 1);
	guest_ram_store(ram, call->out + 8, 0);
	return SUCCESS;
}

static unsigned dispatch(unsigned code, struct call *call)
{
	switch (code) {
	case CREATE:
		return do_create(call);
	case ATTACH:
		return do_attach(call);
	case DETACH:
		return do_detach(call);
	case DELETE:
		return do_delete(call);
	case CONFIGURE:
		return do_configure(call);
	case FLUSH:
		return do_flush(call);
	case FLUSH_LIST:
		return do_flush_list(call);
	case GET_CAPABILITIES:
		return do_capabilities(call);
	case GET_PROPERTY:
		return do_property(call);
	default:
		return INVALID_CODE;
	}
}

/* Control word: code 15:0, rep count 43:32, rep start 59:48, the rest 0. */
static bool good_control(uint64_t control)
{
	unsigned count = (unsigned)(control >> 32) & 0xfff;
	unsigned start = (unsigned)(control >> 48) & 0xfff;
	bool list = (control & 0xffff) == FLUSH_LIST;

	if (control & UINT64_C(0xf000f000ffff0000))
		return false;
	return list ? start < count : count == 0 && start == 0;
}

static bool has_output(unsigned code)
{
	return code == GET_CAPABILITIES || code == GET_PROPERTY;
}

/* In the page that is lent, the output behind the input. */
static unsigned check_pages(const struct call *call, unsigned code)
{
	uint64_t page = call->bridge->call_page >> 12;

	if ((call->in & 7) || (has_output(code) && (call->out & 7)))
		return INVALID_ALIGNMENT;
	if (!call->bridge->lent || call->in >> 12 != page)
		return INVALID_INPUT;
	if (has_output(code) &&
	    (call->out >> 12 != page || call->out <= call->in))
		return INVALID_INPUT;
	return SUCCESS;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct bridge *bridge = ctx;
	struct call call = {
		.bridge = bridge,
		.in = input.value,
		.out = output.value,
		.count = (unsigned)(control >> 32) & 0xfff,
		.start = (unsigned)(control >> 48) & 0xfff,
	};
	unsigned code = (unsigned)(control & 0xffff), status = INVALID_INPUT;
	bool look;

	bridge->calls++;
	bridge->by_code[control & (BRIDGE_CODES - 1)]++;
	if (good_control(control))
		status = check_pages(&call, code);
	if (!status)
		status = dispatch(code, &call);
	/* How the library sees whether there is a domain of some id. */
	look = code == FLUSH && status == INVALID_PARAMETER;
	if (status && status != ALREADY_THERE && !look)
		bridge->refused++;
	return status | (uint64_t)call.done << 32;
}

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct bridge *bridge = ctx;

	if (bridge->lent)
		walker_die("bridge: the call page is lent already");
	bridge->lent = true;
	page->va = guest_ram_at(bridge->ram, bridge->call_page);
	page->gpa = hvpt_gpa(bridge->call_page);
	page->cookie = 0;
	memset(page->va, 0xc7, 4096);
	return true;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct bridge *bridge = ctx;

	if (!bridge->lent || page->gpa.value != bridge->call_page)
		walker_die("bridge: this page was not lent");
	bridge->lent = false;
}

const struct hvpt_transport_ops bridge_ops = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};
