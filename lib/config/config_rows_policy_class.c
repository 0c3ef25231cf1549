/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a policy-map does with one class. Each line is tried on a copy of the class; the copy takes
 * its place when nothing in the policy-map, or in what uses it, speaks against it.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_qos.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	KILO = 1000
};

static struct config_policy_class *class_of(struct config_line *line)
{
	struct config_policy_class *class = config_line_object(line->config, line->cursor);

	if (!class)
		config_line_refuse(line, NULL,
				   "class %s of policy-map %s does not exist any more: type exit",
				   line->cursor->part, line->cursor->object);
	return class;
}

/* Which things of a class exclude each other. */
static const char *conflict(const struct config_policy_class *class)
{
	bool priority = class->priority.kind != CONFIG_RATE_NONE;
	bool bandwidth = class->bandwidth.kind != CONFIG_RATE_NONE;

	if (priority && !strcmp(class->name, CONFIG_CLASS_DEFAULT))
		return "class-default cannot have priority: give it to a class of its own";
	if (priority && bandwidth)
		return "a class has priority or bandwidth: take the other one back first";
	if (priority && class->shape.kind != CONFIG_RATE_NONE)
		return "a class with priority is not shaped: its rate limits it; take shape back";
	if (priority && class->fair)
		return "a class with priority is one queue: take fair-queue back";
	if (!class->child[0])
		return NULL;
	if (class->shape.kind == CONFIG_RATE_NONE)
		return "the policy-map inside needs a rate to share out: add shape average BPS "
		       "before it";
	if (bandwidth || class->fair || class->queue_packets ||
	    class->police.kind != CONFIG_RATE_NONE || class->set_dscp != CONFIG_DSCP_NONE)
		return "a class with a policy-map inside has shape average only: put the rest into "
		       "the classes of the policy-map inside";
	return NULL;
}

/* Puts a changed class in its place, or says what speaks against it. */
static int replace(struct config_line *line, struct config_policy_class *class,
		   const struct config_policy_class *changed)
{
	const struct config_policy_map *policy =
		config_model_policy_map(line->config, line->cursor->object);
	const struct config_policy_class before = *class;
	char buf[CONFIG_QOS_TEXT];
	const char *fault = conflict(changed);

	*class = *changed;
	/* taking something back makes no promise */
	if (!fault && !line->no)
		fault = config_qos_fault(line->config, policy, buf);
	if (fault) {
		*class = before;
		return config_line_refuse(line, &line->args[0], "%s", fault);
	}
	line->changed = memcmp(&before, changed, sizeof(before)) != 0;
	return 0;
}

/* The rate that stands on the line; NONE for its `no`. */
static struct config_rate rate_of(const struct config_line *line)
{
	const struct config_arg *share = config_line_arg(line, "share");
	const struct config_arg *bps = config_line_arg(line, "rate");
	struct config_rate rate = {0};

	if (line->no)
		return rate;
	if (share) {
		rate.kind = config_line_arg(line, "remaining") ? CONFIG_RATE_REMAINING
							       : CONFIG_RATE_PERCENT;
		rate.value = share->value.number;
	} else if (bps) {
		rate.kind = CONFIG_RATE_BPS;
		rate.value = strtoull(bps->value.text, NULL, 10);
	} else if (config_line_arg(line, "kbps")) {
		rate.kind = CONFIG_RATE_BPS;
		rate.value = (uint64_t)config_line_number(line, "kbps", 0) * KILO;
	} else {
		rate.kind = CONFIG_RATE_FULL;
	}
	return rate;
}

static void print_rate(struct config_print *p, const struct config_rate *rate, unsigned unit)
{
	if (rate->kind == CONFIG_RATE_BPS)
		config_print_text(p, " %llu", (unsigned long long)rate->value / unit);
	else if (rate->kind != CONFIG_RATE_FULL)
		config_print_text(p, "%s percent %u",
				  rate->kind == CONFIG_RATE_REMAINING ? " remaining" : "",
				  (unsigned)rate->value);
}

static int apply_priority(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.priority = rate_of(line);
	changed.priority_burst = line->no ? 0 : config_line_number(line, "burst", 0);
	if (changed.priority.kind == CONFIG_RATE_FULL && config_line_typed(line))
		config_line_warn(line, "priority without a rate may starve every other class: give "
				       "kbit/s or percent");
	return replace(line, class, &changed);
}

static void print_priority(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	const struct config_policy_class *class = object;

	(void)c;
	if (class->priority.kind == CONFIG_RATE_NONE)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "priority");
	print_rate(p, &class->priority, KILO);
	if (class->priority_burst)
		config_print_text(p, " %u", class->priority_burst);
	config_print_end(p);
}

static int apply_bandwidth(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.bandwidth = rate_of(line);
	return replace(line, class, &changed);
}

