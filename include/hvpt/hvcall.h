/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hvcall.h - issuing the hypercalls of device domains.
 *
 * How a hypercall reaches the hypervisor differs between platforms; what is in
 * it does not. The platform supplies a transport, three hooks; here is one
 * typed function for each hypercall, which fills the whole input from zero,
 * issues it, and turns the answer into a status. Wire layouts are in
 * hv_abi.h, statuses of the hypervisor in hv_status.h.
 *
 * Nothing here knows page tables or domains: ids are numbers.
 *
 * Context. As the transport allows. A function borrows the call page once, and
 * between borrow and give-back calls nothing but the transport's `issue` (and,
 * for the flush list, the caller's source), so a transport may disable
 * interrupts for that time. Stack: 256 bytes a frame.
 *
 * Who holds what. Nothing is shared but the transport: calls may run in
 * parallel as far as it allows.
 */
#ifndef HVPT_HVCALL_H
#define HVPT_HVCALL_H

#include "hvpt/addr.h"
#include "hvpt/hv_abi.h"
#include "hvpt/hv_status.h"

/* ---- the transport --------------------------------------------------- */

/**
 * struct hvpt_call_page - one 4 KiB page for input and output
 * @va: where the caller writes; 4096 bytes, 4096-aligned. What it holds when
 *	borrowed is arbitrary.
 * @gpa: where the hypervisor finds it: 4096-aligned, an ordinary page of guest
 *	memory, not an overlay (TLFS, Hypercall Inputs and Outputs). 4 KiB
 *	also where the guest's pages are larger. In an isolated VM without
 *	paravisor it must be host-visible.
 * @cookie: the transport's own: saved interrupt flags, a TPL
 */
struct hvpt_call_page {
	void *va;
	hvpt_gpa_t gpa;
	uint64_t cookie;
};

/**
 * struct hvpt_transport_ops - how this platform makes a hypercall
 *
 * Worked example, a kernel: borrow saves and disables interrupts, keeps the
 * flags in @cookie and names this processor's call page; issue loads RCX, RDX
 * and R8 and calls the hypercall page; give_back restores the flags. In UEFI:
 * borrow raises the TPL and names one static page.
 */
struct hvpt_transport_ops {
	/**
	 * @borrow: lend a call page to this call alone, until given back.
	 * Calls do not nest on one processor. Return: false when there is
	 * none (HVPT_ERR_CALL_PAGE).
	 */
	bool (*borrow)(void *ctx, struct hvpt_call_page *page);

	/**
	 * @issue: make the hypercall, in the memory-based form.
	 * @control: the hypercall input value (hvpt_hv_control())
	 * @input: gpa of the input, inside the borrowed page
	 * @output: gpa of the output, inside the same page behind the input;
	 *	0 when the call has none
	 *
	 * Return: the hypercall result value as the hypervisor gave it, or
	 * HVPT_HV_NO_HYPERCALL when there is no way to make one.
	 */
	uint64_t (*issue)(void *ctx, uint64_t control, hvpt_gpa_t input,
			  hvpt_gpa_t output);

	/** @give_back: take the page back. Its contents are arbitrary. */
	void (*give_back)(void *ctx, struct hvpt_call_page *page);
};

/** A transport: hooks, which must outlive it, and what is passed to each. */
struct hvpt_transport {
	const struct hvpt_transport_ops *ops;
	void *ctx;
};

/* What Linux's hv_do_hypercall() yields without a hypercall page. */
#define HVPT_HV_NO_HYPERCALL (~(uint64_t)0)

/* ---- control and result words ---------------------------------------- */

/*
 * TLFS, Hypercall Inputs: 15:0 call code, 16 fast, 26:17 variable header
 * size, 31 nested, 43:32 rep count, 59:48 rep start; the rest is zero.
 */
#define HVPT_HV_CONTROL_COUNT_SHIFT 32u
#define HVPT_HV_CONTROL_START_SHIFT 48u
#define HVPT_HV_REP_MASK 0xfffu

/** The control word of a memory-based call; count and start 0: a simple one. */
HVPT_INLINE uint64_t hvpt_hv_control(uint16_t code, unsigned count,
				     unsigned start)
{
	return (uint64_t)code |
	       (uint64_t)(count & HVPT_HV_REP_MASK)
		       << HVPT_HV_CONTROL_COUNT_SHIFT |
	       (uint64_t)(start & HVPT_HV_REP_MASK)
		       << HVPT_HV_CONTROL_START_SHIFT;
}

