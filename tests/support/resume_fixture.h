/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume_fixture.h - four devices in four domains, to be resumed.
 *
 * Device 0 is in paging domain 0, device 1 in identity, 2 in blocked, 3 in
 * paging domain 1.
 *
 * What it gives: making them; that each sees what it has to, that all of them
 * are back after a resume, and that they work.
 */
#ifndef HVPT_TEST_RESUME_FIXTURE_H
#define HVPT_TEST_RESUME_FIXTURE_H

#include "hv_fixture.h"

/** Hypercalls of a resume with nothing in its way. */
#define RESUME_CALLS (2u + 4u * 4u + 7u)

/** Where each paging domain has its mapping of 2 MiB. */
static inline uint64_t resume_large(const struct hv_fixture *f)
{
	return f->base + HV_1G;
}

void resume_make_all(struct hv_fixture *f);

/** DMA of each device, and lookups, find what resume_make_all() mapped. */
void resume_all_is_there(struct hv_fixture *f);

/** Ids of the identity, the blocked and both paging domains. */
void resume_ids(struct hv_fixture *f, uint32_t id[4]);

/**
 * resume_is_complete() - all is as resume_make_all() left it, but for ATS
 * @before: the ids, where they must be the same; or NULL
 */
void resume_is_complete(struct hv_fixture *f, const uint32_t *before);

/** Domains and devices can be used as before; they are, and some destroyed. */
void resume_all_works(struct hv_fixture *f);

#endif /* HVPT_TEST_RESUME_FIXTURE_H */
