/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Options are words: passive, pages=no, device=BB:DD.F, id=NUMBER, bits=NUMBER.
 * In the file a '#' hides the rest of its line.
 */
#include "app.h"

#include <Library/BaseMemoryLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/LoadedImage.h>

#define TEXT_BYTES 1024u

/* Characters of a word that is not understood. */
#define WORD_SHOWN 64u

static CHAR16 file_name[] = L"hvpt-conformance.cfg";

/* Text up to @end. */
struct span {
	const char *at;
	const char *end;
};

/* ---- words ----------------------------------------------------------- */

static BOOLEAN is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_to_word(struct span *text)
{
	while (text->at < text->end &&
	       (is_space(*text->at) || *text->at == '#')) {
		if (*text->at == '#')
			while (text->at < text->end && *text->at != '\n')
				text->at++;
		else
			text->at++;
	}
}

static BOOLEAN next_word(struct span *text, struct span *word)
{
	skip_to_word(text);
	word->at = text->at;
	while (text->at < text->end && !is_space(*text->at))
		text->at++;
	word->end = text->at;
	return word->at < word->end;
}

/* Does @word begin with @start? Then that is taken off. */
static BOOLEAN take_text(struct span *word, const char *start)
{
	const char *at = word->at;

	for (; *start; start++, at++)
		if (at == word->end || *at != *start)
			return FALSE;
	word->at = at;
	return TRUE;
}

static UINTN digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (UINTN)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (UINTN)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (UINTN)(c - 'A') + 10;
	return 16;
}

/* Takes digits off. FALSE: there are none, or the number is above @most. */
static BOOLEAN take_number(struct span *word, UINTN base, UINT64 most,
			   UINT64 *number)
{
	const char *first = word->at;
	UINTN digit;

	*number = 0;
	for (; word->at < word->end; word->at++) {
		digit = digit_of(*word->at);
		if (digit >= base)
			break;
		if (digit > most || *number > (most - digit) / base)
			return FALSE;
		*number = *number * base + digit;
	}
	return word->at > first;
}

/* ---- options --------------------------------------------------------- */

static BOOLEAN take_device(struct span word, struct app_options *options)
{
	options->has_device = TRUE;
	return take_number(&word, 16, 0xff, &options->bus) &&
	       take_text(&word, ":") &&
	       take_number(&word, 16, 0x1f, &options->device) &&
	       take_text(&word, ".") &&
	       take_number(&word, 16, 7, &options->function) &&
	       word.at == word.end;
}

static BOOLEAN take_value(struct span word, UINT64 most, UINT64 *value)
{
	UINTN base = take_text(&word, "0x") ? 16 : 10;

	return take_number(&word, base, most, value) && word.at == word.end;
}

static BOOLEAN take_option(struct span word, struct app_options *options)
{
	if (take_text(&word, "device="))
		return take_device(word, options);
	if (take_text(&word, "bits="))
		return take_value(word, 64, &options->bits);
	if (take_text(&word, "id=")) {
		options->has_id = TRUE;
		return take_value(word, MAX_UINT64, &options->id);
	}
	if (take_text(&word, "pages=no"))
		options->no_pages = TRUE;
	else if (take_text(&word, "passive"))
		options->passive = TRUE;
	return word.at == word.end;
}

/* Appends @text with a 0, cut before @end. Other bytes than ASCII are '?'. */
static char *add(char *at, const char *end, struct span text)
{
	for (; text.at < text.end && at < end; text.at++)
		*at++ = *text.at < ' ' || *text.at > '~' ? '?' : *text.at;
	*at = '\0';
	return at;
}

/* Keeps a word for those who read what was asked for. */
static void note(struct app_options *options, struct span word)
{
	const char *end = options->given + sizeof(options->given) - 1;
	char *at = options->given;

	while (*at)
		at++;
	if (at < end)
		*at++ = ' ';
	add(at, end, word);
}

static const char *complain(struct app_options *options, struct span word,
			    BOOLEAN is_line)
{
	char *at = options->problem;

	at = app_add_text(at, is_line ? "command line: \"" :
					"hvpt-conformance.cfg: \"");
	at = add(at, at + WORD_SHOWN, word);
	at = app_add_text(at, "\" is no option; nobody was asked.\n"
			      "Options: passive, pages=no, device=BB:DD.F, "
			      "id=NUMBER, bits=NUMBER.\n");
	app_add_text(at, is_line ? "Mend it and start the program again.\n" :
				   "Mend the file and start the VM again.\n");
	return options->problem;
}

/* @is_line: of a command line, whose first word may name the program. */
static const char *take_all(struct app_options *options, struct span text,
			    BOOLEAN is_line)
{
	BOOLEAN may_be_name = is_line;
	struct span word;

	for (; next_word(&text, &word); may_be_name = FALSE) {
		if (take_option(word, options))
			note(options, word);
		else if (!may_be_name)
			return complain(options, word, is_line);
	}
	return NULL;
}

/* ---- where they are -------------------------------------------------- */

/* What PowerShell's ">" writes. */
static BOOLEAN is_utf16(struct span text)
{
	return take_text(&text, "\xff\xfe") || take_text(&text, "\xfe\xff");
}

static const char *take_file(struct app_options *options, EFI_HANDLE image)
{
	static char text[TEXT_BYTES];
	struct span all = { text, text };
	UINTN bytes = sizeof(text);
	EFI_STATUS status = app_read_file(image, file_name, text, &bytes);

	if (status == EFI_NOT_FOUND)
		return NULL;
	if (EFI_ERROR(status))
		return "hvpt-conformance.cfg cannot be read; nobody was "
		       "asked.\n";
	if (bytes == sizeof(text))
		return "hvpt-conformance.cfg is too long; nobody was asked.\n";
	options->has_file = TRUE;
	all.end += bytes;
	if (is_utf16(all))
		return "hvpt-conformance.cfg is UTF-16; nobody was asked.\n"
		       "Save it as ASCII or UTF-8, and start the VM again.\n";
	take_text(&all, "\xef\xbb\xbf");
	return take_all(options, all, FALSE);
}

/* Firmware may pass bytes that are no text: they are no options. */
static const char *take_command_line(struct app_options *options,
				     EFI_HANDLE image)
{
	static char text[TEXT_BYTES];
	struct span all = { text, text };
	EFI_LOADED_IMAGE_PROTOCOL *loaded;
	const CHAR16 *given;
	UINTN count, i;

	if (EFI_ERROR(gBS->HandleProtocol(image, &gEfiLoadedImageProtocolGuid,
					  (VOID **)&loaded)))
		return NULL;
	given = loaded->LoadOptions;
	count = loaded->LoadOptionsSize / sizeof(*given);
	for (i = 0; i < MIN(count, sizeof(text)) && given[i]; i++) {
		if (given[i] > 0x7e)
			return NULL;
		text[i] = (char)given[i];
	}
	all.end += i;
	return take_all(options, all, TRUE);
}

const char *app_options_read(struct app_options *options, EFI_HANDLE image)
{
	const char *problem;

	ZeroMem(options, sizeof(*options));
	problem = take_file(options, image);
	return problem ? problem : take_command_line(options, image);
}
