/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Site and gate over real TLS: pairing by the code, leases and withdrawals, events that arrive once
 * though the server dies, and those whom the site does not know.
 */
#include "gateway/gateway.h"
#include "service/site.h"

#include "device/sim.h"
#include "gate/gate.h"
#include "lease/spool.h"
#include "net/net.h"
#include "rules/rules.h"

#include <pthread.h>
#include <unistd.h>

struct pair_world {
	struct site *site;
	struct gateway *gateway;
	struct http_server *server;
	struct http_tls tls;
	struct buf certificate, key; /* of the server */
	struct buf gate_certificate, gate_key;
	uint8_t gate_pin[PAIR_PIN_LEN];
	char address[OS_ADDRESS_LEN], url[96];
	struct gate_identity identity;
	struct settings settings;
	struct sim_world *sim;
	struct gate *gate;
	pthread_mutex_t lock; /* of the service */
	char state[96];
	tanu_id gate_id;
	int64_t ahead_ms; /* of the gate's machine: so long it has been up besides */
	int watched;	  /* releases that whoever watches was told of */
};

static void enter(void *self)
{
	pthread_mutex_lock(&((struct pair_world *)self)->lock);
}

static void leave(void *self)
{
	pthread_mutex_unlock(&((struct pair_world *)self)->lock);
}

static void watch(void *self, const tanu_id *gate, const struct gate_event *event)
{
	struct pair_world *w = self;

	assert_true(id_equal(gate, &w->gate_id));
	w->watched += event->kind == GATE_EVENT_DECISION && event->reason == RULES_R_RELEASED;
}

/* ---- the server ---- */

static void serve(struct pair_world *w, const char *address)
{
	struct http_options options = {.tls = &w->tls,
				       .routes = gateway_routes(w->gateway),
				       .routes_len = GATEWAY_ROUTES,
				       .sockets_len = 1};
	int fd = -1;

	MUST(os_listen(&fd, address, err));
	options.sockets = &fd;
	os_socket_address(w->address, fd);
	MUST(http_start(&w->server, &options, err));
	snprintf(w->url, sizeof(w->url), "https://%s", w->address);
}

static void stop(struct pair_world *w)
{
	http_stop(&w->server, 2000);
}

static void pin_of(uint8_t out[PAIR_PIN_LEN], struct buf *certificate)
{
	char text[HTTP_PIN_LEN];
	struct buf bytes = {0};

	MUST(http_pin(text, buf_cstr(certificate), err));
	MUST(base64_get(&bytes, text + 8, strlen(text + 8), err));
	memcpy(out, bytes.data, PAIR_PIN_LEN);
	buf_free(&bytes);
}

static void certificate(struct pair_world *w, const char *name, struct buf *certificate_out,
			struct buf *key)
{
	static const char *const names[] = {"localhost"};
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/%s", w->site->root, name);
	MUST(os_make_dir(dir, 0700, err));
	MUST(http_certificate(certificate_out, key, NULL, dir, names, 1, site_clock(w->site), err));
}

/* ---- the gate ---- */

static void set(struct pair_world *w, const char *name, const char *value)
{
	MUST(settings_set(&w->settings, name, value, err));
}

static int64_t up_since_boot(void *self)
{
	return os_boot_ms() + ((struct pair_world *)self)->ahead_ms;
}

static void gate_start(struct pair_world *w)
{
	struct gate_options o = {.settings = &w->settings,
				 .identity = &w->identity,
				 .boot_ms = up_since_boot,
				 .boot_self = w};

	MUST(sim_world_open(&w->sim, "", 0, err));
	o.door = sim_world_door(w->sim);
	MUST(gate_open(&w->gate, &o, err));
	set(w, "link.url", w->url);
	MUST(gate_link(w->gate, buf_cstr(&w->gate_certificate), buf_cstr(&w->gate_key), err));
}

static void gate_stop(struct pair_world *w)
{
	gate_close(&w->gate);
	sim_world_close(&w->sim);
}

