/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tree of tables as a graph: a node for each table, written for dot. */
#define _GNU_SOURCE

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump.h"
#include "oracle/sdm_scan.h"
#include "tools/tables/tables.h"
#include "tools/walk/entry_fields.h"
#include "trace/say.h"

/* A graph of more tables has no picture that somebody can read. */
#define DRAWN_TABLES 500u
#define LEVELS_MAX 5u

/**
 * struct drawn - a table that is being drawn
 * @table: its gpa
 * @leaves, @tables, @wrong: its present entries
 */
struct drawn {
	uint64_t table;
	uint64_t leaves;
	uint64_t tables;
	uint64_t wrong;
};

/**
 * struct drawing - the graph of one domain
 * @number: of the domain
 * @path: the tables above the next entry, by the level of their entries
 * @level: of the lowest of them
 * @count: tables so far
 */
struct drawing {
	FILE *to;
	const struct tables_domain *domain;
	size_t number;
	struct drawn path[LEVELS_MAX];
	unsigned level;
	size_t count;
};

static void begin_table(struct drawing *drawing, unsigned level, uint64_t table)
{
	drawing->level = level;
	drawing->path[level] = (struct drawn){ .table = table };
	drawing->count++;
}

/* What is in the table is known when the scan has left it. */
static void end_table(struct drawing *drawing)
{
	const struct drawn *drawn = &drawing->path[drawing->level];

	fprintf(drawing->to,
		"  d%zu_%" PRIx64 " [label=\"%s table\\n0x%" PRIx64,
		drawing->number, drawn->table, entry_level_name(drawing->level),
		drawn->table);
	if (drawn->tables)
		fprintf(drawing->to, "\\n%" PRIu64 " to tables", drawn->tables);
	if (drawn->leaves)
		fprintf(drawing->to, "\\n%" PRIu64 " of %s", drawn->leaves,
			entry_page_name(drawing->level));
	if (drawn->wrong)
		fprintf(drawing->to, "\\n%" PRIu64 " wrong", drawn->wrong);
	fprintf(drawing->to, "\"%s];\n",
		drawn->wrong ? ", color=red, penwidth=2" : "");
}

/* Leaves the tables whose entries were all seen before one of @level. */
static void end_below(struct drawing *drawing, unsigned level)
{
	while (drawing->level < level) {
		end_table(drawing);
		drawing->level++;
	}
}

static void draw_edge(const struct drawing *drawing,
		      const struct sdm_seen *seen)
{
	fprintf(drawing->to,
		"  d%zu_%" PRIx64 " -> d%zu_%" PRIx64 " [label=\"%u\"%s];\n",
		drawing->number, drawing->path[seen->level].table,
		drawing->number, seen->pa,
		(unsigned)(seen->entry_pa % 4096 / 8),
		seen->kind == SDM_SEEN_TABLE ? "" : ", color=red");
}

/* A sdm_seen_fn. */
static bool draw_entry(void *ctx, const struct sdm_seen *seen)
{
	struct drawing *drawing = ctx;
	struct drawn *drawn = &drawing->path[seen->level];

	end_below(drawing, seen->level);
	if (seen->kind == SDM_SEEN_LEAF)
		drawn->leaves++;
	else if (seen->kind == SDM_SEEN_TABLE)
		drawn->tables++;
	else
		drawn->wrong++;
	if (seen->kind == SDM_SEEN_TABLE || seen->kind == SDM_SEEN_LOOP ||
	    seen->kind == SDM_SEEN_AGAIN)
		draw_edge(drawing, seen);
	if (seen->kind == SDM_SEEN_TABLE)
		begin_table(drawing, seen->level - 1, seen->pa);
	return drawing->count <= DRAWN_TABLES;
}

/* Return: false: there are too many tables. */
static bool draw_domain(FILE *to, const struct tables *tables, size_t number)
{
	struct drawing drawing = {
		.to = to,
		.domain = &tables->list[number],
		.number = number,
	};
	const struct sdm_walker *walker = &drawing.domain->walker;
	char title[48];

	tables_title(title, sizeof(title), tables, number);
	fprintf(to, "  d%zu [label=\"%s\", shape=plaintext];\n", number, title);
	fprintf(to, "  d%zu -> d%zu_%" PRIx64 ";\n", number, number,
		walker->root);
	begin_table(&drawing, walker->levels - 1, walker->root);
	if (sdm_scan(walker, draw_entry, &drawing) != SDM_SCAN_WHOLE)
		return false;
	end_below(&drawing, walker->levels);
	return true;
}

static bool write_graph(FILE *to, const struct tables *tables)
{
	size_t i;

	fputs("digraph tables {\n  rankdir=LR;\n"
	      "  node [shape=box, fontname=\"monospace\", fontsize=10];\n"
	      "  edge [fontname=\"monospace\", fontsize=9];\n",
	      to);
	for (i = 0; i < tables->count; i++) {
		if (!draw_domain(to, tables, i)) {
			say("hvpt dump: --svg: a domain has more than %u "
			    "tables, too many for a picture; choose another "
			    "with --domain, or an earlier moment with --at",
			    DRAWN_TABLES);
			return false;
		}
	}
	fputs("}\n", to);
	return fflush(to) == 0 && fseek(to, 0, SEEK_SET) == 0;
}

/* ---- dot --------------------------------------------------------------- */

#define NO_PROGRAM 127

static void become_dot(FILE *from, FILE *to)
{
	if (dup2(fileno(from), STDIN_FILENO) >= 0 &&
	    dup2(fileno(to), STDOUT_FILENO) >= 0)
		execlp("dot", "dot", "-Tsvg", (char *)NULL);
	_exit(NO_PROGRAM);
}

static bool run_dot(FILE *from, FILE *to)
{
	int status = -1;
	pid_t child, ended;

	(void)fflush(to);
	child = fork();
	if (child == 0)
		become_dot(from, to);
	do
		ended = child < 0 ? child : waitpid(child, &status, 0);
	while (ended < 0 && child >= 0 && errno == EINTR);
	if (ended < 0) {
		say("hvpt dump: --svg: cannot start dot: %s", strerror(errno));
		return false;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM)
		say("hvpt dump: --svg: there is no program dot; install the "
		    "package graphviz");
	else
		say("hvpt dump: --svg: dot failed");
	return false;
}

bool dump_draw(const struct tables *tables, FILE *to)
{
	FILE *graph = tmpfile();
	bool good;

	if (!graph) {
		say("hvpt dump: --svg: no temporary file: %s", strerror(errno));
		return false;
	}
	good = write_graph(graph, tables) && run_dot(graph, to);
	fclose(graph);
	return good;
}
