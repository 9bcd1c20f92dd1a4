/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * conformance.h - questions to a host that speaks the pvIOMMU hypercalls.
 *
 * Each question makes one or a few hypercalls, and compares the answer with
 * two things: what the sources of the ABI state, and what guests rely on.
 * Where the sources leave the answer open, the answer is recorded.
 *
 * The suite needs a transport (hvpt/hvcall.h) and no C library; as any
 * freestanding C it may use memset() and memcpy(). It runs on one processor
 * and is not reentrant for one host.
 *
 * What it touches: domains that it made itself, with ids from the range given,
 * the one device given, and the pages given. An id is used only when
 * FLUSH_DEVICE_DOMAIN says that no domain has it: when it is not denied, or
 * unknown, but fails for that id. No id is used by two questions. After each
 * question its domains are deleted and the device is attached to its home.
 */
#ifndef CONFORMANCE_CONFORMANCE_H
#define CONFORMANCE_CONFORMANCE_H

#include "hvpt/discover.h"
#include "hvpt/hvcall.h"

/* ---- the questions --------------------------------------------------- */

enum conformance_group {
	CONFORMANCE_CONTROL = 0, /* control word and result word */
	CONFORMANCE_CAPS = 1,
	CONFORMANCE_DOMAINS = 2,
	CONFORMANCE_DEVICES = 3,
	CONFORMANCE_FLUSH = 4,
	CONFORMANCE_PRIVILEGES = 5,  /* CPUID, partitions, trust levels */
	CONFORMANCE_TRANSLATION = 6, /* where DMA goes */
	CONFORMANCE_CACHING = 7,     /* what is forgotten when */
};
#define CONFORMANCE_GROUPS 8u

/**
 * struct conformance_group_text - about a group
 * @name: as in ids of questions
 * @does: what its questions will do to the host
 */
struct conformance_group_text {
	const char *name;
	const char *does;
};
extern const struct conformance_group_text
	conformance_groups[CONFORMANCE_GROUPS];

enum conformance_verdict {
	CONFORMANCE_AS_STATED = 0, /* as the source says */
	CONFORMANCE_DIFFERS = 1,   /* otherwise than the source says */
	CONFORMANCE_OPEN = 2,	   /* no source says; this host does so */
	CONFORMANCE_NOT_ASKED = 3, /* something it needs is missing */
};
#define CONFORMANCE_VERDICTS 4u

/** "as stated", "differs", "open", "not asked" */
const char *conformance_verdict_name(enum conformance_verdict verdict);

/**
 * struct conformance_finding - the answer to one question
 * @verdict: against the source
 * @fits: what guests rely on holds; true when it was not asked
 * @status: the hypervisor's status of the decisive call; 0 if not asked
 * @value: a number beside it, as the question says; else 0
 * @note: what else was seen, or why it was not asked; or NULL
 */
struct conformance_finding {
	enum conformance_verdict verdict;
	bool fits;
	uint16_t status;
	uint64_t value;
	const char *note;
};

struct conformance_run;

/* Sets of statuses that are expected. */
#define CONFORMANCE_ANY 0u     /* whatever it is */
#define CONFORMANCE_REFUSED 1u /* any but SUCCESS */
#define CONFORMANCE_THESE 2u   /* one of the list */

struct conformance_statuses {
	unsigned what;
	unsigned count;
	uint16_t list[3];
};

/**
 * struct conformance_question - a question
 * @id: group, dot, name
 * @asks: one sentence
 * @says: what the source says; NULL: it is open
 * @source: who says it, or who leaves it open
 * @relied: what Linux, hvpt and the model do about it
 * @group: its group
 * @needs: CONFORMANCE_NEEDS_* bits
 * @stated: the statuses that @says allows; unused when it is open
 * @needed: the statuses that guests can work with
 * @ask: makes the calls and returns the status of the decisive one
 */
struct conformance_question {
	const char *id;
	const char *asks;
	const char *says;
	const char *source;
	const char *relied;
	enum conformance_group group;
	unsigned needs;
	struct conformance_statuses stated;
	struct conformance_statuses needed;
	uint16_t (*ask)(struct conformance_run *run);
};

/* What a question needs. Without NEEDS_IDS and NEEDS_WRITES it only reads. */
#define CONFORMANCE_NEEDS_PVIOMMU 1u  /* the capabilities can be read */
#define CONFORMANCE_NEEDS_IDS 2u      /* three unused domain ids */
#define CONFORMANCE_NEEDS_PAGING 4u   /* a paging domain with the first id */
#define CONFORMANCE_NEEDS_LIST 8u     /* that, and the flush list call */
#define CONFORMANCE_NEEDS_BLOCKED 16u /* blocked domains with both ids */
#define CONFORMANCE_NEEDS_DEVICE 32u  /* the device */
#define CONFORMANCE_NEEDS_HOME 64u    /* the device, to be moved */
#define CONFORMANCE_NEEDS_WRITES 128u /* more than reading */
#define CONFORMANCE_NEEDS_DRIVER 256u /* the device in a domain, to do DMA */
#define CONFORMANCE_NEEDS_CACHED 512u /* that, after a DMA that arrived */
#define CONFORMANCE_NEEDS_READ 1024u  /* a device that can read */
#define CONFORMANCE_NEEDS_LARGE 2048u /* pages of 2 MiB */
#define CONFORMANCE_NEEDS_CPUID 4096u /* what CPUID says */

