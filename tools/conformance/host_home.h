/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * host_home.h - the domain from which the suite takes a device, and to which
 * it brings it back.
 */
#ifndef TOOLS_CONFORMANCE_HOST_HOME_H
#define TOOLS_CONFORMANCE_HOST_HOME_H

#include "conformance/conformance.h"

/** Makes the blocked domain @host->home, and attaches @host->device to it. */
bool host_home_make(const struct conformance_host *host);

#endif /* TOOLS_CONFORMANCE_HOST_HOME_H */
