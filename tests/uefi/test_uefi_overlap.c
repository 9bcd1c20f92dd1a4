/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Mappings that share pages of memory: a device reaches what all that it was
 * given covers, and no more, whatever comes and goes.
 */
#include "tests/support/prng.h"
#include "uefi_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <Library/PcdLib.h>

#define PAGES 12u
#define LIVE 10u
#define DEVICES 2u
#define ROUNDS 400u
#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST
#define FLUSH_ALL HVPT_HVCALL_FLUSH_DEVICE_DOMAIN

/* One mapping that is live, and who has it. */
struct one {
	VOID *handle;
	unsigned operation;
	unsigned first;
	unsigned last;
	bool given[DEVICES];
};

static struct one live[LIVE];
static const unsigned device_id[DEVICES] = { DEVICE_A, DEVICE_B };

static EFI_HANDLE device(unsigned n)
{
	return n ? fixture.b : fixture.a;
}

static UINT64 access_of(unsigned operation)
{
	static const UINT64 access[] = { EDKII_IOMMU_ACCESS_READ,
					 EDKII_IOMMU_ACCESS_WRITE,
					 EDKII_IOMMU_ACCESS_READ |
						 EDKII_IOMMU_ACCESS_WRITE };

	return access[operation];
}

static EFI_STATUS set(struct one *one, unsigned n, bool give)
{
	EFI_STATUS status = fixture.iommu->SetAttribute(
		fixture.iommu, device(n), one->handle,
		give ? access_of(one->operation) : 0);

	if (status == EFI_SUCCESS)
		one->given[n] = give;
	return status;
}

static void map(struct one *one, unsigned operation, uint64_t at,
		uint64_t bytes)
{
	uint8_t *host = fixture_memory + at;
	EFI_PHYSICAL_ADDRESS address;
	UINTN n = bytes;

	*one = (struct one){ .operation = operation };
	assert_int_equal(fixture.iommu->Map(fixture.iommu,
					    (EDKII_IOMMU_OPERATION)operation,
					    host, &n, &address, &one->handle),
			 EFI_SUCCESS);
	assert_true(address == (uint64_t)(uintptr_t)host);
	one->first = (unsigned)(at / 0x1000);
	one->last = (unsigned)((at + bytes - 1) / 0x1000);
}

static void unmap(struct one *one)
{
	assert_int_equal(fixture.iommu->Unmap(fixture.iommu, one->handle),
			 EFI_SUCCESS);
	memset(one, 0, sizeof(*one));
}

/* 0: nothing, 1: read, 2: write as well. */
static unsigned wanted(unsigned n, unsigned page)
{
	unsigned most = 0, i;

	for (i = 0; i < LIVE; i++) {
		const struct one *one = &live[i];

		if (one->handle && one->given[n] && page >= one->first &&
		    page <= one->last && most < (one->operation ? 2u : 1u))
			most = one->operation ? 2 : 1;
	}
	return most;
}

static void check(void)
{
	unsigned n, page;

	for (n = 0; n < DEVICES; n++) {
		for (page = 0; page <= PAGES; page++) {
			uint64_t at = (uint64_t)(uintptr_t)fixture_memory +
				      page * 0x1000;
			unsigned may = wanted(n, page);

			assert_true(fixture_sees(device_id[n], at, false,
						 may ? at : 0));
			assert_true(fixture_sees(device_id[n], at, true,
						 may == 2 ? at : 0));
		}
	}
}

/* Both devices in domains of their own from the start, with nothing in them. */
static void open_exposed(void)
{
	unsigned n;

	stub_PcdHvptExposePartialPages = TRUE;
	fixture_open();
	memset(live, 0, sizeof(live));
	for (n = 0; n < DEVICES; n++) {
		map(&live[0], 0, 0, 1);
		assert_int_equal(set(&live[0], n, true), EFI_SUCCESS);
		unmap(&live[0]);
	}
}

static void any_step(uint64_t *prng)
{
	struct one *one = &live[hvpt_random_below(prng, LIVE)];
	uint64_t at = hvpt_random_below(prng, PAGES * 0x1000 - 1);
	uint64_t most = PAGES * 0x1000 - at;
	unsigned n;

	if (!one->handle) {
		map(one, (unsigned)hvpt_random_below(prng, 3), at,
		    1 + hvpt_random_below(prng, most < 0x4000 ? most : 0x4000));
	} else if (hvpt_random_below(prng, 4) == 0) {
		unmap(one);
	} else {
		n = (unsigned)hvpt_random_below(prng, DEVICES);
		assert_int_equal(set(one, n, !one->given[n]), EFI_SUCCESS);
	}
}

static void any_order(void **state)
{
	uint64_t prng;
	unsigned i, effort = pt_effort(20);
	size_t pools;

	(void)state;
	prng = pt_seed("overlap", 0x0b1a);
	for (i = 0; i < effort; i++) {
		unsigned round;

		open_exposed();
		pools = fake_boot.pools;
		for (round = 0; round < ROUNDS; round++) {
			any_step(&prng);
			check();
		}
		for (round = 0; round < LIVE; round++)
			if (live[round].handle)
				unmap(&live[round]);
		check();
		assert_int_equal(fake_boot.pools, pools);
		fixture_close();
	}
}

/* What others have stays when giving fails, at each allocation. */
static void without_memory(void **state)
{
	EFI_STATUS status = EFI_OUT_OF_RESOURCES;
	uint64_t n;

	(void)state;
	for (n = 1; status != EFI_SUCCESS; n++) {
		open_exposed();
		map(&live[0], 0, 0x2000, 0x1800);
		map(&live[1], 2, 0x1000, 0x6000);
		assert_int_equal(set(&live[0], 0, true), EFI_SUCCESS);
		fake_boot.fail_at = n;
		status = set(&live[1], 0, true);
		fake_boot.fail_at = 0;
		assert_true(status == EFI_SUCCESS ||
			    status == EFI_OUT_OF_RESOURCES);
		check();
		assert_int_equal(set(&live[1], 0, true), EFI_SUCCESS);
		check();
		fixture_close();
	}
	assert_true(n > 2);
}

/* More access to a page is flushed; refused, it is made good by a retry. */
static void flush_refused(void **state)
{
	static const uint16_t code[] = { FLUSH_LIST, FLUSH_ALL };
	struct hypervisor_injection injection = {
		.nth = 1,
		.times = UINT64_MAX,
		.fault = HYPERVISOR_FAIL,
		.status = 6,
	};
	size_t i;

	(void)state;
	open_exposed();
	map(&live[0], 0, 0x2000, 0x1000);
	map(&live[1], 1, 0x2000, 0x1000);
	assert_int_equal(set(&live[0], 0, true), EFI_SUCCESS);
	check();
	for (i = 0; i < 2; i++) {
		injection.code = code[i];
		hypervisor_inject(fixture.hv, &injection);
	}
	assert_int_equal(set(&live[1], 0, true), EFI_DEVICE_ERROR);
	hypervisor_inject_nothing(fixture.hv);
	assert_int_equal(set(&live[1], 0, true), EFI_SUCCESS);
	check();
	assert_int_equal(set(&live[0], 0, false), EFI_SUCCESS);
	check();
	unmap(&live[1]);
	check();
	fixture_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(flush_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
