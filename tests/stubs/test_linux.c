/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The adapter for Linux against stubs of the kernel and the model hypervisor,
 * which keeps every translation it may and calls a violation what a guest must
 * never do: freeing a table it may still read above all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "linux_internal.h"
#include "stub_world.h"

#define K4 0x1000ul
#define M2 0x200000ul
#define G1 0x40000000ul
#define RW (IOMMU_READ | IOMMU_WRITE)
#define ARENA_GPA 0x40000000ull
#define DATA 0x1000000000ull
/* Not aligned as the IOVAs are, so that only small leaves will do. */
#define FINE (DATA + K4)
#define ID 0x66558f70ull
#define HV_CREATE 0xb1
#define HV_DETACH 0xc4
#define HV_FLUSH 0xd0
#define HV_FLUSH_LIST 0xd1
#define HV_DELETE 0xc5

int stub_module_init(void);
void stub_module_exit(void);
bool *stub_param_native(void);
bool *stub_param_full_width(void);

/* No Hyper-V here: this one is never used. */
const struct hvpt_linux_platform hvpt_linux_native;

/* ---- the world ----------------------------------------------------------- */

static bool world_borrow(void *ctx, struct hvpt_call_page *page)
{
	if (!hvpt_hypervisor_transport.borrow(ctx, page))
		return false;
	stub_world.lent = true;
	return true;
}

static uint64_t world_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	return hvpt_hypervisor_transport.issue(ctx, control, input, output);
}

static void world_give_back(void *ctx, struct hvpt_call_page *page)
{
	stub_world.lent = false;
	hvpt_hypervisor_transport.give_back(ctx, page);
}

static const struct hvpt_transport_ops world_transport = {
	.borrow = world_borrow,
	.issue = world_issue,
	.give_back = world_give_back,
};

static struct hvpt_linux_platform platform;
static const struct bus_type vmbus = { .name = "vmbus" };
static struct hv_device channel;
static struct pci_host_bridge host_bridge;
static struct pci_bus bus;
static struct pci_dev pdev;

/* A bus whose GUID gives ID, and one device on it, with ATS. */
static void make_device(void)
{
	static const u8 guid[16] = { [4] = 0x55, 0x66, 0x77, 0x8f };

	memset(&pdev, 0, sizeof(pdev));
	memcpy(channel.dev_instance.b, guid, sizeof(guid));
	channel.device.bus = &vmbus;
	host_bridge.dev.parent = &channel.device;
	bus.bridge = &host_bridge;
	bus.domain = 0x6655;
	pdev.bus = &bus;
	pdev.dev.pci = true;
	pdev.ats_cap = true;
	pdev.id = ID;
}

static int open_world(void **state)
{
	struct hypervisor_config host = {
		.read64 = hvpt_arena_read64,
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			HYPERVISOR_CAP_ATS,
		.page_sizes = K4 | M2 | G1,
		.iova_width = 48,
	};

	(void)state;
	memset(&stub_world, 0, sizeof(stub_world));
	stub_errors = 0;
	stub_warnings = 0;
	stub_world.arena = hvpt_arena_create(8192, ARENA_GPA);
	assert_non_null(stub_world.arena);
	host.read_ctx = stub_world.arena;
	stub_world.hv = hypervisor_create(&host);
	stub_world.pages.arena = stub_world.arena;
	stub_world.pages.hv = stub_world.hv;
	hypervisor_add_device(stub_world.hv, ID, true);
	make_device();
	platform.transport.ops = &world_transport;
	platform.transport.ctx = stub_world.hv;
	*stub_param_native() = false;
	*stub_param_full_width() = false;
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	assert_string_equal(hypervisor_violation(stub_world.hv), "");
	assert_int_equal(hvpt_arena_in_use(stub_world.arena), 0);
	assert_int_equal(stub_world.counted[0], 0);
	assert_int_equal(stub_world.counted[1], 0);
	assert_int_equal(stub_world.spinning, 0);
	hypervisor_destroy(stub_world.hv);
	hvpt_arena_destroy(stub_world.arena);
	return 0;
}

static void load(void)
{
	assert_int_equal(stub_module_init(), 0);
	assert_int_equal(hvpt_linux_start(&platform), 0);
	assert_non_null(stub_ops);
}

