/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * model_fit.h - the model hypervisor, made to answer as another host did.
 */
#ifndef TOOLS_CONFORMANCE_MODEL_FIT_H
#define TOOLS_CONFORMANCE_MODEL_FIT_H

#include "conformance_report.h"
#include "oracle/hypervisor.h"

/**
 * model_fit() - find the properties with which the model answers alike
 * @seen: how the host answered
 * @config: out: of all properties tried, those with which most questions have
 *	the verdict, the status and the value that @seen has. A property that no
 *	question shows is that of model_host_config()
 * @fitted: out: how the model answers with them. What differs from @seen the
 *	model cannot do
 *
 * Only questions that the host was asked count. Takes about a second.
 * Return: false: there is no memory.
 */
bool model_fit(const struct conformance_record *seen,
	       struct hypervisor_config *config,
	       struct conformance_record *fitted);

/**
 * model_fit_unshown() - find the properties that no answer shows
 * @config, @fitted: from model_fit()
 * @unshown: out: bit n is set if no answer of @fitted becomes another when
 *	hypervisor_properties[n] does: the host may have any value
 *
 * Return: false: there is no memory.
 */
bool model_fit_unshown(const struct hypervisor_config *config,
		       const struct conformance_record *fitted,
		       uint64_t *unshown);

/**
 * model_fit_write() - writes what was found
 *
 * The properties, as hypervisor_config_read() takes them. Comments before them
 * say how many answers are the same. They name each question that the model
 * answers otherwise, and each property that no answer shows.
 */
void model_fit_write(FILE *to, const struct conformance_record *seen,
		     const struct hypervisor_config *config,
		     const struct conformance_record *fitted, uint64_t unshown);

/** Has the model's answer the same verdict, status and value? */
bool model_fit_is_same(const struct conformance_finding *a,
		       const struct conformance_finding *b);

#endif /* TOOLS_CONFORMANCE_MODEL_FIT_H */
