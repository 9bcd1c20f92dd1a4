/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_note.h - records no failure, as flush_step proves that it may: callers
 * get the status that they gave. Included behind the definition of iommu.
 */
#ifndef HVPT_PROOF_ANY_NOTE_H
#define HVPT_PROOF_ANY_NOTE_H

enum hvpt_status hvpt_iommu_note(struct hvpt_iommu *noted,
				 enum hvpt_status status,
				 const struct hvpt_answer *answer)
{
	ASSERT(noted == &iommu);
	(void)answer;
	return status;
}

#endif /* HVPT_PROOF_ANY_NOTE_H */
