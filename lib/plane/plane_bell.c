/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_bell.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int plane_bell_create(void)
{
	int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	return bell < 0 ? -errno : bell;
}

void plane_bell_ring(int bell)
{
	/* fails only when the counter is full: then it is ringing */
	(void)!write(bell, &(uint64_t){1}, sizeof(uint64_t));
}

void plane_bell_clear(int bell)
{
	uint64_t count;

	(void)!read(bell, &count, sizeof(count));
}