/* Step until it is so, at most some seconds; the milliseconds that it took. */
static int64_t until(struct pair_world *w, bool (*so)(struct pair_world *w))
{
	int64_t begin = os_monotonic_ns() / 1000000, now = begin;

	while (!so(w)) {
		if (now - begin > 15000)
			fail_msg("it did not come to that");
		MUST(gate_step(w->gate, now, err));
		gate_wait(w->gate, now, 20);
		now = os_monotonic_ns() / 1000000;
	}
	return now - begin;
}

static void steps(struct pair_world *w, int64_t for_ms)
{
	const int64_t begin = os_monotonic_ns() / 1000000;
	int64_t now = begin;

	while (now - begin < for_ms) {
		MUST(gate_step(w->gate, now, err));
		gate_wait(w->gate, now, 20);
		now = os_monotonic_ns() / 1000000;
	}
}

static struct gate_state state_of(struct pair_world *w)
{
	struct gate_state s;

	gate_state(w->gate, &s, os_monotonic_ns() / 1000000);
	return s;
}

static bool lent_one(struct pair_world *w)
{
	return state_of(w).lease_valid && state_of(w).lent.entries == 1;
}

static bool lent_none(struct pair_world *w)
{
	return state_of(w).lent.entries == 0;
}

static bool all_told(struct pair_world *w)
{
	return state_of(w).events_waiting == 0;
}

static bool link_down(struct pair_world *w)
{
	return !state_of(w).link_up;
}

static bool locked(struct pair_world *w)
{
	return strcmp(state_of(w).door, "lockdown") == 0;
}

static bool unlocked(struct pair_world *w)
{
	return strcmp(state_of(w).door, "locked") == 0;
}

static bool let_in(struct pair_world *w)
{
	return state_of(w).released;
}

static bool link_is_up(struct pair_world *w)
{
	return state_of(w).link_up;
}

static bool nothing_left(struct pair_world *w)
{
	return state_of(w).lent.entries == 0 && state_of(w).lent.cards == 0;
}

/* ---- pairing ---- */

static tanu_status ask(struct pair_world *w, const char *path, const struct net_options *options,
		       const struct buf *body, int *status, struct buf *reply)
{
	struct net_response response = {0};
	struct net_request request = {
	    .method = "POST", .body = body->data, .body_len = body->len, .max_bytes = 100000};
	char url[128];
	struct net *net = NULL;
	tanu_error err = {0};
	tanu_status st;

	snprintf(url, sizeof(url), "%s%s", w->url, path);
	request.url = url;
	if ((st = net_open(&net, options, &err)) == TANU_OK &&
	    (st = net_send(net, &response, &request, &err)) == TANU_OK) {
		*status = response.status;
		buf_put(reply, response.body.data, response.body.len);
	}
	net_response_free(&response);
	net_close(&net);
	return st;
}

static void pair(struct pair_world *w)
{
	struct net_options any = {.any_server = true};
	struct buf request = {0}, reply = {0};
	struct gate_view view = {0};
	char code[PAIR_CODE_LEN];
	struct secret key;
	int status = 0;

	MUST(service_gate_add(w->site->s, &view, code, "north", "main", err));
	MUST(pair_code_key(&key, code, err));
	gate_pair_ask(&request, &w->identity, w->gate_pin, &key);
	MUST(ask(w, "/gate/v1/pair", &any, &request, &status, &reply));
	assert_int_equal(status, 200);
	MUST(gate_pair_keep(&w->identity, w->state, reply.data, reply.len, w->gate_pin, &key, err));
	w->gate_id = view.id;
	buf_free(&request);
	buf_free(&reply);
}

