/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_hypercall_bytes.c - hypercalls as bytes into the model hypervisor, and
 * answers and messages as bytes into the library.
 *
 * The model has to take whatever a guest does: it answers, it counts, it never
 * counts elements that were not there. The library has to take whatever a
 * hypervisor answers.
 */
#include <string.h>

#include "fuzz.h"
#include "oracle/hypervisor.h"
#include "hostile.h"
#include "hvpt/fault.h"
#include "hvpt/flush.h"
#include "hvpt/hvcall.h"

#define CALLS 24u
#define DEVICES 4u

/* ---- into the model -------------------------------------------------- */

struct guest {
	struct hypervisor *hv;
	struct source *input;
	void *page;
	uint64_t gpa;
};

static uint64_t device_id(struct source *input)
{
	return UINT64_C(0x66558f70) + source_below(input, DEVICES + 1);
}

/* A word of an input, such as one would find there. */
static uint64_t make_word(struct source *input)
{
	uint8_t choice = source_byte(input);

	switch (choice / 32) {
	case 0:
		return UINT64_MAX; /* this partition */
	case 1:
		return (uint64_t)(choice % 8u) << 32 | 1; /* a domain */
	case 2:
		return device_id(input);
	case 3:
		return choice % 32u; /* flags, small numbers */
	case 4:
		return HOSTILE_GPA + UINT64_C(4096) * (choice % 16u);
	case 5: /* a flush descriptor */
		return (uint64_t)source_byte(input) << source_below(input, 52) |
		       choice % 64u;
	case 6:
		return 0;
	default:
		return source_number(input, 8);
	}
}

static uint64_t make_control(struct source *input)
{
	uint8_t choice = source_byte(input);
	uint64_t control = hypervisor_call_code(choice % 10u);

	if (choice / 16 > 13)
		return source_number(input, 8);
	if (choice / 16 > 12 ||
	    control == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST) {
		control |= (uint64_t)source_byte(input) << 32;
		if (choice & 64)
			control |= (uint64_t)source_below(input, 16) << 48;
	}
	return control;
}

static void call(struct guest *guest)
{
	struct source *input = guest->input;
	uint64_t control = make_control(input), at, output = 0, result;
	uint64_t words = source_below(input, 12), i;

	at = source_byte(input);
	at = at < 192 ? 0 : at * 16 % 4096;
	for (i = 0; i < words && at + i * 8 < 4096; i++) {
		uint64_t word = make_word(input);

		memcpy((uint8_t *)guest->page + (at & ~UINT64_C(7)) + i * 8,
		       &word, sizeof(word));
	}
	if (source_below(input, 4) == 0)
		output = guest->gpa + source_below(input, 64) * UINT64_C(8);
	result = hypervisor_call(guest->hv, control, guest->gpa + at, output);
	FUZZ_CHECK((result >> 32 & 0xfff) <= (control >> 32 & 0xfff) ||
			   result == UINT64_MAX ||
			   (result >> 32 & 0xfff) == (control >> 48 & 0xfff),
		   "elements that were not there");
}

static void dma(struct guest *guest)
{
	static const uint8_t shifts[] = { 12, 21, 30, 39, 48, 0 };
	struct source *input = guest->input;
	uint64_t device = device_id(input), iova = source_byte(input);
	struct hypervisor_dma seen;
	uint32_t domain;

	iova <<= shifts[source_below(input, sizeof(shifts))];
	if (!hypervisor_device_domain(guest->hv, device, &domain))
		return; /* perhaps it is not there at all */
	hypervisor_dma(guest->hv, device, iova, iova & 4096, &seen);
	FUZZ_CHECK(seen.stale_count <= HYPERVISOR_STALE_MAX, "outcomes");
}

static void inject(struct guest *guest)
{
	struct source *input = guest->input;
	struct hypervisor_injection injection;

	hypervisor_inject_nothing(guest->hv);
	memset(&injection, 0, sizeof(injection));
	injection.code = hypervisor_call_code(source_below(input, 10));
	injection.nth = 1 + source_below(input, 3);
	injection.fault = (enum hypervisor_fault)source_below(input, 4);
	injection.status = (uint16_t)source_number(input, 2);
	injection.reps = source_byte(input);
	hypervisor_inject(guest->hv, &injection);
}

