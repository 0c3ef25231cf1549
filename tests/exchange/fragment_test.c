/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IKE fragments (Cisco's payload 132): agreed on by vendor ID, over a channel that loses, doubles,
 * reorders and damages pieces, 8 KB across an MTU of 1280 both ways; and
 * hostile.md H070-H078.
 */
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_vendor.h"
#include "lib/base/wbuf.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	MTU = 1280,
	SMALL_MTU = 160,
	IP_UDP = 28,
	VENDOR_BYTES = 4000,
	NEXT_AT = 16 /* first payload, in the header */
};

static void fragmenting(struct lab *lab)
{
	lab_init(lab);
	for (int i = 0; i < 2; i++) {
		lab->ends[i].peer.fragmentation = true;
		lab->ends[i].peer.dpd_s = 0;
	}
}

static bool is_piece(const struct lab_packet *p)
{
	size_t at = p->path.local_port == 4500 ? 4 : 0;

	return p->data[at + NEXT_AT] == IKE_PAYLOAD_FRAGMENT;
}

static size_t count_pieces(const struct lab *lab, int to)
{
	size_t n = 0;

	for (size_t i = 0; i < lab->n_record; i++)
		n += lab->record[i]->to == to && is_piece(lab->record[i]);
	return n;
}

static size_t largest(const struct lab *lab)
{
	size_t most = 0;

	for (size_t i = 0; i < lab->n_record; i++)
		if (lab->record[i]->len > most)
			most = lab->record[i]->len;
	return most;
}

static bool names_fragmentation(const struct lab_packet *p)
{
	const struct ike_vendor_row *row = ike_vendor_row(IKE_VENDOR_FRAGMENTATION);

	return memmem(p->data, p->len, row->id, row->len);
}

static void large_messages_leave_in_pieces(void **)
{
	for (int nat = 0; nat < 2; nat++) {
		struct lab lab;

		fragmenting(&lab);
		lab.nat = nat;
		lab.ends[0].peer.mtu = SMALL_MTU;
		lab.ends[1].peer.mtu = SMALL_MTU;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		assert_true(names_fragmentation(lab.record[0]));
		assert_true(names_fragmentation(lab.record[1]));
		assert_true(count_pieces(&lab, 0) >= 4);
		assert_true(count_pieces(&lab, 1) >= 4);
		for (size_t i = 2; i < lab.n_record; i++)
			assert_true(lab.record[i]->len + IP_UDP <= SMALL_MTU);
		assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
		lab_fini(&lab);
	}
}

/* With one end that does not want it, nothing is in pieces and message 2 is silent about it. */
static void both_ends_have_to_agree(void **)
{
	for (int off = 0; off < 2; off++) {
		struct lab lab;

		fragmenting(&lab);
		lab.ends[off].peer.fragmentation = false;
		lab.ends[0].peer.mtu = SMALL_MTU;
		lab.ends[1].peer.mtu = SMALL_MTU;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		assert_int_equal(names_fragmentation(lab.record[0]), off == 1);
		assert_false(names_fragmentation(lab.record[1]));
		assert_int_equal(count_pieces(&lab, 0) + count_pieces(&lab, 1), 0);
		lab_fini(&lab);
	}
}

static void capabilities_stand_behind_the_vendor_id(void **)
{
	uint8_t id[20];

	memcpy(id, ike_vendor_row(IKE_VENDOR_FRAGMENTATION)->id, sizeof(id));
	assert_int_equal(ike_vendor_find(id, 16), IKE_VENDOR_FRAGMENTATION);
	assert_int_equal(ike_vendor_find(id, 20), IKE_VENDOR_FRAGMENTATION);
	id[16] = 0x80; /* strongSwan: main mode only */
	assert_int_equal(ike_vendor_find(id, 20), IKE_VENDOR_FRAGMENTATION);
	id[16] = 0;
	assert_int_equal(ike_vendor_find(id, 20), IKE_VENDOR_COUNT);
}

/* What the channel does with pieces. */
struct channel {
	size_t n; /* pieces so far */
	size_t at;
	enum lab_fate what;
	uint16_t id; /* of the next message */
};

/* Messages 3 and 4 get 8 KB of vendor IDs and leave in pieces. */
static enum lab_fate grow(struct lab *lab, size_t, struct lab_packet *p)
{
	static uint8_t body[VENDOR_BYTES];
	struct channel *channel = lab->fate_ctx;
	struct ike_datagram *d;

