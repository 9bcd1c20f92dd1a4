/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest_ram.h"

#define CHUNK ((size_t)65536)

void stream_open(struct stream *stream, int fd)
{
	*stream = (struct stream){ .fd = fd, .room = CHUNK };
	stream->data = malloc(CHUNK);
	if (!stream->data)
		walker_die("out of memory");
}

void stream_close(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	free(stream->data);
	*stream = (struct stream){ .fd = -1 };
}

void stream_send(struct stream *stream, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(stream->fd, text, length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			walker_die("QEMU ended unexpectedly");
		text += sent;
		length -= (size_t)sent;
	}
}

/* Moves what is left to the front, and makes room for one more chunk. */
static void make_room(struct stream *stream)
{
	memmove(stream->data, stream->data + stream->begin,
		stream->end - stream->begin);
	stream->end -= stream->begin;
	stream->begin = 0;
	if (stream->room - stream->end >= CHUNK)
		return;
	stream->room = 2 * stream->room + CHUNK;
	stream->data = realloc(stream->data, stream->room);
	if (!stream->data)
		walker_die("out of memory");
}

static void fill(struct stream *stream)
{
	ssize_t got;

	if (stream->room - stream->end < CHUNK)
		make_room(stream);
	do
		got = recv(stream->fd, stream->data + stream->end, CHUNK, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		walker_die("QEMU ended unexpectedly");
	stream->end += (size_t)got;
}

char stream_byte(struct stream *stream)
{
	if (stream->begin == stream->end)
		fill(stream);
	return stream->data[stream->begin++];
}

char *stream_line(struct stream *stream)
{
	size_t seen = 0;

	for (;;) {
		char *start = stream->data + stream->begin;
		size_t length = stream->end - stream->begin;
		char *newline = NULL;

		if (length > seen)
			newline = memchr(start + seen, '\n', length - seen);
		if (newline) {
			*newline = '\0';
			stream->begin += (size_t)(newline - start) + 1;
			return start;
		}
		seen = length;
		fill(stream);
	}
}
