/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "trace_dat.h"

#ifdef HVPT_HAVE_TRACECMD
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <trace-cmd.h>
#include <unistd.h>

static void print_lost(FILE *out, const struct tep_record *record)
{
	if (record->missed_events > 0)
		fprintf(out, "CPU:%d [%lld EVENTS DROPPED]\n", record->cpu,
			record->missed_events);
	else if (record->missed_events < 0)
		fprintf(out, "CPU:%d [EVENTS DROPPED]\n", record->cpu);
}

static int print_record(struct tracecmd_input *trace, struct tep_record *record,
			int cpu, void *ctx)
{
	struct tep_handle *tep = tracecmd_get_tep(trace);
	struct trace_seq text;
	FILE *out = ctx;

	(void)cpu;
	print_lost(out, record);
	trace_seq_init(&text);
	tep_print_event(tep, &text, record, "%s-%d [%03d] %6.1000d: %s: %s\n",
			TEP_PRINT_COMM, TEP_PRINT_PID, TEP_PRINT_CPU,
			TEP_PRINT_TIME, TEP_PRINT_NAME, TEP_PRINT_INFO);
	(void)trace_seq_do_fprintf(&text, out);
	trace_seq_destroy(&text);
	return ferror(out);
}

static const char *print_all(int fd, FILE *out)
{
	struct tracecmd_input *trace;
	int status;

	tracecmd_set_loglevel(TEP_LOG_NONE);
	trace = tracecmd_open_fd(fd, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!trace) {
		close(fd);
		return "the trace.dat file is damaged, or of an unknown "
		       "version; try trace-cmd report";
	}
	status = tracecmd_iterate_events(trace, NULL, 0, print_record, out);
	tracecmd_close(trace);
	if (fflush(out) != 0 || ferror(out))
		return strerror(errno);
	return status ? "the trace.dat file is damaged" : NULL;
}

/* A second descriptor, at the start of the file, which the library closes. */
static int rewound(int fd, const char **error)
{
	if (lseek(fd, 0, SEEK_SET) != 0) {
		*error = "a trace.dat file cannot be read from a pipe; give "
			 "its name, or the output of trace-cmd report";
		return -1;
	}
	fd = dup(fd);
	if (fd < 0)
		*error = strerror(errno);
	return fd;
}

int trace_dat_text(int fd, const char **error)
{
	int input = rewound(fd, error);
	int text = -1;
	FILE *out;

	if (input < 0)
		return -1;
	out = tmpfile();
	if (!out) {
		*error = strerror(errno);
		close(input);
		return -1;
	}
	*error = print_all(input, out);
	if (!*error) {
		text = dup(fileno(out));
		if (text < 0 || lseek(text, 0, SEEK_SET) != 0)
			*error = strerror(errno);
	}
	fclose(out);
	return text;
}
#else
int trace_dat_text(int fd, const char **error)
{
	(void)fd;
	*error = "a trace.dat file; this hvpt was built without libtracecmd "
		 "(Debian: libtracecmd-dev, libtracefs-dev); give the output "
		 "of trace-cmd report";
	return -1;
}
#endif
