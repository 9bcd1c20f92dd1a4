/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each row of the protocol's contract: what a member answers, and what devices
 * see then.
 */
#include "uefi_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <Library/PcdLib.h>

#define READ EdkiiIoMmuOperationBusMasterRead
#define WRITE EdkiiIoMmuOperationBusMasterWrite
#define COMMON EdkiiIoMmuOperationBusMasterCommonBuffer
#define READ64 EdkiiIoMmuOperationBusMasterRead64
#define WRITE64 EdkiiIoMmuOperationBusMasterWrite64
#define COMMON64 EdkiiIoMmuOperationBusMasterCommonBuffer64
#define R EDKII_IOMMU_ACCESS_READ
#define W EDKII_IOMMU_ACCESS_WRITE

#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST
#define FLUSH_ALL HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define ATTACH HVPT_HVCALL_ATTACH_DEVICE_DOMAIN
#define CREATE HVPT_HVCALL_CREATE_DEVICE_DOMAIN
#define GET_CAPS HVPT_HVCALL_GET_IOMMU_CAPABILITIES
#define HV_DENIED HVPT_HV_STATUS_ACCESS_DENIED

/* Memory below 4 GiB, not page aligned; and whole pages of it. */
#define HOST ((void *)(fixture_memory + 0x9a8))
#define PAGES ((void *)(fixture_memory + 0x1000))
/* Whole pages above 4 GiB, which nobody looks at. */
#define HIGH ((void *)UINT64_C(0x123456789000))

struct mapped {
	UINTN bytes;
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;
};

static EFI_STATUS map(EDKII_IOMMU_OPERATION operation, void *host, UINTN bytes,
		      struct mapped *out)
{
	EFI_STATUS status;

	out->bytes = bytes;
	status = fixture.iommu->Map(fixture.iommu, operation, host, &out->bytes,
				    &out->at, &out->mapping);
	assert_int_equal(fake_boot.tpl, fake_boot.home);
	assert_int_equal(out->bytes, EFI_ERROR(status) ? 0 : bytes);
	return status;
}

static EFI_STATUS set(EFI_HANDLE device, VOID *mapping, UINT64 access)
{
	EFI_STATUS status = fixture.iommu->SetAttribute(fixture.iommu, device,
							mapping, access);

	assert_int_equal(fake_boot.tpl, fake_boot.home);
	return status;
}

static EFI_STATUS unmap(VOID *mapping)
{
	EFI_STATUS status = fixture.iommu->Unmap(fixture.iommu, mapping);

	assert_int_equal(fake_boot.tpl, fake_boot.home);
	return status;
}

static void must_map(EDKII_IOMMU_OPERATION operation, void *host, UINTN bytes,
		     struct mapped *out)
{
	assert_int_equal(map(operation, host, bytes, out), EFI_SUCCESS);
}

static void inject(uint16_t code, uint64_t times)
{
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = 1,
		.times = times,
		.fault = HYPERVISOR_FAIL,
		.status = HV_DENIED,
	};

	hypervisor_inject(fixture.hv, &injection);
}

/* ---- the protocol itself --------------------------------------------- */

static void revision(void **state)
{
	(void)state;
	fixture_open();
#ifdef HVPT_STUB_IOMMU_BY_ID
	assert_int_equal(fixture.iommu->Revision, 0x00010001);
	assert_non_null(fixture.iommu->SetAttributeById);
#else
	assert_int_equal(fixture.iommu->Revision, 0x00010000);
#endif
	fixture_close();
}

/* ---- Map ------------------------------------------------------------- */

