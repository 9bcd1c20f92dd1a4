/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "compare.h"

#include <string.h>

enum code {
	ATTACH = HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
	CONFIGURE = HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
	FLUSH = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
	FLUSH_LIST = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
};

/* Offsets in inputs: docs/SPEC.md. */
#define ID_AT 16u
#define DOMAIN_BYTES 24u
#define ROOT_AT 32u
#define LIST_AT 32u

static uint64_t word_at(const uint8_t *input, size_t at)
{
	uint64_t word;

	memcpy(&word, input + at, sizeof(word));
	return word;
}

static bool is_table(uint64_t root)
{
	return root != 0 && (root & 4095) == 0;
}

static const char *compare_inputs(const struct recording_call *theirs,
				  const struct guest_call *ours,
				  struct comparison *so_far)
{
	size_t bytes = theirs->bytes;
	uint64_t root, own;

	if (bytes != ours->bytes)
		return "inputs of different lengths";
	if (recording_code(theirs) == CONFIGURE) {
		root = word_at(theirs->input, ROOT_AT);
		own = word_at(ours->input, ROOT_AT);
		bytes = ROOT_AT;
		if (is_table(root) && is_table(own))
			so_far->roots++;
		else if (root != 0 || own != 0)
			return "roots";
	}
	return memcmp(theirs->input, ours->input, bytes) ? "inputs" : NULL;
}

static const char *compare_call(const struct recording_call *theirs,
				const struct guest_call *ours,
				struct comparison *so_far)
{
	const char *differs;

	if (theirs->control != ours->control)
		return "control words";
	differs = compare_inputs(theirs, ours, so_far);
	if (differs)
		return differs;
	if (theirs->status != ours->status || theirs->reps != ours->reps)
		return "answers";
	so_far->same++;
	return NULL;
}

/* A FLUSH of a domain that does not exist, before one is created. */
static bool is_look(const struct guest_call *call,
		    const struct recording_event *event)
{
	return call->control == FLUSH && call->status != 0 &&
	       (strcmp(event->text, "init") == 0 ||
		strcmp(event->text, "alloc") == 0);
}

/* A single FLUSH of a paging domain that has no device. */
static bool is_flush_of_left(const struct guest_call *call,
			     const struct guest *guest)
{
	uint64_t id = word_at(call->input, ID_AT);
	unsigned n;

	if (call->control != FLUSH || word_at(call->input, 0) != ~(uint64_t)0 ||
	    word_at(call->input, 8) != 0 ||
	    word_at(call->input, DOMAIN_BYTES) != 0 || call->status != 0)
		return false;
	for (n = 0; n < guest->domains; n++) {
		const struct hvpt_domain *domain = &guest->domain[n];

		if (id == ((uint64_t)hvpt_domain_id(domain) << 32 | 1))
			return hvpt_domain_device_count(domain) == 0;
	}
	return false;
}

/* ---- descriptors ----------------------------------------------------- */

struct block {
	uint64_t first; /* page number */
	unsigned shift;
};

static struct block block_at(const uint8_t *input, size_t n)
{
	uint64_t word = word_at(input, LIST_AT + 8 * n);
	struct block block = { word >> 12, (unsigned)(word & 63) };

	return block;
}

/* The smallest block that holds both. */
static struct block block_join(struct block one, struct block two)
{
	struct block joined = one;

	while (joined.shift < two.shift ||
	       (joined.first ^ two.first) >> joined.shift)
		joined.shift++;
	joined.first = joined.first >> joined.shift << joined.shift;
	return joined;
}

/* ---- events ---------------------------------------------------------- */

static bool is_map(const struct recording_event *event)
{
	return strncmp(event->text, "map ", 4) == 0;
}

/* A flush of one descriptor? */
static bool is_one(uint64_t control)
{
	return control == ((uint64_t)1 << 32 | FLUSH_LIST);
}

/* Does the only block of hvpt hold theirs, and more? */
static bool is_wider(const struct recording_call *theirs,
		     const struct guest_call *ours)
{
	struct block block, joined;

	if (!is_one(theirs->control) || !is_one(ours->control) ||
	    memcmp(theirs->input, ours->input, LIST_AT) != 0)
		return false;
	block = block_at(ours->input, 0);
	joined = block_join(block, block_at(theirs->input, 0));
	return joined.first == block.first && joined.shift == block.shift &&
	       block.shift > block_at(theirs->input, 0).shift;
}

/* A whole event that is one of the known differences between unmaps. */
static bool compare_unmap(const struct recording_call *theirs, size_t count,
			  const struct guest *guest, struct comparison *so_far)
{
	if (guest->calls == 0 && guest->unmapped == 0 && count == 1 &&
	    is_one(theirs->control) && word_at(theirs->input, LIST_AT) == 52)
		so_far->nothing++;
	else if (guest->calls == 1 && guest->in_leaf && count == 0 &&
		 is_one(guest->call[0].control))
		so_far->parts++;
	else if (guest->calls == 1 && count == 1 &&
		 is_wider(theirs, &guest->call[0]))
		so_far->tables++;
	else
		return false;
	return true;
}

/* Mapped up to the conflict, then undone: flushes of the map's domain. */
static const char *compare_refused(const struct recording_call *theirs,
				   size_t count, const struct guest *guest,
				   struct comparison *so_far)
{
	size_t n;

	if (guest->calls)
		return "a refused map made a call";
	for (n = 0; n < count; n++) {
		if (recording_code(&theirs[n]) != FLUSH_LIST)
			return "undone by something else than a flush";
	}
	so_far->refused++;
	so_far->undone += count;
	return NULL;
}

const char *compare_event(const struct recording *recording,
			  const struct recording_event *event,
			  const struct guest *guest, struct comparison *so_far)
{
	const struct recording_call *theirs = &recording->call[event->first];
	const struct guest_call *ours = guest->call;
	const struct guest_call *end = ours + guest->calls;
	size_t left = event->count;

	if (is_map(event) && guest->status == HVPT_ERR_OVERLAP)
		return compare_refused(theirs, left, guest, so_far);
	if (strncmp(event->text, "unmap ", 6) == 0 &&
	    compare_unmap(theirs, left, guest, so_far))
		return NULL;
	for (; left; left--, theirs++, ours++) {
		const char *differs;

		while (ours < end && is_look(ours, event)) {
			so_far->looked++;
			ours++;
		}
		if (ours == end)
			return "a call is missing";
		differs = compare_call(theirs, ours, so_far);
		if (differs)
			return differs;
		if (recording_code(theirs) == ATTACH && ours + 1 < end &&
		    is_flush_of_left(ours + 1, guest)) {
			so_far->left++;
			ours++;
		}
	}
	return ours == end ? NULL : "a call too many";
}

const char *compare_recording(const struct recording *recording,
			      struct comparison *result, size_t *at)
{
	const char *differs = NULL;
	static struct guest guest;

	memset(result, 0, sizeof(*result));
	guest_open(&guest, &recording->host);
	for (*at = 0; *at < recording->events && !differs; ++*at) {
		const struct recording_event *event = &recording->event[*at];

		if (!guest_do(&guest, event->text))
			differs = "a line that cannot be followed";
		else
			differs = compare_event(recording, event, &guest,
						result);
	}
	if (differs)
		--*at;
	guest_close(&guest);
	return differs;
}