static void print_bandwidth(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_policy_class *class = object;

	(void)c;
	if (class->bandwidth.kind == CONFIG_RATE_NONE)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "bandwidth");
	print_rate(p, &class->bandwidth, KILO);
	config_print_end(p);
}

static int apply_shape(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.shape = rate_of(line);
	if (config_line_arg(line, "committed") && !line->no)
		config_line_note(line, "accepted without effect: the burst of shape average (it "
				       "follows from the rate)");
	return replace(line, class, &changed);
}

static void print_shape(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_policy_class *class = object;

	(void)c;
	if (class->shape.kind == CONFIG_RATE_NONE)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "shape average");
	print_rate(p, &class->shape, 1);
	config_print_end(p);
}

/* An action of a line of police, by the argument that names it. */
static enum config_exceed action_of(const struct config_arg *arg)
{
	if (config_pattern_named(arg[1].node, "transmit"))
		return CONFIG_EXCEED_TRANSMIT;
	return config_pattern_named(arg[1].node, "drop") ? CONFIG_EXCEED_DROP
							 : CONFIG_EXCEED_SET_DSCP;
}

/*
 * Two colours are enough for one rate: to treat what is far above it otherwise than what is above
 * it would need a second bucket.
 */
static int check_actions(struct config_line *line, const struct config_policy_class *changed)
{
	const struct config_arg *conform = config_line_arg(line, "conform-action");
	const struct config_arg *violate = config_line_arg(line, "violate-action");

	if (line->no)
		return 0;
	if (conform && action_of(conform) != CONFIG_EXCEED_TRANSMIT)
		return config_line_refuse(
			line, conform,
			"not supported: a conform-action other than transmit; mark "
			"the class with set dscp VALUE");
	if (violate && (action_of(violate) != changed->exceed ||
			(changed->exceed == CONFIG_EXCEED_SET_DSCP &&
			 violate[2].value.number != changed->exceed_dscp)))
		return config_line_refuse(
			line, violate,
			"not supported: a violate-action that is not the "
			"exceed-action; leave it out, the exceed-action is done to "
			"all above the rate");
	return 0;
}

static void take_exceed(const struct config_line *line, struct config_policy_class *class)
{
	const struct config_arg *arg = config_line_arg(line, "exceed-action");

	class->exceed = CONFIG_EXCEED_DROP;
	class->exceed_dscp = 0;
	if (!arg || line->no)
		return;
	class->exceed = (uint8_t)action_of(arg);
	if (class->exceed == CONFIG_EXCEED_SET_DSCP)
		class->exceed_dscp = (uint8_t)arg[2].value.number;
}

static int apply_police(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.police = rate_of(line);
	changed.police_burst = line->no ? 0 : config_line_number(line, "burst", 0);
	take_exceed(line, &changed);
	if (config_line_arg(line, "excess") && !line->no)
		config_line_note(line, "accepted without effect: the excess burst of police");
	if (check_actions(line, &changed))
		return -EINVAL;
	return replace(line, class, &changed);
}

/* The actions on lines of their own, as newer routers print them. */
static int apply_action(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	if (class->police.kind == CONFIG_RATE_NONE)
		return config_line_refuse(line, &line->args[0],
					  "class %s has no police: type police BPS before its "
					  "actions",
					  class->name);
	changed = *class;
	if (config_line_arg(line, "exceed-action"))
		take_exceed(line, &changed);
	if (check_actions(line, &changed))
		return -EINVAL;
	return replace(line, class, &changed);
}

static void print_police(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	static const char *const actions[] = {[CONFIG_EXCEED_DROP] = "drop",
					      [CONFIG_EXCEED_TRANSMIT] = "transmit",
					      [CONFIG_EXCEED_SET_DSCP] = "set-dscp-transmit "};
	const struct config_policy_class *class = object;
	char dscp[CONFIG_QOS_VALUE] = "";

	(void)c;
	if (class->police.kind == CONFIG_RATE_NONE)
		return;
	if (class->exceed == CONFIG_EXCEED_SET_DSCP)
		config_qos_dscp(class->exceed_dscp, dscp);
	config_print_begin(p, row->mode);
	config_print_text(p, "police%s", class->police.kind == CONFIG_RATE_PERCENT ? " cir" : "");
	print_rate(p, &class->police, 1);
	if (class->police_burst)
		config_print_text(p, " %u", class->police_burst);
	config_print_text(p, " conform-action transmit exceed-action %s%s", actions[class->exceed],
			  dscp);
	config_print_end(p);
}

static int apply_set(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.set_dscp =
		line->no ? CONFIG_DSCP_NONE : (uint8_t)config_line_number(line, "value", 0);
	return replace(line, class, &changed);
}

static void print_set(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_policy_class *class = object;
	char text[CONFIG_QOS_VALUE];

	(void)c;
	if (class->set_dscp != CONFIG_DSCP_NONE)
		config_print_line(p, row->mode, "set dscp %s",
				  config_qos_dscp(class->set_dscp, text));
}

