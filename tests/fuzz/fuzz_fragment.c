/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IKE fragments with state: an input is a row of pieces for one SA that agreed on them, over time
 * and from two places. Whatever they are, what is kept of them stays within bounds, and what they
 * make is only ever counted: the SA stands.
 *
 * A piece: one byte (bit 0: elsewhere, bits 1 to 3: seconds before it), two bytes of length, and so
 * many bytes behind the ISAKMP header.
 */
#include "controlplane/ike/ike_fragment.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lab lab;
static struct ike_path path;
static uint8_t cookies[2 * IKE_COOKIE_LEN];

static void require(bool what)
{
	if (!what)
		abort();
}

static void start(void)
{
	const struct ike_sa *sa;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.fragmentation = true;
		lab.ends[i].peer.dpd_s = 0;
		lab.ends[i].peer.policies[0].lifetime_s = 0;
	}
	lab_start(&lab);
	require(lab_initiate(&lab, 0) == 0);
	lab_settle(&lab);
	sa = forge_sa(&lab, 1);
	require(sa && sa->fragmentation);
	path = sa->path;
	memcpy(cookies, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(cookies + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
}

static void put(const struct ike_path *from, const uint8_t *body, size_t len)
{
	static uint8_t buf[IKE_HEADER_LEN + UINT16_MAX];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	wbuf_bytes(&w, cookies, sizeof(cookies));
	wbuf_u8(&w, IKE_PAYLOAD_FRAGMENT);
	wbuf_u8(&w, 0x10);
	wbuf_u8(&w, IKE_EXCHANGE_MAIN);
	wbuf_u8(&w, 0);
	wbuf_u32(&w, 0);
	wbuf_u32(&w, (uint32_t)(IKE_HEADER_LEN + len));
	wbuf_bytes(&w, body, len);
	require(!w.bad);
	lab_inject_path(&lab, 1, from, buf, w.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rbuf b = rbuf_of(data, size);

	if (!lab.ends[1].engine)
		start();
	while (b.left) {
		uint8_t what = rbuf_u8(&b);
		size_t len = rbuf_u16(&b);
		struct ike_path from = path;

		if (b.bad)
			break;
		from.remote_port += what & 1;
		lab_run(&lab, (what >> 1 & 7) * 1000u);
		if (len > b.left)
			len = b.left;
		put(&from, rbuf_take(&b, len), len);
		require(lab.ends[1].engine->n_fragments <= 1);
	}
	require(lab_up(&lab, 1) == 1);
	lab_run(&lab, IKE_FRAGMENT_WAIT_MS);
	require(lab.ends[1].engine->n_fragments == 0);
	require(!forge_sa(&lab, 1)->fragments);
	return 0;
}
