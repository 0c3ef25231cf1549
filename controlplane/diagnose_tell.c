/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose_tell.h"

#include "controlplane/api_diagnose.h"
#include "controlplane/id_map.h"
#include "controlplane/ike/ike_say.h"

#include <stdio.h>
#include <string.h>

enum {
	LINE = 1100,
	WHO = 160,
	MS = 1000,
};

/* What is said of one peer does not keep another's from being said; strangers share. */
static uint32_t key_of(const struct evidence_place *p)
{
	if (p->class == EVIDENCE_STRANGER)
		return 0;
	return (uint32_t)id_map_hash(ID_MAP_SEED, p->addr.b, sizeof(p->addr.b));
}

/* Of no peer: of the appliance itself. */
static const char *print_peer(const struct addr *peer, char buf[ADDR_TEXT])
{
	return addr_is_none(peer) ? strcpy(buf, "none") : addr_print(peer, buf, ADDR_TEXT);
}

/* "peer 10.0.0.2, map M 10" */
static const char *who_of(const struct diagnosis *d, const struct addr *peer, char buf[WHO])
{
	char text[ADDR_TEXT];
	int n = addr_is_none(peer)
			? snprintf(buf, WHO, "the appliance")
			: snprintf(buf, WHO, "peer %s", addr_print(peer, text, sizeof(text)));

	if (d->map[0] && d->sequence)
		snprintf(buf + n, WHO - (size_t)n, ", map %s %u", d->map, d->sequence);
	return buf;
}

static const struct addr *peer_of(const struct evidence_place *p, const struct diagnosis *d)
{
	return addr_is_none(&d->peer) ? &p->addr : &d->peer;
}

static void log_found(struct control *c, const struct evidence_place *p, const struct diagnosis *d,
		      const struct diagnose_found *instead)
{
	char ios[LINE], asa[LINE], who[WHO], was[64] = "", peer[ADDR_TEXT];
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];

	diagnose_sentence(d, sentence, sizeof(sentence));
	diagnose_command(d, command, sizeof(command));
	if (instead)
		snprintf(was, sizeof(was), " (was %s)", diagnose_name(instead->d.code));
	print_peer(peer_of(p, d), peer);
	snprintf(ios, sizeof(ios), "%s%s, %s: %s -> %s", diagnose_name(d->code), was,
		 who_of(d, peer_of(p, d), who), sentence, command);
	snprintf(asa, sizeof(asa), "IP = %s, Diagnosis %s%s: %s -> %s", peer,
		 diagnose_name(d->code), was, sentence, command);
	debug_log_event_of(c->log, DEBUG_LOG_DIAGNOSIS, key_of(p), ios, asa);
}

static void debug_found(struct control *c, const struct evidence_place *p,
			const struct diagnosis *d)
{
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];
	const struct ike_arg args[] = {
		IKE_ARG(diagnose_name(d->code)),
		IKE_ARG(diagnose_sentence(d, sentence, sizeof(sentence))),
		IKE_ARG((const char *)d->saw),
		IKE_ARG(diagnose_command(d, command, sizeof(command))),
	};
	const struct ike_said said = {
		.id = IKE_SAY_DIAGNOSIS,
		.args = args,
		.n = array_len(args),
		.peer = peer_of(p, d),
		.local = addr_is_none(&p->path.local) ? NULL : &p->path.local,
	};

	if (debug_log_wants(c->log, IKE_TOPIC_ISAKMP))
		debug_log_say(c->log, &said);
}

void diagnose_tell_found(struct control *c, const struct evidence_place *p,
			 const struct diagnosis *d, const struct diagnose_found *instead)
{
	log_found(c, p, d, instead);
	debug_found(c, p, d);
	api_diagnose_event(c, instead ? "changed" : "appeared", d,
			   instead ? instead->d.code : DIAGNOSE_NONE);
}

void diagnose_tell_cleared(struct control *c, const struct evidence_place *p,
			   const struct diagnose_found *f)
{
	uint64_t s = (c->now_ms() - f->since_ms) / MS;
	char ios[LINE], asa[LINE], who[WHO], peer[ADDR_TEXT];

	print_peer(peer_of(p, &f->d), peer);
	snprintf(ios, sizeof(ios), "%s, %s: cleared after %llu s", diagnose_name(f->d.code),
		 who_of(&f->d, peer_of(p, &f->d), who), (unsigned long long)s);
	snprintf(asa, sizeof(asa), "IP = %s, Diagnosis %s: cleared after %llu s", peer,
		 diagnose_name(f->d.code), (unsigned long long)s);
	debug_log_event_of(c->log, DEBUG_LOG_DIAGNOSIS_CLEARED, key_of(p), ios, asa);
	api_diagnose_event(c, "cleared", &f->d, DIAGNOSE_NONE);
}
