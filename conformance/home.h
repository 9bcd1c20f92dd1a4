/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * home.h - the domain from which the suite takes a device, and to which it
 * brings it back: for hosts that have none for it.
 */
#ifndef CONFORMANCE_HOME_H
#define CONFORMANCE_HOME_H

#include "conformance.h"

/**
 * conformance_home_make() - makes the domain @host->home with @host->device
 * @kind: blocked or identity
 *
 * Return: false: a call failed. The domain is left only if its DELETE failed,
 * too.
 */
bool conformance_home_make(const struct conformance_host *host,
			   enum hvpt_domain_kind kind);

#endif /* CONFORMANCE_HOME_H */
