// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * reread DEVICE FILE - reads the first pages of DEVICE, past all caches, and
 * compares them with those of FILE. Each goes to a page of its own, which this
 * keeps to its end: a device that uses a mapping which is no more writes to a
 * page that nobody else has.
 *
 * Exit code 0: all as in FILE; 1: a page was not written; 2: cannot read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 64
#define ROUNDS 8

static unsigned char got[PAGES][PAGE] __attribute__((aligned(PAGE)));
static unsigned char want[PAGES][PAGE];

static void cannot(const char *what)
{
	perror(what);
	exit(2);
}

static void read_page(int file, int page)
{
	memset(got[page], 0x55, PAGE);
	if (pread(file, got[page], PAGE, (off_t)page * PAGE) != PAGE)
		cannot("read");
}

static void compare(int device)
{
	int page;

	for (page = 0; page < PAGES; page++) {
		read_page(device, page);
		if (!memcmp(got[page], want[page], PAGE))
			continue;
		printf("page %d was not written\n", page);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	int device, file, round;

	if (argc != 3)
		return 2;
	device = open(argv[1], O_RDONLY | O_DIRECT);
	file = open(argv[2], O_RDONLY);
	if (device < 0 || file < 0)
		cannot("open");
	if (read(file, want, sizeof(want)) != sizeof(want))
		cannot(argv[2]);
	for (round = 0; round < ROUNDS; round++)
		compare(device);
	return 0;
}
