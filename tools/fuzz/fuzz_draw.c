/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fuzz_options.h"
#include "oracle/random.h"

/* Makes it another random stream than that of the events. */
#define SALT UINT64_C(0x6c6576656c73)

/* All bits that the levels span and the host has. */
static unsigned draw_width(const struct replay_options *replay)
{
	unsigned width = replay->levels == 5 ? 57 : 48;

	if (replay->has_model && replay->model.iova_width < width)
		width = replay->model.iova_width;
	return width;
}

/* One of those that the host has, if it is given. */
static enum hvpt_iova_form draw_form(const struct replay_options *replay,
				     uint64_t *random)
{
	static const enum hvpt_iova_form forms[] = {
		HVPT_IOVA_PLAIN,
		HVPT_IOVA_LOWER,
		HVPT_IOVA_CANONICAL,
	};

	if (replay->has_model)
		return forms[1 + hvpt_random_below(random, 2)];
	return forms[hvpt_random_below(random, 3)];
}

void fuzz_draw(const struct fuzz_options *options, uint64_t seed,
	       uint64_t number, struct fuzz_options *drawn)
{
	uint64_t random = (seed ^ SALT) + number;
	struct replay_options *replay = &drawn->replay;

	*drawn = *options;
	random = hvpt_random(&random);
	if (options->draw_levels)
		replay->levels = 4 + (unsigned)hvpt_random_below(&random, 2);
	if (options->draw_levels && !options->draw_width && replay->width > 48)
		replay->levels = 5;
	if (options->draw_width)
		replay->width = draw_width(replay);
	if (options->draw_form)
		replay->form = draw_form(replay, &random);
	drawn->draw_levels = false;
	drawn->draw_width = false;
	drawn->draw_form = false;
}
