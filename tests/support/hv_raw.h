/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hv_raw.h - hypercalls by hand, for tests of the model hypervisor.
 *
 * What it gives: raw_open(), a hypervisor with a few domains and devices;
 * raw_create() and the like, one hypercall each, and raw_call() for any; the
 * numbers of codes, statuses and flags; what violation there was.
 *
 * No header of hvpt is used: inputs are numbers at offsets, taken from the same
 * references as those of the model (hypervisor_calls.c).
 */
#ifndef HVPT_TEST_HV_RAW_H
#define HVPT_TEST_HV_RAW_H

#include <stdint.h>
#include <stddef.h>

#include "oracle/hypervisor.h"

#define RAW_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RAW_PAGE 4096u

#define RAW_CREATE 0xb1u
#define RAW_ATTACH 0xb2u
#define RAW_DETACH 0xc4u
#define RAW_DELETE 0xc5u
#define RAW_CONFIGURE 0xceu
#define RAW_FLUSH 0xd0u
#define RAW_FLUSH_LIST 0xd1u
#define RAW_GET_CAPS 0x125u
#define RAW_GET_PROPERTY 0x127u

#define RAW_SELF UINT64_MAX

/* Statuses. */
#define RAW_OK 0x00u
#define RAW_BAD_CODE 0x02u
#define RAW_BAD_INPUT 0x03u
#define RAW_BAD_ALIGNMENT 0x04u
#define RAW_BAD_PARAMETER 0x05u
#define RAW_DENIED 0x06u
#define RAW_NOT_NOW 0x08u
#define RAW_NO_PROPERTY 0x09u
#define RAW_NO_MEMORY 0x0bu
#define RAW_BAD_PARTITION 0x0du
#define RAW_NOT_FOUND 0x10u
#define RAW_IN_USE 0x19u
#define RAW_NO_DOMAINS 0x38u
#define RAW_BAD_DEVICE 0x57u
#define RAW_BAD_STATE 0x58u
#define RAW_EXISTS 0x65u
#define RAW_SAME_DOMAIN 0x66u
#define RAW_TIMEOUT 0x78u

/* Flags of CONFIGURE. */
#define RAW_IDENTITY 0u
#define RAW_PAGING_4 1u
#define RAW_BLOCKED 3u
#define RAW_PAGING_5 5u

/** 8 bytes of an input: domain type 1 (stage 1), id in the upper half. */
#define RAW_DOMAIN(id) ((uint64_t)(id) << 32 | 1)

/** The control word of a rep call. */
#define RAW_REP(code, count, start)                                            \
	((uint64_t)(code) | (uint64_t)(count) << 32 | (uint64_t)(start) << 48)

/**
 * raw_call() - one hypercall, in a call page borrowed for it
 * @in: the input, @words of 8 bytes; it goes to the start of the page
 * @out: out: 32 bytes of the page behind the input, or NULL
 *
 * Return: the whole result word.
 */
uint64_t raw_call(struct hypervisor *hv, uint64_t control, const uint64_t *in,
		  size_t words, uint64_t *out);

/** The status in a result word; the elements done. */
unsigned raw_status(uint64_t result);
unsigned raw_done(uint64_t result);

/* One call each; they return the status. */
unsigned raw_create(struct hypervisor *hv, uint32_t id);
unsigned raw_configure(struct hypervisor *hv, uint32_t id, uint64_t flags,
		       uint64_t root);
unsigned raw_attach(struct hypervisor *hv, uint32_t id, uint64_t device);
unsigned raw_detach(struct hypervisor *hv, uint64_t device);
unsigned raw_delete(struct hypervisor *hv, uint32_t id);
unsigned raw_flush(struct hypervisor *hv, uint32_t id);

/** Flushes 2^shift pages from iova on, a multiple of that. */
unsigned raw_flush_pages(struct hypervisor *hv, uint32_t id, uint64_t iova,
			 unsigned shift);

/** FLUSH_DEVICE_DOMAIN_LIST, elements from @start on; the result word. */
uint64_t raw_flush_list(struct hypervisor *hv, uint32_t id,
			const uint64_t *entries, unsigned count,
			unsigned start);

/* A host without odd choices; nothing can be read from its memory. */
extern const struct hypervisor_config raw_plain;

/**
 * raw_open() - a hypervisor with three domains and three devices
 *
 * Domain 1 is identity and has device 0x10, domain 2 is blocked, domain 3 is
 * created but not configured; device 0x20 is nowhere, 0x30 is not managed.
 */
struct hypervisor *raw_open(const struct hypervisor_config *config);

/** Domains and devices are as raw_open() left them, without a violation. */
void raw_is_as_opened(struct hypervisor *hv);

/** Fails the test unless the first violation has @text in it; NULL: none. */
void raw_assert_violation(struct hypervisor *hv, const char *text);

#endif /* HVPT_TEST_HV_RAW_H */
