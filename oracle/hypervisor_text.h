/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypervisor_text.h - the properties of a host as text.
 *
 * A line is a name of a member of struct hypervisor_config, '=', and a number
 * as C writes it. Empty lines and lines that begin with '#' are left out.
 * Properties that a text does not name stay as they are.
 */
#ifndef ORACLE_HYPERVISOR_TEXT_H
#define ORACLE_HYPERVISOR_TEXT_H

#include <stdio.h>

#include "hypervisor.h"

/**
 * struct hypervisor_property - a member that is a choice of the host
 * @offset, @size: of the member
 * @last: the largest value
 */
struct hypervisor_property {
	const char *name;
	size_t offset;
	size_t size;
	uint64_t last;
};

/** All members but @read64 and @read_ctx. */
extern const struct hypervisor_property hypervisor_properties[];
extern const size_t hypervisor_property_count;

/** NULL: there is none of this name. */
const struct hypervisor_property *hypervisor_property_find(const char *name);

uint64_t hypervisor_property_get(const struct hypervisor_property *property,
				 const struct hypervisor_config *config);

/** @value: at most @property->last */
void hypervisor_property_set(const struct hypervisor_property *property,
			     struct hypervisor_config *config, uint64_t value);

/** Writes all properties. */
void hypervisor_config_write(FILE *to, const struct hypervisor_config *config);

/**
 * hypervisor_config_read() - reads properties from a file
 * @line: out: the line with the problem, or 0
 *
 * Return: NULL, or what is wrong, until the next call; then *@config is as it
 * was.
 */
const char *hypervisor_config_read(struct hypervisor_config *config,
				   const char *path, unsigned *line);

#endif /* ORACLE_HYPERVISOR_TEXT_H */