static int setup(void **state)
{
	struct random_source random = os_random();
	struct pair_world *w = calloc(1, sizeof(*w));
	struct gateway_options options = {.enter = enter, .leave = leave, .self = w};
	const struct setting_row *rows;
	char run[96];
	size_t len;

	assert_non_null(w);
	if (!os_is_memory("/dev/shm")) {
		print_message("skipped: /dev/shm is not memory here\n");
		exit(77);
	}
	site_setup((void **)&w->site);
	pthread_mutex_init(&w->lock, NULL);
	certificate(w, "server", &w->certificate, &w->key);
	certificate(w, "gate-tls", &w->gate_certificate, &w->gate_key);
	pin_of(w->gate_pin, &w->gate_certificate);
	options.service = w->site->s;
	options.watcher = (struct gate_watcher){.told = watch, .self = w};
	options.clock = (struct clock_source){.now_ms = site_clock, .self = w->site};
	MUST(gateway_open(&w->gateway, &options, err));
	MUST(gateway_certificate(w->gateway, buf_cstr(&w->certificate), err));
	w->tls = (struct http_tls){.certificate = buf_cstr(&w->certificate),
				   .key = buf_cstr(&w->key),
				   .client_authorities = buf_cstr(&w->certificate)};
	serve(w, "127.0.0.1:0");
	rows = gate_settings(&len);
	MUST(settings_init(&w->settings, rows, len, err));
	snprintf(w->state, sizeof(w->state), "%s/gate", w->site->root);
	snprintf(run, sizeof(run), "%s/run", w->site->root);
	set(w, "state.dir", w->state);
	set(w, "run.dir", run);
	set(w, "link.poll_ms", "200");
	MUST(gate_identity_open(&w->identity, w->state, &random, err));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct pair_world *w = *state;

	gate_stop(w);
	stop(w);
	gateway_close(&w->gateway);
	settings_free(&w->settings);
	buf_free(&w->certificate);
	buf_free(&w->key);
	buf_free(&w->gate_certificate);
	buf_free(&w->gate_key);
	site_teardown((void **)&w->site);
	free(w);
	return 0;
}

static tanu_id enrolled(struct pair_world *w, const char *name)
{
	tanu_id id;

	enter(w);
	id = add_person(w->site, name, 30);
	give(w->site, &id, TANU_PURPOSE_ACCESS, 30);
	keep_reference(w->site, &id, 3);
	leave(w);
	return id;
}

static void a_withdrawal_is_at_the_gate_within_seconds(void **state)
{
	struct pair_world *w = *state;
	tanu_id who = enrolled(w, "Aigerim");
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct buf notes = {0}, file = {0}, more = {0};
	struct gates_said said = {0};
	size_t confirmed = 0;
	int64_t took;

	pair(w);
	gate_start(w);
	until(w, lent_one);
	assert_true(state_of(w).time_trusted); /* the site has said what time it is */
	enter(w);
	MUST(service_consent_withdraw(w->site->s, &receipt, &who, 0, err));
	MUST(service_erasure_receipt(w->site->s, &file, &receipt, err));
	leave(w);
	took = until(w, lent_none);
	assert_true(took < 5000);
	until(w, all_told);
	enter(w);
	MUST(service_gate_confirmations(w->site->s, &notes, &confirmed, &who, err));
	MUST(service_receipt_with_gates(w->site->s, &more, &said, file.data, file.len, err));
	leave(w);
	assert_int_equal(confirmed, 1);
	assert_int_equal(said.named, 1); /* the receipt named the gate, and now has its word */
	assert_int_equal(said.erased, 1);
	buf_free(&notes);
	buf_free(&file);
	buf_free(&more);
}

static size_t signed_in(struct pair_world *w, const struct buf *receipt)
{
	struct gates_said said = {0};
	struct buf more = {0};

	enter(w);
	MUST(
	    service_receipt_with_gates(w->site->s, &more, &said, receipt->data, receipt->len, err));
	leave(w);
	assert_int_equal(said.named, 1);
	buf_free(&more);
	return said.erased;
}

/* Nobody can tell it; its lease ends by itself, and the word comes when the site is there again. */
static void a_gate_that_is_away_erases_at_the_end_of_its_lease(void **state)
{
	static const int64_t lease_ms = 97LL * 3600 * 1000; /* setting lease.hours, and one more */
	struct pair_world *w = *state;
	tanu_id who = enrolled(w, "Aigerim");
	struct erasure_receipt receipt = {.receipt = {{0}}};
	char address[OS_ADDRESS_LEN];
	struct buf file = {0};

	pair(w);
	gate_start(w);
	until(w, lent_one);
	until(w, all_told);
	snprintf(address, sizeof(address), "%s", w->address);
	stop(w);
	until(w, link_down);
	enter(w);
	MUST(service_consent_withdraw(w->site->s, &receipt, &who, 0, err));
	MUST(service_erasure_receipt(w->site->s, &file, &receipt, err));
	leave(w);
	assert_int_equal(signed_in(w, &file), 0);
	assert_true(lent_one(w)); /* it can't know */
	w->ahead_ms = w->site->ahead_ms = lease_ms;
	until(w, lent_none);
	serve(w, address);
	until(w, all_told);
	assert_int_equal(signed_in(w, &file), 1);
	buf_free(&file);
}