static void unload(void)
{
	hvpt_linux_stop();
	assert_null(stub_ops);
	stub_module_exit();
	assert_int_equal(hypervisor_domains(stub_world.hv), 0);
}

static int attach(struct iommu_domain *domain)
{
#if STUB_7_3
	return domain->ops->attach_dev(domain, &pdev.dev, NULL);
#else
	return domain->ops->attach_dev(domain, &pdev.dev);
#endif
}

static struct iommu_domain *blocked(void)
{
#if STUB_6_12
	return stub_ops->blocked_domain;
#else
	return stub_ops->domain_alloc(IOMMU_DOMAIN_BLOCKED);
#endif
}

static struct iommu_domain *identity(void)
{
#if STUB_6_12
	return stub_ops->identity_domain;
#else
	return stub_ops->domain_alloc(IOMMU_DOMAIN_IDENTITY);
#endif
}

/* As Linux makes one for a driver; NULL when it cannot be made. */
static struct iommu_domain *new_domain(void)
{
	struct iommu_domain *domain;

#if STUB_7_3
	domain = stub_ops->domain_alloc_paging_flags(&pdev.dev, 0, NULL);
#elif STUB_6_12
	domain = stub_ops->domain_alloc_paging(&pdev.dev);
#else
	domain = stub_ops->domain_alloc(IOMMU_DOMAIN_DMA);
#endif
	if (!domain || IS_ERR(domain))
		return NULL;
	if (!domain->ops)
		domain->ops = stub_ops->default_domain_ops;
	/* Linux sets it for its own domains, but not for iommufd's. */
	assert_int_equal(domain->type, IOMMU_DOMAIN_UNMANAGED);
	return domain;
}

/* Linux holds a lock of its own meanwhile. */
static struct iommu_device *probe(struct device *dev)
{
	struct iommu_device *found;

	stub_probing = true;
	found = stub_ops->probe_device(dev);
	stub_probing = false;
	return found;
}

static struct iommu_domain *plug(void)
{
	struct iommu_domain *domain;

	assert_false(IS_ERR(probe(&pdev.dev)));
	domain = new_domain();
	assert_non_null(domain);
	assert_int_equal(attach(domain), 0);
	return domain;
}

/* In the order of Linux: release domain, release, then the domain is freed. */
static void unplug(struct iommu_domain *domain)
{
	unsigned int errors = stub_errors;

#if STUB_6_12
	assert_int_equal(attach(stub_ops->release_domain), 0);
#endif
	stub_ops->release_device(&pdev.dev);
	assert_int_equal(stub_errors, errors);
	domain->ops->free(domain);
}

static int map(struct iommu_domain *domain, u64 iova, u64 gpa, size_t size,
	       size_t count)
{
	size_t mapped = 0;
	int err = domain->ops->map_pages(domain, iova, gpa, size, count, RW,
					 GFP_ATOMIC, &mapped);

	assert_int_equal(mapped, err ? 0 : size * count);
	return err;
}

/* What iommu_unmap() does: unmap, then sync. */
static void unmap(struct iommu_domain *domain, u64 iova, size_t size,
		  size_t count)
{
	struct iommu_iotlb_gather gather;

	iommu_iotlb_gather_init(&gather);
	assert_int_equal(domain->ops->unmap_pages(domain, iova, size, count,
						  &gather),
			 size * count);
	domain->ops->iotlb_sync(domain, &gather);
}

/* Does the device get to @gpa, and nowhere else, at @iova? */
static void expect_dma(u64 iova, u64 gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_world.hv, ID, iova, true, &dma);
	assert_true(dma.fresh.translated);
	assert_int_equal(dma.fresh.gpa, gpa);
	assert_int_equal(dma.stale_count, 0);
}

static void expect_fault(u64 iova)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_world.hv, ID, iova, false, &dma);
	assert_false(dma.fresh.translated);
	assert_int_equal(dma.stale_count, 0);
}

/* Nothing but what the library writes is in the tables. */
static void expect_sound(struct iommu_domain *domain)
{
	struct hvpt_audit report;

	assert_int_equal(hvpt_pt_audit(&hvpt_linux_domain(domain)->core.pt,
				       NULL, NULL, &report),
			 HVPT_OK);
}

static void inject(uint16_t code, uint64_t times)
{
	struct hypervisor_injection injection = {
		.code = code,
		.nth = 1,
		.times = times,
		.fault = HYPERVISOR_FAIL,
		.status = 0x71,
	};

	hypervisor_inject(stub_world.hv, &injection);
}

