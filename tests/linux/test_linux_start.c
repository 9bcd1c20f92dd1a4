/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the adapter starts and where not; and what it leaves when it ends. */
#include "linux_fixture.h"

static void test_load_unload(void **state)
{
	(void)state;
	load();
	assert_int_equal(hvpt_linux_start(&hvpt_linux_native), -EBUSY);
	unload();
	assert_int_equal(stub_errors, 0);
}

/* An old host, or one without: refused, and nothing is said. */
static void test_absent(void **state)
{
	(void)state;
	hypervisor_allow(stub_host.hv, HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
			 false);
	assert_int_equal(stub_module_init(), -EACCES);
	assert_int_equal(stub_errors, 1);
	hypervisor_allow(stub_host.hv, HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
			 true);
	refuse(HVPT_HVCALL_GET_IOMMU_CAPABILITIES, 1, 0x02);
	assert_int_equal(stub_module_init(), -ENODEV);
	assert_int_equal(stub_errors, 1);
	assert_null(stub_host.pm);
	assert_false(stub_host.acs);
}

/* Built in: by the platform's hook, which may be another IOMMU's. */
static void test_hook(void **state)
{
	int (*const others)(void) = x86_init.iommu.iommu_init;

	(void)state;
	iommu_detected = 1;
	hvpt_iommu_detect();
	assert_ptr_equal(x86_init.iommu.iommu_init, others);
	iommu_detected = 0;
	stub_kernel.root = true;
	hvpt_iommu_detect();
	assert_ptr_equal(x86_init.iommu.iommu_init, others);
	stub_kernel.root = false;
	hvpt_iommu_detect();
	assert_ptr_not_equal(x86_init.iommu.iommu_init, others);
	assert_false(stub_host.acs);
	assert_int_equal(x86_init.iommu.iommu_init(), 0);
	assert_true(stub_host.acs);
	unload();
}

/* Kernels and VMs that are not for it: refused before any hypercall. */
static void test_not_wanted(void **state)
{
	(void)state;
	stub_kernel.not_hyperv = true;
	assert_int_equal(stub_module_init(), -ENODEV);
	stub_kernel.not_hyperv = false;
	stub_kernel.isolated = true;
	assert_int_equal(stub_module_init(), -ENODEV);
	stub_kernel.isolated = false;
	stub_kernel.option = "CONFIG_HYPERV_PVIOMMU";
	assert_int_equal(stub_module_init(), -ENODEV);
	stub_kernel.option = NULL;
	no_iommu = 1;
	assert_int_equal(stub_module_init(), -ENODEV);
	no_iommu = 0;
	iommu_detected = 1;
	assert_int_equal(stub_module_init(), -ENODEV);
	iommu_detected = 0;
	assert_int_equal(hypervisor_calls(stub_host.hv,
					  HVPT_HVCALL_GET_IOMMU_CAPABILITIES),
			 0);
	assert_int_equal(stub_errors, 0);
	load();
	unload();
}

/* A device of the pvIOMMU that another driver translates. */
static void test_another_driver(void **state)
{
	(void)state;
	stub_host.on_bus = &pdev;
	pdev.mapped = true;
	assert_int_equal(stub_module_init(), -EBUSY);
	assert_int_equal(hypervisor_calls(stub_host.hv,
					  HVPT_HVCALL_GET_IOMMU_CAPABILITIES),
			 0);
	/* Another IOMMU's. */
	host_bridge.dev.parent = NULL;
	load();
	unload();
	host_bridge.dev.parent = &channel.device;
	pdev.mapped = false;
	load();
	stub_ops->release_device(&pdev.dev);
	unload();
}

/* Waits for another module: no hypercall is made before it comes. */
static void test_for_tests(void **state)
{
	(void)state;
	stub_kernel.option = "HVPT_LINUX_TEST";
	stub_kernel.not_hyperv = true;
	assert_int_equal(stub_module_init(), 0);
	assert_null(stub_ops);
	assert_int_equal(hvpt_linux_start(&hvpt_linux_native), 0);
	assert_non_null(stub_ops);
	hvpt_linux_stop();
	assert_null(stub_ops);
	hvpt_linux_stop();
	stub_module_exit();
	assert_int_equal(hypervisor_domains(stub_host.hv), 0);
}

