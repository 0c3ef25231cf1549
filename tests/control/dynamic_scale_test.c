/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of clients that come and go at once: the policies that are sent for them are few, each
 * has one route that comes and goes with it, and nothing is left. SAs are made in the store by
 * hand: what is measured is what this costs besides IKE.
 */
#include "controlplane/control.h"
#include "controlplane/dynamic.h"
#include "controlplane/sa_query.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/prim.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CLIENTS = 5000,
	PER_MS = 1, /* come in */
	SLOTS = 8192,
	POLICIES_MAX = 120,	  /* of them while they come, and while they go */
	RULES_MAX = CLIENTS * 80, /* sent in all */
	SECONDS_MAX = 20,	  /* of processor, under a sanitizer too */
};

static const char text[] = "crypto isakmp policy 10\n authentication pre-share\n"
			   "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
			   "crypto dynamic-map D 10\n set transform-set T\n reverse-route\n"
			   "crypto map M 65535 ipsec-isakmp dynamic D\n"
			   "interface GigabitEthernet0/1\n device tap out\n"
			   " ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
			   "ip route 0.0.0.0 0.0.0.0 10.0.0.254\n";

static struct plane plane;
static struct control *control;
static uint64_t clock_ms = 1000000;
static uint64_t seen[PLANE_TYPE_COUNT];
static struct sa_pair *pairs[CLIENTS];

static uint64_t now(void)
{
	return clock_ms;
}

static void serve(void)
{
	struct plane_msg msg;

	control_turn(control);
	while (plane_ring_recv(plane.to_main, &msg)) {
		struct plane_msg answer = {.type = PLANE_ACK, .cookie = msg.cookie};

		seen[msg.type]++;
		if (plane_ring_send(plane.from_main, &answer) == 0)
			continue;
		/* the ring of answers is full: let it be read */
		control_turn(control);
		assert_int_equal(plane_ring_send(plane.from_main, &answer), 0);
	}
}

static void pass(unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		clock_ms++;
		serve();
	}
}

static int setup(void **)
{
	const struct plane_params params = {.n_workers = 1, .n_slots = SLOTS, .n_tunnels = SLOTS};
	int bells[] = {plane_bell_create(), plane_bell_create(), plane_bell_create()};
	const struct control_params p = {
		.plane = &plane,
		.bells = {.control = bells[0], .main = bells[1], .workers = &bells[2]},
		.versions = {"1", "2", "3", "4", "5", "6"},
		.now_ms = now,
	};
	struct fault_list faults = {0};
	struct config config;

	assert_int_equal(prim_init(), 0);
	assert_int_equal(plane_layout_create(&plane, &params, "/dev/null", "/tmp"), 0);
	control = control_create(&p);
	assert_non_null(control);
	config_model_init(&config);
	assert_int_equal(config_grammar_text(&config, text, strlen(text), &faults), 0);
	fault_list_fini(&faults);
	assert_int_equal(control_start(control, &config), 0);
	config_model_fini(&config);
	pass(1000);
	memset(seen, 0, sizeof(seen));
	return 0;
}

static int teardown(void **)
{
	control_destroy(control);
	plane_layout_fini(&plane);
	return 0;
}

static struct ike_path path_of(unsigned i)
{
	return (struct ike_path){.local = addr_v4(0x0a000001),
				 .remote = addr_v4(0xc6120000 + i / 2),
				 .local_port = 4500,
				 .remote_port = (uint16_t)(20000 + i),
				 .interface = "GigabitEthernet0/1",
				 .peer = i + 1};
}

static void come(unsigned i)
{
	const struct addr address = addr_v4(0x0c000001 + i), any = addr_v4(0);
	const struct selector s = {.remote = prefix_make(&address, 32),
				   .local = prefix_make(&any, 0)};
	const struct ike_path path = path_of(i);
	enum ike_reason why = IKE_REASON_NONE;
	const struct tunnel *t = dynamic_match(control, &path, &s, NULL, &why);
	struct sa_pair *pair;

	assert_non_null(t);
	pair = sa_store_find(&control->store, sa_store_alloc(&control->store, t->handle));
	assert_non_null(pair);
	sa_store_set_path(&control->store, pair, &path);
	pair->selector = s;
	sa_store_set_state(pair, SA_STATE_INSTALLING);
	sa_store_set_state(pair, SA_STATE_INBOUND);
	sa_store_set_state(pair, SA_STATE_UP);
	pair->current = true;
	pair->suite = t->suites[0];
	sa_store_tell(&control->store, SA_STORE_CREATED, pair, IKE_REASON_NONE);
	pairs[i] = pair;
}

static void go(unsigned i)
{
	struct sa_pair *pair = pairs[i];

	pair->current = false;
	sa_store_tell(&control->store, SA_STORE_TUNNEL_DOWN, pair, IKE_REASON_PEER_DELETED);
	sa_store_set_state(pair, SA_STATE_DYING);
	sa_store_gone(&control->store, pair);
}

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void clients_that_come_at_once_cost_few_policies(void **)
{
	double begun = seconds();
	uint64_t policies;

	for (unsigned i = 0; i < CLIENTS; i++) {
		come(i);
		pass(PER_MS);
	}
	pass(2000);
	policies = seen[PLANE_POLICY_COMMIT];
	print_message("%d up: %llu policies of %llu rules, %llu routes, %.1f s\n", CLIENTS,
		      (unsigned long long)policies, (unsigned long long)seen[PLANE_POLICY_RULE],
		      (unsigned long long)seen[PLANE_ROUTE_ADD], seconds() - begun);
	assert_int_equal(control->dynamic.n, CLIENTS);
	assert_int_equal(control->apply.n_rules, CLIENTS);
	assert_in_range(policies, 1, POLICIES_MAX);
	assert_in_range(seen[PLANE_POLICY_RULE], CLIENTS, RULES_MAX);
	assert_int_equal(seen[PLANE_ROUTE_ADD], CLIENTS);
	assert_int_equal(seen[PLANE_ROUTE_DEL], 0);
	for (unsigned i = 0; i < CLIENTS; i++) {
		go(i);
		pass(PER_MS);
	}
	pass(3000);
	print_message("and down: %llu policies, %llu routes, %.1f s\n",
		      (unsigned long long)(seen[PLANE_POLICY_COMMIT] - policies),
		      (unsigned long long)seen[PLANE_ROUTE_DEL], seconds() - begun);
	assert_int_equal(control->dynamic.n, 0);
	assert_true(TAILQ_EMPTY(&control->dynamic.leaving));
	assert_int_equal(control->apply.n_rules, 0);
	assert_in_range(seen[PLANE_POLICY_COMMIT] - policies, 1, POLICIES_MAX);
	assert_int_equal(seen[PLANE_ROUTE_DEL], CLIENTS);
	assert_int_equal(control->reverse.n, 0);
	assert_true(seconds() - begun < SECONDS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(clients_that_come_at_once_cost_few_policies, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