/* ---- starting -------------------------------------------------------- */

static void test_load_unload(void **state)
{
	(void)state;
	load();
	assert_int_equal(hvpt_linux_start(&platform), -EBUSY);
	unload();
	assert_int_equal(stub_errors, 0);
	*stub_param_native() = true;
	assert_int_equal(stub_module_init(), -ENODEV);
}

/* An old host, or one without: refused, and nothing is said. */
static void test_absent(void **state)
{
	(void)state;
	hypervisor_allow(stub_world.hv, 0x125, false);
	assert_int_equal(stub_module_init(), 0);
	assert_int_equal(hvpt_linux_start(&platform), -EACCES);
	assert_int_equal(stub_errors, 1);
	hypervisor_allow(stub_world.hv, 0x125, true);
	{
		struct hypervisor_injection none = {
			.code = 0x125,
			.nth = 1,
			.fault = HYPERVISOR_FAIL,
			.status = 0x02,
		};

		hypervisor_inject(stub_world.hv, &none);
	}
	assert_int_equal(hvpt_linux_start(&platform), -ENODEV);
	assert_int_equal(stub_errors, 1);
	stub_module_exit();
}

/* Each allocation of starting fails once; nothing is left behind. */
static void test_start_no_memory(void **state)
{
	uint64_t at;
	int err = -ENOMEM;

	(void)state;
	assert_int_equal(stub_module_init(), 0);
	for (at = 1; err; at++) {
		stub_world.fail_at = at;
		err = hvpt_linux_start(&platform);
		if (err)
			assert_int_equal(hypervisor_domains(stub_world.hv), 0);
	}
	assert_true(at > 2);
	stub_world.fail_at = 0;
	unload();
}

/* ---- devices --------------------------------------------------------- */

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
	hypervisor_remove_device(stub_world.hv, ID);
	hypervisor_add_device(stub_world.hv, ID, false);
	assert_int_equal(PTR_ERR(probe(dev)), -ENODEV);
	hypervisor_remove_device(stub_world.hv, ID);
	hypervisor_add_device(stub_world.hv, ID, true);
	assert_false(IS_ERR(probe(dev)));
	stub_ops->release_device(dev);
	unload();
}

/* A registered bus needs no parent; a number can be used again. */
static void test_vpci(void **state)
{
	static const u8 guid[16] = { [4] = 0x55, 0x66, 0x77, 0x8f };
	static const u8 other[16] = { [4] = 0x11, 0x22, 0x33, 0x44 };
	u64 id = 0;

	(void)state;
	load();
	host_bridge.dev.parent = NULL;
	pdev.devfn = 3;
	assert_int_equal(hvpt_vpci_device_id(&pdev, &id), -ENODEV);
	assert_int_equal(hvpt_vpci_register(0x6655, guid), 0);
	assert_int_equal(hvpt_vpci_register(0x6655, guid), -EEXIST);
	assert_int_equal(hvpt_vpci_device_id(&pdev, &id), 0);
	assert_int_equal(id, ID | 3);
	hvpt_vpci_unregister(0x6655);
	assert_int_equal(hvpt_vpci_device_id(&pdev, &id), -ENODEV);
	assert_int_equal(stub_warnings, 0);
	hvpt_vpci_unregister(0x6655);
	assert_int_equal(stub_warnings, 1);
	assert_int_equal(hvpt_vpci_register(0x6655, other), 0);
	assert_int_equal(hvpt_vpci_device_id(&pdev, &id), 0);
	assert_int_equal(id, 0x22114433);
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

/* Detached in the end, or blocked where it cannot be detached. */
static void test_release(void **state)
{
	uint32_t id;

	(void)state;
	load();
	unplug(plug());
	assert_false(hypervisor_device_domain(stub_world.hv, ID, &id));
	inject(HV_DETACH, 1);
	unplug(plug());
	assert_true(hypervisor_device_domain(stub_world.hv, ID, &id));
	expect_fault(0);
	hypervisor_remove_device(stub_world.hv, ID);
	unload();
}

static void test_resv(void **state)
{
	struct iommu_resv_region *region;
	LIST_HEAD(list);

	(void)state;
	load();
	stub_ops->get_resv_regions(&pdev.dev, &list);
	region = list_entry(list.next, struct iommu_resv_region, list);
	assert_int_equal(region->start, 0xfee00000);
	assert_int_equal(region->length, 0x100000);
	free(region);
	unload();
}

/* ---- mapping --------------------------------------------------------- */

static void test_map_unmap(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(domain->geometry.aperture_end, (1ull << 47) - 1);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 4), 0);
	expect_dma(0x12345, DATA + 0x2345);
	assert_int_equal(domain->ops->iova_to_phys(domain, 0x12345),
			 DATA + 0x2345);
	assert_int_equal(map(domain, 0x11000, DATA, K4, 1), -EADDRINUSE);
	unmap(domain, 0x10000, K4, 4);
	expect_fault(0x12345);
	assert_int_equal(domain->ops->iova_to_phys(domain, 0x12345), 0);
	unplug(domain);
	unload();
	assert_int_equal(stub_errors, 0);
}