static int apply_fair(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.fair = !line->no;
	if (config_line_arg(line, "queues") && !line->no)
		config_line_note(line,
				 "accepted without effect: the number of queues of fair-queue");
	return replace(line, class, &changed);
}

static void print_fair(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	(void)c;
	if (((const struct config_policy_class *)object)->fair)
		config_print_line(p, row->mode, "fair-queue");
}

static int apply_queue(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;

	if (!class)
		return -EINVAL;
	changed = *class;
	changed.queue_packets = line->no ? 0 : config_line_number(line, "limit", 0);
	return replace(line, class, &changed);
}

static void print_queue(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_policy_class *class = object;

	(void)c;
	if (class->queue_packets)
		config_print_line(p, row->mode, "queue-limit %u packets", class->queue_packets);
}

/* NULL when a policy-map may be inside a class of another. */
static const char *nesting(const struct config_line *line, const struct config_policy_class *class,
			   const char *name, char buf[CONFIG_QOS_TEXT])
{
	const struct config *c = line->config;
	const char *own = line->cursor->object;
	const struct config_policy_map *inner = config_model_policy_map(c, name);

	if (!inner)
		return "there is no policy-map of that name (names are case-sensitive): make it "
		       "first";
	if (strcmp(class->name, CONFIG_CLASS_DEFAULT) != 0 ||
	    config_model_policy_map(c, own)->n_classes != 1)
		return "a policy-map is inside another only in its class-default, which must be "
		       "its only class: put the other classes into the policy-map inside";
	if (!strcmp(name, own))
		return "a policy-map cannot be inside itself";
	if (config_qos_child(c, inner))
		return "policy-maps nest two deep: that one has one inside already";
	for (size_t i = 0; i < c->n_policy_maps; i++)
		if (config_qos_child(c, &c->policy_maps[i]) == config_model_policy_map(c, own)) {
			snprintf(buf, CONFIG_QOS_TEXT,
				 "policy-maps nest two deep: this one is inside policy-map %s",
				 c->policy_maps[i].name);
			return buf;
		}
	return NULL;
}

static int apply_child(struct config_line *line)
{
	struct config_policy_class *class = class_of(line), changed;
	const struct config_arg *arg = config_line_arg(line, "policy");
	char buf[CONFIG_QOS_TEXT];
	const char *fault;

	if (!class)
		return -EINVAL;
	fault = line->no ? NULL : nesting(line, class, arg->value.text, buf);
	if (fault)
		return config_line_refuse(line, arg, "%s", fault);
	changed = *class;
	config_line_copy(changed.child, sizeof(changed.child), line->no ? "" : arg->value.text);
	return replace(line, class, &changed);
}

static void print_child(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_policy_class *class = object;

	(void)c;
	if (class->child[0])
		config_print_line(p, row->mode, "service-policy %s", class->child);
}

#define HERE	CONFIG_MODE_POLICY_CLASS, CONFIG_MODE_GLOBAL
#define ACTION	"{drop|transmit|set-dscp-transmit <dscp>}"
#define PERCENT "percent <share:1-100>"
#define BURST	"<burst:1000-512000000>"
#define EXCESS	"<excess:1000-512000000>"

/* In the order of the printed configuration: shape stands before the policy-map inside it. */
static const struct config_row rows[] = {
	{HERE,
	 "priority / [" PERCENT " [<burst:32-2000000>]|<kbps:8-100000000> [<burst:32-2000000>]]",
	 apply_priority, print_priority},
	{HERE, "bandwidth / {" PERCENT "|remaining " PERCENT "|<kbps:8-100000000>}",
	 apply_bandwidth, print_bandwidth},
	{HERE,
	 "shape average / {" PERCENT "|<rate:bps> [<committed:0-1000000000> "
	 "[<excess:0-1000000000>]]}",
	 apply_shape, print_shape},
	{HERE,
	 "police / [cir] {" PERCENT "|<rate:bps>} [bc " BURST "|" BURST "] [be " EXCESS "|" EXCESS
	 "] [conform-action " ACTION "] [exceed-action " ACTION "] [violate-action " ACTION "]",
	 apply_police, print_police},
	{HERE, "conform-action / " ACTION, apply_action},
	{HERE, "exceed-action / " ACTION, apply_action},
	{HERE, "violate-action / " ACTION, apply_action},
	{HERE, "set [ip] dscp / <value:dscp>", apply_set, print_set},
	{HERE, "fair-queue / [<queues:16-4096>]", apply_fair, print_fair},
	{HERE, "queue-limit / <limit:1-32768> [packets]", apply_queue, print_queue},
	{HERE, "service-policy / <policy:policy-map>", apply_child, print_child},
};

const struct config_rows config_rows_policy_class = {rows, array_len(rows)};
