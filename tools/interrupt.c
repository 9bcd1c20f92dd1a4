/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "draft.h"
#include "trace/input.h"

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	if (interrupted) {
		drafts_abandon();
		(void)signal(number, SIG_DFL);
		(void)raise(number);
	}
	interrupted = number;
	input_stop();
}

static void catch_signal(int number)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof(action));
	action.sa_handler = interrupt;
	sigemptyset(&action.sa_mask);
	if (sigaction(number, NULL, &before) == 0 &&
	    before.sa_handler != SIG_IGN)
		(void)sigaction(number, &action, NULL);
}

void interrupt_catch(void)
{
	catch_signal(SIGHUP);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
}

bool interrupt_came(void)
{
	return interrupted != 0;
}
