/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hv_binding.h - hvpt on top of the model hypervisor: transport and pages.
 */
#ifndef HVPT_HOST_HV_BINDING_H
#define HVPT_HOST_HV_BINDING_H

#include "arena.h"
#include "oracle/hypervisor.h"
#include "hvpt/hvcall.h"

/* Transport hooks whose ctx is a struct hypervisor *. */
extern const struct hvpt_transport_ops hvpt_hypervisor_transport;

/** What the page hooks need: where pages come from, and who may read them. */
struct hvpt_hypervisor_pages {
	struct hvpt_arena *arena;
	struct hypervisor *hv;
};

/*
 * Page hooks whose ctx is a struct hvpt_hypervisor_pages *: the arena's, and
 * the hypervisor is told of each page before it goes back.
 */
extern const struct hvpt_page_ops hvpt_hypervisor_page_ops;

#endif /* HVPT_HOST_HV_BINDING_H */
