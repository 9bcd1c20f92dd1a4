/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>

#include "entry_fields.h"
#include "page_walk.h"

static void print_bits(const struct entry_field *field)
{
	char bits[16];

	if (field->high == field->low)
		snprintf(bits, sizeof(bits), "%u", field->low);
	else
		snprintf(bits, sizeof(bits), "%u:%u", field->high, field->low);
	printf("%-6s", bits);
}

static void print_field(const struct entry_field *field, const char *indent)
{
	printf("%s    ", indent);
	print_bits(field);
	printf(" %-9s", field->name);
	if (field->high == field->low)
		printf("%" PRIu64, field->value);
	else
		printf("0x%" PRIx64, field->value);
	if (field->meaning[0])
		printf("  %s", field->meaning);
	if (field->is_wrong)
		printf("  <- WRONG");
	putchar('\n');
}

/* Fields that are ignored and 0, and ranges that must be 0, say nothing. */
static bool is_dull(const struct entry_field *field)
{
	return field->value == 0 && field->meaning[0] == '\0';
}

static void print_step(const struct walk *walk, const struct walk_step *step,
		       const char *indent)
{
	struct entry_field fields[ENTRY_FIELDS_MAX];
	unsigned count = entry_fields(walk->walker, step->value, step->level,
				      fields);
	unsigned i;

	printf("%s  %-5s 0x%016" PRIx64 "  entry %u of the %s at 0x%" PRIx64
	       "\n",
	       indent, entry_name(step->level), step->value,
	       (unsigned)(step->at % 4096 / 8), entry_level_name(step->level),
	       step->at & ~UINT64_C(0xfff));
	for (i = 0; i < count; i++) {
		if (!is_dull(&fields[i]))
			print_field(&fields[i], indent);
	}
}

static void print_page(const struct walk *walk, const char *indent)
{
	const struct sdm_result *result = &walk->result;

	printf("%s  -> gpa 0x%" PRIx64 ", in a %s page, r%c%c%c\n", indent,
	       result->pa, entry_page_name(result->level),
	       result->writable ? 'w' : '-', result->accessed ? 'a' : '-',
	       result->dirty ? 'd' : '-');
}

void walk_print_text(const struct walk *walk, const char *indent)
{
	const struct sdm_walker *walker = walk->walker;
	char reason[160];
	unsigned i;

	printf("%s%s of iova 0x%" PRIx64 ": %u levels, %u bits%s, root "
	       "0x%" PRIx64 "\n",
	       indent, walk->write ? "write" : "read", walk->iova,
	       walker->levels, walker->width,
	       walker->canonical ? ", canonical" : "", walker->root);
	for (i = 0; i < walk->count; i++)
		print_step(walk, &walk->steps[i], indent);
	if (walk->result.fault == SDM_FAULT_NONE)
		print_page(walk, indent);
	walk_reason(reason, sizeof(reason), walk);
	printf("%s  %s: %s\n", indent,
	       walk->result.fault == SDM_FAULT_NONE ? "translates" : "faults",
	       reason);
}
