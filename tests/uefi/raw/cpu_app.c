/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The processor checks tables that HvptLib built: they are loaded into CR3,
 * with 4 or 5 levels, and memory is read and written through them.
 *
 * An IOMMU's first stage and a processor use the same format. D is left to the
 * walker, and is checked afterwards.
 */
#include "base.h"

#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/HvptLib.h>
#include <Library/UefiBootServicesTableLib.h>

#define ALIASES 512u
#define DATA_PAGES 64u
#define LARGE 0x200000ULL
#define IDENTITY 0x40000000ULL
#define LA57 0x1000u

UINT64 EFIAPI run_with(UINT64 cr3, UINT64 cr4, UINT64(EFIAPI *function)(VOID *),
		       VOID *argument);

/**
 * struct alias - one mapping
 * @at: where, @to: what memory
 * @large: 2 MiB
 * @write: writable, and written through
 */
struct alias {
	UINT64 at;
	UINT64 to;
	BOOLEAN large;
	BOOLEAN write;
};

static struct alias aliases[ALIASES];
static struct hvpt_pagetable table;
static UINT64 seed, wrong, reads, writes;

static UINT64 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static VOID *pages(UINTN count, UINT64 below)
{
	EFI_PHYSICAL_ADDRESS address = below - 1;

	if (EFI_ERROR(gBS->AllocatePages(AllocateMaxAddress,
					 EfiBootServicesData, count, &address)))
		return NULL;
	return ZeroMem((VOID *)(UINTN)address, count * 4096);
}

static void *alloc_page(void *ctx)
{
	(void)ctx;
	return pages(1, IDENTITY);
}

static void free_page(void *ctx, void *page)
{
	(void)ctx;
	gBS->FreePages((UINTN)page, 1);
}

/* ---- what the processor sees ----------------------------------------- */

static UINT64 word_at(UINT64 address)
{
	return address * 0x9e3779b97f4a7c15ULL + 1;
}

/* While CR3 has the tables: no firmware calls, no printing. */
static UINT64 EFIAPI look(VOID *argument)
{
	volatile UINT64 *there, *here;
	UINT64 i, bad = 0, offset;

	(void)argument;
	for (i = 0; i < ALIASES; i++) {
		offset = aliases[i].large ? (i * 4096 + i * 8) % LARGE : i * 8;
		offset &= ~7ULL;
		there = (volatile UINT64 *)(aliases[i].at + offset);
		here = (volatile UINT64 *)(aliases[i].to + offset);
		*here = word_at((UINT64)here);
		if (*there != word_at((UINT64)here))
			bad++;
		if (!aliases[i].write)
			continue;
		*there = i ^ 0x5a5a5a5a5a5a5a5aULL;
		if (*here != (i ^ 0x5a5a5a5a5a5a5a5aULL))
			bad++;
	}
	return bad;
}

/* A is preset, and D is set only where something was written. */
static void compare_bits(void)
{
	struct hvpt_mapping seen;
	UINTN i;

	for (i = 0; i < ALIASES; i++) {
		if (hvpt_pt_lookup(&table, hvpt_iova(aliases[i].at), &seen) !=
			    HVPT_OK ||
		    seen.gpa.value != aliases[i].to || !seen.accessed ||
		    seen.dirty != aliases[i].write ||
		    seen.leaf_lg2 != (aliases[i].large ? 21u : 12u))
			wrong++;
		reads++;
		writes += aliases[i].write;
	}
}

/* ---- making the tables ----------------------------------------------- */

/* Random, in both halves, outside of identity-mapped memory. */
static UINT64 random_address(unsigned levels, UINT64 bytes)
{
	unsigned bits = levels == 5 ? 56 : 47;
	UINT64 at = next() & ((1ULL << bits) - 1) & ~(bytes - 1);

	if (at < 1ULL << 40)
		at += 1ULL << 40;
	return next() & 1 ? at : ~((1ULL << bits) - 1) | at;
}

