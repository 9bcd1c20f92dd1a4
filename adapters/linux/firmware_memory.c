// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Memory that firmware keeps, and reading it.
 *
 * Firmware's table is in memory of type ACPI, its page tables are in reserved
 * memory. Linux never allocates either, and has neither in its direct map. So
 * each is mapped here. Whatever else an address may point at is refused.
 */
#include "linux_internal.h"

#include <linux/bitmap.h>
#include <linux/io.h>
#include <linux/slab.h>

#include <asm/e820/api.h>

/* How far from a root its tables may be, in pages: 64 MiB. */
#define HVPT_LINUX_WINDOW_SIDE 0x4000u

#define HVPT_LINUX_TABLE_MAX                                                   \
	(HVPT_HANDOVER_HEADER +                                                \
	 (u64)HVPT_HANDOVER_DEVICES_MAX * HVPT_HANDOVER_ENTRY)

/* Looked at, at most: UEFI sets no limit, and firmware has some tens. */
#define HVPT_LINUX_CONFIG_MAX 160u

/* An entry of UEFI's configuration table: UEFI 2.10, 4.6. */
struct hvpt_linux_config_entry {
	u8 guid[16];
	u64 table;
};

/* Is the whole page kept, none of it Linux's? */
static bool hvpt_linux_is_kept(u64 page, bool reserved)
{
	u64 end = page + PAGE_SIZE;

	if (end < page || e820__mapped_any(page, end, E820_TYPE_RAM))
		return false;
	return e820__mapped_any(page, end, E820_TYPE_RESERVED) ||
	       (!reserved && e820__mapped_any(page, end, E820_TYPE_ACPI));
}

/* Maps @gpa and what is kept behind it. @bytes: in: the most; out: mapped. */
static void *hvpt_linux_map_kept(u64 gpa, u64 *bytes)
{
	u64 start = round_down(gpa, PAGE_SIZE);
	u64 page = start;

	while (page - start < gpa - start + *bytes &&
	       hvpt_linux_is_kept(page, false))
		page += PAGE_SIZE;
	if (page == start)
		return NULL;
	*bytes = min(*bytes, page - gpa);
	return memremap(gpa, *bytes, MEMREMAP_WB);
}

/* ---- the table ------------------------------------------------------- */

static bool hvpt_linux_is_table(const void *start, u64 bytes)
{
	u64 signature;

	if (bytes < HVPT_HANDOVER_HEADER)
		return false;
	memcpy(&signature, start, sizeof(signature));
	return signature == HVPT_HANDOVER_SIGNATURE;
}

/* Return: where the entry for the hand-over points; 0: there is none. */
static u64 hvpt_linux_config_find(const void *start, u64 bytes)
{
	static const struct {
		u32 first;
		u16 second, third;
		u8 rest[8];
	} wanted = HVPT_HANDOVER_GUID;
	struct hvpt_linux_config_entry entry;
	u64 at;

	for (at = 0; at + sizeof(entry) <= bytes; at += sizeof(entry)) {
		memcpy(&entry, start + at, sizeof(entry));
		if (!memcmp(entry.guid, &wanted, sizeof(entry.guid)))
			return entry.table;
	}
	return 0;
}

/*
 * @gpa: of the table, or of UEFI's configuration table, whose length only
 * firmware and the kernel's own code know: a GUID does not appear by chance.
 * Return: the address of the table; 0: there is none.
 */
static u64 hvpt_linux_table_find(u64 gpa)
{
	u64 bytes = HVPT_LINUX_CONFIG_MAX *
		    sizeof(struct hvpt_linux_config_entry);
	void *start = hvpt_linux_map_kept(gpa, &bytes);

	if (!start)
		return 0;
	if (!hvpt_linux_is_table(start, bytes))
		gpa = hvpt_linux_config_find(start, bytes);
	memunmap(start);
	return gpa;
}

/* Return: the table; memunmap() it. NULL: there is none. @bytes: mapped. */
void *hvpt_linux_firmware_table(u64 gpa, u64 *bytes)
{
	*bytes = HVPT_LINUX_TABLE_MAX;
	gpa = hvpt_linux_table_find(gpa);
	return gpa ? hvpt_linux_map_kept(gpa, bytes) : NULL;
}

/* ---- page tables ----------------------------------------------------- */

/* The end, in steps of @step, of the reserved memory around @page. */
static u64 hvpt_linux_reserved_end(u64 page, u64 step)
{
	unsigned int i;

	for (i = 0; i < HVPT_LINUX_WINDOW_SIDE; i++) {
		if (!hvpt_linux_is_kept(page + step, true))
			break;
		page += step;
	}
	return page;
}

static struct hvpt_linux_window *hvpt_linux_window_new(u64 root)
{
	struct hvpt_linux_window *window = kzalloc_obj(*window, GFP_KERNEL);

	if (!window)
		return NULL;
	window->first = hvpt_linux_reserved_end(root, -PAGE_SIZE);
	window->bytes = hvpt_linux_reserved_end(root, PAGE_SIZE) + PAGE_SIZE -
			window->first;
	window->seen = bitmap_zalloc(window->bytes >> PAGE_SHIFT, GFP_KERNEL);
	if (window->seen)
		window->va = memremap(window->first, window->bytes,
				      MEMREMAP_WB);
	if (window->va)
		return window;
	bitmap_free(window->seen);
	kfree(window);
	return NULL;
}

static bool hvpt_linux_window_has(const struct hvpt_linux_window *window,
				  u64 page)
{
	return page >= window->first && page - window->first < window->bytes;
}

/* @root: any address. Return: NULL when it is not in reserved memory. */
struct hvpt_linux_window *hvpt_linux_window_at(u64 root)
{
	struct hvpt_linux_window *window;

	root = round_down(root, PAGE_SIZE);
	list_for_each_entry(window, &hvpt_linux.windows, link)
		if (hvpt_linux_window_has(window, root))
			return window;
	window = hvpt_linux_is_kept(root, true) ? hvpt_linux_window_new(root) :
						  NULL;
	if (window)
		list_add(&window->link, &hvpt_linux.windows);
	return window;
}

/* A hvpt_table_check_fn: is it in the window, and not a table already? */
bool hvpt_linux_window_check(void *ctx, hvpt_gpa_t table, unsigned int level)
{
	struct hvpt_linux_window *window = ctx;
	u64 index = (table.value - window->first) >> PAGE_SHIFT;

	return hvpt_linux_window_has(window, table.value) &&
	       !__test_and_set_bit(index, window->seen);
}

void hvpt_linux_windows_close(void)
{
	struct hvpt_linux_window *window, *next;

	list_for_each_entry_safe(window, next, &hvpt_linux.windows, link) {
		list_del(&window->link);
		memunmap(window->va);
		bitmap_free(window->seen);
		kfree(window);
	}
}
