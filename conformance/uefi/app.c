/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Asks the host of this VM, shows the answers, and writes them to
 * hvpt-conformance.txt and hvpt-conformance.json, on the volume that the
 * program was started from. It is given no device, and questions about devices
 * are not asked, unless an option names one: see app_options.c.
 */
#include "app.h"

#include <Library/UefiBootServicesTableLib.h>

/* The screen stays so long, unless a key is pressed: in seconds. */
#define WAIT_SECONDS ((UINTN)300)

struct app {
	struct app_screen screen;
	struct app_options options;
	struct app_host host;
	struct app_device device;
	struct app_text text;
	struct app_text json;
	BOOLEAN is_refused;
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
		app_show(&app.screen, line);
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

/* Ends the text of the file; the screen shows more. */
static void end_text(const char *text)
{
	while (*text)
		app_text_put(&app.text, text++, 1);
}

/* The host may not survive what comes now: what is there is kept. */
static void keep_text(void *image)
{
	keep(image, text_name, &app.text);
}

/* Return: could the suite bring the device home? */
static BOOLEAN ask(EFI_HANDLE image)
{
	struct conformance_report report = {
		.name = app.host.name,
		.text = &to_text,
		.json = &to_json,
		.group_begins = keep_text,
		.ctx = image,
	};

	conformance_report_run(&report, &app.host.host);
	return !report.counts.device_astray;
}

/* ---- the program ----------------------------------------------------- */

static const char *take_device(void)
{
	if (!app.options.has_device)
		return NULL;
	return app_device_take(&app.device, &app.options, &app.host.host, say);
}

/* Return: NULL, or what is wrong with the options. */
static const char *begin(EFI_HANDLE image)
{
	const char *problem = app_options_read(&app.options, image);

	conformance_text_title(&to_text);
	if (!problem) {
		say("options:");
		say(app.options.given[0] ? app.options.given : " none");
		say(app.options.has_file ? "\n" :
					   " (no hvpt-conformance.cfg)\n");
	}
	conformance_text_cpuid(&to_text, app_read_leaf);
	return problem;
}

/* Return: NULL, or why nobody was asked. */
static const char *find_and_ask(EFI_HANDLE image)
{
	const char *problem = app_host_open(&app.host);
	BOOLEAN home;

	if (problem) {
		app.is_refused = TRUE;
		return problem;
	}
	app.screen.stops = !app.options.no_pages;
	app.host.host.passive = app.options.passive;
	problem = take_device();
	if (!problem) {
		home = ask(image);
		if (app.options.has_device)
			app_device_return(&app.device, !home, say);
	}
	app_host_close(&app.host);
	return problem;
}

static const char not_written[] =
	"\nThe report could not be written to the disk: it is on the screen only.\n";
static const char no_answer[] =
	"\nThis text is in hvpt-conformance.txt on the disk, too.\n";
static const char one_written[] =
	"\nThis text is in hvpt-conformance.txt, in the first folder of the disk\n"
	"that the program was started from. Turn the VM off, take the file from\n"
	"the disk, and send it. README.TXT on the disk says how.\n";
static const char both_written[] =
	"\nThe report is in hvpt-conformance.txt and hvpt-conformance.json, in the\n"
	"first folder of the disk that the program was started from. Turn the VM\n"
	"off, take both files from the disk, and send them. README.TXT on the\n"
	"disk says how.\n";

/* What a person does with the files: one that has an answer is sent. */
static const char *what_now(void)
{
	if (app.json.bytes)
		return both_written;
	return app.is_refused ? one_written : no_answer;
}

static EFI_STATUS keep_files(EFI_HANDLE image)
{
	EFI_STATUS status, other;

	if (app.is_refused)
		end_text("Send this file: README.TXT on the disk says how.\n");
	end_text("hvpt conformance: done\n");
	status = keep(image, text_name, &app.text);
	other = keep(image, json_name, &app.json);
	if (EFI_ERROR(other))
		status = other;
	app_show(&app.screen, EFI_ERROR(status) ? not_written : what_now());
	return status;
}

static void wait_for_key(void)
{
	EFI_INPUT_KEY key;

	app.screen.stops = FALSE;
	app_show(&app.screen, "hvpt conformance: done; press a key to end the "
			      "program; it ends in 5 minutes\n");
	app_wait_key(&app.screen, WAIT_SECONDS, &key);
	app_show(&app.screen, "back to the firmware\n");
}

EFI_STATUS EFIAPI HvptConformanceMain(EFI_HANDLE image,
				      EFI_SYSTEM_TABLE *table);

EFI_STATUS EFIAPI HvptConformanceMain(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	const char *problem;
	EFI_STATUS status;

	app_screen_open(&app.screen, table);
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	if (!app_text_open(&app.text) || !app_text_open(&app.json))
		return EFI_OUT_OF_RESOURCES;
	problem = begin(image);
	if (!problem)
		problem = find_and_ask(image);
	if (problem)
		say(problem);
	status = keep_files(image);
	wait_for_key();
	return problem ? EFI_UNSUPPORTED : status;
}
