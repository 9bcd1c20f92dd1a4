/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * qemu_host.h - QEMU's VT-d behind the bridge as a host for the conformance
 * suite. Its device is one of QEMU's test devices, which can write only.
 */
#ifndef TOOLS_CONFORMANCE_QEMU_HOST_H
#define TOOLS_CONFORMANCE_QEMU_HOST_H

#include "conformance/conformance.h"
#include "oracle/qemu/bridge.h"
#include "oracle/qemu/dma.h"

struct qemu_host {
	struct guest_ram ram;
	struct qemu *qemu;
	struct vtd vtd;
	struct dma dma;
	struct bridge bridge;
	struct hvpt_transport transport;
	struct conformance_page pages[CONFORMANCE_PAGES];
	struct conformance_driver driver;
	struct conformance_host host;
};

/**
 * qemu_host_open() - starts a QEMU
 *
 * As all that talks to it, this and a run of the suite may call walker_die().
 *
 * Return: NULL, or what is wrong; qemu_host_close() in any case.
 */
const char *qemu_host_open(struct qemu_host *host);

void qemu_host_close(struct qemu_host *host);

#endif /* TOOLS_CONFORMANCE_QEMU_HOST_H */
