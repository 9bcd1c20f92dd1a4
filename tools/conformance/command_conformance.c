/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt conformance: the conformance suite on the model hypervisor.
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <string.h>

#include "conformance_report.h"
#include "model_fit.h"
#include "model_host.h"
#include "qemu_host.h"
#include "tools/command.h"
#include "tools/option_values.h"
#include "tools/options.h"
#include "tools/draft.h"
#include "trace/say.h"

/* Options that take the reports behind them; the first takes none. */
enum mode {
	MODE_ASK = 0,
	MODE_PAGE = 1,
	MODE_COMPARE = 2,
	MODE_FIT = 3,
};

static const char *const mode_names[] = { "", "--page", "--compare", "--fit" };

enum option_id {
	OPT_HOST = 256,
	OPT_MODEL,
	OPT_PASSIVE,
	OPT_JSON,
	OPT_MODE, /* and the modes behind it */
};

static int command(int argc, char **argv);

static const struct command_option options_known[] = {
	{ OPT_HOST, "host", "model|qemu",
	  "model: the model hypervisor; qemu: QEMU's VT-d, see "
	  "scripts/get-qemu (model)" },
	{ OPT_MODEL, "model", "FILE",
	  "properties of the model hypervisor, as --fit prints them" },
	{ OPT_PASSIVE, "passive", NULL, "ask only questions that read" },
	{ OPT_JSON, "json", "FILE|-",
	  "write the answers as JSON; -: to standard output, without the "
	  "text" },
	{ OPT_MODE + MODE_PAGE, "page", NULL,
	  "print the tables of docs/CONFORMANCE.md instead, with a column for "
	  "each REPORT, written by --json" },
	{ OPT_MODE + MODE_COMPARE, "compare", NULL,
	  "ask nobody, and print what two reports differ in" },
	{ OPT_MODE + MODE_FIT, "fit", NULL,
	  "ask nobody, and print properties with which the model hypervisor "
	  "answers as the report says, as far as it can" },
	{ 0, NULL, NULL, NULL },
};

const struct command conformance_command = {
	.name = "conformance",
	.synopsis = "[--host HOST] [--model FILE] [--passive] [--json FILE]\n"
		    "[--host HOST] [--model FILE] --page [REPORT]...\n"
		    "--compare REPORT REPORT\n"
		    "--fit REPORT",
	.brief = "ask the model hypervisor how it answers hypercalls",
	.text = "Asks a host each question of the conformance suite, and "
		"prints how it answers. docs/CONFORMANCE.md explains them.",
	.files = true,
	.options = options_known,
	.exits = { { EXIT_ALL_WELL, "guests can work with every answer; with "
				    "--compare: all answers are the same" },
		   { EXIT_MISMATCH,
		     "they cannot, or something could not be restored; with "
		     "--compare: an answer is not the same" },
		   { EXIT_BAD_INPUT, "an option or a file is bad, or there is "
				     "no such host" } },
	.examples = { { "conformance", "Ask the model hypervisor." },
		      { "conformance --host qemu --json qemu.json",
			"Ask QEMU, and keep the answers." },
		      { "conformance --fit qemu.json >host",
			"A model that answers like it." } },
	.run = command,
};

struct conformance_options {
	const struct asked_host *host;
	bool passive;
	enum mode mode;
	const char *json;
	const char *model;
	struct hypervisor_config config; /* of @model, or the default */
	const char *const *reports;
	size_t report_count;
};

/* ---- hosts ----------------------------------------------------------- */

/**
 * struct asked_host - a host that can be asked
 * @run: runs the suite into @record, passively or not. Return: NULL, or why it
 *	could not
 */
struct asked_host {
	const char *name;
	const char *(*run)(struct conformance_record *record,
			   const struct conformance_options *options);
};

static const char *run_model(struct conformance_record *record,
			     const struct conformance_options *options)
{
	struct model_host model;

	if (!model_host_open(&model, &options->config))
		return "out of memory";
	model.host.passive = options->passive;
	conformance_record_run(record, &model.host);
	model_host_close(&model);
	return NULL;
}

struct qemu_run {
	struct qemu_host host;
	struct conformance_record *record;
	bool passive;
	const char *error;
};

/* An argument of walker_try(). */
static void try_qemu(void *ctx)
{
	struct qemu_run *run = ctx;

	run->error = qemu_host_open(&run->host);
	if (run->error)
		return;
	run->host.host.passive = run->passive;
	conformance_record_run(run->record, &run->host.host);
}

static const char *run_qemu(struct conformance_record *record,
			    const struct conformance_options *options)
{
	static struct qemu_run run;

	run.record = record;
	run.passive = options->passive;
	if (!walker_try(try_qemu, &run))
		run.error = walker_error();
	qemu_host_close(&run.host);
	return run.error;
}

static const struct asked_host hosts[] = {
	{ "model", run_model },
	{ "qemu", run_qemu },
};

static const struct asked_host *find_host(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strcmp(hosts[i].name, name) == 0)
			return &hosts[i];
	say("hvpt conformance: no host '%s': must be model or qemu; for a "
	    "Hyper-V, boot the disk of scripts/conformance-image",
	    name);
	return NULL;
}

/* ---- the command ----------------------------------------------------- */

/* Return: false: with a message. */
static bool take_mode(struct conformance_options *options, enum mode mode)
{
	if (options->mode != MODE_ASK && options->mode != mode) {
		say("hvpt conformance: %s and %s exclude each other",
		    mode_names[options->mode], mode_names[mode]);
		return false;
	}
	options->mode = mode;
	return true;
}

