/* SPDX-License-Identifier: BSD-3-Clause */
/* Two engines that disagree in one thing, and what each of them says of it by what it saw alone. */
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/diagnose/evidence.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	A,
	B,
	QUIET_MS = 120000, /* so long nothing more is tried */
	KINDS = IKE_RECORD_KIND_COUNT,
	TEXT = 400,
};

struct row {
	const char *name;
	void (*disagree)(struct lab *lab);
	enum diagnose_code code[2]; /* of A, who begins, and of B; NONE = nothing */
	const char *sentence[2];    /* begins so */
};

struct records {
	struct ike_record rows[KINDS][EVIDENCE_RECORDS];
	size_t n[KINDS];
};

static void other_cipher(struct lab *lab)
{
	lab->ends[B].peer.policies[0].cipher = ALG_CIPHER_3DES;
}

static void other_key_length(struct lab *lab)
{
	lab->ends[B].peer.policies[0].cipher = ALG_CIPHER_AES_128;
}

static void other_hash(struct lab *lab)
{
	lab->ends[B].peer.policies[0].hash = ALG_HASH_MD5;
}

static void other_group(struct lab *lab)
{
	lab->ends[B].peer.policies[0].group = 14;
}

static void other_hash_and_group(struct lab *lab)
{
	other_hash(lab);
	other_group(lab);
}

static void other_key(struct lab *lab)
{
	secret_set(&lab->ends[B].peer.psk, "another secret", 14);
}

static void name_instead_of_address(struct lab *lab)
{
	struct ike_id *id = &lab->ends[A].peer.local_id;

	*id = (struct ike_id){.type = IKE_ID_FQDN, .len = 9};
	memcpy(id->data, "a.example", 9);
}

static void name_of_responder(struct lab *lab)
{
	struct ike_id *id = &lab->ends[B].peer.local_id;

	*id = (struct ike_id){.type = IKE_ID_FQDN, .len = 9};
	memcpy(id->data, "b.example", 9);
}

static void unknown(struct lab *lab)
{
	lab->ends[B].unknown_peer = true;
}

static void silence(struct lab *lab)
{
	lab->cut = true;
}

static void other_proxies(struct lab *lab)
{
	lab->ends[B].child.selector.remote.len = 25;
}

static void other_transform(struct lab *lab)
{
	lab->ends[B].child.suites[0] = (struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_MD5};
}

static void other_pfs(struct lab *lab)
{
	lab->ends[A].child.pfs_group = 2;
	lab->ends[B].child.pfs_group = 5;
}

static void pfs_of_responder(struct lab *lab)
{
	lab->ends[B].child.pfs_group = 5;
}

static void pfs_of_initiator(struct lab *lab)
{
	lab->ends[A].child.pfs_group = 5;
}

static void no_entry(struct lab *lab)
{
	lab->ends[B].no_map = true;
}

static void shorter_life(struct lab *lab)
{
	lab->ends[B].child.lifetime_s = 1200;
}

static void nat_without_traversal(struct lab *lab)
{
	lab->nat = true;
	lab->ends[B].peer.nat_traversal = false;
}

static void nat(struct lab *lab)
{
	lab->nat = true;
}

static void aggressive(struct lab *lab)
{
	lab->ends[A].peer.aggressive = true;
	lab->ends[B].peer.aggressive = true;
}

static void aggressive_other_key(struct lab *lab)
{
	aggressive(lab);
	other_key(lab);
}

static void aggressive_other_hash(struct lab *lab)
{
	aggressive(lab);
	other_hash(lab);
}

static void aggressive_refused(struct lab *lab)
{
	lab->ends[A].peer.aggressive = true;
}

static void nothing(struct lab *)
{
}

static enum lab_fate twice(struct lab *, size_t, struct lab_packet *)
{
	return LAB_DUPLICATE;
}

static void duplicates(struct lab *lab)
{
	lab->fate = twice;
}

static enum lab_fate every_third(struct lab *, size_t n, struct lab_packet *)
{
	return n % 3 ? LAB_DELIVER : LAB_DROP;
}

static void losses(struct lab *lab)
{
	lab->fate = every_third;
}

static enum lab_fate no_answers(struct lab *, size_t, struct lab_packet *packet)
{
	return packet->to == A ? LAB_DROP : LAB_DELIVER;
}

static void answers_lost(struct lab *lab)
{
	lab->fate = no_answers;
}