static void map_bad_input(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	EFI_PHYSICAL_ADDRESS at = 7;
	VOID *mapping = HOST;
	UINTN n;

	(void)state;
	fixture_open();
	io = fixture.iommu;
#define REFUSED(op, host, bytes, atp, mapp)                                    \
	do {                                                                   \
		n = (bytes);                                                   \
		assert_int_equal(io->Map(io, op, host, &n, atp, mapp),         \
				 EFI_INVALID_PARAMETER);                       \
		assert_int_equal(n, 0);                                        \
		assert_int_equal(at, 7);                                       \
		assert_ptr_equal(mapping, HOST);                               \
	} while (0)
	REFUSED(READ, NULL, 16, &at, &mapping);
	REFUSED(READ, HOST, 16, NULL, &mapping);
	REFUSED(READ, HOST, 16, &at, NULL);
	REFUSED(READ, HOST, 0, &at, &mapping);
	REFUSED(EdkiiIoMmuOperationMaximum, HOST, 16, &at, &mapping);
	REFUSED((EDKII_IOMMU_OPERATION)-1, HOST, 16, &at, &mapping);
	REFUSED(READ, HOST, MAX_UINTN, &at, &mapping);
	REFUSED(READ, (void *)(MAX_UINTN - 15), 17, &at, &mapping);
	assert_int_equal(io->Map(io, READ, HOST, NULL, &at, &mapping),
			 EFI_INVALID_PARAMETER);
#undef REFUSED
	fixture_close();
}

static void map_operations(void **state)
{
	static const struct {
		EDKII_IOMMU_OPERATION operation;
		UINT64 access;
		bool may_write;
		bool common;
		bool wide;
	} row[] = {
		{ READ, R, false, false, false },
		{ WRITE, W, true, false, false },
		{ COMMON, R | W, true, true, false },
		{ READ64, R, false, false, true },
		{ WRITE64, W, true, false, true },
		{ COMMON64, R | W, true, true, true },
	};
	struct mapped m;
	size_t i;

	(void)state;
	fixture_open();
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		must_map(row[i].operation, HOST, 0x3001, &m);
		assert_true(row[i].wide || m.at <= MAX_UINT32);
		assert_int_equal(m.at == (uint64_t)(uintptr_t)HOST,
				 row[i].common);
		assert_int_equal(set(fixture.a, m.mapping, row[i].access),
				 EFI_SUCCESS);
		assert_true(
			fixture_sees_all(DEVICE_A, m.at, 0x3001, m.at, false));
		if (row[i].may_write)
			assert_true(fixture_sees_all(DEVICE_A, m.at, 0x3001,
						     m.at, true));
		else
			assert_true(fixture_sees(DEVICE_A, m.at, true, 0));
		assert_true(fixture_sees(DEVICE_A, m.at - 0x1000, false, 0));
		assert_true(fixture_sees(DEVICE_A, m.at + 0x4000, false, 0));
		assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
		assert_true(fixture_sees_none(DEVICE_A, m.at, 0x3001));
		assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	}
	fixture_close();
}

/* The n-th allocation fails: nothing is kept. */
static void map_without_memory(void **state)
{
	struct mapped m;
	size_t pages, pools;
	uint64_t n;

	(void)state;
	fixture_open();
	pages = fake_boot.pages;
	for (n = 1; n <= 2; n++) { /* the records, the bounce buffer */
		pools = fake_boot.pools;
		fake_boot.fail_at = n;
		assert_int_equal(map(READ, HOST, 16, &m), EFI_OUT_OF_RESOURCES);
		assert_int_equal(fake_boot.pages, pages);
		assert_int_equal(fake_boot.pools, pools + n - 1);
	}
	must_map(READ, HOST, 16, &m);
	assert_int_equal(fake_boot.pages, pages + 1);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(fake_boot.pages, pages);
	fixture_close();
}

/* Whole pages that the device can address are not copied. */
static void map_whole_pages(void **state)
{
	static const EDKII_IOMMU_OPERATION op[] = { READ,   WRITE,   COMMON,
						    READ64, WRITE64, COMMON64 };
	struct mapped m;
	size_t pages, i;

	(void)state;
	fixture_open();
	pages = fake_boot.pages;
	for (i = 0; i < sizeof(op) / sizeof(op[0]); i++) {
		must_map(op[i], PAGES, 0x3000, &m);
		assert_true(m.at == (uint64_t)(uintptr_t)PAGES);
		assert_int_equal(fake_boot.pages, pages);
		assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	}
	fixture_close();
}

