/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/main_command.h"

#include "dataplane/inject.h"
#include "dataplane/pki_dir.h"
#include "dataplane/probe.h"
#include "dataplane/save.h"
#include "dataplane/vlan.h"
#include "lib/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef int (*command_fn)(struct main_loop *ml, struct plane_msg *msg);

/* Index of the port with that interface name, or -ENODEV. */
static int port_of(const struct dataplane *dp, const char *name)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		if (strncmp(dp->ports[i].name, name, PLANE_NAME) == 0)
			return (int)i;
	return -ENODEV;
}

static struct reassemble_limits reassembly_of(const struct plane_interface *want)
{
	struct reassemble_limits l = REASSEMBLE_LIMITS;

	if (want->reassembly_parts)
		l.parts = want->reassembly_parts;
	if (want->reassembly_pending)
		l.datagrams = want->reassembly_pending;
	if (want->reassembly_s)
		l.timeout_ms = want->reassembly_s * 1000u;
	return l;
}

/* What was learnt in one VLAN is not true in another. */
static int attach_sub(struct main_loop *ml, int before, const struct plane_interface *want)
{
	uint16_t vlan = before >= 0 ? ml->dp->ports[before].vlan : 0;
	bool native = before >= 0 && ml->dp->ports[before].is_native;
	int index = vlan_attach(ml->dp, want);
	const struct port *port = &ml->dp->ports[index < 0 ? 0 : index];

	if (before < 0 || index < 0 || (port->vlan == vlan && port->is_native == native))
		return index;
	neighbour_flush(ml->neighbours, (uint8_t)index);
	return index;
}

static int set_interface(struct main_loop *ml, struct plane_msg *msg)
{
	const struct plane_interface *want = &msg->interface;
	int index = port_of(ml->dp, want->name);
	struct port *port;
	bool up = want->up && want->own.family == ADDR_V4;
	bool moved;
	int rc;

	if (want->parent[0] || (index >= 0 && ml->dp->ports[index].is_sub))
		index = attach_sub(ml, index, want);
	if (index < 0)
		return index;
	port = &ml->dp->ports[index];
	up &= !port->is_sub || port->vlan != 0;
	if (want->own.family == ADDR_V6)
		return -EAFNOSUPPORT;
	/* its rules were refused: better no traffic than what should be encrypted in clear */
	if (up && want->crypto_map && !ml->has_policy)
		return -EPROTO;
	if (up && filter_main_bars(&ml->filter, (unsigned)index))
		return -EPROTO;
	rc = port_set_mtu(port, port->is_sub ? &ml->dp->ports[port->device_index] : port,
			  want->mtu);
	if (rc)
		return rc;
	moved = up != port->up || !addr_eq(&port->own, &want->own) ||
		!prefix_eq(&port->network, &want->address);
	/* workers look at `up` first: they see no address that is half old, half new */
	port->up = up && !moved;
	atomic_thread_fence(memory_order_release);
	port->own = want->own;
	port->network = want->address;
	port->adjust_mss = want->adjust_mss;
	port->ike = want->ike;
	port->reassembly = reassembly_of(want);
	port->crypto_map = want->crypto_map;
	atomic_thread_fence(memory_order_release);
	port->up = up;
	/* the next packet of every known flow asks again */
	atomic_fetch_add_explicit(&ml->dp->ports_generation, 1, memory_order_release);
	if (moved)
		neighbour_flush(ml->neighbours, (uint8_t)index);
	rib_port_changed(ml->rib, (uint8_t)index);
	if (moved && up)
		inject_gratuitous_arp(ml, (uint8_t)index);
	ml->stats_ms = 0;
	return 0;
}

static int add_route(struct main_loop *ml, struct plane_msg *msg)
{
	return rib_add(ml->rib, &msg->route);
}

static int remove_route(struct main_loop *ml, struct plane_msg *msg)
{
	return rib_remove(ml->rib, &msg->route);
}

