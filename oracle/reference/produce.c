/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * produce.c - random operations on a page table.
 */
#include "produce.h"

#include <string.h>

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void ref_maker_start(struct ref_maker *maker, struct source *source,
		     const struct ref_config *config)
{
	memset(maker, 0, sizeof(*maker));
	maker->source = source;
	maker->lower_last = ref_lower_last(config);
	maker->upper_first = ref_upper_first(config);
}

/* ---- addresses ------------------------------------------------------- */

static const uint8_t borders[] = { 21, 30, 39, 48 };

/* Is @iova inside the form, so that something may be mapped there? */
static bool is_inside(const struct ref_maker *maker, uint64_t iova)
{
	return iova <= maker->lower_last ||
	       (maker->upper_first && iova >= maker->upper_first);
}

/* An address something is likely to go wrong at, in or next to the form. */
static uint64_t pick_corner(struct ref_maker *maker)
{
	uint64_t lower_last = maker->lower_last;
	unsigned choice = source_below(maker->source, 16);
	uint64_t corner = choice & 1 ? maker->upper_first : 0;
	uint64_t border;

	if (choice / 2 == 7)
		return corner + (lower_last >> 1) + 1;
	if (choice / 2 > 4)
		return corner + lower_last + 1; /* 0 at the very top */
	if (choice / 2 == 4)
		return corner;
	border = UINT64_C(1) << borders[choice / 2];
	return border <= lower_last ? corner + border : corner;
}

static const uint64_t grains[] = { SIZE_4K, SIZE_4K, SIZE_2M, SIZE_1G };

static uint64_t pick_grain(struct ref_maker *maker)
{
	return grains[source_below(maker->source, COUNT(grains))];
}

/*
 * Near a corner, a few pages of some size before or behind it; on the side
 * that is inside the form, but for one in eight.
 */
static uint64_t pick_near(struct ref_maker *maker)
{
	uint64_t corner = pick_corner(maker);
	uint64_t grain = pick_grain(maker);
	uint8_t choice = source_byte(maker->source);
	uint64_t offset = grain * (choice / 8 % 8u);

	if (choice / 64 == 3)
		offset += SIZE_4K * (choice & 7);
	if (choice == 255)
		return source_number(maker->source, 8);
	if (choice % 8 == 7 || is_inside(maker, corner + offset))
		return corner + offset;
	return corner - offset - grain;
}

static uint64_t pick_length(struct ref_maker *maker, uint64_t iova)
{
	uint8_t choice = source_byte(maker->source);
	uint64_t count = 1u + choice % 16u;

	switch (choice / 16) {
	case 5:
	case 6:
	case 7:
		return SIZE_2M * (1 + count % 4);
	case 8:
		return SIZE_1G * (1 + count % 4);
	case 9: /* to the next 2 MiB border, and a little further */
		return SIZE_2M - iova % SIZE_2M + SIZE_4K * (count - 1);
	case 10:
		return SIZE_1G - iova % SIZE_1G + SIZE_2M * (count - 1);
	case 11:
		return SIZE_4K * (1 + source_number(maker->source, 2) % 600);
	case 12: /* to the end of all addresses, and around it */
		if (count > 4)
			return SIZE_4K * count;
		return 0 - iova + (count == 1 ? SIZE_4K : 0);
	case 13:
		return UINT64_C(1) << (choice % 16 * 3 + 12);
	case 14:
		return SIZE_2M * 512 * (count % 4) - SIZE_4K;
	case 15:
		if (choice == 255)
			return source_number(maker->source, 8);
		return choice == 254 ? 0 : SIZE_2M + SIZE_4K;
	default:
		return SIZE_4K * count;
	}
}

