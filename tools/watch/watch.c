/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "watch.h"

#include "oracle/model.h"

/* An event_mapped_fn. */
static uint64_t mapped_in(void *ctx, size_t number, uint64_t iova,
			  uint64_t size)
{
	const struct watch *watch = ctx;

	return hvpt_model_mapped_in(watch->models[number], iova, size);
}

/* Return: NULL: there are too many domains, or no memory. */
static struct hvpt_model *model_of(struct watch *watch,
				   const struct trace_event *event)
{
	size_t number = event_domains_find(&watch->names, event, mapped_in,
					   watch);

	watch->error = "more than 1024 domains";
	if (number == EVENT_DOMAINS_MAX)
		return NULL;
	watch->error = "out of memory";
	if (number == watch->domain_count) {
		watch->models[number] = hvpt_model_create();
		if (!watch->models[number])
			return NULL;
		watch->domain_count++;
	}
	watch->error = NULL;
	return watch->models[number];
}

static unsigned size_class(uint64_t size)
{
	if (size <= HVPT_PAGE_SIZE_4K)
		return 0;
	if (size < HVPT_PAGE_SIZE_2M)
		return 1;
	return size < HVPT_PAGE_SIZE_1G ? 2 : 3;
}

/* What a flush of this range alone takes, as in strict mode. */
static void count_flush(struct watch_counts *counts, uint64_t first,
			uint64_t size)
{
	const struct hvpt_iova_range range = { { first },
					       { first + size - 1 } };
	unsigned policy;

	for (policy = 0; policy < WATCH_POLICIES; policy++) {
		struct hvpt_flush_plan plan;
		uint64_t entry;

		if (hvpt_flush_plan_init(&plan, &range, 1,
					 (enum hvpt_flush_policy)policy) !=
		    HVPT_OK)
			continue;
		while (hvpt_flush_plan_next(&plan, &entry))
			;
		counts->descriptors[policy] += plan.emitted;
		counts->over_pages[policy] += plan.pages -
					      size / HVPT_PAGE_SIZE_4K;
	}
}

bool watch_event(void *ctx, const struct trace_event *event)
{
	struct watch *watch = ctx;
	struct hvpt_model *model;

	if (event->kind != TRACE_MAP && event->kind != TRACE_UNMAP)
		return true;
	model = model_of(watch, event);
	if (!model)
		return false;
	if (event->kind == TRACE_UNMAP) {
		watch->total.unmaps++;
		(void)hvpt_model_unmap(model, event->iova, event->size);
		count_flush(&watch->total, event->iova, event->size);
		return true;
	}
	watch->total.maps++;
	watch->total.mapped_bytes += event->size;
	watch->total.sizes[size_class(event->size)]++;
	/* Several devices without dom=, or an unmap that was lost. */
	if (!hvpt_model_map(model, event->iova, event->gpa, event->size, 0))
		watch->conflicts++;
	return true;
}

void watch_free(struct watch *watch)
{
	size_t i;

	for (i = 0; i < watch->domain_count; i++)
		hvpt_model_destroy(watch->models[i]);
}
