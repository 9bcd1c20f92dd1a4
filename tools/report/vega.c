/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "vega.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "trace/say.h"

#define PATH_ROOM 4096u

/* What draws, each after what it needs. Maps and others are left out. */
static const char *const modules[] = {
	"vega-util",
	"vega-time",
	"vega-format",
	"vega-loader",
	"vega-dataflow",
	"vega-statistics",
	"vega-canvas",
	"vega-scale",
	"vega-scenegraph",
	"vega-expression",
	"vega-selection",
	"vega-functions",
	"vega-runtime",
	"vega-event-selector",
	"vega-transforms",
	"vega-encode",
	"vega-view-transforms",
	"vega-parser",
	"vega-view",
};
#define MODULES (sizeof(modules) / sizeof(modules[0]))

static bool is_folder(const char *library)
{
	struct stat info;

	return stat(library, &info) == 0 && S_ISDIR(info.st_mode);
}

static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		say("hvpt report: cannot read %s: %s; install the Debian "
		    "package libjs-vega, or name Vega's folder or file with "
		    "--library",
		    path, strerror(errno));
	return file;
}

static FILE *open_module(const char *library, const char *module)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/%s.min.js", library, module);
	return open_file(path);
}

/* Every module names the object that it adds to. */
static bool names_vega(FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (!found && getline(&line, &room, file) >= 0)
		found = strstr(line, "vega") != NULL;
	free(line);
	return found;
}

static bool is_vega(FILE *file, const char *library, const char *module)
{
	bool good;

	if (!file)
		return false;
	good = names_vega(file);
	(void)fclose(file);
	if (!good)
		say("hvpt report: --library %s: %s is not Vega", library,
		    module ? module : "it");
	return good;
}

bool vega_is_there(const char *library)
{
	size_t i;

	if (!is_folder(library))
		return is_vega(open_file(library), library, NULL);
	for (i = 0; i < MODULES; i++) {
		if (!is_vega(open_module(library, modules[i]), library,
			     modules[i]))
			return false;
	}
	return true;
}

/* ---- copying --------------------------------------------------------- */

/*
 * Nothing in a script may look like its end. The line that names a source map
 * is left out, because there is no such file beside a page.
 */
static void copy_line(FILE *out, const char *line)
{
	static const char end[] = "</script";
	const char *at;

	if (strncmp(line, "//# sourceMappingURL=", 21) == 0)
		return;
	while ((at = strchr(line, '<')) != NULL) {
		fwrite(line, 1, (size_t)(at - line) + 1, out);
		if (strncasecmp(at, end, sizeof(end) - 1) == 0)
			fputc('\\', out);
		line = at + 1;
	}
	fputs(line, out);
}

static bool copy(FILE *out, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	bool good;

	while (getline(&line, &room, file) >= 0)
		copy_line(out, line);
	good = feof(file) && !ferror(file);
	free(line);
	(void)fclose(file);
	if (!good)
		say("hvpt report: cannot read Vega: %s", strerror(errno));
	return good;
}

/* The others call vega-selection by the name that it has elsewhere. */
static bool write_script(FILE *out, FILE *file, const char *module)
{
	bool good;

	if (!file)
		return false;
	fputs("<script>", out);
	if (module)
		fprintf(out, "define.module = \"%s\";\n",
			strcmp(module, "vega-selection") == 0 ?
				"vega-selections" :
				module);
	good = copy(out, file);
	fputs("\n</script>\n", out);
	return good;
}

/* The modules ask for each other by name, and get what was defined before. */
static const char loader[] =
	"<script>\n"
	"var vega = {};\n"
	"function define(needs, make) {\n"
	"\tconst made = {};\n"
	"\tmake(...needs.map((name) => name === \"exports\" ? made :\n"
	"\t\tdefine.known[name]));\n"
	"\tdefine.known[define.module] = made;\n"
	"\tObject.assign(vega, made);\n"
	"}\n"
	"define.amd = true;\n"
	"define.known = {};\n"
	"</script>\n";

/* The data flow must know the transforms of these modules. */
static const char finisher[] =
	"<script>\n"
	"Object.assign(vega.transforms, define.known[\"vega-transforms\"],\n"
	"\tdefine.known[\"vega-encode\"],\n"
	"\tdefine.known[\"vega-view-transforms\"]);\n"
	"define.amd = false;\n"
	"</script>\n";

bool vega_write(FILE *out, const char *library)
{
	size_t i;

	if (!is_folder(library))
		return write_script(out, open_file(library), NULL);
	fputs(loader, out);
	for (i = 0; i < MODULES; i++) {
		if (!write_script(out, open_module(library, modules[i]),
				  modules[i]))
			return false;
	}
	fputs(finisher, out);
	return true;
}
