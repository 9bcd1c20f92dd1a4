/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * places.h - the four places that a device can be in.
 *
 * Places 0 and 1 are paging domains 0 and 1 of the fixture, with one page each;
 * 2 is the identity domain, 3 the blocked one.
 *
 * What it gives: making them, what a device sees in each, and a move that
 * fails, which leaves a device in one of two.
 */
#ifndef HVPT_TEST_PLACES_H
#define HVPT_TEST_PLACES_H

#include "hv_fixture.h"

#define PLACES 4u

/** Makes the paging domains, and maps their pages. */
void make_places(struct hv_fixture *f);

/** The domain of place @n. */
struct hvpt_domain *place(struct hv_fixture *f, unsigned n);

/** DMA of device @device has the result of place @n, and no other. */
void sees_place(struct hv_fixture *f, unsigned device, unsigned n);

/** The attach of device 0 to @to gets @raw; hvpt returns its status. */
void fail_move(struct hv_fixture *f, enum hypervisor_fault fault,
	       struct hvpt_domain *to, uint16_t raw);

/** Neither paging domain can be destroyed or abandoned. */
void both_are_busy(struct hv_fixture *f);

/** An attach fails before or after it took effect. */
extern const enum hypervisor_fault both_faults[2];

#endif /* HVPT_TEST_PLACES_H */
