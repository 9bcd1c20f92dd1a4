/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "hvpt/hvpt.h"
#include "options.h"
#include "output.h"
#include "trace/say.h"

#define TEXT(x) #x
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

static const char usage[] =
	"Usage: hvpt replay [options] TRACE...\n"
	"       hvpt fuzz [options]\n"
	"       hvpt fault [--trace TRACE] HEX...\n"
	"       hvpt decode --control VALUE [options]\n"
	"       hvpt dump [options] TRACE\n"
	"       hvpt walk [options] TRACE IOVA\n"
	"       hvpt abi [--json]\n"
	"       hvpt conformance [options]\n"
	"       hvpt --help | --version\n"
	"\n"
	"Commands:\n"
	"  replay   run recorded IOMMU traffic through hvpt's page tables and\n"
	"           check every step; 'hvpt replay --help' says more\n"
	"  fuzz     find a sequence of calls that hvpt gets wrong, and shrink it\n"
	"           to a trace; 'hvpt fuzz --help' says more\n"
	"  fault    decode the hypervisor's message about a refused DMA, and\n"
	"           explain it by the tables of a trace\n"
	"  decode   explain a hypercall: control word, input, output, result\n"
	"  dump     print and check the mappings at a moment of a trace, in a\n"
	"           guest's memory, or that the Linux adapter shows in debugfs\n"
	"  walk     walk the tables of a trace, or of a guest's memory, for one\n"
	"           address: each entry bit by bit, and why it faults\n"
	"  abi      print the hypercalls, their structures and the statuses\n"
	"  conformance\n"
	"           ask the model hypervisor how it answers hypercalls\n";

static int run(int argc, char **argv)
{
	if (argc < 2) {
		say("hvpt: no command given; try 'hvpt --help'");
		return EXIT_BAD_INPUT;
	}
	if (strcmp(argv[1], "replay") == 0)
		return command_replay(argc - 1, argv + 1);
	if (strcmp(argv[1], "fuzz") == 0)
		return command_fuzz(argc - 1, argv + 1);
	if (strcmp(argv[1], "fault") == 0)
		return command_fault(argc - 1, argv + 1);
	if (strcmp(argv[1], "decode") == 0)
		return command_decode(argc - 1, argv + 1);
	if (strcmp(argv[1], "dump") == 0)
		return command_dump(argc - 1, argv + 1);
	if (strcmp(argv[1], "walk") == 0)
		return command_walk(argc - 1, argv + 1);
	if (strcmp(argv[1], "abi") == 0)
		return command_abi(argc - 1, argv + 1);
	if (strcmp(argv[1], "conformance") == 0)
		return command_conformance(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		fputs(usage, stdout);
		return EXIT_ALL_WELL;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hvpt " VERSION(HVPT_VERSION_MAJOR, HVPT_VERSION_MINOR,
				     HVPT_VERSION_PATCH));
		return EXIT_ALL_WELL;
	}
	say("hvpt: unknown %s '%s'; try 'hvpt --help'",
	    argv[1][0] == '-' ? "option" : "command", argv[1]);
	return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
	if (!output_guard())
		return EXIT_BAD_INPUT;
	return output_end(run(argc, argv));
}