/* A range from before: all of it, or cut at a page, a leaf, in the middle. */
static void pick_again(struct ref_maker *maker, struct ref_op *op)
{
	uint8_t choice = source_byte(maker->source);
	uint64_t grain = choice & 8 ? SIZE_2M : SIZE_4K;
	unsigned known = maker->made < REF_RECENT ? maker->made : REF_RECENT;
	unsigned at = choice % REF_RECENT % known;
	uint64_t half;

	op->iova = maker->recent_iova[at];
	op->length = maker->recent_length[at];
	half = op->length / 2 & ~(SIZE_4K - 1);
	if (choice / 16 < 8 && (half == 0 || grain >= op->length))
		return;
	switch (choice / 16) {
	case 0:
		op->length = half;
		break;
	case 1:
		op->iova += half;
		op->length -= half;
		break;
	case 2:
	case 3:
		op->iova += grain;
		op->length -= grain;
		break;
	case 4:
	case 5:
		op->length -= grain;
		break;
	case 6:
	case 7:
		op->iova += half;
		op->length = grain;
		break;
	case 8:
		op->iova -= grain;
		op->length += grain;
		break;
	case 9:
		op->length += grain;
		break;
	case 10: /* what follows it */
		op->iova += op->length;
		break;
	case 11:
		op->iova += SIZE_4K * source_byte(maker->source);
		op->length = SIZE_4K * (1 + choice % 4u);
		break;
	default:
		break;
	}
}

static void remember(struct ref_maker *maker, const struct ref_op *op)
{
	unsigned at;

	if (op->length == 0 || !is_inside(maker, op->iova) ||
	    !is_inside(maker, op->iova + (op->length - 1)))
		return;
	at = maker->made++ % REF_RECENT;
	maker->recent_iova[at] = op->iova;
	maker->recent_length[at] = op->length;
}

/* New maps go to new places, mostly; the rest comes back to them. */
static void pick_range(struct ref_maker *maker, struct ref_op *op)
{
	unsigned fresh = op->kind <= REF_MAP_LIST ? 5 : 1;

	if (maker->made == 0 || source_below(maker->source, 8) < fresh) {
		op->iova = pick_near(maker);
		op->length = pick_length(maker, op->iova);
	} else {
		pick_again(maker, op);
	}
	if (op->kind <= REF_MAP_LIST)
		remember(maker, op);
}

/* Half of them such that large leaves fit. */
static uint64_t pick_gpa(struct ref_maker *maker, uint64_t iova)
{
	uint8_t choice = source_byte(maker->source);
	uint64_t end = UINT64_C(1) << 52;

	switch (choice / 32) {
	case 0:
		return iova % (UINT64_C(1) << 39);
	case 1:
		return (iova % SIZE_1G) + SIZE_1G * (choice % 32u);
	case 2:
		return (iova % SIZE_2M) + SIZE_2M * (choice % 32u);
	case 3:
		return SIZE_4K * (choice % 32u);
	case 4: /* the last ones */
		return end - SIZE_1G + iova % SIZE_1G;
	case 5:
		return end - SIZE_4K * (choice % 32u);
	case 6:
		return SIZE_1G * 4 + SIZE_2M * (choice % 32u) + iova % SIZE_1G;
	default:
		return choice == 255 ? source_number(maker->source, 8) :
				       end - SIZE_2M * (choice % 32u);
	}
}

static uint32_t pick_prot(struct ref_maker *maker)
{
	uint8_t choice = source_byte(maker->source);

	if (choice >= 250)
		return choice == 250 ? UINT32_MAX : choice - 250u;
	return choice & 1 ? HVPT_PROT_READ : HVPT_PROT_READ | HVPT_PROT_WRITE;
}

/* ---- operations ------------------------------------------------------ */

/* Each piece half of the time where the one before ended. */
static void make_segments(struct ref_maker *maker, struct ref_op *op)
{
	uint64_t gpa = op->gpa;
	uint64_t iova = op->iova;
	uint32_t i;

	op->count = source_below(maker->source, REF_SEGMENTS + 1);
	for (i = 0; i < op->count; i++) {
		struct hvpt_segment *segment = &op->segments[i];

		segment->gpa = hvpt_gpa(gpa);
		segment->length = pick_length(maker, iova);
		iova += segment->length;
		gpa += segment->length;
		if (source_below(maker->source, 2))
			gpa = pick_gpa(maker, iova);
	}
}

