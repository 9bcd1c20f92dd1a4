/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>

#include "report.h"

void session_error(struct session *session, const char *text)
{
	struct replay_result *result = session->result;

	if (result->error[0] != '\0')
		return;
	if (session->checker.line != 0)
		snprintf(result->error, sizeof(result->error),
			 "line %" PRIu64 ": %s", session->checker.line, text);
	else
		snprintf(result->error, sizeof(result->error), "%s", text);
}

void session_audit(struct session *session)
{
	check_audit(&session->checker, &session->domains);
	session->result->audits++;
}
