/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conformance suite's module: when it asks nobody, and what it gives to the
 * suite when it asks.
 */
#include "stub_host.h"

#include "conformance/linux/linux_host.h"
#include "adapters/linux/linux_internal.h"

#include <setjmp.h>

#include <cmocka.h>

int stub_module_init(void);
void stub_module_exit(void);
bool *stub_param_active(void);

const struct hvpt_linux_platform hvpt_linux_native;

static struct conformance_host asked;
static char asked_name[64];
static unsigned int times_asked, times_dropped;
static int outcome;

void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	*eax = leaf == 0x40000002u ? 26100u : 0;
	*ebx = leaf == 0x40000002u ? 10u << 16 | 3u : 0;
	*ecx = *edx = 0;
}

int conformance_report_make(const struct conformance_host *host,
			    const char *name,
			    void (*read)(u32 leaf, struct hvpt_cpuid *out))
{
	const u64 *root = (const u64 *)(uintptr_t)host->root.value;
	struct hvpt_cpuid version;
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*root); i++)
		assert_int_equal(root[i], 0);
	read(0x40000002u, &version);
	assert_int_equal(version.eax, 26100);
	times_asked++;
	asked = *host;
	snprintf(asked_name, sizeof(asked_name), "%s", name);
	return outcome;
}

void conformance_report_drop(void)
{
	times_dropped++;
}

static int setup(void **state)
{
	(void)state;
	memset(&stub_host, 0, sizeof(stub_host));
	memset(&stub_kernel, 0, sizeof(stub_kernel));
	memset(&asked, 0, sizeof(asked));
	*stub_param_active() = false;
	times_asked = 0;
	times_dropped = 0;
	outcome = 0;
	stub_errors = 0;
	return 0;
}

static void refuses(const char *why)
{
	stub_host.said[0] = '\0';
	assert_int_equal(stub_module_init(), -ENODEV);
	assert_int_equal(times_asked, 0);
	assert_non_null(strstr(stub_host.said, "nobody is asked: "));
	assert_non_null(strstr(stub_host.said, why));
}

static void asks(void)
{
	times_asked = 0;
	assert_int_equal(stub_module_init(), 0);
	assert_int_equal(times_asked, 1);
}

static void test_no_hyperv(void **state)
{
	(void)state;
	stub_kernel.not_hyperv = true;
	refuses("no Hyper-V");
	*stub_param_active() = true;
	refuses("no Hyper-V");
}

/* Also when it would only read: the host cannot read the call page. */
static void test_isolated(void **state)
{
	(void)state;
	stub_kernel.isolated = true;
	refuses("the VM is isolated");
	*stub_param_active() = true;
	refuses("the VM is isolated");
}

/* Only its own driver's folder counts, and it is let go. */
static void test_beside_our_driver(void **state)
{
	(void)state;
	stub_host.folder = "hvpt";
	refuses("hvpt_iommu is loaded");
	*stub_param_active() = true;
	refuses("hvpt_iommu is loaded");
	assert_int_equal(stub_host.folders_held, 0);
	stub_host.folder = "hvpt-other";
	asks();
}

/* A device that a driver translates: reading harms nobody. */
static void test_beside_another_driver(void **state)
{
	struct pci_dev pdev = { .mapped = true };

	(void)state;
	stub_host.on_bus = &pdev;
	*stub_param_active() = true;
	refuses("active=1, and a device has an IOMMU driver");
	*stub_param_active() = false;
	asks();
	assert_true(asked.passive);
	pdev.mapped = false;
	*stub_param_active() = true;
	asks();
	assert_false(asked.passive);
}

static void test_what_is_given(void **state)
{
	(void)state;
	asks();
	assert_ptr_equal(asked.transport, &hvpt_linux_native.transport);
	assert_non_null(asked.cpuid);
	assert_int_equal(asked.first_id, CONFORMANCE_FIRST_ID);
	assert_false(asked.has_device || asked.has_home || asked.driver);
	assert_string_equal(asked_name, "Hyper-V 10.3.26100, Linux");
	assert_int_equal(times_dropped, 0);
	stub_module_exit();
	assert_int_equal(times_dropped, 1);
}

static void test_failures(void **state)
{
	(void)state;
	outcome = -ENOSPC;
	assert_int_equal(stub_module_init(), -ENOSPC);
	assert_int_equal(stub_errors, 1);
	stub_host.fail_at = 1;
	times_asked = 0;
	assert_int_equal(stub_module_init(), -ENOMEM);
	assert_int_equal(times_asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_hyperv, setup),
		cmocka_unit_test_setup(test_isolated, setup),
		cmocka_unit_test_setup(test_beside_our_driver, setup),
		cmocka_unit_test_setup(test_beside_another_driver, setup),
		cmocka_unit_test_setup(test_what_is_given, setup),
		cmocka_unit_test_setup(test_failures, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
