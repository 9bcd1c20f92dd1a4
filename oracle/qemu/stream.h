/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stream.h - a socket, read through a buffer that grows as needed.
 */
#ifndef ORACLE_QEMU_STREAM_H
#define ORACLE_QEMU_STREAM_H

#include <stddef.h>

/**
 * struct stream - one socket
 * @fd: -1: not open
 * @data: what was read; @begin .. @end of it is not used yet
 */
struct stream {
	int fd;
	char *data;
	size_t room;
	size_t begin;
	size_t end;
};

/** Takes over @fd. */
void stream_open(struct stream *stream, int fd);
void stream_close(struct stream *stream);

/** Sends all of it. */
void stream_send(struct stream *stream, const char *text, size_t length);

/** The next byte. */
char stream_byte(struct stream *stream);

/**
 * stream_line() - the next line
 *
 * Return: terminated, without its newline; valid until the next call.
 */
char *stream_line(struct stream *stream);

#endif /* ORACLE_QEMU_STREAM_H */
