/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * uninstrumented.h - calls into a library that MemorySanitizer does not
 * instrument.
 *
 * MemorySanitizer takes the output of liblzma for uninitialized, and reports
 * memory that liblzma passes to memcmp() and the like. These functions correct
 * both. In other builds they are empty.
 */
#ifndef TRACE_UNINSTRUMENTED_H
#define TRACE_UNINSTRUMENTED_H

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define UNINSTRUMENTED_BEGIN() __msan_scoped_disable_interceptor_checks()
#define UNINSTRUMENTED_END() __msan_scoped_enable_interceptor_checks()
#define UNINSTRUMENTED_WROTE(start, bytes) __msan_unpoison((start), (bytes))
#endif
#endif

#ifndef UNINSTRUMENTED_BEGIN
#define UNINSTRUMENTED_BEGIN() ((void)0)
#define UNINSTRUMENTED_END() ((void)0)
#define UNINSTRUMENTED_WROTE(start, bytes) ((void)(start), (void)(bytes))
#endif

#endif /* TRACE_UNINSTRUMENTED_H */
