/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt conformance: the conformance suite on the model hypervisor.
 */
#include <string.h>

#include "conformance_report.h"
#include "model_host.h"
#include "tools/command.h"
#include "tools/options.h"
#include "tools/output.h"
#include "trace/say.h"

static const char usage[] =
	"Usage: hvpt conformance [--passive] [--json FILE | --page]\n"
	"\n"
	"Asks the model hypervisor each question of the conformance suite,\n"
	"and prints how it answers. docs/CONFORMANCE.md explains them.\n"
	"\n"
	"Options:\n"
	"  --passive    ask only questions that read\n"
	"  --json FILE  write the answers as JSON; '-': to standard output,\n"
	"               without the text\n"
	"  --page       print the tables of docs/CONFORMANCE.md instead\n"
	"  -h, --help   print this help\n"
	"\n"
	"Exit status: 0 if guests can work with every answer, 1 if not or if\n"
	"something could not be restored, 2 if an option or a file is bad.\n";

struct conformance_options {
	bool help;
	bool passive;
	bool page;
	const char *json;
};

static bool parse(int argc, char **argv, struct conformance_options *options)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--passive") == 0) {
			options->passive = true;
		} else if (strcmp(argv[i], "--page") == 0) {
			options->page = true;
		} else if (strcmp(argv[i], "--help") == 0 ||
			   strcmp(argv[i], "-h") == 0) {
			options->help = true;
		} else if (strcmp(argv[i], "--json") != 0) {
			say("hvpt conformance: unknown argument '%s'", argv[i]);
			return false;
		} else if (++i == argc) {
			say("hvpt conformance: --json needs a file");
			return false;
		} else {
			options->json = argv[i];
		}
	}
	if (options->page && options->json)
		say("hvpt conformance: --page and --json exclude each other");
	return !(options->page && options->json);
}

static bool is_well(const struct conformance_counts *counts)
{
	return counts->unfit == 0 && counts->domains_left == 0 &&
	       !counts->device_astray;
}

static int run(const struct conformance_options *options, FILE *json)
{
	static struct conformance_record record;
	const struct hypervisor_config config = model_host_config();
	struct model_host model;

	if (!model_host_open(&model, &config)) {
		say("hvpt conformance: out of memory");
		return EXIT_BAD_INPUT;
	}
	model.host.passive = options->passive;
	record.text = options->page || json == stdout ? NULL : stdout;
	conformance_record_run(&record, &model.host);
	model_host_close(&model);
	if (options->page)
		conformance_page(stdout, &record);
	if (json)
		conformance_json(json, &record, "model");
	return is_well(&record.counts) ? EXIT_ALL_WELL : EXIT_MISMATCH;
}

int command_conformance(int argc, char **argv)
{
	static const char json_option[] = "hvpt conformance: --json";
	struct conformance_options options = { false, false, false, NULL };
	FILE *json = NULL;
	int code;

	if (!parse(argc, argv, &options))
		return EXIT_BAD_INPUT;
	if (options.help) {
		fputs(usage, stdout);
		return EXIT_ALL_WELL;
	}
	if (options.json) {
		json = output_open(json_option, options.json, NULL, 0);
		if (!json)
			return EXIT_BAD_INPUT;
	}
	code = run(&options, json);
	if (json && !output_close(json_option, options.json, json))
		return EXIT_BAD_INPUT;
	return code;
}
