/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_violation.c - keeps the first fault.
 */
#include "reference_internal.h"

#include <stdarg.h>
#include <stdio.h>

bool ref_violate(struct reference *ref, const char *format, ...)
{
	va_list args;

	if (ref->violated)
		return false;
	ref->violated = true;
	ref->violation_op = ref->op_number;
	va_start(args, format);
	(void)vsnprintf(ref->text, sizeof(ref->text), format, args);
	va_end(args);
	if (ref->on_violation)
		ref->on_violation(ref->on_violation_ctx, ref->text);
	return false;
}
