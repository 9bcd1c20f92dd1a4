/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "linux_fixture.h"

/* ---- the hypervisor -------------------------------------------------- */

static bool fixture_borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	if (!hvpt_hypervisor_transport.borrow(stub_host.hv, page))
		return false;
	stub_host.lent = true;
	return true;
}

static uint64_t fixture_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			      hvpt_gpa_t output)
{
	unsigned int code = control & 0xffff;

	(void)ctx;
	if (code == HV_FLUSH || code == HV_FLUSH_LIST)
		stub_host.flushes[stub_host.irqs_off]++;
	return hvpt_hypervisor_transport.issue(stub_host.hv, control, input,
					       output);
}

static void fixture_give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	stub_host.lent = false;
	hvpt_hypervisor_transport.give_back(stub_host.hv, page);
}

static const struct hvpt_transport_ops fixture_transport = {
	.borrow = fixture_borrow,
	.issue = fixture_issue,
	.give_back = fixture_give_back,
};

const struct hvpt_linux_platform hvpt_linux_native = {
	.transport = { .ops = &fixture_transport },
};

static const struct bus_type vmbus = { .name = "vmbus" };
struct hv_device channel;
struct pci_host_bridge host_bridge;
struct pci_bus bus;
struct pci_dev pdev;

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

/* The platform's hook of a kernel without an IOMMU. */
static int no_hook(void)
{
	return -ENODEV;
}

static int open_on(bool gone_stays)
{
	struct hypervisor_config host = {
		.read64 = hvpt_arena_read64,
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			HYPERVISOR_CAP_ATS,
		.page_sizes = K4 | M2 | G1,
		.iova_width = 48,
		.gone_stays = gone_stays,
	};

	memset(&stub_host, 0, sizeof(stub_host));
	stub_errors = 0;
	stub_warnings = 0;
	stub_host.arena = hvpt_arena_create(8192, ARENA_GPA);
	assert_non_null(stub_host.arena);
	host.read_ctx = stub_host.arena;
	stub_host.hv = hypervisor_create(&host);
	stub_host.pages.arena = stub_host.arena;
	stub_host.pages.hv = stub_host.hv;
	hypervisor_add_device(stub_host.hv, ID, true);
	make_device();
	memset(&stub_kernel, 0, sizeof(stub_kernel));
	no_iommu = 0;
	x86_init.iommu.iommu_init = no_hook;
	*stub_param_full_width() = false;
	*stub_param_combine() = true;
	*stub_param_dirty_tracking() = false;
	*stub_param_reserve() = NULL;
	*stub_param_handover() = 0;
	efi_config_table = EFI_INVALID_TABLE_ADDR;
	return 0;
}

int open_fixture(void **state)
{
	(void)state;
	return open_on(false);
}

int open_fixture_gone_stays(void **state)
{
	(void)state;
	return open_on(true);
}

int close_fixture(void **state)
{
	(void)state;
	assert_string_equal(hypervisor_violation(stub_host.hv), "");
	assert_int_equal(hvpt_arena_in_use(stub_host.arena), 0);
	assert_int_equal(stub_host.counted[0], 0);
	assert_int_equal(stub_host.counted[1], 0);
	assert_int_equal(stub_host.spinning, 0);
	assert_int_equal(stub_host.remapped, 0);
	assert_null(stub_host.work);
	hypervisor_destroy(stub_host.hv);
	hvpt_arena_destroy(stub_host.arena);
	return 0;
}

/* As the kernel starts: Hyper-V is set up, later the platform's IOMMUs. */
int stub_module_init(void)
{
	x86_init.iommu.iommu_init = no_hook;
	hvpt_iommu_detect();
	return x86_init.iommu.iommu_init();
}

void load(void)
{
	assert_int_equal(stub_module_init(), 0);
	assert_non_null(stub_ops);
}

/* The identity domain stays where devices were handed over. */
void unload(void)
{
	stub_module_exit();
	assert_null(stub_ops);
	assert_int_equal(hypervisor_domains(stub_host.hv),
			 hvpt_linux.iommu.handed_over);
}

int attach_to(struct pci_dev *to, struct iommu_domain *domain)
{
#if STUB_7_3
	return domain->ops->attach_dev(domain, &to->dev, NULL);
#else
	return domain->ops->attach_dev(domain, &to->dev);
#endif
}

int attach(struct iommu_domain *domain)
{
	return attach_to(&pdev, domain);
}

struct iommu_domain *blocked(void)
{
#if STUB_6_12
	return stub_ops->blocked_domain;
#else
	return stub_ops->domain_alloc(IOMMU_DOMAIN_BLOCKED);
#endif
}

