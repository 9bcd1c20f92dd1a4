/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which injection acts on which call. All of them count calls; when several
 * are due for the same one, the others wait for the next that fits.
 */
#include "hypervisor_state.h"

#include <string.h>

void hypervisor_inject(struct hypervisor *hv,
		       const struct hypervisor_injection *injection)
{
	struct hypervisor_injection *added;

	hypervisor_lock(hv);
	if (hv->injection_count == HYPERVISOR_INJECTIONS)
		hypervisor_die("too many injections");
	added = &hv->injections[hv->injection_count++];
	*added = *injection;
	if (added->nth == 0)
		added->nth = 1;
	if (added->times == 0)
		added->times = 1;
	hypervisor_unlock(hv);
}

void hypervisor_inject_nothing(struct hypervisor *hv)
{
	hypervisor_lock(hv);
	hv->injection_count = 0;
	hypervisor_unlock(hv);
}

static void use_up(struct hypervisor *hv, size_t i)
{
	struct hypervisor_injection *used = &hv->injections[i];

	if (used->times == UINT64_MAX || --used->times != 0)
		return;
	hv->injection_count--;
	memmove(used, used + 1, (hv->injection_count - i) * sizeof(*used));
}

bool hypervisor_take_injection(struct hypervisor *hv, uint16_t code, bool rep,
			       struct hypervisor_injection *fault)
{
	size_t acts = HYPERVISOR_INJECTIONS, i;

	for (i = 0; i < hv->injection_count; i++) {
		struct hypervisor_injection *one = &hv->injections[i];

		if ((one->code != 0 && one->code != code) ||
		    (one->fault == HYPERVISOR_STOP_REP && !rep))
			continue;
		if (one->nth > 1)
			one->nth--;
		else if (acts == HYPERVISOR_INJECTIONS)
			acts = i;
	}
	if (acts == HYPERVISOR_INJECTIONS)
		return false;
	*fault = hv->injections[acts];
	use_up(hv, acts);
	return true;
}
