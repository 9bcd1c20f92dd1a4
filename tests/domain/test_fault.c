/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fault message, and what the tables say about it. */
#include <stdlib.h>
#include <string.h>

#include "hvpt/fault.h"
#include "tests/support/hv_fixture.h"
#include "tests/support/prng.h"
#include "tests/support/pt_fixture.h"

#define E_P (1ull << 0)
#define E_RW (1ull << 1)
#define E_US (1ull << 2)
#define E_PS (1ull << 7)
#define E_XD (1ull << 63)

static uint64_t level_bytes(unsigned level)
{
	return 1ull << (12 + 9 * level);
}

/* ---- what the tables say --------------------------------------------- */

static struct hvpt_fault_cause explain(struct pt_fixture *f, uint64_t iova,
				       bool write)
{
	struct hvpt_fault_cause cause;

	memset(&cause, 0x5a, sizeof(cause));
	hvpt_pt_explain(&f->pt, hvpt_iova(iova), write, &cause);
	return cause;
}

static void must_be(struct pt_fixture *f, uint64_t iova, bool write,
		    enum hvpt_fault_reason reason, unsigned level)
{
	struct hvpt_fault_cause cause = explain(f, iova, write);

	assert_string_equal(hvpt_fault_reason_name(cause.reason),
			    hvpt_fault_reason_name(reason));
	assert_int_equal(cause.level, level);
	if (level < f->params->levels)
		assert_int_equal(cause.entry, pt_entry(f, iova, level));
	else
		assert_int_equal(cause.entry, 0);
	if (reason != HVPT_REASON_RESERVED)
		assert_int_equal(cause.reserved, 0);
}

static void must_be_both(struct pt_fixture *f, uint64_t iova,
			 enum hvpt_fault_reason reason, unsigned level)
{
	must_be(f, iova, false, reason, level);
	must_be(f, iova, true, reason, level);
}

/* Is the size of a leaf of @level among those that the fixture may use? */
static bool has_level(const struct pt_fixture *f, unsigned level)
{
	return level < 3 && (f->sizes & level_bytes(level)) != 0;
}

static void test_not_present_at_each_level(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level, seen = 0;

	must_be_both(f, f->base, HVPT_REASON_NOT_PRESENT,
		     f->params->levels - 1);
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	for (level = 0; level < f->params->levels; level++) {
		uint64_t iova = f->base ^ level_bytes(level);

		if (!f->params->upper && iova > pt_lower_last(f->params))
			continue;
		if (f->params->upper && iova < pt_upper_first(f->params))
			continue;
		must_be_both(f, iova, HVPT_REASON_NOT_PRESENT, level);
		must_be_both(f, iova + 0xfff, HVPT_REASON_NOT_PRESENT, level);
		seen++;
	}
	assert_true(seen >= 3);
}

/* Of an entry that is not present no bit is reserved. */
static void test_bits_of_what_is_not_present(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_fault_cause cause;
	uint64_t pte;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pte = pt_entry(f, f->base, 0);
	pt_plant(f, f->base, 0, UINT64_C(1) << 63);
	hvpt_pt_explain(&f->pt, hvpt_iova(f->base), false, &cause);
	assert_int_equal(cause.reason, HVPT_REASON_NOT_PRESENT);
	assert_true(cause.entry == UINT64_C(1) << 63);
	assert_true(cause.reserved == 0);
	pt_plant(f, f->base, 0, pte);
}

static void test_read_only(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	for (level = 0; level < 3; level++) {
		uint64_t iova = f->base + 2 * PT_1G * level;
		uint64_t bytes = level_bytes(level);

		if (!has_level(f, level))
			continue;
		pt_map(f, iova, PT_DATA, bytes, PT_RO);
		must_be(f, iova, true, HVPT_REASON_READ_ONLY, level);
		must_be(f, iova + bytes - 1, true, HVPT_REASON_READ_ONLY,
			level);
		must_be(f, iova + bytes - 1, false, HVPT_REASON_MAPPED_NOW,
			level);
		pt_protect(f, iova, bytes, PT_RW);
		must_be_both(f, iova, HVPT_REASON_MAPPED_NOW, level);
	}
}

