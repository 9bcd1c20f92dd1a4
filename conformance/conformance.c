/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Asks the questions: what each needs before it, what it leaves behind it, and
 * what its answer is worth.
 */
#include "drive.h"

#define MISSING_PVIOMMU "the host has no pvIOMMU"

const struct conformance_group_text conformance_groups[CONFORMANCE_GROUPS] = {
	{ "control", "makes calls that only read, most of them malformed" },
	{ "caps", "reads the capabilities" },
	{ "domains", "creates, configures and deletes domains of its own, "
		     "without devices" },
	{ "devices", "reads properties; moves the given device to blocked "
		     "domains and back" },
	{ "flush", "flushes domains of its own, without devices" },
	{ "privileges", "reads CPUID; makes calls that read, and calls that "
			"name no partition" },
	{ "translation", "moves the given device to its own domains, and "
			 "starts DMA of it to pages given" },
	{ "caching", "the same, and changes the tables of these domains" },
};

const char *conformance_verdict_name(enum conformance_verdict verdict)
{
	static const char *const names[] = { "as stated", "differs", "open",
					     "not asked" };

	return names[verdict];
}

static const struct {
	const struct conformance_question *questions;
	const size_t *count;
} tables[CONFORMANCE_GROUPS] = {
	{ conf_control_questions, &conf_control_count },
	{ conf_caps_questions, &conf_caps_count },
	{ conf_domains_questions, &conf_domains_count },
	{ conf_devices_questions, &conf_devices_count },
	{ conf_flush_questions, &conf_flush_count },
	{ conf_privileges_questions, &conf_privileges_count },
	{ conf_translation_questions, &conf_translation_count },
	{ conf_caching_questions, &conf_caching_count },
};

const struct conformance_question *
conformance_questions(enum conformance_group group, size_t *count)
{
	*count = *tables[group].count;
	return tables[group].questions;
}

/* ---- before a question ----------------------------------------------- */

static bool has_list(struct conformance_run *run)
{
	uint64_t entry = hvpt_hv_flush_entry(0, 0);
	struct conf_call call = conf_list_call(run->id[0], &entry, 1, 1);

	return conf_status(run, &call) != HVPT_HV_STATUS_INVALID_HYPERCALL_CODE;
}

/* Return: what is missing, or NULL. */
static const char *prepare_domains(struct conformance_run *run, unsigned needs)
{
	const unsigned paging = CONFORMANCE_NEEDS_PAGING |
				CONFORMANCE_NEEDS_LIST;
	const char *missing = NULL;

	if (!conf_take_id(run, &run->id[0]) ||
	    !conf_take_id(run, &run->id[1]) || !conf_take_id(run, &run->unused))
		return "no id is left that FLUSH shows to be unused";
	if (needs & CONFORMANCE_NEEDS_DRIVER)
		missing = conf_drive_prepare(run, needs);
	else if ((needs & paging) &&
		 !conf_make(run, 0, CONF_PAGING, run->host->root.value))
		missing = "no paging domain could be made";
	if (missing)
		return missing;
	if ((needs & CONFORMANCE_NEEDS_LIST) && !has_list(run))
		return "the host has no FLUSH_DEVICE_DOMAIN_LIST";
	if ((needs & CONFORMANCE_NEEDS_BLOCKED) &&
	    !(conf_make(run, 0, CONF_BLOCKED, 0) &&
	      conf_make(run, 1, CONF_BLOCKED, 0)))
		return "no blocked domains could be made";
	return NULL;
}

static const char *prepare(struct conformance_run *run, unsigned needs)
{
	const unsigned changes = CONFORMANCE_NEEDS_IDS |
				 CONFORMANCE_NEEDS_WRITES;
	const struct conformance_host *host = run->host;
	struct conf_call call = conf_get_caps();

	if ((needs & CONFORMANCE_NEEDS_DEVICE) && !host->has_device)
		return "no device was given";
	if ((needs & CONFORMANCE_NEEDS_HOME) && !host->has_home)
		return "no device was given with its domain";
	if (host->passive && (needs & changes))
		return "only questions that read are asked";
	if ((needs & CONFORMANCE_NEEDS_CPUID) && !host->cpuid)
		return "it is not known what CPUID says";
	if (conf_drive_missing(run, needs))
		return conf_drive_missing(run, needs);
	if (needs & CONFORMANCE_NEEDS_PVIOMMU) {
		if (conf_status(run, &call) != HVPT_HV_STATUS_SUCCESS)
			return MISSING_PVIOMMU;
		for (unsigned i = 0; i < CONF_OUT_WORDS; i++)
			run->caps[i] = call.out[i];
		if ((needs & changes) && !conf_has_stage_1(run->caps))
			return MISSING_PVIOMMU;
	}
	return needs & CONFORMANCE_NEEDS_IDS ? prepare_domains(run, needs) :
					       NULL;
}

