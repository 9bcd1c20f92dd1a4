/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What calls for a domain begin with: hypervisor_calls.c has the statuses.
 */
#include "hypervisor_state.h"

/*
 * The header of all domain calls: 0 partition, 8 owner VTL, 9 padding, 16
 * type in 3:0 and zeros in 31:4, 20 id.
 */
uint16_t hypervisor_check_header(const uint8_t *in, uint32_t *id)
{
	*id = hypervisor_load32(in + HYPERVISOR_OFFSET_ID);
	if (hypervisor_load64(in) != HYPERVISOR_PARTITION_SELF)
		return HYPERVISOR_INVALID_PARTITION_ID;
	if (hypervisor_load64(in + 8) != 0 || hypervisor_load32(in + 16) != 1 ||
	    *id == 0 || *id == UINT32_MAX)
		return HYPERVISOR_INVALID_PARAMETER;
	return HYPERVISOR_SUCCESS;
}

/* After the fields: the domain they name. */
uint16_t hypervisor_find_domain(struct hypervisor *hv, uint32_t id,
				struct hypervisor_domain **domain)
{
	*domain = hypervisor_domain_of(hv, id);
	if (*domain)
		return HYPERVISOR_SUCCESS;
	return hv->config.unknown ? hv->config.unknown : HYPERVISOR_NOT_FOUND;
}
