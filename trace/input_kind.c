/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "input_kind.h"

#include <string.h>

#include "decoder.h"

/**
 * struct kind - a form that is not text
 * @bytes, @length: its bytes at @at
 * @why: the error message
 */
struct kind {
	const char *bytes;
	size_t length;
	size_t at;
	const char *why;
};

#define UTF16 "UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8"
#define UTF32 "UTF-32 text; convert it: iconv -f UTF-32 -t UTF-8"
#define PERF_DATA "a perf.data file; give the output of perf script"
#define PCAP "a capture of network packets (pcap), not a trace"

#define TRACE_DAT "\x17\x08\x44tracing"
#define TRACE_DAT_LENGTH ((size_t)10)
#define UTF8_MARK "\xef\xbb\xbf"

/* UTF-32 comes before UTF-16: its mark begins with that of UTF-16. */
static const struct kind kinds[] = {
	{ "\xff\xfe\0\0", 4, 0, UTF32 },
	{ "\0\0\xfe\xff", 4, 0, UTF32 },
	{ "\xff\xfe", 2, 0, UTF16 },
	{ "\xfe\xff", 2, 0, UTF16 },
	{ TRACE_DAT, TRACE_DAT_LENGTH, 0,
	  "a compressed trace.dat file; unpack it, or give the output of "
	  "trace-cmd report" },
	{ "PERFILE2", 8, 0, PERF_DATA },
	{ "2ELIFREP", 8, 0, PERF_DATA },
	{ "PERFFILE", 8, 0, PERF_DATA },
	{ "{\"linux-perf-json-version\"", 26, 0,
	  "JSON of perf data convert; give the output of perf script" },
	{ "\xc1\x1f\xfc\xc1", 4, 0,
	  "a CTF trace; give the output of babeltrace2" },
	{ "\xc1\xfc\x1f\xc1", 4, 0,
	  "a CTF trace; give the output of babeltrace2" },
	{ "\xd4\xc3\xb2\xa1", 4, 0, PCAP },
	{ "\xa1\xb2\xc3\xd4", 4, 0, PCAP },
	{ "\x4d\x3c\xb2\xa1", 4, 0, PCAP },
	{ "\xa1\xb2\x3c\x4d", 4, 0, PCAP },
	{ "\x0a\x0d\x0d\x0a", 4, 0, PCAP },
	{ "\x7f"
	  "ELF",
	  4, 0, "a program or core dump (ELF), not a trace" },
	{ "\x04\x22\x4d\x18", 4, 0, "compressed by lz4; unpack it: lz4 -d" },
	{ "LZIP", 4, 0, "compressed by lzip; unpack it: lzip -d" },
	{ "\x89LZO", 4, 0, "compressed by lzop; unpack it: lzop -d" },
	{ "\x1f\x9d", 2, 0, "compressed by compress; unpack it: uncompress" },
	{ "PK\3\4", 4, 0, "a .zip archive; unpack it" },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, "a .7z archive; unpack it" },
	{ "Rar!\x1a\x07", 6, 0, "a .rar archive; unpack it" },
	{ "ustar", 5, 257, "a .tar archive; unpack it" },
	{ "%PDF-", 5, 0, "a PDF file, not a trace" },
	{ "SQLite format 3", 16, 0, "an SQLite database, not a trace" },
};

static bool is_kind(const struct kind *kind, const char *bytes, size_t count)
{
	return count >= kind->at + kind->length &&
	       memcmp(bytes + kind->at, kind->bytes, kind->length) == 0;
}

/* Without a mark, the NUL bytes among the first four tell. */
static const char *refuse_nuls(const char *bytes, size_t count)
{
	unsigned nuls = 0;
	size_t i;

	if (!memchr(bytes, '\0', count))
		return NULL;
	for (i = 0; i < 4 && i < count; i++)
		nuls |= (unsigned)(bytes[i] == '\0') << i;
	if (nuls == 0xe || nuls == 0x7)
		return UTF32;
	if (nuls == 0xa || nuls == 0x5)
		return UTF16;
	return "not text: there are NUL bytes in it";
}

const char *input_kind_refused(const char *bytes, size_t count)
{
	size_t i;

	if (count > INPUT_KIND_BYTES)
		count = INPUT_KIND_BYTES;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (is_kind(&kinds[i], bytes, count))
			return kinds[i].why;
	}
	if (decoder_find((const uint8_t *)bytes, count))
		return "compressed more than once; unpack it";
	return refuse_nuls(bytes, count);
}

bool input_kind_is_trace_dat(const char *bytes, size_t count)
{
	return count >= TRACE_DAT_LENGTH &&
	       memcmp(bytes, TRACE_DAT, TRACE_DAT_LENGTH) == 0;
}

size_t input_kind_mark(const char *bytes, size_t count)
{
	return count >= 3 && memcmp(bytes, UTF8_MARK, 3) == 0 ? 3 : 0;
}

/* ---- terminals ------------------------------------------------------- */

static bool is_between(char c, char first, char last)
{
	return c >= first && c <= last;
}

/*
 * Finds the end of the sequence whose ESC is at @at (ECMA-48): ESC [,
 * parameters and a final byte; ESC ], text and BEL or ESC \; else ESC and one
 * byte.
 */
static size_t sequence_end(const char *text, size_t at, size_t length)
{
	size_t i = at + 2;

	if (i > length)
		return length;
	if (text[at + 1] == '[') {
		while (i < length && is_between(text[i], ' ', '?'))
			i++;
		return i < length && is_between(text[i], '@', '~') ? i + 1 : i;
	}
	if (text[at + 1] != ']')
		return i;
	while (i < length && text[i] != '\a' && text[i] != '\033')
		i++;
	if (i + 1 < length && text[i] == '\033')
		i++;
	return i < length ? i + 1 : i;
}

size_t input_kind_clean(char *text, size_t length)
{
	size_t from = 0, to = 0;

	if (!memchr(text, '\033', length))
		return length;
	while (from < length) {
		if (text[from] == '\033')
			from = sequence_end(text, from, length);
		else
			text[to++] = text[from++];
	}
	return to;
}
