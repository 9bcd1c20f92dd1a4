/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypervisor.h - a model of Hyper-V's device domains, strict and adversarial.
 *
 * The specification (docs/SPEC.md) made executable. It takes hypercalls as
 * the processor would hand them over, a control word and two gpas, and checks
 * everything: reserved bits, alignment, page crossing, padding, ids, states,
 * privileges. It lets devices do DMA by walking real table memory, with the
 * worst IOTLB the rules allow: each translation and each table pointer ever
 * seen, speculation included, stays until a flush that covers it.
 *
 * Where the specification leaves a choice to the host, struct
 * hypervisor_config has a member for it.
 *
 * It includes no header of hvpt: it checks hvpt, and a misreading of a layout
 * there does not repeat here. Numbers are written out from the reference.
 *
 * Any number of hypervisors may live in one process; each may be used by many
 * threads. What a guest must never do is a *violation*: it is counted and the
 * first one is kept as text. What a guest may do wrong gets a status.
 */
#ifndef ORACLE_HYPERVISOR_H
#define ORACLE_HYPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hypervisor;

/* Capability bits of the answer to GET_IOMMU_CAPABILITIES. */
#define HYPERVISOR_CAP_PRESENT (UINT64_C(1) << 0)
#define HYPERVISOR_CAP_S1 (UINT64_C(1) << 2)
#define HYPERVISOR_CAP_S1_5LVL (UINT64_C(1) << 3)
#define HYPERVISOR_CAP_ATS (UINT64_C(1) << 5)

/**
 * enum hypervisor_iotlb - what one descriptor of a flush list drops
 * @HYPERVISOR_IOTLB_WHOLE: each cached entry that it covers as a whole; one
 *	that it covers in part stays as it is (VT-d, IVA_REG: the address mask
 *	of a page-selective invalidation must cover the largest page)
 * @HYPERVISOR_IOTLB_PIECES: the part of each cached entry that it covers; the
 *	rest stays. What stays is less than with whole entries
 */
enum hypervisor_iotlb {
	HYPERVISOR_IOTLB_WHOLE = 0,
	HYPERVISOR_IOTLB_PIECES = 1,
};

/**
 * enum hypervisor_reps - errors in the rep count of a result word
 * @HYPERVISOR_REPS_HONEST: it says what was done
 * @HYPERVISOR_REPS_MORE: all was done; it says one more than was asked for
 * @HYPERVISOR_REPS_FEWER: all was done; it says one less
 * @HYPERVISOR_REPS_NONE: success, nothing done, and the count is 0, always
 *
 * The three lies go with a status of success. A failure is always honest. A
 * call that HYPERVISOR_STOP_REP stops never says more than was done: no guest
 * could know it.
 */
enum hypervisor_reps {
	HYPERVISOR_REPS_HONEST = 0,
	HYPERVISOR_REPS_MORE = 1,
	HYPERVISOR_REPS_FEWER = 2,
	HYPERVISOR_REPS_NONE = 3,
};

/**
 * struct hypervisor_config - the properties of the host
 * @read64: loads 8 bytes of table memory by gpa; false: nothing there, or a
 *	page not in use, which is a violation when a walk meets it. Called
 *	under the model's lock: it must not call the model.
 * @read_ctx: for @read64
 * @caps: capability bits, as given to the guest
 * @page_sizes: bitmap, as given to the guest; any bits. A leaf of another size
 *	is a violation when a walk meets it
 * @iova_width: as given to the guest; any value
 * @max_domains: that many can exist; 0: no limit
 * @canonical: bits above the width are copies of the top one, else zero
 * @no_iommu: GET_IOMMU_CAPABILITIES does not exist: an old host
 * @no_list: FLUSH_DEVICE_DOMAIN_LIST does not exist
 * @iotlb: what a descriptor drops; FLUSH_DEVICE_DOMAIN drops everything
 * @reconfigure: status of CONFIGURE for a domain that is configured; 0: it is
 *	done
 * @create: status of CREATE for an id that exists; 0: KEY_ALREADY_EXISTS
 * @take_over: CREATE of an id that exists succeeds instead. The domain is as
 *	it was, with its devices, its settings and its caches
 * @unknown: status of calls for a domain that does not exist; 0: NOT_FOUND
 * @detach: status of DETACH, which does nothing then; 0: it is done
 * @detach_delay: so many calls later DETACH takes effect; until then the device
 *	is in its domain. An ATTACH or another DETACH supersedes it
 * @list: status of the first @list_times FLUSH_DEVICE_DOMAIN_LIST, which do
 *	nothing then; 0: they are done
 * @list_times: see @list; UINT64_MAX: all
 * @reps: how rep counts lie
 * @gone: status of calls for a device that is not there; 0: INVALID_DEVICE_ID
 * @gone_stays: a device that is taken away stays in its domain, which cannot
 *	be deleted, and is in it when it comes back
 * @frees_before_delete: table pages of a domain that has no device may be
 *	freed before DELETE. No text says that a hypervisor keeps away from
 *	them, so that this is a violation otherwise
 */
