/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page_assets.h - page.html, page.css and page.js, as the build puts them into
 * the command.
 */
#ifndef TOOLS_REPORT_PAGE_ASSETS_H
#define TOOLS_REPORT_PAGE_ASSETS_H

#include <stddef.h>

/** A file: not terminated. */
struct page_asset {
	const char *text;
	size_t bytes;
};

extern const struct page_asset page_frame;  /* page.html */
extern const struct page_asset page_style;  /* page.css */
extern const struct page_asset page_script; /* page.js */

#endif /* TOOLS_REPORT_PAGE_ASSETS_H */
