/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Devices come and go, in whatever order, and whatever the host says to it. */
#include "linux_fixture.h"

static void test_probe(void **state)
{
	struct device_driver driver = { .name = "busy" };
	struct device *dev = &pdev.dev;

	(void)state;
	load();
	dev->pci = false;
	assert_int_equal(PTR_ERR(probe(dev)), -ENODEV);
	dev->pci = true;
	dev->driver = &driver;
	assert_int_equal(PTR_ERR(probe(dev)), -ENODEV);
	dev->driver = NULL;
	host_bridge.dev.parent = NULL;
	assert_int_equal(PTR_ERR(probe(dev)), -ENODEV);
	host_bridge.dev.parent = &channel.device;
	hypervisor_remove_device(stub_host.hv, ID);
	hypervisor_add_device(stub_host.hv, ID, false);
	assert_int_equal(PTR_ERR(probe(dev)), -ENODEV);
	hypervisor_remove_device(stub_host.hv, ID);
	hypervisor_add_device(stub_host.hv, ID, true);
	assert_false(IS_ERR(probe(dev)));
	stub_ops->release_device(dev);
	unload();
}

/* On after the attach, off before blocked; the model says when it is not so. */
static void test_ats(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_true(pdev.ats_enabled);
	assert_int_equal(attach(identity()), 0);
	assert_true(pdev.ats_enabled);
	assert_int_equal(attach(blocked()), 0);
	assert_false(pdev.ats_enabled);
	pdev.ats_broken = true;
	assert_int_equal(attach(domain), 0);
	assert_false(pdev.ats_enabled);
	pdev.ats_broken = false;
	assert_int_equal(attach(identity()), 0);
	assert_true(pdev.ats_enabled);
	/* Also where nobody blocks the device first. */
	stub_ops->release_device(&pdev.dev);
	domain->ops->free(domain);
	assert_false(pdev.ats_enabled);
	unload();
}

/* Detached in the end. */
static void test_release(void **state)
{
	uint32_t id;

	(void)state;
	load();
	unplug(plug());
	assert_false(hypervisor_device_domain(stub_host.hv, ID, &id));
	unload();
}

/* Linux could not take it in: it is left as another kernel would find it. */
static void test_unwound(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	stub_ops->release_device(&pdev.dev);
	expect_dma(0x12345000, 0x12345000);
	/* The attach was refused, or seemed to be. */
	assert_false(IS_ERR(probe(&pdev.dev)));
	domain = new_domain();
	refuse(HV_ATTACH, 1, 0x71);
	assert_int_equal(attach(domain), -ENODEV);
	assert_int_equal(stub_errors, 1);
	stub_ops->release_device(&pdev.dev);
	domain->ops->free(domain);
	expect_dma(0x12345000, 0x12345000);
	unload();
}

/* What attach_dev may return, whatever the hypervisor says. */
static void test_attach_errno(void **state)
{
	struct iommu_domain *domain;
	uint16_t word;
	int err;

	(void)state;
	load();
	domain = plug();
	for (word = 1; word < 0x90; word++) {
		if (word == 0x66) /* it is there already: a success */
			continue;
		refuse(HV_ATTACH, 1, word);
		err = attach(identity());
		assert_true(err == -ENODEV || err == -ENOMEM ||
			    err == -ENOSPC || err == -EBUSY);
		assert_int_equal(attach(domain), 0);
	}
	unplug(domain);
	unload();
}

/* ---- rescind and return ---------------------------------------------- */

/* What hosts may say of a device they took away. */
static const uint16_t words[] = { 0x57, 0x58, 0x05, 0x06, 0x71, 0x0b };

/* The host takes it away; Linux learns it and lets go; it comes back. */
static void test_rescind(void **state)
{
	struct iommu_domain *domain;
	size_t i;

	(void)state;
	load();
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		domain = plug();
		assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
		expect_dma(G1, FINE);
		hypervisor_remove_device(stub_host.hv, ID);
		pdev.gone = true;
		refuse(HV_ATTACH, UINT64_MAX, words[i]);
		refuse(HV_DETACH, UINT64_MAX, words[i]);
		unplug(domain);
		hypervisor_inject_nothing(stub_host.hv);
		pdev.gone = false;
		hypervisor_add_device(stub_host.hv, ID, true);
	}
	domain = plug();
	expect_fault(G1);
	unplug(domain);
	assert_int_equal(stub_errors, 0);
	unload();
}

/* Back before Linux was told: it never noticed. */
static void test_rescind_unnoticed(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	hypervisor_remove_device(stub_host.hv, ID);
	hypervisor_add_device(stub_host.hv, ID, true);
	unplug(domain);
	domain = plug();
	expect_fault(K4);
	unplug(domain);
	assert_int_equal(stub_errors, 0);
	unload();
}

/*
 * The host keeps it where it was. Its domain cannot be deleted while it is
 * away; what it reads then is nobody else's, and it goes when it can.
 */
