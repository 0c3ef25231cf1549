/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whatever stands in evidence, rules make whole sentences of it: no field is left open, nothing
 * runs over its end, roots and what stands under them are in order, and no key is told.
 */
#include "tests/unit/config_test.h"
#include "tests/unit/diagnose_rows.h"

enum {
	ROUNDS = 20000,
	MOST = 4,
	TYPED = 3, /* commands of a code that are tried */
	CONFIGS = 3,
};

struct lab {
	uint64_t state;
	struct ike_record records[IKE_RECORD_KIND_COUNT][MOST];
	struct evidence_sa sas[MOST];
	struct evidence_drop drops[MOST];
	struct evidence_note notes[MOST];
	struct box boxes[CONFIGS];
};

static const char *const configs[CONFIGS] = {
	ROWS_CONFIG,
	ROWS_CONFIG "access-list 102 permit ip 10.0.0.0 0.255.255.255 any\n"
		    "crypto map M 5 ipsec-isakmp\n set peer 10.0.0.9\n set transform-set T\n"
		    " match address 102\ncrypto isakmp keepalive 10 3\n",
	"crypto isakmp policy 10\n authentication pre-share\n" ROWS_SET ROWS_ACL
	"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n" ROWS_IF(
		"") "tunnel-group DefaultL2LGroup type ipsec-l2l\n"
		    "tunnel-group DefaultL2LGroup ipsec-attributes\n pre-shared-key sEcReT\n",
};

static uint32_t draw(struct lab *lab, uint32_t below)
{
	lab->state = lab->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(lab->state >> 33) % below;
}

/* Half of the bytes stay zero: what is absent matters as much. */
static void scatter(struct lab *lab, void *at, size_t len)
{
	uint8_t *p = at;

	memset(p, 0, len);
	for (size_t i = 0; i < len; i++)
		if (draw(lab, 2))
			p[i] = (uint8_t)(draw(lab, 4) ? draw(lab, 8) : draw(lab, 256));
}

static struct prefix draw_net(struct lab *lab)
{
	struct addr a = addr_v4(0x0a000000u | draw(lab, 4) << 16 | draw(lab, 3));

	return prefix_make(&a, (uint8_t)(draw(lab, 2) ? 16 : 32));
}

static struct selector draw_selector(struct lab *lab)
{
	return (struct selector){
		.local = draw_net(lab),
		.remote = draw_net(lab),
		.protocol = (uint8_t)draw(lab, 8),
		.remote_port = (uint16_t)draw(lab, 3),
	};
}

static void draw_times(struct lab *lab, struct ike_record *r)
{
	r->started_ms = NOW - draw(lab, 200000);
	r->changed_ms = r->started_ms + draw(lab, (uint32_t)(NOW - r->started_ms) + 1);
	r->ended_ms = draw(lab, 4) ? r->changed_ms : 0;
	r->up = r->ended_ms && !draw(lab, 6);
	r->reason = r->up ? IKE_REASON_NONE : draw(lab, IKE_REASON_COUNT);
	r->hint = draw(lab, 2) ? IKE_REASON_NONE : draw(lab, IKE_REASON_COUNT);
}

static void draw_bools(struct lab *lab, struct ike_record *r)
{
	r->initiator = draw(lab, 2);
	r->aggressive = !draw(lab, 4);
	r->notify_proven = draw(lab, 2);
	r->nearest.any = draw(lab, 2);
	r->nearest.differs = (uint16_t)(1 << draw(lab, IKE_REFUSAL_COUNT));
	r->nearest.differs |= (uint16_t)(draw(lab, 2) << draw(lab, IKE_REFUSAL_COUNT));
	r->nearest.offered.auth = (uint16_t)(1 + 2 * draw(lab, 2));
	r->chosen.auth = (uint16_t)(1 + 2 * draw(lab, 2));
	r->nearest.wanted.policy = (uint16_t)(1 + draw(lab, 10000));
	r->chosen.policy = (uint16_t)(1 + draw(lab, 10000));
	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++) {
		r->messages[i].ours = (i % 2 == 0) == r->initiator;
		r->messages[i].times = (uint8_t)(i < draw(lab, 7) ? 1 + draw(lab, 5) : 0);
	}
}

