/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/radius.h"

#include "controlplane/radius_codec.h"
#include "lib/base/clock.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MS_PER_S = 1000
};

static struct sockaddr_in socket_address(const struct addr *a, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(addr_to_v4(a)),
	};
}

/*
 * A socket of its own for each request, with a port that the kernel chooses anew; connected, it
 * takes nothing from elsewhere. *nas: the address it leaves from.
 */
static int open_socket(const struct addr *server, uint16_t port, struct addr *nas)
{
	struct sockaddr_in to = socket_address(server, port), from = {0};
	socklen_t len = sizeof(from);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*nas = (struct addr){0};
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		close(fd);
		return -errno;
	}
	if (getsockname(fd, (struct sockaddr *)&from, &len) == 0)
		*nas = addr_v4(ntohl(from.sin_addr.s_addr));
	return fd;
}

/* One datagram looked at. RADIUS_SILENT when it is no answer, or none came before the deadline. */
static enum radius_result take(int fd, const struct config_radius_server *server,
			       const struct radius_codec_packet *sent, struct radius_reply *reply)
{
	uint8_t data[RADIUS_CODEC_PACKET_MAX];
	enum radius_flaw before = reply->flaw;
	/* also fetches an ICMP error, which says nothing of the next moment */
	ssize_t n = recv(fd, data, sizeof(data), 0);
	enum radius_result result = RADIUS_SILENT;

	if (n > 0)
		result = radius_codec_decode(server, sent, data, (size_t)n, reply);
	if (n > 0 && result == RADIUS_SILENT && reply->flaw == RADIUS_FLAW_MALFORMED && before)
		reply->flaw = before;
	secret_wipe_bytes(data, sizeof(data));
	return result;
}

/* What is no answer does not end the waiting: others could end it for the server. */
static enum radius_result wait_for(int fd, const struct config_radius_server *server,
				   const struct radius_codec_packet *sent,
				   struct radius_reply *reply)
{
	uint64_t now = clock_now_ms(), end = now + server->timeout_s * (uint64_t)MS_PER_S;
	enum radius_result result = RADIUS_SILENT;

	for (; result == RADIUS_SILENT && now < end; now = clock_now_ms()) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int n = poll(&p, 1, (int)(end - now));

		if (n < 0 && errno != EINTR)
			return RADIUS_FAILED;
		if (n > 0)
			result = take(fd, server, sent, reply);
	}
	return result;
}

enum radius_result radius_ask(const struct config_radius_server *server,
			      const struct radius_request *request, struct radius_reply *reply)
{
	bool access = request->kind == RADIUS_ACCESS;
	enum radius_result result = RADIUS_FAILED;
	struct radius_codec_packet packet;
	struct addr nas;
	int fd;

	memset(reply, 0, sizeof(*reply));
	fd = open_socket(&server->address, access ? server->auth_port : server->acct_port, &nas);
	if (fd < 0)
		return RADIUS_FAILED;
	if (radius_codec_encode(server, request, &nas, &packet) == 0)
		result = RADIUS_SILENT;
	for (unsigned i = 0; result == RADIUS_SILENT && i <= server->retransmit; i++) {
		/* what could not be sent may be the next time */
		(void)!send(fd, packet.bytes, packet.len, MSG_NOSIGNAL);
		result = wait_for(fd, server, &packet, reply);
	}
	secret_wipe_bytes(&packet, sizeof(packet));
	close(fd);
	return result;
}

const char *radius_flaw_text(enum radius_flaw flaw)
{
	static const char *const texts[] = {
		[RADIUS_FLAW_MALFORMED] = "what it answers is malformed",
		[RADIUS_FLAW_KEY] = "what it answers is authenticated with another key: the key "
				    "of both ends must be the same",
		[RADIUS_FLAW_UNSEALED] = "its answers lack a Message-Authenticator and could be "
					 "forged: let the server send it",
		[RADIUS_FLAW_PROXIED] =
			"its answers have a Proxy-State that was not sent: somebody "
			"changes packets on the way",
	};

	return texts[flaw];
}