/* A 32-bit operation on memory above 4 GiB: copied, or refused. */
static void map_above_4_gib(void **state)
{
	uint8_t *high = aligned_alloc(0x1000, 0x1000);
	struct mapped m;

	(void)state;
	assert_non_null(high);
	assert_true((uint64_t)(uintptr_t)high > MAX_UINT32);
	memset(high, 0x3c, 0x1000);
	fixture_open();
	must_map(READ, high, 0x1000, &m);
	assert_true(m.at + 0xfff <= MAX_UINT32);
	assert_memory_equal((void *)(uintptr_t)m.at, high, 0x1000);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(map(COMMON, high, 0x1000, &m), EFI_UNSUPPORTED);
	must_map(READ64, HIGH, 0x1000, &m);
	assert_true(m.at == (uint64_t)(uintptr_t)HIGH);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	must_map(COMMON64, HIGH, 0x1000, &m);
	assert_true(m.at == (uint64_t)(uintptr_t)HIGH);
	fixture_close();
	free(high);
}

/* What a device writes to the interrupt window is no DMA. */
static void map_interrupts(void **state)
{
	struct mapped m;

	(void)state;
	fixture_open();
	must_map(COMMON, (void *)0xfee01000, 0x1000, &m);
	assert_int_equal(set(fixture.a, m.mapping, R | W), EFI_UNSUPPORTED);
	must_map(COMMON, (void *)0xfedff000, 0x1000, &m);
	assert_int_equal(set(fixture.a, m.mapping, R | W), EFI_SUCCESS);
	fixture_close();
}

/* Devices of a narrow pvIOMMU reach less than 4 GiB, whatever the operation. */
static void map_narrow_host(void **state)
{
	struct hypervisor_config config;
	struct mapped m;
	void *buffer;

	(void)state;
	fixture_default(&config);
	config.iova_width = 26;
	fixture_open_with(&config);
	assert_int_equal(fixture.started, EFI_SUCCESS);
	must_map(READ64, (uint8_t *)PAGES, 0x1000, &m);
	assert_true(m.at + 0xfff < 0x2000000);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 0x1000, m.at, false));
	assert_memory_equal((void *)(uintptr_t)m.at, PAGES, 0x1000);
	assert_int_equal(map(COMMON64, PAGES, 0x1000, &m), EFI_UNSUPPORTED);
	assert_int_equal(fixture.iommu->AllocateBuffer(
				 fixture.iommu, AllocateAnyPages,
				 EfiBootServicesData, 1, &buffer, 0x8000),
			 EFI_SUCCESS);
	must_map(COMMON64, buffer, 0x1000, &m);
	assert_true(m.at == (uint64_t)(uintptr_t)buffer);
	fixture_close();
}

/* ---- SetAttribute ---------------------------------------------------- */

static void set_bad_mapping(void **state)
{
	struct mapped m;

	(void)state;
	fixture_open();
	assert_int_equal(set(fixture.a, NULL, R), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.a, (VOID *)-1, 0), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.a, HOST, R), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.a, (VOID *)1, R), EFI_INVALID_PARAMETER);
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(fixture.a, (UINT8 *)m.mapping + 1, R),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_INVALID_PARAMETER);
	fixture_close();
}

static void set_bad_device(void **state)
{
	struct mapped m;
	int local;

	(void)state;
	fixture_open();
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(NULL, m.mapping, R), EFI_INVALID_PARAMETER);
	assert_int_equal(set(&local, m.mapping, R), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.no_device, m.mapping, R), EFI_UNSUPPORTED);
	assert_int_equal(set(fixture.unmanaged, m.mapping, R), EFI_UNSUPPORTED);
	assert_int_equal(set(fixture.unknown, m.mapping, R), EFI_UNSUPPORTED);
	assert_int_equal(set(fixture.unmanaged, m.mapping, 0), EFI_SUCCESS);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	fixture_close();
}

