/* SPDX-License-Identifier: BSD-3-Clause */
/* Finds ESP and IKE in an Ethernet frame. */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

struct stress_parse {
	uint32_t spi; /* 0: IKE */
	uint32_t seq;
	bool udp;
	uint8_t dscp;
	uint32_t src_be;
	uint32_t dst_be;
	uint16_t at;  /* of the ESP header, or of what IKE begins with */
	uint16_t end; /* behind the ICV */
};

/* False when it is neither, and for fragments: their numbers are not all to be seen. */
bool must_check stress_parse_frame(struct stress_parse *p, const uint8_t *frame, uint16_t len);
/* Another number, and an ICV that is wrong for it. */
void stress_parse_forge(const struct stress_parse *p, uint8_t *frame, uint32_t seq);
