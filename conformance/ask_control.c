/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Control word, memory form and result word. All of these only read: they are
 * forms of GET_IOMMU_CAPABILITIES. Bit 31 and the fast form are not asked: the
 * first addresses another hypervisor, the second changes registers. Neither is
 * an output across the end of the page: a host that accepts it writes to
 * memory that the suite was not given.
 */
#include "ask.h"

/* Not assigned: the calls of TLFS and of all known headers end far below. */
#define NO_SUCH_CODE 0x7ffeu

#define TLFS_STATUS "TLFS, Hypercall Status Codes"
#define TLFS_OUT "TLFS, Hypercall Outputs"

static uint16_t caps_with(struct conformance_run *run, uint64_t bits)
{
	struct conf_call call = conf_get_caps();

	call.control |= bits;
	return conf_status(run, &call);
}

static uint16_t ask_unknown_code(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.control = NO_SUCH_CODE;
	return conf_status(run, &call);
}

/* The first bit of @low .. @high that is accepted decides; value: which. */
static uint16_t each_bit(struct conformance_run *run, unsigned low,
			 unsigned high)
{
	uint16_t status = 0;
	unsigned bit;

	for (bit = low; bit <= high; bit++) {
		run->value = bit;
		status = caps_with(run, (uint64_t)1 << bit);
		if (status != HVPT_HV_STATUS_INVALID_HYPERCALL_INPUT)
			break;
	}
	return status;
}

static uint16_t ask_reserved_30_27(struct conformance_run *run)
{
	return each_bit(run, 27, 30);
}

static uint16_t ask_reserved_47_44(struct conformance_run *run)
{
	return each_bit(run, 44, 47);
}

static uint16_t ask_reserved_63_60(struct conformance_run *run)
{
	return each_bit(run, 60, 63);
}

static uint16_t ask_variable_header(struct conformance_run *run)
{
	return caps_with(run, (uint64_t)1 << 17);
}

static uint16_t ask_simple_count(struct conformance_run *run)
{
	return caps_with(run, (uint64_t)1 << HVPT_HV_CONTROL_COUNT_SHIFT);
}

static uint16_t ask_simple_start(struct conformance_run *run)
{
	return caps_with(run, (uint64_t)1 << HVPT_HV_CONTROL_START_SHIFT);
}

static uint16_t ask_input_alignment(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.at = 4;
	return conf_status(run, &call);
}

static uint16_t ask_input_crossing(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.at = HVPT_HV_PAGE_BYTES - 8;
	return conf_status(run, &call);
}

static uint16_t ask_output_alignment(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.out_at = CONF_OUT_AT + 4;
	return conf_status(run, &call);
}

static uint16_t ask_overlap(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.at = CONF_OUT_AT;
	return conf_status(run, &call);
}

static uint16_t ask_partition(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.in[0] = 0;
	return conf_status(run, &call);
}

static uint16_t ask_output_on_failure(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();
	unsigned i;
	uint16_t status;

	call.in[0] = 0;
	call.out_fill = 0x5a5a5a5a5a5a5a5au;
	status = conf_status(run, &call);
	for (i = 0; i < CONF_OUT_WORDS; i++)
		run->value |= call.out[i] ^ call.out_fill;
	run->value = run->value != 0;
	run->note = run->value ? "the output was written" :
				 "the output was not touched";
	return status;
}

static uint16_t ask_output_whole(struct conformance_run *run)
{
	struct conf_call first = conf_get_caps(), second = first;
	unsigned i;
	uint16_t status;

	first.out_fill = 0;
	second.out_fill = ~(uint64_t)0;
	status = conf_status(run, &first);
	if (status == HVPT_HV_STATUS_SUCCESS)
		status = conf_status(run, &second);
	for (i = 0; i < CONF_OUT_WORDS; i++)
		run->value |= first.out[i] ^ second.out[i];
	if (run->value)
		conf_wrong(run, status, "some bits were not written");
	return status;
}

#define RESERVED "reserved bits must be zero, else INVALID_HYPERCALL_INPUT"
#define SENDS_ZERO "Linux and hvpt send zero"
#define GROUP CONFORMANCE_CONTROL
#define PVIOMMU CONFORMANCE_NEEDS_PVIOMMU
#define BAD_INPUT CONF_IS(INVALID_HYPERCALL_INPUT)

