/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * combine.c - flushes that are asked while one is in flight.
 *
 * domain->flushing is 0 when no call is in flight. It is HVPT_NO_WAITER when
 * one is and nobody waits, else the newest request that waits; each points at
 * the one before it. Whoever makes it other than 0 makes a call, for its own
 * request only. After a call that caller takes all that waits out of the word
 * and hands it to the newest, which makes one call for all of it, tells the
 * others, and does the same. So a caller makes one call, whatever others do.
 *
 * Requests lie on the stacks of their callers. A request leaves the queue only
 * when the caller whose call is over takes all of them, and nobody reads a
 * request before that. So while a compare-and-swap is tried, no request can
 * leave the queue and come back (ABA). A request is gone as soon as its word is
 * DONE.
 *
 * The compare-and-swap that queues a request releases the unmaps before it. It
 * continues the release of the requests that it follows. So who acquires the
 * newest request sees the unmaps of all of them.
 */
#include "domain_internal.h"

#define HVPT_NO_WAITER ((uint64_t)1)

/* Values of hvpt_waiter.word. */
#define HVPT_REQUEST_WAITS ((uint64_t)0)
#define HVPT_REQUEST_LEADS ((uint64_t)1) /* it makes the call */
#define HVPT_REQUEST_DONE ((uint64_t)2)	 /* its status is known */

static void hvpt_request_tell(const struct hvpt_domain *domain,
			      struct hvpt_flush_request *request, uint64_t word)
{
	struct hvpt_waiter *waiter = &request->waiter;

	HVPT_PORT_STORE_RELEASE(&waiter->word, word);
	if (domain->wait_ops->wake)
		domain->wait_ops->wake(domain->wait_ctx, waiter);
}

/* Return: true when no call is in flight; else the request waits. */
static bool hvpt_request_enter(struct hvpt_domain *domain,
			       struct hvpt_flush_request *request)
{
	uint64_t newest = HVPT_PORT_LOAD(&domain->flushing), next;

	do {
		request->next = NULL;
		if (newest > HVPT_NO_WAITER)
			request->next =
				(struct hvpt_flush_request *)(uintptr_t)newest;
		next = newest ? (uint64_t)(uintptr_t)request : HVPT_NO_WAITER;
	} while (!HVPT_PORT_CAS(&domain->flushing, &newest, next));
	return newest == 0;
}

static uint64_t hvpt_request_wait(const struct hvpt_domain *domain,
				  struct hvpt_flush_request *request)
{
	uint64_t word;

	/* acquire: the unmaps of those before it, or its status */
	while ((word = HVPT_PORT_LOAD_ACQUIRE(&request->waiter.word)) ==
	       HVPT_REQUEST_WAITS)
		domain->wait_ops->wait(domain->wait_ctx, &request->waiter);
	return word;
}

/* A call is over. Who waits gets the next one. */
static void hvpt_request_pass(struct hvpt_domain *domain)
{
	uint64_t newest = HVPT_PORT_LOAD_ACQUIRE(&domain->flushing), next;

	do {
		next = newest == HVPT_NO_WAITER ? 0 : HVPT_NO_WAITER;
	} while (!HVPT_PORT_CAS(&domain->flushing, &newest, next));
	if (newest != HVPT_NO_WAITER)
		hvpt_request_tell(
			domain, (struct hvpt_flush_request *)(uintptr_t)newest,
			HVPT_REQUEST_LEADS);
}

/* Makes the call for @request and those that it points at. */
static enum hvpt_status hvpt_request_lead(struct hvpt_domain *domain,
					  struct hvpt_flush_request *request)
{
	struct hvpt_flush_request *other = request->next, *next;
	enum hvpt_status status = hvpt_batch_flush(domain, request);
	uint64_t others = 0;

	hvpt_request_pass(domain);
	for (; other; other = next, others++) {
		next = other->next;
		other->status = status;
		hvpt_request_tell(domain, other, HVPT_REQUEST_DONE);
	}
	if (others && status == HVPT_OK)
		HVPT_PORT_ADD(&domain->iommu->stats.combined, others);
	return status;
}

enum hvpt_status hvpt_request_flush(struct hvpt_domain *domain,
				    struct hvpt_flush_request *request)
{
	const struct hvpt_wait_ops *ops = domain->wait_ops;
	enum hvpt_status status;

	request->next = NULL;
	if (!ops || !ops->begin(domain->wait_ctx, &request->waiter))
		return hvpt_batch_flush(domain, request);
	HVPT_PORT_STORE(&request->waiter.word, HVPT_REQUEST_WAITS);
	if (hvpt_request_enter(domain, request) ||
	    hvpt_request_wait(domain, request) == HVPT_REQUEST_LEADS)
		status = hvpt_request_lead(domain, request);
	else
		status = request->status;
	ops->end(domain->wait_ctx, &request->waiter);
	return status;
}
