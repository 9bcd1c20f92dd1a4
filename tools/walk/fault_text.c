/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fault_text.h"

#include <stdio.h>
#include <inttypes.h>
#include <string.h>

#include "tools/hex_bytes.h"
#include "trace/say.h"
#include "trace/text.h"

/* Bytes of the shortest valid message. */
#define MESSAGE_LEAST                                                          \
	(sizeof(struct hvpt_hv_message_header) +                               \
	 sizeof(struct hvpt_hv_iommu_fault))

/* ---- the message ------------------------------------------------------ */

static bool take_bytes(struct hex_bytes *message, const char *text)
{
	char shown[60];

	say_shorten(shown, sizeof(shown), text, strlen(text));
	switch (hex_add(message, text)) {
	case HEX_GOOD:
		return true;
	case HEX_HALF:
		say("hvpt fault: '%s' ends in half a byte", shown);
		return false;
	case HEX_LONG:
		say("hvpt fault: a message has at most %u bytes",
		    HVPT_HV_MESSAGE_BYTES);
		return false;
	default:
		say("hvpt fault: '%s' is neither hexadecimal bytes nor a line "
		    "of the kernel about a fault",
		    shown);
		return false;
	}
}

static bool read_message(struct fault_text *fault, const char *text)
{
	uint8_t bytes[HVPT_HV_MESSAGE_BYTES];
	struct hex_bytes message = { bytes, sizeof(bytes), 0 };
	enum hvpt_status status;

	if (!take_bytes(&message, text))
		return false;
	status = hvpt_iommu_fault_decode(bytes, message.count, &fault->fault);
	if (status == HVPT_OK)
		return true;
	say("hvpt fault: no fault message in %zu bytes: %s; one begins with 24 "
	    "00 00 80, and has %zu bytes or more",
	    message.count, hvpt_status_name(status), MESSAGE_LEAST);
	return false;
}

/* ---- the kernel's log ------------------------------------------------- */

/* A copy without what a terminal, or a string of JSON, would interpret. */
static void copy_clean(char *out, const char *from, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		out[i] = from[i] < ' ' || from[i] > '~' || from[i] == '"' ||
					 from[i] == '\\' ?
				 '?' :
				 from[i];
	out[length] = '\0';
}

/* The text before @end, which is taken off too. */
static bool take_until(struct span *text, const char *end, char *out,
		       size_t room)
{
	const char *from = text->p;
	size_t length;

	while (text->p < text->end && !text_starts_with(*text, end))
		text->p++;
	length = (size_t)(text->p - from);
	if (text->p == text->end || length >= room)
		return false;
	copy_clean(out, from, length);
	return text_accept(text, end);
}

/* A number, and what follows it. */
static bool take_number(struct span *text, const char *end, uint64_t *value)
{
	char digits[24];
	struct span number;

	if (!take_until(text, end, digits, sizeof(digits)))
		return false;
	number.p = digits;
	number.end = digits + strlen(digits);
	return text_take_number(&number, value) == TEXT_NUMBER_OK &&
	       number.p == number.end;
}

/* Behind "refused, iova ". */
static bool take_rest(struct fault_text *fault, struct span text)
{
	uint64_t iova;

	if (!take_number(&text, ", ", &iova) ||
	    !take_until(&text, ": ", fault->type, sizeof(fault->type)) ||
	    !take_until(&text, ", entry ", fault->then, sizeof(fault->then)) ||
	    text_take_number(&text, &fault->entry) != TEXT_NUMBER_OK)
		return false;
	fault->has_entry = true;
	fault->fault.iova = hvpt_iova(iova);
	fault->fault.has_iova = true;
	return true;
}

/* The number of a type, by its name; the kernel prints UNKNOWN for others. */
static bool find_type(struct fault_text *fault)
{
	uint32_t type;

	for (type = 0; type <= HVPT_HV_IOMMU_FAULT_UNSUPPORTED; type++) {
		if (strcmp(fault->type, hvpt_iommu_fault_type_name(type)) == 0)
			break;
	}
	fault->fault.type = type;
	if (type > HVPT_HV_IOMMU_FAULT_UNSUPPORTED) {
		if (strcmp(fault->type, hvpt_iommu_fault_type_name(type)) == 0)
			return true;
		say("hvpt fault: unknown type '%s'", fault->type);
		return false;
	}
	fault->type[0] = '\0';
	return true;
}

