/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * linux_host.h - the conformance suite as a module of Linux.
 */
#ifndef CONFORMANCE_LINUX_HOST_H
#define CONFORMANCE_LINUX_HOST_H

#include "conformance/conformance.h"

/**
 * conformance_report_make() - asks @host, and shows the report in debugfs
 * @name: of the host
 * @read: as for hvpt_cpuid_read(), for the text
 *
 * Context: may sleep. Return: 0; -ENOMEM; -ENODEV: there is no debugfs;
 * -ENOSPC: the report is too long. Nothing is shown then.
 */
int conformance_report_make(const struct conformance_host *host,
			    const char *name,
			    void (*read)(u32 leaf, struct hvpt_cpuid *out));

/** Removes the report, if there is one. */
void conformance_report_drop(void);

#endif /* CONFORMANCE_LINUX_HOST_H */
