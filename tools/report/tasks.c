/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tasks.h"

#include <stdio.h>
#include <string.h>

unsigned tasks_find(struct tasks *tasks, const char *name)
{
	unsigned i;

	for (i = 0; i < tasks->count; i++) {
		if (strcmp(tasks->list[i].name, name) == 0)
			return i;
	}
	if (i == TASKS_MAX)
		return TASKS_MAX - 1;
	if (i == TASKS_MAX - 1)
		name = "(all others)";
	snprintf(tasks->list[i].name, TRACE_TASK, "%s", name);
	tasks->count++;
	return i;
}
