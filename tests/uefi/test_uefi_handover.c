/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hand-over: each policy, with a network device that nobody stops, then each
 * kind of operating system. What DMA reaches before, during and after
 * ExitBootServices is the device's own memory, or nothing.
 */
#include "tests/support/hv_raw.h"
#include "uefi_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <Guid/HvptHandOver.h>
#include <Library/PcdLib.h>
#include <Library/UefiBootServicesTableLib.h>

#include "adapters/host/hv_binding.h"
#include "tests/support/linux_os.h"
#include "hvpt/hvpt.h"

#define COMMON EdkiiIoMmuOperationBusMasterCommonBuffer
#define WRITE EdkiiIoMmuOperationBusMasterWrite
#define RW (EDKII_IOMMU_ACCESS_READ | EDKII_IOMMU_ACCESS_WRITE)
#define RING_BYTES 0x2000u
#define PACKET (fixture_memory + 0x4010)
#define PACKET_BYTES 0x600u
#define OS_MEMORY (fixture_memory + 0x20000)

enum policy {
	IDENTITY,
	BLOCKED,
	DETACHED,
	KEEP,
	POLICIES
};

/* Of the operating system: none, the merged one, hvpt, hvpt in Linux. */
enum driver {
	NO_DRIVER,
	MERGED,
	OURS,
	LINUX,
	DRIVERS
};

/* The network device is DEVICE_A; its driver has no handler. */
static struct {
	uint8_t *ring;
	VOID *ring_mapping;
	EFI_PHYSICAL_ADDRESS packet;
	VOID *packet_mapping;
	uint8_t next;
} nic;

/* DEVICE_B has a driver that stops it in a handler. */
static struct {
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;
	bool stopped;
} disk;

/* ---- DMA ----------------------------------------------------------------- */

static bool dma_write(unsigned device, uint64_t at, uint8_t byte)
{
	struct hypervisor_dma way;

	hypervisor_dma(fixture.hv, device, at, true, &way);
	assert_int_equal(way.stale_count, 0);
	if (way.fresh.translated)
		*(uint8_t *)(uintptr_t)way.fresh.gpa = byte;
	return way.fresh.translated;
}

/* Policies with which a device that nobody stopped reaches its ring. */
static bool runs_on(enum policy policy)
{
	return policy == IDENTITY || policy == KEEP;
}

/* Each byte of the ring anew: all arrive, or all fault and none does. */
static void nic_writes(bool reaches)
{
	uint8_t byte = ++nic.next;
	uint64_t i;

	for (i = 0; i < RING_BYTES; i++)
		assert_int_equal(dma_write(DEVICE_A,
					   (uint64_t)(uintptr_t)nic.ring + i,
					   byte),
				 reaches);
	for (i = 0; i < RING_BYTES; i++)
		assert_int_equal(nic.ring[i] == byte, reaches);
}

/* All of memory that was never the device's is as it was. */
static void check_memory(void)
{
	uint64_t i;

	for (i = 0; i < FIXTURE_MEMORY; i++)
		if (i - 0x20000 >= 0x1000)
			assert_int_equal(fixture_memory[i],
					 (uint8_t)(i * 7 + (i >> 8)));
}

/* ---- firmware ------------------------------------------------------------ */

static void open_nic(void)
{
	UINTN bytes = RING_BYTES;
	EFI_PHYSICAL_ADDRESS at;
	VOID *ring;

	assert_int_equal(
		fixture.iommu->AllocateBuffer(fixture.iommu, AllocateAnyPages,
					      EfiBootServicesData, 2, &ring, 0),
		EFI_SUCCESS);
	nic.ring = ring;
	assert_int_equal(fixture.iommu->Map(fixture.iommu, COMMON, ring, &bytes,
					    &at, &nic.ring_mapping),
			 EFI_SUCCESS);
	assert_true(at == (uint64_t)(uintptr_t)ring);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, fixture.a,
						     nic.ring_mapping, RW),
			 EFI_SUCCESS);
	bytes = PACKET_BYTES;
	assert_int_equal(fixture.iommu->Map(fixture.iommu, WRITE, PACKET,
					    &bytes, &nic.packet,
					    &nic.packet_mapping),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, fixture.a,
						     nic.packet_mapping,
						     EDKII_IOMMU_ACCESS_WRITE),
			 EFI_SUCCESS);
}

