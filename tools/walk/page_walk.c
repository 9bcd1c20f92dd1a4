/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "page_walk.h"

#include <inttypes.h>
#include <string.h>

#include "entry_fields.h"

/* A read64 that keeps what the walk reads, one entry for each level. */
static bool read_and_keep(void *ctx, uint64_t gpa, uint64_t *value)
{
	struct walk *walk = ctx;
	struct walk_step *step = &walk->steps[walk->count];

	if (!walk->walker->read64(walk->walker->ctx, gpa, value)) {
		walk->unreadable = gpa;
		return false;
	}
	step->level = walk->walker->levels - 1 - walk->count++;
	step->at = gpa;
	step->value = *value;
	return true;
}

void walk_do(struct walk *walk, const struct sdm_walker *walker, uint64_t iova,
	     bool write)
{
	struct sdm_walker keeping = *walker;

	memset(walk, 0, sizeof(*walk));
	walk->walker = walker;
	walk->iova = iova;
	walk->write = write;
	keeping.read64 = read_and_keep;
	keeping.ctx = walk;
	walk->result = sdm_walk(&keeping, iova, write);
}

/* ---- the reason ---------------------------------------------------------- */

static void address_reason(char *out, size_t room,
			   const struct sdm_walker *walker)
{
	if (walker->canonical)
		snprintf(out, room,
			 "the iova is not canonical: bits 63 to %u are not all "
			 "equal",
			 walker->width - 1);
	else
		snprintf(out, room, "the iova has more than %u bits",
			 walker->width);
}

static void mapped_reason(char *out, size_t room, const struct walk *walk)
{
	snprintf(out, room, "the iova is mapped, %s",
		 walk->result.writable ? "for reads and writes" :
					 "for reads only");
}

const struct walk_step *walk_deciding(const struct walk *walk)
{
	unsigned i = 0;

	if (walk->count == 0)
		return NULL;
	if (walk->result.fault != SDM_FAULT_WRITE)
		return &walk->steps[walk->count - 1];
	while (i + 1 < walk->count && (walk->steps[i].value & 2))
		i++;
	return &walk->steps[i];
}

static void reserved_reason(char *out, size_t room, const struct walk *walk)
{
	const struct sdm_result *result = &walk->result;

	snprintf(out, room,
		 "reserved bits 0x%" PRIx64 " are set in the %s: the memory "
		 "of the tables was overwritten, or has another format",
		 result->entry & sdm_reserved_bits(walk->walker, result->entry,
						   result->level),
		 entry_name(result->level));
}

void walk_reason(char *out, size_t room, const struct walk *walk)
{
	const char *name = walk->count ? entry_name(walk->result.level) : "";

	switch (walk->result.fault) {
	case SDM_FAULT_NONE:
		mapped_reason(out, room, walk);
		break;
	case SDM_FAULT_ADDRESS:
		address_reason(out, room, walk->walker);
		break;
	case SDM_FAULT_UNREADABLE:
		snprintf(out, room,
			 "the table at 0x%" PRIx64 " is not in the memory",
			 walk->unreadable & ~UINT64_C(0xfff));
		break;
	case SDM_FAULT_NOT_PRESENT:
		snprintf(out, room, "nothing is mapped: P is clear in the %s",
			 name);
		break;
	case SDM_FAULT_RESERVED:
		reserved_reason(out, room, walk);
		break;
	case SDM_FAULT_SUPERVISOR:
		snprintf(out, room,
			 "U/S is clear in the %s: it is not for "
			 "devices",
			 name);
		break;
	case SDM_FAULT_WRITE:
		snprintf(out, room,
			 "R/W is clear in the %s: only reads are "
			 "allowed",
			 entry_name(walk_deciding(walk)->level));
		break;
	}
}
