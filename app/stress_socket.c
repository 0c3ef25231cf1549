/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	QUEUE_BYTES = 32 << 20,
	ADDRESSES = 12, /* of Ethernet, in front of a tag */
	TAG = 4,
};

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static int attach(int fd, const char *device)
{
	struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct packet_mreq all = {.mr_type = PACKET_MR_PROMISC};

	here.sll_ifindex = all.mr_ifindex = (int)if_nametoindex(device);
	if (!here.sll_ifindex)
		return -1;
	/* larger queues are welcome and not needed */
	if (set(fd, SOL_SOCKET, SO_RCVBUFFORCE, QUEUE_BYTES))
		set(fd, SOL_SOCKET, SO_RCVBUF, QUEUE_BYTES);
	if (set(fd, SOL_SOCKET, SO_SNDBUFFORCE, QUEUE_BYTES))
		set(fd, SOL_SOCKET, SO_SNDBUF, QUEUE_BYTES);
	if (set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) ||
	    set(fd, SOL_PACKET, PACKET_AUXDATA, 1))
		return -1;
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)))
		return -1;
	return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
}

int stress_socket_open(struct stress_socket *s, const char *device)
{
	int err = 0;

	/* protocol 0: nothing is queued before the device is chosen */
	*s = (struct stress_socket){.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
	if (s->fd < 0 || attach(s->fd, device))
		err = -errno;
	if (err == -EPERM)
		fprintf(stderr, "culvert-stress: frames need root: run it with sudo\n");
	else if (err == -ENODEV)
		fprintf(stderr,
			"culvert-stress: there is no device \"%s\" here: see `ip link`, and run "
			"inside its network namespace\n",
			device);
	else if (err)
		fprintf(stderr, "culvert-stress: device \"%s\": %s\n", device, strerror(-err));
	if (err)
		stress_socket_close(s);
	return err;
}

void stress_socket_close(struct stress_socket *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* The kernel takes a VLAN tag off and tells it beside the frame: back where it was. */
static void restore_tag(struct msghdr *h, uint8_t *bytes, uint16_t *len)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	struct tpacket_auxdata aux;
	uint16_t tag[2];

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || *len < ADDRESSES ||
	    *len + TAG > STRESS_FRAME_MAX)
		return;
	tag[0] = htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q);
	tag[1] = htons(aux.tp_vlan_tci);
	memmove(bytes + ADDRESSES + TAG, bytes + ADDRESSES, *len - (size_t)ADDRESSES);
	memcpy(bytes + ADDRESSES, tag, sizeof(tag));
	*len = (uint16_t)(*len + TAG);
}

int stress_socket_receive(struct stress_socket *s, struct stress_frames *f)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
		struct cmsghdr align;
	} control[STRESS_FRAMES] = {0};
	struct mmsghdr m[STRESS_FRAMES] = {0};
	struct iovec io[STRESS_FRAMES];
	int n;

	for (unsigned i = 0; i < STRESS_FRAMES; i++) {
		io[i] = (struct iovec){f->bytes[i], STRESS_FRAME_MAX};
		m[i].msg_hdr = (struct msghdr){
			.msg_iov = &io[i],
			.msg_iovlen = 1,
			.msg_control = control[i].bytes,
			.msg_controllen = sizeof(control[i].bytes),
		};
	}
	f->n = 0;
	n = recvmmsg(s->fd, m, STRESS_FRAMES, MSG_DONTWAIT, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENETDOWN ? 0 : -errno;
	for (f->n = (unsigned)n; n-- > 0;) {
		f->len[n] = (uint16_t)m[n].msg_len;
		if (m[n].msg_hdr.msg_flags & MSG_TRUNC) {
			f->len[n] = 0;
			s->too_long++;
		}
		restore_tag(&m[n].msg_hdr, f->bytes[n], &f->len[n]);
	}
	return 0;
}

void stress_socket_send(struct stress_socket *s, const void *frame, uint16_t len)
{
	struct pollfd room = {.fd = s->fd, .events = POLLOUT};

	while (send(s->fd, frame, len, MSG_DONTWAIT) < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
			s->send_failed++;
			return;
		}
		poll(&room, 1, 1);
	}
}

uint32_t stress_socket_missed(struct stress_socket *s)
{
	struct tpacket_stats stats = {0};
	socklen_t len = sizeof(stats);

	/* reading them sets them to zero */
	if (getsockopt(s->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		return 0;
	return stats.tp_drops;
}
