/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_qos.h"

#include "lib/base/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	KILO = 1000,
	PERCENT = 100
};

static const struct name dscp_names[] = {
	{0, "default"}, {46, "ef"},   {10, "af11"}, {12, "af12"}, {14, "af13"}, {18, "af21"},
	{20, "af22"},	{22, "af23"}, {26, "af31"}, {28, "af32"}, {30, "af33"}, {34, "af41"},
	{36, "af42"},	{38, "af43"}, {8, "cs1"},   {16, "cs2"},  {24, "cs3"},	{32, "cs4"},
	{40, "cs5"},	{48, "cs6"},  {56, "cs7"},
};

static const struct name precedence_names[] = {
	{0, "routine"},	       {1, "priority"}, {2, "immediate"}, {3, "flash"},
	{4, "flash-override"}, {5, "critical"}, {6, "internet"},  {7, "network"},
};

static int value_of(const struct name *names, size_t n, uint32_t limit, const char *word,
		    uint32_t *value)
{
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(names[i].name, word)) {
			*value = names[i].value;
			return 0;
		}
	if (!*word || strlen(word) > 2 || strspn(word, "0123456789") != strlen(word))
		return -EINVAL;
	*value = (uint32_t)strtoul(word, NULL, 10);
	return *value < limit ? 0 : -EINVAL;
}

const char *config_qos_dscp(unsigned dscp, char buf[CONFIG_QOS_VALUE])
{
	const char *name = names_find(dscp_names, array_len(dscp_names), dscp);

	if (name)
		snprintf(buf, CONFIG_QOS_VALUE, "%s", name);
	else
		snprintf(buf, CONFIG_QOS_VALUE, "%u", dscp);
	return buf;
}

int config_qos_dscp_of(const char *word, uint32_t *dscp)
{
	return value_of(dscp_names, array_len(dscp_names), 64, word, dscp);
}

const char *config_qos_dscp_name(size_t i)
{
	return i < array_len(dscp_names) ? dscp_names[i].name : NULL;
}

int config_qos_precedence_of(const char *word, uint32_t *precedence)
{
	return value_of(precedence_names, array_len(precedence_names), 8, word, precedence);
}

const char *config_qos_precedence_name(size_t i)
{
	return i < array_len(precedence_names) ? precedence_names[i].name : NULL;
}

uint64_t config_qos_mask(const struct config_class_match *match)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < match->n_values; i++)
		mask |= match->kind == CONFIG_MATCH_DSCP ? 1ull << match->values[i]
							 : 0xffull << match->values[i] * 8;
	return match->kind == CONFIG_MATCH_ANY ? UINT64_MAX : mask;
}

uint64_t config_qos_bps(const struct config_rate *rate, uint64_t base)
{
	switch (rate->kind) {
	case CONFIG_RATE_FULL: return base;
	case CONFIG_RATE_BPS: return rate->value;
	case CONFIG_RATE_PERCENT: return base / PERCENT * rate->value;
	default: return 0;
	}
}

uint64_t config_qos_promised(const struct config_policy_map *policy, uint64_t base)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < policy->n_classes; i++) {
		const struct config_policy_class *class = &policy->classes[i];

		if (class->priority.kind != CONFIG_RATE_FULL)
			sum += config_qos_bps(&class->priority, base);
		sum += config_qos_bps(&class->bandwidth, base);
	}
	return sum;
}

uint64_t config_qos_type_bps(const char *interface)
{
	static const struct {
		const char *type;
		uint64_t mbps;
	} types[] = {
		{"TenGigabitEthernet", 10000},
		{"GigabitEthernet", 1000},
		{"FastEthernet", 100},
		{"Ethernet", 10},
	};

	for (size_t i = 0; i < array_len(types); i++)
		if (!strncmp(interface, types[i].type, strlen(types[i].type)))
			return types[i].mbps * KILO * KILO;
	return (uint64_t)KILO * KILO * KILO;
}

const struct config_policy_map *config_qos_child(const struct config *c,
						 const struct config_policy_map *policy)
{
	if (policy->n_classes != 1 || !policy->classes[0].child[0])
		return NULL;
	return config_model_policy_map(c, policy->classes[0].child);
}

const char *config_qos_class_user(const struct config *c, const char *name,
				  char buf[CONFIG_QOS_TEXT])
{
	for (size_t i = 0; i < c->n_policy_maps; i++)
		if (config_model_policy_class(&c->policy_maps[i], name)) {
			snprintf(buf, CONFIG_QOS_TEXT, "policy-map %s", c->policy_maps[i].name);
			return buf;
		}
	return NULL;
}

