/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "abi_table.h"
#include "hvpt/hv_status.h"
#include "show.h"

#define RAW(raw, name, status, number) (raw),
static const uint16_t statuses[] = { HVPT_HV_STATUS_LIST(RAW) };
#undef RAW
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

/* ---- text ------------------------------------------------------------ */

static void text_note(const char *note)
{
	if (note)
		printf("  (%s)", note);
	putchar('\n');
}

static void text_values(const struct abi_values *values)
{
	const struct abi_value *at;

	for (at = values ? values->list : NULL; at && at->name; at++)
		printf("               = 0x%" PRIx64 " %s\n", at->value,
		       at->name);
}

static void text_bits(const struct abi_field *field)
{
	const struct abi_bits *bits;
	char place[16];

	for (bits = field->bits; bits && bits->name; bits++) {
		unsigned low = abi_low(bits->mask);
		unsigned high = abi_high(bits->mask);

		snprintf(place, sizeof(place), high == low ? "%u" : "%u:%u",
			 high, low);
		printf("        %-6s %s", place, bits->name);
		text_note(bits->note);
		text_values(bits->values);
	}
}

static void text_field(const struct abi_field *field)
{
	printf("  %3u %2u  %s", field->offset, field->bytes, field->name);
	text_note(field->zero ? "zero" : field->note);
	text_values(field->values);
	text_bits(field);
}

static void text_struct(const struct abi_struct *layout)
{
	const struct abi_field *field;

	printf("\n%s, %u bytes\n", layout->name, layout->bytes);
	for (field = layout->fields; field->name; field++)
		text_field(field);
}

static void text_call(const struct abi_call *call)
{
	printf("0x%04x %s, %s\n", call->code, call->name,
	       call->element ? "rep" : "simple");
	printf("       in %s, %u bytes\n", call->input->name,
	       call->input->bytes);
	if (call->element)
		printf("       and %u bytes for each %s, at most %u\n",
		       call->element->bytes, call->element->name,
		       call->elements_max);
	if (call->output)
		printf("       out %s, %u bytes\n", call->output->name,
		       call->output->bytes);
}

static void text_status(uint16_t raw)
{
	printf("0x%04x %s: %s, errno %d\n", raw, hvpt_hv_status_name(raw),
	       hvpt_status_name(hvpt_hv_status_map(raw)),
	       hvpt_hv_status_errno(raw));
}

void show_abi_text(void)
{
	const struct abi_struct *const *layout;
	const struct abi_other *other;
	const struct abi_call *call;
	size_t i;

	puts("Words: byte, bytes, name; bits");
	text_field(&abi_control);
	text_field(&abi_result);
	puts("\nCalls");
	for (call = abi_calls; call->name; call++)
		text_call(call);
	puts("\nCalls that hvpt does not make or decode");
	for (other = abi_others; other->name; other++)
		printf("0x%04x %s: %s\n", other->code, other->name, other->why);
	puts("\nStructures: byte, bytes, name; bits");
	for (layout = abi_structs; *layout; layout++)
		text_struct(*layout);
	puts("\nelement of a list");
	for (call = abi_calls; call->name; call++) {
		if (call->element)
			text_field(call->element);
	}
	puts("\nStatuses: in hvpt, in Linux");
	for (i = 0; i < STATUSES; i++)
		text_status(statuses[i]);
}

/* ---- JSON ------------------------------------------------------------ */

static void json_note(const char *note)
{
	if (note)
		printf(", \"note\": \"%s\"", note);
}

static void json_values(const struct abi_values *values)
{
	const struct abi_value *at;

	if (!values)
		return;
	printf(", \"complete\": %s, \"values\": {",
	       values->complete ? "true" : "false");
	for (at = values->list; at->name; at++)
		printf("%s \"%s\": \"0x%" PRIx64 "\"",
		       at == values->list ? "" : ",", at->name, at->value);
	fputs(" }", stdout);
}

static void json_bits(const struct abi_bits *list)
{
	const struct abi_bits *bits;

	fputs(", \"fields\": [", stdout);
	for (bits = list; bits->name; bits++) {
		unsigned low = abi_low(bits->mask);

		printf("%s { \"name\": \"%s\", \"low\": %u, \"bits\": %u",
		       bits == list ? "" : ",", bits->name, low,
		       abi_high(bits->mask) - low + 1u);
		json_values(bits->values);
		json_note(bits->note);
		fputs(" }", stdout);
	}
	fputs(" ]", stdout);
}

static void json_field(const struct abi_field *field)
{
	printf("{ \"name\": \"%s\", \"offset\": %u, \"bytes\": %u, "
	       "\"zero\": %s",
	       field->name, field->offset, field->bytes,
	       field->zero ? "true" : "false");
	json_values(field->values);
	json_note(field->note);
	if (field->bits)
		json_bits(field->bits);
	fputs(" }", stdout);
}

static void json_struct(const struct abi_struct *layout)
{
	const struct abi_field *field;

	printf("    \"%s\": { \"bytes\": %u, \"fields\": [", layout->name,
	       layout->bytes);
	for (field = layout->fields; field->name; field++) {
		fputs(field == layout->fields ? "\n      " : ",\n      ",
		      stdout);
		json_field(field);
	}
	fputs(" ] }", stdout);
}

static void json_call(const struct abi_call *call)
{
	printf("    { \"code\": %u, \"name\": \"%s\", \"input\": \"%s\"",
	       call->code, call->name, call->input->name);
	if (call->output)
		printf(", \"output\": \"%s\"", call->output->name);
	if (call->element) {
		printf(", \"elements_max\": %u, \"element\": ",
		       call->elements_max);
		json_field(call->element);
	}
	fputs(" }", stdout);
}

static void json_statuses(void)
{
	size_t i;

	for (i = 0; i < STATUSES; i++)
		printf("%s\n    { \"raw\": %u, \"name\": \"%s\", "
		       "\"hvpt\": \"%s\", \"errno\": %d }",
		       i ? "," : "", statuses[i],
		       hvpt_hv_status_name(statuses[i]),
		       hvpt_status_name(hvpt_hv_status_map(statuses[i])),
		       hvpt_hv_status_errno(statuses[i]));
}

static void json_others(void)
{
	const struct abi_other *other;

	for (other = abi_others; other->name; other++)
		printf("%s\n    { \"code\": %u, \"name\": \"%s\", "
		       "\"note\": \"%s\" }",
		       other == abi_others ? "" : ",", other->code, other->name,
		       other->why);
}

void show_abi_json(void)
{
	const struct abi_struct *const *layout;
	const struct abi_call *call;

	fputs("{\n  \"control\": ", stdout);
	json_field(&abi_control);
	fputs(",\n  \"result\": ", stdout);
	json_field(&abi_result);
	fputs(",\n  \"calls\": [\n", stdout);
	for (call = abi_calls; call->name; call++) {
		json_call(call);
		fputs(call[1].name ? ",\n" : "\n", stdout);
	}
	fputs("  ],\n  \"others\": [", stdout);
	json_others();
	fputs("\n  ],\n  \"structures\": {\n", stdout);
	for (layout = abi_structs; *layout; layout++) {
		json_struct(*layout);
		fputs(layout[1] ? ",\n" : "\n", stdout);
	}
	fputs("  },\n  \"statuses\": [", stdout);
	json_statuses();
	fputs("\n  ]\n}\n", stdout);
}
