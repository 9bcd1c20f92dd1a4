/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/pt_config.h - what a page table is made of: hooks, form, settings.
 *
 * Part of pagetable.h, which says what holds for all page tables.
 */
#ifndef HVPT_PT_CONFIG_H
#define HVPT_PT_CONFIG_H

#include "hvpt/addr.h"

/**
 * struct hvpt_page_ops - where table pages come from
 *
 * One const object serves any number of page tables. Hooks may be called by
 * several threads at once when the caller changes disjoint ranges in
 * parallel. They must not change the range of the call they serve; they may
 * change others.
 */
struct hvpt_page_ops {
	/**
	 * @alloc_page: give one page of 4096 bytes, 4096-aligned, all zero,
	 * that the IOMMU can read. Called before anything is changed.
	 *
	 * Its gpa is its address minus the object's direct_map_offset and must
	 * lie below 2^52 and outside table_gpa_mask. With an offset of
	 * 0xffff888000000000, the page at 0xffff888012345000 has the gpa
	 * 0x12345000.
	 *
	 * Return: the page; NULL when there is none (HVPT_ERR_NO_MEMORY).
	 */
	void *(*alloc_page)(void *ctx);

	/**
	 * @free_page: take one page back. Its contents are arbitrary. Called
	 * on pages never made visible to the IOMMU, by hvpt_pt_release() and
	 * by hvpt_pt_destroy().
	 */
	void (*free_page)(void *ctx, void *page);

	/**
	 * @write_back: make @bytes at @start visible to an IOMMU that does
	 * not snoop caches; NULL when it does. @start is 8-byte aligned, and
	 * not always at the start of a cache line. Returns when done.
	 */
	void (*write_back)(void *ctx, const void *start, size_t bytes);
};

/** Which 64-bit values are IOVAs. */
enum hvpt_iova_form {
	/** 0 .. 2^width - 1. What the Linux driver of Hyper-V assumes. */
	HVPT_IOVA_PLAIN = 0,
	/** 0 .. 2^(width-1) - 1: right however the top bit is read. */
	HVPT_IOVA_LOWER = 1,
	/**
	 * Lower half as above, and its mirror 2^64 - 2^(width-1) .. 2^64 - 1:
	 * how VT-d first stage (VT-d 3.6) and AMD v2 read addresses.
	 */
	HVPT_IOVA_CANONICAL = 2,
};

/*
 * Map writable pages with D clear, for hvpt_pt_read_dirty(). Not with a
 * write_back hook: a walker that does not snoop sets D in memory, where the
 * processor may have a copy of the line, and would not see it or overwrite it.
 */
#define HVPT_PT_TRACK_DIRTY 1u
#define HVPT_PT_FLAGS_MASK HVPT_PT_TRACK_DIRTY

/*
 * Ranges that no page table should map, as initialisers of a struct
 * hvpt_iova_range. What a device writes to the first is an interrupt (SDM vol.
 * 3A 11.11.1; VT-d 3.14) and is not translated. AMD processors keep the second
 * for HyperTransport (AMD IOMMU specification 2.1.2).
 */
#define HVPT_RESERVED_MSI                                                      \
	{                                                                      \
		{ 0xfee00000u },                                               \
		{                                                              \
			0xfeefffffu                                            \
		}                                                              \
	}
#define HVPT_RESERVED_HT                                                       \
	{                                                                      \
		{ 0xfd00000000u },                                             \
		{                                                              \
			0xffffffffffu                                          \
		}                                                              \
	}

/**
 * struct hvpt_pt_config - what a page table is to be
 * @ops: page hooks; must outlive the page table
 * @ctx: passed to each hook
 * @direct_map_offset: added to a table page's gpa, modulo 2^64, to get its
 *	pointer: 0 in UEFI, the direct map in an OS, an arena on a host
 * @table_gpa_mask: bits set in every table address an entry holds and in the
 *	root's, such as the C-bit of encrypted memory; 0 for none. Leaves carry
 *	whatever gpa the caller gives.
 * @page_sizes: bit n allows leaves of 2^n bytes. Bit 12 must be set. Bit 30
 *	has an effect only with bit 21: a 1 GiB leaf that has to be split could
 *	otherwise only become 513 tables at once. Other bits have none.
 * @levels: 4, 5, or 0 for the least that spans @width
 * @width: bits of an IOVA, 13 .. 48 with 4 levels, 13 .. 57 with 5
 * @form: which values are IOVAs
 * @flags: HVPT_PT_TRACK_DIRTY or 0
 * @reserved: IOVAs that are never mapped, such as HVPT_RESERVED_MSI or memory
 *	that firmware uses: first not above last, any alignment; a page that is
 *	touched is reserved whole. They may overlap, come in any order and lie
 *	outside the form. The array must not change and must outlive the page
 *	table. NULL with @reserved_count 0.
 * @reserved_count: how many; keep them few. A map that lies below the lowest
 *	or above the highest costs no more than without any. Any other map is
 *	compared with each of them, and is not mapped inline.
 */
struct hvpt_pt_config {
	const struct hvpt_page_ops *ops;
	void *ctx;
	uint64_t direct_map_offset;
	uint64_t table_gpa_mask;
	uint64_t page_sizes;
	uint32_t levels;
	uint32_t width;
	enum hvpt_iova_form form;
	uint32_t flags;
	const struct hvpt_iova_range *reserved;
	uint32_t reserved_count;
};

#endif /* HVPT_PT_CONFIG_H */
