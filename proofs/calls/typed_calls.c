/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * typed_calls.c - what each typed hypercall puts into the page, for any
 * arguments: the bytes of docs/SPEC.md and nothing else; and that refused
 * arguments make no call.
 *
 * Functions: hvpt_hvcall_get_caps, hvpt_hvcall_get_device_iommu,
 *	hvpt_hvcall_create_domain, hvpt_hvcall_configure_domain,
 *	hvpt_hvcall_attach_device, hvpt_hvcall_detach_device,
 *	hvpt_hvcall_flush_domain, hvpt_hvcall_delete_domain,
 *	hvpt_answer_is_heard
 * Bounds: any arguments, page, contents of it and answer
 * Contract: hvcall.h: Domain ids 0 and 0xffffffff return
 *	HVPT_ERR_DOMAIN_ID
 * Contract: hvcall.h: With one of bits 63:62 set they return
 *	HVPT_ERR_DEVICE_ID.
 * Contract: hvcall.h: gives one without va, misaligned, or at a gpa of
 *	2^52 or above
 * Contract: hvcall.h: 4 or 5 with HVPT_DOMAIN_PAGING; else 0
 * Contract: hvcall.h: Arguments are checked before the page is borrowed.
 *	Outputs are written only with HVPT_OK.
 * Run: all --unwind 9 --unwindset hvpt_hv_status_find.0:70
 */
#include "proofs/proof.h"

#include "src/hvcall/call.c"
#include "src/hvcall/device_calls.c"
#include "src/hvcall/domain_calls.c"
#include "src/hvcall/hv_status.c"
#include "src/hvcall/query.c"

/* No input has more words; what lies behind it is output. */
#define WORDS 8u

static uint64_t words[WORDS];	    /* the page */
static uint64_t before[WORDS];	    /* what was in it */
static uint64_t input[WORDS];	    /* of the call, as issued */
static uint64_t said, control, out; /* the answer, and what was asked */
static unsigned borrowed, issued, given_back;
static bool usable; /* the page that is lent */
static struct hvpt_call_page lent;

/* ---- any transport ------------------------------------------------------ */

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	borrowed++;
	if (nondet_bool())
		return false;
	page->va = usable ? (void *)words : NULL;
	page->gpa = lent.gpa;
	page->cookie = lent.cookie;
	return true;
}

static uint64_t issue(void *ctx, uint64_t word, hvpt_gpa_t in, hvpt_gpa_t to)
{
	unsigned i;

	(void)ctx;
	ASSERT(borrowed == 1 && given_back == 0);
	ASSERT(in.value == lent.gpa.value);
	issued++;
	control = word;
	out = to.value;
	for (i = 0; i < WORDS; i++) {
		input[i] = words[i];
		words[i] = nondet_u64();
	}
	said = nondet_u64();
	return said;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	ASSERT(page->cookie == lent.cookie);
	given_back++;
}

static const struct hvpt_transport_ops ops = { borrow, issue, give_back };
static const struct hvpt_transport transport = { &ops, NULL };
static struct hvpt_answer answer;

/* ---- what is asked ------------------------------------------------------ */

static uint32_t domain_id;
static uint64_t device_id;
static struct hvpt_domain_settings settings;
static struct hvpt_iommu_caps caps;
static bool enabled;

/* docs/SPEC.md, one call each: its code, the words of its input. */
static struct {
	uint16_t code;
	unsigned words;
	uint64_t word[5];
	bool output;
} spec;

static void domain(void)
{
	spec.word[0] = ~(uint64_t)0; /* the caller's partition */
	spec.word[1] = 0;
	spec.word[2] = (uint64_t)domain_id << 32 | 1; /* of stage 1 */
	spec.words = 3;
}

static void with(uint64_t word)
{
	spec.word[spec.words++] = word;
}

static uint64_t flags_of_settings(void)
{
	if (settings.kind == HVPT_DOMAIN_IDENTITY)
		return 0;
	if (settings.kind == HVPT_DOMAIN_BLOCKED)
		return 3;
	return settings.levels == 5 ? 5 : 1;
}

static enum hvpt_status call(unsigned which)
{
	switch (which) {
	case 0:
		spec.code = 0xb1;
		domain();
		with(1);
		return hvpt_hvcall_create_domain(&transport, domain_id,
						 &answer);
	case 1:
		spec.code = 0xb2;
		domain();
		with(device_id);
		return hvpt_hvcall_attach_device(&transport, domain_id,
						 device_id, &answer);
	case 2:
		spec.code = 0xc4;
		with(~(uint64_t)0);
		with(device_id);
		return hvpt_hvcall_detach_device(&transport, device_id,
						 &answer);
	case 3:
		spec.code = 0xc5;
		domain();
		return hvpt_hvcall_delete_domain(&transport, domain_id,
						 &answer);
	case 4:
		spec.code = 0xce;
		domain();
		with(flags_of_settings());
		with(settings.root.value);
		return hvpt_hvcall_configure_domain(&transport, domain_id,
						    &settings, &answer);
	case 5:
		spec.code = 0xd0;
		domain();
		with(0);
		return hvpt_hvcall_flush_domain(&transport, domain_id, &answer);
	case 6:
		spec.code = 0x125;
		spec.output = true;
		with(~(uint64_t)0);
		with(0);
		return hvpt_hvcall_get_caps(&transport, &caps, &answer);
	default:
		spec.code = 0x127;
		spec.output = true;
		with(~(uint64_t)0);
		with(device_id);
		with(10);
		return hvpt_hvcall_get_device_iommu(&transport, device_id,
						    &enabled, &answer);
	}
}