static void draw_id(struct lab *lab, struct ike_record_id *id)
{
	static const char *const texts[] = {"10.0.0.2 17/500", "r2.example.org", "", "x y 1/"};

	id->type = (uint8_t)draw(lab, 12);
	snprintf(id->text, sizeof(id->text), "%s", texts[draw(lab, array_len(texts))]);
}

static void draw_phase1(struct lab *lab, struct ike_record_phase1 *p)
{
	memset(p, 0, sizeof(*p));
	p->messages_seen = (uint8_t)draw(lab, 7);
	p->key = (uint8_t)draw(lab, IKE_RECORD_KEY_CERTIFICATE + 1);
	p->undecodable = !draw(lab, 4);
	p->hash_wrong = !draw(lab, 4);
	p->bad_payload = (uint8_t)draw(lab, 256);
	p->natt_local = draw(lab, 2);
	p->unity = draw(lab, 2);
	p->lifetime_s = draw(lab, 1000);
	draw_id(lab, &p->id_local);
	draw_id(lab, &p->id_remote);
	draw_id(lab, &p->id_expected);
}

static void draw_record(struct lab *lab, enum ike_record_kind kind, struct ike_record *r)
{
	scatter(lab, r, sizeof(*r));
	r->kind = kind;
	r->n_offers_kept = (uint8_t)draw(lab, IKE_RECORD_OFFERS + 1);
	r->path = (struct ike_path){.local = addr_v4(0x0a000001u + draw(lab, 2)),
				    .remote = PEER,
				    .remote_port = draw(lab, 2) ? IP_PORT_IKE : IP_PORT_NATT};
	draw_times(lab, r);
	draw_bools(lab, r);
	switch (kind) {
	case IKE_RECORD_PHASE1: draw_phase1(lab, &r->phase1); break;
	case IKE_RECORD_QUICK:
		r->quick = (struct ike_record_quick){
			.tunnel = draw(lab, 3),
			.known = draw(lab, 2),
			.ours = draw_selector(lab),
			.offered = draw_selector(lab),
			.has_offered = draw(lab, 2),
			.ke_received = draw(lab, 2),
			.group_offered = (uint16_t)draw(lab, 3),
			.group_wanted = (uint16_t)draw(lab, 3),
		};
		break;
	default:
		r->login = (struct ike_record_login){
			.group = "g",
			.user = "u",
			.tries = (uint8_t)draw(lab, 4),
			.asked = draw(lab, 2),
			.answered = draw(lab, 2),
			.old_draft = !draw(lab, 4),
			.n_requested = (uint8_t)draw(lab, 4),
		};
	}
}

static void draw_counters(struct lab *lab, struct evidence_counters *now,
			  struct evidence_counters *before)
{
	uint64_t *n = (uint64_t *)now, *b = (uint64_t *)before;

	for (size_t i = 0; i < sizeof(*now) / sizeof(*n); i++) {
		b[i] = draw(lab, 2) ? draw(lab, 100) : 0;
		n[i] = b[i] + (draw(lab, 2) ? draw(lab, 1000) : 0);
	}
}

static void draw_traffic(struct lab *lab)
{
	for (size_t i = 0; i < MOST; i++) {
		struct evidence_sa *sa = &lab->sas[i];
		struct evidence_drop *drop = &lab->drops[i];
		struct evidence_note *note = &lab->notes[i];

		*sa = (struct evidence_sa){
			.spi_in = draw(lab, 9000),
			.selector = draw_selector(lab),
			.suite = {(uint8_t)draw(lab, ALG_CIPHER_COUNT),
				  (uint8_t)draw(lab, ALG_HASH_COUNT)},
			.current = draw(lab, 2),
			.newest = draw(lab, 2),
			.up = draw(lab, 4),
			.age_s = draw(lab, 400),
			.window = 64,
			.late_verified = draw(lab, 50),
			.late_most = draw(lab, 500),
			.reorder_most = draw(lab, 500),
			.wanted_window = draw(lab, 2) ? 1024 : 0,
			.in_reassembled = draw(lab, 9),
			.mtu = draw(lab, 2) ? 1400 : 0,
			.in_last_ms = NOW - draw(lab, 90000),
			.out_last_ms = NOW - draw(lab, 20000),
		};
		draw_counters(lab, &sa->now, &sa->before);
		*drop = (struct evidence_drop){
			.reason = draw(lab, DROP_COUNT),
			.lately = draw(lab, 50),
			.total = 50,
			.last_ms = NOW - draw(lab, 60000),
			.spi = draw(lab, 2),
			.flow = draw_selector(lab),
			.spi_ended_ms = draw(lab, 2) ? NOW - draw(lab, 60000) : 0,
			.spi_reason = draw(lab, IKE_REASON_COUNT),
		};
		*note = (struct evidence_note){
			.kind = (uint8_t)draw(lab, EVIDENCE_KIND_COUNT),
			.at_ms = NOW - draw(lab, 900000),
			.n = draw(lab, 2000),
			.count = draw(lab, 4),
			.other = addr_v4(0x0a000003u),
			.text = "somebody",
		};
	}
}

