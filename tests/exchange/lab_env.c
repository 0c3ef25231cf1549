/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_say.h"
#include "tests/exchange/lab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t now_ms(void *ctx)
{
	return ((struct lab_end *)ctx)->lab->now_ms;
}

/* splitmix64 */
static int random_bytes(void *ctx, void *out, size_t len)
{
	struct lab_end *end = ctx;
	uint8_t *p = out;

	if (end->random_fails)
		return -EIO;
	for (size_t i = 0; i < len; i++) {
		uint64_t z = end->random_state += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		p[i] = (uint8_t)(z >> 31);
	}
	return 0;
}

enum {
	NAT_OFFSET = 20000
};

/* What the receiver sees of a packet sent on this path; false when it gets lost at the NAT. */
static bool carry(const struct lab *lab, int from, const struct ike_path *path,
		  struct ike_path *out)
{
	*out = (struct ike_path){
		.local = path->remote,
		.remote = path->local,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
	};
	if (!lab->nat)
		return true;
	if (from == 0) {
		out->remote = lab->nat_addr;
		out->remote_port = (uint16_t)(out->remote_port + lab->nat_offset);
		return true;
	}
	out->local = lab->ends[0].addr;
	if (path->remote_port != lab->nat_offset + 500 &&
	    path->remote_port != lab->nat_offset + 4500)
		return false;
	out->local_port = (uint16_t)(out->local_port - lab->nat_offset);
	return true;
}

static struct lab_packet *copy_packet(const struct lab_packet *p)
{
	struct lab_packet *c = malloc(sizeof(*c));

	*c = *p;
	return c;
}

static void queue(struct lab *lab, const struct lab_packet *p)
{
	if (lab->n_queue < LAB_QUEUE)
		lab->queue[lab->n_queue++] = copy_packet(p);
}

static void send_packet(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;
	enum lab_fate fate = LAB_DELIVER;
	struct lab_packet p = {.to = !end->me, .at_ms = lab->now_ms, .len = len};

	memcpy(p.data, data, len);
	if (len == 1) {
		end->n_keepalives++;
		return;
	}
	end->n_sent++;
	end->bytes_sent += len;
	if (!carry(lab, end->me, path, &p.path))
		return;
	if (lab->n_record < LAB_RECORD)
		lab->record[lab->n_record++] = copy_packet(&p);
	if (lab->fate)
		fate = lab->fate(lab, lab->n_packets, &p);
	lab->n_packets++;
	if (fate == LAB_DROP || lab->cut)
		return;
	if (fate == LAB_CORRUPT)
		p.data[p.len - (lab->corrupt_at ? lab->corrupt_at : 5)] ^= 0x10;
	if (fate == LAB_DELAY)
		p.at_ms += 700;
	if (fate == LAB_LATE)
		p.at_ms += 5000;
	queue(lab, &p);
	if (fate == LAB_DUPLICATE)
		queue(lab, &p);
}

static int peer(void *ctx, const struct ike_path *path, const struct ike_id *id,
		struct ike_peer *out)
{
	const struct lab_end *end = ctx;
	const struct lab *lab = end->lab;
	const struct lab_end *other = &lab->ends[!end->me];

	if (end->unknown_peer && addr_is_none(&path->home))
		return -ENOENT;
	if (!end->any_peer && !addr_eq(&path->remote, &other->addr) &&
	    !(lab->nat && addr_eq(&path->remote, &lab->nat_addr)))
		return -ENOENT;
	*out = end->peer;
	if (end->any_peer)
		out->named = addr_eq(&path->remote, &other->addr);
	if (id && end->group.type && !ike_id_eq(id, &end->group)) {
		secret_wipe(&out->psk);
		out->decoy = true;
		out->hybrid_decoy = out->hybrid;
	}
	return 0;
}

static int child(void *ctx, const struct ike_path *path, const struct selector *offered,
		 const struct ike_fit *, struct ike_child_config *out, enum ike_reason *why)
{
	const struct lab_end *end = ctx;

	(void)path;
	if (end->no_map) {
		*why = IKE_REASON_NO_MAP;
		return -ENOENT;
	}
	if (!selector_eq(offered, &end->child.selector)) {
		*why = IKE_REASON_PROXY_MISMATCH;
		return -ENOENT;
	}
	*out = end->child;
	return 0;
}

static uint32_t spi_alloc(void *ctx, uint32_t tunnel)
{
	struct lab_end *end = ctx;

	(void)tunnel;
	if (end->no_spi)
		return 0;
	end->spis++;
	return ++end->next_spi;
}

static void spi_free(void *ctx, uint32_t spi)
{
	struct lab_end *end = ctx;

	(void)spi;
	end->spis--;
}

static void install_in(void *ctx, const struct ike_child *c)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;

	end->spis--;
	if (end->install_error)
		end->spis++;
	else if (end->n_in < LAB_CHILDREN)
		end->in[end->n_in++] = *c;
	if (!end->install_stalls)
		lab->installs[lab->n_installs++] = (struct lab_install){end->me, c->spi_in};
}

