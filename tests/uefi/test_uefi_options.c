/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Options of the conformance application: from its file, and from the command
 * line.
 */
#include "conformance/uefi/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <Library/BaseMemoryLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/LoadedImage.h>

#define FILE_BEFORE "hvpt-conformance.cfg: \""
#define BEHIND                                                                 \
	"\" is no option; nobody was asked.\n"                                 \
	"Options: passive, pages=no, device=BB:DD.F, id=NUMBER, bits=NUMBER.\n"
#define FILE_AFTER "Mend the file and start the VM again.\n"

EFI_BOOT_SERVICES *gBS;
EFI_GUID gEfiLoadedImageProtocolGuid;

static const char *file;
static EFI_LOADED_IMAGE_PROTOCOL loaded;

VOID *EFIAPI ZeroMem(VOID *buffer, UINTN length)
{
	return memset(buffer, 0, length);
}

EFI_STATUS app_read_file(EFI_HANDLE image, CHAR16 *name, char *to, UINTN *bytes)
{
	(void)image;
	(void)name;
	if (!file)
		return EFI_NOT_FOUND;
	if (strcmp(file, "broken") == 0)
		return EFI_DEVICE_ERROR;
	*bytes = MIN(*bytes, strlen(file));
	memcpy(to, file, *bytes);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE image, EFI_GUID *guid,
					 VOID **interface)
{
	(void)image;
	(void)guid;
	*interface = &loaded;
	return EFI_SUCCESS;
}

/* What is wrong with a file and a command line of @bytes; NULL: nothing. */
static const char *read_both(struct app_options *options, const char *text,
			     CHAR16 *line, UINTN bytes)
{
	static EFI_BOOT_SERVICES services;

	services.HandleProtocol = handle_protocol;
	gBS = &services;
	file = text;
	loaded.LoadOptions = line;
	loaded.LoadOptionsSize = (UINT32)bytes;
	return app_options_read(options, NULL);
}

static const char *read_file(struct app_options *options, const char *text)
{
	return read_both(options, text, NULL, 0);
}

static void nothing_is_asked_for(void **state)
{
	static const char *const texts[] = { NULL, "", " \r\n", "# passive",
					     "#\n # device=00:01.0\n" };
	struct app_options options, none;
	size_t i;

	(void)state;
	memset(&none, 0, sizeof(none));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_null(read_file(&options, texts[i]));
		none.has_file = texts[i] != NULL;
		assert_memory_equal(&options, &none, sizeof(none));
	}
}

static void everything(void **state)
{
	struct app_options options;

	(void)state;
	assert_null(read_file(&options, "# mine\r\npassive pages=no\r\n"
					"device=fF:1f.7\tbits=48 # so many\n"
					"id=0xffffffffffffffff"));
	assert_true(options.passive && options.no_pages);
	assert_true(options.has_device && options.has_id);
	assert_int_equal(options.bus, 0xff);
	assert_int_equal(options.device, 0x1f);
	assert_int_equal(options.function, 7);
	assert_int_equal(options.bits, 48);
	assert_true(options.id == UINT64_MAX);
	assert_string_equal(options.given,
			    " passive pages=no device=fF:1f.7 bits=48"
			    " id=0xffffffffffffffff");
	assert_null(read_file(&options, "id=12"));
	assert_true(options.id == 12 && !options.has_device);
	assert_string_equal(options.given, " id=12");
}

/* As editors and shells of Windows save it. */
static void marks(void **state)
{
	static const char *const wide[] = { "\xff\xfep", "\xfe\xffxp" };
	struct app_options options;
	size_t i;

	(void)state;
	assert_null(read_file(&options, "\xef\xbb\xbfpassive\r\n"));
	assert_true(options.passive && options.has_file);
	assert_string_equal(options.given, " passive");
	assert_null(read_file(&options, "\xef\xbb\xbf"));
	/* one alone, and at the beginning */
	assert_string_equal(read_file(&options, "pages=no \xef\xbb\xbfpassive"),
			    FILE_BEFORE "???passive" BEHIND FILE_AFTER);
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		assert_string_equal(read_file(&options, wide[i]),
				    "hvpt-conformance.cfg is UTF-16; nobody "
				    "was asked.\nSave it as ASCII or UTF-8, "
				    "and start the VM again.\n");
}