/** TLFS, Hypercall Outputs: status in 15:0. */
HVPT_INLINE uint16_t hvpt_hv_result_status(uint64_t result)
{
	return (uint16_t)(result & 0xffffu);
}

/** TLFS, Hypercall Outputs: reps completed, counted from element 0, in 43:32 */
HVPT_INLINE unsigned hvpt_hv_result_reps(uint64_t result)
{
	return (unsigned)(result >> 32) & HVPT_HV_REP_MASK;
}

/**
 * struct hvpt_answer - what the hypervisor said, untranslated
 * @result: the last result word; 0 when no hypercall was made
 * @code: the call
 * @reps: elements done, of a rep call, as far as the hypervisor is credible
 * @trips: how often the hypercall was issued. 0: it never was, and @result
 *	says nothing; a @result of 0 after a trip is a success with 0 reps.
 *
 * Always written by the functions below, whatever they return.
 */
struct hvpt_answer {
	uint64_t result;
	uint16_t code;
	uint16_t reps;
	uint32_t trips;
};

/**
 * hvpt_answer_is_heard() - did the hypervisor get the call?
 *
 * False when no page could be borrowed, or when the transport has no way to
 * make a hypercall: then nothing has changed in the hypervisor.
 */
HVPT_INLINE bool hvpt_answer_is_heard(const struct hvpt_answer *answer)
{
	return answer->trips != 0 && answer->result != HVPT_HV_NO_HYPERCALL;
}

/* ---- what the calls take and give ------------------------------------ */

/**
 * struct hvpt_iommu_caps - answer of GET_IOMMU_CAPABILITIES, as given
 * @caps: HVPT_HV_IOMMU_CAP_* bits, unknown ones included
 * @page_sizes: bit n: leaves of 2^n bytes
 * @iova_width: bits
 * @pasid_width: bits
 */
struct hvpt_iommu_caps {
	uint64_t caps;
	uint64_t page_sizes;
	uint8_t iova_width;
	uint8_t pasid_width;
};

/** What a domain does with the addresses that its devices use. */
enum hvpt_domain_kind {
	HVPT_DOMAIN_IDENTITY = 0, /* no stage 1: the iova is the gpa */
	HVPT_DOMAIN_BLOCKED = 1,  /* nothing gets through */
	HVPT_DOMAIN_PAGING = 2,   /* by a page table */
};

/**
 * struct hvpt_domain_settings - input of CONFIGURE_DEVICE_DOMAIN
 * @kind: what the domain does
 * @levels: 4 or 5 with HVPT_DOMAIN_PAGING; else 0
 * @root: with HVPT_DOMAIN_PAGING the gpa of the root table, 4 KiB aligned and
 *	below 2^52; else 0
 */
struct hvpt_domain_settings {
	enum hvpt_domain_kind kind;
	uint32_t levels;
	hvpt_gpa_t root;
};

/**
 * typedef hvpt_flush_source_fn - gives flush descriptors, one at a time
 * @entry: out: a descriptor, as hvpt_hv_flush_entry_ok() of hv_abi.h wants it
 *
 * Called with the call page borrowed: interrupts may be off. Pure, but for
 * what @ctx counts. Return: false when there is none left.
 */
typedef bool (*hvpt_flush_source_fn)(void *ctx, uint64_t *entry);

HVPT_EXTERN_C_BEGIN

/* ---- the calls ------------------------------------------------------- */
/*
 * All: HVPT_OK; HVPT_ERR_CALL_PAGE when the transport has no page, or gives
 * one without va, not aligned or at a gpa of 2^52 or above (such a page is
 * given back unused); HVPT_ERR_NO_HYPERVISOR when issue says so;
 * otherwise what hvpt_hv_status_map() makes of the hypervisor's status. Errors
 * in the arguments are found before the page is borrowed. Outputs are written
 * only with HVPT_OK. Domain ids 0 and 0xffffffff are HVPT_ERR_DOMAIN_ID:
 * their meaning for stage 1 is not defined. Device ids are logical device
 * ids, hvpt_logical_id() of logical_id.h: bits 63:62 clear, else
 * HVPT_ERR_DEVICE_ID. All domains are of the stage-1 type, and of the calling
 * partition.
 */