static BOOLEAN add_alias(struct alias *alias, unsigned levels, UINT64 data,
			 UINT64 large)
{
	UINT64 bytes;

	alias->large = next() % 8 == 0;
	alias->write = next() & 1;
	bytes = alias->large ? LARGE : 4096;
	alias->at = random_address(levels, bytes);
	alias->to = alias->large ? large : data + (next() % DATA_PAGES) * 4096;
	return hvpt_pt_map(
		       &table, hvpt_iova(alias->at), hvpt_gpa(alias->to), bytes,
		       HVPT_PROT_READ | (alias->write ? HVPT_PROT_WRITE : 0),
		       NULL) == HVPT_OK;
}

static BOOLEAN make_tables(unsigned levels, const struct hvpt_page_ops *ops)
{
	struct hvpt_pt_config config;
	UINT64 data, large;
	UINTN i;

	ZeroMem(&config, sizeof(config));
	config.ops = ops;
	config.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M;
	config.levels = levels;
	config.width = levels == 5 ? 57 : 48;
	config.form = HVPT_IOVA_CANONICAL;
	config.flags = HVPT_PT_TRACK_DIRTY;
	data = (UINT64)pages(DATA_PAGES, IDENTITY);
	large = (UINT64)pages(1024, IDENTITY);
	large = (large + LARGE - 1) & ~(LARGE - 1);
	if (!data || !large || hvpt_pt_init(&table, &config) != HVPT_OK)
		return FALSE;
	if (hvpt_pt_map(&table, hvpt_iova(0), hvpt_gpa(0), IDENTITY,
			HVPT_PROT_READ | HVPT_PROT_WRITE, NULL) != HVPT_OK)
		return FALSE;
	for (i = 0; i < ALIASES; i++)
		while (!add_alias(&aliases[i], levels, data, large))
			;
#ifdef HVPT_RAW_SPOIL
	/* One alias is expected to differ from its mapping. */
	aliases[ALIASES / 2].to ^= 4096;
#endif
	return TRUE;
}

static BOOLEAN one(unsigned levels)
{
	struct hvpt_page_ops ops;

	ops.alloc_page = alloc_page;
	ops.free_page = free_page;
	ops.write_back = NULL;
	wrong = reads = writes = 0;
	if (!make_tables(levels, &ops)) {
		DEBUG((DEBUG_INFO, "cr3: no tables\n"));
		return FALSE;
	}
	wrong += run_with(hvpt_pt_root_gpa(&table).value,
			  levels == 5 ? LA57 : 0, look, NULL);
	compare_bits();
	DEBUG((DEBUG_INFO,
	       "cr3: %d levels, %ld tables, %ld read, %ld written, wrong %ld\n",
	       levels, (UINT64)hvpt_pt_tables(&table), reads, writes, wrong));
	hvpt_pt_destroy(&table);
	return wrong == 0;
}

static BOOLEAN has_la57(void)
{
	UINT32 eax, ebx, ecx = 0, edx;

	AsmCpuid(0, &eax, &ebx, &ecx, &edx);
	if (eax < 7)
		return FALSE;
	AsmCpuid(7, &eax, &ebx, &ecx, &edx);
	return (ecx & 1u << 16) != 0;
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	BOOLEAN good;
	EFI_TPL tpl;

	(void)image;
	(void)system;
	seed = 0x1f2e3d4c5b6a7988ULL;
	tpl = gBS->RaiseTPL(TPL_NOTIFY);
	good = one(4);
	if (has_la57())
		good = one(5) && good;
	else
		DEBUG((DEBUG_INFO, "cr3: no LA57 here\n"));
	gBS->RestoreTPL(tpl);
	DEBUG((DEBUG_INFO, "app: %a\n", good ? "PASS" : "FAIL"));
	raw_out8(RAW_EXIT_PORT, good ? RAW_PASS : RAW_FAIL);
	return EFI_SUCCESS;
}
