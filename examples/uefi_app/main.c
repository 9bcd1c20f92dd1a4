/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt in a UEFI application: the page table of one device, whose pages come
 * from the boot services. A gpa is the address there.
 */
#include "efi.h"
#include "hvpt/hvpt.h"

#define IOVA 0x100000u
#define GPA 0x4000000u

efi_status efi_main(void *image, struct efi_system_table *system);

static void *alloc_page(void *ctx)
{
	struct efi_boot_services *boot = ctx;
	uint64_t address;

	if (boot->allocate_pages(EFI_ALLOCATE_ANY, EFI_BOOT_SERVICES_DATA, 1,
				 &address) != EFI_SUCCESS)
		return NULL;
	boot->set_memory((void *)address, 4096, 0);
	return (void *)address;
}

static void free_page(void *ctx, void *page)
{
	struct efi_boot_services *boot = ctx;

	boot->free_pages((uint64_t)page, 1);
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

/* Returns the status of the first call that failed. */
static enum hvpt_status map_and_unmap(struct hvpt_pagetable *pt,
				      struct hvpt_mapping *seen)
{
	struct hvpt_gather gather;
	enum hvpt_status status;
	uint64_t unmapped;

	status = hvpt_pt_map(pt, hvpt_iova(IOVA), hvpt_gpa(GPA), 0x8000,
			     HVPT_PROT_READ | HVPT_PROT_WRITE, NULL);
	if (status != HVPT_OK)
		return status;
	status = hvpt_pt_lookup(pt, hvpt_iova(IOVA + 0x1000), seen);
	if (status != HVPT_OK)
		return status;
	hvpt_gather_init(&gather);
	status = hvpt_pt_unmap(pt, hvpt_iova(IOVA), 0x8000, &gather, &unmapped);
	if (status != HVPT_OK)
		return status;
	/* Flush the IOMMU here; only then may the gather be released. */
	hvpt_pt_release(pt, &gather);
	return HVPT_OK;
}

static enum hvpt_status run(struct efi_boot_services *boot,
			    struct hvpt_mapping *seen)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.ctx = boot,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		.width = 48, /* levels follow from it: 4 */
	};
	struct hvpt_pagetable pt;
	enum hvpt_status status = hvpt_pt_init(&pt, &config);

	if (status != HVPT_OK)
		return status;
	status = map_and_unmap(&pt, seen);
	hvpt_pt_destroy(&pt);
	return status;
}

/* Prints a number of up to 8 hexadecimal digits. */
static void say_hex(struct efi_text_output *out, uint64_t number)
{
	uint16_t text[] = u"00000000\r\n";
	int at;

	for (at = 7; at >= 0; at--, number >>= 4)
		text[at] = (uint16_t) "0123456789abcdef"[number & 15];
	out->output_string(out, text);
}

efi_status efi_main(void *image, struct efi_system_table *system)
{
	struct efi_text_output *out = system->console_out;
	struct hvpt_mapping seen;

	(void)image;
	if (run(system->boot, &seen) == HVPT_OK) {
		out->output_string(out, u"hvpt: iova 00101000 -> gpa ");
		say_hex(out, seen.gpa.value);
	} else {
		out->output_string(out, u"hvpt failed\r\n");
	}
	system->runtime->reset_system(EFI_RESET_SHUTDOWN, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
