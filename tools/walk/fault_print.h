/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fault_print.h - a refused DMA, explained by tables.
 */
#ifndef TOOLS_WALK_FAULT_PRINT_H
#define TOOLS_WALK_FAULT_PRINT_H

#include "fault_text.h"

struct tables;

/** Prints it; @tables may be NULL: nothing explains it. */
void fault_print_text(const struct fault_text *fault,
		      const struct tables *tables);
void fault_print_json(const struct fault_text *fault,
		      const struct tables *tables);

#endif /* TOOLS_WALK_FAULT_PRINT_H */