static struct evidence draw_evidence(struct lab *lab)
{
	const struct config *config = &lab->boxes[draw(lab, CONFIGS)].config;
	struct evidence e = {
		.now_ms = NOW,
		.config = draw(lab, 5) ? config : NULL,
		.local = OUR_END,
		.peer = PEER,
		.phase1 = lab->records[IKE_RECORD_PHASE1],
		.n_phase1 = draw(lab, MOST),
		.quick = lab->records[IKE_RECORD_QUICK],
		.n_quick = draw(lab, MOST),
		.login = lab->records[IKE_RECORD_LOGIN],
		.n_login = draw(lab, MOST),
		.sas = lab->sas,
		.n_sas = draw(lab, MOST),
		.drops = lab->drops,
		.n_drops = draw(lab, MOST),
		.notes = lab->notes,
		.n_notes = draw(lab, MOST),
		.ike_up = draw(lab, 2),
		.ike_age_s = draw(lab, 300),
		.phase1_lately = draw(lab, 6),
		.phase1_span_s = 600,
		.wanted = draw(lab, 2),
		.client = draw(lab, 2),
		.link_up = draw(lab, 2),
	};

	for (int kind = 0; kind < IKE_RECORD_KIND_COUNT; kind++)
		for (size_t i = 0; i < MOST; i++)
			draw_record(lab, kind, &lab->records[kind][i]);
	draw_traffic(lab);
	if (e.config && draw(lab, 4))
		e.map = config_model_map(e.config, "M");
	if (e.map && draw(lab, 4))
		e.entry = &e.map->entries[draw(lab, (uint32_t)e.map->n_entries)];
	if (draw(lab, 2))
		e.seen = addr_v4(0x0a000002u + draw(lab, 2));
	if (draw(lab, 2))
		strcpy(e.in_interface, GI1);
	if (draw(lab, 4))
		strcpy(e.out_interface, GI0);
	return e;
}

static void check_text(const struct diagnosis *d, const char *text)
{
	if (!text[0] || strpbrk(text, "{}\n\t") || strstr(text, "sEcReT") || strstr(text, "(null)"))
		fail_msg("%s: \"%s\"", diagnose_name(d->code), text);
}

