/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What this machine lacks to record IOMMU traffic.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/say.h"
#include "tracing.h"

static void path_of(const struct tracing *tracing, const char *path,
		    char out[TRACING_PATH_MAX])
{
	snprintf(out, TRACING_PATH_MAX, "%s%s", tracing->root, path);
}

/* Is the kernel locked down so far that tracefs is closed? */
static bool is_locked_down(const struct tracing *tracing)
{
	char path[TRACING_PATH_MAX], text[80] = "";
	FILE *file;

	path_of(tracing, "/sys/kernel/security/lockdown", path);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	(void)fclose(file);
	return strstr(text, "[confidentiality]") != NULL;
}

static void say_closed(struct tracing *tracing, const char *path, int error)
{
	const bool none = error == ENOENT || error == ENOTDIR;

	tracing->missing |= none ? TRACING_LACKS_TRACEFS :
				   TRACING_LACKS_PERMISSION;
	if (none)
		say("%s: no tracefs at %s; as root: mount -t tracefs tracefs "
		    "/sys/kernel/tracing",
		    tracing->whose, path);
	else if (is_locked_down(tracing))
		say("%s: %s: the kernel is locked down (confidentiality), "
		    "which closes tracefs; boot without lockdown=",
		    tracing->whose, path);
	else if (error == EACCES || error == EPERM)
		say("%s: %s: not permitted; run it as root", tracing->whose,
		    path);
	else
		say("%s: %s: %s", tracing->whose, path, strerror(error));
}

/* Return: 0 or an errno. */
static int reach(const struct tracing *tracing)
{
	char instances[TRACING_PATH_MAX + 16];

	snprintf(instances, sizeof(instances), "%s/instances", tracing->folder);
	return access(instances, W_OK | X_OK) == 0 ? 0 : errno;
}

/* Mounted on its own, or within debugfs. */
void tracing_locate(struct tracing *tracing)
{
	static const char usual[] = "/sys/kernel/tracing";

	path_of(tracing, usual, tracing->folder);
	if (reach(tracing) == 0)
		return;
	path_of(tracing, "/sys/kernel/debug/tracing", tracing->folder);
	if (reach(tracing) != 0)
		path_of(tracing, usual, tracing->folder);
}

bool tracing_find(struct tracing *tracing)
{
	int error = reach(tracing);

	if (error)
		say_closed(tracing, tracing->folder, error);
	return error == 0;
}

/* ---- one at a time ------------------------------------------------------ */

/* Who has a lock? Return: 0: nobody; -1: a process that has no number here. */
static pid_t locked_by(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : -1;
}

/*
 * A folder takes only shared locks. So each process takes one and then looks
 * whether another has one, too; two at the same moment may both be refused. No
 * file of tracefs is locked instead: an open file keeps an instance from being
 * removed.
 */
bool tracing_lock(struct tracing *tracing)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	char path[TRACING_PATH_MAX + 16];
	pid_t other;
	int fd;

	snprintf(path, sizeof(path), "%s/instances", tracing->folder);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0) {
		say("%s: cannot lock %s: %s", tracing->whose, path,
		    strerror(errno));
		return false;
	}
	other = locked_by(fd);
	if (other)
		tracing->missing |= TRACING_LACKS_INSTANCE;
	if (other > 0)
		say("%s: another hvpt records now (pid %ld); nothing was "
		    "changed",
		    tracing->whose, (long)other);
	else if (other < 0)
		say("%s: another hvpt records now, in another container; "
		    "nothing was changed",
		    tracing->whose);
	return other == 0;
}

/* ---- what there must be ------------------------------------------------- */

/* Without a group no device is translated. */
static bool has_group(struct tracing *tracing)
{
	char path[TRACING_PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	path_of(tracing, "/sys/kernel/iommu_groups", path);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder)))
		found = entry->d_name[0] != '.';
	if (folder)
		(void)closedir(folder);
	if (found)
		return true;
	tracing->missing |= TRACING_LACKS_GROUP;
	say("%s: no IOMMU group in %s: no device is behind an IOMMU that "
	    "Linux uses; see intel_iommu=on, amd_iommu=on and the firmware's "
	    "setup",
	    tracing->whose, path);
	return false;
}

static bool has_event(struct tracing *tracing, const char *name)
{
	char path[TRACING_PATH_MAX + 40];

	snprintf(path, sizeof(path), "%s/events/iommu/%s/enable",
		 tracing->folder, name);
	if (access(path, F_OK) == 0)
		return true;
	tracing->missing |= TRACING_LACKS_EVENTS;
	say("%s: no event iommu:%s in this kernel (%s: %s); it needs "
	    "CONFIG_IOMMU_API and CONFIG_EVENT_TRACING",
	    tracing->whose, name, path, strerror(errno));
	return false;
}

static bool has_no_instance(struct tracing *tracing)
{
	char path[TRACING_PATH_MAX + 20];

	snprintf(path, sizeof(path), "%s/instances/hvpt", tracing->folder);
	if (access(path, F_OK) != 0)
		return true;
	tracing->missing |= TRACING_LACKS_INSTANCE;
	say("%s: %s exists: a killed hvpt left it; 'hvpt capture --undo' "
	    "removes it",
	    tracing->whose, path);
	return false;
}

bool tracing_check(struct tracing *tracing)
{
	bool map, unmap, group;

	if (!tracing_find(tracing) || !tracing_lock(tracing) ||
	    !has_no_instance(tracing))
		return false;
	map = has_event(tracing, "map");
	unmap = has_event(tracing, "unmap");
	group = has_group(tracing);
	return map && unmap && group;
}

/* ---- kprobes ------------------------------------------------------------ */

/* In the order of docs/RECORDING.md: the first that the kernel has. */
static const char *const map_functions[] = { "iommu_map_nosync", "__iommu_map",
					     "iommu_map" };
#define MAP_FUNCTIONS (sizeof(map_functions) / sizeof(map_functions[0]))

/* The number of the function that a line of kallsyms names. */
static size_t function_of(const char *line)
{
	char name[128];
	size_t i;

	if (sscanf(line, "%*s %*s %127s", name) != 1)
		return MAP_FUNCTIONS;
	for (i = 0; i < MAP_FUNCTIONS; i++) {
		if (strcmp(name, map_functions[i]) == 0)
			break;
	}
	return i;
}

const char *tracing_probe(const struct tracing *tracing)
{
	size_t best = MAP_FUNCTIONS;
	char path[TRACING_PATH_MAX], line[512];
	FILE *file;

	path_of(tracing, "/proc/kallsyms", path);
	file = fopen(path, "r");
	while (file && best > 0 && fgets(line, sizeof(line), file)) {
		size_t found = function_of(line);

		best = found < best ? found : best;
	}
	if (file)
		(void)fclose(file);
	return best < MAP_FUNCTIONS ? map_functions[best] : NULL;
}