/* R/W must be set at every level; the highest entry that denies is named. */
static void test_read_only_tables(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t table;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	table = pt_entry(f, f->base, 2);
	pt_plant(f, f->base, 2, table & ~E_RW);
	must_be(f, f->base, true, HVPT_REASON_READ_ONLY, 2);
	must_be(f, f->base, false, HVPT_REASON_MAPPED_NOW, 0);
	/* What ends the walk decides, whatever was denied above. */
	must_be(f, f->base + PT_4K, true, HVPT_REASON_NOT_PRESENT, 0);
	must_be(f, f->base + PT_2M, true, HVPT_REASON_NOT_PRESENT, 1);
	pt_plant(f, f->base, 2, table);
	must_be(f, f->base, true, HVPT_REASON_READ_ONLY, 0);
}

static void test_supervisor(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	for (level = 0; level < f->params->levels; level++) {
		uint64_t entry = pt_entry(f, f->base, level);

		pt_plant(f, f->base, level, entry & ~E_US);
		must_be_both(f, f->base, HVPT_REASON_SUPERVISOR, level);
		pt_plant(f, f->base, level, entry);
	}
	must_be_both(f, f->base, HVPT_REASON_MAPPED_NOW, 0);
}

static void reserved_are(struct pt_fixture *f, uint64_t iova, unsigned level,
			 uint64_t bits)
{
	uint64_t entry = pt_entry(f, iova, level);

	pt_plant(f, iova, level, entry | bits);
	must_be_both(f, iova, HVPT_REASON_RESERVED, level);
	assert_int_equal(explain(f, iova, false).reserved, bits);
	pt_plant(f, iova, level, entry);
}

/* Bits that hardware ignores, or that choose a memory type. */
static void ignored_is(struct pt_fixture *f, uint64_t iova, unsigned level,
		       uint64_t bit)
{
	uint64_t entry = pt_entry(f, iova, level);

	pt_plant(f, iova, level, entry | bit);
	must_be_both(f, iova, HVPT_REASON_MAPPED_NOW, level);
	pt_plant(f, iova, level, entry);
}

static void test_reserved_in_leaves(void **state)
{
	static const unsigned ignored[] = { 3,	4,  8,	9,  10, 11,
					    12, 52, 58, 59, 62 };
	struct pt_fixture *f = *state;
	unsigned level, bit;
	size_t i;

	for (level = 0; level < 3; level++) {
		uint64_t iova = f->base + 2 * PT_1G * level;

		if (!has_level(f, level))
			continue;
		pt_map(f, iova, PT_DATA, level_bytes(level), PT_RW);
		reserved_are(f, iova, level, E_XD);
		for (bit = 13; bit < 12 + 9 * level; bit++) {
			reserved_are(f, iova, level, 1ull << bit);
			reserved_are(f, iova, level, 1ull << bit | E_XD);
		}
		for (i = 0; i < PT_COUNT(ignored); i++)
			ignored_is(f, iova, level, 1ull << ignored[i]);
	}
}

static void test_reserved_in_tables(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	for (level = 1; level < f->params->levels; level++) {
		reserved_are(f, f->base, level, E_XD);
		if (!has_level(f, level))
			reserved_are(f, f->base, level, E_PS);
	}
	/* bit 7 of a PTE is PAT */
	ignored_is(f, f->base, 0, E_PS);
}

static void test_outside(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = pt_lower_last(f->params);
	uint64_t upper = pt_upper_first(f->params);
	unsigned levels = f->params->levels;

	must_be_both(f, last, HVPT_REASON_NOT_PRESENT, levels - 1);
	must_be_both(f, last + 1, HVPT_REASON_OUTSIDE, levels);
	must_be_both(f, 1ull << 62, HVPT_REASON_OUTSIDE, levels);
	if (upper) {
		must_be_both(f, upper - 1, HVPT_REASON_OUTSIDE, levels);
		must_be_both(f, upper, HVPT_REASON_NOT_PRESENT, levels - 1);
		must_be_both(f, ~0ull, HVPT_REASON_NOT_PRESENT, levels - 1);
	} else {
		must_be_both(f, ~0ull, HVPT_REASON_OUTSIDE, levels);
	}
}

