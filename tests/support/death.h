/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * death.h - expect_abort(): does a call abort, and does it say why?
 */
#ifndef HVPT_TEST_DEATH_H
#define HVPT_TEST_DEATH_H

/**
 * expect_abort() - fail the test unless @act aborts and says @message
 * @act: run with @state in a child process of its own
 * @state: for @act
 * @message: part of what @act must print to stderr
 */
void expect_abort(void (*act)(void *state), void *state, const char *message);

#endif /* HVPT_TEST_DEATH_H */
