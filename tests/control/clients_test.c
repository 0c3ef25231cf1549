/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools, sessions and AAA by themselves, with a clock of the test and no thread. */
#include "controlplane/aaa.h"
#include "controlplane/client_config.h"
#include "controlplane/pools.h"
#include "controlplane/remote_access.h"
#include "controlplane/sessions.h"
#include "lib/config/config_grammar.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config_range two_ranges[] = {{0x0a090001, 0x0a090002}, {0x0a0900fe, 0x0a090101}};
static struct config_range spare[] = {{0x0a0a0001, 0x0a0a0001}};
static struct config_pool pool_rows[] = {
	{.name = "A", .ranges = two_ranges, .n_ranges = 2},
	{.name = "B", .ranges = spare, .n_ranges = 1},
};
static struct config_group group = {.name = "g", .pools = {"A", "B"}, .n_pools = 2};
static const struct config_remote config = {
	.new_model = true, .pools = pool_rows, .n_pools = 2, .groups = &group, .n_groups = 1};

static struct pools_request ask(uint64_t peer, const char *user)
{
	return (struct pools_request){
		.config = &config, .group = &group, .peer = peer, .user = user};
}

static uint32_t take(struct pools *p, uint64_t peer, const char *user)
{
	struct pools_request r = ask(peer, user);
	struct addr out;

	return pools_take(p, &r, &out) == 0 ? addr_to_v4(&out) : 0;
}

static void give_back(struct pools *p, uint32_t address, uint64_t peer)
{
	struct addr a = addr_v4(address);

	pools_release(p, &a, peer);
}

/* R080: several ranges and pools in order, .255 and .0 left out, then nothing. */
static void pools_are_given_out_in_order_until_empty(void **)
{
	static const uint32_t order[] = {0x0a090001, 0x0a090002, 0x0a0900fe, 0x0a090101,
					 0x0a0a0001};
	struct pools p;

	pools_init(&p);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(take(&p, 101 + i, ""), order[i]);
	assert_int_equal(take(&p, 200, ""), 0);
	assert_int_equal(p.n_used, 5);
	assert_int_equal(pools_used(&p, &two_ranges[1]), 2);
	/* asked again, a peer gets what it has */
	assert_int_equal(take(&p, 103, ""), 0x0a0900fe);
	/* not everybody may give it back */
	give_back(&p, 0x0a090002, 999);
	assert_int_equal(take(&p, 200, ""), 0);
	give_back(&p, 0x0a090002, 102);
	assert_int_equal(take(&p, 200, ""), 0x0a090002);
	pools_fini(&p);
}

static void user_who_comes_back_gets_the_address_it_had(void **)
{
	struct pools p;

	pools_init(&p);
	assert_int_equal(take(&p, 1, "alice"), 0x0a090001);
	assert_int_equal(take(&p, 2, "bob"), 0x0a090002);
	give_back(&p, 0x0a090002, 2);
	give_back(&p, 0x0a090001, 1);
	/* somebody new does not get theirs while there are others */
	assert_int_equal(take(&p, 3, "carol"), 0x0a0900fe);
	assert_int_equal(take(&p, 4, "bob"), 0x0a090002);
	assert_int_equal(take(&p, 5, "dave"), 0x0a090101);
	assert_int_equal(take(&p, 6, "erin"), 0x0a0a0001);
	/* when there are no others, it does */
	assert_int_equal(take(&p, 7, "frank"), 0x0a090001);
	assert_int_equal(take(&p, 8, "alice"), 0);
	pools_fini(&p);
}

