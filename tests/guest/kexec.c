/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kexec KERNEL INITRAMFS COMMAND-LINE - starts another kernel, at once;
 * with "crash" before these, loads it for when this kernel crashes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kexec.h>
#include <linux/reboot.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	int crash = argc > 1 && !strcmp(argv[1], "crash");
	int kernel, initramfs;
	const char *line;

	if (argc != 4 + crash)
		return 2;
	argv += crash;
	line = argv[3];
	kernel = open(argv[1], O_RDONLY);
	initramfs = open(argv[2], O_RDONLY);
	if (kernel < 0 || initramfs < 0)
		return fail("open");
	if (syscall(SYS_kexec_file_load, kernel, initramfs, strlen(line) + 1,
		    line, crash ? KEXEC_FILE_ON_CRASH : 0ul))
		return fail("kexec_file_load");
	if (crash)
		return 0;
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return fail("reboot");
}
