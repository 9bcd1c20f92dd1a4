/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Asks the host of this VM, shows the answers, and writes them to
 * hvpt-conformance.txt and hvpt-conformance.json, on the volume that the
 * program was started from. It is given no device: questions about devices are
 * not asked. With the load option "passive" it only reads.
 */
#include "app.h"

#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/LoadedImage.h>

/* The screen stays so long, unless a key is pressed: in seconds. */
#define WAIT_SECONDS ((UINTN)300)
#define STALL_MICROSECONDS ((UINTN)100000)

struct app {
	EFI_SYSTEM_TABLE *table;
	struct app_host host;
	struct app_text text;
	struct app_text json;
};

static struct app app;

static CHAR16 text_name[] = L"hvpt-conformance.txt";
static CHAR16 json_name[] = L"hvpt-conformance.json";

/* ---- the report ------------------------------------------------------ */

static void put_both(void *ctx, const char *text, size_t bytes)
{
	char line[65];
	size_t i, count;

	(void)ctx;
	app_text_put(&app.text, text, bytes);
	for (; bytes; bytes -= count, text += count) {
		count = MIN(bytes, sizeof(line) - 1);
		for (i = 0; i < count; i++)
			line[i] = text[i];
		line[count] = '\0';
		app_show(app.table, line);
	}
}

static const struct conformance_writer to_text = { put_both, NULL };
static const struct conformance_writer to_json = { app_text_put, &app.json };

static void say(const char *text)
{
	size_t bytes = 0;

	while (text[bytes])
		bytes++;
	put_both(NULL, text, bytes);
}

static EFI_STATUS keep(EFI_HANDLE image, CHAR16 *name,
		       const struct app_text *text)
{
	if (text->is_cut)
		return EFI_OUT_OF_RESOURCES;
	return app_write_file(image, name, text);
}

/* The host may not survive what comes now: what is there is kept. */
static void keep_text(void *image)
{
	keep(image, text_name, &app.text);
}

static void ask(EFI_HANDLE image)
{
	struct conformance_report report = {
		.name = app.host.name,
		.text = &to_text,
		.json = &to_json,
		.group_begins = keep_text,
		.ctx = image,
	};

	conformance_report_run(&report, &app.host.host);
}

/* ---- the program ----------------------------------------------------- */

/* Is it started with the load option "passive"? */
static BOOLEAN is_passive(EFI_HANDLE image)
{
	static const char word[] = "passive";
	EFI_LOADED_IMAGE_PROTOCOL *loaded;
	const CHAR16 *options;
	UINTN count, at, i;

	if (EFI_ERROR(gBS->HandleProtocol(image, &gEfiLoadedImageProtocolGuid,
					  (VOID **)&loaded)))
		return FALSE;
	options = loaded->LoadOptions;
	count = loaded->LoadOptionsSize / sizeof(*options);
	for (at = 0; at + sizeof(word) - 1 <= count; at++) {
		for (i = 0; word[i] && options[at + i] == (CHAR16)word[i]; i++)
			;
		if (!word[i])
			return TRUE;
	}
	return FALSE;
}

static EFI_STATUS keep_files(EFI_HANDLE image)
{
	EFI_STATUS status = keep(image, text_name, &app.text);
	EFI_STATUS other = keep(image, json_name, &app.json);

	if (EFI_ERROR(other))
		status = other;
	app_show(app.table,
		 EFI_ERROR(status) ?
			 "\nThe files could not be written.\n" :
			 "\nhvpt-conformance.txt and .json are written. "
			 "Please send them: see docs/CONFORMANCE.md.\n");
	return status;
}

static void wait_for_key(void)
{
	EFI_SIMPLE_TEXT_INPUT_PROTOCOL *keys = app.table->ConIn;
	EFI_INPUT_KEY key;
	UINTN left = WAIT_SECONDS * (1000000 / STALL_MICROSECONDS);

	app_show(app.table, "hvpt conformance: done; a key ends the program\n");
	while (left-- && EFI_ERROR(keys->ReadKeyStroke(keys, &key)))
		gBS->Stall(STALL_MICROSECONDS);
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	const char *problem;
	EFI_STATUS status;

	app.table = table;
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	if (!app_text_open(&app.text) || !app_text_open(&app.json))
		return EFI_OUT_OF_RESOURCES;
	say("hvpt conformance: asks the hypervisor of this VM\n");
	problem = app_host_open(&app.host);
	if (problem) {
		say(problem);
	} else {
		app.host.host.passive = is_passive(image);
		ask(image);
		app_host_close(&app.host);
	}
	status = keep_files(image);
	wait_for_key();
	return problem ? EFI_UNSUPPORTED : status;
}