static void set_bad_access(void **state)
{
	static const struct {
		EDKII_IOMMU_OPERATION operation;
		UINT64 fits;
	} row[] = { { READ, R },   { WRITE, W },   { COMMON, R | W },
		    { READ64, R }, { WRITE64, W }, { COMMON64, R | W } };
	struct mapped m;
	UINT64 access;
	size_t i;

	(void)state;
	fixture_open();
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		must_map(row[i].operation, HOST, 16, &m);
		for (access = 1; access < 16; access++)
			if (access != row[i].fits)
				assert_int_equal(set(fixture.a, m.mapping,
						     access),
						 EFI_INVALID_PARAMETER);
		assert_int_equal(set(fixture.a, m.mapping,
				     row[i].fits | 1ULL << 63),
				 EFI_INVALID_PARAMETER);
		assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
		assert_int_equal(set(fixture.a, m.mapping, row[i].fits),
				 EFI_SUCCESS);
		assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	}
	fixture_close();
}

static void set_unreachable(void **state)
{
	struct mapped m, n;
	size_t pools;

	(void)state;
	fixture_open();
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	must_map(COMMON, (void *)0xfee00000, 16, &n);
	pools = fake_boot.pools;
	assert_int_equal(set(fixture.a, n.mapping, R | W), EFI_UNSUPPORTED);
	assert_int_equal(fake_boot.pools, pools);
	assert_int_equal(unmap(n.mapping), EFI_SUCCESS);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(fake_boot.pools, pools - 1);
	fixture_close();
}

/* The n-th allocation fails, for all n: nothing is kept, and a retry works. */
static void set_without_memory(void **state)
{
	size_t pages, pools;
	struct mapped m;
	EFI_STATUS status = EFI_OUT_OF_RESOURCES;
	uint64_t n;

	(void)state;
	for (n = 1; status != EFI_SUCCESS; n++) {
		fixture_open();
		must_map(READ, HOST, 0x3000, &m);
		fake_boot.fail_at = n;
		status = set(fixture.a, m.mapping, R);
		fake_boot.fail_at = 0;
		if (status != EFI_SUCCESS) {
			assert_int_equal(status, EFI_OUT_OF_RESOURCES);
			assert_int_equal(set(fixture.a, m.mapping, R),
					 EFI_SUCCESS);
		}
		assert_true(
			fixture_sees_all(DEVICE_A, m.at, 0x3000, m.at, false));
		pages = fake_boot.pages;
		pools = fake_boot.pools;
		assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
		assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
		assert_int_equal(fake_boot.pages, pages);
		assert_int_equal(fake_boot.pools, pools);
		fixture_close();
	}
	assert_true(n > 6);
}

static void set_refused(void **state)
{
	static const uint16_t code[] = {
		HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY, CREATE,
		HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN, ATTACH
	};
	struct mapped m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		fixture_open();
		must_map(READ, HOST, 16, &m);
		inject(code[i], 1);
		assert_int_equal(set(fixture.a, m.mapping, R),
				 EFI_DEVICE_ERROR);
		assert_true(fake_boot_said("HVPT_ERR_HV_DENIED"));
		assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
		assert_true(fixture_sees_all(DEVICE_A, m.at, 16, m.at, false));
		assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
		fixture_close();
	}
}

static void set_twice_and_by_two(void **state)
{
	struct mapped m;
	uint32_t a, b;

	(void)state;
	fixture_open();
	must_map(COMMON, HOST, 0x2000, &m);
	assert_int_equal(set(fixture.a, m.mapping, R | W), EFI_SUCCESS);
	assert_int_equal(set(fixture.a, m.mapping, R | W), EFI_SUCCESS);
	assert_int_equal(set(fixture.b, m.mapping, R | W), EFI_SUCCESS);
	assert_true(hypervisor_device_domain(fixture.hv, DEVICE_A, &a));
	assert_true(hypervisor_device_domain(fixture.hv, DEVICE_B, &b));
	assert_int_not_equal(a, b);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 0x2000, m.at, true));
	assert_true(fixture_sees_all(DEVICE_B, m.at, 0x2000, m.at, true));
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
	assert_true(fixture_sees_none(DEVICE_A, m.at, 0x2000));
	assert_true(fixture_sees_all(DEVICE_B, m.at, 0x2000, m.at, true));
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
	/* Unmap takes it from all who have it. */
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_true(fixture_sees_none(DEVICE_B, m.at, 0x2000));
	fixture_close();
}

