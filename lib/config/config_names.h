/* SPDX-License-Identifier: BSD-3-Clause */
/* Words of the grammar that are names or lists by themselves: interfaces, ports, cores. */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_WINDOWS = 11
};

/* Sizes of a replay window. */
extern const struct name config_names_windows[CONFIG_WINDOWS];

/* Interface types in the order in which a beginning is tried; NULL at the end. */
const char *config_names_interface_type(size_t i);
/* "gi0/1" as "GigabitEthernet0/1" into buf. 0, or -EINVAL for what is no interface. */
int must_check config_names_interface(const char *word, char *buf, size_t size);
/* True for an interface type, or its beginning, without number. */
bool config_names_is_interface_type(const char *word);

/* The name of a well-known port, or NULL; and the port of a name: 0, or -EINVAL. */
const char *config_names_port(uint32_t port);
int must_check config_names_port_of(const char *name, uint32_t *port);

/* The name of a protocol in access lists, or NULL; and the number of a keyword: 0, or -EINVAL. */
const char *config_names_protocol(uint32_t protocol);
int must_check config_names_protocol_of(const char *node, uint32_t *protocol);

/* Names of ICMP messages, NULL at the end; and the name that a word is in any case, or NULL. */
const char *config_names_icmp_message(size_t i);
const char *config_names_icmp(const char *word);
/* The types and codes of such a name, or of a number: lowest and highest, type << 8 | code. */
void config_names_icmp_range(const char *message, uint16_t range[2]);

/* Cores of a list such as "1-3,5": how many, or -EINVAL. cores has CONFIG_CORES_MAX entries. */
int must_check config_names_cores(const char *text, uint16_t *cores);