/* The page is there again, so only a cache can have refused the access. */
static void test_mapped_now(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_fault_cause cause;
	struct hvpt_mapping mapping;

	pt_map(f, f->base, PT_DATA, 2 * PT_4K, PT_RW);
	assert_int_equal(pt_unmap(f, f->base, PT_4K), PT_4K);
	must_be(f, f->base, true, HVPT_REASON_NOT_PRESENT, 0);
	pt_map(f, f->base, PT_DATA + PT_2M, PT_4K, PT_RW);
	must_be(f, f->base, true, HVPT_REASON_MAPPED_NOW, 0);
	cause = explain(f, f->base + 0x123, true);
	hvpt_pte_decode(cause.entry, cause.level, f->base + 0x123, &mapping);
	assert_int_equal(mapping.gpa.value, PT_DATA + PT_2M + 0x123);
}

/* ---- the SDM's walker agrees ----------------------------------------- */

#define WINDOW (8 * PT_1G)

/* A present leaf at a level without leaves; the walker accepts any. */
static bool odd_leaf(const struct pt_fixture *f, const struct sdm_result *sdm)
{
	return sdm->level > 0 && sdm->level < f->params->levels &&
	       (sdm->entry & (E_P | E_PS)) == (E_P | E_PS) &&
	       !has_level(f, sdm->level);
}

static enum hvpt_fault_reason reason_of(const struct pt_fixture *f,
					const struct sdm_result *sdm,
					uint64_t iova)
{
	uint64_t upper = pt_upper_first(f->params);

	if (iova > pt_lower_last(f->params) && (!upper || iova < upper))
		return HVPT_REASON_OUTSIDE;
	if (odd_leaf(f, sdm))
		return HVPT_REASON_RESERVED;
	switch (sdm->fault) {
	case SDM_FAULT_NONE:
		return HVPT_REASON_MAPPED_NOW;
	case SDM_FAULT_NOT_PRESENT:
		return HVPT_REASON_NOT_PRESENT;
	case SDM_FAULT_RESERVED:
		return HVPT_REASON_RESERVED;
	case SDM_FAULT_SUPERVISOR:
		return HVPT_REASON_SUPERVISOR;
	case SDM_FAULT_WRITE:
		return HVPT_REASON_READ_ONLY;
	default:
		fail_msg("the walker says: %s", sdm_fault_text(sdm->fault));
		return HVPT_REASON_NO_ADDRESS;
	}
}

/* The bits that are named are the cause: without them the walk continues. */
static void reserved_agree(struct pt_fixture *f, uint64_t iova,
			   const struct hvpt_fault_cause *cause)
{
	struct sdm_result sdm;
	uint64_t entry = cause->entry;

	assert_true(cause->reserved != 0);
	assert_int_equal(entry & cause->reserved, cause->reserved);
	if (cause->reserved & E_PS)
		return; /* it would become a table of whatever is there */
	pt_plant(f, iova, cause->level, entry & ~cause->reserved);
	sdm = sdm_walk(&f->walker, iova, false);
	assert_true(sdm.level < cause->level ||
		    sdm.fault != SDM_FAULT_RESERVED);
	pt_plant(f, iova, cause->level, entry);
}

static void must_agree(struct pt_fixture *f, uint64_t iova, bool write,
		       unsigned *seen)
{
	struct sdm_result sdm = sdm_walk(&f->walker, iova, write);
	struct hvpt_fault_cause cause = explain(f, iova, write);
	enum hvpt_fault_reason reason = reason_of(f, &sdm, iova);

	assert_string_equal(hvpt_fault_reason_name(cause.reason),
			    hvpt_fault_reason_name(reason));
	seen[reason]++;
	if (reason == HVPT_REASON_OUTSIDE)
		return;
	if (reason == HVPT_REASON_READ_ONLY) {
		assert_true(cause.level >= sdm.level);
		assert_int_equal(cause.entry, pt_entry(f, iova, cause.level));
		assert_int_equal(cause.entry & E_RW, 0);
		return;
	}
	assert_int_equal(cause.level, sdm.level);
	assert_int_equal(cause.entry, sdm.entry);
	if (reason == HVPT_REASON_RESERVED)
		reserved_agree(f, iova, &cause);
}

