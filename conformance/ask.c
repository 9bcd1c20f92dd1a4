/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes the hypercalls of the questions.
 */
#include "ask.h"

/* ---- one call -------------------------------------------------------- */

/* Bytes, because the input may be misaligned; what crosses the page is lost. */
static void put64(uint8_t *page, unsigned at, uint64_t value)
{
	unsigned i;

	for (i = 0; i < 8 && at + i < HVPT_HV_PAGE_BYTES; i++)
		page[at + i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get64(const uint8_t *page, unsigned at)
{
	uint64_t value = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		value |= (uint64_t)page[at + i] << 8 * i;
	return value;
}

static void fill_page(uint8_t *page, const struct conf_call *call)
{
	unsigned i, last = call->words - 1;

	for (i = 0; call->out_at && i < CONF_OUT_WORDS; i++)
		put64(page, call->out_at + 8 * i, call->out_fill);
	for (i = 0; i < call->words + call->fills; i++)
		put64(page, call->at + 8 * i, call->in[i < last ? i : last]);
}

uint64_t conf_issue(struct conformance_run *run, struct conf_call *call)
{
	const struct hvpt_transport *transport = run->host->transport;
	struct hvpt_call_page page;
	hvpt_gpa_t output = hvpt_gpa(0);
	uint64_t result;
	unsigned i;

	if (!transport->ops->borrow(transport->ctx, &page))
		return HVPT_HV_NO_HYPERCALL;
	fill_page(page.va, call);
	if (call->out_at)
		output = hvpt_gpa(page.gpa.value + call->out_at);
	result = transport->ops->issue(transport->ctx, call->control,
				       hvpt_gpa(page.gpa.value + call->at),
				       output);
	for (i = 0; call->out_at && i < CONF_OUT_WORDS; i++)
		call->out[i] = get64(page.va, call->out_at + 8 * i);
	transport->ops->give_back(transport->ctx, &page);
	return result;
}

uint16_t conf_status(struct conformance_run *run, struct conf_call *call)
{
	return hvpt_hv_result_status(conf_issue(run, call));
}

/* ---- inputs ---------------------------------------------------------- */

struct conf_call conf_get_caps(void)
{
	struct conf_call call = {
		.control = HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
		.in = { HVPT_HV_PARTITION_SELF, 0 },
		.words = 2,
		.out_at = CONF_OUT_AT,
	};

	return call;
}

struct conf_call conf_get_property(uint64_t device, uint32_t code)
{
	struct conf_call call = {
		.control = HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
		.in = { HVPT_HV_PARTITION_SELF, device, code },
		.words = 3,
		.out_at = CONF_OUT_AT,
	};

	return call;
}

struct conf_call conf_domain_call(unsigned code, uint32_t id)
{
	struct conf_call call = {
		.control = code,
		.in = { HVPT_HV_PARTITION_SELF, 0,
			hvpt_hv_domain_id(HVPT_HV_DOMAIN_TYPE_S1, id) },
		.words = 3,
	};

	if (code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN)
		call.words = 4; /* flags and reserved, 0 */
	return call;
}

struct conf_call conf_create_call(uint32_t id, uint32_t flags, uint32_t pad)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_CREATE_DEVICE_DOMAIN, id);

	call.in[3] = flags | (uint64_t)pad << 32;
	call.words = 4;
	return call;
}

struct conf_call conf_attach_call(uint32_t id, uint64_t device)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_ATTACH_DEVICE_DOMAIN, id);

	call.in[3] = device;
	call.words = 4;
	return call;
}

struct conf_call conf_detach_call(uint64_t device)
{
	struct conf_call call = {
		.control = HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
		.in = { HVPT_HV_PARTITION_SELF, device },
		.words = 2,
	};

	return call;
}

struct conf_call conf_list_call(uint32_t id, const uint64_t *entries,
				unsigned given, unsigned count)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST, id);
	unsigned i;

	call.control = hvpt_hv_control(HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
				       count, 0);
	call.in[3] = HVPT_HV_FLUSH_LIST_IOMMU_FORMAT;
	for (i = 0; i < given; i++)
		call.in[4 + i] = entries[i];
	call.words = 4 + given;
	call.fills = count > given ? count - given : 0;
	return call;
}

/* ---- capabilities ---------------------------------------------------- */

bool conf_has_stage_1(const uint64_t *caps)
{
	const uint64_t wanted = HVPT_HV_IOMMU_CAP_PRESENT |
				HVPT_HV_IOMMU_CAP_S1;

	return (caps[1] & wanted) == wanted;
}