/* What was understood is cut; all options hold. */
static void many_words(void **state)
{
	struct app_options options;
	static const char word[] = "passive ";
	char text[900];
	size_t at;

	(void)state;
	for (at = 0; at < 100 * strlen(word); at++)
		text[at] = word[at % strlen(word)];
	snprintf(text + at, sizeof(text) - at, "pages=no");
	assert_null(read_file(&options, text));
	assert_true(options.passive && options.no_pages);
	assert_int_equal(strlen(options.given), sizeof(options.given) - 1);
}

static void not_understood(void **state)
{
	static const char *const words[] = {
		"passive=1",
		"passiv",
		"pages=",
		"pages=yes",
		"device=",
		"device=0:1",
		"device=0:20.0",
		"device=100:0.0",
		"device=0:1.8",
		"device=0:1.0x",
		"device=0x0:1.0",
		"device=g:1.0",
		"id=",
		"id=0x",
		"id=1g",
		"bits=65",
		"bits=-1",
		"bits=",
		"id=18446744073709551616",
		"id=0x10000000000000000",
	};
	struct app_options options;
	char wanted[288];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(wanted, sizeof(wanted),
			 FILE_BEFORE "%s" BEHIND FILE_AFTER, words[i]);
		assert_string_equal(read_file(&options, words[i]), wanted);
	}
}

/* The complaint is cut, and ends its line. */
static void long_word(void **state)
{
	struct app_options options;
	char text[2000];
	const char *problem;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[500] = '\0';
	problem = read_file(&options, text);
	assert_true(strlen(problem) < sizeof(options.problem));
	assert_string_equal(strstr(problem, "x\" is no"),
			    "x" BEHIND FILE_AFTER);
	text[500] = 'x';
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(read_file(&options, text),
			    "hvpt-conformance.cfg is too long; nobody was "
			    "asked.\n");
	assert_string_equal(read_file(&options, "broken"),
			    "hvpt-conformance.cfg cannot be read; nobody was "
			    "asked.\n");
}

static void command_line(void **state)
{
	static CHAR16 named[] = L"FS0:\\hvpt-conformance.efi passive";
	static CHAR16 unnamed[] = L"device=0:3.0 passive";
	static CHAR16 wrong[] = L"passive pasive";
	static CHAR16 binary[] = { 'p', 0x1234, 'x', 0xffff };
	struct app_options options;

	(void)state;
	assert_null(read_both(&options, NULL, named, sizeof(named)));
	assert_true(options.passive && !options.has_device);
	assert_true(!options.has_file);
	assert_string_equal(options.given, " passive");
	/* without the zero at the end, too */
	assert_null(read_both(&options, "pages=no", unnamed,
			      sizeof(unnamed) - sizeof(unnamed[0])));
	assert_true(options.passive && options.no_pages);
	assert_int_equal(options.device, 3);
	assert_string_equal(options.given, " pages=no device=0:3.0 passive");
	assert_string_equal(read_both(&options, NULL, wrong, sizeof(wrong)),
			    "command line: \"pasive" BEHIND
			    "Mend it and start the program again.\n");
	assert_null(read_both(&options, NULL, binary, sizeof(binary)));
	assert_false(options.passive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_asked_for),
		cmocka_unit_test(everything),
		cmocka_unit_test(marks),
		cmocka_unit_test(many_words),
		cmocka_unit_test(not_understood),
		cmocka_unit_test(long_word),
		cmocka_unit_test(command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