/* The word before @end is the device; the kernel's prefix comes before it. */
static void take_device(struct fault_text *fault, const char *text,
			const char *end)
{
	static const char unknown[] = "unknown device";
	const char *from = end;
	size_t length;

	while (from > text && from[-1] != ' ')
		from--;
	if (end - text >= (ptrdiff_t)strlen(unknown) &&
	    memcmp(end - strlen(unknown), unknown, strlen(unknown)) == 0)
		from = end - strlen(unknown);
	length = (size_t)(end - from);
	if (length >= sizeof(fault->device))
		length = sizeof(fault->device) - 1;
	copy_clean(fault->device, from, length);
}

static bool read_log(struct fault_text *fault, const char *text,
		     const char *refused)
{
	struct span rest = { strstr(refused, "iova ") + 5,
			     text + strlen(text) };
	const bool write = refused - text >= 7 &&
			   memcmp(refused - 7, ": write", 7) == 0;
	const bool read = refused - text >= 6 &&
			  memcmp(refused - 6, ": read", 6) == 0;

	if ((!write && !read) || !take_rest(fault, rest)) {
		say("hvpt fault: the line is not whole; one has DEVICE: read "
		    "or write refused, iova I, TYPE: REASON, entry E");
		return false;
	}
	fault->fault.access = write ? HVPT_HV_ACCESS_WRITE :
				      HVPT_HV_ACCESS_READ;
	take_device(fault, text, refused - (write ? 7 : 6));
	return find_type(fault);
}

/* ---- the tracepoint --------------------------------------------------- */

static bool take_field(struct span *text, const char *name, uint64_t *value)
{
	*text = text_skip_spaces(*text);
	return text_accept(text, name) &&
	       text_take_number(text, value) == TEXT_NUMBER_OK;
}

static bool read_event(struct fault_text *fault, const char *payload)
{
	struct span text = { payload, payload + strlen(payload) };
	uint64_t iova, type, access, reason;

	if (!take_field(&text, "device=", &fault->fault.device_id) ||
	    !take_field(&text, "iova=", &iova) ||
	    !take_field(&text, "type=", &type) ||
	    !take_field(&text, "access=", &access) ||
	    !take_field(&text, "reason=", &reason) ||
	    (type | access | reason) > UINT32_MAX) {
		say("hvpt fault: the line is not whole; one has hvpt_fault: "
		    "device= iova= type= access= reason=");
		return false;
	}
	if (reason > HVPT_REASON_IDENTITY) {
		say("hvpt fault: unknown reason %" PRIu64 ", not 0 .. %d",
		    reason, HVPT_REASON_IDENTITY);
		return false;
	}
	fault->fault.has_device = true;
	fault->fault.has_iova = true;
	fault->fault.iova = hvpt_iova(iova);
	fault->fault.type = (uint32_t)type;
	fault->fault.access = (uint32_t)access;
	snprintf(fault->then, sizeof(fault->then), "%s",
		 hvpt_fault_reason_name((enum hvpt_fault_reason)reason));
	return true;
}

/* A second line would be left out. */
static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	if (!end || end[strspn(end, "\r\n ")] == '\0')
		return true;
	say("hvpt fault: several lines; give one of them");
	return false;
}

bool fault_text_read(struct fault_text *fault, const char *text)
{
	static const char event[] = "hvpt_fault:";
	const char *at;

	memset(fault, 0, sizeof(*fault));
	at = strstr(text, " refused, iova ");
	if (at)
		return is_one_line(text) && read_log(fault, text, at);
	at = strstr(text, event);
	if (at)
		return is_one_line(text) &&
		       read_event(fault, at + strlen(event));
	return read_message(fault, text);
}
