/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt in an edk2 application: the page table of one device. A gpa is the
 * address in firmware.
 */
#include <Uefi.h>

#include <Library/BaseMemoryLib.h>
#include <Library/HvptLib.h>
#include <Library/MemoryAllocationLib.h>
#include <Library/UefiLib.h>
#include <Library/UefiRuntimeServicesTableLib.h>

#define IOVA 0x100000
#define GPA 0x4000000
#define LENGTH 0x8000

static void *alloc_page(void *ctx)
{
	void *page = AllocatePages(1);

	return page ? ZeroMem(page, EFI_PAGE_SIZE) : NULL;
}

static void free_page(void *ctx, void *page)
{
	FreePages(page, 1);
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

static enum hvpt_status map_and_unmap(struct hvpt_pagetable *pt)
{
	struct hvpt_mapping seen;
	struct hvpt_gather gather;
	enum hvpt_status status;
	uint64_t unmapped;

	status = hvpt_pt_map(pt, hvpt_iova(IOVA), hvpt_gpa(GPA), LENGTH,
			     HVPT_PROT_READ | HVPT_PROT_WRITE, NULL);
	if (status != HVPT_OK)
		return status;
	status = hvpt_pt_lookup(pt, hvpt_iova(IOVA), &seen);
	if (status != HVPT_OK)
		return status;
	Print(L"edk2: iova 0x%x -> gpa 0x%lx\n", IOVA, seen.gpa.value);
	hvpt_gather_init(&gather);
	status = hvpt_pt_unmap(pt, hvpt_iova(IOVA), LENGTH, &gather, &unmapped);
	if (status != HVPT_OK)
		return status;
	/* Flush the IOMMU here; only then may the gather be released. */
	hvpt_pt_release(pt, &gather);
	return HVPT_OK;
}

static enum hvpt_status run(void)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		.width = 48, /* levels follow from it: 4 */
	};
	struct hvpt_pagetable pt;
	enum hvpt_status status = hvpt_pt_init(&pt, &config);

	if (status != HVPT_OK)
		return status;
	status = map_and_unmap(&pt);
	hvpt_pt_destroy(&pt);
	return status;
}

EFI_STATUS EFIAPI ExampleMain(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	enum hvpt_status status = run();

	if (status != HVPT_OK)
		Print(L"edk2: %a\n", hvpt_status_name(status));
	/* Ends QEMU. A program of yours returns. */
	gRT->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return hvpt_status_efi(status) ? EFIERR(hvpt_status_efi(status)) :
					 EFI_SUCCESS;
}