/* clang-format off */
const struct conformance_question conf_control_questions[] = {
	{ "control.unknown-code",
	  "What does a call code answer that is not assigned?",
	  "INVALID_HYPERCALL_CODE", TLFS_STATUS,
	  "Linux and hvpt find hosts without pvIOMMU or flush list by it",
	  GROUP, 0, CONF_IS(INVALID_HYPERCALL_CODE),
	  CONF_IS(INVALID_HYPERCALL_CODE), ask_unknown_code },
	{ "control.reserved-30-27",
	  "Is each of the control bits 30:27 refused? "
	  "Value: the last bit tried.",
	  RESERVED, TLFS_STATUS, SENDS_ZERO, GROUP, PVIOMMU,
	  BAD_INPUT, CONF_ANY, ask_reserved_30_27 },
	{ "control.reserved-47-44",
	  "Is each of the control bits 47:44 refused? "
	  "Value: the last bit tried.",
	  RESERVED, TLFS_STATUS, SENDS_ZERO, GROUP, PVIOMMU,
	  BAD_INPUT, CONF_ANY, ask_reserved_47_44 },
	{ "control.reserved-63-60",
	  "Is each of the control bits 63:60 refused? "
	  "Value: the last bit tried.",
	  RESERVED, TLFS_STATUS, SENDS_ZERO, GROUP, PVIOMMU,
	  BAD_INPUT, CONF_ANY, ask_reserved_63_60 },
	{ "control.variable-header",
	  "Is a variable header refused where the call has none?",
	  "INVALID_HYPERCALL_INPUT", TLFS_STATUS, SENDS_ZERO, GROUP,
	  PVIOMMU, BAD_INPUT, CONF_ANY, ask_variable_header },
	{ "control.simple-count",
	  "Is a rep count of 1 refused for a simple call?",
	  "INVALID_HYPERCALL_INPUT", TLFS_STATUS, SENDS_ZERO, GROUP,
	  PVIOMMU, BAD_INPUT, CONF_ANY, ask_simple_count },
	{ "control.simple-start",
	  "Is a rep start of 1 refused for a simple call?",
	  "INVALID_HYPERCALL_INPUT", TLFS_STATUS, SENDS_ZERO, GROUP,
	  PVIOMMU, BAD_INPUT, CONF_ANY, ask_simple_start },
	{ "control.input-alignment",
	  "Is an input refused that is aligned to 4 bytes only?",
	  "INVALID_ALIGNMENT", TLFS_STATUS, "Linux and hvpt align inputs",
	  GROUP, PVIOMMU, CONF_IS(INVALID_ALIGNMENT), CONF_ANY,
	  ask_input_alignment },
	{ "control.input-crossing",
	  "Is an input refused that crosses the end of its page?",
	  "INVALID_ALIGNMENT; OpenVMM answers INVALID_HYPERCALL_INPUT",
	  TLFS_STATUS, "Linux and hvpt stay in one page", GROUP,
	  PVIOMMU, CONF_IS2(INVALID_ALIGNMENT, INVALID_HYPERCALL_INPUT),
	  CONF_ANY, ask_input_crossing },
	{ "control.output-alignment",
	  "Is an output refused that is aligned to 4 bytes only?",
	  "INVALID_ALIGNMENT", TLFS_STATUS, "Linux and hvpt align outputs",
	  GROUP, PVIOMMU, CONF_IS(INVALID_ALIGNMENT), CONF_ANY,
	  ask_output_alignment },
	{ "control.overlap",
	  "What does a call answer whose output overlaps its input?", NULL,
	  "TLFS, Hypercall Inputs: not allowed; no status is named",
	  "Linux and hvpt put the output behind the input",
	  GROUP, PVIOMMU, CONF_ANY, CONF_ANY, ask_overlap },
	{ "control.partition",
	  "Is the invalid partition id 0 refused?",
	  "INVALID_PARTITION_ID; privilege failures may be ACCESS_DENIED",
	  "TLFS, Partition IDs", "Linux and hvpt name their own partition",
	  GROUP, PVIOMMU,
	  CONF_IS2(INVALID_PARTITION_ID, ACCESS_DENIED), CONF_REFUSED,
	  ask_partition },
	{ "control.output-on-failure",
	  "Does a call that fails write to its output? Value: 1 if so.", NULL,
	  TLFS_OUT ": indeterminate",
	  "Linux copies it before it checks, hvpt never reads it; "
	  "the model fills it", GROUP, PVIOMMU, CONF_ANY,
	  CONF_REFUSED, ask_output_on_failure },
	{ "control.output-whole",
	  "Does a success write all of the output? Value: bits left out.",
	  "the hypervisor defines all bits of the output", TLFS_OUT,
	  "Linux and hvpt do not clear outputs", GROUP, PVIOMMU,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_output_whole },
};
/* clang-format on */
const size_t conf_control_count = CONF_COUNT(conf_control_questions);