/* Each allocation of starting fails once; nothing is left behind. */
static void test_start_no_memory(void **state)
{
	uint64_t at;
	int err = -ENOMEM;

	(void)state;
	for (at = 1; err; at++) {
		stub_host.fail_at = at;
		err = stub_module_init();
		if (err)
			assert_int_equal(hypervisor_domains(stub_host.hv), 0);
	}
	assert_true(at > 2);
	stub_host.fail_at = 0;
	unload();
}

/* Loaders of modules take EEXIST for "it is loaded already". */
static void test_never_eexist(void **state)
{
	(void)state;
	refuse(HV_CREATE, UINT64_MAX, 0x65);
	assert_int_equal(stub_module_init(), -EBUSY);
	hypervisor_inject_nothing(stub_host.hv);
	load();
	unload();
}

/* Ranges to leave alone: shown to Linux, and not mapped. */
static void test_reserve(void **state)
{
	static const char *const wrong[] = {
		"1",	    "1-",     "-2",
		"0x20-0x1", "1-2,",   "1-2;3-4",
		"x-2",	    "1-2,3-", "1-2,1-2,1-2,1-2,1-2,1-2,1-2,1-2"
	};
	struct iommu_resv_region *region, *next;
	struct iommu_domain *domain;
	LIST_HEAD(list);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		*stub_param_reserve() = (char *)wrong[i];
		assert_int_equal(stub_module_init(), i == 4 ? 0 : -EINVAL);
		if (i == 4)
			stub_module_exit();
	}
	*stub_param_reserve() = "0x10000-0x1ffff,0xfd00000000-0xffffffffff";
	load();
	stub_ops->get_resv_regions(&pdev.dev, &list);
	region = list_entry(list.next, struct iommu_resv_region, list);
	assert_int_equal(region->start, 0xfee00000);
	assert_int_equal(region->length, 0x100000);
	assert_int_equal(region->type, IOMMU_RESV_MSI);
	region = list_entry(region->list.next, struct iommu_resv_region, list);
	assert_int_equal(region->start, 0x10000);
	assert_int_equal(region->length, 0x10000);
	assert_int_equal(region->type, IOMMU_RESV_RESERVED);
	list_for_each_entry_safe(region, next, &list, list)
		free(region);
	domain = plug();
	assert_int_equal(map(domain, 0xf000, DATA, K4, 2), -ERANGE);
	assert_int_equal(map(domain, 0xfee01000, DATA, K4, 1), -ERANGE);
	assert_int_equal(map(domain, 0xf000, DATA, K4, 1), 0);
	assert_int_equal(map(domain, 0x20000, DATA, K4, 1), 0);
	unplug(domain);
	unload();
}

/* ---- the end --------------------------------------------------------- */

/* Loaded, used, unloaded: a driver without the module reaches memory. */
static void test_unload_hands_over(void **state)
{
	(void)state;
	load();
	unplug(plug());
	expect_fault(0x12345000);
	unload();
	expect_dma(0x12345000, 0x12345000);
	load();
	unplug(plug());
	stub_module_exit();
	expect_dma(0x12345000, 0x12345000);
}

/* The blocked domain is where a device is which cannot be detached. */
static void test_unload_hands_over_blocked(void **state)
{
	(void)state;
	load();
	inject(HV_DETACH, 1);
	unplug(plug());
	expect_fault(0x12345000);
	unload();
	expect_dma(0x12345000, 0x12345000);
}

/* With all that Linux does not give back before a kernel ends. */
static void test_shutdown(void **state)
{
	struct iommu_domain *domain;
	uint64_t flushes;

	(void)state;
	load();
	domain = plug();
	pdev.master = true;
	assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
	expect_dma(G1, FINE);
	stub_host.syscore->ops->shutdown(NULL);
	assert_false(pdev.master);
	assert_false(pdev.ats_enabled);
	assert_int_equal(hypervisor_domains(stub_host.hv), 1);
	expect_dma(G1, G1);
	/* What runs until the very end does no harm. */
	flushes = hypervisor_calls(stub_host.hv, HV_FLUSH);
	unmap(domain, G1, K4, 2 * 512);
	assert_int_equal(map(domain, G1, DATA, K4, 1), 0);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_FLUSH), flushes);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_FLUSH_LIST), 0);
	assert_int_equal(attach(domain), -ENODEV);
	assert_int_equal(attach(blocked()), 0);
	assert_null(new_domain());
	stub_ops->release_device(&pdev.dev);
	assert_int_equal(PTR_ERR(probe(&pdev.dev)), -ENODEV);
	stub_host.syscore->ops->shutdown(NULL);
	assert_int_equal(stub_warnings, 0);
	stub_module_exit();
	/* The next kernel passes over what is there. */
	hypervisor_new_owner(stub_host.hv);
	load();
	unplug(plug());
	stub_module_exit();
	/* A domain Linux never freed ends with its kernel. */
	hvpt_linux_limbo_flushed(hvpt_linux_domain(domain),
				 &hvpt_linux_domain(domain)->limbo, HVPT_OK);
	hvpt_pt_destroy(&hvpt_linux_domain(domain)->core.pt);
	domain->ops->free(domain);
	free(hvpt_linux_domain(domain));
}

