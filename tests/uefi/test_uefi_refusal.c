/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conformance application on machines where nobody can be asked: it names
 * the first thing that is missing, and whether to try again.
 */
#include "conformance/uefi/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A Hyper-V whose page cannot be placed: CPUID lacks nothing. */
static struct hvpt_cpuid_leaves whole(void)
{
	struct hvpt_cpuid_leaves leaves = {
		.features.ecx = UINT32_C(1) << 31,
		.hv_max.eax = HVPT_CPUID_HV_ISOLATION,
		.hv_interface.eax = 0x31237648, /* Hv#1 */
		.hv_features.eax = 1u << 5,	/* AccessHypercallMsrs */
	};

	return leaves;
}

struct machine {
	uint32_t *leaf;
	uint32_t value;
	const char *says;
};

/* Each lacks one thing more than the one before; the last is the first. */
static void first_lack(void **state)
{
	static struct hvpt_cpuid_leaves leaves;
	static const struct machine machines[] = {
		{ NULL, 0,
		  "the hypercall page cannot be placed\n(MSR 0x40000001).\n"
		  "Turn the VM off and on, and try once more.\n" },
		{ &leaves.hv_advice.eax, 1u << 22,
		  "the VM's DMA memory must be pinned\n"
		  "(CPUID leaf 0x40000004, EAX is 0x400000).\n"
		  "Another try in this VM gives the same.\n" },
		{ &leaves.hv_features.ebx, 1u << 22, NULL },
		{ &leaves.hv_isolation.ebx, 0x42,
		  "the VM is isolated\n(CPUID leaf 0x4000000c, EBX is 0x42).\n"
		  "Take a VM that is not isolated.\n" },
		/* behind a paravisor too */
		{ &leaves.hv_isolation.eax, 1,
		  "the VM is isolated\n(CPUID leaf 0x4000000c, EBX is 0x42).\n"
		  "Take a VM that is not isolated.\n" },
		{ &leaves.hv_max.eax, 0x40000006,
		  "the VM is isolated\n"
		  "(CPUID leaf 0x40000003, EBX is 0x400000).\n"
		  "Take a VM that is not isolated.\n" },
		{ &leaves.hv_features.eax, 0x40,
		  "the VM has no right to make hypercalls\n"
		  "(CPUID leaf 0x40000003, EAX is 0x40).\n"
		  "Another try in this VM gives the same.\n" },
		{ &leaves.hv_max.eax, 0x40000001,
		  "the hypervisor has too few CPUID leaves\n"
		  "(CPUID leaf 0x40000000, EAX is 0x40000001).\n"
		  "Another try in this VM gives the same.\n" },
		{ &leaves.hv_interface.eax, 0,
		  "the hypervisor has no interface Hv#1\n"
		  "(CPUID leaf 0x40000001, EAX is 0x0).\n"
		  "This is not a Hyper-V VM.\n" },
		{ &leaves.features.ecx, 0x7fffffff,
		  "there is no hypervisor\n"
		  "(CPUID leaf 1, ECX is 0x7fffffff).\n"
		  "This is not a Hyper-V VM.\n" },
	};
	static const char before[] = "Nobody can be asked here: ";
	char text[APP_REFUSAL_BYTES];
	const char *says;
	size_t i;

	(void)state;
	leaves = whole();
	for (i = 0; i < COUNT(machines); i++) {
		if (machines[i].leaf)
			*machines[i].leaf = machines[i].value;
		says = machines[i].says;
		if (!says)
			continue;
		memset(text, 'x', sizeof(text));
		app_refusal(text, &leaves);
		assert_non_null(memchr(text, 0, sizeof(text)));
		assert_memory_equal(text, before, strlen(before));
		assert_memory_equal(text + strlen(before), says, strlen(says));
		assert_non_null(strstr(text, "\nNeeded are a hypervisor"));
		assert_int_equal(text[strlen(text) - 1], '\n');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_lack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