/* A low bit or two: what is not aligned has to be refused. */
static void spoil_op(struct ref_maker *maker, struct ref_op *op)
{
	uint64_t bits = UINT64_C(1) << source_below(maker->source, 64);

	switch (source_below(maker->source, 4)) {
	case 0:
		op->iova ^= bits;
		break;
	case 1:
		op->length ^= bits;
		break;
	case 2:
		op->gpa ^= bits;
		break;
	default:
		op->segments[0].length ^= bits;
		break;
	}
}

static const uint8_t kinds[32] = {
	REF_MAP,      REF_MAP,	      REF_MAP,	   REF_MAP,	REF_MAP,
	REF_MAP,      REF_MAP,	      REF_MAP,	   REF_MAP,	REF_MAP_LIST,
	REF_MAP_LIST, REF_MAP_LIST,   REF_UNMAP,   REF_UNMAP,	REF_UNMAP,
	REF_UNMAP,    REF_UNMAP,      REF_UNMAP,   REF_UNMAP,	REF_PROTECT,
	REF_PROTECT,  REF_PROTECT,    REF_RECLAIM, REF_RECLAIM, REF_LOOKUP,
	REF_SYNC,     REF_SYNC,	      REF_DEVICE,  REF_DEVICE,	REF_READ_DIRTY,
	REF_VISIT,    REF_FAIL_ALLOC,
};

bool ref_make_op(struct ref_maker *maker, struct ref_op *op)
{
	uint8_t head;

	if (source_is_empty(maker->source))
		return false;
	head = source_byte(maker->source);
	memset(op, 0, sizeof(*op));
	op->kind = (enum ref_kind)kinds[head % 32];
	if (op->kind == REF_SYNC)
		return true;
	if (op->kind == REF_FAIL_ALLOC) {
		op->count = 1 + source_below(maker->source, 8);
		op->flags = head / 64;
		if (head & 32)
			op->kind = REF_BAD_PAGE;
		return true;
	}
	pick_range(maker, op);
	if (op->kind == REF_LOOKUP || op->kind == REF_DEVICE) {
		op->prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
		op->iova += head / 32 * UINT64_C(273);
		return true;
	}
	if (op->kind == REF_READ_DIRTY)
		op->flags = head / 32 == 7 ? source_byte(maker->source) :
					     head / 32 % 2;
	if (op->kind == REF_VISIT)
		op->count = head / 64;
	if (op->kind <= REF_MAP_LIST) {
		op->gpa = pick_gpa(maker, op->iova);
		op->flags = head / 32 % 4 == 3 ? REF_NO_GATHER : 0;
	}
	if (op->kind <= REF_MAP_LIST || op->kind == REF_PROTECT)
		op->prot = pick_prot(maker);
	if (op->kind == REF_MAP_LIST)
		make_segments(maker, op);
	if (head / 32 == 6 && source_byte(maker->source) % 4 == 0)
		spoil_op(maker, op);
	return true;
}

/* ---- what a map costs -------------------------------------------------- */

/* Small leaves come at both ends of large ones. */
static uint64_t leaves_of(uint64_t page_sizes, uint64_t iova, uint64_t gpa,
			  uint64_t length)
{
	uint64_t apart = iova ^ gpa;

	if (!(page_sizes & SIZE_2M) || apart % SIZE_2M)
		return length / SIZE_4K;
	if (!(page_sizes & SIZE_1G) || apart % SIZE_1G)
		return length / SIZE_2M + 1024;
	return length / SIZE_1G + 2048;
}

uint64_t ref_map_leaves(uint64_t page_sizes, const struct ref_op *op)
{
	uint64_t iova = op->iova, leaves = 0;
	uint32_t i;

	if (op->kind == REF_MAP)
		return leaves_of(page_sizes, iova, op->gpa, op->length);
	for (i = 0; i < op->count; i++) {
		const struct hvpt_segment *segment = &op->segments[i];

		leaves += leaves_of(page_sizes, iova, segment->gpa.value,
				    segment->length);
		iova += segment->length;
	}
	return leaves;
}