/* Tables leave with a large unmap; they are freed after the flush only. */
static void test_tables_strict(void **state)
{
	struct iommu_domain *domain;
	struct hvpt_linux_domain *mine;
	unsigned int round;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	for (round = 0; round < 3; round++) {
		assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
		expect_dma(G1 + M2, FINE + M2);
		unmap(domain, G1, K4, 2 * 512);
		expect_fault(G1 + M2);
		assert_null(mine->limbo.tables);
		assert_int_equal(map(domain, G1, DATA, M2, 1), 0);
		expect_dma(G1, DATA);
		unmap(domain, G1, M2, 1);
	}
	unplug(domain);
	unload();
}

/* Lazily: nothing is flushed by the unmap, all by the queue. */
static void test_tables_lazy(void **state)
{
	struct iommu_iotlb_gather gather;
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;
	uint64_t flushes;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
	expect_sound(domain);
	expect_dma(G1, FINE);
	iommu_iotlb_gather_init(&gather);
	gather.queued = true;
	flushes = hypervisor_calls(stub_world.hv, HV_FLUSH);
	assert_int_equal(domain->ops->unmap_pages(domain, G1, K4, 2 * 512,
						  &gather),
			 2 * M2);
	assert_int_equal(hypervisor_calls(stub_world.hv, HV_FLUSH), flushes);
	assert_int_equal(hypervisor_calls(stub_world.hv, HV_FLUSH_LIST), 0);
	assert_int_equal(mine->limbo.table_count, 2);
	domain->ops->flush_iotlb_all(domain);
	assert_int_equal(mine->limbo.table_count, 0);
	expect_fault(G1);
	/* And once more, with the domain gone before the queue. */
	assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
	expect_sound(domain);
	domain->ops->unmap_pages(domain, G1, K4, 2 * 512, &gather);
	assert_int_equal(mine->limbo.table_count, 2);
	unplug(domain);
	unload();
}

/* Another's flush takes the tables of an unmap which is not synced yet. */
static void test_tables_shared(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	expect_dma(G1, FINE);
	iommu_iotlb_gather_init(&gather);
	domain->ops->unmap_pages(domain, G1, K4, 512, &gather);
	unmap(domain, 0x10000, K4, 1);
	expect_fault(G1);
	domain->ops->iotlb_sync(domain, &gather);
	unplug(domain);
	unload();
}

/* A reader of the whole table keeps tables from being freed. */
static void test_visitor(void **state)
{
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	hvpt_linux_visit_begin(mine);
	unmap(domain, G1, K4, 512);
	assert_int_equal(mine->limbo.table_count, 1);
	hvpt_linux_visit_end(mine);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	unmap(domain, 0x10000, K4, 1);
	assert_int_equal(mine->limbo.table_count, 0);
	unplug(domain);
	unload();
}

/* Flushes fail: it is said, tables stay, and a later flush frees them. */
static void test_flush_fails(void **state)
{
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	expect_dma(G1, FINE);
	inject(HV_FLUSH_LIST, 1);
	inject(HV_FLUSH, 1);
	unmap(domain, G1, K4, 512);
	assert_int_equal(mine->limbo.table_count, 1);
	assert_int_equal(stub_errors, 1);
	assert_true(stub_warnings > 0);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	unmap(domain, 0x10000, K4, 1);
	assert_int_equal(mine->limbo.table_count, 0);
	expect_fault(G1);
	unplug(domain);
	unload();
}