/* A domain is made when a device first gets access, not before. */
static void set_lazy_domain(void **state)
{
	struct mapped m;

	(void)state;
	fixture_open();
	assert_int_equal(hypervisor_domains(fixture.hv), 2);
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
	assert_int_equal(hypervisor_domains(fixture.hv), 2);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	assert_int_equal(hypervisor_domains(fixture.hv), 3);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	assert_int_equal(hypervisor_domains(fixture.hv), 3);
	assert_int_equal(hypervisor_calls(fixture.hv, ATTACH), 1);
	fixture_close();
}

#ifdef HVPT_STUB_IOMMU_BY_ID
static void set_by_id(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	struct mapped m;

	(void)state;
	fixture_open();
	io = fixture.iommu;
	must_map(READ, HOST, 16, &m);
	assert_int_equal(io->SetAttributeById(io, 1, DEVICE_A, NULL, R),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(io->SetAttributeById(io, 1, DEVICE_A, m.mapping, W),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(io->SetAttributeById(io, 1, DEVICE_UNKNOWN, m.mapping,
					      R),
			 EFI_UNSUPPORTED);
	assert_int_equal(io->SetAttributeById(io, 1, DEVICE_A, m.mapping, R),
			 EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 16, m.at, false));
	assert_int_equal(io->SetAttributeById(io, 1, DEVICE_A, m.mapping, 0),
			 EFI_SUCCESS);
	assert_true(fixture_sees_none(DEVICE_A, m.at, 16));
	fixture_close();
}
#endif

/* ---- Unmap ----------------------------------------------------------- */

static void unmap_foreign(void **state)
{
	struct mapped m;
	uint64_t calls;

	(void)state;
	fixture_open();
	must_map(READ, HOST, 16, &m);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 16, m.at, false));
	calls = hypervisor_calls(fixture.hv, FLUSH_LIST);
	assert_int_equal(unmap(NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(unmap((VOID *)-1), EFI_INVALID_PARAMETER);
	assert_int_equal(unmap(HOST), EFI_INVALID_PARAMETER);
	assert_int_equal(hypervisor_calls(fixture.hv, FLUSH_LIST), calls);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 16, m.at, false));
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(unmap(m.mapping), EFI_INVALID_PARAMETER);
	fixture_close();
}

/* A number that was a mapping is none when another has its record. */
static void unmap_old_number(void **state)
{
	struct mapped m, n;

	(void)state;
	fixture_open();
	must_map(READ, HOST, 16, &m);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	must_map(READ, HOST, 16, &n);
	assert_ptr_not_equal(m.mapping, n.mapping);
	assert_int_equal(unmap(m.mapping), EFI_INVALID_PARAMETER);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_INVALID_PARAMETER);
	assert_int_equal(unmap(n.mapping), EFI_SUCCESS);
	fixture_close();
}

/* After a flush that failed nothing is reused; the next try makes it good. */
static void unmap_flush_fails(void **state)
{
	struct mapped m, n;
	size_t pages;

	(void)state;
	fixture_open();
	must_map(WRITE, HOST, 16, &m);
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 16, m.at, true));
	pages = fake_boot.pages;
	inject(FLUSH_LIST, UINT64_MAX);
	inject(FLUSH_ALL, UINT64_MAX);
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_DEVICE_ERROR);
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_DEVICE_ERROR);
	assert_int_equal(unmap(m.mapping), EFI_DEVICE_ERROR);
	assert_int_equal(fake_boot.pages, pages);
	must_map(WRITE, HOST, 16, &n);
	assert_true(n.at != m.at);
	hypervisor_inject_nothing(fixture.hv);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_true(fixture_sees_none(DEVICE_A, m.at, 16));
	assert_int_equal(unmap(n.mapping), EFI_SUCCESS);
	assert_true(fake_boot.pages < pages);
	fixture_close();
}

