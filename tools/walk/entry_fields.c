/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "entry_fields.h"

#include <stddef.h>

#define LEVELS 5u

static const struct {
	const char *entry;
	const char *table;
	const char *page;
} levels[LEVELS] = {
	{ "PTE", "PT", "4K" },	   { "PDE", "PD", "2M" },
	{ "PDPTE", "PDPT", "1G" }, { "PML4E", "PML4", "-" },
	{ "PML5E", "PML5", "-" },
};

const char *entry_name(unsigned level)
{
	return levels[level].entry;
}

const char *entry_level_name(unsigned level)
{
	return levels[level].table;
}

const char *entry_page_name(unsigned level)
{
	return levels[level].page;
}

/* ---- fields -------------------------------------------------------------- */

/* Which entries have a field. */
enum has {
	HAS_TABLE = 1, /* that point at a table */
	HAS_LEAF = 2,  /* that map a page */
	HAS_ALL = 3,
};

/* One bit with a name: what 0 and 1 mean. */
static const struct {
	unsigned bit;
	enum has has;
	const char *name;
	const char *clear;
	const char *set;
} bits[] = {
	{ 0, HAS_ALL, "P", "not present: the walk ends here", "present" },
	{ 1, HAS_ALL, "R/W", "no writes", "writes are allowed" },
	{ 2, HAS_ALL, "U/S", "supervisor only: DMA is refused",
	  "user: DMA is allowed" },
	{ 3, HAS_ALL, "PWT", "write-back", "write-through" },
	{ 4, HAS_ALL, "PCD", "cached", "not cached" },
	{ 5, HAS_ALL, "A", "not accessed yet", "accessed" },
	{ 6, HAS_TABLE, "ignored", "", "" },
	{ 6, HAS_LEAF, "D", "not written yet", "dirty" },
	{ 8, HAS_TABLE, "ignored", "", "" },
	{ 8, HAS_LEAF, "G", "not global", "global" },
	{ 9, HAS_ALL, "ignored", "", "" },
	{ 10, HAS_ALL, "EA", "not accessed by VT-d, or ignored",
	  "accessed by VT-d, or ignored" },
	{ 11, HAS_TABLE, "ignored", "",
	  "hvpt: written back, the walker does not snoop" },
	{ 11, HAS_LEAF, "ignored", "", "" },
	{ 63, HAS_ALL, "XD", "execution is allowed", "execution is denied" },
};

/** Fields that are being written. */
struct writer {
	const struct sdm_walker *walker;
	uint64_t entry;
	uint64_t reserved;
	bool leaf;
	unsigned level;
	struct entry_field *fields;
	unsigned count;
};

static uint64_t mask_of(unsigned high, unsigned low)
{
	return (UINT64_MAX >> (63 - high)) & (UINT64_MAX << low);
}

static void add(struct writer *to, unsigned high, unsigned low,
		const char *name, const char *meaning)
{
	struct entry_field *field = &to->fields[to->count++];
	uint64_t mask = mask_of(high, low);

	field->high = high;
	field->low = low;
	field->name = name;
	field->value = (to->entry & mask) >> low;
	field->is_address = false;
	field->is_wrong = (to->entry & to->reserved & mask) != 0;
	field->meaning = meaning;
	if (field->is_wrong)
		field->meaning = "reserved: must be 0";
}

/* The named bits of first .. last. */
static void add_bits(struct writer *to, unsigned first, unsigned last)
{
	enum has has = to->leaf ? HAS_LEAF : HAS_TABLE;
	size_t i;

	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (bits[i].bit < first || bits[i].bit > last ||
		    !(bits[i].has & has))
			continue;
		add(to, bits[i].bit, bits[i].bit, bits[i].name,
		    to->entry >> bits[i].bit & 1 ? bits[i].set : bits[i].clear);
	}
}

/* Bit 7: PS where there are large leaves; PAT in a PTE; reserved above. */
static void add_size(struct writer *to)
{
	if (to->level == 0)
		add(to, 7, 7, "PAT", "of the memory type");
	else if (to->level > 2)
		add(to, 7, 7, "reserved", "");
	else
		add(to, 7, 7, "PS",
		    to->leaf ? "a page, not a table" : "a table");
}

static void add_address(struct writer *to, unsigned low, const char *meaning)
{
	unsigned high = to->walker->maxphyaddr - 1;
	struct entry_field *field = &to->fields[to->count];

	add(to, high, low, "address", meaning);
	field->value <<= low;
	field->is_address = true;
	if (high < 51)
		add(to, 51, high + 1, "reserved", "");
}

/* A large leaf has PAT in bit 12, and reserved bits below its size. */
static void add_target(struct writer *to)
{
	unsigned lg2 = sdm_level_lg2(to->level);

	if (!to->leaf) {
		add_address(to, 12, "of the next table");
		return;
	}
	if (to->level > 0) {
		add(to, 12, 12, "PAT", "of the memory type");
		add(to, lg2 - 1, 13, "reserved", "");
	}
	add_address(to, lg2, "of the page");
}

unsigned entry_fields(const struct sdm_walker *walker, uint64_t entry,
		      unsigned level, struct entry_field *fields)
{
	struct writer to = { .walker = walker,
			     .entry = entry,
			     .leaf = sdm_is_leaf(entry, level),
			     .level = level,
			     .fields = fields };

	if (!(entry & 1)) {
		add_bits(&to, 0, 0);
		return to.count;
	}
	to.reserved = sdm_reserved_bits(walker, entry, level);
	add_bits(&to, 0, 6);
	add_size(&to);
	add_bits(&to, 8, 11);
	add_target(&to);
	add(&to, 62, 52, "ignored", "");
	add_bits(&to, 63, 63);
	return to.count;
}
