/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What CPUID and MSRs say; the numbers are written by hand from the manuals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hvpt/hvpt.h"

/* An ordinary host; its last leaf is 0x4000000c. */
static struct hvpt_cpuid_leaves ordinary(void)
{
	struct hvpt_cpuid_leaves leaves;

	memset(&leaves, 0, sizeof(leaves));
	leaves.features.ecx = 0x80000000;
	leaves.hv_max.eax = 0x4000000c;
	leaves.hv_interface.eax = 0x31237648;
	leaves.hv_features.eax = 0x20;
	return leaves;
}

static struct hvpt_cpuid_leaves isolated(unsigned type, bool paravisor)
{
	struct hvpt_cpuid_leaves leaves = ordinary();

	leaves.hv_features.ebx = 1u << 22;
	leaves.hv_isolation.eax = paravisor;
	leaves.hv_isolation.ebx = type;
	return leaves;
}

/* What is found. @host is overwritten before. */
static enum hvpt_status discover(const struct hvpt_cpuid_leaves *leaves,
				 struct hvpt_host *host)
{
	memset(host, 0xff, sizeof(*host));
	return hvpt_discover(leaves, host);
}

/* Registers that name the leaf. */
static void read_leaf(uint32_t leaf, struct hvpt_cpuid *out)
{
	out->eax = leaf;
	out->ebx = leaf + 1;
	out->ecx = leaf + 2;
	out->edx = leaf + 3;
}

static void test_leaves_are_read(void **state)
{
	static const uint32_t numbers[] = { 1,		0x40000000, 0x40000001,
					    0x40000003, 0x40000004, 0x40000006,
					    0x40000008, 0x4000000c };
	struct hvpt_cpuid_leaves leaves;
	const struct hvpt_cpuid *each = &leaves.features;
	size_t i;

	(void)state;
	assert_int_equal(sizeof(leaves),
			 sizeof(numbers) / sizeof(numbers[0]) * sizeof(*each));
	hvpt_cpuid_read(&leaves, read_leaf);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(each[i].eax, numbers[i]);
		assert_int_equal(each[i].edx, numbers[i] + 3);
	}
}

/* That of the ordinary host, to be changed and compared with. */
static struct hvpt_host plain(void)
{
	struct hvpt_host host;

	memset(&host, 0, sizeof(host));
	host.privileges = 0x20;
	host.max_leaf = 0x4000000c;
	host.hypervisor = true;
	host.hyperv = true;
	host.may_call = true;
	return host;
}

static void hosts_equal(const struct hvpt_host *one,
			const struct hvpt_host *two)
{
	assert_int_equal(one->privileges, two->privileges);
	assert_int_equal(one->shared_gpa_boundary, two->shared_gpa_boundary);
	assert_int_equal(one->max_leaf, two->max_leaf);
	assert_int_equal(one->isolation, two->isolation);
	assert_int_equal(one->domain_width, two->domain_width);
	assert_int_equal(one->hypervisor, two->hypervisor);
	assert_int_equal(one->hyperv, two->hyperv);
	assert_int_equal(one->may_call, two->may_call);
	assert_int_equal(one->xmm_input, two->xmm_input);
	assert_int_equal(one->xmm_output, two->xmm_output);
	assert_int_equal(one->msr_lock, two->msr_lock);
	assert_int_equal(one->device_domains, two->device_domains);
	assert_int_equal(one->stage1_domains, two->stage1_domains);
	assert_int_equal(one->paravisor, two->paravisor);
	assert_int_equal(one->dma_remapping, two->dma_remapping);
	assert_int_equal(one->dma_protection, two->dma_protection);
	assert_int_equal(one->gpa_pinning, two->gpa_pinning);
	assert_int_equal(one->svm, two->svm);
	assert_int_equal(one->svm_pasids, two->svm_pasids);
	assert_int_equal(one->svm_spaces, two->svm_spaces);
}

static void finds(const struct hvpt_cpuid_leaves *leaves,
		  enum hvpt_status status, const struct hvpt_host *want)
{
	struct hvpt_host host;

	assert_int_equal(discover(leaves, &host), status);
	hosts_equal(&host, want);
}

