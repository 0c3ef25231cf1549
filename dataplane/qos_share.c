/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_share.h"

void qos_share_split(const uint64_t *demand, unsigned n, uint32_t whole, uint32_t *parts)
{
	uint32_t floor = whole / n / QOS_SHARE_FLOOR, rest = whole - floor * n;
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (double)demand[i];
	if (sum <= 0)
		return;
	for (unsigned i = 0; i < n; i++)
		parts[i] = floor + (uint32_t)((double)rest * ((double)demand[i] / sum));
}
