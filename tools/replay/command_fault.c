/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "replay_domain.h"
#include "hvpt/fault.h"
#include "tools/hex_bytes.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "replay.h"
#include "trace/say.h"

/* The only option; a number that is no short option. */
#define OPT_TRACE 256

/* Bytes of the shortest valid message. */
#define MESSAGE_LEAST                                                          \
	(sizeof(struct hvpt_hv_message_header) +                               \
	 sizeof(struct hvpt_hv_iommu_fault))

/* Return: false after an error. A byte must not continue in the next word. */
static bool take_word(struct hex_bytes *message, const char *word)
{
	switch (hex_add(message, word)) {
	case HEX_GOOD:
		return true;
	case HEX_HALF:
		say("hvpt fault: '%s' ends in half a byte", word);
		return false;
	case HEX_LONG:
		say("hvpt fault: a message has at most %u bytes",
		    HVPT_HV_MESSAGE_BYTES);
		return false;
	default:
		say("hvpt fault: '%s' is not hexadecimal bytes", word);
		return false;
	}
}

/* ---- the answer -------------------------------------------------------- */

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

static void print_fault(const struct hvpt_iommu_fault *fault)
{
	if (fault->has_device)
		printf("device  0x%" PRIx64 "\n", fault->device_id);
	else
		puts("device  not known");
	if (fault->has_iova)
		printf("iova    0x%" PRIx64 "\n", fault->iova.value);
	else
		puts("iova    not known");
	printf("type    %" PRIu32 " (%s)\n", fault->type,
	       hvpt_iommu_fault_type_name(fault->type));
	printf("access  %" PRIu32 " (%s)\n", fault->access,
	       access_text(fault->access));
}

/* A replay_end_fn: explains the fault by the tables of each domain. */
static void explain(void *ctx, const struct domain_set *domains)
{
	const struct hvpt_iommu_fault *fault = ctx;
	struct hvpt_fault_cause cause;
	size_t i;

	for (i = 0; i < domains->count; i++) {
		const struct event_domain *name = &domains->names.list[i];

		hvpt_domain_explain(&domains->list[i]->domain, fault, &cause);
		if (name->named)
			printf("domain  0x%" PRIx64 ": ", name->id);
		else
			printf("domain  without a name: ");
		printf("%s, level %" PRIu32 ", entry 0x%016" PRIx64 "\n",
		       hvpt_fault_reason_name(cause.reason), cause.level,
		       cause.entry);
	}
}

static int decode(const struct hex_bytes *message, const char *trace)
{
	struct hvpt_iommu_fault fault;
	struct replay_options options;
	struct replay_result result;
	enum hvpt_status status;

	status = hvpt_iommu_fault_decode(message->bytes, message->count,
					 &fault);
	if (status != HVPT_OK) {
		say("hvpt fault: no fault message in %zu bytes: %s; one begins "
		    "with 24 00 00 80, and has %zu bytes or more",
		    message->count, hvpt_status_name(status), MESSAGE_LEAST);
		return EXIT_BAD_INPUT;
	}
	if (trace && !output_streams_differ("hvpt fault", &trace, 1))
		return EXIT_BAD_INPUT;
	print_fault(&fault);
	if (!trace)
		return EXIT_ALL_WELL;
	options_default(&options);
	options.width = 48;
	return (int)replay_file_then(trace, &options, &result, explain, &fault);
}

/* ---- the command line -------------------------------------------------- */

static int run(int argc, char **argv);

static const struct command_option options_known[] = {
	{ OPT_TRACE, "trace", "TRACE",
	  "replay TRACE, and explain the access by the tables of each of its "
	  "domains, as they are at its end" },
	{ 0, NULL, NULL, NULL },
};

const struct command fault_command = {
	.name = "fault",
	.synopsis = "[--trace TRACE] HEX...",
	.brief = "decode the hypervisor's message about a refused DMA, and "
		 "explain it by the tables of a trace",
	.text = "Decodes the message by which the hypervisor reports a "
		"refused DMA. HEX is the message in hexadecimal bytes, header "
		"first, in any number of words; spaces and colons between "
		"bytes are ignored.",
	.options = options_known,
	.exits = { { EXIT_ALL_WELL, "decoded" },
		   { EXIT_MISMATCH, "a mismatch in the replay" },
		   { EXIT_BAD_INPUT, "bad usage or input" } },
	.examples = { { "fault --trace trace.txt.xz $(cat message)",
			"What was mapped when the device was refused." } },
	.run = run,
};

/* Only --trace has a value. */
static bool take_trace(int id, void *target)
{
	const char **trace = target;

	(void)id;
	*trace = optarg;
	return true;
}

static int run(int argc, char **argv)
{
	uint8_t bytes[HVPT_HV_MESSAGE_BYTES];
	struct hex_bytes message = { bytes, sizeof(bytes), 0 };
	const char *trace = NULL;
	int code;

	if (!value_go_on(value_options(&fault_command, argc, argv, take_trace,
				       &trace),
			 &fault_command, &code))
		return code;
	if (optind == argc) {
		say("hvpt fault: no message given; try 'hvpt fault --help'");
		return EXIT_BAD_INPUT;
	}
	for (; optind < argc; optind++) {
		if (!take_word(&message, argv[optind]))
			return EXIT_BAD_INPUT;
	}
	return decode(&message, trace);
}