static void framed_and_wanted_addresses_are_looked_at(void **)
{
	struct pools_request r = ask(1, "alice");
	struct addr out;
	struct pools p;

	pools_init(&p);
	r.framed = addr_v4(0x0a630001);
	assert_int_equal(pools_take(&p, &r, &out), 0);
	assert_int_equal(addr_to_v4(&out), 0x0a630001);
	/* the server wants the same for somebody else */
	r = ask(2, "bob");
	r.framed = addr_v4(0x0a630001);
	assert_int_equal(pools_take(&p, &r, &out), -ENOSPC);
	/* what a client asks for must be of its pools, and a host */
	r = ask(3, "carol");
	r.wanted = addr_v4(0x0a0900fe);
	assert_int_equal(pools_take(&p, &r, &out), 0);
	assert_int_equal(addr_to_v4(&out), 0x0a0900fe);
	r = ask(4, "dave");
	r.wanted = addr_v4(0x0a0900ff);
	assert_int_equal(pools_take(&p, &r, &out), 0);
	assert_int_equal(addr_to_v4(&out), 0x0a090001);
	r = ask(5, "erin");
	r.wanted = addr_v4(0x08080808);
	assert_int_equal(pools_take(&p, &r, &out), 0);
	assert_int_equal(addr_to_v4(&out), 0x0a090002);
	pools_fini(&p);
}

static struct session *log_in(struct sessions *s, uint64_t peer, const char *user, uint64_t now)
{
	const struct ike_path path = {.peer = peer};
	struct session *session = sessions_add(s, &path, peer * 10, now);

	assert_non_null(session);
	snprintf(session->group, sizeof(session->group), "g");
	snprintf(session->user, sizeof(session->user), "%s", user);
	return session;
}

/* R082 */
static void logins_of_a_user_and_of_a_group_are_limited(void **)
{
	struct session_limits limits = {.logins = 2, .group = 4};
	struct sessions s;
	struct session *first;

	sessions_init(&s);
	first = log_in(&s, 1, "alice", 0);
	log_in(&s, 2, "alice", 0);
	assert_int_equal(sessions_admit(&s, &limits, 3, "g", "alice"), IKE_REASON_USER_LIMIT);
	/* the same peer again, another group, another user */
	assert_int_equal(sessions_admit(&s, &limits, 2, "g", "alice"), IKE_REASON_NONE);
	assert_int_equal(sessions_admit(&s, &limits, 3, "h", "alice"), IKE_REASON_NONE);
	assert_int_equal(sessions_admit(&s, &limits, 3, "g", "bob"), IKE_REASON_NONE);
	assert_int_equal(first->ending, IKE_REASON_NONE);
	/* the oldest goes, and counts no more */
	limits.replace_oldest = true;
	assert_int_equal(sessions_admit(&s, &limits, 3, "g", "alice"), IKE_REASON_NONE);
	assert_int_equal(first->ending, IKE_REASON_LOGIN_REPLACED);
	assert_int_equal(sessions_due(first, 0), IKE_REASON_LOGIN_REPLACED);
	sessions_remove(&s, first);
	log_in(&s, 3, "alice", 0);
	log_in(&s, 4, "bob", 0);
	log_in(&s, 5, "carol", 0);
	assert_int_equal(sessions_admit(&s, &limits, 6, "g", "dave"), IKE_REASON_USER_LIMIT);
	limits.group = 0;
	assert_int_equal(sessions_admit(&s, &limits, 6, "g", "dave"), IKE_REASON_NONE);
	limits.logins = 0;
	assert_int_equal(sessions_admit(&s, &limits, 6, "g", "dave"), IKE_REASON_USER_LIMIT);
	sessions_fini(&s);
}

static void sessions_end_by_the_clock(void **)
{
	struct session_traffic t = {.in_bytes = 100, .out_bytes = 7, .last_ms = 50000};
	struct sessions s;
	struct session *one;

	sessions_init(&s);
	one = log_in(&s, 1, "alice", 1000);
	assert_int_equal(sessions_due(one, UINT64_MAX / 2), IKE_REASON_NONE);
	one->idle_s = 60;
	one->limit_s = 200;
	assert_int_equal(sessions_due(one, 60999), IKE_REASON_NONE);
	assert_int_equal(sessions_due(one, 61000), IKE_REASON_IDLE);
	/* traffic puts it off, that of another peer does not */
	sessions_traffic_begin(&s);
	sessions_traffic_add(&s, 2, &t, false);
	assert_int_equal(sessions_due(one, 61000), IKE_REASON_IDLE);
	sessions_traffic_add(&s, 1, &t, false);
	assert_int_equal(sessions_due(one, 61000), IKE_REASON_NONE);
	assert_int_equal(sessions_due(one, 110000), IKE_REASON_IDLE);
	one->idle_s = 0;
	assert_int_equal(sessions_due(one, 200999), IKE_REASON_NONE);
	assert_int_equal(sessions_due(one, 201000), IKE_REASON_SESSION_TIMEOUT);
	/* what SAs that are gone have carried is kept over the rounds */
	assert_int_equal(one->in_bytes, 100);
	sessions_traffic_add(&s, 1, &t, true);
	sessions_traffic_begin(&s);
	assert_int_equal(one->in_bytes, 100);
	sessions_traffic_add(&s, 1, &t, false);
	assert_int_equal(one->in_bytes, 200);
	assert_int_equal(one->out_bytes, 14);
	sessions_fini(&s);
}

