/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One property after the other gets the value with which most answers are the
 * same, until no property makes it better. The suite runs once for each value.
 */
#include "model_fit.h"

#include <string.h>

#include "model_host.h"
#include "oracle/hypervisor_text.h"

/* Values of a property: statuses of the report, and some more. */
#define VALUES_MAX 64u

struct fit {
	const struct conformance_record *seen;
	struct hypervisor_config config;
	struct conformance_record *record;
	unsigned asked;
	unsigned same;
};

struct values {
	uint64_t value[VALUES_MAX];
	size_t count;
};

bool model_fit_is_same(const struct conformance_finding *a,
		       const struct conformance_finding *b)
{
	return a->verdict == b->verdict && a->status == b->status &&
	       a->value == b->value;
}

/* ---- how good it is -------------------------------------------------- */

/* Questions that have the same answer. Return: false: no memory. */
static bool count_same(struct fit *fit, const struct hypervisor_config *config,
		       unsigned *same)
{
	const struct conformance_finding *seen;
	struct model_host model;
	size_t i;

	*same = 0;
	if (!model_host_open(&model, config))
		return false;
	conformance_record_run(fit->record, &model.host);
	model_host_close(&model);
	for (i = 0; i < fit->record->count; i++) {
		seen = conformance_record_find(
			fit->seen, fit->record->entries[i].question);
		if (seen && seen->verdict != CONFORMANCE_NOT_ASKED)
			*same += model_fit_is_same(
				seen, &fit->record->entries[i].finding);
	}
	return true;
}

/* ---- values to try --------------------------------------------------- */

static void add(struct values *values, uint64_t value)
{
	size_t i;

	for (i = 0; i < values->count; i++)
		if (values->value[i] == value)
			return;
	if (values->count < VALUES_MAX)
		values->value[values->count++] = value;
}

/* What the report says of a question; a little more and less, for limits. */
static void add_answer(struct values *values, const struct fit *fit,
		       const char *id, unsigned around)
{
	size_t i;
	uint64_t n;

	for (i = 0; i < fit->seen->count; i++) {
		const struct conformance_record_entry *entry =
			&fit->seen->entries[i];

		if (strcmp(entry->question->id, id) != 0)
			continue;
		add(values, entry->finding.value);
		for (n = 1; n <= around; n++) {
			add(values, entry->finding.value + n);
			if (entry->finding.value > n)
				add(values, entry->finding.value - n);
		}
	}
}

static void add_statuses(struct values *values, const struct fit *fit)
{
	size_t i;

	for (i = 0; i < fit->seen->count; i++)
		add(values, fit->seen->entries[i].finding.status);
}

static void add_values(struct values *values, const struct fit *fit,
		       const struct hypervisor_property *property)
{
	uint64_t value;

	if (strcmp(property->name, "caps") == 0)
		add_answer(values, fit, "caps.bits", 0);
	else if (strcmp(property->name, "page_sizes") == 0)
		add_answer(values, fit, "caps.page-sizes", 0);
	else if (strcmp(property->name, "iova_width") == 0)
		add_answer(values, fit, "caps.width", 0);
	else if (strcmp(property->name, "max_domains") == 0)
		add_answer(values, fit, "domains.limit", 4);
	else if (property->last == UINT16_MAX)
		add_statuses(values, fit);
	else if (property->last <= HYPERVISOR_REPS_NONE)
		for (value = 0; value <= property->last; value++)
			add(values, value);
}

/* ---- trying them ----------------------------------------------------- */

static bool try_config(struct fit *fit, const struct hypervisor_config *config)
{
	unsigned same;

	if (!count_same(fit, config, &same))
		return false;
	if (same > fit->same) {
		fit->same = same;
		fit->config = *config;
	}
	return true;
}

/* A list may be refused always, or the first time alone. */
static bool try_list(struct fit *fit, struct hypervisor_config *config)
{
	config->list_times = UINT64_MAX;
	if (!try_config(fit, config))
		return false;
	config->list_times = 1;
	return try_config(fit, config);
}

static bool try_property(struct fit *fit,
			 const struct hypervisor_property *property)
{
	const bool is_list = strcmp(property->name, "list") == 0;
	struct hypervisor_config config = fit->config;
	struct values values = { .count = 0 };
	size_t i;

	add_values(&values, fit, property);
	for (i = 0; i < values.count && fit->same < fit->asked; i++) {
		if (values.value[i] > property->last)
			continue;
		hypervisor_property_set(property, &config, values.value[i]);
		if (!(is_list ? try_list(fit, &config) :
				try_config(fit, &config)))
			return false;
	}
	return true;
}

/* Later than any question waits: DETACH has no effect. */
static bool try_late_detach(struct fit *fit)
{
	struct hypervisor_config config = fit->config;

	config.detach_delay = config.detach_delay ? 0 : 100000;
	return try_config(fit, &config);
}