/* Stops the disk, as drivers do: no DMA meanwhile is lost, none is after. */
static void stop_disk(void)
{
	EDKII_IOMMU_PROTOCOL *io = fixture.iommu;

	nic_writes(true);
	assert_true(dma_write(DEVICE_B, disk.at, 1));
	assert_int_equal(io->SetAttribute(io, fixture.b, disk.mapping, 0),
			 EFI_SUCCESS);
	assert_false(dma_write(DEVICE_B, disk.at, 2));
	assert_int_equal(io->SetAttribute(io, fixture.b, disk.mapping,
					  EDKII_IOMMU_ACCESS_WRITE),
			 EFI_DEVICE_ERROR);
	assert_int_equal(io->Unmap(io, disk.mapping), EFI_SUCCESS);
	disk.stopped = true;
}

/* One that only looks: hand-over has not come, whatever the order. */
static void looks(void)
{
	nic_writes(true);
}

static void open_disk(EFI_TPL tpl)
{
	static uint8_t sector[512];
	UINTN bytes = sizeof(sector);

	disk.stopped = false;
	assert_int_equal(fixture.iommu->Map(fixture.iommu, WRITE, sector,
					    &bytes, &disk.at, &disk.mapping),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, fixture.b,
						     disk.mapping,
						     EDKII_IOMMU_ACCESS_WRITE),
			 EFI_SUCCESS);
	fake_boot_on_exit(tpl, stop_disk);
}

static void leave_firmware(enum policy policy, EFI_TPL tpl, bool newest_first)
{
	stub_PcdHvptExitPolicy = (UINT8)policy;
	fixture_open();
	open_nic();
	open_disk(tpl);
	fake_boot_on_exit(TPL_CALLBACK, looks);
	fake_boot_on_exit(TPL_NOTIFY, looks);
	nic_writes(true);
	assert_int_equal(fake_boot_ready_to_boot(), 1);
	assert_int_equal(fake_boot_ready_to_boot(), 1);
	assert_int_equal(fake_boot_exit_boot_services(newest_first), 7);
	assert_true(disk.stopped);
	nic_writes(runs_on(policy));
	check_memory();
}

/* ---- operating systems --------------------------------------------------- */

/* Its own buffers from now on; memory of firmware is not given back. */
static void os_starts(void)
{
	fake_boot.exiting = false;
	fake_boot.freed = NULL;
}

/* Drivers hand out gpas, and know no IOMMU. */
static void os_without_driver(enum policy policy)
{
	uint64_t at = (uint64_t)(uintptr_t)OS_MEMORY;
	bool reaches = policy == IDENTITY;

	assert_int_equal(dma_write(DEVICE_A, at, 0x91), reaches);
	assert_int_equal(*OS_MEMORY == 0x91, reaches);
	assert_int_equal(dma_write(DEVICE_B, at, 0x92), reaches);
	nic_writes(runs_on(policy));
}

/* One 4 KiB page of iova 0x7000 is the OS's buffer. */
static uint64_t os_tables(void)
{
	EFI_PHYSICAL_ADDRESS table[4];
	unsigned i;

	for (i = 0; i < 4; i++) {
		assert_int_equal(gBS->AllocatePages(AllocateAnyPages,
						    EfiBootServicesData, 1,
						    &table[i]),
				 EFI_SUCCESS);
		memset((void *)(uintptr_t)table[i], 0, 0x1000);
	}
	for (i = 0; i < 3; i++)
		*(uint64_t *)(uintptr_t)table[i] = table[i + 1] | 0x27;
	((uint64_t *)(uintptr_t)table[3])[7] = (uint64_t)(uintptr_t)OS_MEMORY |
					       0x67;
	return table[0];
}