static void install_out(void *ctx, const struct ike_child *c)
{
	struct lab_end *end = ctx;

	if (end->n_out < LAB_CHILDREN)
		end->out[end->n_out++] = *c;
}

static void child_deleted(void *ctx, const struct ike_path *path, uint32_t spi_out)
{
	struct lab_end *end = ctx;

	(void)path;
	if (end->n_deleted < LAB_DELETED)
		end->deleted[end->n_deleted++] = spi_out;
}

static bool heard(void *ctx, const struct ike_path *path, uint64_t since, bool *sent)
{
	const struct lab_end *end = ctx;

	(void)path;
	(void)since;
	*sent = end->has_sent;
	return end->hears;
}

static void event(void *ctx, const struct ike_event *e)
{
	struct lab_end *end = ctx;

	if (end->n_events < LAB_EVENTS)
		end->events[end->n_events++] = *e;
}

/* One without an SA is over when it is told. */
static bool is_same(const struct ike_record *a, const struct ike_record *b)
{
	return a->ike_sa && a->ike_sa == b->ike_sa && a->kind == b->kind &&
	       (a->kind != IKE_RECORD_QUICK || a->quick.msgid == b->quick.msgid);
}

static void must_be_printable(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size)
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

static bool has_bytes(const struct ike_record *r, const void *bytes, size_t len)
{
	return len && memmem(r, sizeof(*r), bytes, len);
}

/* Whatever the peer sends: bounded, printable, and nothing in it that is secret. */
static void must_be_fit(const struct lab_end *end, const struct ike_record *r)
{
	const char *password = end->password ? end->password : "";

	if (r->n_offers_kept > IKE_RECORD_OFFERS || r->n_offers < r->n_offers_kept ||
	    (!r->ended_ms && (r->up || r->reason)) || r->changed_ms < r->started_ms)
		abort();
	if (has_bytes(r, end->peer.psk.b, end->peer.psk.len) ||
	    has_bytes(r, password, strlen(password)))
		abort();
	if (r->kind == IKE_RECORD_PHASE1) {
		must_be_printable(r->phase1.id_local.text, IKE_RECORD_TEXT);
		must_be_printable(r->phase1.id_remote.text, IKE_RECORD_TEXT);
		must_be_printable(r->phase1.id_expected.text, IKE_RECORD_TEXT);
	}
	if (r->kind == IKE_RECORD_LOGIN) {
		must_be_printable(r->login.group, IKE_GROUP_MAX);
		must_be_printable(r->login.user, IKE_USER_MAX);
		if (r->login.n_requested > IKE_RECORD_CONFIG)
			abort();
	}
}

static void record(void *ctx, const struct ike_record *r)
{
	struct lab_end *end = ctx;

	must_be_fit(end, r);
	end->n_told++;
	for (size_t i = 0; i < end->n_negotiations; i++) {
		if (is_same(&end->negotiations[i], r)) {
			end->negotiations[i] = *r;
			return;
		}
	}
	if (end->n_negotiations < LAB_NEGOTIATIONS)
		end->negotiations[end->n_negotiations++] = *r;
}

static int job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct lab_end *end = ctx;
	struct lab *lab = end->lab;

	if (end->job_fails_to_queue || lab->n_jobs == 64)
		return -EAGAIN;
	lab->jobs[lab->n_jobs++] = (struct lab_job){work, done, arg};
	return 0;
}

static void debug(void *ctx, const struct ike_said *said)
{
	struct lab_end *end = ctx;
	char line[IKE_SAY_TEXT];
	size_t len = strlen(ike_say_print(said, end->dialect, line, sizeof(line)));

	if (!len)
		return;
	end->log = realloc(end->log, end->log_len + len + 2);
	memcpy(end->log + end->log_len, line, len);
	end->log[end->log_len + len] = '\n';
	end->log_len += len + 1;
	end->log[end->log_len] = 0;
}

static void user(void *ctx, const struct ike_user *u)
{
	struct lab_end *end = ctx;

	end->n_users++;
	end->user = *u;
	end->user_waits = !end->user_stalls;
}

static int client(void *ctx, const struct ike_client_request *request,
		  struct ike_client_config *out, enum ike_reason *why)
{
	struct lab_end *end = ctx;

	(void)request;
	end->n_clients++;
	*why = end->client_refusal;
	if (end->client_refusal)
		return -ENOSPC;
	*out = end->client;
	return 0;
}

struct ike_env lab_env(struct lab_end *end)
{
	return (struct ike_env){
		.ctx = end,
		.now_ms = now_ms,
		.random = random_bytes,
		.send = send_packet,
		.peer = peer,
		.child = child,
		.spi_alloc = spi_alloc,
		.spi_free = spi_free,
		.install_in = install_in,
		.install_out = install_out,
		.child_deleted = child_deleted,
		.heard = heard,
		.event = event,
		.record = record,
		.user = user,
		.client = client,
		.job = job,
		.debug = debug,
	};
}