/* What is refused before the page is borrowed, in the order of hvcall.h. */
static enum hvpt_status refuses(unsigned which)
{
	bool paging = settings.kind == HVPT_DOMAIN_PAGING;

	if (which != 2 && which < 6 &&
	    (domain_id == 0 || domain_id == 0xffffffff))
		return HVPT_ERR_DOMAIN_ID;
	if ((which == 1 || which == 2 || which == 7) && device_id >> 62)
		return HVPT_ERR_DEVICE_ID;
	if (which != 4)
		return HVPT_OK;
	if ((unsigned)settings.kind > 2 ||
	    (!paging && (settings.levels || settings.root.value)))
		return HVPT_ERR_SETTINGS;
	if (!paging)
		return HVPT_OK;
	if (settings.levels != 4 && settings.levels != 5)
		return HVPT_ERR_LEVELS;
	if (settings.root.value % 4096)
		return HVPT_ERR_ALIGN;
	return settings.root.value >> 52 ? HVPT_ERR_GPA_RANGE : HVPT_OK;
}

/* ---- the proof ---------------------------------------------------------- */

/* The input, each word; and nothing behind it was written. */
static void check_input(void)
{
	unsigned i;

	ASSERT(issued == 1 && control == spec.code);
	for (i = 0; i < WORDS; i++)
		ASSERT(input[i] == (i < spec.words ? spec.word[i] : before[i]));
	ASSERT(out == (spec.output ? lent.gpa.value + 8 * spec.words : 0));
}

/* What is read from the output; written only with success. */
static void check_output(unsigned which, enum hvpt_status status,
			 const struct hvpt_iommu_caps *caps_before,
			 bool enabled_before)
{
	if (which == 6 && status == HVPT_OK) {
		ASSERT(caps.iova_width == (words[2] >> 48 & 0xff));
		ASSERT(caps.pasid_width == words[2] >> 56);
		ASSERT(caps.caps == words[3]);
		ASSERT(caps.page_sizes == words[4]);
		REACHED("capabilities");
	} else {
		ASSERT(caps.caps == caps_before->caps &&
		       caps.page_sizes == caps_before->page_sizes &&
		       caps.iova_width == caps_before->iova_width &&
		       caps.pasid_width == caps_before->pasid_width);
	}
	if (which == 7 && status == HVPT_OK)
		ASSERT(enabled == (words[3] & 1));
	else
		ASSERT(enabled == enabled_before);
}

static void any_arguments(void)
{
	unsigned i;

	for (i = 0; i < WORDS; i++)
		words[i] = before[i] = nondet_u64();
	usable = nondet_bool();
	lent.gpa = hvpt_gpa(nondet_u64());
	lent.cookie = nondet_u64();
	domain_id = nondet_u32();
	device_id = nondet_u64();
	settings.kind = (enum hvpt_domain_kind)nondet_u32();
	settings.levels = nondet_u32();
	settings.root = hvpt_gpa(nondet_u64());
	caps.caps = nondet_u64();
	caps.page_sizes = nondet_u64();
	caps.iova_width = nondet_u8();
	caps.pasid_width = nondet_u8();
	enabled = nondet_bool();
	/* the object of CBMC; its alignment is not of interest */
	ASSUME(((uintptr_t)words & 4095) == 0);
}

void proof(void)
{
	unsigned which = nondet_u8() & 7;
	struct hvpt_iommu_caps caps_before;
	enum hvpt_status status, refused;
	bool enabled_before;

	any_arguments();
	caps_before = caps;
	enabled_before = enabled;
	refused = refuses(which);
	status = call(which);
	ASSERT(answer.code == spec.code && answer.reps == 0);
	ASSERT(answer.trips == issued);
	check_output(which, status, &caps_before, enabled_before);
	if (refused != HVPT_OK) {
		REACHED("refused");
		ASSERT(status == refused && borrowed == 0);
		return;
	}
	ASSERT(borrowed == 1);
	if (issued == 0) {
		REACHED("no page");
		ASSERT(status == HVPT_ERR_CALL_PAGE && answer.result == 0);
		ASSERT(!hvpt_answer_is_heard(&answer));
		return;
	}
	ASSERT(usable && lent.gpa.value % 4096 == 0 &&
	       lent.gpa.value >> 52 == 0 && given_back == 1);
	check_input();
	ASSERT(answer.result == said);
	ASSERT(hvpt_answer_is_heard(&answer) == (said != ~(uint64_t)0));
	ASSERT(status == hvpt_hv_status_map((uint16_t)said));
	if (which == 4 && settings.levels == 5)
		REACHED("tables of 5 levels");
}