/* The policy-map whose class has this one inside, or NULL. */
static const struct config_policy_map *parent_of(const struct config *c, const char *name,
						 size_t *from)
{
	for (size_t i = *from; i < c->n_policy_maps; i++) {
		const struct config_policy_map *policy = &c->policy_maps[i];

		*from = i + 1;
		if (policy->n_classes == 1 && !strcmp(policy->classes[0].child, name))
			return policy;
	}
	return NULL;
}

const char *config_qos_policy_user(const struct config *c, const char *name,
				   char buf[CONFIG_QOS_TEXT])
{
	size_t from = 0;
	const struct config_policy_map *parent = parent_of(c, name, &from);

	if (parent) {
		snprintf(buf, CONFIG_QOS_TEXT, "policy-map %s", parent->name);
		return buf;
	}
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (!strcmp(c->interfaces[i].service_policy, name)) {
			snprintf(buf, CONFIG_QOS_TEXT, "interface %s", c->interfaces[i].name);
			return buf;
		}
	for (size_t i = 0; i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries; k++)
			if (!strcmp(c->maps[i].entries[k].service_policy, name)) {
				snprintf(buf, CONFIG_QOS_TEXT, "crypto map %s %u", c->maps[i].name,
					 c->maps[i].entries[k].sequence);
				return buf;
			}
	return NULL;
}

/* Percentages of one kind in all classes. */
static uint64_t percents(const struct config_policy_map *policy, enum config_rate_kind kind)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < policy->n_classes; i++) {
		const struct config_policy_class *class = &policy->classes[i];

		sum += class->priority.kind == kind ? class->priority.value : 0;
		sum += class->bandwidth.kind == kind ? class->bandwidth.value : 0;
	}
	return sum;
}

static const char *mixture(const struct config_policy_map *policy, char buf[CONFIG_QOS_TEXT])
{
	const struct config_policy_class *first = NULL;

	for (size_t i = 0; i < policy->n_classes; i++) {
		const struct config_policy_class *class = &policy->classes[i];

		if (class->bandwidth.kind == CONFIG_RATE_NONE)
			continue;
		if (first && first->bandwidth.kind != class->bandwidth.kind) {
			snprintf(buf, CONFIG_QOS_TEXT,
				 "classes %.40s and %.40s give bandwidth in different units: use "
				 "kbit/s, percent or remaining percent in all classes",
				 first->name, class->name);
			return buf;
		}
		first = class;
	}
	return NULL;
}

/* NULL when the promises of a policy-map fit into what carries it. */
static const char *excess(const struct config_policy_map *policy, uint64_t base, const char *of,
			  char buf[CONFIG_QOS_TEXT])
{
	uint64_t promised = config_qos_promised(policy, base);
	char name[CONFIG_NAME];

	if (!base || promised <= base)
		return NULL;
	memcpy(name, policy->name, sizeof(name));
	snprintf(buf, CONFIG_QOS_TEXT,
		 "priority and bandwidth of policy-map %.40s are %llu kbit/s and %.79s is %llu "
		 "kbit/s: lower them",
		 name, (unsigned long long)promised / KILO, of, (unsigned long long)base / KILO);
	return buf;
}

/* All that is known of the interfaces that carry a policy-map. */
static const char *interface_excess(const struct config *c, const struct config_policy_map *policy,
				    char buf[CONFIG_QOS_TEXT])
{
	const char *fault = NULL;
	char of[80];

	for (size_t i = 0; i < c->n_interfaces && !fault; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		if (strcmp(interface->service_policy, policy->name) != 0)
			continue;
		snprintf(of, sizeof(of), "the bandwidth of %s", interface->name);
		fault = excess(policy, (uint64_t)interface->bandwidth_kbps * KILO, of, buf);
	}
	return fault;
}

const char *config_qos_fault(const struct config *c, const struct config_policy_map *policy,
			     char buf[CONFIG_QOS_TEXT])
{
	const struct config_policy_map *parent = policy, *child = config_qos_child(c, policy);
	const char *fault = mixture(policy, buf);
	size_t from = 0;

	if (percents(policy, CONFIG_RATE_PERCENT) > PERCENT)
		fault = "priority percent and bandwidth percent of all classes are more than 100";
	if (percents(policy, CONFIG_RATE_REMAINING) > PERCENT)
		fault = "bandwidth remaining percent of all classes is more than 100";
	if (!fault && child && policy->classes[0].shape.kind == CONFIG_RATE_BPS)
		fault = excess(child, policy->classes[0].shape.value, "the shape around it", buf);
	while (!fault && (parent = parent_of(c, policy->name, &from)))
		if (parent->classes[0].shape.kind == CONFIG_RATE_BPS)
			fault = excess(policy, parent->classes[0].shape.value,
				       "the shape around it", buf);
	return fault ? fault : interface_excess(c, policy, buf);
}
