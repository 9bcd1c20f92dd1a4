/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * port_sites.h - included before each source of the core.
 *
 * pte_access.h has functions for the two ordering accesses to entries. This
 * file replaces them, so that each use of them is a site of its own.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_PORT_SITES_H
#define HVPT_TEST_EXHAUSTIVE_PORT_SITES_H

#include "hvpt/internal/pte_access.h"

#define hvpt_pte_load_table(slot) HVPT_PORT_LOAD_ACQUIRE(slot)
#define hvpt_pte_replace(slot, seen, pte) HVPT_PORT_CAS(slot, seen, pte)

#endif /* HVPT_TEST_EXHAUSTIVE_PORT_SITES_H */
