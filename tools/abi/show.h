/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * show.h - prints decoded rows and the table, as text or JSON.
 */
#ifndef TOOLS_SHOW_H
#define TOOLS_SHOW_H

#include <stddef.h>

#include "decode.h"

/** A row as a line of text; decode_row_fn. @ctx: not used. */
void show_row_text(void *ctx, const struct decode_row *row);

/** A row as a JSON object; decode_row_fn. @ctx: size_t, rows until now. */
void show_row_json(void *ctx, const struct decode_row *row);

/** The last line of the text. */
void show_problems_text(size_t problems);

/** The table: what `hvpt abi` prints. */
void show_abi_text(void);
void show_abi_json(void);

#endif /* TOOLS_SHOW_H */