/* The same memory mapped again is reached again, and not before. */
static void unmap_then_map_again(void **state)
{
	struct mapped m, n;

	(void)state;
	fixture_open();
	must_map(WRITE, PAGES, 0x1000, &m);
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 0x1000, m.at, true));
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	must_map(WRITE, PAGES, 0x1000, &n);
	assert_true(n.at == m.at);
	assert_true(fixture_sees_none(DEVICE_A, n.at, 0x1000));
	assert_int_equal(set(fixture.a, n.mapping, W), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, n.at, 0x1000, n.at, true));
	fixture_close();
}

/* ---- bounce buffers -------------------------------------------------- */

#define MEMORY_BYTES 0x8000u

static uint8_t *bounce_memory(void)
{
	uint8_t *memory = aligned_alloc(0x1000, MEMORY_BYTES);
	size_t i;

	assert_non_null(memory);
	for (i = 0; i < MEMORY_BYTES; i++)
		memory[i] = (uint8_t)(i * 7 + (i >> 8));
	return memory;
}

/* Where the device gets to; the memory's own page may not be among it. */
static uint8_t *device_page(uint64_t iova, bool write)
{
	struct hypervisor_dma dma;

	hypervisor_dma(fixture.hv, DEVICE_A, iova, write, &dma);
	assert_true(dma.fresh.translated && dma.stale_count == 0);
	return (uint8_t *)(uintptr_t)dma.fresh.gpa;
}

static void bounce_one(uint64_t offset, uint64_t bytes)
{
	uint8_t *memory = bounce_memory(), *copy = bounce_memory();
	struct mapped m;
	uint8_t *at;
	size_t i;

	fixture_open();
	/* Read: the device sees the bytes, and zeros behind them. */
	must_map(READ, memory + offset, bytes, &m);
	assert_int_equal(set(fixture.a, m.mapping, R), EFI_SUCCESS);
	for (i = 0; i < bytes; i++) {
		at = device_page(m.at + i, false);
		assert_int_equal(*at, memory[offset + i]);
	}
	if (m.at != (uint64_t)(uintptr_t)(memory + offset))
		assert_int_equal(m.at & 0xfff, 0);
	assert_true(fixture_sees(DEVICE_A, (m.at & ~UINT64_C(0xfff)) - 1, false,
				 0));
	for (i = 0; (m.at + bytes + i) & 0xfff; i++)
		assert_int_equal(*device_page(m.at + bytes + i, false), 0);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_memory_equal(memory, copy, MEMORY_BYTES);
	/* Write: what the device writes around is lost, the rest is not. */
	must_map(WRITE, memory + offset, bytes, &m);
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
	for (i = 0; i < bytes; i += 2)
		*device_page(m.at + i, true) = (uint8_t)(0xc0 ^ i);
	for (i = 0; (m.at + bytes + i) & 0xfff; i++)
		*device_page(m.at + bytes + i, true) = 0xee;
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	for (i = 0; i < bytes; i += 2)
		copy[offset + i] = (uint8_t)(0xc0 ^ i);
	assert_memory_equal(memory, copy, MEMORY_BYTES);
	fixture_close();
	free(memory);
	free(copy);
}

