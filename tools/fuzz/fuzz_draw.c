/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fuzz_options.h"
#include "oracle/random.h"

/* Makes it another random stream than that of the events. */
#define SALT UINT64_C(0x6c6576656c73)

void fuzz_draw(const struct fuzz_options *options, uint64_t seed,
	       uint64_t number, struct fuzz_options *drawn)
{
	static const enum hvpt_iova_form forms[] = {
		HVPT_IOVA_PLAIN,
		HVPT_IOVA_LOWER,
		HVPT_IOVA_CANONICAL,
	};
	uint64_t random = (seed ^ SALT) + number;
	struct replay_options *replay = &drawn->replay;

	*drawn = *options;
	random = hvpt_random(&random);
	if (options->draw_levels)
		replay->levels = 4 + (unsigned)hvpt_random_below(&random, 2);
	if (options->draw_levels && !options->draw_width && replay->width > 48)
		replay->levels = 5;
	if (options->draw_width)
		replay->width = replay->levels == 5 ? 57 : 48;
	if (options->draw_form)
		replay->form = forms[hvpt_random_below(&random, 3)];
	drawn->draw_levels = false;
	drawn->draw_width = false;
	drawn->draw_form = false;
}
