/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Uefi.h - the parts of the UEFI specification that the adapter uses.
 *
 * Written from the specification (2.10, chapters 2, 4, 7 and appendix D), so
 * that the adapter compiles without edk2: in host tests, and as a driver that
 * real firmware loads. Layouts are those of the specification; another test
 * builds with edk2's own headers.
 */
#ifndef HVPT_STUB_UEFI_H
#define HVPT_STUB_UEFI_H

#if defined(__x86_64__) && !defined(EFIAPI)
#define EFIAPI __attribute__((ms_abi))
#elif !defined(EFIAPI)
#define EFIAPI
#endif

#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define STATIC static
#define VOID void
#define TRUE ((BOOLEAN)1)
#define FALSE ((BOOLEAN)0)
#ifndef NULL
#define NULL ((void *)0)
#endif

typedef unsigned char UINT8;
typedef unsigned short UINT16;
typedef unsigned int UINT32;
typedef unsigned long long UINT64;
typedef long long INT64;
typedef int INT32;
typedef char CHAR8;
typedef unsigned short CHAR16;
typedef unsigned char BOOLEAN;
typedef UINT64 UINTN;
typedef INT64 INTN;

typedef UINTN EFI_STATUS;
typedef VOID *EFI_HANDLE;
typedef VOID *EFI_EVENT;
typedef UINTN EFI_TPL;
typedef UINT64 EFI_PHYSICAL_ADDRESS;

typedef struct {
	UINT32 Data1;
	UINT16 Data2;
	UINT16 Data3;
	UINT8 Data4[8];
} EFI_GUID;

#define MAX_UINT32 ((UINT32)0xffffffff)
#define MAX_UINT64 ((UINT64)-1)
#define MAX_UINTN ((UINTN)-1)
#define SIZE_4GB 0x100000000ULL
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#define MIN(a, b) (((a) < (b)) ? (a) : (b))

/* Appendix D. */
#define EFI_ERROR_CODE(n) ((EFI_STATUS)(0x8000000000000000ULL | (n)))
#define EFI_SUCCESS ((EFI_STATUS)0)
#define EFI_INVALID_PARAMETER EFI_ERROR_CODE(2)
#define EFI_UNSUPPORTED EFI_ERROR_CODE(3)
#define EFI_NOT_READY EFI_ERROR_CODE(6)
#define EFI_DEVICE_ERROR EFI_ERROR_CODE(7)
#define EFI_OUT_OF_RESOURCES EFI_ERROR_CODE(9)
#define EFI_NOT_FOUND EFI_ERROR_CODE(14)
#define EFI_TIMEOUT EFI_ERROR_CODE(18)
#define EFI_ABORTED EFI_ERROR_CODE(21)
#define EFI_ERROR(status) (((INTN)(status)) < 0)

/* 7.2: memory. */
#define EFI_PAGE_SIZE 0x1000
#define EFI_PAGE_MASK 0xfff
#define EFI_PAGE_SHIFT 12
#define EFI_SIZE_TO_PAGES(n)                                                   \
	(((n) >> EFI_PAGE_SHIFT) + (((n)&EFI_PAGE_MASK) ? 1 : 0))
#define EFI_PAGES_TO_SIZE(n) ((UINTN)(n) << EFI_PAGE_SHIFT)

typedef enum {
	AllocateAnyPages,
	AllocateMaxAddress,
	AllocateAddress,
	MaxAllocateType,
} EFI_ALLOCATE_TYPE;

typedef enum {
	EfiReservedMemoryType,
	EfiLoaderCode,
	EfiLoaderData,
	EfiBootServicesCode,
	EfiBootServicesData,
	EfiRuntimeServicesCode,
	EfiRuntimeServicesData,
	EfiConventionalMemory,
	EfiUnusableMemory,
	EfiACPIReclaimMemory,
} EFI_MEMORY_TYPE;

typedef enum {
	AllHandles,
	ByRegisterNotify,
	ByProtocol,
} EFI_LOCATE_SEARCH_TYPE;

/* 7.1: events. */
#define TPL_APPLICATION 4
#define TPL_CALLBACK 8
#define TPL_NOTIFY 16
#define TPL_HIGH_LEVEL 31
#define EVT_NOTIFY_SIGNAL 0x00000200

typedef VOID(EFIAPI *EFI_EVENT_NOTIFY)(EFI_EVENT, VOID *);

typedef struct {
	UINT64 Signature;
	UINT32 Revision;
	UINT32 HeaderSize;
	UINT32 CRC32;
	UINT32 Reserved;
} EFI_TABLE_HEADER;