static uint64_t any_iova(struct pt_fixture *f, uint64_t *prng)
{
	uint64_t any = hvpt_random(prng);

	switch (hvpt_random_below(prng, 8)) {
	case 0:
		return any;
	case 1:
		return any >> hvpt_random_below(prng, 64);
	default:
		return f->base + any % WINDOW;
	}
}

static void map_something(struct pt_fixture *f, uint64_t *prng)
{
	unsigned level = (unsigned)hvpt_random_below(prng, 3);
	uint64_t grain = level_bytes(level);
	uint64_t iova = f->base +
			grain * hvpt_random_below(prng, WINDOW / grain);
	uint64_t bytes = grain *
			 (1 + hvpt_random_below(prng, level == 2 ? 2 : 40));
	enum hvpt_status status;

	if (iova + bytes > f->base + WINDOW)
		bytes = f->base + WINDOW - iova;
	status = pt_try_map(f, iova, PT_DATA + iova % WINDOW, bytes,
			    hvpt_random_below(prng, 2) ? PT_RW : PT_RO);
	assert_true(status == HVPT_OK || status == HVPT_ERR_OVERLAP);
}

/*
 * Changes a bit of an entry on the way to @iova, but not one that makes a table
 * of a leaf or changes the address of a table: then the walk would lead
 * anywhere.
 */
static bool spoil(struct pt_fixture *f, uint64_t *prng, uint64_t iova,
		  unsigned *level, uint64_t *before)
{
	static const uint64_t bits[] = { E_P,	     E_RW,	 E_US,
					 E_XD,	     E_PS,	 1ull << 13,
					 1ull << 20, 1ull << 29, 1ull << 52 };
	struct sdm_result sdm = sdm_walk(&f->walker, iova, false);
	uint64_t bit = bits[hvpt_random_below(prng, PT_COUNT(bits))];
	bool address = bit >= 1ull << 12 && bit < 1ull << 52;

	if (sdm.level >= f->params->levels)
		return false;
	*level = sdm.level + (unsigned)hvpt_random_below(
				     prng, f->params->levels - sdm.level);
	*before = pt_entry(f, iova, *level);
	if (!(*before & E_P) || (*level > 0 && (*before & bit & E_PS)) ||
	    (address && *level > 0 && !(*before & E_PS)))
		return false;
	pt_plant(f, iova, *level, *before ^ bit);
	return true;
}

static void test_the_walker_agrees(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t prng = pt_seed("test_fault", 12);
	unsigned seen[HVPT_REASON_IDENTITY + 1] = { 0 };
	unsigned round, i;

	for (round = 0; round < pt_effort(300); round++) {
		uint64_t iova, before;
		unsigned level;
		bool spoiled;

		if (round % 4 == 0)
			map_something(f, &prng);
		iova = any_iova(f, &prng);
		spoiled = spoil(f, &prng, iova, &level, &before);
		must_agree(f, iova, false, seen);
		must_agree(f, iova, true, seen);
		for (i = 0; i < 4; i++)
			must_agree(f, any_iova(f, &prng), i % 2, seen);
		if (spoiled)
			pt_plant(f, iova, level, before);
	}
	for (i = 0; i <= HVPT_REASON_OUTSIDE; i++)
		assert_true(seen[i] > 0);
}

/* ---- domains --------------------------------------------------------- */

static struct hvpt_iommu_fault fault_at(uint64_t iova, uint32_t access)
{
	struct hvpt_iommu_fault fault = {
		.device_id = hv_device_id(0),
		.iova = hvpt_iova(iova),
		.type = HVPT_HV_IOMMU_FAULT_TRANSLATION,
		.access = access,
		.has_device = true,
		.has_iova = true,
	};