static bool take_option(int id, void *target)
{
	struct conformance_options *options = target;

	switch (id) {
	case OPT_HOST:
		options->host = find_host(optarg);
		return options->host != NULL;
	case OPT_MODEL:
		options->model = optarg;
		return value_model("conformance", optarg, &options->config);
	case OPT_PASSIVE:
		options->passive = true;
		return true;
	case OPT_JSON:
		options->json = optarg;
		return true;
	default:
		return take_mode(options, (enum mode)(id - OPT_MODE));
	}
}

/* Return: false: with a message. */
static bool fits_together(const struct conformance_options *options)
{
	const char *mode = mode_names[options->mode];

	if (options->mode == MODE_ASK && options->report_count != 0)
		say("hvpt conformance: '%s' is no option; --page, --compare "
		    "and --fit take reports",
		    options->reports[0]);
	else if (options->mode == MODE_COMPARE && options->report_count != 2)
		say("hvpt conformance: --compare needs two reports");
	else if (options->mode == MODE_FIT && options->report_count != 1)
		say("hvpt conformance: --fit needs one report");
	else if (options->mode != MODE_ASK && options->json)
		say("hvpt conformance: %s and --json exclude each other", mode);
	else if (options->model && options->host != &hosts[0])
		say("hvpt conformance: --model is for the host 'model'");
	else
		return true;
	return false;
}

static enum options_result parse(int argc, char **argv,
				 struct conformance_options *options)
{
	enum options_result result = value_options(&conformance_command, argc,
						   argv, take_option, options);

	if (result != OPTIONS_RUN)
		return result;
	options->reports = (const char *const *)argv + optind;
	options->report_count = (size_t)(argc - optind);
	return fits_together(options) ? OPTIONS_RUN : OPTIONS_ERROR;
}

static bool is_well(const struct conformance_counts *counts)
{
	return counts->unfit == 0 && counts->domains_left == 0 &&
	       !counts->device_astray;
}

/* Columns: the host that was asked, and the reports. */
static bool write_page(const struct conformance_options *options,
		       const struct conformance_record *asked)
{
	static struct conformance_record read[CONFORMANCE_PAGE_MAX - 1];
	const struct conformance_record *columns[CONFORMANCE_PAGE_MAX];
	size_t i;

	if (options->report_count >= CONFORMANCE_PAGE_MAX) {
		say("hvpt conformance: more than %u reports",
		    CONFORMANCE_PAGE_MAX - 1);
		return false;
	}
	columns[0] = asked;
	for (i = 0; i < options->report_count; i++) {
		if (!conformance_record_read(&read[i], options->reports[i]))
			return false;
		columns[i + 1] = &read[i];
	}
	conformance_page(stdout, columns, i + 1);
	return true;
}

static int compare(const struct conformance_options *options)
{
	static struct conformance_record read[2];
	unsigned i;

	for (i = 0; i < 2; i++)
		if (!conformance_record_read(&read[i], options->reports[i]))
			return EXIT_BAD_INPUT;
	return conformance_compare(stdout, &read[0], &read[1]) ? EXIT_ALL_WELL :
								 EXIT_MISMATCH;
}

static int fit(const struct conformance_options *options)
{
	static struct conformance_record seen, fitted;
	struct hypervisor_config config;
	uint64_t unshown;

	if (!conformance_record_read(&seen, options->reports[0]))
		return EXIT_BAD_INPUT;
	if (!model_fit(&seen, &config, &fitted) ||
	    !model_fit_unshown(&config, &fitted, &unshown)) {
		say("hvpt conformance: out of memory");
		return EXIT_BAD_INPUT;
	}
	model_fit_write(stdout, &seen, &config, &fitted, unshown);
	return EXIT_ALL_WELL;
}

/* A model that was given is another than the one of the tables. */
static void name_host(struct conformance_record *record,
		      const struct conformance_options *options)
{
	const char *name = options->host->name;
	const char *as = options->model ? ", as " : "";

	snprintf(record->host, sizeof(record->host), "%s", name);
	snprintf(record->heading, sizeof(record->heading), "%s%s%s", name, as,
		 options->model ? options->model : "");
}

static int run(const struct conformance_options *options, FILE *json)
{
	static struct conformance_record record;
	const char *error;

	name_host(&record, options);
	record.text = options->mode == MODE_PAGE || json == stdout ? NULL :
								     stdout;
	error = options->host->run(&record, options);
	if (error) {
		say("hvpt conformance: %s", error);
		return EXIT_BAD_INPUT;
	}
	if (options->mode == MODE_PAGE && !write_page(options, &record))
		return EXIT_BAD_INPUT;
	if (json)
		conformance_json(json, &record);
	return is_well(&record.counts) ? EXIT_ALL_WELL : EXIT_MISMATCH;
}

static int command(int argc, char **argv)
{
	static const char json_option[] = "hvpt conformance: --json";
	struct conformance_options options = { .host = &hosts[0],
					       .config = model_host_config() };
	struct draft json = { .out = NULL };
	int code;

	if (!value_go_on(parse(argc, argv, &options), &conformance_command,
			 &code))
		return code;
	if (options.mode == MODE_COMPARE)
		return compare(&options);
	if (options.mode == MODE_FIT)
		return fit(&options);
	if (options.json &&
	    !draft_open(&json, json_option, options.json, NULL, 0))
		return EXIT_BAD_INPUT;
	code = run(&options, json.out);
	if (code == EXIT_BAD_INPUT) {
		draft_drop(&json);
		return code;
	}
	return draft_keep(&json, false) ? code : EXIT_BAD_INPUT;
}
