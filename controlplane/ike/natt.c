/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/natt.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/net/ip.h"

#include <string.h>

static void keepalive(void *ctx, struct ike_timer *timer);

enum ike_vendor natt_version(uint32_t vendors)
{
	/* The enumeration is in the order of preference. */
	for (enum ike_vendor v = IKE_VENDOR_NATT_RFC; v <= IKE_VENDOR_NATT_02; v++)
		if (vendors & (1u << v))
			return v;
	return IKE_VENDOR_COUNT;
}

bool natt_draft(const struct ike_sa *sa)
{
	return sa->natt.enabled && sa->natt.version != IKE_VENDOR_NATT_RFC;
}

bool natt_found(const struct ike_sa *sa)
{
	return sa->natt.local || sa->natt.remote;
}

static uint8_t payload_type(const struct ike_sa *sa)
{
	return natt_draft(sa) ? IKE_PAYLOAD_NATD_DRAFT : IKE_PAYLOAD_NATD;
}

/* HASH(CKY-I | CKY-R | IP | port), RFC 3947 3.2. */
static int endpoint_hash(const struct ike_sa *sa, const struct addr *addr, uint16_t port,
			 uint8_t *out)
{
	const uint8_t port_bytes[] = {(uint8_t)(port >> 8), (uint8_t)port};
	const struct prim_chunk chunks[] = {
		{sa->cookie_i, IKE_COOKIE_LEN},
		{sa->cookie_r, IKE_COOKIE_LEN},
		{addr->b, addr_len_bytes(addr)},
		{port_bytes, sizeof(port_bytes)},
	};

	return prim_hash(sa->policy.hash, chunks, array_len(chunks), out);
}

int natt_write(struct ike_out *out, const struct ike_sa *sa)
{
	size_t len = alg_hash_row(sa->policy.hash)->digest_bytes;
	uint8_t remote[PRIM_DIGEST_MAX];
	uint8_t local[PRIM_DIGEST_MAX];
	int rc;

	if (!sa->natt.enabled)
		return 0;
	rc = endpoint_hash(sa, &sa->path.remote, sa->path.remote_port, remote);
	if (rc == 0)
		rc = endpoint_hash(sa, &sa->path.local, sa->path.local_port, local);
	if (rc)
		return rc;
	ike_say(sa, IKE_SAY_BUILD_NATD);
	ike_build_payload(&out->b, payload_type(sa), remote, len);
	ike_say(sa, IKE_SAY_BUILD_NATD);
	ike_build_payload(&out->b, payload_type(sa), local, len);
	return 0;
}

int natt_check(const struct ike_msg *msg, enum alg_hash hash)
{
	int verdict = IKE_PARSED;

	for (size_t i = 0; i < msg->n && verdict == IKE_PARSED; i++)
		if (msg->payloads[i].type == IKE_PAYLOAD_NATD ||
		    msg->payloads[i].type == IKE_PAYLOAD_NATD_DRAFT)
			verdict = ike_payload_check_natd(&msg->payloads[i], hash);
	return verdict;
}

/* Whether a payload names this end of the path as it is or as it was. */
static int names_end(const struct ike_sa *sa, const struct ike_payload *p, const struct addr *addr,
		     uint16_t port, uint16_t port_before, bool *yes)
{
	size_t len = alg_hash_row(sa->policy.hash)->digest_bytes;
	uint8_t now[PRIM_DIGEST_MAX];
	uint8_t before[PRIM_DIGEST_MAX];

	if (endpoint_hash(sa, addr, port, now) || endpoint_hash(sa, addr, port_before, before))
		return IKE_COUNT_INTERNAL;
	*yes = memcmp(p->body, now, len) == 0 || memcmp(p->body, before, len) == 0;
	return IKE_PARSED;
}

int natt_detect(const struct ike_sa *sa, const struct ike_path *path, const struct ike_msg *msg,
		bool *local, bool *remote)
{
	const struct ike_payload *p;

	*local = false;
	*remote = false;
	if (!sa->natt.enabled || !ike_msg_get(msg, payload_type(sa), 0))
		return IKE_PARSED;
	/* The first names us as the peer sees us, each other one an address of the peer. */
	*remote = true;
	for (size_t i = 0; (p = ike_msg_get(msg, payload_type(sa), i)); i++) {
		int verdict = ike_payload_check_natd(p, sa->policy.hash);
		bool same = false;

		if (verdict == IKE_PARSED && i == 0)
			verdict = names_end(sa, p, &sa->path.local, path->local_port,
					    sa->path.local_port, &same);
		else if (verdict == IKE_PARSED)
			verdict = names_end(sa, p, &sa->path.remote, path->remote_port,
					    sa->path.remote_port, &same);
		if (verdict != IKE_PARSED)
			return verdict;
		ike_say(sa, IKE_SAY_NATD);
		if (i == 0)
			*local = !same;
		else if (same)
			*remote = false;
	}
	return IKE_PARSED;
}

void natt_say(const struct ike_sa *sa)
{
	if (!sa->natt.enabled)
		return;
	ike_say(sa, IKE_SAY_NATD_LATE, payload_type(sa));
	ike_say(sa, IKE_SAY_NATD_LATE, payload_type(sa));
	if (sa->natt.local)
		ike_say(sa, IKE_SAY_NAT_SELF);
	if (sa->natt.remote)
		ike_say(sa, IKE_SAY_NAT_PEER);
	if (!natt_found(sa))
		ike_say(sa, IKE_SAY_NAT_NONE);
}

void natt_float(struct ike_sa *sa)
{
	if (!natt_found(sa) || sa->path.local_port == IP_PORT_NATT)
		return;
	sa->path.local_port = IP_PORT_NATT;
	sa->path.remote_port = IP_PORT_NATT;
}

void natt_follow(struct ike_sa *sa, const struct ike_path *path)
{
	bool moved;

	if (sa->path.local_port == IP_PORT_NATT && path->local_port != IP_PORT_NATT)
		return;
	if (sa->natt.local && !sa->natt.remote)
		return;
	moved = ike_sa_up(sa) && (sa->path.remote_port != path->remote_port ||
				  !addr_eq(&sa->path.remote, &path->remote));
	ike_sa_set_path(sa, path);
	if (!moved)
		return;
	ike_say(sa, IKE_SAY_NAT_MOVED, &path->remote, path->remote_port);
	ike_event_sa(sa, IKE_EVENT_MOVED, IKE_REASON_NONE);
}

static void arm(struct ike_sa *sa)
{
	ike_timer_arm(&sa->engine->timers, &sa->natt.timer,
		      ike_engine_now(sa->engine) + sa->natt.keepalive_s * 1000ull);
}

void natt_start(struct ike_sa *sa)
{
	sa->natt.timer.fire = keepalive;
	if (sa->natt.local && sa->natt.keepalive_s)
		arm(sa);
}

void natt_look(struct ike_sa *sa)
{
	if (ike_sa_ready(sa) && !sa->natt.enabled && sa->path.remote_port != IP_PORT_IKE)
		ike_event_hint(sa, IKE_REASON_NATT_NEEDED);
}

/* RFC 3948 2.3: one byte of ones, which nobody answers. */
static void keepalive(void *ctx, struct ike_timer *timer)
{
	struct ike_sa *sa = container_of(timer, struct ike_sa, natt.timer);

	ike_engine_send(ctx, &sa->path, "\xff", 1);
	arm(sa);
}