static void set_up(struct guest *guest, struct hostile *memory)
{
	struct hypervisor_config config;
	struct source *input = guest->input;
	uint8_t choice = source_byte(input);
	unsigned n;

	memset(&config, 0, sizeof(config));
	config.read64 = hostile_read64;
	config.read_ctx = memory;
	config.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
		      HYPERVISOR_CAP_S1_5LVL | HYPERVISOR_CAP_ATS;
	config.page_sizes = 0x40201000;
	config.iova_width = choice & 1 ? 48 : 57;
	config.max_domains = choice & 2 ? 2 : 0;
	config.canonical = choice & 4;
	config.no_list = (choice & 0x38) == 0x38;
	config.reconfigure = choice & 64 ? 8 : 0;
	guest->hv = hypervisor_create(&config);
	for (n = 0; n < DEVICES; n++)
		hypervisor_add_device(guest->hv, UINT64_C(0x66558f70) + n,
				      true);
	hypervisor_borrow(guest->hv, &guest->page, &guest->gpa);
	memset(guest->page, 0, 4096);
}

static void into_the_model(struct source *input)
{
	static struct hostile memory;
	struct guest guest = { NULL, input, NULL, 0 };
	unsigned n;

	hostile_clear(&memory);
	set_up(&guest, &memory);
	for (n = 0; n < CALLS && !source_is_empty(input); n++) {
		switch (source_below(input, 8)) {
		default:
			call(&guest);
			break;
		case 5:
			dma(&guest);
			break;
		case 6:
			hostile_write(&memory, input);
			break;
		case 7:
			inject(&guest);
			break;
		}
	}
	hypervisor_give_back(guest.hv, guest.gpa);
	(void)hypervisor_violation(guest.hv);
	hypervisor_destroy(guest.hv);
}

/* ---- into the library ------------------------------------------------ */

struct liar {
	_Alignas(4096) uint64_t page[512];
	struct source *input;
	uint64_t last;
	unsigned lent;
	unsigned calls;
};

static bool liar_borrow(void *ctx, struct hvpt_call_page *page)
{
	struct liar *liar = ctx;
	uint8_t choice = source_byte(liar->input);

	if (choice == 255)
		return false;
	FUZZ_CHECK(liar->lent++ == 0, "a second page is borrowed");
	page->va = choice == 254 ? NULL : liar->page;
	page->gpa = hvpt_gpa(choice == 253 ? UINT64_C(1) << 52 : 0x7000);
	page->cookie = 0x600d;
	if (choice == 252)
		page->va = &liar->page[1];
	return true;
}

static uint64_t liar_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			   hvpt_gpa_t output)
{
	struct liar *liar = ctx;
	uint8_t choice = source_byte(liar->input);
	uint64_t count = control >> 32 & 0xfff;

	FUZZ_CHECK(liar->lent == 1, "a call without a page");
	FUZZ_CHECK(input.value == 0x7000, "an input elsewhere");
	FUZZ_CHECK(output.value == 0 ||
			   (output.value > 0x7000 && output.value < 0x8000 &&
			    output.value % 8 == 0),
		   "an output elsewhere");
	FUZZ_CHECK(++liar->calls < 5000, "calls without an end");
	if (output.value)
		liar->page[(output.value - 0x7000) / 8] = source_number(
			liar->input, 8);
	liar->last = source_number(liar->input, 8);
	if (choice < 160) /* success, all done */
		liar->last = count << 32;
	else if (choice < 224) /* some of it */
		liar->last = (uint64_t)(choice % 4u ? 0 : 0x78) |
			     (uint64_t)source_below(liar->input, 255) << 32;
	return liar->last;
}

static void liar_give_back(void *ctx, struct hvpt_call_page *page)
{
	struct liar *liar = ctx;

	FUZZ_CHECK(liar->lent-- == 1, "a page is given back twice");
	FUZZ_CHECK(page->cookie == 0x600d, "a cookie is lost");
}

static const struct hvpt_transport_ops liar_ops = { liar_borrow, liar_issue,
						    liar_give_back };

/* Descriptors; now and then one that is none. */
static bool source(void *ctx, uint64_t *entry)
{
	struct source *input = ctx;
	uint8_t choice = source_byte(input);

	*entry = (uint64_t)choice << 12;
	if (choice >= 250)
		*entry = source_number(input, 8);
	return choice != 0;
}

static enum hvpt_status one_call(struct liar *liar, unsigned which,
				 struct hvpt_answer *answer)
{
	struct hvpt_transport transport = { &liar_ops, liar };
	struct source *input = liar->input;
	struct hvpt_domain_settings settings;
	struct hvpt_iommu_caps caps;
	uint32_t domain = source_below(input, 4);
	uint64_t device = source_below(input, 4);
	bool enabled;

