/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "source.h"

#include "random.h"

struct source source_of_bytes(const uint8_t *data, size_t size)
{
	static const uint8_t nothing;
	struct source source = { data ? data : &nothing, size, 0 };

	return source;
}

struct source source_of_seed(uint64_t seed)
{
	struct source source = { NULL, 0, seed };

	return source;
}

bool source_is_empty(const struct source *source)
{
	return source->next && source->left == 0;
}

uint8_t source_byte(struct source *source)
{
	if (!source->next)
		return (uint8_t)(hvpt_random(&source->random) >> 56);
	if (source->left == 0)
		return 0;
	source->left--;
	return *source->next++;
}

unsigned source_below(struct source *source, unsigned below)
{
	return source_byte(source) % below;
}

uint64_t source_number(struct source *source, unsigned bytes)
{
	uint64_t value = 0;
	unsigned i;

	for (i = 0; i < bytes && i < 8; i++)
		value |= (uint64_t)source_byte(source) << (8 * i);
	return value;
}