static void bounce_partial(void **state)
{
	static const uint64_t row[][2] = {
		{ 0x1010, 0x20 },   { 0x1000, 0x20 },	{ 0x1fe0, 0x20 },
		{ 0x1ff0, 0x20 },   { 0x1000, 0x1000 }, { 0x1000, 0x3000 },
		{ 0x1008, 0x3000 }, { 0x1008, 0x2ff8 }, { 0x1000, 0x2008 },
		{ 0x1001, 0x1 },    { 0x1fff, 0x2 },	{ 0x1fff, 0x1001 },
		{ 0x1fff, 0x1002 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		bounce_one(row[i][0], row[i][1]);
}

/* A common buffer is used from both sides: never bounced. */
static void bounce_common(void **state)
{
	struct mapped m;

	(void)state;
	fixture_open();
	must_map(COMMON, HOST, 0x20, &m);
	assert_int_equal(set(fixture.a, m.mapping, R | W), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 0x20, m.at, true));
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	fixture_close();
}

/* A platform that exposes partial pages: nothing is copied. */
static void bounce_exposed(void **state)
{
	struct mapped m;
	size_t pages;

	(void)state;
	stub_PcdHvptExposePartialPages = TRUE;
	fixture_open();
	pages = fake_boot.pages;
	must_map(WRITE, HOST, 0x20, &m);
	assert_true(m.at == (uint64_t)(uintptr_t)HOST);
	assert_int_equal(fake_boot.pages, pages);
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
	assert_true(fixture_sees(DEVICE_A, m.at & ~UINT64_C(0xfff), true,
				 m.at & ~UINT64_C(0xfff)));
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_true(fixture_sees_none(DEVICE_A, m.at, 0x20));
	fixture_close();
}

/* ---- AllocateBuffer, FreeBuffer -------------------------------------- */

static void buffer_bad_input(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	void *host = HOST;
	unsigned bit;

	(void)state;
	fixture_open();
	io = fixture.iommu;
	for (bit = 0; bit < 64; bit++) {
		if (UINT64_C(0x8880) >> bit & 1)
			continue;
		/* Before anything else. */
		assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
						    EfiLoaderData, 0, NULL,
						    UINT64_C(1) << bit),
				 EFI_UNSUPPORTED);
	}
	assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
					    EfiBootServicesData, 1, NULL, 0),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages, EfiLoaderData,
					    1, &host, 0),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
					    EfiBootServicesData, 0, &host, 0),
			 EFI_INVALID_PARAMETER);
	assert_ptr_equal(host, HOST);
	fixture_close();
}

static void buffer_attributes(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	EFI_MEMORY_TYPE type;
	UINT64 bits;
	void *host;
	int how;

	(void)state;
	fixture_open();
	io = fixture.iommu;
	for (bits = 0; bits < 8; bits++) {
		UINT64 attributes = (bits & 1 ? 0x80 : 0) |
				    (bits & 2 ? 0x800 : 0) |
				    (bits & 4 ? 0x8000 : 0);

		for (how = AllocateAnyPages; how <= MaxAllocateType; how++) {
			type = bits & 1 ? EfiBootServicesData :
					  EfiRuntimeServicesData;
			assert_int_equal(
				io->AllocateBuffer(io, (EFI_ALLOCATE_TYPE)how,
						   type, 3, &host, attributes),
				EFI_SUCCESS);
			assert_int_equal(fake_boot.max_address,
					 bits & 4 ? (UINT64_C(1) << 47) - 1 :
						    MAX_UINT32);
			memset(host, 1, 0x3000);
			assert_int_equal(io->FreeBuffer(io, 3, host),
					 EFI_SUCCESS);
		}
	}
	fixture_close();
}

static void buffer_without_memory(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	void *host = HOST;
	size_t pools;
	uint64_t n;

	(void)state;
	fixture_open();
	io = fixture.iommu;
	pools = fake_boot.pools;
	for (n = 1; n <= 2; n++) {
		fake_boot.fail_at = n;
		assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
						    EfiBootServicesData, 1,
						    &host, 0),
				 EFI_OUT_OF_RESOURCES);
		assert_ptr_equal(host, HOST);
		assert_int_equal(fake_boot.pools, pools);
	}
	fixture_close();
}

static void buffer_foreign(void **state)
{
	EDKII_IOMMU_PROTOCOL *io;
	void *host;
	size_t pages;

	(void)state;
	fixture_open();
	io = fixture.iommu;
	assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
					    EfiBootServicesData, 2, &host, 0),
			 EFI_SUCCESS);
	pages = fake_boot.pages;
	assert_int_equal(io->FreeBuffer(io, 2, NULL), EFI_INVALID_PARAMETER);
	assert_int_equal(io->FreeBuffer(io, 2, HOST), EFI_INVALID_PARAMETER);
	assert_int_equal(io->FreeBuffer(io, 1, host), EFI_INVALID_PARAMETER);
	assert_int_equal(io->FreeBuffer(io, 3, host), EFI_INVALID_PARAMETER);
	assert_int_equal(io->FreeBuffer(io, 2, (UINT8 *)host + 1),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(fake_boot.pages, pages);
	assert_int_equal(io->FreeBuffer(io, 2, host), EFI_SUCCESS);
	assert_int_equal(io->FreeBuffer(io, 2, host), EFI_INVALID_PARAMETER);
	assert_int_equal(fake_boot.pages, pages - 2);
	fixture_close();
}