static void order_lockdown(struct pair_world *w, bool on, size_t want)
{
	size_t changed = 0;

	enter(w);
	MUST(service_gates_lockdown(w->site->s, &changed, NULL, 0, on, err));
	leave(w);
	assert_int_equal(changed, want);
}

static void order_release(struct pair_world *w)
{
	enter(w);
	MUST(service_gate_release(w->site->s, &w->gate_id, err));
	leave(w);
}

static void a_lockdown_of_the_site_reaches_the_gate_and_stays(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};
	char address[OS_ADDRESS_LEN];

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	order_lockdown(w, true, 1);
	order_lockdown(w, true, 0); /* it is */
	until(w, locked);
	steps(w, 600);
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	leave(w);
	assert_true(view.in_lockdown); /* the gate has said so itself */
	MUST(gate_command(w->gate, "lockdown off", 0, err));
	assert_true(locked(w)); /* the site's is not ended here */
	snprintf(address, sizeof(address), "%s", w->address);
	stop(w);
	until(w, link_down);
	gate_stop(w);
	gate_start(w);
	steps(w, 300);
	assert_true(locked(w)); /* nor by pulling the plug, out of touch */
	serve(w, address);
	until(w, link_is_up);
	assert_true(locked(w));
	order_release(w);
	until(w, let_in); /* the operator may let somebody in all the same */
	until(w, locked);
	order_lockdown(w, false, 1);
	until(w, unlocked);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	leave(w);
	assert_string_equal(view.notes[0].word, "lockdown-over");
}

/* Once, soon, and only to a gate that was asking when it was ordered. */
static void a_release_lets_in_once(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	order_release(w);
	until(w, let_in);
	gate_stop(w);
	gate_start(w); /* what was ordered before it began is past */
	until(w, link_is_up);
	steps(w, 800);
	assert_false(let_in(w));
	enter(w);
	MUST(service_gate_release(w->site->s, &w->gate_id, err));
	w->site->ahead_ms += GATE_RELEASE_MS + 1;
	leave(w);
	steps(w, 800);
	assert_false(let_in(w)); /* too late */
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	MUST(service_gate_revoke(w->site->s, &w->gate_id, err));
	REFUSES(TANU_ERR_GATE, service_gate_release(w->site->s, &w->gate_id, err));
	leave(w);
	assert_int_equal(view.grants, 1);
	assert_int_equal(w->watched, 1);
}

static bool quiet(struct pair_world *w)
{
	return !state_of(w).bell;
}

static void a_bell_is_answered_from_afar(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	MUST(gate_command(w->gate, "bell", os_monotonic_ns() / 1000000, err));
	steps(w, 300);
	assert_true(state_of(w).bell);
	enter(w);
	MUST(service_gate_answer(w->site->s, &w->gate_id, err));
	leave(w);
	until(w, quiet);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	leave(w);
	assert_string_equal(view.notes[0].word, "answered");
}

/* A site whose clock is days behind: nothing is done for its sake, and it is told once. */
static void a_site_that_is_late_is_told_once(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};
	char address[OS_ADDRESS_LEN];
	int told = 0;

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	snprintf(address, sizeof(address), "%s", w->address);
	stop(w);
	until(w, link_down);
	w->ahead_ms = 2 * DAY;
	steps(w, 1500); /* it has seen that time itself */
	serve(w, address);
	until(w, link_is_up);
	steps(w, 1500);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	leave(w);
	for (size_t i = 0; i < view.notes_len; i++)
		told += strcmp(view.notes[i].word, "clock-refused") == 0;
	assert_int_equal(told, 1);
}