static void test_rescind_stays(void **state)
{
	struct iommu_domain *domain, *next;
	size_t pages;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	expect_dma(G1, FINE);
	hypervisor_remove_device(stub_host.hv, ID);
	pdev.gone = true;
	pages = hvpt_arena_in_use(stub_host.arena);
	unplug(domain);
	assert_false(list_empty(&hvpt_linux.kept));
	assert_true(hvpt_arena_in_use(stub_host.arena) + 8 >= pages);
	hypervisor_add_device(stub_host.hv, ID, true);
	pdev.gone = false;
	next = plug();
	assert_true(list_empty(&hvpt_linux.kept));
	expect_fault(G1);
	unplug(next);
	assert_int_equal(stub_errors, 0);
	unload();
}

/* A second device of the same bus as it is offered again. */
static struct pci_dev again;

static void offer_again(void)
{
	again = pdev;
	again.gone = false;
	again.ats_enabled = false;
	again.dev.iommu_priv = NULL;
}

/* Linux probes the new one before it lets the former one go. */
static void test_back_before_release(void **state)
{
	struct iommu_domain *domain, *next;
	size_t i;

	(void)state;
	load();
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		domain = plug();
		assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
		hypervisor_remove_device(stub_host.hv, ID);
		offer_again();
		pdev.gone = true;
		hypervisor_add_device(stub_host.hv, ID, true);
		refuse(HV_DETACH, 1, words[i]);
		assert_false(IS_ERR(probe(&again.dev)));
		next = new_domain();
		assert_int_equal(attach_to(&again, next), 0);
		assert_int_equal(map(next, M2, DATA, K4, 1), 0);
		/* What is done with the former one does not move it. */
		assert_int_equal(attach(blocked()), 0);
		assert_int_equal(attach(identity()), -ENODEV);
		unplug(domain);
		expect_dma(M2, DATA);
		expect_fault(K4);
		stub_ops->release_device(&again.dev);
		next->ops->free(next);
		hypervisor_inject_nothing(stub_host.hv);
		pdev.gone = false;
		pdev.ats_enabled = false;
	}
	assert_int_equal(stub_errors, 0);
	unload();
}

/* Two that are there: the second is not ours to move. */
static void test_one_id_twice(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	offer_again();
	assert_int_equal(PTR_ERR(probe(&again.dev)), -ENODEV);
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	expect_dma(K4, DATA);
	unplug(domain);
	unload();
}

/* It is there, and cannot be blocked: that is said. */
static void test_cannot_be_blocked(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	inject(HV_ATTACH, UINT64_MAX);
	inject(HV_DETACH, UINT64_MAX);
	stub_ops->release_device(&pdev.dev);
	assert_int_equal(stub_errors, 1);
	domain->ops->free(domain);
	assert_false(list_empty(&hvpt_linux.kept));
	hypervisor_inject_nothing(stub_host.hv);
	unplug(plug());
	assert_true(list_empty(&hvpt_linux.kept));
	unload();
}

/* ---- faults ---------------------------------------------------------- */

static void test_fault(void **state)
{
	/* As the hypervisor sends it: docs/SPEC.md, "Fault messages". */
	struct {
		u32 type;
		u32 bytes;
		u64 sender;
		u32 fault;
		u32 access;
		u64 valid;
		u64 device;
		u64 iova;
	} message = { .bytes = 32, .access = 1, .valid = 3, .device = ID };
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(hvpt_linux_fault(&message, sizeof(message)), -EINVAL);
	assert_int_equal(stub_errors, 0);
	message.type = 0x80000024;
	message.iova = 0x1234000;
	assert_int_equal(hvpt_linux_fault(&message, sizeof(message)), 0);
	assert_int_equal(stub_errors, 1);
	assert_non_null(strstr(stub_host.said, "write refused"));
	assert_non_null(strstr(stub_host.said, "0x1234000"));
	assert_non_null(strstr(stub_host.said, "NOT_PRESENT"));
	assert_int_equal(stub_traced("hvpt_fault"), 1);
	/* Of nobody we know. */
	message.device = 5;
	assert_int_equal(hvpt_linux_fault(&message, sizeof(message)), 0);
	assert_non_null(strstr(stub_host.said, "unknown device"));
	/* In the blocked domain there is no table. */
	message.device = ID;
	assert_int_equal(attach(blocked()), 0);
	assert_int_equal(hvpt_linux_fault(&message, sizeof(message)), 0);
	assert_non_null(strstr(stub_host.said, "BLOCKED"));
	unplug(domain);
	unload();
}

int test_linux_life(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_probe),
		FIXTURE_TEST(test_ats),
		FIXTURE_TEST(test_release),
		FIXTURE_TEST(test_unwound),
		FIXTURE_TEST(test_attach_errno),
		FIXTURE_TEST(test_rescind),
		FIXTURE_TEST(test_rescind_unnoticed),
		cmocka_unit_test_setup_teardown(
			test_rescind, open_fixture_gone_stays, close_fixture),
		cmocka_unit_test_setup_teardown(test_rescind_unnoticed,
						open_fixture_gone_stays,
						close_fixture),
		cmocka_unit_test_setup_teardown(test_rescind_stays,
						open_fixture_gone_stays,
						close_fixture),
		FIXTURE_TEST(test_back_before_release),
		cmocka_unit_test_setup_teardown(test_back_before_release,
						open_fixture_gone_stays,
						close_fixture),
		FIXTURE_TEST(test_one_id_twice),
		FIXTURE_TEST(test_cannot_be_blocked),
		FIXTURE_TEST(test_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
