/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

static const char *status_of(const json_t *i)
{
	if (!json_is_true(json_object_get(i, "admin_up")))
		return "administratively down";
	return json_is_true(json_object_get(i, "link_up")) ? "up" : "down";
}

static const char *protocol_of(const json_t *i)
{
	return json_is_true(json_object_get(i, "admin_up")) &&
			       json_is_true(json_object_get(i, "link_up"))
		       ? "up"
		       : "down";
}

static void print_settings(FILE *out, const json_t *i)
{
	const char *description = render_text_of(i, "description");
	const char *address = render_text_of(i, "address");
	const char *map = render_text_of(i, "crypto_map");
	const char *policy = render_text_of(i, "service_policy");
	long long kbps = render_number_of(i, "bandwidth_kbps");
	long long mss = render_number_of(i, "adjust_mss"), vlan = render_number_of(i, "vlan");

	if (*description)
		fprintf(out, "  Description: %s\n", description);
	if (*address)
		fprintf(out, "  Internet address is %s/%lld\n", address,
			render_number_of(i, "prefix_len"));
	fprintf(out, "  MTU %lld bytes, BW %lld Kbit/sec, %lld queue%s\n",
		render_number_of(i, "mtu"), kbps ? kbps : render_number_of(i, "speed_mbps") * 1000,
		render_number_of(i, "queues"), render_number_of(i, "queues") == 1 ? "" : "s");
	if (vlan)
		fprintf(out, "  Encapsulation 802.1Q Virtual LAN, Vlan ID  %lld%s.\n", vlan,
			json_is_true(json_object_get(i, "native")) ? " (native)" : "");
	if (*map)
		fprintf(out, "  Crypto map is %s\n", map);
	if (*policy)
		fprintf(out, "  Queueing strategy: Class-based queueing (%s)\n", policy);
	if (mss)
		fprintf(out, "  TCP MSS is adjusted to %lld\n", mss);
}

static void print_interface(FILE *out, const json_t *i)
{
	char mac[15];

	fprintf(out, "%s is %s, line protocol is %s\n", render_text_of(i, "name"), status_of(i),
		protocol_of(i));
	if (*render_text_of(i, "device"))
		fprintf(out, "  Hardware is %s, address is %s\n", render_text_of(i, "device"),
			render_mac_of(i, "mac", mac));
	else
		fputs("  Hardware is not present\n", out);
	print_settings(out, i);
	fprintf(out, "  Total input drops: %lld; Total output drops: %lld\n",
		render_number_of(i, "rx_drops"), render_number_of(i, "tx_drops"));
	fprintf(out, "     %lld packets input, %lld bytes, %lld no buffer\n",
		render_number_of(i, "rx_packets"), render_number_of(i, "rx_bytes"),
		render_number_of(i, "missed"));
	fprintf(out, "     %lld packets output, %lld bytes\n", render_number_of(i, "tx_packets"),
		render_number_of(i, "tx_bytes"));
}

static void print_asa(FILE *out, const json_t *i)
{
	const char *address = render_text_of(i, "address"), *nameif = render_text_of(i, "nameif");
	char mac[15];

	fprintf(out, "Interface %s \"%s\", is %s, line protocol is %s\n", render_text_of(i, "name"),
		nameif, status_of(i), protocol_of(i));
	fprintf(out, "  Hardware is %s, BW %lld Mbps\n", render_text_of(i, "device"),
		render_number_of(i, "speed_mbps"));
	fprintf(out, "\tMAC address %s, MTU %lld\n", render_mac_of(i, "mac", mac),
		render_number_of(i, "mtu"));
	if (*address)
		fprintf(out, "\tIP address %s/%lld\n", address, render_number_of(i, "prefix_len"));
	fprintf(out, "\t%lld packets input, %lld bytes, %lld no buffer\n",
		render_number_of(i, "rx_packets"), render_number_of(i, "rx_bytes"),
		render_number_of(i, "missed"));
	fprintf(out, "\t%lld packets output, %lld bytes\n", render_number_of(i, "tx_packets"),
		render_number_of(i, "tx_bytes"));
	fprintf(out, "\t%lld input drops, %lld output drops\n", render_number_of(i, "rx_drops"),
		render_number_of(i, "tx_drops"));
}

/* The layouts of IOS and of an ASA, only the lines that have a true value here. */
void render_interface(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *interface;
	size_t i;

	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		if (request->dialect == DIALECT_IOS)
			print_interface(out, interface);
		else
			print_asa(out, interface);
	}
}

void render_interface_brief(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *interface;
	size_t i;

	fputs("Interface                  IP-Address      OK? Method Status                "
	      "Protocol\n",
	      out);
	json_array_foreach(json_object_get(result, "interfaces"), i, interface) {
		const char *address = render_text_of(interface, "address");

		fprintf(out, "%-26s %-15s YES %-6s %-21s %s\n", render_text_of(interface, "name"),
			*address ? address : "unassigned", *address ? "manual" : "unset",
			status_of(interface), protocol_of(interface));
	}
}

static void print_address(FILE *out, const json_t *i)
{
	long long len = render_number_of(i, "prefix_len");
	unsigned mask = len ? ~0u << (32 - len) : 0;
	char text[16];

	snprintf(text, sizeof(text), "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
		 mask & 255);
	fprintf(out, "%-24s %-20s %-15s %-15s manual\n", render_text_of(i, "name"),
		render_text_of(i, "nameif"), render_text_of(i, "address"), text);
}

static void print_addresses(FILE *out, const char *title, const json_t *result)
{
	const json_t *interface;
	size_t i;

	fprintf(out, "%s IP Addresses:\n", title);
	fputs("Interface                Name                 IP address      Subnet mask     "
	      "Method\n",
	      out);
	json_array_foreach(json_object_get(result, "interfaces"), i, interface)
		if (*render_text_of(interface, "address"))
			print_address(out, interface);
}

/* show-formats 9: what is configured is what is in use. */
void render_addresses(FILE *out, const struct render_request *, const json_t *result)
{
	print_addresses(out, "System", result);
	print_addresses(out, "Current", result);
}
