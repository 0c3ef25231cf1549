/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/phase1.h"

/* When we say a vendor ID, and when an answer repeats it. */
enum reason {
	OF_NATT, /* an answer names only the version in use */
	OF_DPD,
	OF_LOGIN,  /* XAUTH: answers only */
	OF_CLIENT, /* Unity: answers only */
	OF_FRAGMENTATION,
};

/* What we send, best first; NAT-T -02 without the line feed is understood but not sent. */
static const struct {
	enum ike_vendor vendor;
	enum reason reason;
} rows[] = {
	{IKE_VENDOR_NATT_RFC, OF_NATT}, {IKE_VENDOR_NATT_03, OF_NATT},
	{IKE_VENDOR_NATT_02N, OF_NATT}, {IKE_VENDOR_NATT_02, OF_NATT},
	{IKE_VENDOR_UNITY, OF_CLIENT},	{IKE_VENDOR_XAUTH, OF_LOGIN},
	{IKE_VENDOR_DPD, OF_DPD},	{IKE_VENDOR_FRAGMENTATION, OF_FRAGMENTATION},
};

static void write_one(struct ike_out *out, const struct ike_sa *sa, size_t i)
{
	const struct ike_vendor_row *row = ike_vendor_row(rows[i].vendor);

	ike_say(sa, IKE_SAY_VENDOR_BUILD, row->debug_build, row->asa_build);
	ike_build_payload(&out->b, IKE_PAYLOAD_VENDOR, row->id, row->len);
}

/* One row for each payload, and one for each that is known. */
static uint32_t read_vendors(const struct ike_sa *sa, const struct ike_msg *msg, enum ike_say each,
			     enum ike_say known)
{
	const struct ike_payload *p;
	uint32_t vendors = 0;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_VENDOR, i)); i++) {
		enum ike_vendor v = ike_vendor_find(p->body, p->len);
		const struct ike_vendor_row *row = ike_vendor_row(v);

		ike_say(sa, each);
		if (!row)
			continue;
		ike_say(sa, known, row->debug, row->asa);
		if (row->pix && known != IKE_SAY_VENDOR_IS_LATE)
			ike_say(sa, IKE_SAY_VENDOR_PIX, row->pix);
		vendors |= 1u << v;
	}
	return vendors;
}

uint32_t phase1_vendors(const struct ike_sa *sa, const struct ike_msg *msg)
{
	return read_vendors(sa, msg, IKE_SAY_VENDOR, IKE_SAY_VENDOR_IS);
}

uint32_t phase1_vendors_early(const struct ike_sa *sa, const struct ike_msg *msg)
{
	return read_vendors(sa, msg, IKE_SAY_VENDOR_EARLY, IKE_SAY_VENDOR_IS_EARLY);
}

void phase1_say_vendors_late(const struct ike_sa *sa, const struct ike_msg *msg)
{
	if (ike_debug_on(sa->engine))
		read_vendors(sa, msg, IKE_SAY_VENDOR_LATE, IKE_SAY_VENDOR_IS_LATE);
}

static void agree_fragmentation(struct ike_sa *sa)
{
	uint16_t mtu = sa->hs->config.mtu;

	sa->fragmentation = true;
	sa->fragment_mtu = mtu && mtu < IKE_FRAGMENT_MTU ? mtu : IKE_FRAGMENT_MTU;
	if (sa->fragment_mtu < IKE_FRAGMENT_MTU_MIN)
		sa->fragment_mtu = IKE_FRAGMENT_MTU_MIN;
}

void phase1_agree(struct ike_sa *sa, uint32_t vendors)
{
	sa->hs->vendors |= vendors;
	sa->dpd.peer_does |= (vendors & (1u << IKE_VENDOR_DPD)) != 0;
	if (sa->hs->config.fragmentation && vendors & (1u << IKE_VENDOR_FRAGMENTATION))
		agree_fragmentation(sa);
	if (sa->natt.enabled || !sa->hs->config.nat_traversal)
		return;
	sa->natt.version = natt_version(vendors);
	sa->natt.enabled = sa->natt.version != IKE_VENDOR_COUNT;
}

static bool offered(const struct ike_peer *config, size_t i)
{
	switch (rows[i].reason) {
	case OF_NATT: return config->nat_traversal && rows[i].vendor != IKE_VENDOR_NATT_02;
	case OF_DPD: return config->dpd_s > 0;
	case OF_FRAGMENTATION: return config->fragmentation;
	default: return false;
	}
}

uint32_t phase1_own_vendors(const struct ike_peer *config)
{
	uint32_t vendors = 0;

	for (size_t i = 0; i < array_len(rows); i++)
		if (offered(config, i))
			vendors |= 1u << rows[i].vendor;
	return vendors;
}

void phase1_write_offered_vendors(struct ike_out *out, const struct ike_sa *sa)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (offered(&sa->hs->config, i))
			write_one(out, sa, i);
}

static bool agreed(const struct ike_sa *sa, size_t i)
{
	const struct ike_handshake *hs = sa->hs;

	if (!(hs->vendors & (1u << rows[i].vendor)))
		return false;
	switch (rows[i].reason) {
	case OF_NATT: return sa->natt.enabled && sa->natt.version == rows[i].vendor;
	case OF_DPD: return hs->config.dpd_s > 0;
	case OF_LOGIN: return hs->config.xauth;
	case OF_CLIENT: return hs->config.client;
	case OF_FRAGMENTATION: return sa->fragmentation;
	}
	return false;
}

void phase1_write_agreed_vendors(struct ike_out *out, const struct ike_sa *sa)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (agreed(sa, i))
			write_one(out, sa, i);
}
