/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * app.h - the conformance suite as a UEFI application.
 */
#ifndef CONFORMANCE_UEFI_APP_H
#define CONFORMANCE_UEFI_APP_H

#include <Uefi.h>

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

/** On the screen; '\n' begins a line. */
void app_show(EFI_SYSTEM_TABLE *table, const char *text);

/**
 * app_write_file() - replaces a file in the root of the volume that @image was
 *	loaded from; without text the file is deleted
 *
 * Return: EFI_SUCCESS, or the status of the firmware; then the file may be cut
 * or gone.
 */
EFI_STATUS app_write_file(EFI_HANDLE image, CHAR16 *name,
			  const struct app_text *text);

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
};

/**
 * app_host_open() - finds the hypervisor
 *
 * Return: NULL, or why there is nobody to ask: a text that ends with '\n'.
 */
const char *app_host_open(struct app_host *app);

void app_host_close(struct app_host *app);

#endif /* CONFORMANCE_UEFI_APP_H */