	return fault;
}

static void cause_is(const struct hvpt_domain *domain,
		     const struct hvpt_iommu_fault *fault,
		     enum hvpt_fault_reason reason)
{
	struct hvpt_fault_cause cause;

	memset(&cause, 0x5a, sizeof(cause));
	hvpt_domain_explain(domain, fault, &cause);
	assert_string_equal(hvpt_fault_reason_name(cause.reason),
			    hvpt_fault_reason_name(reason));
	if (domain->kind == HVPT_DOMAIN_PAGING && reason <= HVPT_REASON_OUTSIDE)
		return;
	assert_int_equal(cause.level, 0);
	assert_int_equal(cause.entry, 0);
	assert_int_equal(cause.reserved, 0);
}

static void test_domains_without_tables(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *identity = hvpt_iommu_identity(&f->iommu);
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&f->iommu);
	struct hvpt_iommu_fault fault = fault_at(HV_1G, 0);

	cause_is(identity, &fault, HVPT_REASON_IDENTITY);
	cause_is(blocked, &fault, HVPT_REASON_BLOCKED);
	fault.iova = hvpt_iova((1ull << 52) - 1);
	cause_is(identity, &fault, HVPT_REASON_IDENTITY);
	fault.iova = hvpt_iova(1ull << 52);
	cause_is(identity, &fault, HVPT_REASON_OUTSIDE);
	cause_is(blocked, &fault, HVPT_REASON_BLOCKED);
	fault.has_iova = false;
	cause_is(identity, &fault, HVPT_REASON_NO_ADDRESS);
	cause_is(blocked, &fault, HVPT_REASON_BLOCKED);
	fault.type = HVPT_HV_IOMMU_FAULT_INTERRUPT;
	cause_is(identity, &fault, HVPT_REASON_INTERRUPT);
	cause_is(blocked, &fault, HVPT_REASON_INTERRUPT);
}

static void test_paging_domain(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *domain = hv_make(f, 0);
	struct hvpt_iommu_fault fault;
	uint32_t access;

	hv_ok(hvpt_domain_map(domain, hvpt_iova(f->base), hvpt_gpa(HV_DATA),
			      HV_4K, HV_RO, NULL));
	for (access = 0; access < 256; access++) {
		fault = fault_at(f->base, access);
		cause_is(domain, &fault,
			 access == 1 ? HVPT_REASON_READ_ONLY :
				       HVPT_REASON_MAPPED_NOW);
	}
	fault = fault_at(f->base + HV_4K, 1);
	cause_is(domain, &fault, HVPT_REASON_NOT_PRESENT);
	fault.iova = hvpt_iova(1ull << 63);
	cause_is(domain, &fault, HVPT_REASON_OUTSIDE);
	/* An unknown type has an address all the same. */
	fault.type = 0xfffffff0;
	cause_is(domain, &fault, HVPT_REASON_OUTSIDE);
	fault.has_iova = false;
	cause_is(domain, &fault, HVPT_REASON_NO_ADDRESS);
	fault.type = HVPT_HV_IOMMU_FAULT_INTERRUPT;
	cause_is(domain, &fault, HVPT_REASON_INTERRUPT);
}

/* ---- the message ----------------------------------------------------- */

/* Every byte by hand, from docs/SPEC.md; the reserved ones are not 0. */
static const uint8_t sample[48] = {
	0x24, 0x00, 0x00, 0x80,				/* type */
	0x20,						/* bytes of payload */
	0x01,						/* more are waiting */
	0xee, 0xee,					/* reserved */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* sender */
	0x01, 0x00, 0x00, 0x00,				/* blocked */
	0x01,						/* a write */
	0xee, 0xee, 0xee,				/* padding */
	0x03, 0x00, 0x00, 0x00,				/* both are valid */
	0xee, 0xee, 0xee, 0xee,				/* padding */
	0x70, 0x8f, 0x55, 0x66, 0x00, 0x00, 0x00, 0x80, /* device */
	0x34, 0x12, 0x00, 0xf0, 0xff, 0x7f, 0x00, 0x00, /* address */
};