	if (source_byte(input) >= 240) {
		domain = (uint32_t)source_number(input, 4);
		device = source_number(input, 8);
	}
	switch (which) {
	case 0:
		return hvpt_hvcall_get_caps(&transport, &caps, answer);
	case 1:
		return hvpt_hvcall_get_device_iommu(&transport, device,
						    &enabled, answer);
	case 2:
		return hvpt_hvcall_create_domain(&transport, domain, answer);
	case 3:
		settings.kind = (enum hvpt_domain_kind)source_below(input, 4);
		settings.levels = source_below(input, 7);
		settings.root = hvpt_gpa(source_number(input, 8) &
					 (source_byte(input) & 1 ?
						  ~UINT64_C(4095) :
						  UINT64_MAX));
		return hvpt_hvcall_configure_domain(&transport, domain,
						    &settings, answer);
	case 4:
		return hvpt_hvcall_attach_device(&transport, domain, device,
						 answer);
	case 5:
		return hvpt_hvcall_detach_device(&transport, device, answer);
	case 6:
		return hvpt_hvcall_flush_domain(&transport, domain, answer);
	case 7:
		return hvpt_hvcall_delete_domain(&transport, domain, answer);
	default:
		return hvpt_hvcall_flush_list(&transport, domain, source, input,
					      answer);
	}
}

static void into_the_library(struct source *input)
{
	static struct liar liar;
	unsigned n;

	liar.input = input;
	liar.lent = 0;
	for (n = 0; n < CALLS && !source_is_empty(input); n++) {
		struct hvpt_answer answer;
		unsigned which = source_below(input, 10);
		enum hvpt_status status;

		liar.calls = 0;
		status = one_call(&liar, which, &answer);
		FUZZ_CHECK(liar.lent == 0, "a page is kept");
		FUZZ_CHECK(hvpt_status_name(status)[0] == 'H', "a status");
		FUZZ_CHECK(answer.reps <= 508, "elements beyond a page");
		if (liar.calls == 0)
			FUZZ_CHECK(status != HVPT_OK && answer.result == 0,
				   "success without a call");
		else
			FUZZ_CHECK(answer.result == liar.last,
				   "another answer than the last");
		if (status == HVPT_OK)
			FUZZ_CHECK((answer.result & 0xffff) == 0 ||
					   (answer.result & 0xffff) == 0x78,
				   "a refusal taken for success");
	}
	liar.input = NULL;
}

/* ---- messages into the library --------------------------------------- */

/* The input is a message, as it is and with the type of a fault in front. */
static void decode(const uint8_t *message, size_t bytes)
{
	static const struct hvpt_iommu_fault nothing;
	struct hvpt_iommu_fault fault = nothing;
	enum hvpt_status status;

	status = hvpt_iommu_fault_decode(message, bytes, &fault);
	if (status == HVPT_OK) {
		FUZZ_CHECK(bytes >= 48 && message[4] >= 32,
			   "a fault out of too few bytes");
		FUZZ_CHECK(fault.has_iova || fault.iova.value == 0,
			   "an address that is not valid");
		FUZZ_CHECK(fault.has_device || fault.device_id == 0,
			   "a device that is not valid");
		FUZZ_CHECK(hvpt_iommu_fault_type_name(fault.type)[0] != 0,
			   "a type without a name");
		return;
	}
	FUZZ_CHECK(status == HVPT_ERR_MESSAGE_TYPE ||
			   status == HVPT_ERR_MESSAGE_SIZE,
		   "a status");
	FUZZ_CHECK(!fault.has_iova && !fault.has_device && fault.type == 0,
		   "a refused message writes");
}

static void decode_as_fault(const uint8_t *data, size_t size)
{
	uint8_t message[HVPT_HV_MESSAGE_BYTES];
	size_t bytes = size < sizeof(message) ? size : sizeof(message);

	if (bytes < 4)
		return;
	memcpy(message, data, bytes);
	message[0] = 0x24;
	message[1] = 0;
	message[2] = 0;
	message[3] = 0x80;
	decode(message, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source input = source_of_bytes(data, size);

	decode(data, size);
	decode_as_fault(data, size);
	if (source_byte(&input) & 1)
		into_the_library(&input);
	else
		into_the_model(&input);
	return 0;
}