/* ---- after another kernel -------------------------------------------- */

/* struct dead - a kernel before this one: its pvIOMMU, with ID in a domain */
struct dead {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain;
	struct hvpt_device device;
};

static void leave_dead(struct dead *dead)
{
	struct hvpt_iommu_config config = {
		.transport = { .ops = &hvpt_hypervisor_transport,
			       .ctx = stub_host.hv },
	};
	struct hvpt_domain_config paging = {
		.pt.ops = &hvpt_hypervisor_page_ops,
		.pt.ctx = &stub_host.pages,
		.pt.direct_map_offset = hvpt_arena_offset(stub_host.arena),
	};

	assert_int_equal(hvpt_iommu_init(&dead->iommu, &config), HVPT_OK);
	assert_int_equal(hvpt_domain_init(&dead->domain, &dead->iommu, &paging),
			 HVPT_OK);
	assert_int_equal(hvpt_domain_map(&dead->domain, hvpt_iova(K4),
					 hvpt_gpa(FINE), K4, HVPT_PROT_READ,
					 NULL),
			 HVPT_OK);
	assert_int_equal(hvpt_device_probe(&dead->device, &dead->iommu, ID,
					   false),
			 HVPT_OK);
	assert_int_equal(hvpt_device_attach(&dead->device, &dead->domain),
			 HVPT_OK);
	hypervisor_new_owner(stub_host.hv);
}

/* Its memory is free when the hypervisor knows nothing of it any more. */
static void bury_dead(struct dead *dead)
{
	hypervisor_lose_state(stub_host.hv);
	hvpt_pt_destroy(&dead->domain.pt);
}

static bool is_reached(uint64_t iova, uint64_t gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_host.hv, ID, iova, false, &dma);
	return dma.fresh.translated && dma.fresh.gpa == gpa;
}

/* DMA of the dead kernel goes on until Linux attaches the device. */
static void test_kdump(void **state)
{
	struct iommu_domain *domain;
	struct dead dead;

	(void)state;
	leave_dead(&dead);
	stub_kernel.kdump = true;
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	assert_true(stub_ops->is_attach_deferred(&pdev.dev));
	assert_true(is_reached(K4, FINE));
	domain = new_domain();
	assert_int_equal(map(domain, M2, DATA, K4, 1), 0);
	assert_int_equal(attach(domain), 0);
	assert_false(stub_ops->is_attach_deferred(&pdev.dev));
	expect_dma(M2, DATA);
	assert_false(is_reached(K4, FINE));
	unplug(domain);
	stub_module_exit();
	bury_dead(&dead);
	assert_int_equal(stub_errors, 0);
}

/* A device that the dump kernel has no driver for is left alone. */
static void test_kdump_unused(void **state)
{
	struct dead dead;

	(void)state;
	leave_dead(&dead);
	stub_kernel.kdump = true;
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	stub_ops->release_device(&pdev.dev);
	assert_true(is_reached(K4, FINE));
	stub_module_exit();
	assert_true(is_reached(K4, FINE));
	bury_dead(&dead);
}

/* The same, found at the start: it is not taken over. */
static void test_kdump_found(void **state)
{
	struct dead dead;

	(void)state;
	leave_dead(&dead);
	stub_kernel.kdump = true;
	stub_host.on_bus = &pdev;
	load();
	assert_true(is_reached(K4, FINE));
	stub_ops->release_device(&pdev.dev);
	stub_module_exit();
	bury_dead(&dead);
}

