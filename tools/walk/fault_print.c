/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fault_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "page_walk.h"
#include "tools/tables/tables.h"

static const char *access_text(uint32_t access)
{
	switch (access) {
	case HVPT_HV_ACCESS_READ:
		return "read";
	case HVPT_HV_ACCESS_WRITE:
		return "write";
	case HVPT_HV_ACCESS_EXECUTE:
		return "execute";
	default:
		return "unknown";
	}
}

static const char *type_text(const struct fault_text *fault)
{
	return fault->type[0] ? fault->type :
				hvpt_iommu_fault_type_name(fault->fault.type);
}

/* ---- why -------------------------------------------------------------- */

/** struct cause - a reason, with the entry that decides */
struct cause {
	const char *reason;
	unsigned level;
	uint64_t entry;
};

static const char *reason_of(enum sdm_fault fault)
{
	switch (fault) {
	case SDM_FAULT_NONE:
		return hvpt_fault_reason_name(HVPT_REASON_MAPPED_NOW);
	case SDM_FAULT_ADDRESS:
		return hvpt_fault_reason_name(HVPT_REASON_OUTSIDE);
	case SDM_FAULT_NOT_PRESENT:
		return hvpt_fault_reason_name(HVPT_REASON_NOT_PRESENT);
	case SDM_FAULT_RESERVED:
		return hvpt_fault_reason_name(HVPT_REASON_RESERVED);
	case SDM_FAULT_SUPERVISOR:
		return hvpt_fault_reason_name(HVPT_REASON_SUPERVISOR);
	case SDM_FAULT_WRITE:
		return hvpt_fault_reason_name(HVPT_REASON_READ_ONLY);
	case SDM_FAULT_UNREADABLE:
		break;
	}
	return "UNREADABLE";
}

/* What no table decides: NULL if they do. */
static const char *reason_without(const struct hvpt_iommu_fault *fault)
{
	if (fault->type == HVPT_HV_IOMMU_FAULT_INTERRUPT)
		return hvpt_fault_reason_name(HVPT_REASON_INTERRUPT);
	if (!fault->has_iova)
		return hvpt_fault_reason_name(HVPT_REASON_NO_ADDRESS);
	return NULL;
}

/* Return: whether the tables were walked. */
static bool explain(const struct fault_text *fault, const struct tables *tables,
		    size_t number, struct walk *walk, struct cause *cause)
{
	const struct hvpt_iommu_fault *asked = &fault->fault;
	const struct walk_step *step;

	cause->reason = reason_without(asked);
	cause->level = 0;
	cause->entry = 0;
	if (cause->reason)
		return false;
	walk_do(walk, &tables->list[number].walker, asked->iova.value,
		asked->access == HVPT_HV_ACCESS_WRITE);
	cause->reason = reason_of(walk->result.fault);
	step = walk_deciding(walk);
	cause->level = step ? step->level : walk->walker->levels;
	cause->entry = step ? step->value : 0;
	return true;
}

/* ---- text ------------------------------------------------------------- */

static void print_known(const struct fault_text *fault)
{
	const struct hvpt_iommu_fault *asked = &fault->fault;

	if (asked->has_device)
		printf("device  0x%" PRIx64 "\n", asked->device_id);
	else
		printf("device  %s\n",
		       fault->device[0] ? fault->device : "not known");
	if (asked->has_iova)
		printf("iova    0x%" PRIx64 "\n", asked->iova.value);
	else
		puts("iova    not known");
	printf("type    %" PRIu32 " (%s)\n", asked->type, type_text(fault));
	printf("access  %" PRIu32 " (%s)\n", asked->access,
	       access_text(asked->access));
	if (fault->then[0])
		printf("then    %s", fault->then);
	if (fault->has_entry)
		printf(", entry 0x%016" PRIx64, fault->entry);
	if (fault->then[0])
		putchar('\n');
}

static void print_cause(const struct fault_text *fault,
			const struct tables *tables, size_t number)
{
	struct cause cause;
	struct walk walk;
	char title[48];
	bool walked = explain(fault, tables, number, &walk, &cause);

	tables_title(title, sizeof(title), tables, number);
	printf("%s: %s, level %u, entry 0x%016" PRIx64 "\n", title,
	       cause.reason, cause.level, cause.entry);
	if (walked)
		walk_print_text(&walk, "  ");
}

void fault_print_text(const struct fault_text *fault,
		      const struct tables *tables)
{
	size_t i;

	print_known(fault);
	for (i = 0; tables && i < tables->count; i++)
		print_cause(fault, tables, i);
}

/* ---- JSON ------------------------------------------------------------- */

static void print_known_json(const struct fault_text *fault)
{
	const struct hvpt_iommu_fault *asked = &fault->fault;

	if (asked->has_device)
		printf("  \"device\": \"0x%" PRIx64 "\",\n", asked->device_id);
	else
		puts("  \"device\": null,");
	if (asked->has_iova)
		printf("  \"iova\": \"0x%" PRIx64 "\",\n", asked->iova.value);
	else
		puts("  \"iova\": null,");
	if (fault->device[0])
		printf("  \"device_name\": \"%s\",\n", fault->device);
	if (!fault->type[0])
		printf("  \"type\": %" PRIu32 ",\n", asked->type);
	printf("  \"type_name\": \"%s\",\n", type_text(fault));
	if (fault->then[0])
		printf("  \"then\": \"%s\",\n", fault->then);
	if (fault->has_entry)
		printf("  \"then_entry\": \"0x%" PRIx64 "\",\n", fault->entry);
	printf("  \"access\": %" PRIu32 ",\n  \"access_name\": \"%s\",\n",
	       asked->access, access_text(asked->access));
}

static void print_cause_json(const struct fault_text *fault,
			     const struct tables *tables, size_t number)
{
	struct cause cause;
	struct walk walk;
	char key[48];
	bool walked = explain(fault, tables, number, &walk, &cause);

	tables_key(key, sizeof(key), tables, number);
	printf("%s\n    {\n      %s,\n      \"cause\": \"%s\"",
	       number ? "," : "", key, cause.reason);
	if (walked) {
		puts(",");
		walk_print_json(&walk, "      ");
	}
	printf("\n    }");
}

void fault_print_json(const struct fault_text *fault,
		      const struct tables *tables)
{
	size_t i;

	puts("{");
	print_known_json(fault);
	printf("  \"domains\": [");
	for (i = 0; tables && i < tables->count; i++)
		print_cause_json(fault, tables, i);
	printf("%s]\n}\n", i && tables ? "\n  " : "");
}
