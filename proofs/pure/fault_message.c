/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fault_message.c - decoding a message: no byte is read behind those that may
 * be, each wrong message has its error, and what is not known is 0.
 *
 * Functions: hvpt_iommu_fault_decode
 * Bounds: any message of up to 64 bytes
 * Run: all --unwind 66
 */
#include "proofs/proof.h"

#include "src/domain/fault.c"

#define MOST 64u

static uint8_t message[MOST];

static uint64_t word(const uint8_t *at, unsigned count)
{
	uint64_t value = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		if (i < count)
			value |= (uint64_t)at[i] << (8 * i);
	return value;
}

void proof(void)
{
	struct hvpt_iommu_fault is = { 0 };
	unsigned bytes = nondet_u8() % (MOST + 1), i, payload;
	const uint8_t *at = message + (MOST - bytes);
	enum hvpt_status status;

	for (i = 0; i < MOST; i++)
		message[i] = nondet_u8();
	status = hvpt_iommu_fault_decode(at, bytes, &is);
	if (bytes < 16) {
		ASSERT(status == HVPT_ERR_MESSAGE_SIZE);
		return;
	}
	payload = at[4];
	if (word(at, 4) != HVPT_HV_MESSAGE_IOMMU_FAULT) {
		REACHED("another message");
		ASSERT(status == HVPT_ERR_MESSAGE_TYPE);
		return;
	}
	if (payload < sizeof(struct hvpt_hv_iommu_fault) || payload > 240 ||
	    payload > bytes - 16) {
		REACHED("truncated");
		ASSERT(status == HVPT_ERR_MESSAGE_SIZE && is.type == 0);
		return;
	}
	ASSERT(status == HVPT_OK);
	ASSERT(is.has_device || is.device_id == 0);
	ASSERT(is.has_iova || is.iova.value == 0);
	if (is.has_device && is.has_iova)
		REACHED("a fault of a device at an address");
}