/* DELETE fails: the tables are lost, not freed. */
static void test_delete_fails(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, DATA, K4, 1), 0);
	inject(HV_DELETE, 1);
	unplug(domain);
	assert_int_equal(stub_errors, 1);
	assert_int_equal(hvpt_arena_in_use(stub_world.arena), 4);
	assert_int_equal(hypervisor_domains(stub_world.hv), 3);
	hvpt_linux_stop();
	stub_module_exit();
	hypervisor_lose_state(stub_world.hv);
	/* What was lost is the test's now. */
	hvpt_arena_destroy(stub_world.arena);
	stub_world.arena = hvpt_arena_create(16, ARENA_GPA);
	memset(stub_world.counted, 0, sizeof(stub_world.counted));
}

/* Each allocation of a first map fails once: refused, nothing changed. */
static void test_map_no_memory(void **state)
{
	struct iommu_domain *domain;
	uint64_t at;
	int err = -ENOMEM;

	(void)state;
	load();
	for (at = 1; err; at++) {
		domain = plug();
		stub_world.fail_at = at;
		err = map(domain, G1 - M2, FINE, K4, 2 * 512);
		stub_world.fail_at = 0;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			expect_fault(G1 - M2);
		} else {
			expect_dma(G1, FINE + M2);
		}
		unplug(domain);
	}
	assert_true(at > 5);
	unload();
}

/* Domains fail to be made at each allocation; nothing is left. */
static void test_domain_no_memory(void **state)
{
	struct iommu_domain *domain = NULL;
	uint64_t at;

	(void)state;
	load();
	for (at = 1; !domain; at++) {
		stub_world.fail_at = at;
		domain = new_domain();
	}
	stub_world.fail_at = 0;
	assert_int_equal(at, 4);
	domain->ops->free(domain);
	inject(HV_CREATE, 1);
	assert_null(new_domain());
	unload();
}

/* A pool keeps little, and takes pages of any zone but the caller's. */
static void test_pool(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(
		domain->ops->map_pages(domain, G1, FINE, K4, 40 * 512, RW,
				       GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM,
				       &mapped),
		0);
	assert_true(hvpt_linux_domain(domain)->pool.count <= 8);
	expect_sound(domain);
	/* A sync with nothing gathered makes no call. */
	iommu_iotlb_gather_init(&gather);
	domain->ops->iotlb_sync(domain, &gather);
	assert_int_equal(hypervisor_calls(stub_world.hv, HV_FLUSH_LIST), 0);
	unplug(domain);
	unload();
}

/* A large leaf is cut, with and without memory for it. */
static void test_cut(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, DATA, M2, 1), 0);
	hvpt_linux_pool_trim(&hvpt_linux_domain(domain)->pool, 0);
	iommu_iotlb_gather_init(&gather);
	stub_world.fail_at = 1;
	assert_int_equal(domain->ops->unmap_pages(domain, G1, K4, 1, &gather),
			 0);
	expect_dma(G1, DATA);
	unmap(domain, G1, K4, 1);
	expect_fault(G1);
	expect_dma(G1 + K4, DATA + K4);
	unplug(domain);
	unload();
}

static void test_prot(void **state)
{
	struct hypervisor_dma dma;
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(domain->ops->map_pages(domain, 0, DATA, K4, 1,
						IOMMU_READ, GFP_KERNEL,
						&mapped),
			 0);
	assert_int_equal(domain->ops->map_pages(domain, K4, DATA, K4, 1,
						IOMMU_WRITE, GFP_KERNEL,
						&mapped),
			 0);
	hypervisor_dma(stub_world.hv, ID, 0, true, &dma);
	assert_false(dma.fresh.translated);
	expect_dma(K4, DATA);
	assert_int_equal(domain->ops->map_pages(domain, M2, DATA, K4, 1, 0,
						GFP_KERNEL, &mapped),
			 -EINVAL);
	unplug(domain);
	unload();
}

/* ---- the rest -------------------------------------------------------- */