struct hypervisor_config {
	bool (*read64)(void *ctx, uint64_t gpa, uint64_t *value);
	void *read_ctx;
	uint64_t caps;
	uint64_t page_sizes;
	unsigned iova_width;
	uint32_t max_domains;
	bool canonical;
	bool no_iommu;
	bool no_list;
	enum hypervisor_iotlb iotlb;
	uint16_t reconfigure;
	uint16_t create;
	bool take_over;
	uint16_t unknown;
	uint16_t detach;
	unsigned detach_delay;
	uint16_t list;
	uint64_t list_times;
	enum hypervisor_reps reps;
	uint16_t gone;
	bool gone_stays;
	bool frees_before_delete;
};

/** Never NULL: running out of memory aborts, here and everywhere below. */
struct hypervisor *hypervisor_create(const struct hypervisor_config *config);

/** @hv may be NULL. */
void hypervisor_destroy(struct hypervisor *hv);

/* ---- hypercalls ------------------------------------------------------ */

/**
 * hypervisor_borrow() - one of the model's call pages, full of garbage
 * @va: out: 4096 bytes, 4096-aligned
 * @gpa: out: where a hypercall finds it; not a pointer
 */
void hypervisor_borrow(struct hypervisor *hv, void **va, uint64_t *gpa);

/**
 * Gives a call page back: it is full of other garbage then, and its memory
 * stays the model's. One not lent is a violation.
 */
void hypervisor_give_back(struct hypervisor *hv, uint64_t gpa);

/**
 * hypervisor_call() - make a hypercall
 * @control: RCX
 * @input: RDX
 * @output: R8
 *
 * Inputs and outputs must lie in call pages that are lent now. After a
 * failure the output area holds garbage. Return: RAX.
 */
uint64_t hypervisor_call(struct hypervisor *hv, uint64_t control,
			 uint64_t input, uint64_t output);

/* ---- things go wrong ------------------------------------------------- */

enum hypervisor_fault {
	HYPERVISOR_FAIL = 0,	   /* answer @status, do nothing */
	HYPERVISOR_FAIL_AFTER = 1, /* do it, then answer @status */
	HYPERVISOR_NO_CALL = 2,	   /* answer all ones: no hypercall page */
	HYPERVISOR_STOP_REP = 3,   /* do @reps more elements, answer @status */
};

/**
 * struct hypervisor_injection - an injected failure
 * @code: of which hypercall; 0: any
 * @nth: at the n-th such call from now on; 1: the next
 * @times: so often, in a row; 0 counts as 1; UINT64_MAX: always
 * @fault: how; HYPERVISOR_STOP_REP leaves calls that are not rep calls alone
 * @status: the answer, raw. With STOP_REP 0 (success) and 0x78 (timeout) mean
 *	that the guest is to go on.
 * @reps: see HYPERVISOR_STOP_REP; 0 is no progress
 */
struct hypervisor_injection {
	uint16_t code;
	uint64_t nth;
	uint64_t times;
	enum hypervisor_fault fault;
	uint16_t status;
	uint16_t reps;
};

/**
 * Adds one; up to 16 can wait at a time. Each counts calls by itself. When
 * several are due for a call the one added first acts, and the others wait for
 * the next call that fits. Control word, call pages and privilege are checked
 * before anything injected acts.
 */
void hypervisor_inject(struct hypervisor *hv,
		       const struct hypervisor_injection *injection);

/** Forgets all injections. */
void hypervisor_inject_nothing(struct hypervisor *hv);

/** Calls of @code are (not) allowed to this partition: ACCESS_DENIED. */
void hypervisor_allow(struct hypervisor *hv, uint16_t code, bool allowed);

/** All domains, attachments and caches are gone, as after hibernation. */
void hypervisor_lose_state(struct hypervisor *hv);

/* ---- several owners -------------------------------------------------- */

/**
 * hypervisor_new_owner() - another kernel runs in the partition from now on
 *
 * Domains, attachments and caches stay as the owner before left them, and DMA
 * goes on: a crash kernel after a crash, a kernel after kexec, an image that
 * is restored over the kernel that loaded it, a system after its firmware.
 * Call pages that are lent come back, injections are forgotten.
 *
 * A domain belongs to the owner who configured it last, and what is cached of
 * its tables to him, too. An owner claims a device with ATTACH, when that is
 * answered with success or DEVICE_ALREADY_IN_DOMAIN, or with
 * hypervisor_claim(). DMA of a claimed device that tables or cached entries
 * of another owner translate is a violation. So is a walk through them that
 * faults: a device must not depend on what others keep in memory.
 */
void hypervisor_new_owner(struct hypervisor *hv);

