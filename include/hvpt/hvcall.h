/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hvcall.h - the hypercalls of device domains.
 *
 * How a hypercall reaches the hypervisor depends on the platform; what is in it
 * does not. The platform provides a transport of three hooks. This header has
 * one typed function for each hypercall. It fills in the whole input, starting
 * from zeros, issues the call and turns the answer into a status. hv_abi.h has
 * the layouts, hv_status.h the statuses of the hypervisor.
 *
 * Nothing here knows page tables or domain objects: ids are numbers.
 *
 * Context: what the transport allows. A function borrows the call page once.
 * Until it gives the page back it calls only the transport's `issue`, and for a
 * flush list the caller's source. So a transport may keep interrupts disabled
 * for that time. A stack frame has at most 256 bytes.
 *
 * Locking. The functions share nothing but the transport, and may run in
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
 * @va: where the caller writes: 4096 bytes, 4096-aligned, with any contents
 * @gpa: where the hypervisor finds it: 4096-aligned, an ordinary page of guest
 *	memory and not an overlay (TLFS, Hypercall Inputs and Outputs). 4 KiB
 *	even where the guest's pages are larger. In an isolated VM without
 *	paravisor the host must be able to read it.
 * @cookie: for the transport, such as saved interrupt flags or a TPL
 */
struct hvpt_call_page {
	void *va;
	hvpt_gpa_t gpa;
	uint64_t cookie;
};

/**
 * struct hvpt_transport_ops - how this platform makes a hypercall
 *
 * Example, a kernel: `borrow` saves and disables interrupts, keeps the flags in
 * the cookie and returns the call page of this processor; `issue` loads RCX,
 * RDX and R8 and calls the hypercall page; `give_back` restores the flags. In
 * UEFI `borrow` raises the TPL and returns one static page.
 */
struct hvpt_transport_ops {
	/**
	 * @borrow: lend a call page to this call alone until it is given back.
	 * Calls do not nest on one processor. Return: false when there is no
	 * page (HVPT_ERR_CALL_PAGE).
	 */
	bool (*borrow)(void *ctx, struct hvpt_call_page *page);

	/**
	 * @issue: make a memory-based hypercall.
	 * @control: the hypercall input value (hvpt_hv_control())
	 * @input: gpa of the input, inside the borrowed page
	 * @output: gpa of the output, inside the same page behind the input;
	 *	0 when the call has none
	 *
	 * Return: the hypercall result value as the hypervisor gave it, or
	 * HVPT_HV_NO_HYPERCALL when no hypercall can be made.
	 */
	uint64_t (*issue)(void *ctx, uint64_t control, hvpt_gpa_t input,
			  hvpt_gpa_t output);

	/** @give_back: take the page back, with any contents. */
	void (*give_back)(void *ctx, struct hvpt_call_page *page);
};

/** A transport: its hooks, which must outlive it, and their first argument. */
struct hvpt_transport {
	const struct hvpt_transport_ops *ops;
	void *ctx;
};

/* ---- the answer ------------------------------------------------------ */

/**
 * struct hvpt_answer - what the hypervisor said, as it said it
 * @result: the last result value; 0 when no hypercall was made
 * @code: the call
 * @reps: of a rep call: how many elements are done, as far as the hypervisor's
 *	count makes sense
 * @trips: how often the hypercall was issued. With 0 it never was, and @result
 *	means nothing; a @result of 0 after a trip is a success with 0 elements.
 *
 * The functions below always write it, whatever they return.
 */
struct hvpt_answer {
	uint64_t result;
	uint16_t code;
	uint16_t reps;
	uint32_t trips;
};

/**
 * hvpt_answer_is_heard() - did the hypervisor get the call?
 * @answer: of a call
 *
 * False when no page could be borrowed, or when the transport cannot make a
 * hypercall. Then nothing has changed in the hypervisor.
 */
HVPT_INLINE bool hvpt_answer_is_heard(const struct hvpt_answer *answer)
{
	return answer->trips != 0 && answer->result != HVPT_HV_NO_HYPERCALL;
}

/* ---- arguments ------------------------------------------------------- */

/**
 * struct hvpt_iommu_caps - the answer of GET_IOMMU_CAPABILITIES
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
	HVPT_DOMAIN_BLOCKED = 1,  /* refuses all DMA */
	HVPT_DOMAIN_PAGING = 2,	  /* translates by a page table */
};

/**
 * struct hvpt_domain_settings - the input of CONFIGURE_DEVICE_DOMAIN
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
 * typedef hvpt_flush_source_fn - provides flush descriptors, one at a time
 * @ctx: the caller's
 * @entry: out: a descriptor that hvpt_hv_flush_entry_ok() accepts
 *
 * Called with the call page borrowed, so interrupts may be disabled. It changes
 * nothing but its own @ctx.
 * Return: false when no descriptor is left.
 */
typedef bool (*hvpt_flush_source_fn)(void *ctx, uint64_t *entry);

HVPT_EXTERN_C_BEGIN

