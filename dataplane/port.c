/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port.h"

#include "dataplane/pool.h"
#include "lib/base/log.h"

#include <rte_dev.h>
#include <rte_ethdev.h>

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DESCRIPTORS = 1024,
	MTU_MIN = 68, /* RFC 791 */
	MTU_DEFAULT = 1500,
	MTU_MAX = 9216,
	NAMES_MAX = 256,
	NAME_MAX_BYTES = 64,
};

/* How a `device` keyword becomes a DPDK device. */
struct device_row {
	const char *keyword;
	const char *driver; /* NULL: the argument names the device */
	const char *tuning; /* behind "iface=NAME" */
	const char *queues; /* driver argument that takes the number of queue pairs, or NULL */
	bool is_kernel;	    /* an interface of the kernel that must exist */
	const char *jumbo;  /* tuning for more than POOL_MTU bytes; NULL = it cannot */
};

static const struct device_row rows[] = {
	[CONFIG_DEVICE_AF_PACKET] = {"af_packet", "net_af_packet",
				     ",framecnt=4096,blocksz=65536,qdisc_bypass=1", "qpairs", true,
				     /* a frame is no larger than a large buffer */
				     ",framesz=10240,framecnt=1024,blocksz=40960,qdisc_bypass=1"},
	[CONFIG_DEVICE_AF_XDP] = {"af_xdp", "net_af_xdp", "", NULL, true, NULL},
	[CONFIG_DEVICE_TAP] = {"tap", "net_tap", "", NULL, false, ""},
	[CONFIG_DEVICE_PCI] = {"pci", NULL, NULL, NULL, false, ""},
	[CONFIG_DEVICE_VDEV] = {"vdev", NULL, NULL, NULL, false, ""},
	[CONFIG_DEVICE_LOOPBACK] = {"loopback", NULL, NULL, NULL, false, ""},
};

/* Logs the one sentence and returns the error. */
static int printf_like(3, 4) fail(const struct port *port, int error, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_error("interface %s: device %s: %s", port->name, port->device, text);
	return error;
}

/* What the kernel says of its interface: SIOCGIFFLAGS, SIOCGIFMTU. False when it is not there. */
static bool ask_kernel(const char *name, unsigned long question, struct ifreq *answer)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool known;

	*answer = (struct ifreq){0};
	snprintf(answer->ifr_name, sizeof(answer->ifr_name), "%s", name);
	known = fd >= 0 && ioctl(fd, question, answer) == 0;
	if (fd >= 0)
		close(fd);
	return known;
}

static int check_mtu(const struct port *port, uint16_t mtu)
{
	struct ifreq r;

	if (mtu < MTU_MIN || mtu > MTU_MAX)
		return fail(port, -EINVAL, "an IP MTU of %u cannot be: %u to %u", mtu, MTU_MIN,
			    MTU_MAX);
	if (mtu > POOL_MTU && port->no_jumbo)
		return fail(port, -EINVAL,
			    "it carries IP packets of at most %u bytes: `device af_packet`, tap or "
			    "pci for jumbo frames",
			    POOL_MTU);
	if (mtu > port->mtu_max)
		return fail(port, -EINVAL,
			    "its buffers have been of %u bytes since culvertd started: `write "
			    "memory` and start culvertd again for an IP MTU of %u",
			    port->mtu_max, mtu);
	if (!port->kernel_interface[0] || !ask_kernel(port->kernel_interface, SIOCGIFMTU, &r) ||
	    mtu <= r.ifr_mtu)
		return 0;
	return fail(port, -EINVAL,
		    "its MTU is %d, less than %u: `ip link set dev %s mtu %u`, or `ip mtu %d` in "
		    "the configuration",
		    r.ifr_mtu, mtu, port->kernel_interface, mtu, r.ifr_mtu);
}

static int check_kernel(const struct port *port)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct ifreq r;

	if (fd < 0 && errno == EPERM)
		return fail(port, -EPERM,
			    "no right to open it: start culvertd as root, or give it "
			    "CAP_NET_RAW and CAP_NET_ADMIN");
	if (fd >= 0)
		close(fd);
	if (!ask_kernel(port->kernel_interface, SIOCGIFFLAGS, &r))
		return fail(port, -ENODEV,
			    "there is no such network interface: create it or "
			    "correct the `device` line");
	if (!(r.ifr_flags & IFF_UP))
		log_warning("interface %s: device %s is down: `ip link set dev %s up`", port->name,
			    port->device, port->kernel_interface);
	return 0;
}

static int check_tap(const struct port *port)
{
	if (access("/dev/net/tun", R_OK | W_OK) == 0)
		return 0;
	return fail(port, -errno,
		    "cannot open /dev/net/tun (%s): load the tun module and start "
		    "culvertd as root",
		    strerror(errno));
}