#if STUB_7_3
static void test_dirty(void **state)
{
	struct iommu_dirty_bitmap bitmap = { 0 };
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = stub_ops->domain_alloc_paging_flags(
		&pdev.dev, IOMMU_HWPT_ALLOC_NEST_PARENT, NULL);
	assert_int_equal(PTR_ERR(domain), -EOPNOTSUPP);
	domain = stub_ops->domain_alloc_paging_flags(
		&pdev.dev, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, NULL);
	assert_false(IS_ERR(domain));
	assert_non_null(domain->dirty_ops);
	assert_int_equal(domain->dirty_ops->set_dirty_tracking(domain, true),
			 0);
	assert_int_equal(map(domain, 0, DATA, K4, 4), 0);
	/* As the walker would. */
	hvpt_pt_slot(&hvpt_linux_domain(domain)->core.pt, 4, K4,
		     0)[0] |= HVPT_PTE_DIRTY;
	iommu_iotlb_gather_init(&gather);
	bitmap.gather = &gather;
	bitmap.bitmap = (struct iova_bitmap *)&bitmap;
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, IOMMU_DIRTY_NO_CLEAR,
				 &bitmap),
			 0);
	assert_int_equal(stub_world.dirty_bytes, K4);
	assert_true(gather.start > gather.end);
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, 0, &bitmap),
			 0);
	assert_int_equal(stub_world.dirty_bytes, 2 * K4);
	assert_int_equal(gather.start, K4);
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, 0, &bitmap),
			 0);
	assert_int_equal(stub_world.dirty_bytes, 2 * K4);
	domain->ops->free(domain);
	unload();
}
#endif

static void test_hibernate(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	/* To memory: nothing is done. */
	stub_world.syscore->ops->resume(NULL);
	assert_int_equal(hypervisor_calls(stub_world.hv, 0xb1), 3);
	stub_world.pm->notifier_call(stub_world.pm, PM_HIBERNATION_PREPARE,
				     NULL);
	/* Devices were reset, and their ATS with them. */
	hypervisor_lose_state(stub_world.hv);
	hypervisor_set_ats(stub_world.hv, ID, false);
	stub_world.syscore->ops->resume(NULL);
	stub_world.pm->notifier_call(stub_world.pm, PM_POST_HIBERNATION, NULL);
	expect_dma(K4, DATA);
	unmap(domain, K4, K4, 1);
	expect_fault(K4);
	assert_int_equal(stub_errors, 0);
	unplug(domain);
	unload();
}

static const char *show(const char *name, char *text, size_t room)
{
	struct seq_file seq = { .text = text, .room = room };
	size_t i;

	text[0] = 0;
	for (i = 0; i < stub_world.files; i++)
		if (!strcmp(stub_world.file[i].name, name))
			stub_world.file[i].fops->show(&seq, NULL);
	return text;
}

static void test_debugfs(void **state)
{
	struct iommu_domain *domain;
	static char text[1 << 20];

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	assert_non_null(strstr(show("domains", text, sizeof(text)),
			       "3 devices 1 tables 4"));
	assert_non_null(strstr(show("devices", text, sizeof(text)),
			       "id 0x66558f70 domain 3 ats 1"));
	assert_non_null(strstr(show("tables", text, sizeof(text)),
			       "0x1000 -> 0x1000000000 2^12 rw"));
	assert_non_null(
		strstr(show("flushes", text, sizeof(text)), "failed_flushes"));
	assert_int_equal(map(domain, G1, FINE, K4, 5000), 0);
	assert_non_null(strstr(show("tables", text, sizeof(text)), "..."));
	unplug(domain);
	unload();
}

#define WORLD_TEST(name)                                                       \
	cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_load_unload),
		WORLD_TEST(test_absent),
		WORLD_TEST(test_start_no_memory),
		WORLD_TEST(test_probe),
		WORLD_TEST(test_vpci),
		WORLD_TEST(test_ats),
		WORLD_TEST(test_release),
		WORLD_TEST(test_resv),
		WORLD_TEST(test_map_unmap),
		WORLD_TEST(test_tables_strict),
		WORLD_TEST(test_tables_lazy),
		WORLD_TEST(test_tables_shared),
		WORLD_TEST(test_visitor),
		WORLD_TEST(test_flush_fails),
		WORLD_TEST(test_delete_fails),
		WORLD_TEST(test_map_no_memory),
		WORLD_TEST(test_domain_no_memory),
		WORLD_TEST(test_pool),
		WORLD_TEST(test_cut),
		WORLD_TEST(test_prot),
#if STUB_7_3
		WORLD_TEST(test_dirty),
#endif
		WORLD_TEST(test_hibernate),
		WORLD_TEST(test_debugfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