unsigned conf_width(const struct conformance_run *run)
{
	unsigned width = (unsigned)(run->caps[0] >> 48) & 0xffu;

	if (width > 48 && !(run->caps[1] & HVPT_HV_IOMMU_CAP_S1_5LVL))
		return 48;
	return width > 57 ? 57 : width;
}

/* ---- calls ----------------------------------------------------------- */

/* A FLUSH that fails so does not tell whether there is such a domain. */
static bool tells_nothing(uint16_t status)
{
	switch (status) {
	case HVPT_HV_STATUS_INVALID_HYPERCALL_CODE:
	case HVPT_HV_STATUS_INVALID_HYPERCALL_INPUT:
	case HVPT_HV_STATUS_ACCESS_DENIED:
	case HVPT_HV_STATUS_OPERATION_DENIED:
	case HVPT_HV_STATUS_TIMEOUT:
	case HVPT_HV_STATUS_NO_HYPERCALL:
		return true;
	default:
		return false;
	}
}

bool conf_take_id(struct conformance_run *run, uint32_t *id)
{
	const struct conformance_host *host = run->host;
	uint64_t end = (uint64_t)host->first_id + host->ids;

	while (run->next < end && run->next < CONF_LAST_ID) {
		uint16_t status;

		*id = (uint32_t)run->next++;
		status = conf_flush(run, *id);
		if (tells_nothing(status))
			return false;
		if (status != HVPT_HV_STATUS_SUCCESS)
			return true;
	}
	return false;
}

uint16_t conf_create_with(struct conformance_run *run, unsigned n,
			  uint32_t flags, uint32_t pad)
{
	struct conf_call call = conf_create_call(run->id[n], flags, pad);
	uint16_t status = conf_status(run, &call);

	run->made[n] |= status == HVPT_HV_STATUS_SUCCESS;
	return status;
}

uint16_t conf_create(struct conformance_run *run, unsigned n)
{
	return conf_create_with(run, n, HVPT_HV_CREATE_FORWARD_PROGRESS, 0);
}

uint16_t conf_delete(struct conformance_run *run, unsigned n)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_DELETE_DEVICE_DOMAIN, run->id[n]);
	uint16_t status = conf_status(run, &call);

	if (status == HVPT_HV_STATUS_SUCCESS)
		run->made[n] = false;
	return status;
}

void conf_clean(struct conformance_run *run, uint32_t id)
{
	unsigned tries;

	for (tries = 0; tries < CONF_TRIES; tries++) {
		struct conf_call call = conf_domain_call(
			HVPT_HVCALL_DELETE_DEVICE_DOMAIN, id);

		if (conf_status(run, &call) == HVPT_HV_STATUS_SUCCESS)
			return;
	}
	run->left++;
}

uint16_t conf_configure(struct conformance_run *run, uint32_t id,
			uint64_t flags, uint64_t root)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN, id);

	call.in[3] = flags;
	call.in[4] = root;
	call.words = 5;
	return conf_status(run, &call);
}

bool conf_make(struct conformance_run *run, unsigned n, uint64_t flags,
	       uint64_t root)
{
	return conf_create(run, n) == HVPT_HV_STATUS_SUCCESS &&
	       conf_configure(run, run->id[n], flags, root) ==
		       HVPT_HV_STATUS_SUCCESS;
}

uint16_t conf_flush(struct conformance_run *run, uint32_t id)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, id);

	return conf_status(run, &call);
}

uint16_t conf_flush_list(struct conformance_run *run, const uint64_t *entries,
			 unsigned count)
{
	struct conf_call call = conf_list_call(run->id[0], entries, count,
					       count);

	return conf_status(run, &call);
}

uint16_t conf_attach(struct conformance_run *run, uint32_t id)
{
	struct conf_call call = conf_attach_call(
		id, hvpt_hv_device_logical(run->host->device));

	run->moved = true;
	return conf_status(run, &call);
}

uint16_t conf_detach(struct conformance_run *run)
{
	struct conf_call call = conf_detach_call(
		hvpt_hv_device_logical(run->host->device));

	run->moved = true;
	return conf_status(run, &call);
}

/* ---- what a question says -------------------------------------------- */

void conf_differs(struct conformance_run *run, const char *note)
{
	run->differs = true;
	run->note = note;
}

uint16_t conf_wrong(struct conformance_run *run, uint16_t status,
		    const char *note)
{
	run->wrong = true;
	conf_differs(run, note);
	return status;
}

uint16_t conf_skip(struct conformance_run *run, const char *note)
{
	run->skip = true;
	run->note = note;
	return 0;
}
