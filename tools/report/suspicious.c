/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "suspicious.h"

static const char *const names[SUSPECT_KINDS] = {
	[SUSPECT_DOUBLE_MAP] = "double-map",
	[SUSPECT_UNKNOWN_UNMAP] = "unknown-unmap",
	[SUSPECT_EARLY_REUSE] = "early-reuse",
	[SUSPECT_LEFT] = "never-unmapped",
};

const char *suspicion_name(enum suspicion kind)
{
	return names[kind];
}

void suspects_add(struct suspects *suspects, enum suspicion kind,
		  const struct suspect *suspect)
{
	uint64_t number = suspects->count[kind]++;

	if (number < SUSPECT_LISTED)
		suspects->list[kind][number] = *suspect;
}
