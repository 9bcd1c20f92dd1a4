// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* /sys/kernel/debug/hvpt-conformance: report.txt and report.json. */
#include <linux/debugfs.h>
#include <linux/mm.h>

#include "conformance/answers.h"
#include "linux_host.h"

/* A report has about 40 KiB. */
#define REPORT_BYTES 0x40000u

static struct debugfs_blob_wrapper text, json;
static struct dentry *folder;
static bool is_cut;

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

static void ask(const struct conformance_host *host, const char *name)
{
	struct conformance_report report = {
		.name = name,
		.text = &to_text,
		.json = &to_json,
	};

	conformance_report_run(&report, host);
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
			    const char *name,
			    void (*read)(u32 leaf, struct hvpt_cpuid *out))
{
	int err = open_blobs();

	if (!err) {
		is_cut = false;
		conformance_text_title(&to_text);
		conformance_text_cpuid(&to_text, read);
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
