/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `hvpt decode` explains every call that Linux's driver was recorded to make:
 * all bytes are in a named field, and nothing is wrong or left over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hvpt/hv_abi.h"
#include "recording.h"
#include "tools/abi/abi_table.h"
#include "tools/abi/decode.h"

static const struct {
	const char *name;
	size_t calls;
} files[] = {
	{ "modload", 95 },	{ "nvme-dd", 3000 },
	{ "nvme-ext4", 1469 },	{ "random1-with-refused-maps", 780 },
	{ "random11-4k", 739 }, { "random11-5level", 778 },
	{ "scenarios", 1218 },	{ "vfio-5level", 3000 },
};

/** What the rows of one call say. */
struct found {
	size_t input_bytes;
	size_t output_bytes;
	size_t words;
	size_t elements;
	char problem[160];
};

static void take_row(void *ctx, const struct decode_row *row)
{
	struct found *found = ctx;

	if (row->problem && !found->problem[0])
		snprintf(found->problem, sizeof(found->problem), "%s %s: %s",
			 row->part, row->name, row->problem);
	if (row->kind != DECODE_FIELD)
		return;
	if (strcmp(row->part, "input") == 0)
		found->input_bytes += row->count;
	else if (strcmp(row->part, "output") == 0)
		found->output_bytes += row->count;
	else
		found->words++;
	if (strncmp(row->name, "entry[", 6) == 0)
		found->elements++;
}

static struct decode_request request_of(const struct recording_call *call)
{
	struct decode_request request = {
		.control = call->control,
		.input = call->input,
		.input_bytes = call->bytes,
		.output = call->output_bytes ? call->output : NULL,
		.output_bytes = call->output_bytes,
		.result = (uint64_t)call->reps << 32 | call->status,
		.has_result = true,
	};

	return request;
}

static void must_decode(const struct recording_call *recorded)
{
	const struct abi_call *call = abi_call_of(recording_code(recorded));
	struct decode_request request = request_of(recorded);
	struct found found;

	memset(&found, 0, sizeof(found));
	assert_non_null(call);
	assert_int_equal(decode_call(call, &request, take_row, &found), 0);
	assert_string_equal(found.problem, "");
	assert_int_equal(found.input_bytes, recorded->bytes);
	assert_int_equal(found.output_bytes, recorded->output_bytes);
	assert_int_equal(found.words, 2);
	assert_int_equal(found.elements, recorded->control >> 32 & 0xfff);
}

/* Return: how many calls the file has. */
static size_t decode_file(const char *name)
{
	struct recording_file file;
	size_t calls = 0;
	size_t i, k;

	recording_load(&file, name);
	for (i = 0; i < file.count; i++) {
		for (k = 0; k < file.recording[i].calls; k++)
			must_decode(&file.recording[i].call[k]);
		calls += file.recording[i].calls;
	}
	recording_unload(&file);
	return calls;
}

static void test_every_call(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_int_equal(decode_file(files[i].name), files[i].calls);
}

/*
 * The top bit of each byte behind the partition id is reserved, but for those
 * of the domain's id. So the test above can fail.
 */
static void test_spoiled(void **state)
{
	struct recording_file file;
	struct decode_request request;
	struct recording_call *create;
	struct found found;
	size_t i;

	(void)state;
	memset(&found, 0, sizeof(found));
	recording_load(&file, "modload");
	create = &file.recording[0].call[1];
	assert_int_equal(recording_code(create),
			 HVPT_HVCALL_CREATE_DEVICE_DOMAIN);
	request = request_of(create);
	for (i = 8; i < create->bytes; i++) {
		bool is_id = i >= 20 && i < 24;

		create->input[i] ^= 0x80;
		assert_int_equal(
			decode_call(abi_call_of(request.control & 0xffff),
				    &request, take_row, &found),
			is_id ? 0 : 1);
		create->input[i] ^= 0x80;
	}
	recording_unload(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
		cmocka_unit_test(test_spoiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
