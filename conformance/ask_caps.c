/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * GET_IOMMU_CAPABILITIES.
 */
#include "ask.h"

#define KNOWN_CAPS 0x7fu
#define PAGE_4K ((uint64_t)1 << 12)

static uint16_t ask_exists(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	return conf_status(run, &call);
}

/* The answer is in run->caps: the question needs it. */
static unsigned width_of(const struct conformance_run *run)
{
	return (unsigned)(run->caps[0] >> 48) & 0xffu;
}

static uint16_t ask_stage_1(struct conformance_run *run)
{
	if (!conf_has_stage_1(run->caps))
		conf_differs(run, "there is no pvIOMMU");
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_size(struct conformance_run *run)
{
	run->value = run->caps[0] & 0xffffffffu;
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_reserved_output(struct conformance_run *run)
{
	run->value = run->caps[0] >> 32 & 0xffffu;
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_bits(struct conformance_run *run)
{
	run->value = run->caps[1];
	if (run->caps[1] & ~(uint64_t)KNOWN_CAPS)
		run->note = "there are bits that no header names";
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_width(struct conformance_run *run)
{
	run->value = width_of(run);
	if (run->value <= 12 || run->value > 64)
		conf_wrong(run, 0, "no page table has that width");
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_pasid_width(struct conformance_run *run)
{
	run->value = run->caps[0] >> 56;
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_page_sizes(struct conformance_run *run)
{
	run->value = run->caps[2];
	if (!(run->caps[2] & PAGE_4K))
		conf_wrong(run, 0, "pages of 4 KiB are missing");
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_stable(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();
	uint16_t status = conf_status(run, &call);
	unsigned i;

	for (i = 0; i < CONF_OUT_WORDS; i++)
		run->value |= call.out[i] ^ run->caps[i];
	if (run->value)
		conf_wrong(run, status, "two answers differ");
	return status;
}

static uint16_t ask_reserved_input(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	call.in[1] = 1;
	return conf_status(run, &call);
}

#define MINI "Linux, hvhdk_mini.h"
#define PVIOMMU CONFORMANCE_NEEDS_PVIOMMU
#define GROUP CONFORMANCE_CAPS

/* clang-format off */
const struct conformance_question conf_caps_questions[] = {
	{ "caps.exists", "Does GET_IOMMU_CAPABILITIES exist?",
	  "it succeeds; a host without pvIOMMU does not know the call",
	  "Linux, hv-iommu-guest.c",
	  "Linux and hvpt find the pvIOMMU by it alone", GROUP, 0,
	  CONF_IS2(SUCCESS, INVALID_HYPERCALL_CODE), CONF_ANY, ask_exists },
	{ "caps.stage-1", "Are PRESENT and S1 set?",
	  "they are; without them there is no pvIOMMU for a guest",
	  "Linux, hv-iommu-guest.c", "Linux and hvpt do without it then",
	  GROUP, PVIOMMU, CONF_IS(SUCCESS), CONF_ANY, ask_stage_1 },
	{ "caps.size", "What is in the size field? Value: it.", NULL,
	  MINI " names the field only", "nobody reads it; the model says 24",
	  GROUP, PVIOMMU, CONF_ANY, CONF_ANY, ask_size },
	{ "caps.reserved-output",
	  "What is in the reserved bytes 4 and 5? Value: them.", NULL,
	  MINI " names the field only", "nobody reads it", GROUP, PVIOMMU,
	  CONF_ANY, CONF_ANY, ask_reserved_output },
	{ "caps.bits", "Which capability bits are set? Value: them.", NULL,
	  MINI " names bits 6:0", "Linux and hvpt ignore others", GROUP,
	  PVIOMMU, CONF_ANY, CONF_ANY, ask_bits },
	{ "caps.width", "How wide is an IO virtual address? Value: bits.",
	  NULL, MINI ": whether the sign bit counts is not said",
	  "Linux uses all of it; hvpt can leave out the top bit", GROUP,
	  PVIOMMU, CONF_ANY, CONF_ANY, ask_width },
	{ "caps.pasid-width", "How wide is a PASID? Value: bits.", NULL,
	  MINI " names the field only", "Linux and hvpt use none", GROUP,
	  PVIOMMU, CONF_ANY, CONF_ANY, ask_pasid_width },
	{ "caps.page-sizes", "Which page sizes are offered? Value: bitmap.",
	  NULL, MINI " has no list of them",
	  "Linux and hvpt need 4 KiB", GROUP, PVIOMMU, CONF_ANY, CONF_ANY,
	  ask_page_sizes },
	{ "caps.stable",
	  "Is the second answer like the first? Value: bits that differ.",
	  NULL, "no source says", "Linux and hvpt ask once", GROUP, PVIOMMU,
	  CONF_ANY, CONF_IS(SUCCESS), ask_stable },
	{ "caps.reserved-input",
	  "What does a reserved input field answer that is not zero?", NULL,
	  MINI ": reserved; no status is named",
	  "Linux and hvpt send zero; the model refuses others", GROUP,
	  PVIOMMU, CONF_ANY, CONF_ANY, ask_reserved_input },
};
/* clang-format on */
const size_t conf_caps_count = CONF_COUNT(conf_caps_questions);
