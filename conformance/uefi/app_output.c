/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "app.h"

#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/LoadedImage.h>
#include <Protocol/SimpleFileSystem.h>

BOOLEAN app_text_open(struct app_text *text)
{
	EFI_PHYSICAL_ADDRESS address;

	text->bytes = 0;
	text->is_cut = FALSE;
	if (EFI_ERROR(gBS->AllocatePages(AllocateAnyPages, EfiLoaderData,
					 EFI_SIZE_TO_PAGES(APP_TEXT_BYTES),
					 &address)))
		return FALSE;
	text->text = (char *)(UINTN)address;
	return TRUE;
}

void app_text_put(void *ctx, const char *text, size_t bytes)
{
	struct app_text *to = ctx;

	for (; bytes; bytes--) {
		if (to->bytes == APP_TEXT_BYTES) {
			to->is_cut = TRUE;
			return;
		}
		to->text[to->bytes++] = *text++;
	}
}

static EFI_STATUS open_root(EFI_HANDLE image, EFI_FILE_PROTOCOL **root)
{
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume;
	EFI_LOADED_IMAGE_PROTOCOL *loaded;
	EFI_STATUS status;

	status = gBS->HandleProtocol(image, &gEfiLoadedImageProtocolGuid,
				     (VOID **)&loaded);
	if (!EFI_ERROR(status))
		status = gBS->HandleProtocol(loaded->DeviceHandle,
					     &gEfiSimpleFileSystemProtocolGuid,
					     (VOID **)&volume);
	return EFI_ERROR(status) ? status : volume->OpenVolume(volume, root);
}

/* A file of an earlier run is deleted; without text there is no other. */
static EFI_STATUS replace(EFI_FILE_PROTOCOL *root, CHAR16 *name,
			  const struct app_text *text)
{
	const UINT64 mode = EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE;
	UINTN bytes = text->bytes;
	EFI_FILE_PROTOCOL *file;
	EFI_STATUS status;

	if (!EFI_ERROR(root->Open(root, &file, name, mode, 0)))
		file->Delete(file);
	if (text->bytes == 0)
		return EFI_SUCCESS;
	status = root->Open(root, &file, name, mode | EFI_FILE_MODE_CREATE, 0);
	if (EFI_ERROR(status))
		return status;
	status = file->Write(file, &bytes, text->text);
	if (EFI_ERROR(file->Close(file)) || bytes != text->bytes)
		return EFI_DEVICE_ERROR;
	return status;
}

EFI_STATUS app_write_file(EFI_HANDLE image, CHAR16 *name,
			  const struct app_text *text)
{
	EFI_FILE_PROTOCOL *root;
	EFI_STATUS status = open_root(image, &root);

	if (EFI_ERROR(status))
		return status;
	status = replace(root, name, text);
	root->Close(root);
	return status;
}

EFI_STATUS app_read_file(EFI_HANDLE image, CHAR16 *name, char *to, UINTN *bytes)
{
	EFI_FILE_PROTOCOL *root, *file;
	EFI_STATUS status = open_root(image, &root);

	if (EFI_ERROR(status))
		return status;
	status = root->Open(root, &file, name, EFI_FILE_MODE_READ, 0);
	root->Close(root);
	if (EFI_ERROR(status))
		return status;
	status = file->Read(file, bytes, to);
	file->Close(file);
	return status;
}
