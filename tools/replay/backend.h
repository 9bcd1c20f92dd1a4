/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backend.h - where an access to an iova ends, as one backend shows it.
 *
 * There is one replay and one set of checks (check_dma.h). A backend only
 * carries out an access and says what it saw; it does not know what is right.
 *
 *	model  the core's tables, read by the model hypervisor as an IOMMU
 *	       with the worst IOTLB that the rules allow; in every replay
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

/* What is seen of one access, at most: by memory and by each cached entry. */
#define BACKEND_SIGHTS_MAX (1u + HYPERVISOR_STALE_MAX)

/** How an access ended. */
enum sight_kind {
	SIGHT_AT = 0,	     /* it got to a gpa */
	SIGHT_ELSEWHERE = 1, /* it got somewhere, not to what was expected */
	SIGHT_REFUSED = 2,   /* it was refused, nobody says why */
	SIGHT_NOTHING = 3,   /* it was refused: nothing is mapped there */
	SIGHT_READ_ONLY = 4, /* it was refused: a write to what is read-only */
};

/**
 * struct sight - one way in which an access may end, or did
 * @cached: a cache may have answered, which may lag behind memory
 * @gpa: of SIGHT_AT
 */
struct sight {
	enum sight_kind kind;
	bool cached;
	uint64_t gpa;
};

/**
 * struct access - a read or a write of one byte
 * @iova: any
 * @expected: where it is expected to get to, if it gets anywhere: a backend
 *	may be able to tell only whether it got there
 */
struct access {
	uint64_t iova;
	uint64_t expected;
	bool write;
};

/**
 * struct backend_ops - one of the backends
 * @name: for people
 * @cache_name: the same, of an answer from its cache
 * @device: an access is a device's, so it can be blocked
 * @access: carries out one. Return: how many sights there are; 0: it cannot
 *	tell, or it would do harm to try
 * @check_whole: compares all of @domain with what the library shows; NULL: it
 *	cannot
 * @check_end: has it done all that it was given? NULL: it was given nothing
 */
struct backend_ops {
	const char *name;
	const char *cache_name;
	bool device;
	size_t (*access)(struct backend *backend, const struct domain *domain,
			 const struct access *access,
			 struct sight sights[BACKEND_SIGHTS_MAX]);
	void (*check_whole)(struct backend *backend, struct checker *checker,
			    const struct domain *domain);
	void (*check_end)(struct backend *backend, struct checker *checker);
};

/**
 * struct backend - one of the backends, in a replay
 * @error: why it cannot go on, which ends the replay; NULL: it can
 * @accesses: how many it was asked for
 * @stale: of those, how many got by its cache to what was not yet synced
 */
struct backend {
	const struct backend_ops *ops;
	const char *error;
	uint64_t accesses;
	uint64_t stale;
};

extern const struct backend_ops backend_model_ops;

#endif /* TOOLS_REPLAY_BACKEND_H */
