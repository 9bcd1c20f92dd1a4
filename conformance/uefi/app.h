/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * app.h - the conformance suite as a UEFI application.
 */
#ifndef CONFORMANCE_UEFI_APP_H
#define CONFORMANCE_UEFI_APP_H

#include <Uefi.h>
#include <Protocol/PciIo.h>

#include "conformance/answers.h"

/* ---- output (app_output.c) ------------------------------------------- */

/* A report has about 40 KiB. */
#define APP_TEXT_BYTES 0x40000u

/**
 * struct app_text - text that becomes a file
 * @bytes: of APP_TEXT_BYTES; what does not fit is left out
 */
struct app_text {
	char *text;
	UINTN bytes;
	BOOLEAN is_cut;
};

/** Memory for it. Return: FALSE: there is none. */
BOOLEAN app_text_open(struct app_text *text);

/** For conformance_writer: @ctx is a struct app_text. */
void app_text_put(void *ctx, const char *text, size_t bytes);

/**
 * app_write_file() - replaces a file in the root of the volume that @image was
 *	loaded from; without text the file is deleted
 *
 * Return: EFI_SUCCESS, or the status of the firmware; then the file may be cut
 * or gone.
 */
EFI_STATUS app_write_file(EFI_HANDLE image, CHAR16 *name,
			  const struct app_text *text);

/**
 * app_read_file() - reads the beginning of a file on that volume
 * @bytes: the room at @to; out: how many are read
 *
 * Return: EFI_SUCCESS, or the status of the firmware; EFI_NOT_FOUND: there is
 * no such file.
 */
EFI_STATUS app_read_file(EFI_HANDLE image, CHAR16 *name, char *to,
			 UINTN *bytes);

/* ---- the screen (app_screen.c) --------------------------------------- */

/* Characters that are shown with one call. */
#define APP_SHOWN 64u

/**
 * struct app_screen - the console
 * @columns, @rows: its size
 * @column, @row: what is shown since the last stop
 * @stops: it stops at the end of a page
 * @shown: @count characters that are not shown yet
 */
struct app_screen {
	EFI_SYSTEM_TABLE *table;
	UINTN columns, rows;
	UINTN column, row;
	BOOLEAN stops;
	CHAR16 shown[APP_SHOWN + 1];
	UINTN count;
};

/** Finds the size. Keys that were pressed before count for nothing. */
void app_screen_open(struct app_screen *screen, EFI_SYSTEM_TABLE *table);

/**
 * app_show() - shows text; '\n' begins a line
 *
 * With @screen->stops it waits at the end of each page, for a key or 30
 * seconds. When no key was pressed, or q, there are no more stops.
 */
void app_show(struct app_screen *screen, const char *text);

/** Waits for a key. Return: FALSE: none came in time, or there are no keys. */
BOOLEAN app_wait_key(struct app_screen *screen, UINTN seconds,
		     EFI_INPUT_KEY *key);

/* ---- options (app_options.c) ----------------------------------------- */

/**
 * struct app_options - what a person asked for
 * @passive: only read
 * @no_pages: do not stop at the end of a page
 * @has_device: a device is given: @bus, @device, @function of segment 0
 * @has_id: @id is its logical id
 * @bits: of addresses that it can send; 0: what its driver says
 * @has_file: there is a hvpt-conformance.cfg
 * @given: the words that were understood, a blank before each; cut to fit
 * @problem: for app_options_read()
 */
struct app_options {
	BOOLEAN passive;
	BOOLEAN no_pages;
	BOOLEAN has_device;
	UINT64 bus, device, function;
	BOOLEAN has_id;
	UINT64 id;
	UINT64 bits;
	BOOLEAN has_file;
	char given[128];
	char problem[288];
};

/**
 * app_options_read() - from hvpt-conformance.cfg on the volume that @image was
 *	loaded from, and from the command line
 *
 * A byte order mark of UTF-8 is skipped.
 *
 * Return: NULL, or what is wrong, and what to do: a text that ends with '\n'.
 */
const char *app_options_read(struct app_options *options, EFI_HANDLE image);

/* ---- lines (app_line.c) ---------------------------------------------- */

/**
 * app_add_text(), app_add_number() - appends to a line that has room
 * @at: its end
 * @base: 10 or 16
 *
 * Return: the end now, with a 0.
 */
char *app_add_text(char *at, const char *text);
char *app_add_number(char *at, UINT32 number, UINT32 base);

/* ---- why nobody can be asked (app_refusal.c) ------------------------- */

#define APP_REFUSAL_BYTES 768u

/**
 * app_refusal() - says what is missing, and whether to try again
 * @text: out: lines, at most APP_REFUSAL_BYTES with the 0
 * @leaves: of a machine where hypercalls could not be started
 */
void app_refusal(char *text, const struct hvpt_cpuid_leaves *leaves);

/* ---- the host (app_host.c) ------------------------------------------- */

/**
 * struct app_host - what the suite may use here
 * @page: the call page
 * @is_lent: @page is in use
 */
struct app_host {
	struct conformance_host host;
	struct hvpt_transport transport;
	struct hvpt_cpuid_leaves cpuid;
	struct hvpt_call_page page;
	BOOLEAN is_lent;
	char name[64];
	char refusal[APP_REFUSAL_BYTES];
};

/** Executes CPUID. */
void app_read_leaf(uint32_t leaf, struct hvpt_cpuid *out);

/**
 * app_host_open() - finds the hypervisor
 *
 * Return: NULL, or why there is nobody to ask: a text that ends with '\n'.
 */
const char *app_host_open(struct app_host *app);

void app_host_close(struct app_host *app);

/* ---- a device (app_device.c, app_edu.c) ------------------------------ */

/**
 * struct app_device - the device that was given
 * @is_taken: it has no driver of the firmware now
 * @attributes: of @pci, as they were
 * @memory: of @pages
 */
struct app_device {
	EFI_HANDLE handle;
	EFI_PCI_IO_PROTOCOL *pci;
	BOOLEAN is_taken;
	UINT64 attributes;
	EFI_PHYSICAL_ADDRESS memory;
	struct conformance_driver driver;
	struct conformance_page pages[CONFORMANCE_PAGES];
};

/**
 * app_device_take() - gives the device that @options name to the suite
 * @tell: tells the person what will be done
 *
 * When @host is passive the device is not touched.
 *
 * Return: NULL, or why not: a text that ends with '\n'. Then nothing is left.
 */
const char *
app_device_take(struct app_device *device, const struct app_options *options,
		struct conformance_host *host, void (*tell)(const char *text));

/**
 * app_device_return() - ends its DMA, and connects the firmware's driver
 * @astray: the suite could not bring it home: it stays without a driver
 */
void app_device_return(struct app_device *device, BOOLEAN astray,
		       void (*tell)(const char *text));

/**
 * app_edu_open() - is it QEMU's edu device?
 * @driver: out: starts its DMA
 *
 * Nothing is changed.
 */
BOOLEAN app_edu_open(EFI_PCI_IO_PROTOCOL *pci,
		     struct conformance_driver *driver);

#endif /* CONFORMANCE_UEFI_APP_H */