/* 4.4: all services in order; those that are not called are pointers. */
typedef struct {
	EFI_TABLE_HEADER Hdr;
	EFI_TPL(EFIAPI *RaiseTPL)(EFI_TPL);
	VOID(EFIAPI *RestoreTPL)(EFI_TPL);
	EFI_STATUS(EFIAPI *AllocatePages)
	(EFI_ALLOCATE_TYPE, EFI_MEMORY_TYPE, UINTN, EFI_PHYSICAL_ADDRESS *);
	EFI_STATUS(EFIAPI *FreePages)(EFI_PHYSICAL_ADDRESS, UINTN);
	EFI_STATUS(EFIAPI *GetMemoryMap)
	(UINTN *, VOID *, UINTN *, UINTN *, UINT32 *);
	EFI_STATUS(EFIAPI *AllocatePool)(EFI_MEMORY_TYPE, UINTN, VOID **);
	EFI_STATUS(EFIAPI *FreePool)(VOID *);
	EFI_STATUS(EFIAPI *CreateEvent)
	(UINT32, EFI_TPL, EFI_EVENT_NOTIFY, VOID *, EFI_EVENT *);
	VOID *SetTimer;
	VOID *WaitForEvent;
	EFI_STATUS(EFIAPI *SignalEvent)(EFI_EVENT);
	EFI_STATUS(EFIAPI *CloseEvent)(EFI_EVENT);
	VOID *CheckEvent;
	VOID *InstallProtocolInterface;
	VOID *ReinstallProtocolInterface;
	VOID *UninstallProtocolInterface;
	EFI_STATUS(EFIAPI *HandleProtocol)(EFI_HANDLE, EFI_GUID *, VOID **);
	VOID *Reserved;
	VOID *RegisterProtocolNotify;
	VOID *LocateHandle;
	VOID *LocateDevicePath;
	EFI_STATUS(EFIAPI *InstallConfigurationTable)(EFI_GUID *, VOID *);
	EFI_STATUS(EFIAPI *LoadImage)
	(BOOLEAN, EFI_HANDLE, VOID *, VOID *, UINTN, EFI_HANDLE *);
	EFI_STATUS(EFIAPI *StartImage)(EFI_HANDLE, UINTN *, CHAR16 **);
	VOID *Exit;
	VOID *UnloadImage;
	EFI_STATUS(EFIAPI *ExitBootServices)(EFI_HANDLE, UINTN);
	VOID *GetNextMonotonicCount;
	EFI_STATUS(EFIAPI *Stall)(UINTN);
	EFI_STATUS(EFIAPI *SetWatchdogTimer)(UINTN, UINT64, UINTN, CHAR16 *);
	EFI_STATUS(EFIAPI *ConnectController)
	(EFI_HANDLE, EFI_HANDLE *, VOID *, BOOLEAN);
	EFI_STATUS(EFIAPI *DisconnectController)
	(EFI_HANDLE, EFI_HANDLE, EFI_HANDLE);
	VOID *OpenProtocol;
	VOID *CloseProtocol;
	VOID *OpenProtocolInformation;
	VOID *ProtocolsPerHandle;
	EFI_STATUS(EFIAPI *LocateHandleBuffer)
	(EFI_LOCATE_SEARCH_TYPE, EFI_GUID *, VOID *, UINTN *, EFI_HANDLE **);
	EFI_STATUS(EFIAPI *LocateProtocol)(EFI_GUID *, VOID *, VOID **);
	EFI_STATUS(EFIAPI *InstallMultipleProtocolInterfaces)
	(EFI_HANDLE *, ...);
	VOID *UninstallMultipleProtocolInterfaces;
	VOID *CalculateCrc32;
	VOID *CopyMem;
	VOID *SetMem;
	EFI_STATUS(EFIAPI *CreateEventEx)
	(UINT32, EFI_TPL, EFI_EVENT_NOTIFY, CONST VOID *, CONST EFI_GUID *,
	 EFI_EVENT *);
} EFI_BOOT_SERVICES;

/* 12.3, 12.4: the console; what is not called is a pointer. */
typedef struct {
	UINT16 ScanCode;
	CHAR16 UnicodeChar;
} EFI_INPUT_KEY;

typedef struct efi_simple_text_input_protocol {
	VOID *Reset;
	EFI_STATUS(EFIAPI *ReadKeyStroke)
	(struct efi_simple_text_input_protocol *, EFI_INPUT_KEY *);
	EFI_EVENT WaitForKey;
} EFI_SIMPLE_TEXT_INPUT_PROTOCOL;

typedef struct {
	INT32 MaxMode;
	INT32 Mode;
} EFI_SIMPLE_TEXT_OUTPUT_MODE;

typedef struct efi_simple_text_output_protocol {
	VOID *Reset;
	EFI_STATUS(EFIAPI *OutputString)
	(struct efi_simple_text_output_protocol *, CHAR16 *);
	VOID *TestString;
	EFI_STATUS(EFIAPI *QueryMode)
	(struct efi_simple_text_output_protocol *, UINTN, UINTN *, UINTN *);
	VOID *SetMode;
	VOID *SetAttribute;
	EFI_STATUS(EFIAPI *ClearScreen)
	(struct efi_simple_text_output_protocol *);
	VOID *SetCursorPosition;
	VOID *EnableCursor;
	EFI_SIMPLE_TEXT_OUTPUT_MODE *Mode;
} EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL;

typedef struct {
	EFI_GUID VendorGuid;
	VOID *VendorTable;
} EFI_CONFIGURATION_TABLE;

typedef struct {
	EFI_TABLE_HEADER Hdr;
	CHAR16 *FirmwareVendor;
	UINT32 FirmwareRevision;
	EFI_HANDLE ConsoleInHandle;
	EFI_SIMPLE_TEXT_INPUT_PROTOCOL *ConIn;
	EFI_HANDLE ConsoleOutHandle;
	EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *ConOut;
	EFI_HANDLE StandardErrorHandle;
	VOID *StdErr;
	VOID *RuntimeServices;
	EFI_BOOT_SERVICES *BootServices;
	UINTN NumberOfTableEntries;
	EFI_CONFIGURATION_TABLE *ConfigurationTable;
} EFI_SYSTEM_TABLE;

#endif /* HVPT_STUB_UEFI_H */