/** The owner says that the device is his from now on. */
void hypervisor_claim(struct hypervisor *hv, uint64_t device_id);

/**
 * hypervisor_leave_running() - takes a claim back
 *
 * DMA of the device is left running in tables of another owner, on purpose,
 * until the next claim.
 */
void hypervisor_leave_running(struct hypervisor *hv, uint64_t device_id);

/* ---- devices --------------------------------------------------------- */

/** Adds a device; it is unattached, and its DMA is not translated. */
void hypervisor_add_device(struct hypervisor *hv, uint64_t device_id,
			   bool managed);

/** The host takes it away; it may be added again. */
void hypervisor_remove_device(struct hypervisor *hv, uint64_t device_id);

/**
 * The guest's driver switches ATS; on in the blocked domain is a violation.
 * Nothing happens when the host took the device away: drivers do that on
 * surprise removal.
 */
void hypervisor_set_ats(struct hypervisor *hv, uint64_t device_id, bool on);

/* ---- DMA ------------------------------------------------------------- */

/* Different outcomes of one DMA beside the fresh one that are told. */
#define HYPERVISOR_STALE_MAX 8u

/** A possible result of a DMA. */
struct hypervisor_outcome {
	bool translated; /* false: it faults */
	uint64_t gpa;	 /* byte exact, when translated */
};

/**
 * struct hypervisor_dma - all possible results of one DMA
 * @fresh: by walking memory, nothing cached
 * @stale_count: further outcomes that differ from @fresh
 * @stale: those, from cached translations and cached table pointers
 */
struct hypervisor_dma {
	struct hypervisor_outcome fresh;
	size_t stale_count;
	struct hypervisor_outcome stale[HYPERVISOR_STALE_MAX];
};

/**
 * hypervisor_dma() - a device reads or writes one byte
 * @device_id: a device that is there
 * @iova: any
 * @write: the direction
 * @dma: out: every outcome
 *
 * Everything the walk meets is cached from now on. A walk that reads a table
 * page not in use is a violation, and so is a leaf of a size that the host
 * does not offer.
 */
void hypervisor_dma(struct hypervisor *hv, uint64_t device_id, uint64_t iova,
		    bool write, struct hypervisor_dma *dma);

/**
 * hypervisor_dma_both() - a device reads one byte and then writes it
 * @dma: out: every outcome of the read, and of the write
 *
 * As two calls of hypervisor_dma() with nothing in between, in less time. The
 * stale outcomes of the write may be in another order.
 */
void hypervisor_dma_both(struct hypervisor *hv, uint64_t device_id,
			 uint64_t iova, struct hypervisor_dma dma[2]);

/**
 * hypervisor_page_freed() - a table page is about to go back to its owner
 *
 * A violation when a cached table pointer, or the root of a domain, still
 * points at it. It has a text of its own when the domain has no device: see
 * hypervisor_config.frees_before_delete.
 */
void hypervisor_page_freed(struct hypervisor *hv, uint64_t gpa);

/* ---- what was seen --------------------------------------------------- */

/**
 * struct hypervisor_stats - counted since creation
 * @calls: of any code, continuations included
 * @failures: those not answered with success
 * @descriptors: of flush lists, done
 * @flushed_pages: which those covered, modulo 2^64
 * @full_flushes: FLUSH_DEVICE_DOMAIN, done
 * @dmas: made
 * @stale_dmas: those with an outcome that memory does not have
 * @violations: of any kind
 */
struct hypervisor_stats {
	uint64_t calls;
	uint64_t failures;
	uint64_t descriptors;
	uint64_t flushed_pages;
	uint64_t full_flushes;
	uint64_t dmas;
	uint64_t stale_dmas;
	uint64_t violations;
};

void hypervisor_read_stats(struct hypervisor *hv,
			   struct hypervisor_stats *stats);

/** Calls of one code, continuations included; and those that failed. */
uint64_t hypervisor_calls(struct hypervisor *hv, uint16_t code);
uint64_t hypervisor_failures(struct hypervisor *hv, uint16_t code);

/** A name such as "FLUSH_DEVICE_DOMAIN"; NULL: not a call of the model. */
const char *hypervisor_call_name(uint16_t code);

/** The codes the model knows, in order; 0 behind the last. */
uint16_t hypervisor_call_code(size_t index);

/** The text of the first violation; "" when there was none. */
const char *hypervisor_violation(struct hypervisor *hv);

/** Domains that exist now; does this one? */
size_t hypervisor_domains(struct hypervisor *hv);
bool hypervisor_has_domain(struct hypervisor *hv, uint32_t domain_id);

/** In which domain is a device? False: in none, or there is no such device. */
bool hypervisor_device_domain(struct hypervisor *hv, uint64_t device_id,
			      uint32_t *domain_id);

/** Translations and table pointers cached now, of all domains. */
size_t hypervisor_cached(struct hypervisor *hv);

#endif /* ORACLE_HYPERVISOR_H */
