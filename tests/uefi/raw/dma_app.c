/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The program that firmware boots. It starts the driver, connects the
 * firmware's own drivers to their devices again, reads and writes disks through
 * them and compares every byte, sends a request to the network, and ends with
 * ExitBootServices.
 *
 * Disks have 8 MiB. Word i of disk n is i * DISK_FACTOR ^ n << 56, see
 * boot.py; the last MiB is written anew, as words of another disk.
 */
#include "start.h"

#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/Devices.h>

#define DISK_BYTES (UINT64)(8 << 20)
#define READ_BYTES (UINT64)(7 << 20)
#define WRITE_BYTES (UINT64)(1 << 20)
#define PIECE_BYTES (UINT64)(1 << 19)
#define DISK_FACTOR 0x9e3779b97f4a7c15ULL
#define WRITTEN 0x80

static EFI_GUID block_guid = {
	0x964e5b21,
	0x6459,
	0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b },
};
static EFI_GUID network_guid = {
	0xa19832b9,
	0xac25,
	0x11d3,
	{ 0x9a, 0x2d, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d },
};

static UINTN disks, networks, bytes_compared, mismatches, failures;

/* ---- disks ----------------------------------------------------------- */

static UINT64 word_of(UINT64 disk, UINT64 i)
{
	return (i * DISK_FACTOR) ^ disk << 56;
}

static UINTN compare(const UINT64 *words, UINT64 first, UINT64 bytes,
		     UINT64 disk)
{
	UINTN wrong = 0, i;

	for (i = 0; i < bytes / 8; i++)
		if (words[i] != word_of(disk, first + i))
			wrong++;
	bytes_compared += bytes;
	return wrong;
}

/* Pieces go to unaligned buffers, each at another address. */
static EFI_STATUS read_and_compare(EFI_BLOCK_IO_PROTOCOL *io, UINT8 *memory,
				   UINT64 at, UINT64 bytes, UINT64 disk)
{
	UINT64 end = at + bytes, *words;
	EFI_STATUS status = EFI_SUCCESS;
	UINTN wrong = 0;

	for (; at < end && !EFI_ERROR(status); at += PIECE_BYTES) {
		words = (UINT64 *)(memory + (at / PIECE_BYTES % 16) * 8);
		ZeroMem(words, PIECE_BYTES);
		status = io->ReadBlocks(io, io->Media->MediaId,
					at / io->Media->BlockSize, PIECE_BYTES,
					words);
		wrong += compare(words, at / 8, PIECE_BYTES, disk);
	}
	mismatches += wrong;
	DEBUG((DEBUG_INFO, "app: disk %ld read: %r mismatches %ld\n", disk,
	       status, wrong));
	return status;
}

static EFI_STATUS write_anew(EFI_BLOCK_IO_PROTOCOL *io, UINT8 *memory,
			     UINT64 disk)
{
	UINT64 *words = (UINT64 *)(memory + 24), at, i;
	EFI_STATUS status = EFI_SUCCESS;

	for (at = READ_BYTES; at < DISK_BYTES && !EFI_ERROR(status);
	     at += PIECE_BYTES) {
		for (i = 0; i < PIECE_BYTES / 8; i++)
			words[i] = word_of(disk ^ WRITTEN, at / 8 + i);
		status = io->WriteBlocks(io, io->Media->MediaId,
					 at / io->Media->BlockSize, PIECE_BYTES,
					 words);
	}
	if (!EFI_ERROR(status))
		status = io->FlushBlocks(io);
	DEBUG((DEBUG_INFO, "app: disk %ld write: %r\n", disk, status));
	return status;
}

static void one_disk(EFI_BLOCK_IO_PROTOCOL *io)
{
	EFI_PHYSICAL_ADDRESS memory;
	UINT64 *words, disk;
	EFI_STATUS status;

	if (EFI_ERROR(gBS->AllocatePages(AllocateAnyPages, EfiBootServicesData,
					 PIECE_BYTES / 4096 + 1, &memory)))
		return;
	words = (UINT64 *)(UINTN)memory;
	status = io->ReadBlocks(io, io->Media->MediaId, 0, io->Media->BlockSize,
				words);
	disk = words[0] >> 56;
	disks++;
	if (!EFI_ERROR(status))
		status = read_and_compare(io, (UINT8 *)words, 0, READ_BYTES,
					  disk);
	if (!EFI_ERROR(status))
		status = write_anew(io, (UINT8 *)words, disk);
	if (!EFI_ERROR(status))
		status = read_and_compare(io, (UINT8 *)words, READ_BYTES,
					  WRITE_BYTES, disk ^ WRITTEN);
	if (EFI_ERROR(status))
		failures++;
}

static void all_disks(void)
{
	EFI_BLOCK_IO_PROTOCOL *io;
	EFI_HANDLE *handles;
	UINTN count, i;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol, &block_guid, NULL,
					      &count, &handles)))
		return;
	for (i = 0; i < count; i++) {
		if (EFI_ERROR(gBS->HandleProtocol(handles[i], &block_guid,
						  (VOID **)&io)))
			continue;
		if (!io->Media->LogicalPartition && io->Media->MediaPresent &&
		    (io->Media->LastBlock + 1) * io->Media->BlockSize ==
			    DISK_BYTES)
			one_disk(io);
	}
}