	if (is_piece(p))
		return channel->n++ == channel->at ? channel->what : LAB_DELIVER;
	if (p->data[NEXT_AT] != IKE_PAYLOAD_KE)
		return LAB_DELIVER;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)(i * 7 + i / 256);
	assert_true(forge_add(lab, p, IKE_PAYLOAD_VENDOR, body, sizeof(body), false));
	assert_true(forge_add(lab, p, IKE_PAYLOAD_VENDOR, body, sizeof(body), false));
	d = calloc(1, sizeof(*d) + p->len);
	d->path = (struct ike_path){
		.local = p->path.remote,
		.remote = p->path.local,
		.local_port = p->path.remote_port,
		.remote_port = p->path.local_port,
	};
	d->fragment_mtu = MTU;
	d->fragment_id = channel->id;
	d->fragment_exchange = IKE_EXCHANGE_MAIN;
	d->len = p->len;
	memcpy(d->data, p->data, p->len);
	ike_fragment_send(lab->ends[!p->to].engine, d);
	free(d);
	return LAB_DROP;
}

/* Returns how many pieces there were. */
static size_t carry_large(size_t at, enum lab_fate what)
{
	struct channel channel = {.at = at, .what = what, .id = 1};
	struct lab lab;

	fragmenting(&lab);
	lab.fate = grow;
	lab.fate_ctx = &channel;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 60000);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(largest(&lab) + IP_UDP <= MTU);
	if (what == LAB_DELIVER)
		assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
	return channel.n;
}

static void eight_kilobytes_cross_both_ways(void **)
{
	assert_int_equal(carry_large(SIZE_MAX, LAB_DELIVER), 14);
}

static void no_piece_is_needed_the_first_time(void **)
{
	static const enum lab_fate fates[] = {LAB_DROP, LAB_DUPLICATE, LAB_CORRUPT, LAB_DELAY};

	for (size_t i = 0; i < array_len(fates); i++)
		for (size_t at = 0; at < 14; at++)
			carry_large(at, fates[i]);
}

/* A lab that agreed on fragmentation and has come to message 4, with A's cookies in front. */
struct hostile {
	struct lab lab;
	struct ike_path path; /* of A, as B sees it */
	uint8_t cookies[2 * IKE_COOKIE_LEN];
};

