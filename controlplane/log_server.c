/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/log_server.h"

#include "controlplane/log_stamp.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DATAGRAM = 1024, /* RFC 3164 4.1 */
	FACILITY_STEP = 8,
};

static struct sockaddr_in sockaddr_of(const struct addr *a, uint16_t port)
{
	struct sockaddr_in out = {.sin_family = AF_INET, .sin_port = htons(port)};

	memcpy(&out.sin_addr, a->b, sizeof(out.sin_addr));
	return out;
}

/* An address the host does not have is left: the line is worth more than where it comes from. */
static void take_source(int fd, const struct config *config)
{
	for (size_t i = 0; config->logging.source[0] && i < config->n_interfaces; i++) {
		const struct config_interface *interface = &config->interfaces[i];
		struct sockaddr_in from = sockaddr_of(&interface->address, 0);

		if (strcmp(interface->name, config->logging.source) == 0 &&
		    bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0)
			return;
	}
}

void log_server_send(const struct config *config, unsigned severity, int64_t wall_ms,
		     const char *line)
{
	const struct config_logging *l = &config->logging;
	char datagram[DATAGRAM];
	char stamp[LOG_STAMP_TEXT];
	int fd;
	int n;

	if (!l->n_hosts)
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	take_source(fd, config);
	n = snprintf(datagram, sizeof(datagram), "<%u>%s %s %s",
		     l->facility * FACILITY_STEP + severity, log_stamp_rfc3164(wall_ms, stamp),
		     config->hostname, line);
	if (n >= DATAGRAM)
		n = DATAGRAM - 1;
	for (size_t i = 0; i < l->n_hosts; i++) {
		struct sockaddr_in to = sockaddr_of(&l->hosts[i].address, l->hosts[i].port);

		if (l->hosts[i].address.family == ADDR_V4)
			sendto(fd, datagram, (size_t)n, MSG_DONTWAIT, (struct sockaddr *)&to,
			       sizeof(to));
	}
	close(fd);
}
