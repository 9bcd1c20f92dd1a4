/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "results.h"

#include <stdlib.h>
#include <string.h>

#include "trace/say.h"

static void number_backends(struct results *results)
{
	unsigned n = 0;

	results->hvpt = BACKENDS_MAX;
	while (bench_backends[n] && n < BACKENDS_MAX) {
		if (results->hvpt == BACKENDS_MAX &&
		    strncmp(bench_backends[n]->name, "hvpt", 4) == 0)
			results->hvpt = n;
		n++;
	}
	results->backends = n;
}

static void add_row(struct results *results,
		    const struct bench_options *options, const struct row *row)
{
	unsigned n = results->rows++;

	results->row[n] = row;
	results->selected[n] = !options->has_only ||
			       regexec(&options->only, row->id, 0, NULL, 0) ==
				       0;
}

bool results_init(struct results *results, const struct bench_options *options)
{
	bool any = false;

	number_backends(results);
	for (unsigned i = 0; i < work_count(); i++) {
		const struct work *work = work_get(i);

		for (unsigned j = 0; j < work->rows; j++)
			add_row(results, options, &work->row[j]);
	}
	for (unsigned i = 0; i < results->rows; i++)
		any |= results->selected[i];
	if (!any)
		say("hvpt-bench: --only: no row has such an id");
	return any;
}

void results_take(struct results *results, unsigned backend, unsigned first,
		  const struct work *work, const struct run *run)
{
	for (unsigned i = 0; i < work->rows; i++) {
		const struct noted *noted = &run->noted[i];
		struct result *result =
			&results->result[backend][run->levels - 4][first + i];

		if (noted->calls == 0 || !results->selected[first + i])
			continue;
		result->calls = noted->calls;
		result->ns[result->runs++] = noted->ns;
	}
}

void results_count(struct results *results, unsigned backend, unsigned first,
		   const struct work *work, const struct run *run)
{
	for (unsigned i = 0; i < work->rows; i++)
		results->result[backend][run->levels - 4][first + i]
			.instructions = (uint64_t)(run->noted[i].ns + 0.5);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

void results_sort(struct results *results)
{
	for (unsigned k = 0; k < results->backends; k++)
		for (unsigned l = 0; l < 2; l++)
			for (unsigned m = 0; m < results->rows; m++) {
				struct result *r = &results->result[k][l][m];

				qsort(r->ns, r->runs, sizeof(r->ns[0]),
				      compare);
			}
}

const struct result *results_get(const struct results *results,
				 unsigned backend, unsigned levels,
				 unsigned row)
{
	return &results->result[backend][levels - 4][row];
}

double result_min(const struct result *result)
{
	return result->runs ? result->ns[0] : 0;
}

double result_median(const struct result *result)
{
	return result->runs ? result->ns[result->runs / 2] : 0;
}

bool results_applies(unsigned backend, unsigned levels)
{
	return levels == 4 || !(bench_backends[backend]->flags & BF_NO5);
}