/* "net_tap0": the first number of the driver that no device has. */
static int free_name(char *name, size_t size, const char *driver)
{
	uint16_t id;

	for (unsigned i = 0; i < NAMES_MAX; i++) {
		snprintf(name, size, "%s%u", driver, i);
		if (rte_eth_dev_get_port_by_name(name, &id))
			return 0;
	}
	return -ENOSPC;
}

static int probe_virtual(struct port *port, const struct device_row *row, const char *arg,
			 unsigned n_queues, char *name)
{
	char args[256] = "", queues[32] = "";
	const char *comma = strchr(arg, ',');
	int rc;

	if (row->driver) {
		rc = free_name(name, NAME_MAX_BYTES, row->driver);
		if (rc)
			return fail(port, rc, "too many devices of this kind");
		if (row->queues)
			snprintf(queues, sizeof(queues), ",%s=%u", row->queues, n_queues);
		snprintf(args, sizeof(args), "iface=%s%s%s", arg,
			 port->mtu_max > POOL_MTU ? row->jumbo : row->tuning, queues);
	} else {
		snprintf(name, NAME_MAX_BYTES, "%.*s", (int)strcspn(arg, ","), arg);
		snprintf(args, sizeof(args), "%s", comma ? comma + 1 : "");
	}
	rc = rte_eal_hotplug_add("vdev", name, args);
	if (rc)
		return fail(port, rc,
			    "DPDK refuses it (%s): check the name, that no other program "
			    "holds it, and that culvertd runs as root",
			    strerror(-rc));
	return 0;
}

static int probe_pci(struct port *port, const char *address, char *name)
{
	int rc;

	snprintf(name, NAME_MAX_BYTES, "%.*s", NAME_MAX_BYTES - 1, address);
	if (rte_eth_dev_get_port_by_name(name, &port->id) == 0)
		return 0;
	rc = rte_eal_hotplug_add("pci", address, "");
	if (rc)
		return fail(port, rc,
			    "no driver takes it (%s): bind it with `dpdk-devbind.py -b "
			    "vfio-pci %s`",
			    strerror(-rc), address);
	return 0;
}

static int probe(struct port *port, const struct config_interface *interface, unsigned n_queues)
{
	char name[NAME_MAX_BYTES];
	int rc;

	if (interface->device == CONFIG_DEVICE_PCI)
		rc = probe_pci(port, interface->device_arg, name);
	else
		rc = probe_virtual(port, &rows[interface->device], interface->device_arg, n_queues,
				   name);
	if (rc)
		return rc;
	if (rte_eth_dev_get_port_by_name(name, &port->id))
		return fail(port, -ENODEV, "its driver made no Ethernet device of it");
	return 0;
}

static uint16_t queues_of(uint16_t device_max, unsigned n_workers)
{
	return device_max >= n_workers ? (uint16_t)n_workers : 1;
}

static int setup_queues(struct port *port, struct rte_mempool *pool)
{
	uint16_t n_rxd = DESCRIPTORS, n_txd = DESCRIPTORS;
	int socket = rte_eth_dev_socket_id(port->id);
	int rc = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &n_rxd, &n_txd);

	for (uint16_t q = 0; q < port->n_rx_queues && rc == 0; q++)
		rc = rte_eth_rx_queue_setup(port->id, q, n_rxd, (unsigned)socket, NULL, pool);
	for (uint16_t q = 0; q < port->n_tx_queues && rc == 0; q++)
		rc = rte_eth_tx_queue_setup(port->id, q, n_txd, (unsigned)socket, NULL);
	return rc;
}

static int configure(struct port *port, unsigned n_workers, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = {.rxmode = {.mtu = port->device_mtu}};
	struct rte_eth_dev_info info;
	int rc = rte_eth_dev_info_get(port->id, &info);

	if (rc)
		return rc;
	/* af_packet says its largest frame has 1500 bytes, but takes what the kernel takes */
	if (port->kernel_interface[0])
		conf.rxmode.mtu = RTE_MIN(conf.rxmode.mtu, (uint32_t)MTU_DEFAULT);
	port->n_rx_queues = queues_of(info.max_rx_queues, n_workers);
	port->n_tx_queues = queues_of(info.max_tx_queues, n_workers);
	if (port->n_rx_queues > 1 && info.flow_type_rss_offloads) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP) & info.flow_type_rss_offloads;
	}
	rc = rte_eth_dev_configure(port->id, port->n_rx_queues, port->n_tx_queues, &conf);
	if (rc)
		return rc;
	rc = setup_queues(port, pool);
	if (rc)
		return rc;
	rc = rte_eth_dev_start(port->id);
	if (rc)
		return rc;
	/* we answer for one address; a device that cannot do without is filtered in classify */
	rte_eth_promiscuous_disable(port->id);
	return 0;
}

