/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvcall_internal.h - the call engine which the typed calls share.
 *
 * A call is begun (page borrowed, input zero), filled in, finished (issued,
 * page given back). The page is touched in whole 64-bit words only: no word
 * is ever seen through two types, padding beside a narrow field is written
 * with it, and no compiler makes a memset of it.
 */
#ifndef HVPT_HVCALL_INTERNAL_H
#define HVPT_HVCALL_INTERNAL_H

#include "hvpt/hvcall.h"

/**
 * struct hvpt_call - a hypercall between begin and finish
 * @transport: who makes it
 * @answer: the caller's
 * @page: borrowed
 * @input_bytes: of the fixed part; a multiple of 8
 */
struct hvpt_call {
	const struct hvpt_transport *transport;
	struct hvpt_answer *answer;
	struct hvpt_call_page page;
	uint32_t input_bytes;
};

/** Nothing was said yet. To be done first, whatever follows. */
HVPT_INLINE void hvpt_answer_clear(struct hvpt_answer *answer, uint16_t code)
{
	answer->result = 0;
	answer->code = code;
	answer->reps = 0;
	answer->trips = 0;
}

/**
 * hvpt_call_begin() - borrow a page and zero @input_bytes of it
 * @answer: cleared, and with the code
 *
 * Return: HVPT_OK: the call must be finished, or ended; CALL_PAGE.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_call_begin(struct hvpt_call *call, const struct hvpt_transport *transport,
		struct hvpt_answer *answer, uint32_t input_bytes);

/**
 * hvpt_call_begin_domain() - the same, for inputs which begin with a domain
 *
 * Clears @answer; the domain is filled in. Return: also DOMAIN_ID.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_call_begin_domain(struct hvpt_call *call,
		       const struct hvpt_transport *transport,
		       struct hvpt_answer *answer, uint16_t code,
		       uint32_t domain_id, uint32_t input_bytes);

/** Writes or reads the word at @offset, a multiple of 8, of the page. */
void hvpt_call_write(const struct hvpt_call *call, size_t offset,
		     uint64_t value);
uint64_t hvpt_call_read(const struct hvpt_call *call, size_t offset);

/*
 * Sets a field of the input. Of a field narrower than 64 bits what follows it
 * is set to zero, up to the next multiple of 8; @value fits the field.
 */
#define HVPT_CALL_SET(call, type, field, value)                                \
	do {                                                                   \
		HVPT_STATIC_ASSERT(HVPT_HV_OFFSET(type, field) % 8 == 0,       \
				   #field " begins a word");                   \
		hvpt_call_write(call, HVPT_HV_OFFSET(type, field), value);     \
	} while (0)

/* The word of the output, which lies behind the input, at @offset of @type. */
#define HVPT_CALL_GET(call, type, field)                                       \
	hvpt_call_read(call, (call)->input_bytes + HVPT_HV_OFFSET(type, field))

/** Issues a simple call; with @output, that goes behind the input. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_issue(struct hvpt_call *call,
						 bool output);

/** Issues a rep call, again and again until @count elements are done. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_issue_reps(struct hvpt_call *call,
						      unsigned count);

/** Gives the page back. */
void hvpt_call_end(struct hvpt_call *call);

/** Issues a simple call without output, and gives the page back. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_finish(struct hvpt_call *call);

/** One of the two ids of no known meaning: HVPT_ERR_DOMAIN_ID. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_id_check(uint32_t domain_id)
{
	return domain_id == HVPT_HV_DOMAIN_ID_DEFAULT ||
			       domain_id == HVPT_HV_DOMAIN_ID_NULL ?
		       HVPT_ERR_DOMAIN_ID :
		       HVPT_OK;
}

/** Not a logical device id: HVPT_ERR_DEVICE_ID. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_device_id_check(uint64_t device_id)
{
	return device_id & HVPT_HV_DEVICE_TYPE_MASK ? HVPT_ERR_DEVICE_ID :
						      HVPT_OK;
}

#endif /* HVPT_HVCALL_INTERNAL_H */
