/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_check.h - the calls of hvpt, each checked in full.
 *
 * Each function scans the page table, makes the call, scans again, and
 * asserts everything the contract says about the difference: translations,
 * A and D bits, leaf sizes, table pages, outputs, gather. The fixture's
 * gather is flushed before the call, and left for the test to look at.
 */
#ifndef HVPT_TEST_SUPPORT_PT_CHECK_H
#define HVPT_TEST_SUPPORT_PT_CHECK_H

#include "pt_scan.h"

/** The leaves a scatter list must become: the largest that fit, greedily. */
struct pt_leaves pt_oracle(const struct pt_fixture *fixture, uint64_t iova,
			   const struct hvpt_segment *segments, size_t count,
			   unsigned prot);

/** Return: HVPT_OK or HVPT_ERR_OVERLAP, whichever is right. */
enum hvpt_status pt_checked_map_list(struct pt_fixture *fixture, uint64_t iova,
				     const struct hvpt_segment *segments,
				     size_t count, unsigned prot);
enum hvpt_status pt_checked_map(struct pt_fixture *fixture, uint64_t iova,
				uint64_t gpa, uint64_t length, unsigned prot);

/** Return: bytes unmapped. */
uint64_t pt_checked_unmap(struct pt_fixture *fixture, uint64_t iova,
			  uint64_t length);

/** Return: HVPT_OK or HVPT_ERR_NOT_MAPPED, whichever is right. */
enum hvpt_status pt_checked_protect(struct pt_fixture *fixture, uint64_t iova,
				    uint64_t length, unsigned prot);

/** Return: tables reclaimed. */
uint64_t pt_checked_reclaim(struct pt_fixture *fixture, uint64_t iova,
			    uint64_t length);

/**
 * pt_checked_dirty() - beside an IOMMU that does not snoop, clearing must be
 * refused; then as with HVPT_DIRTY_KEEP
 *
 * Return: bytes reported dirty.
 */
uint64_t pt_checked_dirty(struct pt_fixture *fixture, uint64_t iova,
			  uint64_t length, unsigned flags);

#endif /* HVPT_TEST_SUPPORT_PT_CHECK_H */
