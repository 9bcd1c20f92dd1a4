/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The native hypercall library: its behaviour for each value of CPUID and MSRs.
 */
#include "fake_boot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <Library/HvptHypercallLib.h>

#define OS_ID 0
#define HYPERCALL 1

static uint64_t called_with[3];
static unsigned calls;

/* The hypercall page: a page of its own, so 4096-aligned. */
__attribute__((aligned(4096))) static UINT64 EFIAPI page_of_code(UINT64 control,
								 UINT64 input,
								 UINT64 output)
{
	called_with[0] = control;
	called_with[1] = input;
	called_with[2] = output;
	calls++;
	return control + 1;
}

static uint64_t page_address(void)
{
	return (uint64_t)(uintptr_t)page_of_code;
}

/* A Hyper-V with all features: TLFS, Feature and Interface Discovery. */
static void hyper_v(void)
{
	fake_boot_open();
	memset(fake_cpuid, 0, sizeof(fake_cpuid));
	memset(fake_msr, 0, sizeof(fake_msr));
	fake_msr_writes = 0;
	fake_msr_stuck = false;
	fake_cpuid[0][2] = UINT32_C(1) << 31;
	fake_cpuid[1][0] = 0x4000000c;
	fake_cpuid[2][0] = 0x31237648;
	fake_cpuid[3][0] = 1u << 5;
}

static void refused(const char *why)
{
	assert_int_equal(HvptHypercallStart(), EFI_UNSUPPORTED);
	assert_true(fake_boot_said(why));
	assert_int_equal(fake_msr_writes, 0);
	assert_int_equal(fake_boot.pages, 0);
	fake_boot_close();
}

static void not_here(void **state)
{
	(void)state;
	hyper_v();
	fake_cpuid[0][2] = 0;
	refused("HVPT_ERR_NO_HYPERVISOR");
	hyper_v();
	fake_cpuid[2][0] = 0x4b4d564b;
	refused("HVPT_ERR_NO_HYPERVISOR");
	hyper_v();
	fake_cpuid[3][0] = 0;
	refused("HVPT_ERR_NO_HYPERVISOR");
}

static void isolated(void **state)
{
	unsigned kind, paravisor;

	(void)state;
	for (kind = 1; kind <= 3; kind++) {
		for (paravisor = 0; paravisor < 2; paravisor++) {
			hyper_v();
			fake_cpuid[3][1] = 1u << 22;
			fake_cpuid[5][0] = paravisor;
			fake_cpuid[5][1] = kind;
			refused("HVPT_ERR_ISOLATED");
		}
	}
}

/* Firmware has enabled the page: it is used, and no MSR is written. */
static void uses_the_page(void **state)
{
	(void)state;
	hyper_v();
	fake_msr[OS_ID] = 0x1234;
	fake_msr[HYPERCALL] = page_address() | 1;
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	assert_int_equal(fake_boot.pages, 0);
	calls = 0;
	assert_true(HvptHypercallIssue(0x40, 0x5000, 0x5800) == 0x41);
	assert_int_equal(calls, 1);
	assert_true(called_with[0] == 0x40 && called_with[1] == 0x5000 &&
		    called_with[2] == 0x5800);
	/* Its owner disables the page: no call is made. */
	fake_msr[HYPERCALL] = page_address();
	assert_true(HvptHypercallIssue(0x40, 0x5000, 0) == UINT64_MAX);
	assert_int_equal(calls, 1);
	HvptHypercallStop();
	assert_int_equal(fake_msr_writes, 0);
	fake_boot_close();
}

static void places_a_page(void **state)
{
	(void)state;
	hyper_v();
	fake_msr[HYPERCALL] = 0xabc; /* bits 11:2 are kept, 0 is set */
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	assert_int_equal(fake_boot.pages, 1);
	assert_true((fake_msr[HYPERCALL] & 0xfff) == 0xabd);
	assert_true(fake_msr[OS_ID] != 0);
	HvptHypercallStop();
	assert_true(fake_msr[HYPERCALL] == 0xabc);
	assert_true(fake_msr[OS_ID] == 0);
	fake_msr_writes = 0;
	HvptHypercallStop();
	assert_int_equal(fake_msr_writes, 0);
	fake_boot_close();
	/* A guest OS id that is set already stays. */
	hyper_v();
	fake_msr[OS_ID] = 0x1234;
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	HvptHypercallStop();
	assert_true(fake_msr[OS_ID] == 0x1234);
	fake_boot_close();
}

static void cannot_place(void **state)
{
	(void)state;
	hyper_v();
	fake_msr[HYPERCALL] = 2; /* locked */
	refused("cannot be placed");
	hyper_v();
	fake_msr_stuck = true;
	assert_int_equal(HvptHypercallStart(), EFI_UNSUPPORTED);
	assert_true(fake_msr[OS_ID] == 0);
	assert_int_equal(fake_boot.pages, 0);
	fake_boot_close();
	hyper_v();
	fake_boot.fail_at = 1;
	assert_int_equal(HvptHypercallStart(), EFI_OUT_OF_RESOURCES);
	assert_int_equal(fake_msr_writes, 0);
	fake_boot_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_here),
		cmocka_unit_test(isolated),
		cmocka_unit_test(uses_the_page),
		cmocka_unit_test(places_a_page),
		cmocka_unit_test(cannot_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
