/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "home.h"

bool conformance_home_make(const struct conformance_host *host,
			   enum hvpt_domain_kind kind)
{
	const struct hvpt_domain_settings settings = { .kind = kind };
	const struct hvpt_transport *transport = host->transport;
	struct hvpt_answer answer;
	enum hvpt_status left;

	if (hvpt_hvcall_create_domain(transport, host->home, &answer) !=
	    HVPT_OK)
		return false;
	if (hvpt_hvcall_configure_domain(transport, host->home, &settings,
					 &answer) == HVPT_OK &&
	    hvpt_hvcall_attach_device(transport, host->home, host->device,
				      &answer) == HVPT_OK)
		return true;
	left = hvpt_hvcall_delete_domain(transport, host->home, &answer);
	(void)left;
	return false;
}
