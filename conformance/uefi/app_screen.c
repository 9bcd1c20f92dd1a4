/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "app.h"

#include <Library/UefiBootServicesTableLib.h>

#define STALL_MICROSECONDS ((UINTN)50000)
#define STALLS_PER_SECOND (1000000 / STALL_MICROSECONDS)

/* A page waits so long, in seconds. Nobody may be there. */
#define PAGE_SECONDS ((UINTN)30)

static const char stop[] =
	"-- press a key for more, q to skip to the end; goes on in 30 s --";
#define STOP_BYTES (sizeof(stop) - 1)

static BOOLEAN read_key(struct app_screen *screen, EFI_INPUT_KEY *key)
{
	EFI_SIMPLE_TEXT_INPUT_PROTOCOL *keys = screen->table->ConIn;

	return keys && !EFI_ERROR(keys->ReadKeyStroke(keys, key));
}

void app_screen_open(struct app_screen *screen, EFI_SYSTEM_TABLE *table)
{
	EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *to = table->ConOut;
	EFI_INPUT_KEY key;

	screen->table = table;
	screen->stops = FALSE;
	screen->column = 0;
	screen->row = 0;
	screen->count = 0;
	if (EFI_ERROR(to->QueryMode(to, (UINTN)to->Mode->Mode, &screen->columns,
				    &screen->rows))) {
		screen->columns = 80;
		screen->rows = 25;
	}
	while (read_key(screen, &key))
		;
	to->ClearScreen(to);
}

BOOLEAN app_wait_key(struct app_screen *screen, UINTN seconds,
		     EFI_INPUT_KEY *key)
{
	UINTN left = seconds * STALLS_PER_SECOND;

	while (left--) {
		if (read_key(screen, key))
			return TRUE;
		gBS->Stall(STALL_MICROSECONDS);
	}
	return FALSE;
}

static void flush(struct app_screen *screen)
{
	EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *to = screen->table->ConOut;

	screen->shown[screen->count] = 0;
	if (screen->count)
		to->OutputString(to, screen->shown);
	screen->count = 0;
}

static void put(struct app_screen *screen, char c)
{
	if (screen->count == APP_SHOWN)
		flush(screen);
	screen->shown[screen->count++] = (CHAR16)c;
}

static void put_all(struct app_screen *screen, const char *text)
{
	while (*text)
		put(screen, *text++);
	flush(screen);
}

static void clear_stop(struct app_screen *screen)
{
	UINTN i;

	put(screen, '\r');
	for (i = 0; i < STOP_BYTES; i++)
		put(screen, ' ');
	put(screen, '\r');
	flush(screen);
}

static void end_page(struct app_screen *screen)
{
	EFI_INPUT_KEY key;

	put_all(screen, stop);
	if (!app_wait_key(screen, PAGE_SECONDS, &key) ||
	    key.UnicodeChar == 'q' || key.UnicodeChar == 'Q')
		screen->stops = FALSE;
	clear_stop(screen);
	screen->row = 0;
}

static void end_line(struct app_screen *screen)
{
	put(screen, '\r');
	put(screen, '\n');
	flush(screen);
	screen->column = 0;
	screen->row++;
	/* the last row is for the question; a long line takes two */
	if (screen->stops && screen->row + 2 >= screen->rows)
		end_page(screen);
}

void app_show(struct app_screen *screen, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			end_line(screen);
			continue;
		}
		if (screen->column && screen->column % screen->columns == 0)
			screen->row++;
		screen->column++;
		put(screen, *text);
	}
	flush(screen);
}