static void hostile_init(struct hostile *h)
{
	struct ike_sa *sa;

	fragmenting(&h->lab);
	lab_start(&h->lab);
	assert_int_equal(lab_initiate(&h->lab, 0), 0);
	lab_settle(&h->lab);
	sa = forge_sa(&h->lab, 1);
	assert_non_null(sa);
	h->path = sa->path;
	memcpy(h->cookies, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(h->cookies + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
}

struct piece {
	uint16_t id;
	uint8_t number;
	uint8_t flags;
	const void *data;
	size_t len;
	int lie; /* added to the length of the payload */
};

static void put(struct hostile *h, const struct piece *piece)
{
	uint8_t buf[IKE_DATAGRAM_MAX];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	wbuf_bytes(&w, h->cookies, sizeof(h->cookies));
	wbuf_u8(&w, IKE_PAYLOAD_FRAGMENT);
	wbuf_u8(&w, 0x10);
	wbuf_u8(&w, IKE_EXCHANGE_MAIN);
	wbuf_u8(&w, 0);
	wbuf_u32(&w, 0);
	wbuf_u32(&w, (uint32_t)(IKE_HEADER_LEN + 8 + piece->len));
	wbuf_u16(&w, 0);
	wbuf_u16(&w, (uint16_t)(8 + (int)piece->len + piece->lie));
	wbuf_u16(&w, piece->id);
	wbuf_u8(&w, piece->number);
	wbuf_u8(&w, piece->flags);
	wbuf_bytes(&w, piece->data, piece->len);
	assert_false(w.bad);
	lab_inject_path(&h->lab, 1, &h->path, buf, w.len);
}

static uint64_t counted(const struct hostile *h, enum ike_counter counter)
{
	return lab_counter(&h->lab, 1, counter);
}

/* H071: at most one of them is a piece, so there is never a whole. */
static void malformed_pieces_are_dropped(void **)
{
	static const struct piece bad[] = {
		{1, 1, 1, "", 0, 0},   {1, 0, 1, "x", 1, 0},  {0, 1, 1, "x", 1, 0},
		{1, 1, 2, "x", 1, 0},  {1, 1, 1, "x", 1, -1}, {1, 1, 1, "x", 1, -5},
		{1, 1, 1, "x", 1, -9}, {1, 1, 1, "x", 1, 1},  {1, 1, 1, "x", 1, 60000},
	};
	struct hostile h;

	hostile_init(&h);
	for (size_t i = 0; i < array_len(bad); i++) {
		put(&h, &bad[i]);
		assert_int_equal(counted(&h, IKE_COUNT_FRAG_BAD), i + 1);
	}
	assert_int_equal(lab_rejected(&h.lab, 1), array_len(bad));
	assert_null(forge_sa(&h.lab, 1)->fragments);
	lab_fini(&h.lab);
}

static void pieces_nobody_agreed_on_are_dropped(void **)
{
	struct hostile h;

	hostile_init(&h);
	forge_sa(&h.lab, 1)->fragmentation = false;
	put(&h, &(struct piece){1, 1, 1, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_UNEXPECTED), 1);
	/* nor does a first message come in pieces */
	memset(h.cookies + IKE_COOKIE_LEN, 0, IKE_COOKIE_LEN);
	put(&h, &(struct piece){1, 1, 1, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_NO_SA), 1);
	assert_int_equal(lab_rejected(&h.lab, 1), 2);
	lab_fini(&h.lab);
}

/* H072 */
static void sum_of_lengths_is_bounded(void **)
{
	static const uint8_t data[3000];
	struct hostile h;

	hostile_init(&h);
	for (uint8_t i = 1; i <= 4; i++)
		put(&h, &(struct piece){1, i, 0, data, sizeof(data), 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_TOO_BIG), 1);
	assert_null(forge_sa(&h.lab, 1)->fragments);
	assert_int_equal(h.lab.ends[1].engine->n_fragments, 0);
	lab_fini(&h.lab);
}

/* H073: without the first or the last it ends after ten seconds, and with it its memory. */
static void incomplete_message_is_forgotten(void **)
{
	struct hostile h;

	hostile_init(&h);
	put(&h, &(struct piece){1, 2, 1, "x", 1, 0});
	lab_run(&h.lab, IKE_FRAGMENT_WAIT_MS - 1);
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_INCOMPLETE), 0);
	lab_run(&h.lab, 1);
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_INCOMPLETE), 1);
	assert_null(forge_sa(&h.lab, 1)->fragments);
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	lab_run(&h.lab, IKE_FRAGMENT_WAIT_MS);
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_INCOMPLETE), 2);
	/* and an SA that ends takes it along */
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	assert_int_equal(ike_engine_clear(h.lab.ends[1].engine, 0, NULL), 1);
	assert_int_equal(h.lab.ends[1].engine->n_fragments, 0);
	assert_int_equal(lab_rejected(&h.lab, 1), 2);
	lab_fini(&h.lab);
}

/* H073, H074: what does not fit throws away what was there. */
static void contradicting_pieces_begin_anew(void **)
{
	static const struct piece second[] = {
		{1, 1, 0, "y", 1, 0},  /* another content */
		{1, 1, 0, "xx", 2, 0}, /* another length */
		{2, 2, 0, "x", 1, 0},  /* another message */
		{1, 1, 1, "x", 1, 0},  /* the last one after all, */
		{1, 2, 1, "x", 1, 0},  /* with a higher one there */
	};
	struct hostile h;

	hostile_init(&h);
	for (size_t i = 0; i < array_len(second); i++) {
		uint64_t before = lab_rejected(&h.lab, 1);

		put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
		put(&h, &(struct piece){1, 3, 0, "x", 1, 0});
		put(&h, &(struct piece){1, 3, 0, "x", 1, 0});
		assert_int_equal(counted(&h, IKE_COUNT_DUP), i + 1);
		put(&h, &second[i]);
		assert_int_equal(counted(&h, IKE_COUNT_FRAG_CONFLICT), i + 1);
		ike_fragment_forget(forge_sa(&h.lab, 1));
		/* "x" alone is no message */
		assert_int_equal(lab_rejected(&h.lab, 1), before + 2 + (i == 3));
	}
	/* two last ones */
	put(&h, &(struct piece){1, 3, 1, "x", 1, 0});
	put(&h, &(struct piece){1, 2, 1, "x", 1, 0});
	put(&h, &(struct piece){1, 3, 0, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_CONFLICT), array_len(second) + 2);
	lab_fini(&h.lab);
}