static void test_ordinary(void **state)
{
	struct hvpt_cpuid_leaves leaves = ordinary();
	struct hvpt_host want = plain();

	(void)state;
	finds(&leaves, HVPT_OK, &want);
	/* TLFS requires no more leaves than this. */
	leaves.hv_max.eax = want.max_leaf = 0x40000005;
	finds(&leaves, HVPT_OK, &want);
}

static void test_bare_metal(void **state)
{
	struct hvpt_cpuid_leaves leaves;
	struct hvpt_host want;

	(void)state;
	/* Leaves that do not exist may return anything. */
	memset(&leaves, 0xff, sizeof(leaves));
	leaves.hv_interface.eax = 0x31237648;
	leaves.features.ecx = 0x7fffffff;
	memset(&want, 0, sizeof(want));
	finds(&leaves, HVPT_ERR_NO_HYPERVISOR, &want);
}

static void test_other_hypervisors(void **state)
{
	static const uint32_t interfaces[] = { 0, 0x31237647, 0x4b4d564b,
					       0xb1237648 };
	struct hvpt_cpuid_leaves leaves = ordinary();
	struct hvpt_host want;
	size_t i;

	(void)state;
	memset(&want, 0, sizeof(want));
	want.hypervisor = true;
	want.max_leaf = 0x4000000c;
	leaves.hv_features.eax = 0xffffffff;
	for (i = 0; i < 4; i++) {
		leaves.hv_interface.eax = interfaces[i];
		finds(&leaves, HVPT_ERR_NO_HYPERVISOR, &want);
	}
	leaves.hv_interface.eax = 0x31237648;
	leaves.hv_max.eax = want.max_leaf = 0x40000004;
	finds(&leaves, HVPT_ERR_NO_HYPERVISOR, &want);
}

static void test_privilege_to_call(void **state)
{
	struct hvpt_cpuid_leaves leaves = ordinary();
	struct hvpt_host want = plain();

	(void)state;
	leaves.hv_features.eax = 0xffffffdf;
	want.privileges = 0xffffffdf;
	want.may_call = false;
	finds(&leaves, HVPT_ERR_NO_HYPERVISOR, &want);
}

static void test_feature_bits(void **state)
{
	unsigned bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		struct hvpt_cpuid_leaves leaves = ordinary();
		struct hvpt_host want = plain();

		leaves.hv_features.edx = 1u << bit;
		want.xmm_input = bit == 4;
		want.xmm_output = bit == 15;
		want.msr_lock = bit == 18;
		want.device_domains = bit == 24;
		want.stage1_domains = bit == 25;
		finds(&leaves, HVPT_OK, &want);
	}
}

static void test_privileges_word(void **state)
{
	struct hvpt_cpuid_leaves leaves = ordinary();
	struct hvpt_host want = plain();

	(void)state;
	/* All but Isolation, bit 22 of the upper half. */
	leaves.hv_features.eax = 0x12345678;
	leaves.hv_features.ebx = 0x9a8cdef0;
	want.privileges = 0x9a8cdef012345678;
	finds(&leaves, HVPT_OK, &want);
}

static void test_hardware(void **state)
{
	unsigned bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		struct hvpt_cpuid_leaves leaves = ordinary();
		struct hvpt_host want = plain();

		leaves.hv_hardware.eax = 1u << bit;
		leaves.hv_hardware.ebx = 0xffffff00 | bit;
		want.dma_remapping = bit == 4;
		want.dma_protection = bit == 7;
		want.domain_width = (uint8_t)bit;
		finds(&leaves, HVPT_OK, &want);
		leaves.hv_max.eax = want.max_leaf = 0x40000006;
		finds(&leaves, HVPT_OK, &want);
		/* There is no such leaf: it is not believed. */
		leaves.hv_max.eax = 0x40000005;
		want = plain();
		want.max_leaf = 0x40000005;
		finds(&leaves, HVPT_OK, &want);
	}
}

static void test_advice(void **state)
{
	unsigned bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		struct hvpt_cpuid_leaves leaves = ordinary();
		struct hvpt_host want = plain();

		leaves.hv_advice.eax = 1u << bit;
		want.gpa_pinning = bit == 22;
		finds(&leaves, HVPT_OK, &want);
	}
}

