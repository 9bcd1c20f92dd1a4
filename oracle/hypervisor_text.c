/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hypervisor_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PROPERTY(member, last)                                                 \
	{                                                                      \
#member, offsetof(struct hypervisor_config, member),           \
			sizeof(((struct hypervisor_config *)0)->member), last  \
	}

const struct hypervisor_property hypervisor_properties[] = {
	PROPERTY(caps, UINT64_MAX),
	PROPERTY(page_sizes, UINT64_MAX),
	PROPERTY(iova_width, UINT32_MAX),
	PROPERTY(max_domains, UINT32_MAX),
	PROPERTY(canonical, 1),
	PROPERTY(no_iommu, 1),
	PROPERTY(no_list, 1),
	PROPERTY(iotlb, HYPERVISOR_IOTLB_PIECES),
	PROPERTY(reconfigure, UINT16_MAX),
	PROPERTY(create, UINT16_MAX),
	PROPERTY(take_over, 1),
	PROPERTY(unknown, UINT16_MAX),
	PROPERTY(detach, UINT16_MAX),
	PROPERTY(detach_delay, UINT32_MAX),
	PROPERTY(list, UINT16_MAX),
	PROPERTY(list_times, UINT64_MAX),
	PROPERTY(reps, HYPERVISOR_REPS_NONE),
	PROPERTY(gone, UINT16_MAX),
	PROPERTY(gone_stays, 1),
	PROPERTY(frees_before_delete, 1),
};
const size_t hypervisor_property_count = sizeof(hypervisor_properties) /
					 sizeof(hypervisor_properties[0]);

const struct hypervisor_property *hypervisor_property_find(const char *name)
{
	size_t i;

	for (i = 0; i < hypervisor_property_count; i++)
		if (strcmp(hypervisor_properties[i].name, name) == 0)
			return &hypervisor_properties[i];
	return NULL;
}

uint64_t hypervisor_property_get(const struct hypervisor_property *property,
				 const struct hypervisor_config *config)
{
	const void *member = (const char *)config + property->offset;
	uint8_t byte;
	uint16_t half;
	uint32_t word;
	uint64_t value;

	switch (property->size) {
	case 1:
		memcpy(&byte, member, 1);
		return byte;
	case 2:
		memcpy(&half, member, 2);
		return half;
	case 4:
		memcpy(&word, member, 4);
		return word;
	default:
		memcpy(&value, member, 8);
		return value;
	}
}

void hypervisor_property_set(const struct hypervisor_property *property,
			     struct hypervisor_config *config, uint64_t value)
{
	const uint8_t byte = (uint8_t)value;
	const uint16_t half = (uint16_t)value;
	const uint32_t word = (uint32_t)value;
	void *member = (char *)config + property->offset;

	switch (property->size) {
	case 1:
		memcpy(member, &byte, 1);
		break;
	case 2:
		memcpy(member, &half, 2);
		break;
	case 4:
		memcpy(member, &word, 4);
		break;
	default:
		memcpy(member, &value, 8);
	}
}

void hypervisor_config_write(FILE *to, const struct hypervisor_config *config)
{
	size_t i;

	for (i = 0; i < hypervisor_property_count; i++)
		fprintf(to, "%s=%#" PRIx64 "\n", hypervisor_properties[i].name,
			hypervisor_property_get(&hypervisor_properties[i],
						config));
}

/* Return: what is wrong, until the next call. */
static const char *no_property(const char *name)
{
	static char text[160];

	snprintf(text, sizeof(text), "no such property: %s", name);
	return text;
}

/* Return: NULL, or what is wrong with the line. */
static const char *take_line(struct hypervisor_config *config, char *text)
{
	const struct hypervisor_property *property;
	char *equals, *end;
	uint64_t value;

	text[strcspn(text, "\n")] = '\0';
	if (*text == '\0' || *text == '#')
		return NULL;
	equals = strchr(text, '=');
	if (!equals)
		return "not 'name=number'";
	*equals = '\0';
	property = hypervisor_property_find(text);
	if (!property)
		return no_property(text);
	errno = 0;
	value = strtoull(equals + 1, &end, 0);
	if (errno || end == equals + 1 || *end || equals[1] == '-')
		return "not a number";
	if (value > property->last)
		return "the number is too large";
	hypervisor_property_set(property, config, value);
	return NULL;
}

const char *hypervisor_config_read(struct hypervisor_config *config,
				   const char *path, unsigned *line)
{
	struct hypervisor_config read = *config;
	const char *problem = NULL;
	FILE *file = fopen(path, "r");
	char text[128];

	*line = 0;
	if (!file)
		return strerror(errno);
	while (!problem && fgets(text, sizeof(text), file)) {
		++*line;
		if (!strchr(text, '\n') && !feof(file))
			problem = "the line is too long";
		else
			problem = take_line(&read, text);
	}
	if (!problem && ferror(file)) {
		*line = 0;
		problem = "cannot be read";
	}
	fclose(file);
	if (!problem)
		*config = read;
	return problem;
}
