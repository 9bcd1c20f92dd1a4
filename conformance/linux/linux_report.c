// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* /sys/kernel/debug/hvpt-conformance: report.txt and report.json. */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "conformance/answers.h"
#include "linux_host.h"

/* A report has about 40 KiB. */
#define REPORT_BYTES 0x40000u

static struct debugfs_blob_wrapper text, json;
static struct dentry *folder;
static bool is_first, is_cut;

static const char passive[] = "Only questions that read are asked.\n";

static void put(void *ctx, const char *from, size_t bytes)
{
	struct debugfs_blob_wrapper *to = ctx;

	if (bytes > REPORT_BYTES - to->size) {
		is_cut = true;
		return;
	}
	memcpy((char *)to->data + to->size, from, bytes);
	to->size += bytes;
}

static const struct conformance_writer to_text = { put, &text };
static const struct conformance_writer to_json = { put, &json };

static void on_group(void *ctx, enum conformance_group group)
{
	conformance_text_group(&to_text, group);
}

static void on_finding(void *ctx, const struct conformance_question *question,
		       const struct conformance_finding *finding)
{
	conformance_text_finding(&to_text, question, finding);
	conformance_json_finding(&to_json, question, finding, is_first);
	is_first = false;
}

static void ask(const struct conformance_host *host, const char *name)
{
	const struct conformance_sink sink = { on_group, on_finding, NULL };
	struct conformance_counts counts;

	is_first = true;
	is_cut = false;
	put(&text, "host: ", 6);
	put(&text, name, strlen(name));
	put(&text, "\n", 1);
	if (host->passive)
		put(&text, passive, sizeof(passive) - 1);
	conformance_json_begin(&to_json, name);
	conformance_run_all(host, &sink, &counts);
	conformance_text_end(&to_text, &counts);
	conformance_json_end(&to_json, &counts);
}

static int open_blobs(void)
{
	text.data = kvzalloc(REPORT_BYTES, GFP_KERNEL);
	json.data = kvzalloc(REPORT_BYTES, GFP_KERNEL);
	return text.data && json.data ? 0 : -ENOMEM;
}

static int show(void)
{
	folder = debugfs_create_dir("hvpt-conformance", NULL);
	if (IS_ERR(folder)) {
		folder = NULL;
		return -ENODEV;
	}
	debugfs_create_blob("report.txt", 0400, folder, &text);
	debugfs_create_blob("report.json", 0400, folder, &json);
	return 0;
}

int conformance_report_make(const struct conformance_host *host,
			    const char *name)
{
	int err = open_blobs();

	if (!err) {
		ask(host, name);
		err = is_cut ? -ENOSPC : show();
	}
	if (err)
		conformance_report_drop();
	return err;
}

void conformance_report_drop(void)
{
	debugfs_remove(folder);
	kvfree(text.data);
	kvfree(json.data);
	memset(&text, 0, sizeof(text));
	memset(&json, 0, sizeof(json));
	folder = NULL;
}
