/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/vlan.h"

#include "lib/base/log.h"

#include <rte_ether.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STATIONS = 2 * RTE_ETHER_ADDR_LEN,
	ETHERTYPE_VLAN_BE = 0x0081,
	ETHERTYPE_QINQ_BE = 0xa888,
	ID_MASK = 0xfff,
	IDS = ID_MASK + 1,
};

static int find(const struct dataplane *dp, const char *name)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		if (strncmp(dp->ports[i].name, name, PLANE_NAME) == 0)
			return (int)i;
	return -ENODEV;
}

/* A port that shares the device; workers see it when n_ports counts it. */
static int make(struct dataplane *dp, const char *name, uint8_t device)
{
	struct port *port = &dp->ports[dp->n_ports];
	const struct port *parent = &dp->ports[device];

	if (dp->n_ports == PLANE_PORTS_MAX) {
		log_error("interface %.*s: more than %d interfaces and subinterfaces since "
			  "culvertd started",
			  PLANE_NAME, name, PLANE_PORTS_MAX);
		return -ENOSPC;
	}
	*port = (struct port){
		.id = parent->id,
		.is_virtual = parent->is_virtual,
		.is_sub = true,
		.device_index = device,
		.device_mtu = parent->device_mtu,
		.mtu_max = parent->mtu_max,
		.no_jumbo = parent->no_jumbo,
	};
	memcpy(port->mac, parent->mac, sizeof(port->mac));
	memcpy(port->kernel_interface, parent->kernel_interface, sizeof(port->kernel_interface));
	snprintf(port->name, sizeof(port->name), "%.*s", PLANE_NAME - 1, name);
	atomic_thread_fence(memory_order_release);
	return (int)dp->n_ports++;
}

static void detach(struct dataplane *dp, struct port *port, uint8_t index)
{
	struct port *device = &dp->ports[port->device_index];

	if (device->vlans && device->vlans[port->vlan] == index)
		device->vlans[port->vlan] = 0;
	if (device->untagged == index)
		device->untagged = 0;
	port->vlan = 0;
}

static int attach(struct dataplane *dp, struct port *port, uint8_t index,
		  const struct plane_interface *want)
{
	struct port *device = &dp->ports[port->device_index];
	uint8_t *vlans = device->vlans ? device->vlans : calloc(IDS, 1);

	if (!vlans)
		return -ENOMEM;
	snprintf(port->device, sizeof(port->device), "dot1Q %u of %.*s", want->vlan, PLANE_NAME,
		 want->parent);
	port->vlan = want->vlan;
	port->is_native = want->native;
	atomic_thread_fence(memory_order_release);
	device->vlans = vlans;
	vlans[port->vlan] = index;
	if (port->is_native)
		device->untagged = index;
	return 0;
}

/* A device stays what it is, a subinterface stays on its device and has none of its own. */
static bool may_be(const struct dataplane *dp, int index, int device)
{
	if (device >= 0 && dp->ports[device].is_sub)
		return false;
	if (index < 0)
		return true;
	return dp->ports[index].is_sub && (device < 0 || dp->ports[index].device_index == device);
}

int vlan_attach(struct dataplane *dp, const struct plane_interface *want)
{
	int device = want->parent[0] ? find(dp, want->parent) : -ENODEV;
	int index = find(dp, want->name);
	struct port *port;

	if (index < 0 && device < 0)
		return device;
	if (!may_be(dp, index, device))
		return -EINVAL;
	if (index < 0)
		index = make(dp, want->name, (uint8_t)device);
	if (index < 0)
		return index;
	port = &dp->ports[index];
	if (device >= 0 && port->vlan == want->vlan && port->is_native == want->native)
		return index;
	detach(dp, port, (uint8_t)index);
	if (device >= 0 && want->vlan != 0 && want->vlan <= VLAN_MAX) {
		int rc = attach(dp, port, (uint8_t)index, want);

		if (rc)
			return rc;
	}
	return index;
}

void vlan_fini(struct dataplane *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++) {
		free(dp->ports[i].vlans);
		dp->ports[i].vlans = NULL;
		dp->ports[i].untagged = 0;
	}
}

static bool is_tag(uint16_t ether_type)
{
	return ether_type == ETHERTYPE_VLAN_BE || ether_type == ETHERTYPE_QINQ_BE;
}

enum drop_reason vlan_untag(const struct dataplane *dp, struct rte_mbuf *m, unsigned *port)
{
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *);
	const struct port *device = &dp->ports[*port];
	uint16_t words[3]; /* tag type, tag, type of what follows */
	unsigned id;

	if (rte_pktmbuf_data_len(m) < STATIONS + sizeof(words))
		return DROP_ETH_RUNT;
	memcpy(words, frame + STATIONS, sizeof(words));
	id = __builtin_bswap16(words[1]) & ID_MASK;
	if (words[0] != ETHERTYPE_VLAN_BE || is_tag(words[2]))
		return DROP_ETH_VLAN;
	if (id == 0)
		*port = device->untagged ? device->untagged : *port;
	else if (device->vlans && device->vlans[id])
		*port = device->vlans[id];
	else
		return DROP_ETH_VLAN;
	memmove(frame + VLAN_TAG, frame, STATIONS);
	rte_pktmbuf_adj(m, VLAN_TAG);
	return DROP_NONE;
}

bool vlan_tag(struct rte_mbuf *m, uint16_t vlan)
{
	uint16_t words[2] = {ETHERTYPE_VLAN_BE, __builtin_bswap16(vlan)};
	uint8_t *frame = (uint8_t *)rte_pktmbuf_prepend(m, VLAN_TAG);

	if (!frame)
		return false;
	memmove(frame, frame + VLAN_TAG, STATIONS);
	memcpy(frame + STATIONS, words, sizeof(words));
	return true;
}
