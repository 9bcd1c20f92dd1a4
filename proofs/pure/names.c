/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * names.c - names for logs: of any value there is one, and it ends.
 *
 * Functions: hvpt_status_name, hvpt_hv_status_name, hvpt_fault_name,
 *	hvpt_iommu_fault_type_name, hvpt_fault_reason_name
 * Bounds: any value
 * Run: all --unwind 56
 */
#include "proofs/proof.h"

#include "src/common/status.c"
#include "src/domain/fault.c"
#include "src/hvcall/hv_status.c"
#include "src/pagetable/audit.c"

/* Does @name begin so? */
static bool begins(const char *name, const char *with)
{
	unsigned i;

	for (i = 0; with[i] != 0; i++)
		if (name[i] != with[i])
			return false;
	return true;
}

static bool ends(const char *name)
{
	unsigned i;

	for (i = 0; i < 50; i++)
		if (name[i] == 0)
			return i > 0;
	return false;
}

void proof(void)
{
	uint32_t value = nondet_u32();
	const char *status = hvpt_status_name((enum hvpt_status)value);
	const char *raw = hvpt_hv_status_name((uint16_t)value);
	const char *fault = hvpt_fault_name((enum hvpt_fault)value);
	const char *type = hvpt_iommu_fault_type_name(value);
	const char *reason = hvpt_fault_reason_name(
		(enum hvpt_fault_reason)value);

	ASSERT(status && ends(status) && begins(status, "HVPT_"));
	ASSERT(begins(status, "HVPT_ERR_UNKNOWN") || value <= 112);
	ASSERT(raw && ends(raw));
	ASSERT(fault && ends(fault) && begins(fault, "HVPT_FAULT_"));
	ASSERT(begins(fault, "HVPT_FAULT_UNKNOWN") == (value > 9));
	ASSERT(type && ends(type));
	ASSERT(reason && ends(reason) && begins(reason, "HVPT_REASON_"));
	if (begins(raw, "SUCCESS"))
		REACHED("SUCCESS");
	if (value > 112)
		REACHED("an unknown value");
}
