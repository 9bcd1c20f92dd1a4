/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_base.c - what all files of the fixture need: checks, and names of
 * places.
 */
#include "domain_fixture.h"

#include <stdio.h>
#include <stdlib.h>

void df_die(const struct domain_fixture *df, const char *file, int line,
	    const char *text)
{
	fprintf(stderr, "%s:%d: step %u: %s\n", file, line, df->step, text);
	abort();
}

void df_check_ok(const struct domain_fixture *df, enum hvpt_status status,
		 const char *file, int line)
{
	if (status != HVPT_OK)
		df_die(df, file, line, hvpt_status_name(status));
}

void df_check(struct domain_fixture *df)
{
	const char *violation = hypervisor_violation(df->hv);

	DF_CHECK(df, !violation[0], violation);
}

unsigned df_identity(const struct domain_fixture *df)
{
	return df->domains;
}

unsigned df_blocked(const struct domain_fixture *df)
{
	return df->domains + 1;
}

unsigned df_places(const struct domain_fixture *df)
{
	return df->domains + 2;
}

unsigned df_own_domains(const struct domain_fixture *df)
{
	return df->domains + 2;
}

uint64_t df_device_id(unsigned d)
{
	return UINT64_C(0x66558f70) + d;
}
