/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mixed.c - an iova where an iova belongs compiles; a gpa there must not.
 *
 * The check compiles this file twice: as it is, and with MIX_ADDRESSES.
 */
#include "hvpt/hvpt.h"

enum hvpt_status mixed(const struct hvpt_pagetable *pt,
		       struct hvpt_mapping *out);

enum hvpt_status mixed(const struct hvpt_pagetable *pt,
		       struct hvpt_mapping *out)
{
#ifdef MIX_ADDRESSES
	return hvpt_pt_lookup(pt, hvpt_gpa(0x1000), out);
#else
	return hvpt_pt_lookup(pt, hvpt_iova(0x1000), out);
#endif
}
