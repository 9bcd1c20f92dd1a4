/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt on a tracefs that is a folder, HVPT_ROOT: what it makes there is a copy
 * of the folder "instance", as the kernel fills an instance with files; what it
 * removes goes with all its files.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rmdir(const char *path);

/* Does it exist? */
static int there(const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static int run(char *const *command)
{
	int status = -1;
	pid_t child;

	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0)
		return -1;
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	const char *root = getenv("HVPT_ROOT");
	char from[4096], to[4096];

	if (!root)
		return __real_mkdir(path, mode);
	if (there(path, "") || !there(root, "instance")) {
		errno = there(path, "") ? EEXIST : ENOMEM;
		return -1;
	}
	snprintf(to, sizeof(to), "%s", path);
	snprintf(from, sizeof(from), "%s/instance", root);
	return run((char *[]){ "cp", "-a", from, to, NULL });
}

/* With a file "busy", somebody reads the instance. */
int __wrap_rmdir(const char *path)
{
	const char *root = getenv("HVPT_ROOT");
	char folder[4096];

	if (!root || !there(path, "") || there(root, "busy")) {
		errno = there(path, "") ? EBUSY : ENOENT;
		return -1;
	}
	snprintf(folder, sizeof(folder), "%s", path);
	return run((char *[]){ "rm", "-r", folder, NULL });
}
