/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * id_tries.c - creating a domain under an id that is new, with as many tries as
 * there are: ids that exist are skipped, more and more of them, until one is
 * new or the tries are used up. Any other failure ends the search.
 *
 * Parts: hvpt_domain_create_fresh, hvpt_domain_create_same
 * Contract: iommu.h: HVPT_ERR_HV_EXISTS when HVPT_ID_TRIES ids in a row exist
 * Bounds: any ids and answers; all 64 tries
 * Run: all long --unwind 2 --unwindset hvpt_domain_create_fresh.0:65
 */
#include "proofs/any_answer.h"

#include "src/domain/domain.c"

static struct hvpt_iommu iommu;
static struct hvpt_domain domain;
static uint32_t id;	      /* the last that was taken */
static unsigned takes;	      /* ids that were tried */
static uint32_t skipped;      /* ids, between those */
static bool over, exists;     /* the search must end; the last id exists */
static bool checked;	      /* a FLUSH was refused: the last id is new */
static enum hvpt_status said; /* by what ended it */

#include "proofs/any_note.h"

static enum hvpt_status ends(enum hvpt_status status)
{
	over = true;
	said = status;
	return status;
}

enum hvpt_status hvpt_id_take(struct hvpt_iommu *of, uint32_t *to)
{
	ASSERT(of == &iommu && !over && exists == (takes > 0));
	exists = checked = false;
	if (nondet_bool())
		return ends(HVPT_ERR_NO_IDS);
	takes++;
	*to = id = nondet_u32();
	return HVPT_OK;
}

/* The first that are tried are neighbours; then 1, 2, 4 ... are left out. */
void hvpt_id_skip(struct hvpt_iommu *of, uint32_t count)
{
	ASSERT(of == &iommu && exists && !over);
	ASSERT(takes > HVPT_ID_STEPS && count == skipped + 1);
	skipped += count;
}

enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport, uint32_t which,
			 struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);

	ASSERT(transport == &iommu.transport && which == id);
	ASSERT(iommu.flush_probes && !over && !exists && !checked);
	if (status == HVPT_OK)
		exists = true;
	else if (!hvpt_answer_is_heard(answer) || status == HVPT_ERR_HV_DENIED)
		ends(status);
	else
		checked = true;
	return status;
}

enum hvpt_status
hvpt_hvcall_create_domain(const struct hvpt_transport *transport,
			  uint32_t which, struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);

	ASSERT(transport == &iommu.transport && which == id);
	ASSERT(!over && !exists && checked == iommu.flush_probes);
	if (status == HVPT_ERR_HV_EXISTS)
		exists = true;
	else
		ends(status);
	return status;
}

void proof(void)
{
	enum hvpt_status status;

	domain.iommu = &iommu;
	iommu.flush_probes = nondet_bool();
	status = hvpt_domain_create_fresh(&domain);
	ASSERT(takes <= HVPT_ID_TRIES);
	if (over) {
		ASSERT(status == said && !exists);
		if (status == HVPT_OK) {
			ASSERT(domain.id == id);
			if (takes == HVPT_ID_TRIES)
				REACHED("the last id that is tried is new");
		}
		return;
	}
	REACHED("all ids exist");
	ASSERT(exists && takes == HVPT_ID_TRIES);
	ASSERT(status == HVPT_ERR_HV_EXISTS && domain.id == 0);
}