void main_command_abandon_policy(struct main_loop *ml)
{
	free(ml->builder.rules);
	free(ml->builder.ports);
	ml->builder = (struct main_builder){0};
}

static int begin_policy(struct main_loop *ml, struct plane_msg *msg)
{
	struct main_builder *b = &ml->builder;
	uint32_t n = msg->rule.count;

	main_command_abandon_policy(ml);
	if (n > PLANE_ACL_LINES)
		return -E2BIG;
	b->rules = calloc(n ? n : 1, sizeof(*b->rules));
	b->ports = calloc(n ? n : 1, sizeof(*b->ports));
	if (!b->rules || !b->ports) {
		main_command_abandon_policy(ml);
		return -ENOMEM;
	}
	b->announced = n;
	b->open = true;
	return 0;
}

static int add_rule(struct main_loop *ml, struct plane_msg *msg)
{
	struct main_builder *b = &ml->builder;
	int port = port_of(ml->dp, msg->rule.interface);

	if (!b->open || b->n == b->announced)
		return -EPROTO;
	/* nothing passes an interface without device: its rules must not keep out the others */
	if (port < 0) {
		b->announced--;
		return 0;
	}
	if (msg->rule.action == PLANE_RULE_PROTECT && msg->rule.worker >= ml->dp->n_workers)
		return -EINVAL;
	b->rules[b->n] = msg->rule;
	b->ports[b->n++] = (uint8_t)port;
	return 0;
}

static int commit_policy(struct main_loop *ml, struct plane_msg *)
{
	struct main_builder *b = &ml->builder;
	struct main_retired *retired;
	struct policy *fresh, *old;

	/* a rule that was refused leaves a hole: the running policy stays */
	if (!b->open || b->n != b->announced)
		return -EPROTO;
	retired = realloc(ml->retired, (ml->n_retired + 1) * sizeof(*retired));
	if (!retired)
		return -ENOMEM;
	ml->retired = retired;
	fresh = policy_create(b->rules, b->ports, b->n);
	if (!fresh)
		return -errno;
	main_command_abandon_policy(ml);
	ml->has_policy = true;
	old = atomic_exchange_explicit(&ml->dp->policy, fresh, memory_order_acq_rel);
	ml->stats->policy_generation++;
	if (old)
		retired[ml->n_retired++] = (struct main_retired){
			.policy = old, .token = rte_rcu_qsbr_start(ml->dp->rcu)};
	return 0;
}

void main_command_reclaim(struct main_loop *ml, bool workers_ended)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < ml->n_retired; i++) {
		struct main_retired *r = &ml->retired[i];

		if (workers_ended || rte_rcu_qsbr_check(ml->dp->rcu, r->token, false) == 1)
			policy_destroy(r->policy);
		else
			ml->retired[kept++] = *r;
	}
	ml->n_retired = kept;
}

static int begin_qos(struct main_loop *ml, struct plane_msg *msg)
{
	return qos_main_begin(&ml->qos, msg->qos.count);
}

static int add_qos_class(struct main_loop *ml, struct plane_msg *msg)
{
	return qos_main_add_class(&ml->qos, ml->dp, &msg->qos, port_of(ml->dp, msg->qos.interface));
}

static int add_qos_match(struct main_loop *ml, struct plane_msg *msg)
{
	return qos_main_add_match(&ml->qos, &msg->qos_match);
}

static int commit_qos(struct main_loop *ml, struct plane_msg *)
{
	return qos_main_commit(&ml->qos, ml->dp);
}

static int clear_arp(struct main_loop *ml, struct plane_msg *)
{
	neighbour_flush(ml->neighbours, UINT8_MAX);
	return 0;
}

static int save_config(struct main_loop *ml, struct plane_msg *msg)
{
	struct plane *plane = ml->dp->plane;
	uint32_t len = msg->blob.len;
	int rc;

	if (len == 0 || len > PLANE_BLOB_BYTES)
		return -EINVAL;
	rc = save_file(plane->config_path, plane->blob, len);
	if (rc)
		log_error("cannot save the configuration to %s: %s", plane->config_path,
			  strerror(-rc));
	explicit_bzero(plane->blob, len); /* keys in clear */
	return rc;
}

