/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The native hypercall library: what CPUID and MSRs make it do.
 */
#include "fake_boot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <Library/HvptHypercallLib.h>

#define OS_ID 0
#define HYPERCALL 1

static uint64_t called_with[3];
static unsigned calls;

/* Stands for the hypercall page; a page of its own, so 4096-aligned. */
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

/* A Hyper-V with all that is needed: TLFS, Feature and Interface Discovery. */
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

/* A platform that wants memory for DMA pinned: its own driver does that. */
static void pinning(void **state)
{
	(void)state;
	hyper_v();
	fake_cpuid[6][0] = 1u << 22; /* leaf 0x40000004 */
	refused("wants DMA memory pinned");
	hyper_v();
	fake_cpuid[6][0] = ~(1u << 22);
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	HvptHypercallStop(FALSE);
	assert_int_equal(fake_boot.pages, 0);
	fake_boot_close();
}

/* ---- the page ------------------------------------------------------------ */

/*
 * The hypervisor puts code over the page that is enabled: a jump to
 * page_of_code. Two pages at once would be two owners.
 */
static void overlay(uint32_t index, uint64_t value)
{
	uint64_t target = page_address();
	uint8_t *page = (uint8_t *)(uintptr_t)(value & ~UINT64_C(0xfff));

	if (index != 0x40000001 || !(value & 1) ||
	    (value & ~UINT64_C(0xfff)) == page_address())
		return;
	assert_false(fake_msr[HYPERCALL] & 1);
	assert_int_not_equal(fake_msr[OS_ID], 0);
	assert_int_equal(
		mprotect(page, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC), 0);
	memcpy(page, "\x48\xb8", 2); /* mov imm64 to rax */
	memcpy(page + 2, &target, 8);
	memcpy(page + 10, "\xff\xe0", 2); /* jmp rax */
}

static void open_page(void)
{
	hyper_v();
	fake_msr_written = overlay;
	calls = 0;
}

static void close_page(void)
{
	fake_msr_written = NULL;
	fake_boot_close();
}

static void must_call(void)
{
	unsigned before = calls;

	assert_true(HvptHypercallIssue(0x40, 0x5000, 0x5800) == 0x41);
	assert_int_equal(calls, before + 1);
	assert_true(called_with[0] == 0x40 && called_with[1] == 0x5000 &&
		    called_with[2] == 0x5800);
}

/* Firmware's own driver starts, as EfiHvDxe does: it insists on being first. */
static void firmware_connects(void)
{
	assert_false(fake_msr[HYPERCALL] & 1);
	fake_msr[OS_ID] = 0x1234;
	fake_msr[HYPERCALL] = page_address() | 1;
}

/* And ends, at ExitBootServices. */
static void firmware_disconnects(void)
{
	assert_true(fake_msr[HYPERCALL] == (page_address() | 1));
	assert_true(fake_msr[OS_ID] == 0x1234);
	fake_msr[HYPERCALL] = 0;
	fake_msr[OS_ID] = 0;
}

/* While firmware's page is there no MSR is written. */
static void with_firmware(void)
{
	fake_msr_writes = 0;
	must_call();
	must_call();
	assert_int_equal(fake_msr_writes, 0);
}

/* Without it nothing is left between two calls. */
static void without_firmware(void)
{
	must_call();
	assert_true(fake_msr[HYPERCALL] == 0 && fake_msr[OS_ID] == 0);
	must_call();
	assert_true(fake_msr[HYPERCALL] == 0 && fake_msr[OS_ID] == 0);
}

/* The end is the same: calls are made after firmware's driver has gone. */
static void exits(void)
{
	with_firmware();
	firmware_disconnects();
	fake_boot.exiting = true;
	without_firmware();
	HvptHypercallStop(TRUE);
	assert_true(fake_msr[HYPERCALL] == 0 && fake_msr[OS_ID] == 0);
	assert_int_equal(fake_boot.pages, 1);
	close_page();
}

static void firmware_first(void **state)
{
	(void)state;
	open_page();
	firmware_connects();
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	assert_int_equal(fake_msr_writes, 0);
	exits();
}

static void firmware_second(void **state)
{
	(void)state;
	open_page();
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	assert_true(fake_msr[HYPERCALL] == 0 && fake_msr[OS_ID] == 0);
	without_firmware();
	firmware_connects();
	exits();
}

/* Bits that are to be kept are; so is the name of who is there already. */
static void puts_back(void **state)
{
	(void)state;
	open_page();
	fake_msr[HYPERCALL] = 0xabc;
	fake_msr[OS_ID] = 0x1234;
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	must_call();
	assert_true(fake_msr[HYPERCALL] == 0xabc);
	assert_true(fake_msr[OS_ID] == 0x1234);
	HvptHypercallStop(FALSE);
	assert_int_equal(fake_boot.pages, 0);
	close_page();
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

/* Firmware locked the MSR when it had its page, and disabled it: no calls. */
static void locked_later(void **state)
{
	(void)state;
	open_page();
	firmware_connects();
	assert_int_equal(HvptHypercallStart(), EFI_SUCCESS);
	fake_msr[HYPERCALL] = page_address() | 2;
	assert_true(HvptHypercallIssue(0x40, 0x5000, 0) == UINT64_MAX);
	assert_int_equal(calls, 0);
	assert_int_equal(fake_msr_writes, 0);
	close_page();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_here),
		cmocka_unit_test(isolated),
		cmocka_unit_test(pinning),
		cmocka_unit_test(firmware_first),
		cmocka_unit_test(firmware_second),
		cmocka_unit_test(puts_back),
		cmocka_unit_test(cannot_place),
		cmocka_unit_test(locked_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