static void session_lives_as_long_as_one_ike_sa(void **)
{
	struct sessions s;
	struct session *one;

	sessions_init(&s);
	one = log_in(&s, 1, "alice", 0);
	assert_ptr_equal(sessions_find(&s, 1), one);
	assert_null(sessions_find(&s, 0));
	sessions_hold(one, 11);
	assert_int_equal(one->ike_sa, 11);
	assert_true(sessions_let_go(one, 10));
	assert_true(sessions_let_go(one, 99));
	assert_false(sessions_let_go(one, 11));
	sessions_fini(&s);
}

static uint64_t clock_ms = 1000;
static struct aaa_answer last;
static unsigned n_answers;

static uint64_t now_ms(void *)
{
	return clock_ms;
}

static int no_thread(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	(void)ctx;
	(void)work;
	(void)done;
	(void)arg;
	return -ENOSYS;
}

static void on_answer(void *ctx, const struct ike_user *user, const struct aaa_answer *answer)
{
	(void)ctx;
	assert_int_equal(user->password.len, 0);
	last = *answer;
	n_answers++;
}

static void on_server(void *ctx, const struct aaa_server *server)
{
	unsigned *deaths = ctx;

	*deaths += server->dead_until_ms != 0;
}

static unsigned n_locked, n_accounted;

static void on_locked(void *ctx, const char *user, uint32_t failures)
{
	(void)ctx;
	assert_string_equal(user, "bob");
	assert_int_equal(failures, 2);
	n_locked++;
}

static void on_accounted(void *ctx, const struct radius_request *record)
{
	(void)ctx;
	(void)record;
	n_accounted++;
}

static unsigned n_exchanges[AAA_SILENT + 1];

static void on_exchange(void *, const struct aaa_exchange *exchange)
{
	n_exchanges[exchange->state]++;
}

static struct ike_user user_of(const char *name, const char *password)
{
	struct ike_user user = {.ike_sa = 7, .group = "g"};

	snprintf(user.name, sizeof(user.name), "%s", name);
	secret_set(&user.password, password, strlen(password));
	return user;
}

static struct aaa_env env_of(unsigned *deaths)
{
	return (struct aaa_env){.ctx = deaths,
				.now_ms = now_ms,
				.job = no_thread,
				.answer = on_answer,
				.server = on_server,
				.locked = on_locked,
				.accounted = on_accounted,
				.exchange = on_exchange};
}

static struct config_user users[] = {{"bob", "$1$mERr$w5.//9uXRXFajB2e9rkiV0"}};

static struct config_remote with_users(void)
{
	struct config_remote r = config;

	r.users = users;
	r.n_users = 1;
	r.deadtime_minutes = 1;
	return r;
}

