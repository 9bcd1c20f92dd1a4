/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hostile.h"

#define GPA_MASK UINT64_C(0x000ffffffffff000)

void hostile_clear(struct hostile *memory)
{
	unsigned i;

	for (i = 0; i < memory->writes; i++)
		memory->word[memory->written[i]] = 0;
	memory->writes = 0;
}

bool hostile_read64(void *ctx, uint64_t gpa, uint64_t *value)
{
	const struct hostile *memory = ctx;
	uint64_t word = (gpa - HOSTILE_GPA) / 8;

	if (gpa < HOSTILE_GPA || word >= HOSTILE_WORDS)
		return false;
	*value = memory->word[word];
	return true;
}

/* First, last, or around a border of the form: widths of 21, 30, 39, 48. */
static const uint16_t indices[] = { 0, 511, 1, 255, 256, 510, 2, 257 };

static uint64_t page_gpa(struct source *source)
{
	uint64_t page = source_below(source, HOSTILE_PAGES + 1);

	return HOSTILE_GPA + (page << 12);
}

static uint64_t make_leaf(struct source *source)
{
	static const uint64_t sizes[] = { 12, 21, 30, 13 };
	uint8_t choice = source_byte(source);
	uint64_t gpa = (uint64_t)choice << sizes[choice % 4];

	if (choice & 64)
		gpa = GPA_MASK + 4096 - ((uint64_t)1 << sizes[choice % 4]);
	return (gpa & GPA_MASK) | 0x25 | (choice & 128 ? 0x42 : 0) |
	       (choice & 32 ? 0x80 : 0);
}

static uint64_t make_entry(struct source *source)
{
	uint8_t choice = source_byte(source);
	uint64_t entry;

	if (choice < 128)
		entry = page_gpa(source) | 0x27;
	else if (choice < 224)
		entry = make_leaf(source);
	else
		return source_number(source, 8);
	if (choice % 32 == 31)
		entry ^= UINT64_C(1) << source_below(source, 64);
	return entry;
}

void hostile_write(struct hostile *memory, struct source *source)
{
	uint8_t where = source_byte(source);
	unsigned page = where % HOSTILE_PAGES;
	unsigned at = source_byte(source);
	unsigned word;

	at = at < 128 ? indices[at % 8] : at * 2 + where / 128;
	word = page * 512u + at % 512;
	if (memory->writes == HOSTILE_WRITES)
		return;
	memory->written[memory->writes++] = (uint16_t)word;
	memory->word[word] = make_entry(source);
}
