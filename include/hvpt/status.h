/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/status.h - the one error type of hvpt.
 *
 * Values are pinned: they are part of the binary interface and never reused.
 * They are grouped by who is at fault. Unless a function says otherwise, any
 * status but HVPT_OK means that nothing changed: no translation, no table
 * page, no output argument, no gather.
 */
#ifndef HVPT_STATUS_H
#define HVPT_STATUS_H

#include "hvpt/port.h"

enum hvpt_status {
	HVPT_OK = 0,

	/* 1 - 31: the caller's argument breaks a stated rule. */
	HVPT_ERR_EMPTY = 1,	 /* a length, or a list, of zero */
	HVPT_ERR_ALIGN = 2,	 /* address or length not a 4 KiB multiple */
	HVPT_ERR_WRAP = 3,	 /* first + length - 1 passes 2^64 - 1 */
	HVPT_ERR_IOVA_RANGE = 4, /* outside the IOVA form, or across its hole */
	HVPT_ERR_GPA_RANGE = 5,	 /* some byte at or above 2^52 */
	HVPT_ERR_PROT = 6,	 /* no permission bit, or an unknown one */
	HVPT_ERR_WRITE_ONLY = 7, /* the entry format has no write-only */
	HVPT_ERR_LEVELS = 8,	 /* neither 4 nor 5 levels */
	HVPT_ERR_WIDTH = 9,	 /* IOVA width outside what the levels span */
	HVPT_ERR_PAGE_SIZES = 10, /* page-size bitmap lacks 4 KiB */
	HVPT_ERR_IOVA_FORM = 11,  /* unknown IOVA form */
	HVPT_ERR_FLAGS = 12,	  /* unknown flag bit */
	HVPT_ERR_TABLE_MASK = 13, /* table mask outside address bits 51:12 */
	HVPT_ERR_OPS = 14,	  /* a required hook is missing */

	/* 32 - 63: the state of the page table. */
	HVPT_ERR_OVERLAP = 32,	  /* part of the range is mapped already */
	HVPT_ERR_NOT_MAPPED = 33, /* part of the range is not mapped */
	HVPT_ERR_CORRUPT = 34,	  /* an entry hvpt never writes was found */
	HVPT_ERR_STOPPED = 35,	  /* the caller's visitor asked to stop */
	HVPT_ERR_CONCURRENT = 36, /* a range was not owned as the rules ask */

	/* 64 - 95: a resource. */
	HVPT_ERR_NO_MEMORY = 64,  /* the page hook had no page */
	HVPT_ERR_TABLE_PAGE = 65, /* the page hook gave an unusable page */
};

HVPT_STATIC_ASSERT(sizeof(enum hvpt_status) == 4, "status is 4 bytes");

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_status_name() - the identifier of a status, for logs
 * @status: any value, known or not
 *
 * Context: any.
 * Return: a static string such as "HVPT_ERR_OVERLAP"; "HVPT_ERR_UNKNOWN" for
 * a value which is not in the list above. Never NULL.
 */
const char *hvpt_status_name(enum hvpt_status status);

HVPT_EXTERN_C_END

#endif /* HVPT_STATUS_H */
