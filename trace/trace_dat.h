/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_dat.h - reads files of trace-cmd record, with trace-cmd's own library.
 */
#ifndef TRACE_TRACE_DAT_H
#define TRACE_TRACE_DAT_H

/**
 * trace_dat_text() - all events as text, as trace-cmd report prints them
 * @fd: in: a trace.dat file; stays open
 * @error: out: the error when -1 is returned
 *
 * Return: an unnamed temporary file, positioned at its start.
 */
int trace_dat_text(int fd, const char **error);

#endif /* TRACE_TRACE_DAT_H */
