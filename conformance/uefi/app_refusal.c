/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The first thing that is missing on a machine where no hypercall can be made.
 */
#include "app.h"

/* TLFS, leaf 0x40000001 EAX: "Hv#1". */
#define HV1 0x31237648u

/*
 * What is missing, the register that says so with its value, and what to do.
 */
struct lack {
	const char *what;
	const char *where;
	UINT32 value;
	const char *advice;
};

static const char other_vm[] = "This is not a Hyper-V VM.";
static const char same_again[] = "Another try in this VM gives the same.";
static const char not_isolated[] = "Take a VM that is not isolated.";

static const char needed[] =
	"\nNeeded are a hypervisor (CPUID leaf 1, ECX bit 31) with the interface\n"
	"Hv#1 (leaf 0x40000001, EAX), the right to make hypercalls (leaf\n"
	"0x40000003, EAX bit 5), a hypercall page that can be placed (MSR\n"
	"0x40000001), and a VM that is neither isolated (leaf 0x4000000c, EBX\n"
	"3:0) nor has its DMA memory pinned (leaf 0x40000004, EAX bit 22).\n";

/* There is no Hyper-V. */
static struct lack find_other(const struct hvpt_cpuid_leaves *leaves,
			      const struct hvpt_host *host)
{
	const struct lack none = { "there is no hypervisor", "leaf 1, ECX",
				   leaves->features.ecx, other_vm };
	const struct lack foreign = { "the hypervisor has no interface Hv#1",
				      "leaf 0x40000001, EAX",
				      leaves->hv_interface.eax, other_vm };
	const struct lack small = { "the hypervisor has too few CPUID leaves",
				    "leaf 0x40000000, EAX", leaves->hv_max.eax,
				    same_again };

	if (!host->hypervisor)
		return none;
	return leaves->hv_interface.eax == HV1 ? small : foreign;
}

static struct lack find_isolation(const struct hvpt_cpuid_leaves *leaves,
				  const struct hvpt_host *host)
{
	const struct lack known = { "the VM is isolated",
				    "leaf 0x4000000c, EBX",
				    leaves->hv_isolation.ebx, not_isolated };
	const struct lack unknown = { "the VM is isolated",
				      "leaf 0x40000003, EBX",
				      leaves->hv_features.ebx, not_isolated };

	return host->isolation == HVPT_ISOLATION_UNKNOWN ? unknown : known;
}

static struct lack find(const struct hvpt_cpuid_leaves *leaves)
{
	const struct lack right = { "the VM has no right to make hypercalls",
				    "leaf 0x40000003, EAX",
				    leaves->hv_features.eax, same_again };
	const struct lack pinned = { "the VM's DMA memory must be pinned",
				     "leaf 0x40000004, EAX",
				     leaves->hv_advice.eax, same_again };
	const struct lack page = {
		"the hypercall page cannot be placed", NULL, 0,
		"Turn the VM off and on, and try once more."
	};
	struct hvpt_host host;

	if (hvpt_discover(leaves, &host) != HVPT_OK && !host.hyperv)
		return find_other(leaves, &host);
	if (!host.may_call)
		return right;
	if (host.isolation != HVPT_ISOLATION_NONE)
		return find_isolation(leaves, &host);
	return host.gpa_pinning ? pinned : page;
}

void app_refusal(char *text, const struct hvpt_cpuid_leaves *leaves)
{
	const struct lack lack = find(leaves);

	text = app_add_text(text, "Nobody can be asked here: ");
	text = app_add_text(text, lack.what);
	if (lack.where) {
		text = app_add_text(text, "\n(CPUID ");
		text = app_add_text(text, lack.where);
		text = app_add_text(text, " is 0x");
		text = app_add_number(text, lack.value, 16);
		text = app_add_text(text, ").\n");
	} else {
		text = app_add_text(text, "\n(MSR 0x40000001).\n");
	}
	text = app_add_text(text, lack.advice);
	app_add_text(text, needed);
}
