/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/status.h - the one error type of hvpt.
 *
 * Values are pinned: they are part of the binary interface and never reused.
 * They are grouped by who is at fault. Unless a function says otherwise, any
 * status but HVPT_OK means that nothing changed: no translation, no table
 * page, no output argument, no gather. With a status of the last group the raw
 * answer of the hypervisor is kept: see struct hvpt_answer in hvcall.h.
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
	HVPT_ERR_PAGE_SIZES = 10,  /* page-size bitmap lacks 4 KiB */
	HVPT_ERR_IOVA_FORM = 11,   /* unknown IOVA form */
	HVPT_ERR_FLAGS = 12,	   /* unknown flag bit */
	HVPT_ERR_TABLE_MASK = 13,  /* table mask outside address bits 51:12 */
	HVPT_ERR_OPS = 14,	   /* a required hook is missing */
	HVPT_ERR_POLICY = 15,	   /* unknown flush policy */
	HVPT_ERR_DOMAIN_ID = 16,   /* domain id 0 or 0xffffffff, or no range */
	HVPT_ERR_DEVICE_ID = 17,   /* not a logical device id: bits 63:62 set */
	HVPT_ERR_PREFIX = 18,	   /* low 3 bits of an id prefix are set */
	HVPT_ERR_FUNCTION = 19,	   /* a PCI function number above 7 */
	HVPT_ERR_SETTINGS = 20,	   /* domain settings which contradict */
	HVPT_ERR_FOREIGN = 21,	   /* objects of two different pvIOMMUs */
	HVPT_ERR_KIND = 22,	   /* not for identity or blocked domains */
	HVPT_ERR_FLUSH_ENTRY = 23, /* a flush descriptor breaks the format */
	HVPT_ERR_MESSAGE_TYPE = 24, /* a message of another type */
	HVPT_ERR_MESSAGE_SIZE = 25, /* a message cut short, or too long */
	HVPT_ERR_RESERVED = 26,	    /* in a range that is never mapped */

	/* 32 - 63: the state of the object, or of the page table. */
	HVPT_ERR_OVERLAP = 32,	  /* part of the range is mapped already */
	HVPT_ERR_NOT_MAPPED = 33, /* part of the range is not mapped */
	HVPT_ERR_CORRUPT = 34,	  /* an entry hvpt never writes was found */
	HVPT_ERR_STOPPED = 35,	  /* the caller's visitor asked to stop */
	HVPT_ERR_CONCURRENT = 36, /* a range was not owned as the rules ask */
	HVPT_ERR_EXISTS = 37,	  /* the segment, or device, is known already */
	HVPT_ERR_UNKNOWN_SEGMENT = 38, /* no registration for this segment */
	HVPT_ERR_STALE = 39,  /* the registration meant is no longer there */
	HVPT_ERR_BUSY = 40,   /* a device or domain still uses the object */
	HVPT_ERR_ATS_ON = 41, /* ATS must be disabled first */
	HVPT_ERR_NOT_ATTACHED = 42, /* the device is in no domain */
	HVPT_ERR_LOST = 43, /* the hypervisor lost the domain: resume first */

	/* 64 - 95: a resource. */
	HVPT_ERR_NO_MEMORY = 64,  /* the page hook had no page */
	HVPT_ERR_TABLE_PAGE = 65, /* the page hook gave an unusable page */
	HVPT_ERR_NO_IDS = 66,	  /* every domain id is used or quarantined */
	HVPT_ERR_CALL_PAGE = 67,  /* no call page, or an unusable one */

	/* 96 - 127: what the hypervisor has, and what it answered. */
	HVPT_ERR_NO_HYPERVISOR = 96, /* no Hyper-V hypercall interface */
	HVPT_ERR_ISOLATED = 97,	     /* an isolated VM: not supported */
	HVPT_ERR_NO_IOMMU = 98,	     /* no pvIOMMU: not a fault, be silent */
	HVPT_ERR_NO_STAGE1 = 99,     /* a pvIOMMU without stage 1 */
	HVPT_ERR_IOMMU_CAPS = 100,   /* its capabilities cannot be used */
	HVPT_ERR_NOT_MANAGED = 101, /* the pvIOMMU does not manage the device */
	HVPT_ERR_HV_CODE = 102,	    /* the hypercall does not exist there */
	HVPT_ERR_HV_INPUT = 103,    /* it refuses the input */
	HVPT_ERR_HV_DENIED = 104,   /* it denies the operation */
	HVPT_ERR_HV_MEMORY = 105,   /* it lacks memory, or buffers */
	HVPT_ERR_HV_DOMAINS = 106,  /* the hardware has no domain left */
	HVPT_ERR_HV_DEVICE = 107,   /* it refuses the device id */
	HVPT_ERR_HV_EXISTS = 108,   /* what was to be made exists already */
	HVPT_ERR_HV_STATE = 109,    /* not allowed in some object's state */
	HVPT_ERR_HV_TIMEOUT = 110,  /* timed out, without any progress */
	HVPT_ERR_HV_PROGRESS = 111, /* success, but elements were left over */
	HVPT_ERR_HV_FAILED = 112,   /* any other status; see the raw one */
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