/* ---- network: who has 10.0.2.2? -------------------------------------- */

#define FRAME_BYTES 60u

static void ask(UINT8 *frame, const UINT8 *mac)
{
	static const UINT8 arp[] = { 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1 };
	static const UINT8 mine[] = { 10, 0, 2, 15 };
	static const UINT8 theirs[] = { 10, 0, 2, 2 };
	UINTN i;

	ZeroMem(frame, FRAME_BYTES);
	for (i = 0; i < 6; i++)
		frame[i] = 0xff;
	CopyMem(frame + 6, mac, 6);
	CopyMem(frame + 12, arp, sizeof(arp));
	CopyMem(frame + 22, mac, 6);
	CopyMem(frame + 28, mine, 4);
	CopyMem(frame + 38, theirs, 4);
}

/* The answer has both addresses in known places. */
static BOOLEAN is_answer(const UINT8 *frame, UINTN bytes, const UINT8 *mac)
{
	static const UINT8 head[] = { 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 2 };
	static const UINT8 tail[] = { 10, 0, 2, 15 };
	static const UINT8 from[] = { 10, 0, 2, 2 };

	if (bytes < 42 || CompareMem(frame, mac, 6) ||
	    CompareMem(frame + 12, head, sizeof(head)) ||
	    CompareMem(frame + 28, from, 4) || CompareMem(frame + 32, mac, 6) ||
	    CompareMem(frame + 38, tail, 4))
		return FALSE;
	bytes_compared += 30;
	return TRUE;
}

static BOOLEAN wait_for_answer(EFI_SIMPLE_NETWORK_PROTOCOL *net,
			       const UINT8 *mac)
{
	static UINT8 frame[2048];
	UINTN tries, bytes, header;
	UINT32 state;
	VOID *sent;

	for (tries = 0; tries < 2000; tries++) {
		net->GetStatus(net, &state, &sent);
		bytes = sizeof(frame);
		header = 0;
		if (!EFI_ERROR(net->Receive(net, &header, &bytes, frame, NULL,
					    NULL, NULL)) &&
		    is_answer(frame, bytes, mac))
			return TRUE;
		gBS->Stall(1000);
	}
	return FALSE;
}

/* At TPL_CALLBACK, so that the network stack does not take the answer. */
static void one_network(EFI_SIMPLE_NETWORK_PROTOCOL *net)
{
	static UINT8 frame[FRAME_BYTES];
	EFI_STATUS status;
	BOOLEAN answered;
	EFI_TPL tpl;

	if (net->Mode->State == 0)
		net->Start(net);
	if (net->Mode->State == 1) {
		status = net->Initialize(net, 0, 0);
		raw_say("network initialized", status);
	}
	tpl = gBS->RaiseTPL(TPL_CALLBACK);
	net->ReceiveFilters(net, 5, 0, FALSE, 0, NULL);
	ask(frame, net->Mode->CurrentAddress);
	status = net->Transmit(net, 0, FRAME_BYTES, frame, NULL, NULL, NULL);
	answered = !EFI_ERROR(status) &&
		   wait_for_answer(net, net->Mode->CurrentAddress);
	gBS->RestoreTPL(tpl);
	DEBUG((DEBUG_INFO, "app: network %x:%x: %r answered %d\n",
	       net->Mode->CurrentAddress[4], net->Mode->CurrentAddress[5],
	       status, answered));
	if (answered)
		networks++;
	else
		failures++;
}

static void all_networks(void)
{
	EFI_SIMPLE_NETWORK_PROTOCOL *net;
	EFI_HANDLE *handles;
	UINTN count, i;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol, &network_guid, NULL,
					      &count, &handles)))
		return;
	/* Only handles of the machine: the firmware's stack adds others. */
	for (i = 0; i < count; i++)
		if (!EFI_ERROR(gBS->HandleProtocol(handles[i], &network_guid,
						   (VOID **)&net)) &&
		    net->Mode->CurrentAddress[0] == 0x52)
			one_network(net);
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	BOOLEAN good;

	(void)image;
	(void)table;
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	if (EFI_ERROR(raw_start_driver()))
		raw_out8(RAW_EXIT_PORT, RAW_FAIL);
	raw_reconnect();
	all_disks();
	all_networks();
	good = disks != 0 && mismatches == 0 && failures == 0;
	DEBUG((DEBUG_INFO,
	       "app: disks %ld networks %ld bytes %ld mismatches %ld "
	       "failures %ld\n",
	       disks, networks, bytes_compared, mismatches, failures));
	raw_say("ExitBootServices", raw_exit_boot_services());
	DEBUG((DEBUG_INFO, "app: %a\n", good ? "PASS" : "FAIL"));
	raw_out8(RAW_EXIT_PORT, good ? RAW_PASS : RAW_FAIL);
	return EFI_SUCCESS;
}
