/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The base of all files of the model hypervisor: the lock, and violations.
 *
 * One lock serialises everything: two parallel calls take effect one after the
 * other, and a DMA happens before or after a flush, never during it. read64 is
 * called with the lock held, so it must not call the model.
 */
#include "hypervisor_state.h"

#include <stdarg.h>
#include <stdio.h>

void hypervisor_lock(struct hypervisor *hv)
{
	pthread_mutex_lock(&hv->lock);
}

void hypervisor_unlock(struct hypervisor *hv)
{
	pthread_mutex_unlock(&hv->lock);
}

void hypervisor_violate(struct hypervisor *hv, const char *format, ...)
{
	va_list args;

	if (hv->stats.violations++ != 0)
		return;
	va_start(args, format);
	vsnprintf(hv->violation, sizeof(hv->violation), format, args);
	va_end(args);
}

/* The text is written once: after the first violation it does not change. */
const char *hypervisor_violation(struct hypervisor *hv)
{
	const char *text;

	hypervisor_lock(hv);
	text = hv->stats.violations ? hv->violation : "";
	hypervisor_unlock(hv);
	return text;
}