static int read_mac(struct port *port, bool is_tap)
{
	struct rte_ether_addr mac;
	int rc = rte_eth_macaddr_get(port->id, &mac);

	if (rc)
		return rc;
	memcpy(port->mac, mac.addr_bytes, sizeof(port->mac));
	/* the kernel's end of a tap carries the driver's address: ours must be another one */
	if (is_tap)
		port->mac[5] ^= 0x80;
	return 0;
}

bool port_needs_large(const struct config *config, const struct config_interface *interface)
{
	if (interface->device == CONFIG_DEVICE_NONE || !rows[interface->device].jumbo)
		return false;
	if (interface->mtu > POOL_MTU)
		return true;
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (config_model_parent(config, &config->interfaces[i]) == interface &&
		    config->interfaces[i].mtu > POOL_MTU)
			return true;
	return false;
}

int port_open(struct port *port, const struct config_interface *interface, unsigned n_workers,
	      struct rte_mempool *pool)
{
	uint16_t mtu = interface->mtu ? interface->mtu : MTU_DEFAULT;
	bool large = rte_pktmbuf_data_room_size(pool) > POOL_ROOM + RTE_PKTMBUF_HEADROOM;
	const struct device_row *row = &rows[interface->device];
	int rc = 0;

	*port = (struct port){
		.id = RTE_MAX_ETHPORTS,
		.is_virtual = interface->device != CONFIG_DEVICE_PCI,
		.mtu = mtu,
		.mtu_max = large ? MTU_MAX : POOL_MTU,
		.no_jumbo = !row->jumbo,
		.reassembly = REASSEMBLE_LIMITS,
		.device_mtu = mtu > MTU_DEFAULT ? mtu : MTU_DEFAULT,
	};
	snprintf(port->name, sizeof(port->name), "%s", interface->name);
	snprintf(port->device, sizeof(port->device), "%s %.50s", row->keyword,
		 interface->device_arg);
	if (row->is_kernel)
		snprintf(port->kernel_interface, sizeof(port->kernel_interface), "%.15s",
			 interface->device_arg);
	if (row->is_kernel)
		rc = check_kernel(port);
	else if (interface->device == CONFIG_DEVICE_TAP)
		rc = check_tap(port);
	if (rc == 0)
		rc = check_mtu(port, mtu);
	if (rc == 0)
		rc = probe(port, interface, n_workers);
	if (rc)
		return rc;
	rc = configure(port, n_workers, pool);
	if (rc == 0)
		rc = read_mac(port, interface->device == CONFIG_DEVICE_TAP);
	if (rc == 0)
		return 0;
	fail(port, rc, "cannot be started with %u queues and MTU %u: %s", port->n_rx_queues,
	     port->device_mtu, strerror(-rc));
	port_close(port);
	return rc;
}

void port_close(struct port *port)
{
	if (!rte_eth_dev_is_valid_port(port->id))
		return;
	rte_eth_dev_stop(port->id);
	rte_eth_dev_close(port->id);
	port->id = RTE_MAX_ETHPORTS;
}

int port_set_mtu(struct port *port, struct port *device, uint16_t mtu)
{
	if (check_mtu(port, mtu))
		return -EINVAL;
	if (mtu > device->device_mtu) {
		/* the kernel's own was looked at */
		if (!device->kernel_interface[0] && rte_eth_dev_set_mtu(device->id, mtu))
			return fail(port, -EINVAL, "its driver takes no IP MTU of %u", mtu);
		device->device_mtu = mtu;
	}
	port->mtu = mtu;
	return 0;
}

/* A device without interface and without cable (a tap, a memif) is up while it is there. */
static bool link_up(const struct port *port, const struct rte_eth_link *link)
{
	struct ifreq r;

	/* af_packet calls its link up whatever the interface does */
	if (port->kernel_interface[0])
		return ask_kernel(port->kernel_interface, SIOCGIFFLAGS, &r) &&
		       (r.ifr_flags & IFF_RUNNING);
	return port->is_virtual || link->link_status == RTE_ETH_LINK_UP;
}

void port_stats(const struct port *port, struct plane_stats_device *device)
{
	struct rte_eth_stats stats = {0};
	struct rte_eth_link link = {0};

	if (!port->is_virtual)
		rte_eth_link_get_nowait(port->id, &link);
	rte_eth_stats_get(port->id, &stats);
	snprintf(device->interface, sizeof(device->interface), "%s", port->name);
	snprintf(device->device, sizeof(device->device), "%s", port->device);
	memcpy(device->mac, port->mac, sizeof(device->mac));
	device->link_up = link_up(port, &link);
	device->admin_up = port->up;
	device->mtu = port->mtu;
	device->queues = port->n_rx_queues;
	device->speed_mbps = link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : link.link_speed;
	device->missed = port->is_sub ? 0 : stats.imissed + stats.rx_nombuf;
}