/* What stands for what only the operator knows. */
static const struct {
	const char *word;
	const char *typed;
} words[] = {
	{"<key>", "k"},
	{"<next hop>", "10.0.0.254"},
	{"<gateway>", "10.0.0.254"},
	{"<number>", "7"},
	{"<interface>", "gi0/0"},
	{"<group>", "group14"},
	{"<list>", "L"},
	{"<name>", "n"},
	{"<map>", "M"},
	{"<seconds>", "300"},
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void fill_in(const char *command, char *out, size_t size)
{
	size_t n = 0;

	while (*command && n + 1 < size) {
		size_t i = 0;

		while (i < array_len(words) && !begins(command, words[i].word))
			i++;
		if (i == array_len(words)) {
			out[n++] = *command++;
			continue;
		}
		n += (size_t)snprintf(out + n, size - n, "%s", words[i].typed);
		command += strlen(words[i].word);
	}
	out[n] = '\0';
}

static bool is_configuration(const char *command)
{
	static const char *const others[] = {"show ", "debug ", "ping ",
					     "test ", "clear ", "crypto pki "};

	for (size_t i = 0; i < array_len(others); i++)
		if (begins(command, others[i]))
			return false;
	return !strstr(command, "(on ") && !strstr(command, "(renumber ");
}

/* Lines with " / " between them, where somebody configures. */
static void type(const char *configuration, const char *command)
{
	char text[DIAGNOSE_TEXT], *line = text, *next;
	struct box b;

	box_init(&b);
	box_feed(&b, configuration);
	fill_in(command, text, sizeof(text));
	for (; line; line = next) {
		next = strstr(line, " / ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		if (box_line(&b, line))
			fail_msg("\"%s\" of \"%s\" cannot be typed", line, command);
	}
	box_fini(&b);
}

static void check(const struct diagnose_list *list, size_t *named)
{
	char text[2 * DIAGNOSE_TEXT];
	size_t n_roots = 0;

	assert_true(list->n <= DIAGNOSE_MAX);
	for (size_t i = 0; i < list->n; i++) {
		const struct diagnosis *d = &list->items[i];

		assert_in_range(d->code, 1, DIAGNOSE_CODE_COUNT - 1);
		named[d->code]++;
		n_roots += !d->under;
		if (d->under)
			assert_true(d->under <= i && !list->items[d->under - 1].under);
		check_text(d, diagnose_sentence(d, text, sizeof(text)));
		check_text(d, diagnose_command(d, text, sizeof(text)));
		check_text(d, d->saw);
		assert_int_equal(d->sureness == DIAGNOSE_EITHER, d->other != DIAGNOSE_NONE);
		assert_int_equal(d->sureness == DIAGNOSE_EITHER, d->decide[0] != '\0');
		for (size_t k = 0; k < i; k++)
			assert_false(list->items[k].code == d->code);
	}
	assert_true(n_roots <= DIAGNOSE_ROOTS);
	assert_true(n_roots || !list->n);
}

/* Those of the stages that records alone decide. */
static const struct rules_table *const tables[] = {
	&rules_way, &rules_offer, &rules_proof, &rules_quick, &rules_life,
};

static bool is_of_tables(enum diagnose_code code)
{
	for (size_t t = 0; t < array_len(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (tables[t]->rows[i].code == code)
				return true;
	return false;
}

static void lab_setup(struct lab *lab)
{
	for (size_t i = 0; i < CONFIGS; i++) {
		box_init(&lab->boxes[i]);
		box_feed(&lab->boxes[i], configs[i]);
	}
}

static void lab_teardown(struct lab *lab)
{
	for (size_t i = 0; i < CONFIGS; i++)
		box_fini(&lab->boxes[i]);
}

static void every_sentence_is_whole(void **state)
{
	static struct lab lab = {.state = 20260611};
	size_t named[DIAGNOSE_CODE_COUNT] = {0};

	(void)state;
	lab_setup(&lab);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct evidence e = draw_evidence(&lab);
		struct diagnose_list list;

		diagnose_peer(&e, &list);
		check(&list, named);
	}
	for (size_t t = 0; t < array_len(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (!named[tables[t]->rows[i].code])
				fail_msg("%s is never said",
					 diagnose_name(tables[t]->rows[i].code));
	lab_teardown(&lab);
}

static void every_command_can_be_typed(void **state)
{
	static struct lab lab = {.state = 20261122};
	size_t typed[DIAGNOSE_CODE_COUNT] = {0};
	char text[DIAGNOSE_TEXT];

	(void)state;
	lab_setup(&lab);
	for (size_t i = 0; i < ROUNDS / 4; i++) {
		struct evidence e = draw_evidence(&lab);
		struct diagnose_list list;

		diagnose_peer(&e, &list);
		for (size_t k = 0; e.config && k < list.n; k++) {
			const struct diagnosis *d = &list.items[k];
			size_t config =
				(size_t)((const struct box *)(const void *)e.config - lab.boxes);

			diagnose_command(d, text, sizeof(text));
			if (is_of_tables(d->code) && is_configuration(text) &&
			    typed[d->code]++ < TYPED)
				type(configs[config], text);
		}
	}
	lab_teardown(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_is_whole),
		cmocka_unit_test(every_command_can_be_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