static const struct row rows[] = {
	{"nothing", nothing, {0}, {0}},
	{"everything comes twice", duplicates, {0}, {0}},
	{"a third is lost", losses, {0}, {0}},
	{"a shorter lifetime", shorter_life, {0}, {0}},
	{"a NAT", nat, {0}, {0}},
	{"aggressive mode", aggressive, {0}, {0}},
	{"PFS of the initiator", pfs_of_initiator, {0}, {0}},
	{"the cipher", other_cipher, {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_POLICY_ENC}, {0}},
	{"the length of the key",
	 other_key_length,
	 {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_POLICY_ENC},
	 {NULL, "Peer 10.0.0.1 offers AES-CBC-256, policy 10 wants AES-CBC-128."}},
	{"the hash", other_hash, {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_POLICY_HASH}, {0}},
	{"the group", other_group, {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_GROUP}, {0}},
	{"hash and group",
	 other_hash_and_group,
	 {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_POLICY},
	 {NULL,
	  "None of 1 transforms from 10.0.0.1 matches a local policy (closest policy 10: hash "
	  "SHA instead of MD5, group 2 instead of 14)."}},
	{"the key", other_key, {DIAGNOSE_P1_PSK, DIAGNOSE_P1_PSK}, {0}},
	{"a name of the initiator",
	 name_instead_of_address,
	 {DIAGNOSE_P1_ID, DIAGNOSE_P1_ID},
	 {"This end identifies itself as fqdn:a.example, expected another by 10.0.0.2.",
	  "10.0.0.1 identifies itself as fqdn:a.example, expected address:10.0.0.1."}},
	{"a name of the responder",
	 name_of_responder,
	 {DIAGNOSE_P1_ID, DIAGNOSE_NONE},
	 {"10.0.0.2 identifies itself as fqdn:b.example, expected address:10.0.0.2.", NULL}},
	{"the peer is unknown", unknown, {DIAGNOSE_P1_NO_ANSWER, DIAGNOSE_P1_NO_KEY}, {0}},
	{"nothing arrives", silence, {DIAGNOSE_P1_NO_ANSWER, DIAGNOSE_NONE}, {0}},
	{"no answer arrives", answers_lost, {DIAGNOSE_P1_NO_ANSWER, DIAGNOSE_NONE}, {0}},
	{"the proxies",
	 other_proxies,
	 {DIAGNOSE_P2_PEER_REFUSED, DIAGNOSE_P2_PROXY},
	 {"10.0.0.2 refused quick mode: INVALID_ID_INFORMATION.",
	  "10.0.0.1 proposes 192.168.1.0/24 to 192.168.2.0/24"}},
	{"the transform", other_transform, {DIAGNOSE_P2_PEER_REFUSED, DIAGNOSE_P2_TRANSFORM}, {0}},
	{"PFS in another group",
	 other_pfs,
	 {DIAGNOSE_P2_PEER_REFUSED, DIAGNOSE_P2_PFS},
	 {NULL, "PFS differs: 10.0.0.1 sent group 2 in a KE payload"}},
	{"PFS of the responder",
	 pfs_of_responder,
	 {DIAGNOSE_P2_PEER_REFUSED, DIAGNOSE_P2_PFS},
	 {NULL, "PFS differs: 10.0.0.1 did not send a KE payload"}},
	{"no entry", no_entry, {DIAGNOSE_P2_PEER_REFUSED, DIAGNOSE_P2_NO_POLICY}, {0}},
	{"a NAT, and no NAT traversal",
	 nat_without_traversal,
	 {DIAGNOSE_P1_ID, DIAGNOSE_NATT_NEEDED},
	 {0}},
	{"aggressive mode, the key",
	 aggressive_other_key,
	 {DIAGNOSE_P1_PSK, DIAGNOSE_P1_AG_STUCK},
	 {0}},
	{"aggressive mode, the hash",
	 aggressive_other_hash,
	 {DIAGNOSE_P1_REJECTED, DIAGNOSE_P1_POLICY_HASH},
	 {0}},
	{"aggressive mode is not enabled",
	 aggressive_refused,
	 {DIAGNOSE_P1_NO_ANSWER, DIAGNOSE_P1_AGGRESSIVE},
	 {0}},
};

static void take(const struct lab_end *end, struct records *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = end->n_negotiations; i-- > 0;) {
		const struct ike_record *r = &end->negotiations[i];

		if (out->n[r->kind] < EVIDENCE_RECORDS)
			out->rows[r->kind][out->n[r->kind]++] = *r;
	}
}

static void diagnose(const struct lab *lab, int end, struct diagnose_list *list)
{
	struct records records;
	struct evidence e;

	take(&lab->ends[end], &records);
	e = (struct evidence){
		.now_ms = lab->now_ms,
		.local = lab->ends[end].addr,
		.peer = lab->ends[!end].addr,
		.link_up = true,
		.phase1 = records.rows[IKE_RECORD_PHASE1],
		.n_phase1 = records.n[IKE_RECORD_PHASE1],
		.quick = records.rows[IKE_RECORD_QUICK],
		.n_quick = records.n[IKE_RECORD_QUICK],
		.login = records.rows[IKE_RECORD_LOGIN],
		.n_login = records.n[IKE_RECORD_LOGIN],
		.ike_up = lab_up(lab, end) > 0,
	};
	diagnose_peer(&e, list);
}

static void check(const struct row *row, int end, const struct diagnose_list *list)
{
	enum diagnose_code root = list->n ? list->items[0].code : DIAGNOSE_NONE;
	char text[TEXT];

	if (root != row->code[end])
		fail_msg("%s: %s says %s, and not %s", row->name, end == A ? "A" : "B",
			 diagnose_name(root), diagnose_name(row->code[end]));
	for (size_t i = 0; i < list->n; i++) {
		diagnose_sentence(&list->items[i], text, sizeof(text));
		if (strpbrk(text, "{}") || (i && !list->items[i].under))
			fail_msg("%s: %s", row->name, text);
	}
	if (!row->sentence[end])
		return;
	diagnose_sentence(&list->items[0], text, sizeof(text));
	if (strncmp(text, row->sentence[end], strlen(row->sentence[end])) != 0)
		fail_msg("%s: %s", row->name, text);
}

static void each_end_says_what_it_can_know(void **state)
{
	static struct lab lab;
	struct diagnose_list list;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		lab_init(&lab);
		rows[i].disagree(&lab);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, A), 0);
		lab_run(&lab, QUIET_MS);
		for (int end = A; end <= B; end++) {
			diagnose(&lab, end, &list);
			check(&rows[i], end, &list);
		}
		lab_fini(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_says_what_it_can_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