static bool improve(struct fit *fit)
{
	size_t i;

	for (i = 0; i < hypervisor_property_count; i++)
		if (!try_property(fit, &hypervisor_properties[i]))
			return false;
	return try_late_detach(fit);
}

bool model_fit(const struct conformance_record *seen,
	       struct hypervisor_config *config,
	       struct conformance_record *fitted)
{
	struct fit fit = { .seen = seen, .record = fitted };
	unsigned before, same;
	size_t i;

	for (i = 0; i < seen->count; i++)
		fit.asked += seen->entries[i].finding.verdict !=
			     CONFORMANCE_NOT_ASKED;

	fit.config = model_host_config();
	fitted->text = NULL;
	if (!count_same(&fit, &fit.config, &fit.same))
		return false;
	do {
		before = fit.same;
		if (!improve(&fit))
			return false;
	} while (fit.same > before && fit.same < fit.asked);
	*config = fit.config;
	return count_same(&fit, config, &same);
}

/* ---- what no answer shows -------------------------------------------- */

static bool is_record_same(const struct conformance_record *a,
			   const struct conformance_record *b)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (a->entries[i].question != b->entries[i].question ||
		    !model_fit_is_same(&a->entries[i].finding,
				       &b->entries[i].finding))
			return false;
	return a->count == b->count;
}

/* Return: false: it cannot be changed by itself. */
static bool change(struct hypervisor_config *config,
		   const struct hypervisor_property *property)
{
	if (strcmp(property->name, "list_times") == 0 && !config->list)
		return false;
	hypervisor_property_set(property, config,
				!hypervisor_property_get(property, config));
	if (strcmp(property->name, "list") == 0)
		config->list_times = UINT64_MAX;
	return true;
}

bool model_fit_unshown(const struct hypervisor_config *config,
		       const struct conformance_record *fitted,
		       uint64_t *unshown)
{
	static struct conformance_record record;
	struct fit fit = { .seen = fitted, .record = &record };
	unsigned same;
	size_t i;

	*unshown = 0;
	for (i = 0; i < hypervisor_property_count; i++) {
		struct hypervisor_config other = *config;

		if (!change(&other, &hypervisor_properties[i]))
			continue;
		if (!count_same(&fit, &other, &same))
			return false;
		if (is_record_same(&record, fitted))
			*unshown |= UINT64_C(1) << i;
	}
	return true;
}

static void write_unshown(FILE *to, uint64_t unshown)
{
	size_t i;

	if (!unshown)
		return;
	fputs("# no answer shows:", to);
	for (i = 0; i < hypervisor_property_count; i++)
		if (unshown >> i & 1)
			fprintf(to, " %s", hypervisor_properties[i].name);
	fputc('\n', to);
}

/* ---- the text -------------------------------------------------------- */

/* One line: the text of a finding has no line break but the last. */
static void write_answer(FILE *to, const char *who,
			 const struct conformance_question *question,
			 const struct conformance_finding *finding)
{
	const struct conformance_writer writer = conformance_to_file(to);

	fprintf(to, "# %-5s", who);
	conformance_text_finding(&writer, question, finding);
}

/* Return: the model's answer, if it is another than the host's; or NULL. */
static const struct conformance_finding *
other_answer(const struct conformance_record_entry *entry,
	     const struct conformance_record *fitted)
{
	const struct conformance_finding *other = conformance_record_find(
		fitted, entry->question);

	if (entry->finding.verdict == CONFORMANCE_NOT_ASKED || !other ||
	    model_fit_is_same(&entry->finding, other))
		return NULL;
	return other;
}

static void write_fit_counts(FILE *to, const struct conformance_record *seen,
			     const struct conformance_record *fitted)
{
	unsigned different = 0, not_asked = 0;
	size_t i;

	for (i = 0; i < seen->count; i++) {
		const struct conformance_record_entry *entry =
			&seen->entries[i];

		not_asked += entry->finding.verdict == CONFORMANCE_NOT_ASKED;
		different += other_answer(entry, fitted) != NULL;
	}
	fprintf(to,
		"# %zu the same, %u different, %u that the host was not asked\n",
		seen->count - different - not_asked, different, not_asked);
}

void model_fit_write(FILE *to, const struct conformance_record *seen,
		     const struct hypervisor_config *config,
		     const struct conformance_record *fitted, uint64_t unshown)
{
	const struct conformance_finding *other;
	size_t i;

	fprintf(to, "# the model hypervisor, to answer as: %s\n", seen->host);
	write_fit_counts(to, seen, fitted);
	for (i = 0; i < seen->count; i++) {
		const struct conformance_record_entry *entry =
			&seen->entries[i];

		other = other_answer(entry, fitted);
		if (!other)
			continue;
		write_answer(to, "host", entry->question, &entry->finding);
		write_answer(to, "model", entry->question, other);
	}
	write_unshown(to, unshown);
	hypervisor_config_write(to, config);
}