static void events_arrive_once_though_the_server_dies(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};
	char address[OS_ADDRESS_LEN];

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	for (int round = 0; round < 3; round++) {
		snprintf(address, sizeof(address), "%s", w->address);
		stop(w);
		until(w, link_down);
		for (int i = 0; i < 20; i++)
			MUST(gate_command(w->gate, i % 2 ? "guard no" : "release",
					  os_monotonic_ns() / 1000000, err));
		if (round == 1) { /* and the gate too */
			gate_stop(w);
			gate_start(w);
		}
		serve(w, address);
		until(w, all_told);
	}
	enter(w);
	MUST(service_gate_get(w->site->s, &view, &w->gate_id, err));
	leave(w);
	assert_int_equal(view.missing, 0);
	assert_true(view.grants + view.refusals >= 30);
	assert_true(state_of(w).lease_valid);
}

static void a_revoked_gate_erases_what_it_was_lent(void **state)
{
	struct pair_world *w = *state;

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	enter(w);
	MUST(service_gate_revoke(w->site->s, &w->gate_id, err));
	leave(w);
	until(w, nothing_left);
}

static void strangers_get_nothing(void **state)
{
	struct pair_world *w = *state;
	struct net_options any = {.any_server = true};
	struct net_options mine = {.any_server = true,
				   .certificate = buf_cstr(&w->gate_certificate),
				   .key = buf_cstr(&w->gate_key)};
	struct buf body = {0}, reply = {0};
	int status = 0;

	buf_str(&body, "TGQ2");
	for (int i = 0; i < 26; i++)
		buf_u8(&body, 0);
	MUST(ask(w, "/gate/v1/sync", &any, &body, &status, &reply));
	assert_int_equal(status, 403); /* no certificate */
	MUST(ask(w, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 403); /* one that is not known */
	pair(w);
	buf_free(&reply);
	MUST(ask(w, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 200);
	body.len -= 3;
	MUST(ask(w, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 400);
	buf_free(&body);
	buf_str(&body, "TGR1 guessed");
	for (int i = 0; i < 20; i++)
		MUST(ask(w, "/gate/v1/pair", &any, &body, &status, &reply));
	assert_int_equal(status, 403);
	MUST(ask(w, "/gate/v1/pair", &any, &body, &status, &reply));
	assert_int_equal(status, 429); /* nobody tries on and on */
	buf_free(&body);
	buf_free(&reply);
}

/* Another server, with another key, at the same address: nothing is told to it. */
static void another_server_is_not_believed(void **state)
{
	struct pair_world *w = *state;
	struct buf other_certificate = {0}, other_key = {0};
	char address[OS_ADDRESS_LEN];

	enrolled(w, "Aigerim");
	pair(w);
	snprintf(address, sizeof(address), "%s", w->address);
	stop(w);
	certificate(w, "impostor", &other_certificate, &other_key);
	w->tls.certificate = buf_cstr(&other_certificate);
	w->tls.key = buf_cstr(&other_key);
	serve(w, address);
	gate_start(w);
	steps(w, 800);
	assert_false(state_of(w).link_up);
	assert_int_equal(state_of(w).lent.entries, 0);
	assert_true(state_of(w).events_waiting > 0);
	stop(w);
	buf_free(&other_certificate);
	buf_free(&other_key);
}

#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LINK_TEST(a_withdrawal_is_at_the_gate_within_seconds),
	    LINK_TEST(a_gate_that_is_away_erases_at_the_end_of_its_lease),
	    LINK_TEST(a_lockdown_of_the_site_reaches_the_gate_and_stays),
	    LINK_TEST(a_release_lets_in_once),
	    LINK_TEST(a_bell_is_answered_from_afar),
	    LINK_TEST(a_site_that_is_late_is_told_once),
	    LINK_TEST(events_arrive_once_though_the_server_dies),
	    LINK_TEST(a_revoked_gate_erases_what_it_was_lent),
	    LINK_TEST(strangers_get_nothing),
	    LINK_TEST(another_server_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
