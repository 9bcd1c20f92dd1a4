/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fake_boot.h - boot services for the adapter in an ordinary process.
 *
 * It keeps books and is strict: memory services above TPL_NOTIFY, or after
 * ExitBootServices began, a TPL lowered by RaiseTPL, an unknown page freed, and
 * a protocol called at a TPL the caller had not (fake_boot.home) end the
 * program with a line.
 */
#ifndef HVPT_UEFI_FAKE_BOOT_H
#define HVPT_UEFI_FAKE_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <Uefi.h>

/**
 * struct fake_boot - what tests look at, and turn
 * @tpl: now
 * @home: of the caller of the adapter; protocols may be called there only
 * @exiting: ExitBootServices has begun
 * @pages: live pages, @pools: live pool pieces
 * @fail_at: the n-th allocation from now on fails, once; 0: none
 * @max_address: of the last AllocatePages; all ones: any
 * @may_reserve: EfiReservedMemoryType may be allocated
 * @table: the configuration table that is installed, or NULL
 * @freed: called for each page that is freed, or NULL
 * @lowered: called when the TPL falls below TPL_CALLBACK + 1, at TPL_CALLBACK,
 *	as a timer would; once for each time it is set
 */
struct fake_boot {
	EFI_TPL tpl;
	EFI_TPL home;
	bool exiting;
	size_t pages;
	size_t pools;
	uint64_t allocs;
	uint64_t fail_at;
	uint64_t max_address;
	bool may_reserve;
	void *table;
	void (*freed)(uint64_t page);
	void (*lowered)(void);
};

extern struct fake_boot fake_boot;

/** Forgets everything, frees what is left; gBS points at the services. */
void fake_boot_open(void);
void fake_boot_close(void);

/** The operating system writes @byte to all pages of boot services. */
void fake_boot_take(uint8_t byte);

/** The type of memory of a live page. */
EFI_MEMORY_TYPE fake_boot_type_of(uint64_t page);

/** Loads 8 bytes of a live page. */
bool fake_boot_read64(void *ctx, uint64_t gpa, uint64_t *value);

/** A handle with a PCI location, or a device path, or neither (NULL). */
EFI_HANDLE fake_boot_pci_handle(unsigned device_id);
EFI_HANDLE fake_boot_path_handle(const void *path);

/** Installs what LocateProtocol() finds. */
void fake_boot_install(const EFI_GUID *guid, void *interface);

/** What the driver installed, or NULL. */
void *fake_boot_protocol(const EFI_GUID *guid);

/** Another driver's handler of ExitBootServices. */
void fake_boot_on_exit(EFI_TPL tpl, void (*handler)(void));

/** Signals ReadyToBoot; how many were notified. */
unsigned fake_boot_ready_to_boot(void);

/**
 * Signals the event group: handlers run by TPL, and at one TPL in the order in
 * which they were queued, by age. How many were notified.
 */
unsigned fake_boot_exit_boot_services(bool newest_first);

/** Did DEBUG print a line with this in it? */
bool fake_boot_said(const char *text);

/* MSRs and CPUID for the native hypercall library. */
#define FAKE_MSRS 3u
extern uint64_t fake_msr[FAKE_MSRS]; /* from 0x40000000 on */
extern bool fake_msr_stuck;
extern unsigned fake_msr_writes;
/* Called before a write takes effect, or NULL. */
extern void (*fake_msr_written)(uint32_t index, uint64_t value);
#define FAKE_LEAVES 8u
extern uint32_t fake_cpuid[FAKE_LEAVES][4];

#endif /* HVPT_UEFI_FAKE_BOOT_H */
