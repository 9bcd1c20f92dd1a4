/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * produce_config.c - bytes into configurations.
 */
#include <string.h>

#include "world/produce.h"

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

/* One thing which has to be refused, or is at the edge of it. */
static void spoil(struct fz_input *input, struct fz_config *config)
{
	switch (fz_choice(input, 6)) {
	case 0:
		config->levels = fz_choice(input, 8);
		break;
	case 1:
		config->width = fz_choice(input, 70);
		break;
	case 2:
		config->form = fz_byte(input);
		break;
	case 3:
		config->page_sizes = fz_number(input, 8);
		break;
	case 4:
		config->flags = fz_byte(input);
		break;
	default:
		config->table_mask = fz_number(input, 8);
		break;
	}
}

void fz_make_config(struct fz_input *input, struct fz_config *config)
{
	static const uint32_t levels[] = { 0, 4, 5, 0 };

	memset(config, 0, sizeof(*config));
	config->page_sizes = page_sizes[fz_choice(input, COUNT(page_sizes))];
	config->width = widths[fz_choice(input, COUNT(widths))];
	config->levels = levels[fz_choice(input, COUNT(levels))];
	if (config->width > 48 && config->levels == 4)
		config->levels = 5;
	config->form = fz_choice(input, 3);
	config->flags = fz_choice(input, 2);
	config->noncoherent = fz_choice(input, 4) == 3;
	if (config->noncoherent)
		config->flags = 0;
	config->table_mask = masks[fz_choice(input, COUNT(masks))];
	if (fz_choice(input, 8) == 7)
		spoil(input, config);
}
