/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hypercalls for devices. References, and what was chosen where they leave a
 * choice: hypervisor_calls.c.
 */
#include "hypervisor_state.h"

#include <inttypes.h>

/* Bits 63:62 of a device id: its type, 0 for a logical device. */
static uint16_t check_device_id(uint64_t id)
{
	return id >> 62 ? HYPERVISOR_INVALID_PARAMETER : HYPERVISOR_SUCCESS;
}

/* There is no such device, or no more. */
static uint16_t gone(const struct hypervisor *hv)
{
	return hv->config.gone ? hv->config.gone : HYPERVISOR_INVALID_DEVICE_ID;
}

static uint16_t find_device(struct hypervisor *hv, uint64_t id,
			    struct hypervisor_device **device)
{
	*device = hypervisor_device_of(hv, id);
	if (!*device)
		return gone(hv);
	return (*device)->managed ? HYPERVISOR_SUCCESS :
				    HYPERVISOR_INVALID_DEVICE_ID;
}

static void watch_ats(struct hypervisor *hv,
		      const struct hypervisor_device *device, uint64_t id)
{
	if (device->ats && device->domain->kind == HYPERVISOR_BLOCKED)
		hypervisor_violate(hv,
				   "device %#" PRIx64
				   " attached to the blocked domain with ATS "
				   "on",
				   id);
}

/* 24 device id */
uint16_t hypervisor_attach(struct hypervisor *hv,
			   struct hypervisor_frame *frame)
{
	uint64_t device_id = hypervisor_load64(frame->in + 24);
	struct hypervisor_domain *domain;
	struct hypervisor_device *device;
	uint32_t id;
	uint16_t status = hypervisor_check_header(frame->in, &id);

	if (status == HYPERVISOR_SUCCESS)
		status = check_device_id(device_id);
	if (status == HYPERVISOR_SUCCESS)
		status = hypervisor_find_domain(hv, id, &domain);
	if (status == HYPERVISOR_SUCCESS)
		status = find_device(hv, device_id, &device);
	if (status != HYPERVISOR_SUCCESS)
		return status;
	if (domain->kind == HYPERVISOR_BLANK)
		return HYPERVISOR_INVALID_DEVICE_STATE;
	device->claimed = true;
	if (device->domain == domain) {
		device->detach_in = 0;
		return HYPERVISOR_DEVICE_ALREADY_IN_DOMAIN;
	}
	hypervisor_move(device, domain);
	watch_ats(hv, device, device_id);
	return HYPERVISOR_SUCCESS;
}

/* 0 partition, 8 device id: no domain is named. */
uint16_t hypervisor_detach_device(struct hypervisor *hv,
				  struct hypervisor_frame *frame)
{
	uint64_t device_id = hypervisor_load64(frame->in + 8);
	struct hypervisor_device *device;
	uint16_t status = check_device_id(device_id);

	if (hypervisor_load64(frame->in) != HYPERVISOR_PARTITION_SELF)
		return HYPERVISOR_INVALID_PARTITION_ID;
	if (status == HYPERVISOR_SUCCESS)
		status = find_device(hv, device_id, &device);
	if (status != HYPERVISOR_SUCCESS)
		return status;
	if (!device->domain)
		return HYPERVISOR_INVALID_DEVICE_STATE;
	if (hv->config.detach)
		return hv->config.detach;
	if (hv->config.detach_delay)
		device->detach_in = hv->config.detach_delay;
	else
		hypervisor_detach(device);
	return HYPERVISOR_SUCCESS;
}

/*
 * In: 0 partition, 8 logical device id, 16 code: 10 is "device IOMMU", 20
 * reserved. Out: 0 bit 0: behind the pvIOMMU, 8 reserved.
 */
uint16_t hypervisor_get_property(struct hypervisor *hv,
				 struct hypervisor_frame *frame)
{
	const struct hypervisor_device *device = hypervisor_device_of(
		hv, hypervisor_load64(frame->in + 8));

	if (hypervisor_load64(frame->in) != HYPERVISOR_PARTITION_SELF)
		return HYPERVISOR_INVALID_PARTITION_ID;
	if (hypervisor_load32(frame->in + 20) != 0)
		return HYPERVISOR_INVALID_PARAMETER;
	if (hypervisor_load32(frame->in + 16) != 10)
		return HYPERVISOR_UNKNOWN_PROPERTY;
	if (!device)
		return gone(hv);
	hypervisor_store64(frame->out, device->managed);
	hypervisor_store64(frame->out + 8, 0);
	return HYPERVISOR_SUCCESS;
}