static void test_svm(void **state)
{
	struct hvpt_cpuid_leaves leaves = ordinary();
	struct hvpt_host want = plain();

	(void)state;
	leaves.hv_svm.eax = 0xabcde801;
	leaves.hv_svm.ebx = 0x12345678;
	/* without the feature bit there is no leaf */
	leaves.hv_features.edx = ~(1u << 16) & 0x00ff0000u & ~(1u << 18);
	finds(&leaves, HVPT_OK, &want);
	leaves.hv_features.edx = 1u << 16;
	want.svm = true;
	want.svm_pasids = 0x1579bd; /* bits 31:11 */
	want.svm_spaces = 0x12345678;
	finds(&leaves, HVPT_OK, &want);
	leaves.hv_svm.eax = 0xffffffff;
	want.svm_pasids = 0x1fffff;
	finds(&leaves, HVPT_OK, &want);
	leaves.hv_max.eax = want.max_leaf = 0x40000008;
	finds(&leaves, HVPT_OK, &want);
	leaves.hv_max.eax = 0x40000007;
	want = plain();
	want.max_leaf = 0x40000007;
	finds(&leaves, HVPT_OK, &want);
	leaves.hv_max.eax = want.max_leaf = 0x4000000c;
	leaves.hv_svm.eax = 0xfffffffe;
	finds(&leaves, HVPT_OK, &want);
}

static void test_isolation_types(void **state)
{
	unsigned type;

	(void)state;
	for (type = 0; type < 16; type++) {
		struct hvpt_cpuid_leaves leaves = isolated(type, false);
		struct hvpt_host want = plain();

		want.privileges |= (uint64_t)1 << 54;
		want.isolation = (uint8_t)type;
		finds(&leaves, type ? HVPT_ERR_ISOLATED : HVPT_OK, &want);

		leaves = isolated(type, true);
		want.paravisor = true;
		finds(&leaves, HVPT_OK, &want);
	}
	assert_int_equal(HVPT_ISOLATION_NONE, 0);
	assert_int_equal(HVPT_ISOLATION_VBS, 1);
	assert_int_equal(HVPT_ISOLATION_SNP, 2);
	assert_int_equal(HVPT_ISOLATION_TDX, 3);
}

static void test_isolation_needs_the_privilege(void **state)
{
	struct hvpt_cpuid_leaves leaves = isolated(2, true);
	struct hvpt_host want = plain();

	(void)state;
	leaves.hv_features.ebx = 0;
	leaves.hv_isolation.ebx = 0xffffffff;
	finds(&leaves, HVPT_OK, &want);
}

static void test_isolation_without_leaf(void **state)
{
	struct hvpt_cpuid_leaves leaves = isolated(0, true);
	struct hvpt_host want = plain();

	(void)state;
	leaves.hv_max.eax = want.max_leaf = 0x4000000b;
	leaves.hv_isolation.ebx = 0xffffffff;
	want.privileges |= (uint64_t)1 << 54;
	want.isolation = 0xff;
	finds(&leaves, HVPT_ERR_ISOLATED, &want);
}

static void test_shared_boundary(void **state)
{
	unsigned bits;

	(void)state;
	for (bits = 0; bits < 64; bits++) {
		struct hvpt_cpuid_leaves leaves = isolated(2, true);
		struct hvpt_host host;

		leaves.hv_isolation.ebx = 0xfffff000 | bits << 6 | 0x22;
		assert_int_equal(discover(&leaves, &host), HVPT_OK);
		assert_int_equal(host.isolation, 2);
		assert_int_equal(host.shared_gpa_boundary, (uint64_t)1 << bits);
		leaves.hv_isolation.ebx &= ~0x20u;
		assert_int_equal(discover(&leaves, &host), HVPT_OK);
		assert_int_equal(host.shared_gpa_boundary, 0);
	}
}

static void test_leaf_numbers(void **state)
{
	(void)state;
	assert_int_equal(HVPT_CPUID_FEATURES, 1);
	assert_int_equal(HVPT_CPUID_HV_MAX, 0x40000000);
	assert_int_equal(HVPT_CPUID_HV_INTERFACE, 0x40000001);
	assert_int_equal(HVPT_CPUID_HV_FEATURES, 0x40000003);
	assert_int_equal(HVPT_CPUID_HV_ADVICE, 0x40000004);
	assert_int_equal(HVPT_CPUID_HV_HARDWARE, 0x40000006);
	assert_int_equal(HVPT_CPUID_HV_SVM, 0x40000008);
	assert_int_equal(HVPT_CPUID_HV_ISOLATION, 0x4000000c);
	assert_int_equal(HVPT_MSR_GUEST_OS_ID, 0x40000000);
	assert_int_equal(HVPT_MSR_HYPERCALL, 0x40000001);
	assert_int_equal(HVPT_MSR_VP_INDEX, 0x40000002);
}