/* From its first attach on, only what it maps is reached. */
static void check_os_domain(uint64_t iova)
{
	nic_writes(false);
	*OS_MEMORY = 0;
	assert_true(dma_write(DEVICE_A, iova, 0x93));
	assert_int_equal(*OS_MEMORY, 0x93);
}

/* Ids from 1 up, and it takes no refusal: nothing of ours may be there. */
static void os_merged(void)
{
	assert_int_equal(raw_create(fixture.hv, 1), RAW_OK);
	assert_int_equal(raw_configure(fixture.hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_create(fixture.hv, 2), RAW_OK);
	assert_int_equal(raw_configure(fixture.hv, 2, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_create(fixture.hv, 3), RAW_OK);
	assert_int_equal(raw_configure(fixture.hv, 3, RAW_PAGING_4,
				       os_tables()),
			 RAW_OK);
	assert_int_equal(raw_attach(fixture.hv, 3, DEVICE_A), RAW_OK);
	check_os_domain(0x7000);
	assert_int_equal(raw_attach(fixture.hv, 2, DEVICE_A), RAW_OK);
	nic_writes(false);
}

static void *os_alloc(void *ctx)
{
	EFI_PHYSICAL_ADDRESS page;

	(void)ctx;
	if (gBS->AllocatePages(AllocateAnyPages, EfiBootServicesData, 1,
			       &page) != EFI_SUCCESS)
		return NULL;
	return memset((void *)(uintptr_t)page, 0, 0x1000);
}

static void os_free(void *ctx, void *page)
{
	(void)ctx;
	hypervisor_page_freed(fixture.hv, (uint64_t)(uintptr_t)page);
	assert_int_equal(gBS->FreePages((uint64_t)(uintptr_t)page, 1),
			 EFI_SUCCESS);
}

static const struct hvpt_page_ops os_pages = {
	.alloc_page = os_alloc,
	.free_page = os_free,
};

/* The operating system of ours, its devices A and B, and what they were in. */
static struct {
	struct hvpt_handover handover;
	struct hvpt_iommu iommu;
	struct hvpt_device device[2];
	struct hvpt_domain adopted[2];
	struct hvpt_domain domain;
} os;

static bool is_reserved(void *ctx, hvpt_gpa_t table, unsigned level)
{
	(void)ctx;
	(void)level;
	return fake_boot_type_of(table.value) == EfiReservedMemoryType;
}

/* The devices that firmware kept stay where they are, and go on. */
static void os_adopts(uint32_t i)
{
	struct hvpt_domain_config config = {
		.pt = { .ops = &os_pages,
			.form = HVPT_IOVA_LOWER,
			.page_sizes = HVPT_PAGE_SIZE_4K },
	};
	struct hvpt_handover_device left;
	struct hvpt_audit report;

	hvpt_handover_read_device(&os.handover, i, &left);
	config.pt.levels = left.levels;
	config.pt.width = left.width;
	assert_int_equal(hvpt_device_probe(&os.device[i], &os.iommu,
					   left.device_id, false),
			 HVPT_OK);
	assert_int_equal(hvpt_domain_adopt(&os.adopted[i], &os.iommu, &config,
					   &left, is_reserved, NULL, &report),
			 HVPT_OK);
	assert_int_equal(hvpt_device_attach(&os.device[i], &os.adopted[i]),
			 HVPT_OK);
}

static void os_finds_devices(void)
{
	static const unsigned id[] = { DEVICE_A, DEVICE_B };
	uint32_t i;

	for (i = 0; i < 2; i++) {
		if (os.handover.devices)
			os_adopts(i);
		else
			assert_int_equal(hvpt_device_probe(&os.device[i],
							   &os.iommu, id[i],
							   false),
					 HVPT_OK);
	}
	assert_int_equal(hvpt_iommu_takeover(&os.iommu), HVPT_OK);
}

static struct hvpt_device *os_nic(void)
{
	return &os.device[hvpt_device_id(&os.device[0]) == DEVICE_A ? 0 : 1];
}

static void os_uses_nic(void)
{
	struct hvpt_domain_config config = {
		.pt = { .ops = &os_pages, .form = HVPT_IOVA_LOWER },
	};

	assert_int_equal(hvpt_domain_init(&os.domain, &os.iommu, &config),
			 HVPT_OK);
	assert_int_equal(
		hvpt_domain_map(&os.domain, hvpt_iova(0x7000),
				hvpt_gpa((uint64_t)(uintptr_t)OS_MEMORY),
				0x1000, HVPT_PROT_READ | HVPT_PROT_WRITE, NULL),
		HVPT_OK);
	assert_int_equal(hvpt_device_attach(os_nic(), &os.domain), HVPT_OK);
	check_os_domain(0x7000);
}

static void delete_left(uint32_t id)
{
	struct hvpt_answer answer;

	if (id)
		assert_int_equal(hvpt_hvcall_delete_domain(&os.iommu.transport,
							   id, &answer),
				 HVPT_OK);
}

/* Nothing is left in the hypervisor, of firmware's neither. */
static void os_ends(void)
{
	uint32_t i;

	for (i = 0; i < 2; i++) {
		if (hvpt_device_detach(&os.device[i]) != HVPT_OK)
			assert_int_equal(hvpt_device_state(&os.device[i]),
					 HVPT_DEVICE_NEW);
		assert_int_equal(hvpt_device_remove(&os.device[i]), HVPT_OK);
	}
	assert_int_equal(hvpt_domain_destroy(&os.domain), HVPT_OK);
	for (i = 0; i < os.handover.devices; i++)
		assert_int_equal(hvpt_domain_destroy(&os.adopted[i]), HVPT_OK);
	assert_int_equal(hvpt_iommu_destroy(&os.iommu), HVPT_OK);
	delete_left(os.handover.identity_id);
	delete_left(os.handover.blocked_id);
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	nic_writes(false);
}

static void os_ours(enum policy policy)
{
	struct hvpt_iommu_config config = {
		.transport = { &hvpt_hypervisor_transport, fixture.hv },
	};

	memset(&os, 0, sizeof(os));
	assert_int_equal(hvpt_handover_read(fake_boot.table, 0x1000,
					    &os.handover),
			 HVPT_OK);
	assert_int_equal(os.handover.policy, policy);
	assert_int_equal(os.handover.devices, policy == KEEP ? 2 : 0);
	assert_int_equal(hvpt_iommu_init(&os.iommu, &config), HVPT_OK);
	os_finds_devices();
	nic_writes(policy == KEEP);
	os_uses_nic();
	os_ends();
}

/* ---- Linux ----------------------------------------------------------- */

static void *linux_alloc(void)
{
	return os_alloc(NULL);
}

static void linux_free(void *page)
{
	os_free(NULL, page);
}

static int linux_type_of(uint64_t gpa)
{
	uint64_t word;

	if (!fake_boot_read64(NULL, gpa, &word))
		return LINUX_OS_NOTHING;
	switch (fake_boot_type_of(gpa)) {
	case EfiReservedMemoryType:
		return LINUX_OS_RESERVED;
	case EfiACPIReclaimMemory:
		return LINUX_OS_ACPI;
	default:
		return LINUX_OS_RAM;
	}
}

/* The adapter for Linux itself: the device goes on until Linux takes it. */
static void os_linux(enum policy policy)
{
	struct linux_os_machine machine = {
		.hv = fixture.hv,
		.table = (uint64_t)(uintptr_t)fake_boot.table,
		.alloc = linux_alloc,
		.free = linux_free,
		.type_of = linux_type_of,
	};
	uint32_t id = 0;
	bool left = hypervisor_device_domain(fixture.hv, DEVICE_A, &id);

	assert_int_equal(linux_os_load(&machine), policy == KEEP ? 2 : 0);
	nic_writes(runs_on(policy));
	linux_os_finds(0, DEVICE_A);
	nic_writes(runs_on(policy));
	linux_os_takes(0, 0x7000, (uint64_t)(uintptr_t)OS_MEMORY);
	check_os_domain(0x7000);
	/* Others are shared, and stay until the end. */
	assert_int_equal(hypervisor_has_domain(fixture.hv, id),
			 left && policy != KEEP);
	linux_os_finds(1, DEVICE_B);
	linux_os_takes(1, 0x7000, (uint64_t)(uintptr_t)OS_MEMORY);
	linux_os_ends();
	/* Its own identity domain, and none of firmware's. */
	assert_int_equal(hypervisor_domains(fixture.hv), 1);
}

/* ---- the matrix ------------------------------------------------------ */

static void one(enum policy policy, enum driver driver, EFI_TPL tpl,
		bool newest_first)
{
	leave_firmware(policy, tpl, newest_first);
	os_starts();
	if (driver == NO_DRIVER)
		os_without_driver(policy);
	else if (driver == MERGED)
		os_merged();
	else if (driver == OURS)
		os_ours(policy);
	else
		os_linux(policy);
	check_memory();
	fixture_close();
}

static void matrix(void **state)
{
	unsigned policy, driver, order;

	(void)state;
	for (policy = 0; policy < POLICIES; policy++)
		for (driver = 0; driver < DRIVERS; driver++)
			for (order = 0; order < 4; order++)
				one((enum policy)policy, (enum driver)driver,
				    order & 1 ? TPL_NOTIFY : TPL_CALLBACK,
				    order & 2);
}

/* What is left has ids that no system starts with. */
static void leaves(void **state)
{
	static const unsigned domains[POLICIES] = { 1, 1, 0, 4 };
	unsigned policy;
	uint32_t id;

	(void)state;
	for (policy = 0; policy < POLICIES; policy++) {
		leave_firmware((enum policy)policy, TPL_NOTIFY, true);
		assert_int_equal(hypervisor_domains(fixture.hv),
				 domains[policy]);
		if (domains[policy]) {
			assert_true(hypervisor_device_domain(fixture.hv,
							     DEVICE_A, &id));
			assert_true(id >= 0xffff0000 && id <= 0xfffffffd);
		}
		fixture_close();
	}
}

/* A value that is no policy: blocked. */
static void no_policy(void **state)
{
	(void)state;
	leave_firmware(POLICIES, TPL_CALLBACK, true);
	assert_int_equal(hypervisor_domains(fixture.hv), 1);
	os_without_driver(POLICIES);
	fixture_close();
}

/* What kept devices reach, and their tables: memory that no system takes. */
static void reserves(void **state)
{
	static const EFI_GUID guid = HVPT_HANDOVER_GUID;
	struct hvpt_handover_device left;
	struct hvpt_handover handover;
	struct hypervisor_dma way;
	VOID *buffer;

	(void)state;
	assert_memory_equal(&gHvptHandOverGuid, &guid, sizeof(guid));
	leave_firmware(KEEP, TPL_CALLBACK, true);
	assert_int_equal(fake_boot_type_of((uint64_t)(uintptr_t)nic.ring),
			 EfiReservedMemoryType);
	hypervisor_dma(fixture.hv, DEVICE_A, nic.packet, true, &way);
	assert_true(way.fresh.translated);
	assert_int_equal(fake_boot_type_of(way.fresh.gpa & ~UINT64_C(0xfff)),
			 EfiReservedMemoryType);
	assert_int_equal(hvpt_handover_read(fake_boot.table, 0x1000, &handover),
			 HVPT_OK);
	hvpt_handover_read_device(&handover, 0, &left);
	assert_int_equal(fake_boot_type_of(left.root), EfiReservedMemoryType);
	assert_int_equal(
		fake_boot_type_of((uint64_t)(uintptr_t)fake_boot.table),
		EfiACPIReclaimMemory);
	fixture_close();
	/* The system does not take runtime memory, and must map it. */
	stub_PcdHvptExitPolicy = KEEP;
	fixture_open();
	assert_int_equal(fixture.iommu->AllocateBuffer(
				 fixture.iommu, AllocateAnyPages,
				 EfiRuntimeServicesData, 1, &buffer, 0),
			 EFI_SUCCESS);
	assert_int_equal(fake_boot_type_of((uint64_t)(uintptr_t)buffer),
			 EfiRuntimeServicesData);
	fixture_close();
	leave_firmware(IDENTITY, TPL_CALLBACK, true);
	assert_int_equal(fake_boot_type_of((uint64_t)(uintptr_t)nic.ring),
			 EfiBootServicesData);
	fixture_close();
}

/*
 * The system takes all memory of boot services, sleeps (S3) and goes on. No
 * driver of boot services runs then. What was kept needs none of that memory:
 * a device that runs reaches what it reached, and hvpt still adopts its domain.
 */
static void sleeps(void **state)
{
	unsigned policy;

	(void)state;
	for (policy = 0; policy < POLICIES; policy++) {
		leave_firmware((enum policy)policy, TPL_CALLBACK, true);
		fake_boot_take(0xa5);
		nic_writes(runs_on((enum policy)policy));
		os_starts();
		os_ours((enum policy)policy);
		check_memory();
		fixture_close();
	}
}

/* A device that asked for access, and for which no domain could be made. */
static void never_attached(void **state)
{
	static const unsigned domains[POLICIES] = { 1, 1, 0, 1 };
	const struct hypervisor_injection refusal = {
		.code = RAW_CREATE,
		.nth = 1,
		.times = UINT64_MAX,
		.fault = HYPERVISOR_FAIL,
		.status = RAW_DENIED,
	};
	uint64_t at = (uint64_t)(uintptr_t)OS_MEMORY;
	EFI_PHYSICAL_ADDRESS address;
	UINTN bytes = 0x1000;
	unsigned policy;
	VOID *mapping;

	(void)state;
	for (policy = 0; policy < POLICIES; policy++) {
		stub_PcdHvptExitPolicy = (UINT8)policy;
		fixture_open();
		hypervisor_inject(fixture.hv, &refusal);
		assert_int_equal(fixture.iommu->Map(fixture.iommu, COMMON,
						    OS_MEMORY, &bytes, &address,
						    &mapping),
				 EFI_SUCCESS);
		assert_int_equal(fixture.iommu->SetAttribute(
					 fixture.iommu, fixture.a, mapping, RW),
				 EFI_DEVICE_ERROR);
		assert_true(dma_write(DEVICE_A, at, 1));
		assert_true(fake_boot_exit_boot_services(true) > 0);
		assert_int_equal(dma_write(DEVICE_A, at, 2),
				 policy == IDENTITY);
		assert_int_equal(hypervisor_domains(fixture.hv),
				 domains[policy]);
		fixture_close();
	}
}

/* Devices that do not fit the table are blocked. */
static void full_table(void **state)
{
	struct hvpt_handover handover;
	EFI_PHYSICAL_ADDRESS at;
	UINTN bytes = 0x1000;
	unsigned fit = (0x1000 - 64) / 32, i;
	VOID *mapping;

	(void)state;
	stub_PcdHvptExitPolicy = KEEP;
	fixture_open();
	assert_int_equal(fixture.iommu->Map(fixture.iommu, COMMON, OS_MEMORY,
					    &bytes, &at, &mapping),
			 EFI_SUCCESS);
	for (i = 0; i <= fit; i++)
		assert_int_equal(fixture.iommu->SetAttribute(
					 fixture.iommu,
					 fixture_add_device(0x100 + i), mapping,
					 RW),
				 EFI_SUCCESS);
	assert_true(fake_boot_exit_boot_services(true) > 0);
	assert_int_equal(hvpt_handover_read(fake_boot.table, 0x1000, &handover),
			 HVPT_OK);
	assert_int_equal(handover.devices, fit);
	/* The newest device comes first. */
	assert_true(dma_write(0x100 + fit, at, 1));
	assert_true(dma_write(0x101, at, 1));
	assert_false(dma_write(0x100, at, 1));
	fixture_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrix),	  cmocka_unit_test(reserves),
		cmocka_unit_test(never_attached), cmocka_unit_test(full_table),
		cmocka_unit_test(leaves),	  cmocka_unit_test(sleeps),
		cmocka_unit_test(no_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
