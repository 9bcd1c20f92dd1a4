/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * packer.h - writes a file, compressed if its name ends in .xz.
 */
#ifndef TOOLS_CAPTURE_PACKER_H
#define TOOLS_CAPTURE_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct packer;

/** packer_refused() - why a file of this name is not written; NULL: it is */
const char *packer_refused(const char *path);

/**
 * packer_open() - begins to write
 * @file: open for writing; stays open
 * @path: its name
 *
 * Return: NULL without memory.
 */
struct packer *packer_open(FILE *file, const char *path);

/** packer_write() - Return: false with errno. */
bool packer_write(struct packer *packer, const char *bytes, size_t count);

/**
 * packer_close() - writes what is left
 * @packer: freed; may be NULL
 *
 * What was written before is a whole file then, also after an interruption.
 *
 * Return: false with errno.
 */
bool packer_close(struct packer *packer);

#endif /* TOOLS_CAPTURE_PACKER_H */
