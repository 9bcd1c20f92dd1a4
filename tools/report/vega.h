/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vega.h - finds Vega, which draws the charts, and puts it into a page.
 *
 * Debian's libjs-vega has a file for each of Vega's modules, which name each
 * other as AMD modules do. Those that charts need are copied, each after the
 * modules that it needs. A build of Vega in one file is copied as it is.
 */
#ifndef TOOLS_REPORT_VEGA_H
#define TOOLS_REPORT_VEGA_H

#include <stdbool.h>
#include <stdio.h>

/* Where Debian's package libjs-vega has it. */
#define VEGA_FOLDER "/usr/share/javascript/vega"

/** Is all of it there, and Vega? Return: false with a message. */
bool vega_is_there(const char *library);

/** Writes the scripts. Return: false with a message. */
bool vega_write(FILE *out, const char *library);

#endif /* TOOLS_REPORT_VEGA_H */