/* ---- behind a question ----------------------------------------------- */

/* Home says that the device is there: by moving it, or because it was. */
static bool bring_home(struct conformance_run *run)
{
	unsigned tries;

	for (tries = 0; run->moved && tries < CONF_TRIES; tries++) {
		uint16_t status = conf_attach(run, run->host->home);

		run->moved = status != HVPT_HV_STATUS_SUCCESS &&
			     status != HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN;
	}
	return !run->moved;
}

static void clean_up(struct conformance_run *run,
		     struct conformance_counts *counts)
{
	unsigned n;

	if (!bring_home(run))
		counts->device_astray = true;
	for (n = 0; n < CONF_IDS; n++) {
		if (run->made[n])
			conf_clean(run, run->id[n]);
		run->made[n] = false;
	}
	counts->domains_left += run->left;
	run->left = 0;
}

/* ---- one question ---------------------------------------------------- */

static bool is_in(const struct conformance_statuses *set, uint16_t status)
{
	unsigned i;

	if (set->what == CONFORMANCE_ANY)
		return true;
	if (set->what == CONFORMANCE_REFUSED)
		return status != HVPT_HV_STATUS_SUCCESS;
	for (i = 0; i < set->count; i++)
		if (set->list[i] == status)
			return true;
	return false;
}

static void weigh(const struct conformance_run *run,
		  const struct conformance_question *question, uint16_t status,
		  struct conformance_finding *finding)
{
	finding->status = status;
	finding->value = run->value;
	finding->note = run->note;
	finding->fits = run->skip ||
			(!run->wrong && is_in(&question->needed, status));
	if (run->skip)
		finding->verdict = CONFORMANCE_NOT_ASKED;
	else if (!question->says)
		finding->verdict = CONFORMANCE_OPEN;
	else if (run->differs || !is_in(&question->stated, status))
		finding->verdict = CONFORMANCE_DIFFERS;
	else
		finding->verdict = CONFORMANCE_AS_STATED;
}

static void
ask(struct conformance_run *run, const struct conformance_question *question,
    struct conformance_finding *finding, struct conformance_counts *counts)
{
	const char *missing;
	uint16_t status = 0;

	run->value = 0;
	run->note = NULL;
	run->differs = false;
	run->wrong = false;
	run->skip = false;
	missing = prepare(run, question->needs);
	if (missing)
		conf_skip(run, missing);
	else
		status = question->ask(run);
	clean_up(run, counts);
	weigh(run, question, status, finding);
	counts->verdicts[finding->verdict]++;
	counts->unfit += !finding->fits;
}

static void ask_group(struct conformance_run *run, enum conformance_group group,
		      const struct conformance_sink *sink,
		      struct conformance_counts *counts)
{
	const struct conformance_question *questions;
	struct conformance_finding finding;
	size_t i, count;

	questions = conformance_questions(group, &count);
	sink->group(sink->ctx, group);
	for (i = 0; i < count && !counts->device_astray; i++) {
		ask(run, &questions[i], &finding, counts);
		sink->finding(sink->ctx, &questions[i], &finding);
	}
}

void conformance_run_all(const struct conformance_host *host,
			 const struct conformance_sink *sink,
			 struct conformance_counts *counts)
{
	struct conformance_run run = { .host = host, .next = host->first_id };
	struct conformance_counts none = { { 0 }, 0, 0, false };
	unsigned group;

	*counts = none;
	for (group = 0; group < CONFORMANCE_GROUPS; group++)
		if (!counts->device_astray)
			ask_group(&run, (enum conformance_group)group, sink,
				  counts);
}