static void local_users_are_asked_for_their_password(void **)
{
	static const struct config_aaa_list local = {
		.name = "L", .n_methods = 1, .methods = {CONFIG_METHOD_LOCAL}};
	static const struct {
		const char *name, *password;
		const struct config_aaa_list *list;
		enum ike_reason verdict;
	} rows[] = {
		{"bob", "hunter2", &local, IKE_REASON_NONE},
		{"bob", "hunter3", &local, IKE_REASON_USER_REFUSED},
		{"bob", "", &local, IKE_REASON_USER_REFUSED},
		{"eve", "hunter2", &local, IKE_REASON_USER_REFUSED},
		{"bob", "hunter2", NULL, IKE_REASON_USER_REFUSED},
	};
	struct config_remote r = with_users();
	const struct aaa_env env = env_of(NULL);
	struct aaa a;

	aaa_init(&a, &env);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ike_user user = user_of(rows[i].name, rows[i].password);

		n_answers = 0;
		aaa_login(&a, &r, rows[i].list, &user, "hub");
		/* never from inside */
		assert_int_equal(n_answers, 0);
		assert_false(aaa_idle(&a));
		assert_true(aaa_turn(&a) == UINT64_MAX);
		assert_int_equal(n_answers, 1);
		assert_int_equal(last.verdict, rows[i].verdict);
		assert_true(aaa_idle(&a));
	}
	/* no new model, no login */
	r.new_model = false;
	{
		struct ike_user user = user_of("bob", "hunter2");

		aaa_login(&a, &r, &local, &user, "hub");
		aaa_turn(&a);
		assert_int_equal(last.verdict, IKE_REASON_USER_REFUSED);
	}
	aaa_fini(&a);
}

/* R084: nobody listens on this port of loopback. */
static void silent_server_is_left_alone_and_local_users_are_asked(void **)
{
	static const struct config_aaa_list both = {
		.name = "L",
		.n_methods = 2,
		.methods = {CONFIG_METHOD_RADIUS, CONFIG_METHOD_LOCAL}};
	static const struct config_aaa_list radius = {
		.name = "L", .n_methods = 1, .methods = {CONFIG_METHOD_RADIUS}};
	struct config_radius_server server = {.name = "R",
					      .address = addr_v4(0x7f000001),
					      .auth_port = 9,
					      .acct_port = 9,
					      .timeout_s = 1,
					      .key = "k"};
	struct config_remote r = with_users();
	unsigned deaths = 0;
	const struct aaa_env env = env_of(&deaths);
	struct radius_request record = {.kind = RADIUS_START};
	struct ike_user user = user_of("bob", "hunter2");
	struct aaa a;

	r.servers = &server;
	r.n_servers = 1;
	aaa_init(&a, &env);
	aaa_configure(&a, &r);
	aaa_login(&a, &r, &both, &user, "hub");
	aaa_turn(&a);
	assert_int_equal(last.verdict, IKE_REASON_NONE);
	assert_true(last.local);
	assert_int_equal(deaths, 1);
	assert_int_equal(a.servers[0].silent, 1);
	assert_int_equal(n_exchanges[AAA_SENT], 1);
	assert_int_equal(n_exchanges[AAA_SILENT], 1);
	/* left alone: at once the local users, also after a change that keeps the server */
	aaa_configure(&a, &r);
	aaa_login(&a, &r, &both, &user, "hub");
	aaa_turn(&a);
	assert_int_equal(last.verdict, IKE_REASON_NONE);
	assert_int_equal(a.servers[0].asked, 1);
	assert_int_equal(n_exchanges[AAA_SENT], 1);
	/* accounts wait for it */
	aaa_account(&a, &record);
	assert_int_equal(aaa_turn(&a), clock_ms + 60000);
	assert_int_equal(a.n_accounting, 1);
	/* with nobody else to ask it is asked again, and did not answer */
	aaa_login(&a, &r, &radius, &user, "hub");
	aaa_turn(&a);
	assert_int_equal(last.verdict, IKE_REASON_USER_TIMEOUT);
	assert_int_equal(a.servers[0].asked, 2);
	/* an abandoned question has no answer */
	n_answers = 0;
	aaa_login(&a, &r, &both, &user, "hub");
	aaa_abandon(&a, 7);
	aaa_turn(&a);
	assert_int_equal(n_answers, 0);
	aaa_fini(&a);
}

