/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_violation.c - the first thing that is wrong.
 */
#include "reference_internal.h"

#include <stdarg.h>
#include <stdio.h>

bool fz_violate(struct fz_world *world, const char *format, ...)
{
	va_list args;

	if (world->violated)
		return false;
	world->violated = true;
	world->violation_op = world->op_number;
	va_start(args, format);
	(void)vsnprintf(world->text, sizeof(world->text), format, args);
	va_end(args);
	if (world->on_violation)
		world->on_violation(world->on_violation_ctx, world->text);
	return false;
}
