/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_answer.h - what a hypercall may answer: anything.
 */
#ifndef HVPT_PROOF_ANY_ANSWER_H
#define HVPT_PROOF_ANY_ANSWER_H

#include "proof.h"

#include "hvpt/hvcall.h"

/* Return: what the call said; OK is heard. */
static enum hvpt_status any_answer(struct hvpt_answer *answer)
{
	unsigned status = nondet_u32();

	answer->code = 0;
	answer->reps = 0;
	answer->trips = nondet_bool();
	answer->result = answer->trips ? nondet_u64() : 0;
	if (!answer->trips)
		return HVPT_ERR_CALL_PAGE;
	if (answer->result == HVPT_HV_NO_HYPERCALL)
		return HVPT_ERR_NO_HYPERVISOR;
	if ((answer->result & 0xffff) == 0)
		return HVPT_OK;
	ASSUME(status >= HVPT_ERR_HV_CODE && status <= HVPT_ERR_HV_FAILED);
	return (enum hvpt_status)status;
}

/* Was no hypercall made? Then nothing has changed. */
static bool is_unheard(enum hvpt_status status)
{
	return status == HVPT_ERR_CALL_PAGE || status == HVPT_ERR_NO_HYPERVISOR;
}

#endif /* HVPT_PROOF_ANY_ANSWER_H */
