/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* lzma.c - tells the memory sanitizer what lzma_code() has written. */
#include <lzma.h>
#include <sanitizer/msan_interface.h>

/* Names given by the linker's --wrap. */
lzma_ret __real_lzma_code(lzma_stream *stream, lzma_action action);
lzma_ret __wrap_lzma_code(lzma_stream *stream, lzma_action action);

lzma_ret __wrap_lzma_code(lzma_stream *stream, lzma_action action)
{
	uint8_t *start = stream->next_out;
	lzma_ret result = __real_lzma_code(stream, action);

	__msan_unpoison(start, (size_t)(stream->next_out - start));
	return result;
}
