/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/arp.h"

#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"

#include <errno.h>
#include <string.h>

enum {
	HARDWARE_ETHERNET = 1,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
};

/* A station's own address: not a group, not zero. */
static bool is_station(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return !(mac[0] & 1) && memcmp(mac, zero, 6) != 0;
}

int arp_parse(struct arp *arp, const void *data, size_t len)
{
	struct rbuf b = rbuf_of(data, len);
	uint16_t hardware = rbuf_u16(&b), protocol = rbuf_u16(&b);
	uint16_t sizes = rbuf_u16(&b), operation = rbuf_u16(&b);
	const uint8_t *sender_mac = rbuf_take(&b, 6), *sender = rbuf_take(&b, 4);
	const uint8_t *target_mac = rbuf_take(&b, 6), *target = rbuf_take(&b, 4);

	if (b.bad || hardware != HARDWARE_ETHERNET || protocol != ETHERTYPE_IPV4 ||
	    sizes != (6 << 8 | 4) || (operation != ARP_REQUEST && operation != ARP_REPLY) ||
	    !is_station(sender_mac))
		return -EINVAL;
	arp->operation = (uint8_t)operation;
	memcpy(arp->sender_mac, sender_mac, 6);
	memcpy(arp->target_mac, target_mac, 6);
	arp->sender = addr_of_bytes(sender, 4);
	arp->target = addr_of_bytes(target, 4);
	return 0;
}

void arp_build(void *frame, const struct arp *arp, const uint8_t dst[6])
{
	struct wbuf b = wbuf_of(frame, ARP_FRAME_BYTES);

	memset(frame, 0, ARP_FRAME_BYTES);
	wbuf_bytes(&b, dst, 6);
	wbuf_bytes(&b, arp->sender_mac, 6);
	wbuf_u16(&b, ETHERTYPE_ARP);
	wbuf_u16(&b, HARDWARE_ETHERNET);
	wbuf_u16(&b, ETHERTYPE_IPV4);
	wbuf_u8(&b, 6);
	wbuf_u8(&b, 4);
	wbuf_u16(&b, arp->operation);
	wbuf_bytes(&b, arp->sender_mac, 6);
	wbuf_bytes(&b, arp->sender.b, 4);
	wbuf_bytes(&b, arp->target_mac, 6);
	wbuf_bytes(&b, arp->target.b, 4);
}