/* By kexec: one that Linux has not attached is out of the former's tables. */
static void test_kexec_found(void **state)
{
	struct dead dead;

	(void)state;
	leave_dead(&dead);
	stub_host.on_bus = &pdev;
	load();
	assert_false(is_reached(K4, FINE));
	stub_ops->release_device(&pdev.dev);
	stub_module_exit();
	bury_dead(&dead);
}

/* By kexec, without a hand-over: nothing is deferred. */
static void test_kexec(void **state)
{
	struct iommu_domain *domain;
	struct dead dead;

	(void)state;
	leave_dead(&dead);
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	assert_false(stub_ops->is_attach_deferred(&pdev.dev));
	domain = new_domain();
	assert_int_equal(attach(domain), 0);
	expect_fault(K4);
	unplug(domain);
	stub_module_exit();
	bury_dead(&dead);
}

/* ---- sleep ----------------------------------------------------------- */

static int pm(unsigned long event)
{
	return stub_host.pm->notifier_call(stub_host.pm, event, NULL);
}

/* Suspend to RAM: nothing is done. */
static void test_suspend(void **state)
{
	struct iommu_domain *domain;
	uint64_t created;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	created = hypervisor_calls(stub_host.hv, HV_CREATE);
	assert_int_equal(stub_host.syscore->ops->suspend(NULL), 0);
	stub_host.syscore->ops->resume(NULL);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_CREATE), created);
	expect_dma(K4, DATA);
	unplug(domain);
	unload();
}

/* Refused while there are devices, and nothing is done to them. */
static void test_hibernate_refused(void **state)
{
	struct iommu_domain *domain;
	uint64_t configured;

	(void)state;
	load();
	domain = plug();
	configured = hypervisor_calls(stub_host.hv, HV_CONFIGURE);
	assert_int_equal(pm(PM_HIBERNATION_PREPARE),
			 notifier_from_errno(-EBUSY));
	assert_int_equal(pm(PM_RESTORE_PREPARE), notifier_from_errno(-EBUSY));
	assert_int_equal(pm(PM_POST_HIBERNATION), NOTIFY_DONE);
	stub_host.syscore->ops->resume(NULL);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_CONFIGURE),
			 configured);
	unplug(domain);
	/* One that was released is no obstacle, and is not lost by it. */
	assert_int_equal(pm(PM_HIBERNATION_PREPARE), NOTIFY_DONE);
	expect_dma(0x12345000, 0x12345000);
	/* A device that comes meanwhile is. */
	domain = plug();
	assert_int_equal(stub_host.syscore->ops->suspend(NULL), -EBUSY);
	assert_int_equal(pm(PM_POST_HIBERNATION), NOTIFY_DONE);
	unplug(domain);
	unload();
}

/* Without devices: the two special domains come back, lost or not. */
static void test_hibernate(void **state)
{
	unsigned int lose;

	(void)state;
	load();
	for (lose = 0; lose < 2; lose++) {
		assert_int_equal(pm(PM_HIBERNATION_PREPARE), NOTIFY_DONE);
		assert_int_equal(stub_host.syscore->ops->suspend(NULL), 0);
		if (lose)
			hypervisor_lose_state(stub_host.hv);
		stub_host.syscore->ops->resume(NULL);
		assert_int_equal(pm(PM_POST_HIBERNATION), NOTIFY_DONE);
		assert_int_equal(hypervisor_domains(stub_host.hv), 2);
	}
	assert_int_equal(stub_errors, 0);
	unplug(plug());
	unload();
}

int test_linux_start(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_load_unload),
		FIXTURE_TEST(test_absent),
		FIXTURE_TEST(test_not_wanted),
		FIXTURE_TEST(test_another_driver),
		FIXTURE_TEST(test_hook),
		FIXTURE_TEST(test_for_tests),
		FIXTURE_TEST(test_start_no_memory),
		FIXTURE_TEST(test_never_eexist),
		FIXTURE_TEST(test_reserve),
		FIXTURE_TEST(test_unload_hands_over),
		FIXTURE_TEST(test_unload_hands_over_blocked),
		FIXTURE_TEST(test_shutdown),
		FIXTURE_TEST(test_kdump),
		FIXTURE_TEST(test_kdump_unused),
		FIXTURE_TEST(test_kdump_found),
		FIXTURE_TEST(test_kexec_found),
		FIXTURE_TEST(test_kexec),
		FIXTURE_TEST(test_suspend),
		FIXTURE_TEST(test_hibernate_refused),
		FIXTURE_TEST(test_hibernate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
