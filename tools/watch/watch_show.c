/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "oracle/model.h"
#include "tools/colour.h"
#include "tools/json_writer.h"
#include "tools/options.h"
#include "watch.h"

#define SECOND 1e9

/** What is shown, computed once. */
struct now {
	double seconds;	 /* since the beginning */
	double interval; /* since it was shown last */
	uint64_t live;
	uint64_t live_bytes;
};

static void count_live(const struct watch *watch, struct now *now)
{
	uint64_t first, last, gpa, from;
	unsigned prot;
	size_t i;

	for (i = 0; i < watch->domain_count; i++) {
		const struct hvpt_model *model = watch->models[i];

		now->live_bytes += hvpt_model_bytes(model);
		from = 0;
		while (hvpt_model_next(model, from, &first, &last, &gpa,
				       &prot)) {
			now->live++;
			from = last + 1;
			if (from == 0)
				break;
		}
	}
}

static double rate(uint64_t total, uint64_t before, const struct now *now)
{
	return now->interval > 0 ? (double)(total - before) / now->interval : 0;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* Of nothing there is no share. */
static void show_share(FILE *out, int width, uint64_t part, uint64_t whole)
{
	if (whole)
		fprintf(out, "%*.2f", width, share(part, whole));
	else
		fprintf(out, "%*s", width, "-");
}

static double mebibytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static void show_line(FILE *out, const struct watch *watch,
		      const struct now *now)
{
	const struct watch_counts *total = &watch->total;
	unsigned i;

	fprintf(out,
		"%s%.1f s: %.0f maps/s, %.0f unmaps/s, %" PRIu64
		" live mappings, %.2f MiB; descriptors an unmap:",
		watch->ended ? "all " : "", now->seconds,
		rate(total->maps, watch->shown.maps, now),
		rate(total->unmaps, watch->shown.unmaps, now), now->live,
		mebibytes(now->live_bytes));
	for (i = 0; i < WATCH_POLICIES; i++) {
		fprintf(out, " %s ",
			options_policy_name((enum hvpt_flush_policy)i));
		show_share(out, 0, total->descriptors[i], total->unmaps);
	}
	fputc('\n', out);
}

static void show_events(FILE *out, const struct watch *watch,
			const struct now *now)
{
	const struct watch_counts *total = &watch->total;

	fprintf(out, "%-16s%12s %14s\n", "", "a second", "in all");
	fprintf(out, "%-16s%12.0f %14" PRIu64 "\n", "maps",
		rate(total->maps, watch->shown.maps, now), total->maps);
	fprintf(out, "%-16s%12.0f %14" PRIu64 "\n", "unmaps",
		rate(total->unmaps, watch->shown.unmaps, now), total->unmaps);
	fprintf(out, "%-16s%12.2f %14.2f\n", "mapped MiB",
		rate(total->mapped_bytes, watch->shown.mapped_bytes, now) /
			(1 << 20),
		mebibytes(total->mapped_bytes));
	fprintf(out, "%-16s%12" PRIu64 " %14.2f MiB\n", "live mappings",
		now->live, mebibytes(now->live_bytes));
	fprintf(out, "%-16s%12zu\n", "domains", watch->domain_count);
	fprintf(out, "%-16s%12" PRIu64 "\n", "conflicts", watch->conflicts);
}

static void show_sizes(FILE *out, const struct watch_counts *total)
{
	static const char *const names[WATCH_SIZES] = { "4 KiB", "< 2 MiB",
							"< 1 GiB", "larger" };
	unsigned i;

	for (i = 0; i < WATCH_SIZES; i++)
		fprintf(out, "%-16s%11.1f %%\n", names[i],
			100 * share(total->sizes[i], total->maps));
}

static void show_flushes(FILE *out, const struct watch_counts *total)
{
	unsigned i;

	for (i = 0; i < WATCH_POLICIES; i++) {
		fprintf(out, "%-16s",
			options_policy_name((enum hvpt_flush_policy)i));
		show_share(out, 12, total->descriptors[i], total->unmaps);
		show_share(out, 15, total->over_pages[i], total->unmaps);
		fputc('\n', out);
	}
}

static void show_screen(FILE *out, const struct watch *watch,
			const struct now *now)
{
	const char *bold = colour(out, COLOUR_BOLD);
	const char *off = colour(out, COLOUR_OFF);

	fprintf(out, "\033[H\033[J%shvpt watch%s: %.1f s; %s\n\n", bold, off,
		now->seconds, watch->ended ? "all" : "q ends it");
	show_events(out, watch, now);
	fprintf(out, "\n%sSizes of maps%s\n", bold, off);
	show_sizes(out, &watch->total);
	fprintf(out, "\n%sFlush of an unmap%s\n%-16s%12s %14s\n", bold, off, "",
		"descriptors", "pages too many");
	show_flushes(out, &watch->total);
}

/* ---- JSON ------------------------------------------------------------ */

static void json_sizes(struct json_writer *json, const uint64_t *sizes)
{
	static const char *const names[WATCH_SIZES] = { "4k", "below_2m",
							"below_1g", "larger" };
	unsigned i;

	json_enter(json, "sizes", '{');
	for (i = 0; i < WATCH_SIZES; i++)
		json_number(json, names[i], sizes[i]);
	json_leave(json, '}');
}

static void json_flushes(struct json_writer *json,
			 const struct watch_counts *total)
{
	unsigned i;

	json_enter(json, "flushes", '{');
	for (i = 0; i < WATCH_POLICIES; i++) {
		json_enter(json, options_policy_name((enum hvpt_flush_policy)i),
			   '{');
		json_number(json, "descriptors", total->descriptors[i]);
		json_number(json, "over_flushed_pages", total->over_pages[i]);
		json_leave(json, '}');
	}
	json_leave(json, '}');
}

/* What happened since it was shown last. */
static void json_since(struct json_writer *json, const struct watch *watch,
		       uint64_t time)
{
	const struct watch_counts *total = &watch->total;
	const struct watch_counts *shown = &watch->shown;

	json_enter(json, "since", '{');
	json_number(json, "nanoseconds", time - watch->last);
	json_number(json, "maps", total->maps - shown->maps);
	json_number(json, "unmaps", total->unmaps - shown->unmaps);
	json_number(json, "mapped_bytes",
		    total->mapped_bytes - shown->mapped_bytes);
	json_leave(json, '}');
}

static void show_json(FILE *out, const struct watch *watch,
		      const struct now *now, uint64_t time)
{
	struct json_writer json = { .out = out, .one_line = true };

	json_enter(&json, NULL, '{');
	json_flag(&json, "all", watch->ended);
	json_number(&json, "nanoseconds", time - watch->began);
	json_number(&json, "maps", watch->total.maps);
	json_number(&json, "unmaps", watch->total.unmaps);
	json_number(&json, "mapped_bytes", watch->total.mapped_bytes);
	json_number(&json, "live_mappings", now->live);
	json_number(&json, "live_bytes", now->live_bytes);
	json_number(&json, "domains", watch->domain_count);
	json_number(&json, "conflicts", watch->conflicts);
	json_since(&json, watch, time);
	json_sizes(&json, watch->total.sizes);
	json_flushes(&json, &watch->total);
	json_leave(&json, '}');
	fputc('\n', out);
}

/* ---- either ---------------------------------------------------------- */

void watch_show(FILE *out, struct watch *watch, enum watch_form form,
		uint64_t time)
{
	struct now now = { .live = 0 };

	now.seconds = (double)(time - watch->began) / SECOND;
	now.interval = (double)(time - watch->last) / SECOND;
	count_live(watch, &now);
	if (form == WATCH_JSON)
		show_json(out, watch, &now, time);
	else if (form == WATCH_SCREEN)
		show_screen(out, watch, &now);
	else
		show_line(out, watch, &now);
	(void)fflush(out);
	watch->shown = watch->total;
	watch->last = time;
}

void watch_end(FILE *out, struct watch *watch, enum watch_form form,
	       uint64_t time)
{
	memset(&watch->shown, 0, sizeof(watch->shown));
	watch->last = watch->began;
	watch->ended = true;
	watch_show(out, watch, form, time);
}
