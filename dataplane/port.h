/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ethernet devices: from a `device` line of the configuration to a started DPDK port with one rx
 * and one tx queue a worker where the device has them (RSS over IP addresses and, for
 * UDP-encapsulated ESP, ports), else one queue polled by worker 0.
 */
#pragma once

#include "dataplane/reassemble.h"
#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_stats.h"

#include <rte_mempool.h>

#include <stdbool.h>
#include <stdint.h>

struct port {
	uint16_t id; /* DPDK port */
	uint16_t n_rx_queues;
	uint16_t n_tx_queues;
	bool is_sub;	      /* a subinterface: id is that of its main interface's device */
	bool is_native;	      /* of a subinterface: its frames have no tag */
	uint8_t device_index; /* of a subinterface: port of its main interface */
	uint16_t vlan;	      /* of a subinterface; 0 = none yet */
	uint8_t untagged;     /* the native subinterface, 0 = none */
	uint8_t *vlans;	      /* its subinterfaces by VLAN, 0 = none; NULL = has none */
	bool is_virtual;      /* workers that see only such ports may sleep when idle */
	uint8_t mac[6];
	uint16_t mtu_max;	   /* what its buffers hold with a tunnel's headers around it */
	bool no_jumbo;		   /* its driver cannot more than POOL_MTU */
	uint16_t device_mtu;	   /* IP MTU the device is set to; mtu below is never larger */
	char device[64];	   /* "af_packet veth0" */
	char kernel_interface[16]; /* whose carrier is the link state; "" = the device's own */
	/* set by PLANE_IF_SET; main thread writes, workers read between quiescent states */
	uint16_t mtu;
	uint16_t adjust_mss;
	struct reassemble_limits reassembly;
	bool up;	 /* not shut down and has an address */
	bool ike;	 /* ISAKMP listens here */
	bool crypto_map; /* clear packets are checked against the policy */
	struct addr own; /* its IPv4 address */
	struct prefix network;
	char name[PLANE_NAME];
};

/* Whether the interface, or one of its subinterfaces, has an IP MTU that needs large buffers. */
bool port_needs_large(const struct config *config, const struct config_interface *interface);
/*
 * Probes, configures and starts the device of one interface. -errno with one logged sentence that
 * names interface, device and remedy. Frames are received into buffers of that pool.
 */
int must_check port_open(struct port *port, const struct config_interface *interface,
			 unsigned n_workers, struct rte_mempool *pool);
void port_close(struct port *port);
/*
 * Makes IP packets of that size fit the device, which is that of another port when it is a
 * subinterface. 0, or -EINVAL when it cannot.
 */
int must_check port_set_mtu(struct port *port, struct port *device, uint16_t mtu);
/* Link state, MAC, queues, missed packets into the statistics segment. */
void port_stats(const struct port *port, struct plane_stats_device *device);
