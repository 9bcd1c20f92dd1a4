/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * produce_config.c - random configurations.
 */
#include <string.h>

#include "produce.h"

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint64_t page_sizes[] = {
	SIZE_4K | SIZE_2M | SIZE_1G,
	SIZE_4K | SIZE_2M,
	SIZE_4K,
	SIZE_4K | SIZE_1G,
	SIZE_4K | SIZE_2M | SIZE_1G | 0x4000,
	UINT64_MAX,
};

static const uint8_t widths[] = {
	48, 39, 47, 57, 56, 49, 40, 38, 32, 31, 30, 22, 21, 13, 52, 36,
};

static const uint64_t masks[] = {
	0,
	UINT64_C(1) << 51,
	UINT64_C(1) << 47,
	UINT64_C(1) << 46 | UINT64_C(1) << 32,
};

uint64_t ref_lower_last(const struct ref_config *config)
{
	unsigned bits = config->width - (config->form != HVPT_IOVA_PLAIN);

	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

uint64_t ref_upper_first(const struct ref_config *config)
{
	return config->form == HVPT_IOVA_CANONICAL ? ~ref_lower_last(config) :
						     0;
}

/* One thing that has to be refused, or is at the edge of it. */
static void spoil(struct source *source, struct ref_config *config)
{
	switch (source_below(source, 6)) {
	case 0:
		config->levels = source_below(source, 8);
		break;
	case 1:
		config->width = source_below(source, 70);
		break;
	case 2:
		config->form = source_byte(source);
		break;
	case 3:
		config->page_sizes = source_number(source, 8);
		break;
	case 4:
		config->flags = source_byte(source);
		break;
	default:
		config->table_mask = source_number(source, 8);
		break;
	}
}

void ref_make_config(struct source *source, struct ref_config *config)
{
	static const uint32_t levels[] = { 0, 4, 5, 0 };

	memset(config, 0, sizeof(*config));
	config->page_sizes =
		page_sizes[source_below(source, COUNT(page_sizes))];
	config->width = widths[source_below(source, COUNT(widths))];
	config->levels = levels[source_below(source, COUNT(levels))];
	if (config->width > 48 && config->levels == 4)
		config->levels = 5;
	config->form = source_below(source, 3);
	config->flags = source_below(source, 2);
	config->noncoherent = source_below(source, 4) == 3;
	if (config->noncoherent)
		config->flags = 0;
	config->table_mask = masks[source_below(source, COUNT(masks))];
	if (source_below(source, 8) == 7)
		spoil(source, config);
}
