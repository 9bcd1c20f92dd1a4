// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Hyper-V's own hypercalls, as the kernel has set them up. */
#include "linux_internal.h"

#include <asm/mshyperv.h>

/* This processor's page; interrupts stay off until it is given back. */
static bool hvpt_linux_borrow(void *ctx, struct hvpt_call_page *page)
{
	unsigned long flags;
	void *va = NULL;

	if (!hyperv_pcpu_input_arg)
		return false;
	local_irq_save(flags);
	va = *this_cpu_ptr(hyperv_pcpu_input_arg);
	if (!va) {
		local_irq_restore(flags);
		return false;
	}
	page->va = va;
	page->gpa = hvpt_gpa(virt_to_phys(va));
	page->cookie = flags;
	return true;
}

static uint64_t hvpt_linux_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
				 hvpt_gpa_t output)
{
	return hv_do_hypercall(control, phys_to_virt(input.value),
			       output.value ? phys_to_virt(output.value) :
					      NULL);
}

static void hvpt_linux_give_back(void *ctx, struct hvpt_call_page *page)
{
	local_irq_restore((unsigned long)page->cookie);
}

static const struct hvpt_transport_ops hvpt_linux_transport = {
	.borrow = hvpt_linux_borrow,
	.issue = hvpt_linux_issue,
	.give_back = hvpt_linux_give_back,
};

const struct hvpt_linux_platform hvpt_linux_native = {
	.transport = { .ops = &hvpt_linux_transport },
	.owner = THIS_MODULE,
};
