/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * status_maps.c - every status has a name and an error number; only success
 * is success.
 *
 * Functions: hvpt_status_errno, hvpt_status_efi, hvpt_hv_status_map,
 *	hvpt_hv_status_errno, hvpt_hv_status_is_absence
 * Bounds: any value
 * Run: all --unwind 80
 */
#include "proofs/proof.h"

#include "src/common/status.c"
#include "src/hvcall/hv_status.c"

void proof(void)
{
	enum hvpt_status status = (enum hvpt_status)nondet_u32();
	uint16_t raw = nondet_u16();

	ASSERT((hvpt_status_errno(status) == 0) == (status == HVPT_OK));
	ASSERT(hvpt_status_errno(status) >= 0);
	ASSERT((hvpt_status_efi(status) == 0) == (status == HVPT_OK));
	ASSERT((hvpt_hv_status_map(raw) == HVPT_OK) == (raw == 0));
	ASSERT((hvpt_hv_status_errno(raw) == 0) == (raw == 0));
	ASSERT(hvpt_hv_status_errno(raw) >= 0);
	/* a refusal is the hypervisor's fault, or there is none */
	ASSERT(raw == 0 || (unsigned)hvpt_hv_status_map(raw) >= 96);
	ASSERT(hvpt_hv_status_is_absence(raw) ==
	       (raw == 0x57 || raw == 0x10 || raw == 0x58 || raw == 0x05));
	if (raw == 0xffff)
		REACHED("no hypervisor");
	if (hvpt_status_errno(status) == HVPT_ERRNO_EIO)
		REACHED("an input or output error");
}