/** All questions of a group, in order. */
const struct conformance_question *
conformance_questions(enum conformance_group group, size_t *count);

/* ---- a device that can be driven ------------------------------------- */

/* What a device says about a DMA of its own. Memory says the rest. */
enum conformance_dma {
	CONFORMANCE_DMA_ENDED = 0,   /* it ended; it may have failed */
	CONFORMANCE_DMA_REFUSED = 1, /* the device was told that it failed */
	CONFORMANCE_DMA_STUCK = 2,   /* it did not end in time */
};

/* A write must not begin with one of these three words: memory holds them. */
#define CONFORMANCE_DMA_FILL 0xc0f0a000u
#define CONFORMANCE_DMA_FILLS 3u

/**
 * struct conformance_driver - starts DMA of the device that was given
 * @write: the device writes 4 to 4096 bytes at @iova, which is page aligned.
 *	Which bytes is its affair, but see CONFORMANCE_DMA_FILL
 * @read: the device reads the first 4 bytes at @iova, page aligned; @value:
 *	out: what it read, any value if it was refused. NULL: it cannot
 * @ctx: for both
 * @address_bits: iovas that the device can send have at most so many
 *
 * Both wait until the DMA ended, and have a limit of their own for that. When
 * it is over they reset the device, so that no DMA is on its way, and return
 * CONFORMANCE_DMA_STUCK; the suite starts none afterwards. What the device
 * needs beside the DMA itself (queues, doorbells) must not be memory that it
 * reaches through the pvIOMMU: the suite maps one page at @iova and no other.
 *
 * ATS of the device is off, so that it caches nothing itself.
 *
 * An iova is the gpa of a page given, or it is beyond all memory: a host that
 * does not translate it harms nobody.
 */
struct conformance_driver {
	enum conformance_dma (*write)(void *ctx, uint64_t iova);
	enum conformance_dma (*read)(void *ctx, uint64_t iova, uint32_t *value);
	void *ctx;
	unsigned address_bits;
};

/** One page of memory: 4096 bytes, aligned so. */
struct conformance_page {
	void *va;
	hvpt_gpa_t gpa;
};

/* Tables, and pages for DMA. */
#define CONFORMANCE_PAGES 12u

/* ---- a run ----------------------------------------------------------- */

/*
 * For @first_id and @ids: neither firmware nor an operating system starts with
 * them. For @absent: a logical device id that no virtual function has.
 */
#define CONFORMANCE_FIRST_ID 0x1000u
#define CONFORMANCE_IDS 0x1000u
#define CONFORMANCE_ABSENT_DEVICE 0x7fffffffu

/**
 * struct conformance_host - what the suite may use
 * @transport: to the host
 * @passive: ask only questions that read
 * @first_id: domain ids from here on may be taken
 * @ids: so many
 * @root: a page of zeros, an empty table, that stays so during the run
 * @absent: a logical device id that does not exist
 * @has_device: @device is given
 * @device: its logical id. Its driver must be stopped: its DMA is refused for
 *	most of the run
 * @has_home: @home is given; else the device is not moved
 * @home: the domain in which the device is, and will be left
 * @cpuid: as read; NULL: not known
 * @driver: starts DMA of @device, or NULL
 * @pages: CONFORMANCE_PAGES pages of ordinary memory that nobody else uses
 *	during the run, all below 2^@driver->address_bits; NULL without @driver
 */
struct conformance_host {
	const struct hvpt_transport *transport;
	bool passive;
	uint32_t first_id;
	uint32_t ids;
	hvpt_gpa_t root;
	uint64_t absent;
	bool has_device;
	uint64_t device;
	bool has_home;
	uint32_t home;
	const struct hvpt_cpuid_leaves *cpuid;
	const struct conformance_driver *driver;
	const struct conformance_page *pages;
};

/**
 * struct conformance_sink - where the report goes
 * @group: called before the first question of a group
 * @finding: called after each question
 */
struct conformance_sink {
	void (*group)(void *ctx, enum conformance_group group);
	void (*finding)(void *ctx, const struct conformance_question *question,
			const struct conformance_finding *finding);
	void *ctx;
};

/**
 * struct conformance_counts - a run in numbers
 * @verdicts: questions with each verdict
 * @unfit: questions whose answer guests do not expect
 * @domains_left: domains of the suite that could not be deleted
 * @device_astray: the device could not be brought home
 */
struct conformance_counts {
	unsigned verdicts[CONFORMANCE_VERDICTS];
	unsigned unfit;
	unsigned domains_left;
	bool device_astray;
};

/**
 * conformance_run_all() - asks the host every question
 * @counts: out
 *
 * The run ends early when the device cannot be brought home: nothing more is
 * done to it then.
 */
void conformance_run_all(const struct conformance_host *host,
			 const struct conformance_sink *sink,
			 struct conformance_counts *counts);

#endif /* CONFORMANCE_CONFORMANCE_H */