/* ---- the calls ------------------------------------------------------- */
/*
 * All calls return HVPT_OK; HVPT_ERR_CALL_PAGE when the transport has no page,
 * or gives one without va, misaligned, or at a gpa of 2^52 or above (then the
 * page is given back unused); HVPT_ERR_NO_HYPERVISOR when `issue` says so;
 * otherwise what hvpt_hv_status_map() makes of the hypervisor's status.
 * Arguments are checked before the page is borrowed. Outputs are written only
 * with HVPT_OK.
 *
 * Domain ids 0 and 0xffffffff return HVPT_ERR_DOMAIN_ID, because their meaning
 * for stage 1 is not defined. Device ids are logical device ids
 * (hvpt_logical_id()). With one of bits 63:62 set they return
 * HVPT_ERR_DEVICE_ID. All domains are of the stage-1 type and belong to the
 * calling partition.
 */

/** GET_IOMMU_CAPABILITIES (0x125). */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_get_caps(const struct hvpt_transport *transport,
		     struct hvpt_iommu_caps *caps, struct hvpt_answer *answer);

/*
 * GET_LOGICAL_DEVICE_PROPERTY (0x127), code 10: is the device behind the
 * pvIOMMU?
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_get_device_iommu(const struct hvpt_transport *transport,
			     uint64_t device_id, bool *enabled,
			     struct hvpt_answer *answer);

/** CREATE_DEVICE_DOMAIN (0xb1), with forward progress required. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_create_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer);

/*
 * CONFIGURE_DEVICE_DOMAIN (0xce).
 *
 * Return: also HVPT_ERR_SETTINGS for an unknown kind, or for levels or a root
 * with a kind that has none; HVPT_ERR_LEVELS; HVPT_ERR_ALIGN and
 * HVPT_ERR_GPA_RANGE for the root.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_configure_domain(const struct hvpt_transport *transport,
			     uint32_t domain_id,
			     const struct hvpt_domain_settings *settings,
			     struct hvpt_answer *answer);

/*
 * ATTACH_DEVICE_DOMAIN (0xb2): moves the device from wherever it is.
 *
 * DEVICE_ALREADY_IN_DOMAIN becomes HVPT_ERR_HV_EXISTS here;
 * hvpt_device_attach() takes it for success.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_attach_device(const struct hvpt_transport *transport,
			  uint32_t domain_id, uint64_t device_id,
			  struct hvpt_answer *answer);

/** DETACH_DEVICE_DOMAIN (0xc4): afterwards the device's DMA is blocked. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_detach_device(const struct hvpt_transport *transport,
			  uint64_t device_id, struct hvpt_answer *answer);

/** FLUSH_DEVICE_DOMAIN (0xd0): everything cached of the domain. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport,
			 uint32_t domain_id, struct hvpt_answer *answer);

/**
 * hvpt_hvcall_flush_list() - FLUSH_DEVICE_DOMAIN_LIST (0xd1)
 * @transport: in
 * @domain_id: whose translations are flushed
 * @source: called until it has no more, or until the page is full (508)
 * @ctx: passed to @source
 * @answer: out: reps says how many descriptors were done
 *
 * Flushes one call page of descriptors. With HVPT_OK and 508 reps @source may
 * have more, so the call must be made again until it does fewer or returns
 * HVPT_ERR_EMPTY; hvpt_hvcall_flush_lists() does that. Elements that the
 * hypervisor leaves over are passed again, after TIMEOUT too, as long as each
 * round does at least one. The call has succeeded when the hypervisor reports
 * all elements as done, even with TIMEOUT.
 *
 * Return: as above; HVPT_ERR_EMPTY when @source has nothing at all;
 * HVPT_ERR_FLUSH_ENTRY for a descriptor with reserved bits, a shift above 52
 * or a page number that is not a multiple of its size (then nothing is
 * flushed); HVPT_ERR_HV_TIMEOUT or HVPT_ERR_HV_PROGRESS when a round did
 * nothing, the latter also when the hypervisor's count goes backwards or beyond
 * the list. After any failure some descriptors may have been flushed.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_list(const struct hvpt_transport *transport,
		       uint32_t domain_id, hvpt_flush_source_fn source,
		       void *ctx, struct hvpt_answer *answer);

/**
 * hvpt_hvcall_flush_lists() - hvpt_hvcall_flush_list() until @source is empty
 * @transport: in
 * @domain_id: whose translations are flushed
 * @source: as for hvpt_hvcall_flush_list()
 * @ctx: passed to @source
 * @answer: out: of the last call
 *
 * Return: as hvpt_hvcall_flush_list(); HVPT_ERR_EMPTY only when @source has
 * nothing at all. After a failure the descriptors of earlier calls are flushed.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_flush_lists(const struct hvpt_transport *transport,
			uint32_t domain_id, hvpt_flush_source_fn source,
			void *ctx, struct hvpt_answer *answer);

/** DELETE_DEVICE_DOMAIN (0xc5). */
HVPT_MUST_CHECK enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer);

HVPT_EXTERN_C_END

#endif /* HVPT_HVCALL_H */