/* H075, H076 */
static void number_of_pieces_is_bounded(void **)
{
	struct hostile h;

	hostile_init(&h);
	for (unsigned i = 255; i > 0; i--)
		put(&h, &(struct piece){1, (uint8_t)i, i == 255, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_LIMIT), 255 - IKE_FRAGMENT_PIECES);
	assert_int_equal(forge_sa(&h.lab, 1)->engine->n_fragments, 1);
	lab_fini(&h.lab);
}

/* H075: of all SAs; one that has authenticated takes the room of one that has not. */
static void number_of_messages_is_bounded(void **)
{
	struct ike_engine *engine;
	struct ike_sa *mine, *sa;
	struct hostile h;

	hostile_init(&h);
	mine = forge_sa(&h.lab, 1);
	engine = mine->engine;
	for (unsigned i = 0; i < IKE_FRAGMENT_MESSAGES; i++) {
		sa = ike_sa_create(engine, &h.path, false, h.cookies);
		sa->fragmentation = true;
		memcpy(h.cookies + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
		put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	}
	assert_int_equal(engine->n_fragments, IKE_FRAGMENT_MESSAGES);
	assert_int_equal(lab_rejected(&h.lab, 1), 0);
	memcpy(h.cookies + IKE_COOKIE_LEN, mine->cookie_r, IKE_COOKIE_LEN);
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	assert_non_null(mine->fragments);
	assert_int_equal(engine->n_fragments, IKE_FRAGMENT_MESSAGES);
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_INCOMPLETE), 1);
	assert_int_equal(lab_rejected(&h.lab, 1), 1);
	lab_fini(&h.lab);
}

/* H077 */
static void pieces_do_not_make_pieces_or_messages_for_others(void **)
{
	uint8_t inner[IKE_HEADER_LEN] = {0};
	struct hostile h;

	hostile_init(&h);
	memcpy(inner, h.cookies, sizeof(h.cookies));
	inner[NEXT_AT] = IKE_PAYLOAD_FRAGMENT;
	inner[NEXT_AT + 1] = 0x10;
	inner[NEXT_AT + 2] = IKE_EXCHANGE_MAIN;
	inner[IKE_HEADER_LEN - 1] = IKE_HEADER_LEN;
	put(&h, &(struct piece){1, 1, 1, inner, sizeof(inner), 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_NESTED), 1);
	inner[NEXT_AT] = IKE_PAYLOAD_SA;
	inner[0] ^= 0x40;
	put(&h, &(struct piece){1, 1, 1, inner, sizeof(inner), 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_NESTED), 2);
	assert_int_equal(lab_rejected(&h.lab, 1), 2);
	lab_fini(&h.lab);
}

/* H078: whoever holds the cookies may not mix in, and may not keep the peer out either. */
static void pieces_from_elsewhere_are_dropped(void **)
{
	struct ike_path true_path;
	struct hostile h;

	hostile_init(&h);
	true_path = h.path;
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	h.path.remote_port++;
	put(&h, &(struct piece){1, 2, 1, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_SOURCE), 1);
	assert_non_null(forge_sa(&h.lab, 1)->fragments);
	h.path.remote = addr_v4(0x01020304);
	put(&h, &(struct piece){1, 2, 1, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_NO_SA), 1);
	/* he was first; the peer takes over */
	ike_fragment_forget(forge_sa(&h.lab, 1));
	h.path = true_path;
	h.path.remote_port++;
	put(&h, &(struct piece){1, 1, 0, "y", 1, 0});
	h.path = true_path;
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_FRAG_SOURCE), 2);
	put(&h, &(struct piece){1, 1, 0, "x", 1, 0});
	assert_int_equal(counted(&h, IKE_COUNT_DUP), 1);
	lab_fini(&h.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_messages_leave_in_pieces),
		cmocka_unit_test(both_ends_have_to_agree),
		cmocka_unit_test(capabilities_stand_behind_the_vendor_id),
		cmocka_unit_test(eight_kilobytes_cross_both_ways),
		cmocka_unit_test(no_piece_is_needed_the_first_time),
		cmocka_unit_test(malformed_pieces_are_dropped),
		cmocka_unit_test(pieces_nobody_agreed_on_are_dropped),
		cmocka_unit_test(sum_of_lengths_is_bounded),
		cmocka_unit_test(incomplete_message_is_forgotten),
		cmocka_unit_test(contradicting_pieces_begin_anew),
		cmocka_unit_test(number_of_pieces_is_bounded),
		cmocka_unit_test(number_of_messages_is_bounded),
		cmocka_unit_test(pieces_do_not_make_pieces_or_messages_for_others),
		cmocka_unit_test(pieces_from_elsewhere_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