/* ---- interrupted calls ----------------------------------------------- */

static struct mapped nested;
static unsigned nested_runs;

/* A whole life of a mapping, from a timer. */
static void from_timer(void)
{
	nested_runs++;
	must_map(READ, fixture_memory + 0x7000, 0x1000, &nested);
	assert_int_equal(set(fixture.b, nested.mapping, R), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_B, nested.at, 0x1000, nested.at,
				     false));
	assert_int_equal(set(fixture.b, nested.mapping, 0), EFI_SUCCESS);
	assert_int_equal(unmap(nested.mapping), EFI_SUCCESS);
}

/* In the gap between the check of SetAttribute() and what it does. */
static void unmaps_from_timer(void)
{
	nested_runs++;
	assert_int_equal(unmap(nested.mapping), EFI_SUCCESS);
}

static void interrupted(void **state)
{
	struct mapped m;
	EFI_TPL tpl;

	(void)state;
	fixture_open();
	nested_runs = 0;
	fake_boot.lowered = from_timer;
	must_map(WRITE, HOST, 0x1000, &m);
	fake_boot.lowered = from_timer;
	assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
	assert_true(fixture_sees_all(DEVICE_A, m.at, 0x1000, m.at, true));
	fake_boot.lowered = from_timer;
	assert_int_equal(set(fixture.a, m.mapping, 0), EFI_SUCCESS);
	fake_boot.lowered = from_timer;
	assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	assert_int_equal(nested_runs, 4);

	must_map(WRITE, HOST, 0x1000, &nested);
	fake_boot.lowered = unmaps_from_timer;
	assert_int_equal(set(fixture.a, nested.mapping, W),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(nested_runs, 5);
	for (tpl = TPL_APPLICATION; tpl <= TPL_NOTIFY; tpl *= 2) {
		fake_boot.tpl = fake_boot.home = tpl;
		must_map(WRITE, HOST, 0x1000, &m);
		assert_int_equal(set(fixture.a, m.mapping, W), EFI_SUCCESS);
		assert_int_equal(unmap(m.mapping), EFI_SUCCESS);
	}
	fake_boot.tpl = fake_boot.home = TPL_APPLICATION;
	fixture_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revision),
		cmocka_unit_test(map_bad_input),
		cmocka_unit_test(map_operations),
		cmocka_unit_test(map_without_memory),
		cmocka_unit_test(map_whole_pages),
		cmocka_unit_test(map_above_4_gib),
		cmocka_unit_test(map_interrupts),
		cmocka_unit_test(map_narrow_host),
		cmocka_unit_test(set_bad_mapping),
		cmocka_unit_test(set_bad_device),
		cmocka_unit_test(set_bad_access),
		cmocka_unit_test(set_unreachable),
		cmocka_unit_test(set_without_memory),
		cmocka_unit_test(set_refused),
		cmocka_unit_test(set_twice_and_by_two),
		cmocka_unit_test(set_lazy_domain),
#ifdef HVPT_STUB_IOMMU_BY_ID
		cmocka_unit_test(set_by_id),
#endif
		cmocka_unit_test(unmap_foreign),
		cmocka_unit_test(unmap_old_number),
		cmocka_unit_test(unmap_flush_fails),
		cmocka_unit_test(unmap_then_map_again),
		cmocka_unit_test(bounce_partial),
		cmocka_unit_test(bounce_common),
		cmocka_unit_test(bounce_exposed),
		cmocka_unit_test(buffer_bad_input),
		cmocka_unit_test(buffer_attributes),
		cmocka_unit_test(buffer_without_memory),
		cmocka_unit_test(buffer_foreign),
		cmocka_unit_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
