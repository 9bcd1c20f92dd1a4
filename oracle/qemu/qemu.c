/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "qemu.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qemu_internal.h"

#define PROGRAM "qemu-system-x86_64"
#define ARGS_MAX 48
#define TEXT_MAX 128

/* A machine that says nothing for so long will not. */
#define SPEAKS_MILLISECONDS 60000

/* ---- finding one ------------------------------------------------------ */

static const char *find_fetched(char *path, size_t room)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char marker[PATH_MAX];
	const char *folder = cache && *cache ? cache : home;
	const char *below = folder == cache ? "" : "/.cache";

	if (!folder)
		return NULL;
	snprintf(marker, sizeof(marker), "%s%s/hvpt/qemu/complete", folder,
		 below);
	snprintf(path, room, "%s%s/hvpt/qemu/" PROGRAM, folder, below);
	if (access(marker, F_OK) != 0 || access(path, X_OK) != 0)
		return NULL;
	return path;
}

static const char *find_on_path(char *path, size_t room)
{
	const char *at = getenv("PATH");

	while (at && *at) {
		size_t length = strcspn(at, ":");

		snprintf(path, room, "%.*s/" PROGRAM, (int)length, at);
		if (access(path, X_OK) == 0)
			return path;
		at += length;
		at += *at == ':';
	}
	return NULL;
}

const char *qemu_find(enum qemu_source source)
{
	static char path[PATH_MAX];
	const char *named = getenv("HVPT_QEMU");

	if (named)
		return access(named, X_OK) == 0 ? named : NULL;
	if (source == QEMU_SYSTEM)
		return find_on_path(path, sizeof(path));
	return find_fetched(path, sizeof(path));
}

/* ---- its command line ------------------------------------------------- */

struct command {
	const char *arg[ARGS_MAX + 1];
	char text[ARGS_MAX][TEXT_MAX];
	int count;
};

static void add(struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct command *command, const char *format, ...)
{
	char *text = command->text[command->count];
	va_list arguments;

	if (command->count == ARGS_MAX)
		walker_die("too many arguments");
	va_start(arguments, format);
	vsnprintf(text, TEXT_MAX, format, arguments);
	va_end(arguments);
	command->arg[command->count++] = text;
}

static void add_two(struct command *command, const char *option,
		    const char *value)
{
	add(command, "%s", option);
	add(command, "%s", value);
}

static void begin_command(struct command *command, const char *program,
			  const struct guest_ram *ram)
{
	memset(command, 0, sizeof(*command));
	command->arg[command->count++] = program;
	add_two(command, "-M", "q35,memory-backend=ram");
	add(command, "-m");
	add(command, "%llub", (unsigned long long)ram->bytes);
	add(command, "-object");
	add(command,
	    "memory-backend-file,id=ram,size=%llu,share=on,"
	    "mem-path=/proc/self/fd/%d",
	    (unsigned long long)ram->bytes, ram->fd);
	add_two(command, "-display", "none");
	add(command, "-nodefaults");
}

/* ---- starting it ------------------------------------------------------ */

/* Gives QEMU one end of a socket, under a name. Return: the other end. */
static int add_socket(struct command *command, const char *name, int *theirs)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		walker_die("no socket");
	fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	add(command, "-chardev");
	add(command, "socket,id=%s,fd=%d", name, pair[1]);
	*theirs = pair[1];
	return pair[0];
}

static pid_t spawn(const struct command *command)
{
	pid_t parent = getpid();
	int log = walker_log();
	pid_t pid = fork();

	if (pid < 0)
		walker_die("no process");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	dup2(log, STDERR_FILENO);
	execv(command->arg[0], (char *const *)command->arg);
	perror(command->arg[0]);
	_exit(127);
}

static struct qemu *new_qemu(void)
{
	struct qemu *qemu = calloc(1, sizeof(*qemu));

	if (!qemu)
		walker_die("out of memory");
	qemu->qtest.fd = -1;
	qemu->monitor.fd = -1;
	qemu->gdb.fd = -1;
	return qemu;
}

/*
 * Does it say something? What is no QEMU ends without a word.
 */
static bool speaks(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&wait, 1, SPEAKS_MILLISECONDS) == 1 &&
	       recv(fd, &byte, 1, MSG_PEEK) == 1;
}

/* qtest speaks when asked; the answer is taken with the others. */
static bool answers(struct qemu *qemu)
{
	static const char question[] = "readl 0x0\n";

	(void)send(qemu->qtest.fd, question, sizeof(question) - 1,
		   MSG_NOSIGNAL);
	qemu->posted++;
	return speaks(qemu->qtest.fd);
}

struct qemu *qemu_start_vtd(const char *program, const struct guest_ram *ram)
{
	struct qemu *qemu = new_qemu();
	struct command command;
	int theirs;

	begin_command(&command, program, ram);
	add_two(&command, "-accel", "qtest");
	stream_open(&qemu->qtest, add_socket(&command, "qtest", &theirs));
	add_two(&command, "-qtest", "chardev:qtest");
	add_two(&command, "-qtest-log", "none");
	add_two(&command, "-device",
		"intel-iommu,scalable-mode=on,fsts=on,aw-bits=48");
	add_two(&command, "-device", "edu,addr=4,dma_mask=0xffffffffffffffff");
	add_two(&command, "-device", "iommu-testdev,addr=5");
	add_two(&command, "-device", "iommu-testdev,addr=6");
	qemu->pid = spawn(&command);
	close(theirs);
	if (answers(qemu))
		return qemu;
	qemu_stop(qemu);
	return NULL;
}

/* As an argument of walker_try(). */
static void greet(void *qemu)
{
	monitor_begin(qemu);
	gdb_begin(qemu);
}

/* The caller has no QEMU to stop yet when this one gives up. */
static void greet_or_stop(struct qemu *qemu)
{
	char why[WALKER_MESSAGE];

	if (walker_try(greet, qemu))
		return;
	qemu_stop(qemu);
	memcpy(why, walker_error(), sizeof(why));
	walker_die("%s", why);
}

struct qemu *qemu_start_cpu(const char *program, const struct guest_ram *ram)
{
	struct qemu *qemu = new_qemu();
	struct command command;
	int theirs[2];

	begin_command(&command, program, ram);
	add_two(&command, "-accel", "tcg");
	add_two(&command, "-cpu", "max,la57=on");
	add(&command, "-S");
	stream_open(&qemu->monitor, add_socket(&command, "qmp", &theirs[0]));
	add_two(&command, "-mon", "chardev=qmp,mode=control");
	stream_open(&qemu->gdb, add_socket(&command, "gdb", &theirs[1]));
	add_two(&command, "-gdb", "chardev:gdb");
	qemu->pid = spawn(&command);
	close(theirs[0]);
	close(theirs[1]);
	if (!speaks(qemu->monitor.fd)) {
		qemu_stop(qemu);
		return NULL;
	}
	greet_or_stop(qemu);
	return qemu;
}

void qemu_stop(struct qemu *qemu)
{
	if (!qemu)
		return;
	kill(qemu->pid, SIGKILL);
	waitpid(qemu->pid, NULL, 0);
	stream_close(&qemu->qtest);
	stream_close(&qemu->monitor);
	stream_close(&qemu->gdb);
	free(qemu);
}
