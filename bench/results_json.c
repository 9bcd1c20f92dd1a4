/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "cpu.h"
#include "results.h"
#include "trace/say.h"

static void put_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(file, "\\%c", c);
		else if (c < 0x20)
			fprintf(file, "\\u%04x", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

/* 0 means not measured, or not applicable. */
static void put_or_null(FILE *file, double value)
{
	if (value > 0)
		fprintf(file, "%.10g", value);
	else
		fprintf(file, "null");
}

static void put_result(FILE *file, const struct results *results,
		       unsigned backend, unsigned levels, unsigned row)
{
	const struct result *r = results_get(results, backend, levels, row);
	uint64_t entries = results->row[row]->entries;

	fprintf(file, "\"backend\": ");
	put_string(file, bench_backends[backend]->name);
	fprintf(file, ", \"levels\": %u, \"row\": ", levels);
	put_string(file, results->row[row]->id);
	fprintf(file,
		", \"calls\": %llu, \"entries\": %llu, \"ns_min\": %.3f, "
		"\"ns_median\": %.3f, \"instructions\": ",
		(unsigned long long)r->calls, (unsigned long long)entries,
		result_min(r), result_median(r));
	put_or_null(file, (double)r->instructions);
	fprintf(file, ", \"ns_per_entry\": ");
	put_or_null(file, entries ? result_min(r) / (double)entries : 0);
}

static void put_results(FILE *file, const struct results *results)
{
	const char *comma = "";

	for (unsigned k = 0; k < results->backends; k++)
		for (unsigned l = 4; l <= 5; l++)
			for (unsigned m = 0; m < results->rows; m++) {
				if (!results_get(results, k, l, m)->runs)
					continue;
				fprintf(file, "%s\n    {", comma);
				put_result(file, results, k, l, m);
				fputc('}', file);
				comma = ",";
			}
}

static void put_memory(FILE *file, const struct results *results)
{
	const char *comma = "";

	for (unsigned k = 0; k < results->backends; k++)
		for (unsigned l = 0; l < 2; l++) {
			const struct memory *m = &results->memory[k][l];

			if (!m->empty)
				continue;
			fprintf(file, "%s\n    {\"backend\": ", comma);
			put_string(file, bench_backends[k]->name);
			fprintf(file,
				", \"levels\": %u, \"empty\": %zu, "
				"\"gib_4k\": %zu, \"gib_2m\": %zu, "
				"\"gib_1g\": %zu, \"storm_left\": %zu, "
				"\"storm_reclaimed\": %zu}",
				l + 4, m->empty, m->gib_4k, m->gib_2m,
				m->gib_1g, m->storm_left, m->storm_reclaimed);
			comma = ",";
		}
}

static void put_rows(FILE *file, const struct results *results)
{
	const char *comma = "";

	for (unsigned m = 0; m < results->rows; m++) {
		if (!results->selected[m])
			continue;
		fprintf(file, "%s\n    {\"row\": ", comma);
		put_string(file, results->row[m]->id);
		fprintf(file, ", \"text\": ");
		put_string(file, results->row[m]->text);
		fprintf(file, "}");
		comma = ",";
	}
}

static void put_all(FILE *file, const struct results *results,
		    const struct bench_options *options)
{
	fprintf(file, "{\n  \"cpu\": ");
	put_string(file, cpu_name());
	fprintf(file, ",\n  \"note\": ");
	put_string(file, options->note ? options->note : "");
	fprintf(file, ",\n  \"counter\": ");
	put_string(file, results->counter);
	fprintf(file, ",\n  \"runs\": %u,\n  \"rows\": [", options->runs);
	put_rows(file, results);
	fprintf(file, "\n  ],\n  \"results\": [");
	put_results(file, results);
	fprintf(file, "\n  ],\n  \"memory\": [");
	put_memory(file, results);
	fprintf(file, "\n  ]\n}\n");
}

bool report_json(const struct results *results,
		 const struct bench_options *options)
{
	bool standard = strcmp(options->json, "-") == 0;
	FILE *file = standard ? stdout : fopen(options->json, "w");

	if (!file) {
		say("hvpt-bench: cannot write %s", options->json);
		return false;
	}
	put_all(file, results, options);
	if ((standard ? fflush(file) : fclose(file)) != 0) {
		say("hvpt-bench: cannot write %s", options->json);
		return false;
	}
	return true;
}
