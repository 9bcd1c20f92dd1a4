/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * entry_fields.h - the fields of an entry, with the names of the SDM (volume
 * 3A, tables 4-14 to 4-20) and of VT-d (9.7, first-stage).
 */
#ifndef TOOLS_WALK_ENTRY_FIELDS_H
#define TOOLS_WALK_ENTRY_FIELDS_H

#include "oracle/sdm_walk.h"

/* The most fields that an entry has. */
#define ENTRY_FIELDS_MAX 20u

/**
 * struct entry_field - bits @high .. @low of an entry
 * @name: as in the SDM; "reserved", "ignored"
 * @value: of these bits, where they are: an address is one
 * @is_address: they are
 * @is_wrong: they are reserved, and not 0
 * @meaning: what this value means
 */
struct entry_field {
	unsigned high;
	unsigned low;
	const char *name;
	uint64_t value;
	bool is_address;
	bool is_wrong;
	const char *meaning;
};

/**
 * entry_fields() - the fields of an entry, lowest first
 *
 * Return: how many; one, P, if the entry is not present.
 */
unsigned entry_fields(const struct sdm_walker *walker, uint64_t entry,
		      unsigned level, struct entry_field *fields);

/** "PTE" for level 0, .. "PML5E" for level 4 */
const char *entry_name(unsigned level);

/** "PT" for level 0, .. "PML5" for level 4: the table of such entries */
const char *entry_level_name(unsigned level);

/** "4K", "2M" or "1G"; "-" for a level without leaves */
const char *entry_page_name(unsigned level);

#endif /* TOOLS_WALK_ENTRY_FIELDS_H */