static void decode_refused(const void *message, size_t bytes,
			   enum hvpt_status want)
{
	struct hvpt_iommu_fault fault, before;
	enum hvpt_status status;

	memset(&fault, 0x5a, sizeof(fault));
	memcpy(&before, &fault, sizeof(fault));
	status = hvpt_iommu_fault_decode(message, bytes, &fault);
	hv_status(status, want);
	assert_memory_equal(&fault, &before, sizeof(fault));
}

static struct hvpt_iommu_fault decode(const void *message, size_t bytes)
{
	struct hvpt_iommu_fault fault;

	memset(&fault, 0x5a, sizeof(fault));
	hv_ok(hvpt_iommu_fault_decode(message, bytes, &fault));
	return fault;
}

static void is_sample(const struct hvpt_iommu_fault *fault)
{
	assert_int_equal(fault->type, HVPT_HV_IOMMU_FAULT_BLOCKED);
	assert_int_equal(fault->access, HVPT_HV_ACCESS_WRITE);
	assert_true(fault->has_device);
	assert_true(fault->has_iova);
	assert_int_equal(fault->device_id, 0x8000000066558f70);
	assert_int_equal(fault->iova.value, 0x7ffff0001234);
}

static void test_decode(void **state)
{
	uint8_t room[64];
	size_t at;

	(void)state;
	for (at = 0; at < 16; at++) {
		struct hvpt_iommu_fault fault;

		memcpy(room + at, sample, sizeof(sample));
		fault = decode(room + at, sizeof(sample));
		is_sample(&fault);
	}
}

/* What is not known stays a number, and nothing of it is lost. */
static void test_decode_keeps_numbers(void **state)
{
	uint8_t message[sizeof(sample)];
	struct hvpt_iommu_fault fault;
	unsigned bit;

	(void)state;
	memcpy(message, sample, sizeof(sample));
	for (bit = 0; bit < 32; bit++) {
		memset(message + 16, 0, 4);
		message[16 + bit / 8] = (uint8_t)(1u << bit % 8);
		fault = decode(message, sizeof(message));
		assert_int_equal(fault.type, (uint32_t)1 << bit);
	}
	for (bit = 0; bit < 256; bit++) {
		message[20] = (uint8_t)bit;
		fault = decode(message, sizeof(message));
		assert_int_equal(fault.access, bit);
	}
}

static void test_decode_valid_bits(void **state)
{
	uint8_t message[sizeof(sample)];
	struct hvpt_iommu_fault fault;
	unsigned flags;

	(void)state;
	memcpy(message, sample, sizeof(sample));
	for (flags = 0; flags < 256; flags++) {
		message[24] = (uint8_t)flags;
		message[26] = (uint8_t)flags;
		fault = decode(message, sizeof(message));
		assert_int_equal(fault.has_iova, flags & 1);
		assert_int_equal(fault.has_device, flags >> 1 & 1);
		assert_int_equal(fault.iova.value,
				 flags & 1 ? 0x7ffff0001234 : 0);
		assert_int_equal(fault.device_id,
				 flags & 2 ? 0x8000000066558f70 : 0);
	}
}

static void test_decode_every_length(void **state)
{
	uint8_t slot[512];
	size_t bytes;
	unsigned payload;

	(void)state;
	memset(slot, 0xee, sizeof(slot));
	memcpy(slot, sample, sizeof(sample));
	for (payload = 0; payload < 256; payload++) {
		slot[4] = (uint8_t)payload;
		for (bytes = 0; bytes <= sizeof(slot); bytes++) {
			struct hvpt_iommu_fault fault;

			if (payload < 32 || payload > 240 ||
			    bytes < 16 + payload) {
				decode_refused(slot, bytes,
					       HVPT_ERR_MESSAGE_SIZE);
				continue;
			}
			fault = decode(slot, bytes);
			is_sample(&fault);
		}
	}
}

