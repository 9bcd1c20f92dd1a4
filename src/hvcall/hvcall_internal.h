/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvcall_internal.h - what the typed calls share.
 *
 * A call is begun (the page is borrowed and the input zeroed), filled in, and
 * finished (issued, and the page given back). The page is accessed only in
 * whole 64-bit words. So no word is accessed through two types, the padding
 * after a narrow field is written with the field, and no compiler turns the
 * zeroing into memset().
 */
#ifndef HVPT_HVCALL_INTERNAL_H
#define HVPT_HVCALL_INTERNAL_H

#include "hvpt/hvcall.h"

/**
 * struct hvpt_call - a hypercall between begin and finish
 * @transport: how it is made
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

/** Clears @answer. Each typed call does this before anything can fail. */
HVPT_INLINE void hvpt_answer_clear(struct hvpt_answer *answer, uint16_t code)
{
	answer->result = 0;
	answer->code = code;
	answer->reps = 0;
	answer->trips = 0;
}

/*
 * hvpt_call_begin() - borrow a page and zero @input_bytes of it
 * @answer: cleared, with the code
 *
 * Return: HVPT_OK: the call must be finished or ended; CALL_PAGE.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_call_begin(struct hvpt_call *call, const struct hvpt_transport *transport,
		struct hvpt_answer *answer, uint32_t input_bytes);

/*
 * hvpt_call_begin_domain() - the same for inputs that begin with a domain
 *
 * Clears @answer and fills in the domain. Return: also DOMAIN_ID.
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
 * Sets a field of the input. What follows a field narrower than 64 bits is set
 * to zero, up to the next multiple of 8. @value must fit the field.
 */
#define HVPT_CALL_SET(call, type, field, value)                                \
	do {                                                                   \
		HVPT_STATIC_ASSERT(HVPT_HV_OFFSET(type, field) % 8 == 0,       \
				   #field " begins a word");                   \
		hvpt_call_write(call, HVPT_HV_OFFSET(type, field), value);     \
	} while (0)

/* The word of @field in the output, which lies behind the input. */
#define HVPT_CALL_GET(call, type, field)                                       \
	hvpt_call_read(call, (call)->input_bytes + HVPT_HV_OFFSET(type, field))

/** Issues a simple call; @output: it has an output, behind the input. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_issue(struct hvpt_call *call,
						 bool output);

/** Issues a rep call as often as it takes to do @count elements. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_issue_reps(struct hvpt_call *call,
						      unsigned count);

/** Gives the page back. */
void hvpt_call_end(struct hvpt_call *call);

/** Issues a simple call without output, and gives the page back. */
HVPT_MUST_CHECK enum hvpt_status hvpt_call_finish(struct hvpt_call *call);

/** HVPT_ERR_DOMAIN_ID for the two ids whose meaning is not defined. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_id_check(uint32_t domain_id)
{
	return domain_id == HVPT_HV_DOMAIN_ID_DEFAULT ||
			       domain_id == HVPT_HV_DOMAIN_ID_NULL ?
		       HVPT_ERR_DOMAIN_ID :
		       HVPT_OK;
}

/** HVPT_ERR_DEVICE_ID for a number that is not a logical device id. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_device_id_check(uint64_t device_id)
{
	return device_id & HVPT_HV_DEVICE_TYPE_MASK ? HVPT_ERR_DEVICE_ID :
						      HVPT_OK;
}

#endif /* HVPT_HVCALL_INTERNAL_H */
