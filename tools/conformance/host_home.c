/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "host_home.h"

bool host_home_make(const struct conformance_host *host)
{
	const struct hvpt_domain_settings blocked = {
		.kind = HVPT_DOMAIN_BLOCKED,
	};
	const struct hvpt_transport *transport = host->transport;
	struct hvpt_answer answer;

	return hvpt_hvcall_create_domain(transport, host->home, &answer) ==
		       HVPT_OK &&
	       hvpt_hvcall_configure_domain(transport, host->home, &blocked,
					    &answer) == HVPT_OK &&
	       hvpt_hvcall_attach_device(transport, host->home, host->device,
					 &answer) == HVPT_OK;
}
