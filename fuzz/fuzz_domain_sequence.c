/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_domain_sequence.c - sequences of calls on a pvIOMMU, its domains and
 * devices.
 *
 * HVPT_FUZZ_HOST=FILE gives all runs the same host: oracle/hypervisor_text.h.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "oracle/domains/domain_fixture.h"
#include "oracle/hypervisor_text.h"

#define STEPS 48u

/* Return: the host that the environment gives, or NULL. */
static const struct hypervisor_config *given_host(void)
{
	static struct hypervisor_config host;
	const char *path = getenv("HVPT_FUZZ_HOST");
	const char *problem;
	unsigned line;

	if (!path)
		return NULL;
	problem = hypervisor_config_read(&host, path, &line);
	if (!problem)
		problem = df_host_problem(&host);
	if (problem)
		fuzz_die(path, (int)line, problem);
	return &host;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_fixture df;
	struct source source = source_of_bytes(data, size);

	if (!df.given)
		df.given = given_host();
	if (!df_start(&df, &source, 2, 2))
		return 0;
	df_run(&df, &source, STEPS);
	df_finish(&df);
	return 0;
}
