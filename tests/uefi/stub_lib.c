/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The edk2 libraries that the adapter calls, in an ordinary process. */
#include "fake_boot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/PcdLib.h>

BOOLEAN stub_PcdHvptExposePartialPages;
UINT8 stub_PcdHvptExitPolicy;
UINT32 stub_PcdHvptDomainIdFirst = 0xffff0000;
UINT32 stub_PcdHvptDomainIdLast = 0xfffffffd;

VOID EFIAPI CpuPause(VOID)
{
}

VOID *EFIAPI ZeroMem(VOID *buffer, UINTN length)
{
	return memset(buffer, 0, length);
}

VOID *EFIAPI CopyMem(VOID *to, CONST VOID *from, UINTN length)
{
	return memmove(to, from, length);
}

INTN EFIAPI CompareMem(CONST VOID *a, CONST VOID *b, UINTN length)
{
	return memcmp(a, b, length);
}

/* ---- lines of DEBUG ------------------------------------------------------ */

#define LOG_BYTES 65536u

static char log_text[LOG_BYTES];
static size_t log_used;

bool fake_boot_said(const char *text)
{
	bool found = strstr(log_text, text) != NULL;

	log_used = 0;
	log_text[0] = '\0';
	return found;
}

static void put(const char *text)
{
	size_t length = strlen(text);

	if (log_used + length + 1 > LOG_BYTES)
		log_used = 0;
	memcpy(log_text + log_used, text, length + 1);
	log_used += length;
}

/* %a %d %x %p %r, with l: as PrintLib has them, and no others. */
VOID EFIAPI DebugPrint(UINTN level, CONST CHAR8 *format, ...)
{
	__builtin_ms_va_list list;
	char text[64], one[2] = "";
	bool wide;

	if (level == DEBUG_VERBOSE)
		return;
	__builtin_ms_va_start(list, format);
	for (; *format; format++) {
		one[0] = *format;
		if (*format != '%') {
			put(one);
			continue;
		}
		wide = format[1] == 'l';
		format += wide ? 2 : 1;
		switch (*format) {
		case 'a':
			put(__builtin_va_arg(list, const char *));
			continue;
		case 'd':
		case 'x':
		case 'p':
		case 'r':
			break;
		default:
			fprintf(stderr, "DEBUG: conversion %%%c\n", *format);
			abort();
		}
		snprintf(text, sizeof(text), *format == 'd' ? "%lld" : "%llx",
			 wide || *format == 'p' || *format == 'r' ?
				 __builtin_va_arg(list, long long) :
				 (long long)__builtin_va_arg(list, unsigned));
		put(text);
	}
	__builtin_ms_va_end(list);
}

/* ---- CPUID and MSRs -------------------------------------------------- */

uint64_t fake_msr[FAKE_MSRS];
bool fake_msr_stuck;
unsigned fake_msr_writes;
void (*fake_msr_written)(uint32_t index, uint64_t value);
uint32_t fake_cpuid[FAKE_LEAVES][4];

UINT32 EFIAPI AsmCpuid(UINT32 leaf, UINT32 *eax, UINT32 *ebx, UINT32 *ecx,
		       UINT32 *edx)
{
	static const uint32_t leaves[FAKE_LEAVES] = { 1,	  0x40000000,
						      0x40000001, 0x40000003,
						      0x40000006, 0x4000000c,
						      0x40000004, 0x40000008 };
	size_t i;

	for (i = 0; i < FAKE_LEAVES && leaves[i] != leaf; i++)
		;
	if (i == FAKE_LEAVES)
		abort();
	*eax = fake_cpuid[i][0];
	*ebx = fake_cpuid[i][1];
	*ecx = fake_cpuid[i][2];
	*edx = fake_cpuid[i][3];
	return leaf;
}

UINT64 EFIAPI AsmReadMsr64(UINT32 index)
{
	return fake_msr[index - 0x40000000];
}

UINT64 EFIAPI AsmWriteMsr64(UINT32 index, UINT64 value)
{
	fake_msr_writes++;
	if (fake_msr_written)
		fake_msr_written(index, value);
	if (!fake_msr_stuck || index != 0x40000001)
		fake_msr[index - 0x40000000] = value;
	return value;
}