static int read_pki(struct main_loop *ml, struct plane_msg *)
{
	struct plane *plane = ml->dp->plane;
	size_t len = 0;
	int rc = pki_dir_read(plane->config_path, plane->blob, PLANE_BLOB_BYTES, &len);

	ml->ack.ack.bytes = len;
	return rc;
}

static int save_pki(struct main_loop *ml, struct plane_msg *msg)
{
	struct plane *plane = ml->dp->plane;
	uint32_t len = msg->blob.len;
	int rc;

	if (len == 0 || len > PLANE_BLOB_BYTES)
		return -EINVAL;
	rc = pki_dir_save(plane->config_path, plane->blob, len);
	if (rc)
		log_error("cannot write into %s.pki: %s", plane->config_path, strerror(-rc));
	explicit_bzero(plane->blob, len); /* a private key */
	return rc;
}

static int set_options(struct main_loop *ml, struct plane_msg *msg)
{
	atomic_store_explicit(&ml->dp->nat_traversal, msg->options.nat_traversal != 0,
			      memory_order_relaxed);
	return 0;
}

static int send_probe(struct main_loop *ml, struct plane_msg *msg)
{
	return probe_send(ml, &msg->probe);
}

static int set_capture(struct main_loop *ml, struct plane_msg *msg)
{
	const struct plane_capture *step = &msg->capture;

	return capture_main_step(&ml->capture, ml->dp, step,
				 step->interface[0] ? port_of(ml->dp, step->interface)
						    : CAPTURE_ALL_PORTS);
}

static int begin_filter(struct main_loop *ml, struct plane_msg *msg)
{
	return filter_main_begin(&ml->filter, &msg->filter);
}

static int add_filter_line(struct main_loop *ml, struct plane_msg *msg)
{
	return filter_main_line(&ml->filter, &msg->rule, port_of(ml->dp, msg->rule.interface));
}

static int commit_filter(struct main_loop *ml, struct plane_msg *)
{
	return filter_main_commit(&ml->filter, ml->dp);
}

static int append_log(struct main_loop *ml, struct plane_msg *msg)
{
	return log_file_append(&ml->log_file, ml->dp->plane->config_path, &msg->log);
}

static const command_fn commands[PLANE_TYPE_COUNT] = {
	[PLANE_IF_SET] = set_interface,	       [PLANE_ROUTE_ADD] = add_route,
	[PLANE_ROUTE_DEL] = remove_route,      [PLANE_POLICY_BEGIN] = begin_policy,
	[PLANE_POLICY_RULE] = add_rule,	       [PLANE_POLICY_COMMIT] = commit_policy,
	[PLANE_ARP_CLEAR] = clear_arp,	       [PLANE_CONFIG_SAVE] = save_config,
	[PLANE_OPTIONS] = set_options,	       [PLANE_QOS_BEGIN] = begin_qos,
	[PLANE_QOS_CLASS] = add_qos_class,     [PLANE_QOS_MATCH] = add_qos_match,
	[PLANE_QOS_COMMIT] = commit_qos,       [PLANE_PKI_READ] = read_pki,
	[PLANE_PKI_SAVE] = save_pki,	       [PLANE_PROBE] = send_probe,
	[PLANE_CAPTURE] = set_capture,	       [PLANE_LOG] = append_log,
	[PLANE_FILTER_BEGIN] = begin_filter,   [PLANE_FILTER_LINE] = add_filter_line,
	[PLANE_FILTER_COMMIT] = commit_filter,
};

int main_command_run(struct main_loop *ml, struct plane_msg *msg)
{
	if (msg->type >= PLANE_TYPE_COUNT || !commands[msg->type])
		return -EPROTO;
	return commands[msg->type](ml, msg);
}
