/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backend.h - where an access to an iova ends, according to a backend.
 *
 * There is one replay and one set of checks (check_dma.h). A backend only
 * carries out an access and reports the result; it does not know what is right.
 *
 *	model  the core's tables, read by the model hypervisor as an IOMMU
 *	       with the least forgiving IOTLB allowed; in every replay
 *	vtd    a device behind the VT-d that QEMU emulates
 *	cpu    the processor that QEMU emulates, with the tables as its own
 */
#ifndef TOOLS_REPLAY_BACKEND_H
#define TOOLS_REPLAY_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/hypervisor.h"

struct backend;
struct checker;
struct domain;

/* The most results of one access: by memory and by each cached entry. */
#define BACKEND_SIGHTS_MAX (1u + HYPERVISOR_STALE_MAX)

/** How an access ended. */
enum sight_kind {
	SIGHT_AT = 0,	     /* it reached a gpa */
	SIGHT_ELSEWHERE = 1, /* it reached another gpa than expected */
	SIGHT_REFUSED = 2,   /* it was refused for an unknown reason */
	SIGHT_NOTHING = 3,   /* it was refused: nothing is mapped there */
	SIGHT_READ_ONLY = 4, /* it was refused: a write to a read-only page */
};

/**
 * struct sight - one way in which an access may end, or did
 * @cached: a cache may have answered; it may hold what memory held before
 * @gpa: of SIGHT_AT
 */
struct sight {
	enum sight_kind kind;
	bool cached;
	uint64_t gpa;
};

/**
 * struct seen - all ways in which an access may end, or did
 * @count: how many; 0: the backend cannot tell, or the access would do harm
 */
struct seen {
	size_t count;
	struct sight at[BACKEND_SIGHTS_MAX];
};

/**
 * struct access - a read and then a write of one byte
 * @iova: any
 * @expected: the gpa that they should reach, if any: some backends can only
 *	tell whether they reached this one
 */
struct access {
	uint64_t iova;
	uint64_t expected;
};

/**
 * struct backend_ops - one of the backends
 * @name: for messages
 * @cache_name: for messages about an answer from its cache
 * @device: accesses come from a device, so they can be blocked
 * @access: carries out an access; @seen: out: by the read, and by the write
 * @check_whole: compares all of @domain with the library; NULL: not supported
 * @check_end: checks that it did all that it was given; NULL: not needed
 */
struct backend_ops {
	const char *name;
	const char *cache_name;
	bool device;
	void (*access)(struct backend *backend, const struct domain *domain,
		       const struct access *access, struct seen seen[2]);
	void (*check_whole)(struct backend *backend, struct checker *checker,
			    const struct domain *domain);
	void (*check_end)(struct backend *backend, struct checker *checker);
};

/**
 * struct backend - one of the backends, in a replay
 * @error: why it cannot continue, which ends the replay; NULL: it can
 * @accesses: number of reads and writes
 * @stale: of those, how many reached unsynced pages through its cache
 */
struct backend {
	const struct backend_ops *ops;
	const char *error;
	uint64_t accesses;
	uint64_t stale;
};

extern const struct backend_ops backend_model_ops;

#endif /* TOOLS_REPLAY_BACKEND_H */