/* R083 */
static void reasons_have_the_numbers_of_the_client(void **)
{
	static const struct {
		enum ike_reason reason;
		unsigned number;
	} rows[] = {
		{IKE_REASON_DPD_DEAD, 412},	  {IKE_REASON_NO_ANSWER, 412},
		{IKE_REASON_USER_REFUSED, 413},	  {IKE_REASON_USER_LIMIT, 413},
		{IKE_REASON_EXPIRED, 426},	  {IKE_REASON_SESSION_TIMEOUT, 426},
		{IKE_REASON_PEER_DELETED, 433},	  {IKE_REASON_IDLE, 433},
		{IKE_REASON_LOGIN_REPLACED, 433}, {IKE_REASON_POOL_EMPTY, 433},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(remote_access_client_reason(rows[i].reason), rows[i].number);
}

static const char groups[] = "ip access-list extended SPLIT\n"
			     " permit ip 192.168.1.0 0.0.0.255 any\n"
			     " deny ip 192.168.2.0 0.0.0.255 any\n"
			     " permit ip host 10.1.1.1 any\n"
			     "ip access-list standard ALL\n permit any\n"
			     "crypto isakmp client configuration group split\n acl SPLIT\n"
			     " dns 10.1.1.53 10.1.1.54\n netmask 255.255.255.0\n"
			     " domain example.org\n banner ^hello^\n split-dns a.example\n"
			     " split-dns b.example\n backup-gateway 10.0.0.9\n save-password\n"
			     " pfs group14\n"
			     "crypto isakmp client configuration group all\n acl ALL\n"
			     "crypto isakmp client configuration group lan\n include-local-lan\n";

/* R079, R081 */
static void group_says_what_its_clients_get(void **)
{
	struct fault_list faults = {0};
	struct ike_client_config out;
	struct config c;

	config_model_init(&c);
	assert_int_equal(config_grammar_text(&c, groups, sizeof(groups) - 1, &faults), 0);
	out = (struct ike_client_config){0};
	client_config_fill(&c, config_remote_group(&c.remote, "split"), &out);
	assert_int_equal(out.n_split, 2);
	assert_false(out.split_exclude);
	assert_int_equal(addr_to_v4(&out.split[0].local.addr), 0xc0a80100);
	assert_int_equal(out.split[0].local.len, 24);
	assert_int_equal(addr_to_v4(&out.split[1].local.addr), 0x0a010101);
	assert_int_equal(addr_to_v4(&out.dns[1]), 0x0a010136);
	assert_int_equal(out.prefix_len, 24);
	assert_string_equal(out.domain, "example.org");
	assert_string_equal(out.banner, "hello");
	assert_string_equal(out.split_dns, "a.example,b.example");
	assert_string_equal(out.backup, "10.0.0.9");
	assert_true(out.save_password);
	assert_int_equal(out.pfs_group, 14);
	/* a source of any is no split tunnelling */
	out = (struct ike_client_config){0};
	client_config_fill(&c, config_remote_group(&c.remote, "all"), &out);
	assert_int_equal(out.n_split, 0);
	assert_int_equal(out.prefix_len, 32);
	/* the client's own network stays outside: 0.0.0.0/32 is left out */
	out = (struct ike_client_config){0};
	client_config_fill(&c, config_remote_group(&c.remote, "lan"), &out);
	assert_true(out.split_exclude);
	assert_int_equal(out.n_split, 1);
	assert_int_equal(out.split[0].local.len, 32);
	fault_list_fini(&faults);
	config_model_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_are_given_out_in_order_until_empty),
		cmocka_unit_test(user_who_comes_back_gets_the_address_it_had),
		cmocka_unit_test(framed_and_wanted_addresses_are_looked_at),
		cmocka_unit_test(logins_of_a_user_and_of_a_group_are_limited),
		cmocka_unit_test(sessions_end_by_the_clock),
		cmocka_unit_test(session_lives_as_long_as_one_ike_sa),
		cmocka_unit_test(reasons_have_the_numbers_of_the_client),
		cmocka_unit_test(group_says_what_its_clients_get),
		cmocka_unit_test(local_users_are_asked_for_their_password),
		cmocka_unit_test(silent_server_is_left_alone_and_local_users_are_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
