// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CPUs wait for each other's flushes.
 *
 * Drivers unmap in interrupt handlers and under spin locks, so nothing here may
 * sleep. A CPU that waits, or that others wait for, keeps interrupts off: a
 * handler that flushed the same domain would wait for what it has interrupted,
 * and a thread that was scheduled away would keep all others waiting. The
 * hypercall itself runs with interrupts off too. A CPU waits for at most two.
 */
#include "linux_internal.h"

static bool combine = true;
module_param(combine, bool, 0444);
MODULE_PARM_DESC(combine, "make one call for flushes that CPUs ask at once");

static bool hvpt_linux_wait_begin(void *ctx, struct hvpt_waiter *waiter)
{
	unsigned long flags;

	local_irq_save(flags);
	waiter->cookie = flags;
	return true;
}

static void hvpt_linux_wait(void *ctx, struct hvpt_waiter *waiter)
{
	cpu_relax();
}

static void hvpt_linux_wait_end(void *ctx, struct hvpt_waiter *waiter)
{
	local_irq_restore((unsigned long)waiter->cookie);
}

static const struct hvpt_wait_ops hvpt_linux_wait_hooks = {
	.begin = hvpt_linux_wait_begin,
	.wait = hvpt_linux_wait,
	.end = hvpt_linux_wait_end,
};

/* NULL: each CPU makes calls of its own. */
const struct hvpt_wait_ops *hvpt_linux_wait_ops(void)
{
	return combine ? &hvpt_linux_wait_hooks : NULL;
}