struct iommu_domain *identity(void)
{
#if STUB_6_12
	return stub_ops->identity_domain;
#else
	return stub_ops->domain_alloc(IOMMU_DOMAIN_IDENTITY);
#endif
}

struct iommu_domain *new_domain(void)
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
struct iommu_device *probe(struct device *dev)
{
	struct iommu_device *found;

	stub_probing = true;
	found = stub_ops->probe_device(dev);
	stub_probing = false;
	return found;
}

struct iommu_domain *plug(void)
{
	struct iommu_domain *domain;

	assert_false(IS_ERR(probe(&pdev.dev)));
	domain = new_domain();
	assert_non_null(domain);
	assert_int_equal(attach(domain), 0);
	return domain;
}

void unplug(struct iommu_domain *domain)
{
	unsigned int errors = stub_errors;

	stub_ops->release_device(&pdev.dev);
	assert_int_equal(stub_errors, errors);
	domain->ops->free(domain);
}

/* By the calls that this kernel makes. */
#if STUB_7_3
static struct pt_iommu *table_of(struct iommu_domain *domain)
{
	assert_true(domain->is_iommupt);
	return container_of(domain, struct pt_iommu, domain);
}

static int map_pages(struct iommu_domain *domain, u64 iova, u64 gpa,
		     size_t size, size_t count, gfp_t gfp, size_t *mapped)
{
	struct pt_iommu *table = table_of(domain);

	return table->ops->map_range(table, iova, gpa, size * count, RW, gfp,
				     mapped);
}

static size_t unmap_pages(struct iommu_domain *domain, u64 iova, size_t size,
			  size_t count, struct iommu_iotlb_gather *gather)
{
	struct pt_iommu *table = table_of(domain);

	return table->ops->unmap_range(table, iova, size * count, gather);
}
#else
static int map_pages(struct iommu_domain *domain, u64 iova, u64 gpa,
		     size_t size, size_t count, gfp_t gfp, size_t *mapped)
{
	return domain->ops->map_pages(domain, iova, gpa, size, count, RW, gfp,
				      mapped);
}

static size_t unmap_pages(struct iommu_domain *domain, u64 iova, size_t size,
			  size_t count, struct iommu_iotlb_gather *gather)
{
	return domain->ops->unmap_pages(domain, iova, size, count, gather);
}
#endif

int map(struct iommu_domain *domain, u64 iova, u64 gpa, size_t size,
	size_t count)
{
	size_t mapped = 0;
	int err = map_pages(domain, iova, gpa, size, count, GFP_ATOMIC,
			    &mapped);

	assert_int_equal(mapped, err ? 0 : size * count);
	return err;
}

int map_gfp(struct iommu_domain *domain, u64 iova, u64 gpa, size_t bytes,
	    gfp_t gfp, size_t *mapped)
{
	return map_pages(domain, iova, gpa, K4, bytes / K4, gfp, mapped);
}

size_t unmap_some(struct iommu_domain *domain, u64 iova, size_t size,
		  size_t count)
{
	struct iommu_iotlb_gather gather;
	size_t unmapped;

	iommu_iotlb_gather_init(&gather);
	unmapped = unmap_pages(domain, iova, size, count, &gather);
	domain->ops->iotlb_sync(domain, &gather);
	return unmapped;
}

void unmap(struct iommu_domain *domain, u64 iova, size_t size, size_t count)
{
	assert_int_equal(unmap_some(domain, iova, size, count), size * count);
}

void expect_dma(u64 iova, u64 gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_host.hv, ID, iova, true, &dma);
	assert_true(dma.fresh.translated);
	assert_int_equal(dma.fresh.gpa, gpa);
	assert_int_equal(dma.stale_count, 0);
}

void expect_fault(u64 iova)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_host.hv, ID, iova, false, &dma);
	assert_false(dma.fresh.translated);
	assert_int_equal(dma.stale_count, 0);
}

void expect_sound(struct iommu_domain *domain)
{
	struct hvpt_audit report;

	assert_int_equal(hvpt_pt_audit(&hvpt_linux_domain(domain)->core.pt,
				       NULL, NULL, &report),
			 HVPT_OK);
}

void refuse(uint16_t code, uint64_t times, uint16_t status)
{
	struct hypervisor_injection injection = {
		.code = code,
		.nth = 1,
		.times = times,
		.fault = HYPERVISOR_FAIL,
		.status = status,
	};

	hypervisor_inject(stub_host.hv, &injection);
}

void inject(uint16_t code, uint64_t times)
{
	refuse(code, times, 0x71);
}
