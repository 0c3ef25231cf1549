/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's af_packet driver joins a fan-out group that makes the kernel reassemble fragments before
 * we see them (PACKET_FANOUT_FLAG_DEFRAG), and has no option against it. A gateway must get
 * fragments as they came: reassembled they are larger than the MTU and than the driver's frames.
 * So the one call in question goes through here: the dynamic linker finds this setsockopt() before
 * libc's.
 */
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	DEFRAG = PACKET_FANOUT_FLAG_DEFRAG << 16
};

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	unsigned fanout;

	if (level == SOL_PACKET && name == PACKET_FANOUT && len == sizeof(fanout)) {
		memcpy(&fanout, value, sizeof(fanout));
		fanout &= ~(unsigned)DEFRAG;
		value = &fanout;
	}
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}
