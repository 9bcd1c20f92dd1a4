/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace.h - tracepoints: hypercalls, flushes that became full ones, faults.
 *
 * Maps and unmaps are the IOMMU layer's own (events/iommu).
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hvpt

#if !defined(HVPT_LINUX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define HVPT_LINUX_TRACE_H

#include <linux/tracepoint.h>

/* clang-format off: these are no function calls. */

/* A hypercall was made: its input value, and its result value. */
TRACE_EVENT(hvpt_hypercall, TP_PROTO(u64 control, u64 result),
	    TP_ARGS(control, result),
	    TP_STRUCT__entry(__field(u64, control) __field(u64, result)),
	    TP_fast_assign(__entry->control = control;
			   __entry->result = result;),
	    TP_printk("code=%#llx reps=%llu start=%llu status=%#llx done=%llu",
		      __entry->control & 0xffff, __entry->control >> 32 & 0xfff,
		      __entry->control >> 48 & 0xfff, __entry->result & 0xffff,
		      __entry->result >> 32 & 0xfff));

/* A flush of ranges was refused: all of the domain is flushed instead. */
TRACE_EVENT(hvpt_fallback, TP_PROTO(u32 status), TP_ARGS(status),
	    TP_STRUCT__entry(__field(u32, status)),
	    TP_fast_assign(__entry->status = status;),
	    TP_printk("status=%#x", __entry->status));

/* A device was refused; see enum hvpt_fault_reason for the reason. */
TRACE_EVENT(hvpt_fault,
	    TP_PROTO(u64 device, u64 iova, u32 type, u32 access, u32 reason),
	    TP_ARGS(device, iova, type, access, reason),
	    TP_STRUCT__entry(__field(u64, device) __field(u64, iova)
				     __field(u32, type) __field(u32, access)
					     __field(u32, reason)),
	    TP_fast_assign(__entry->device = device; __entry->iova = iova;
			   __entry->type = type; __entry->access = access;
			   __entry->reason = reason;),
	    TP_printk("device=%#llx iova=%#llx type=%u access=%u reason=%u",
		      __entry->device, __entry->iova, __entry->type,
		      __entry->access, __entry->reason));

/* clang-format on */
#endif /* HVPT_LINUX_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
