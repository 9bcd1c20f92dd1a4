/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * interrupt.h - SIGHUP, SIGINT and SIGTERM end the reading of a trace, not the
 * process.
 */
#ifndef TOOLS_INTERRUPT_H
#define TOOLS_INTERRUPT_H

#include <stdbool.h>

/**
 * interrupt_catch() - catches them from now on
 *
 * A signal that is ignored stays so. A second one ends the process. A read that
 * waits for input ends, too (input_stop()).
 */
void interrupt_catch(void);

/** Has one come? */
bool interrupt_came(void);

#endif /* TOOLS_INTERRUPT_H */