static void test_decode_other_types(void **state)
{
	uint8_t message[sizeof(sample)];
	unsigned bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		memcpy(message, sample, sizeof(sample));
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		decode_refused(message, sizeof(message), HVPT_ERR_MESSAGE_TYPE);
		/* What can be told is told, for a broken message too. */
		message[4] = 0;
		decode_refused(message, sizeof(message), HVPT_ERR_MESSAGE_TYPE);
	}
	memset(message, 0, sizeof(message));
	decode_refused(message, sizeof(message), HVPT_ERR_MESSAGE_TYPE);
	/* a head alone is enough for the type */
	decode_refused(message, 16, HVPT_ERR_MESSAGE_TYPE);
}

/* Nothing beyond the buffer is read: sanitizers watch the heap. */
static void test_decode_random_bytes(void **state)
{
	uint64_t prng = pt_seed("test_fault", 13);
	unsigned round, decoded = 0;

	(void)state;
	for (round = 0; round < pt_effort(20000); round++) {
		size_t bytes = hvpt_random_below(&prng, 300), i;
		uint8_t *message = malloc(bytes ? bytes : 1);
		struct hvpt_iommu_fault fault;

		assert_non_null(message);
		for (i = 0; i < bytes; i++)
			message[i] = (uint8_t)hvpt_random(&prng);
		if (bytes >= 4 && round % 4)
			memcpy(message, sample, 4);
		if (hvpt_iommu_fault_decode(message, bytes, &fault) == HVPT_OK)
			decoded++;
		free(message);
	}
	assert_true(decoded > round / 8);
}

static void test_names(void **state)
{
	static const char *const reasons[] = {
		"MAPPED_NOW", "NOT_PRESENT", "READ_ONLY",  "RESERVED",
		"SUPERVISOR", "OUTSIDE",     "NO_ADDRESS", "INTERRUPT",
		"BLOCKED",    "IDENTITY",
	};
	static const char *const types[] = {
		"TRANSLATION",	"BLOCKED",	"INTERRUPT", "PERMISSION",
		"ADDRESS_SIZE", "TLB_CONFLICT", "EXTERNAL",  "UNSUPPORTED",
	};
	unsigned i;

	(void)state;
	for (i = 0; i < 300; i++) {
		const char *name = hvpt_fault_reason_name(
			(enum hvpt_fault_reason)i);

		assert_memory_equal(name, "HVPT_REASON_", 12);
		assert_string_equal(name + 12, i < PT_COUNT(reasons) ?
						       reasons[i] :
						       "UNKNOWN");
		assert_string_equal(hvpt_iommu_fault_type_name(i),
				    i < PT_COUNT(types) ? types[i] : "UNKNOWN");
	}
	assert_string_equal(hvpt_iommu_fault_type_name(~0u), "UNKNOWN");
}

int main(void)
{
	static const struct pt_case tables[] = {
		PT_CASE(test_not_present_at_each_level),
		PT_CASE(test_bits_of_what_is_not_present),
		PT_CASE(test_read_only),
		PT_CASE(test_read_only_tables),
		PT_CASE(test_supervisor),
		PT_CASE(test_reserved_in_leaves),
		PT_CASE(test_reserved_in_tables),
		PT_CASE(test_outside),
		PT_CASE(test_mapped_now),
		PT_CASE(test_the_walker_agrees),
	};
	static const struct hv_case domains[] = {
		HV_CASE(test_domains_without_tables),
		HV_CASE(test_paging_domain),
	};
	static const struct CMUnitTest messages[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_decode_keeps_numbers),
		cmocka_unit_test(test_decode_valid_bits),
		cmocka_unit_test(test_decode_every_length),
		cmocka_unit_test(test_decode_other_types),
		cmocka_unit_test(test_decode_random_bytes),
		cmocka_unit_test(test_names),
	};
	int failed = pt_run("fault", tables, PT_COUNT(tables), pt_main,
			    pt_main_count);

	failed += hv_run("fault_domain", domains, HV_COUNT(domains), hv_main,
			 hv_main_count);
	return failed + cmocka_run_group_tests(messages, NULL, NULL);
}
