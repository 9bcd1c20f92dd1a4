/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Life, call pages and counts.
 */
#include "hypervisor_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A page when lent, and when it came back: neither is zero, nor like it. */
#define FILL_LENT 0xaa
#define FILL_BACK 0xdd

/* ---- life ------------------------------------------------------------ */

struct hypervisor *hypervisor_create(const struct hypervisor_config *config)
{
	struct hypervisor *hv = hypervisor_alloc(sizeof(*hv));

	hv->config = *config;
	hv->pages = aligned_alloc(HYPERVISOR_PAGE_BYTES,
				  (size_t)HYPERVISOR_PAGES *
					  HYPERVISOR_PAGE_BYTES);
	if (!hv->pages)
		hypervisor_die("out of memory");
	memset(hv->pages, FILL_BACK,
	       (size_t)HYPERVISOR_PAGES * HYPERVISOR_PAGE_BYTES);
	pthread_mutex_init(&hv->lock, NULL); /* cannot fail on Linux */
	return hv;
}

void hypervisor_destroy(struct hypervisor *hv)
{
	size_t i;

	if (!hv)
		return;
	hypervisor_drop_all(hv);
	for (i = 0; i < hv->devices.count; i++)
		free(hv->devices.at[i].item);
	free(hv->devices.at);
	free(hv->domains.at);
	free(hv->undead.at);
	free(hv->pieces.at);
	free(hv->pages);
	pthread_mutex_destroy(&hv->lock);
	free(hv);
}

void hypervisor_lose_state(struct hypervisor *hv)
{
	hypervisor_lock(hv);
	hypervisor_drop_all(hv);
	hypervisor_unlock(hv);
}

/* ---- call pages ------------------------------------------------------ */

void hypervisor_borrow(struct hypervisor *hv, void **va, uint64_t *gpa)
{
	size_t i = 0;

	hypervisor_lock(hv);
	while (i < HYPERVISOR_PAGES && hv->lent[i])
		i++;
	if (i == HYPERVISOR_PAGES)
		hypervisor_die("all call pages are lent");
	hv->lent[i] = true;
	*va = memset(hv->pages + i * HYPERVISOR_PAGE_BYTES, FILL_LENT,
		     HYPERVISOR_PAGE_BYTES);
	*gpa = HYPERVISOR_PAGES_GPA + i * HYPERVISOR_PAGE_BYTES;
	hypervisor_unlock(hv);
}

void hypervisor_give_back(struct hypervisor *hv, uint64_t gpa)
{
	uint64_t at = gpa - HYPERVISOR_PAGES_GPA;
	uint64_t i = at / HYPERVISOR_PAGE_BYTES;

	hypervisor_lock(hv);
	if (at % HYPERVISOR_PAGE_BYTES || i >= HYPERVISOR_PAGES ||
	    !hv->lent[i]) {
		hypervisor_violate(hv,
				   "call page %#" PRIx64
				   " given back, but not lent",
				   gpa);
	} else {
		hv->lent[i] = false;
		memset(hv->pages + at, FILL_BACK, HYPERVISOR_PAGE_BYTES);
	}
	hypervisor_unlock(hv);
}

/* ---- counts ---------------------------------------------------------- */

void hypervisor_read_stats(struct hypervisor *hv,
			   struct hypervisor_stats *stats)
{
	hypervisor_lock(hv);
	*stats = hv->stats;
	hypervisor_unlock(hv);
}

/* HYPERVISOR_KNOWN when the model does not know it. */
static size_t index_of(uint16_t code)
{
	size_t i = 0;

	while (i < HYPERVISOR_KNOWN && hypervisor_known[i].code != code)
		i++;
	return i;
}

static struct hypervisor_tally tally_of(struct hypervisor *hv, uint16_t code)
{
	struct hypervisor_tally tally = { 0 };
	size_t i = index_of(code);

	if (i == HYPERVISOR_KNOWN)
		return tally;
	hypervisor_lock(hv);
	tally = hv->tally[i];
	hypervisor_unlock(hv);
	return tally;
}

uint64_t hypervisor_calls(struct hypervisor *hv, uint16_t code)
{
	return tally_of(hv, code).calls;
}

uint64_t hypervisor_failures(struct hypervisor *hv, uint16_t code)
{
	return tally_of(hv, code).failures;
}

void hypervisor_allow(struct hypervisor *hv, uint16_t code, bool allowed)
{
	size_t i = index_of(code);

	if (i == HYPERVISOR_KNOWN)
		hypervisor_die("hypervisor_allow: no such call");
	hypervisor_lock(hv);
	hv->tally[i].denied = !allowed;
	hypervisor_unlock(hv);
}

const char *hypervisor_call_name(uint16_t code)
{
	size_t i = index_of(code);

	return i == HYPERVISOR_KNOWN ? NULL : hypervisor_known[i].name;
}

uint16_t hypervisor_call_code(size_t index)
{
	return index < HYPERVISOR_KNOWN ? hypervisor_known[index].code : 0;
}