/** GET_IOMMU_CAPABILITIES (0x125). */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_get_caps(const struct hvpt_transport *transport,
		     struct hvpt_iommu_caps *caps, struct hvpt_answer *answer);

/**
 * GET_LOGICAL_DEVICE_PROPERTY (0x127), code 10: is the device behind the
 * pvIOMMU?
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_get_device_iommu(const struct hvpt_transport *transport,
			     uint64_t device_id, bool *enabled,
			     struct hvpt_answer *answer);

/** CREATE_DEVICE_DOMAIN (0xb1); forward progress is asked for. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_create_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer);

/**
 * CONFIGURE_DEVICE_DOMAIN (0xce).
 *
 * HVPT_ERR_SETTINGS: an unknown kind, or levels or a root for a kind that has
 * none; HVPT_ERR_LEVELS; HVPT_ERR_ALIGN and HVPT_ERR_GPA_RANGE of the
 * root.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_configure_domain(const struct hvpt_transport *transport,
			     uint32_t domain_id,
			     const struct hvpt_domain_settings *settings,
			     struct hvpt_answer *answer);

/**
 * ATTACH_DEVICE_DOMAIN (0xb2): moves the device from wherever it is.
 *
 * DEVICE_ALREADY_IN_DOMAIN is HVPT_ERR_HV_EXISTS here; the domain layer takes
 * it for success.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_attach_device(const struct hvpt_transport *transport,
			  uint32_t domain_id, uint64_t device_id,
			  struct hvpt_answer *answer);

/** DETACH_DEVICE_DOMAIN (0xc4): the device's DMA is blocked afterwards. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_detach_device(const struct hvpt_transport *transport,
			  uint64_t device_id, struct hvpt_answer *answer);

/** FLUSH_DEVICE_DOMAIN (0xd0): everything cached of the domain. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport,
			 uint32_t domain_id, struct hvpt_answer *answer);

/**
 * FLUSH_DEVICE_DOMAIN_LIST (0xd1): what the descriptors cover
 * @source: called until it has no more, or the page is full (508)
 * @ctx: for @source
 * @answer: out: reps tells how many descriptors were done
 *
 * One call page full: with HVPT_OK and 508 reps @source may have more, and the
 * call is to be made again, until it does fewer or returns HVPT_ERR_EMPTY.
 * hvpt_hvcall_flush_lists() does that. Elements that the hypervisor leaves over
 * are asked for again, also after TIMEOUT, as long as each round does at least
 * one. The call is done when the hypervisor says that all elements are, TIMEOUT
 * or not.
 *
 * Return: as said above; HVPT_ERR_EMPTY when @source has nothing at all;
 * HVPT_ERR_FLUSH_ENTRY for a descriptor with reserved bits, a shift above 52
 * or a page number which is not a multiple of its size (nothing is flushed
 * then); HVPT_ERR_HV_TIMEOUT or HVPT_ERR_HV_PROGRESS when a round did nothing,
 * the latter also when the hypervisor counts backwards or beyond the list.
 * After any failure some descriptors may have been flushed.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_list(const struct hvpt_transport *transport,
		       uint32_t domain_id, hvpt_flush_source_fn source,
		       void *ctx, struct hvpt_answer *answer);

/** DELETE_DEVICE_DOMAIN (0xc5). */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer);

HVPT_EXTERN_C_END

/**
 * hvpt_hvcall_flush_lists() - the same, again and again, until @source is dry
 * @answer: out: of the last call
 *
 * Return: as hvpt_hvcall_flush_list(); HVPT_ERR_EMPTY only when @source has
 * nothing at all. After a failure what earlier calls did is done.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_lists(const struct hvpt_transport *transport,
			uint32_t domain_id, hvpt_flush_source_fn source,
			void *ctx, struct hvpt_answer *answer)
{
	enum hvpt_status status;
	bool more = false;

	do {
		status = hvpt_hvcall_flush_list(transport, domain_id, source,
						ctx, answer);
		/* the pages before were full, and nothing was left */
		if (status == HVPT_ERR_EMPTY && more)
			return HVPT_OK;
		more = true;
	} while (status == HVPT_OK && answer->reps == HVPT_HV_FLUSH_LIST_MAX);
	return status;
}

#endif /* HVPT_HVCALL_H */
