/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tests/support/linux_os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "adapters/linux/linux_internal.h"
#include "stub_host.h"

#define K4 0x1000ul

ullong *stub_param_handover(void);

/* A device, and the domain that Linux made for it. */
static struct {
	struct pci_dev pdev;
	struct iommu_domain *domain;
	bool found;
} os_device[LINUX_OS_DEVICES];

/* ---- the platform ---------------------------------------------------- */

static bool os_borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	return hvpt_hypervisor_transport.borrow(stub_host.hv, page);
}

static uint64_t os_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			 hvpt_gpa_t output)
{
	(void)ctx;
	return hvpt_hypervisor_transport.issue(stub_host.hv, control, input,
					       output);
}

static void os_give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	hvpt_hypervisor_transport.give_back(stub_host.hv, page);
}

static const struct hvpt_transport_ops os_transport = {
	.borrow = os_borrow,
	.issue = os_issue,
	.give_back = os_give_back,
};

static int os_device_id(void *ctx, struct pci_dev *pdev, u64 *id)
{
	(void)ctx;
	*id = pdev->id;
	return 0;
}

const struct hvpt_linux_platform hvpt_linux_native = {
	.transport = { .ops = &os_transport },
	.device_id = os_device_id,
};

/* ---- Linux ----------------------------------------------------------- */

unsigned linux_os_load(const struct linux_os_machine *machine)
{
	struct hvpt_linux_left *left;
	unsigned int count = 0;

	memset(&stub_host, 0, sizeof(stub_host));
	memset(&stub_kernel, 0, sizeof(stub_kernel));
	memset(os_device, 0, sizeof(os_device));
	stub_errors = stub_warnings = 0;
	stub_host.hv = machine->hv;
	stub_host.machine = machine;
	*stub_param_handover() = machine->table;
	assert_int_equal(hvpt_linux_start(&hvpt_linux_native), 0);
	assert_int_equal(stub_host.warn_lines, 0);
	list_for_each_entry(left, &hvpt_linux.left, link)
		count++;
	return count;
}

void linux_os_finds(unsigned device, uint64_t id)
{
	struct pci_dev *pdev = &os_device[device].pdev;

	pdev->dev.pci = true;
	pdev->id = id;
	stub_probing = true;
	assert_false(IS_ERR(stub_ops->probe_device(&pdev->dev)));
	stub_probing = false;
	os_device[device].found = true;
}

void linux_os_takes(unsigned device, uint64_t iova, uint64_t gpa)
{
	struct device *dev = &os_device[device].pdev.dev;
	struct iommu_domain *domain;
	size_t mapped;

	domain = stub_ops->domain_alloc_paging_flags(dev, 0, NULL);
	assert_false(IS_ERR(domain));
	assert_int_equal(domain->ops->map_pages(domain, iova, gpa, K4, 1,
						IOMMU_READ | IOMMU_WRITE,
						GFP_KERNEL, &mapped),
			 0);
	assert_int_equal(domain->ops->attach_dev(domain, dev, NULL), 0);
	os_device[device].domain = domain;
}

static void os_releases(unsigned device)
{
	struct iommu_domain *domain = os_device[device].domain;

	stub_ops->release_device(&os_device[device].pdev.dev);
	if (domain)
		domain->ops->free(domain);
}

void linux_os_ends(void)
{
	unsigned device;

	for (device = 0; device < LINUX_OS_DEVICES; device++)
		if (os_device[device].found)
			os_releases(device);
	hvpt_linux_stop();
	assert_int_equal(stub_errors, 0);
	assert_int_equal(stub_warnings, 0);
	assert_int_equal(stub_host.remapped, 0);
	assert_int_equal(stub_host.counted[0], 0);
	assert_int_equal(stub_host.counted[1], 0);
}
