/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The edk2 libraries that the adapter calls, for programs that real firmware
 * loads. DEBUG goes to a port that QEMU prints (-debugcon, 0x402).
 */
#include "base.h"

#include <Guid/EventGroup.h>
#include <Guid/HvptHandOver.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/PcdLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/DevicePath.h>
#include <Protocol/HvptDeviceId.h>
#include <Protocol/IoMmu.h>
#include <Protocol/LoadedImage.h>
#include <Protocol/PciIo.h>
#include <Protocol/SimpleFileSystem.h>

BOOLEAN stub_PcdHvptExposePartialPages = HVPT_RAW_EXPOSE;
UINT8 stub_PcdHvptExitPolicy = HVPT_RAW_POLICY;
UINT32 stub_PcdHvptDomainIdFirst = 0xffff0000;
UINT32 stub_PcdHvptDomainIdLast = 0xfffffffd;

EFI_BOOT_SERVICES *gBS;
EFI_HANDLE gImageHandle;

/* Numbers of the specification, of edk2 and of HvptPkg.dec. */
EFI_GUID gEdkiiIoMmuProtocolGuid = {
	0x4e939de9,
	0xd948,
	0x4b0f,
	{ 0x88, 0xed, 0xe6, 0xe1, 0xce, 0x51, 0x7c, 0x1e },
};
EFI_GUID gEfiPciIoProtocolGuid = {
	0x4cf5b200,
	0x68b8,
	0x4ca5,
	{ 0x9e, 0xec, 0xb2, 0x3e, 0x3f, 0x50, 0x02, 0x9a },
};
EFI_GUID gEfiDevicePathProtocolGuid = {
	0x09576e91,
	0x6d3f,
	0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b },
};
EFI_GUID gEfiEventExitBootServicesGuid = {
	0x27abf055,
	0xb1b8,
	0x4c26,
	{ 0x80, 0x48, 0x74, 0x8f, 0x37, 0xba, 0xa2, 0xdf },
};
EFI_GUID gEfiEventReadyToBootGuid = {
	0x7ce88fb3,
	0x4bd7,
	0x4679,
	{ 0x87, 0xa8, 0xa8, 0xd8, 0xde, 0xe5, 0x0d, 0x2b },
};
EFI_GUID gEfiLoadedImageProtocolGuid = {
	0x5b1b31a1,
	0x9562,
	0x11d2,
	{ 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b },
};
EFI_GUID gEfiSimpleFileSystemProtocolGuid = {
	0x964e5b22,
	0x6459,
	0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b },
};
EFI_GUID gHvptHandOverGuid = HVPT_HAND_OVER_GUID;
EFI_GUID gHvptDeviceIdProtocolGuid = HVPT_DEVICE_ID_PROTOCOL_GUID;

/* ---- BaseLib, BaseMemoryLib --------------------------------------------- */

VOID EFIAPI CpuPause(VOID)
{
	__asm__ volatile("pause" ::: "memory");
}

UINT32 EFIAPI AsmCpuid(UINT32 leaf, UINT32 *eax, UINT32 *ebx, UINT32 *ecx,
		       UINT32 *edx)
{
	__asm__ volatile("cpuid"
			 : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx)
			 : "0"(leaf), "2"(0));
	return leaf;
}

UINT64 EFIAPI AsmReadMsr64(UINT32 index)
{
	UINT32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
	return low | (UINT64)high << 32;
}

UINT64 EFIAPI AsmWriteMsr64(UINT32 index, UINT64 value)
{
	__asm__ volatile("wrmsr" ::"c"(index), "a"((UINT32)value),
			 "d"((UINT32)(value >> 32)));
	return value;
}

/* Volatile, so that no loop becomes a call of the function itself. */
VOID *EFIAPI ZeroMem(VOID *buffer, UINTN length)
{
	volatile UINT8 *at = buffer;

	while (length--)
		*at++ = 0;
	return buffer;
}

VOID *EFIAPI CopyMem(VOID *to, CONST VOID *from, UINTN length)
{
	volatile UINT8 *t = to;
	const volatile UINT8 *f = from;

	if (t < f)
		while (length--)
			*t++ = *f++;
	else
		while (length--)
			t[length] = f[length];
	return to;
}

INTN EFIAPI CompareMem(CONST VOID *a, CONST VOID *b, UINTN length)
{
	const volatile UINT8 *x = a, *y = b;

	for (; length; length--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

/* ---- DebugLib -------------------------------------------------------- */

void raw_out8(unsigned short port, unsigned char value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static void put_text(const char *text)
{
	while (*text)
		raw_out8(0x402, (unsigned char)*text++);
}

static void put_number(UINT64 value, unsigned base)
{
	char text[24];
	unsigned at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_text(text + at);
}

/* %a %d %x %p %r, with l. */
VOID EFIAPI DebugPrint(UINTN level, CONST CHAR8 *format, ...)
{
	__builtin_ms_va_list list;
	char one[2] = { 0, 0 };
	BOOLEAN wide;

	if (level == DEBUG_VERBOSE)
		return;
	__builtin_ms_va_start(list, format);
	for (; *format; format++) {
		one[0] = *format;
		if (*format != '%') {
			put_text(one);
			continue;
		}
		wide = format[1] == 'l';
		format += wide ? 2 : 1;
		if (*format == 'a')
			put_text(__builtin_va_arg(list, const char *));
		else if (wide || *format == 'p' || *format == 'r')
			put_number(__builtin_va_arg(list, UINT64),
				   *format == 'd' ? 10 : 16);
		else
			put_number(__builtin_va_arg(list, UINT32),
				   *format == 'd' ? 10 : 16);
	}
	__builtin_ms_va_end(list);
}

/* ---- entry ----------------------------------------------------------- */

EFI_STATUS EFIAPI raw_entry(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	gImageHandle = image;
	gBS = table->BootServices;
	return HVPT_RAW_MAIN(image, table);
}
