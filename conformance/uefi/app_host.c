/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The hypercalls of the firmware's processor, pages, and unused ids.
 */
#include "app.h"

#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/HvptHypercallLib.h>
#include <Library/UefiBootServicesTableLib.h>

/* TLFS, Hypervisor CPUID Leaves: the version of the hypervisor. */
#define CPUID_VERSION 0x40000002u

/* ---- the transport --------------------------------------------------- */

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct app_host *app = ctx;

	if (app->is_lent)
		return false;
	app->is_lent = TRUE;
	*page = app->page;
	return true;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	(void)ctx;
	return HvptHypercallIssue(control, input.value, output.value);
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct app_host *app = ctx;

	(void)page;
	app->is_lent = FALSE;
}

static const struct hvpt_transport_ops ops = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

/* ---- CPUID ----------------------------------------------------------- */

void app_read_leaf(uint32_t leaf, struct hvpt_cpuid *out)
{
	AsmCpuid(leaf, &out->eax, &out->ebx, &out->ecx, &out->edx);
}

static BOOLEAN is_hyper_v(const struct hvpt_cpuid_leaves *leaves)
{
	struct hvpt_host host;

	/* a Hyper-V that cannot be called is one, too */
	return hvpt_discover(leaves, &host) == HVPT_OK || host.hyperv;
}

/* "Hyper-V 10.0.26100, UEFI"; for tests, another host may answer the calls. */
static void name_host(struct app_host *app)
{
	struct hvpt_cpuid version;
	char *at = app->name;

	if (!is_hyper_v(&app->cpuid)) {
		app_add_text(at, "not Hyper-V, UEFI");
		return;
	}
	at = app_add_text(at, "Hyper-V");
	if (app->cpuid.hv_max.eax >= CPUID_VERSION) {
		app_read_leaf(CPUID_VERSION, &version);
		at = app_add_text(at, " ");
		at = app_add_number(at, version.ebx >> 16, 10);
		at = app_add_text(at, ".");
		at = app_add_number(at, version.ebx & 0xffff, 10);
		at = app_add_text(at, ".");
		at = app_add_number(at, version.eax, 10);
	}
	app_add_text(at, ", UEFI");
}

/* ---- opening it ------------------------------------------------------ */

static BOOLEAN take_page(struct hvpt_call_page *page)
{
	EFI_PHYSICAL_ADDRESS address;

	if (EFI_ERROR(gBS->AllocatePages(AllocateAnyPages, EfiBootServicesData,
					 1, &address)))
		return FALSE;
	page->va = ZeroMem((VOID *)(UINTN)address, EFI_PAGE_SIZE);
	page->gpa = hvpt_gpa(address);
	return TRUE;
}

static BOOLEAN prepare(struct app_host *app)
{
	struct hvpt_call_page root;

	if (!take_page(&app->page) || !take_page(&root))
		return FALSE;
	app->transport.ops = &ops;
	app->transport.ctx = app;
	app->host.transport = &app->transport;
	app->host.first_id = CONFORMANCE_FIRST_ID;
	app->host.ids = CONFORMANCE_IDS;
	app->host.root = root.gpa;
	app->host.absent = CONFORMANCE_ABSENT_DEVICE;
	app->host.cpuid = is_hyper_v(&app->cpuid) ? &app->cpuid : NULL;
	return TRUE;
}

const char *app_host_open(struct app_host *app)
{
	EFI_STATUS status;

	ZeroMem(app, sizeof(*app));
	hvpt_cpuid_read(&app->cpuid, app_read_leaf);
	name_host(app);
	if (!prepare(app))
		return "There is no memory.\n";
	status = HvptHypercallStart();
	if (status == EFI_OUT_OF_RESOURCES)
		return "There is no memory.\n";
	if (!EFI_ERROR(status))
		return NULL;
	app_refusal(app->refusal, &app->cpuid);
	return app->refusal;
}

void app_host_close(struct app_host *app)
{
	HvptHypercallStop(FALSE);
	gBS->FreePages(app->page.gpa.value, 1);
	gBS->FreePages(app->host.root.value, 1);
}