static void test_guest_os_id(void **state)
{
	(void)state;
	/* Linux 6.12.0: 0x8100 in front. */
	assert_int_equal(hvpt_guest_os_id(HVPT_GUEST_OS_LINUX, 0, 0x00060c00,
					  0),
			 0x8100000000000000 | (uint64_t)0x00060c00 << 16);
	assert_int_equal(hvpt_guest_os_id(HVPT_GUEST_OS_FREEBSD, 0x12,
					  0x3456789a, 0xbcde),
			 0x82123456789abcde);
	assert_int_equal(hvpt_guest_os_id(0, 0, 0, 0), 0x8000000000000000);
	assert_int_equal(hvpt_guest_os_id(~0u, 0, 0, 0), 0xff00000000000000);
	assert_int_equal(hvpt_guest_os_id(0, ~0u, 0, 0), 0x80ff000000000000);
	assert_int_equal(hvpt_guest_os_id(0, 0, ~0u, 0), 0x8000ffffffff0000);
	assert_int_equal(hvpt_guest_os_id(0, 0, 0, ~0u), 0x800000000000ffff);
	assert_int_equal(HVPT_GUEST_OS_XEN, 3);
	assert_int_equal(HVPT_GUEST_OS_ILLUMOS, 4);
}

static void test_hypercall_msr_reading(void **state)
{
	(void)state;
	assert_false(hvpt_hypercall_msr_enabled(0xfffffffffffffffe));
	assert_true(hvpt_hypercall_msr_enabled(1));
	assert_false(hvpt_hypercall_msr_locked(0xfffffffffffffffd));
	assert_true(hvpt_hypercall_msr_locked(2));
	assert_int_equal(hvpt_hypercall_msr_page(0x123456789fff).value,
			 0x123456789000);
}

static void test_hypercall_msr_placing(void **state)
{
	static const struct {
		uint64_t before;
		uint64_t page;
		enum hvpt_status status;
		uint64_t after;
	} cases[] = {
		{ 0, 0x1000, HVPT_OK, 0x1001 },
		{ 0, 0, HVPT_OK, 1 },
		{ 0xffc, 0x123000, HVPT_OK, 0x123ffd },
		/* An earlier page number is replaced; bits 11:2 stay. */
		{ 0xfffffffffffff804, 0x5000, HVPT_OK, 0x5805 },
		{ 0, 0xffffffffff000, HVPT_OK, 0xffffffffff001 },
		{ 1, 0x1000, HVPT_ERR_BUSY, 0 },
		{ 2, 0x1000, HVPT_ERR_BUSY, 0 },
		{ 3, 0x1001, HVPT_ERR_BUSY, 0 },
		{ 0, 0x1001, HVPT_ERR_ALIGN, 0 },
		{ 0, 0x1800, HVPT_ERR_ALIGN, 0 },
		{ 0, 0x10000000000000, HVPT_ERR_GPA_RANGE, 0 },
		{ 0, 0xfffffffffffff000, HVPT_ERR_GPA_RANGE, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t after = 0x5a5a;

		assert_int_equal(hvpt_hypercall_msr_place(
					 cases[i].before,
					 hvpt_gpa(cases[i].page), &after),
				 cases[i].status);
		assert_int_equal(after, cases[i].status == HVPT_OK ?
						cases[i].after :
						0x5a5a);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaves_are_read),
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_bare_metal),
		cmocka_unit_test(test_other_hypervisors),
		cmocka_unit_test(test_privilege_to_call),
		cmocka_unit_test(test_feature_bits),
		cmocka_unit_test(test_privileges_word),
		cmocka_unit_test(test_hardware),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_svm),
		cmocka_unit_test(test_isolation_types),
		cmocka_unit_test(test_isolation_needs_the_privilege),
		cmocka_unit_test(test_isolation_without_leaf),
		cmocka_unit_test(test_shared_boundary),
		cmocka_unit_test(test_leaf_numbers),
		cmocka_unit_test(test_guest_os_id),
		cmocka_unit_test(test_hypercall_msr_reading),
		cmocka_unit_test(test_hypercall_msr_placing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
