/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command.h - the sub-commands of hvpt.
 *
 * argv[0] is the sub-command's name. Return: an enum exit_code.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

int command_replay(int argc, char **argv);
int command_fuzz(int argc, char **argv);
int command_fault(int argc, char **argv);
int command_decode(int argc, char **argv);
int command_dump(int argc, char **argv);
int command_walk(int argc, char **argv);
int command_abi(int argc, char **argv);
int command_conformance(int argc, char **argv);

#endif /* TOOLS_COMMAND_H */
