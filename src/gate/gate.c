/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_A_ROUND 16 /* of one source: nobody keeps the others waiting */
#define UPKEEP_MS      ((int64_t)1000)

void gate_log(struct gate *g, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (g->options.log)
		g->options.log(g->options.self, line);
}

/* ---- opening ---- */

static int64_t boot_clock(void *self)
{
	(void)self;
	return os_boot_ms();
}

static int64_t book_clock(void *self)
{
	return gate_now(self);
}

static void timings(struct gate *g)
{
	const struct settings *s = g->settings;

	g->visit_options = (struct visit_options){.look_ms = settings_int(s, "look.ms"),
						  .pin_ms = settings_int(s, "pin.ms"),
						  .guard_ms = settings_int(s, "guard.ms"),
						  .show_ms = settings_int(s, "show.ms"),
						  .looks = (unsigned)settings_int(s, "look.tries")};
	g->doorway_options = (struct doorway_options){
	    .grant_ms = settings_int(s, "door.grant_ms"),
	    .exit_ms = settings_int(s, "door.exit_ms"),
	    .held_ms = settings_int(s, "door.held_ms"),
	    .counts = settings_bool(s, "door.counts"),
	    .handle_is_exit = settings_bool(s, "door.handle"),
	};
}

void gate_reload(struct gate *gate)
{
	timings(gate);
	gate->told = NULL; /* the language may be another */
	gate_log(gate, "settings read again");
}

static tanu_status lease_ready(struct gate *g, tanu_error *err)
{
	size_t people = (size_t)settings_int(g->settings, "lease.people");
	struct clock_source clock = {.now_ms = book_clock, .self = g};
	struct permit_ledger ledger;
	tanu_status st;

	if ((st = lease_new(&g->lease, people, &g->random, err)) < 0 ||
	    (st = presence_new(&g->presence, people, err)) < 0 || (st = keep_open(g, err)) < 0)
		return st;
	if (settings_bool(g->settings, "clock.battery") && !gate_clock_trust_machine(&g->clock))
		gate_log(g, "the machine's clock is behind what is known: it is not believed");
	lend_zone(g);
	ledger = lease_ledger(g->lease);
	return permit_book_open(&g->book, &clock, &g->random, &ledger, err);
}

/* They are the eye's, or stay the caller's. */
static void seconds_gone(struct gate *g)
{
	for (int i = 0; i < SECOND_KINDS; i++)
		g->options.second[i].camera = (struct camera){0};
}

static tanu_status eye_ready(struct gate *g, tanu_error *err)
{
	struct eye_options options = {
	    .camera = g->options.camera,
	    .liveness = g->options.liveness,
	    .onlooker = g->options.onlooker,
	    .second = {g->options.second[0], g->options.second[1]},
	    .engine = g->options.engine,
	    .lease = g->lease,
	    .book = g->book,
	    .max_width = (int32_t)settings_int(g->settings, "camera.width"),
	    .max_height = (int32_t)settings_int(g->settings, "camera.height"),
	    .near_percent = (int32_t)settings_int(g->settings, "camera.near"),
	    .frames = (unsigned)settings_int(g->settings, "look.frames"),
	    .turn_always = settings_bool(g->settings, "look.turn"),
	    .allow_synthetic = g->options.allow_synthetic,
	    .thread = g->options.threads};
	tanu_status st;

	if (!options.camera.ops || !options.liveness.ops || !options.engine)
		return TANU_OK;
	for (int i = 0; i < SECOND_KINDS; i++)
		g->second_there[i] = options.second[i].camera.ops != NULL;
	if ((st = eye_open(&g->eye, &options, err)) == TANU_OK) {
		g->options.camera = (struct camera){0};
		g->options.liveness = (struct liveness){0};
		seconds_gone(g);
	}
	return st;
}

static void init(struct gate *g, const struct gate_options *options)
{
	struct clock_source wall = options->wall.now_ms ? options->wall : os_clock();

	g->options = *options;
	g->settings = options->settings;
	g->identity = *options->identity;
	g->random = options->random.fill ? options->random : os_random();
	g->visit.until_ms = INT64_MAX;
	g->door_wake_ms = 0;
	g->view.listening = -1;
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		g->view.client[i] = -1;
	pthread_mutex_init(&g->time_lock, NULL);
	gate_clock_init(&g->clock, &wall, options->boot_ms ? options->boot_ms : boot_clock,
			options->boot_self, 0);
	timings(g);
	for (size_t i = 0; i < g->options.readers_len; i++) {
		const char *kind = g->options.readers[i].reader.ops->kind;

		/* these two tell when they answer; of bare wires nobody can know */
		g->reader_on[i] = strcmp(kind, "osdp") != 0 && strcmp(kind, "pcsc") != 0;
	}
}

tanu_status gate_open(struct gate **out, const struct gate_options *options, tanu_error *err)
{
	struct gate *g = calloc(1, sizeof(*g));
	tanu_status st;

	if (!g)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the gate");
	init(g, options);
	if (!g->identity.paired)
		st = tanu_fail(err, TANU_ERR_GATE, NULL,
			       "this gate is not paired yet: tanu gate add at the site, then "
			       "tanu-gate pair here");
	else if ((st = lease_ready(g, err)) == TANU_OK)
		st = eye_ready(g, err);
	if (st < 0) {
		/* devices stay the caller's */
		seconds_gone(g);
		g->options.door = (struct door){0};
		g->options.readers_len = 0;
		g->options.camera = (struct camera){0};
		g->options.liveness = (struct liveness){0};
		gate_close(&g);
		return st;
	}
	report_word(g, GATE_EVENT_START, "start", 0);
	orders_read(g, 0);
	tell(g, "ready");
	*out = g;
	return TANU_OK;
}

void gate_close(struct gate **gate)
{
	struct gate *g = *gate;

	if (!g)
		return;
	view_close(g);
	link_close(&g->link);
	eye_close(&g->eye);
	for (size_t i = 0; i < g->options.readers_len; i++)
		reader_close(&g->options.readers[i].reader);
	door_close(&g->options.door);
	camera_close(&g->options.camera);
	for (int i = 0; i < SECOND_KINDS; i++)
		camera_close(&g->options.second[i].camera);
	liveness_close(&g->options.liveness);
	permit_book_close(&g->book);
	spool_close(&g->spool);
	lease_free(&g->lease);
	presence_free(&g->presence);
	pthread_mutex_destroy(&g->time_lock);
	mem_wipe(g, sizeof(*g));
	free(g);
	*gate = NULL;
}

/* ---- one round ---- */

static void readers_watch(struct gate *g, int64_t now_ms)
{
	static struct reader_event e; /* 4 KiB, of the one thread that steps gates */

	for (size_t i = 0; i < g->options.readers_len; i++)
		for (int n = 0; n < EVENTS_A_ROUND; n++) {
			struct reader *r = &g->options.readers[i].reader;

			e.kind = READER_NOTHING;
			if (reader_next(r, &e, now_ms, NULL) < 0) {
				e.kind = READER_OFFLINE;
				claim_take(g, i, &e, now_ms);
				break;
			}
			if (e.kind == READER_NOTHING)
				break;
			claim_take(g, i, &e, now_ms);
			mem_wipe(e.bytes, sizeof(e.bytes));
		}
}

static void trouble_tell(struct gate *g, enum camera_trouble trouble)
{
	char word[GATE_EVENT_WORD];

	g->trouble = trouble;
	snprintf(word, sizeof(word), "camera-%s",
		 trouble == CAMERA_TROUBLE_NONE ? "clear" : camera_trouble_word(trouble));
	gate_log(g, "camera: %s", word);
	report_word(g, GATE_EVENT_DEVICE, word, 0);
}

static void camera_tell(struct gate *g, bool on)
{
	if (g->camera_on == on && g->camera_lost == !on)
		return;
	g->camera_on = on;
	g->camera_lost = !on;
	gate_log(g, on ? "camera: it shows pictures"
		       : "camera: no picture, the lane without a face goes on");
	report_word(g, GATE_EVENT_DEVICE, on ? "camera-on" : "camera-off", 0);
}

bool gate_sees(const struct gate *g)
{
	if (!g->eye || !g->camera_on)
		return false;
	for (int i = 0; i < SECOND_KINDS; i++)
		if (g->second_there[i] && !g->second_on[i])
			return false;
	return true;
}

static void not_seen(struct gate *g, int64_t now_ms)
{
	if (g->visit.state == VISIT_FACE)
		person_bring(g, VISIT_NOT_SEEN, now_ms);
}

static void second_tell(struct gate *g, const struct eye_news *news, int64_t now_ms)
{
	const char *kind = second_kind_word(news->second);
	char word[GATE_EVENT_WORD];

	g->second_on[news->second] = news->on;
	gate_log(g, "%s camera: %s%s", kind, news->on ? "it shows pictures" : news->err.message,
		 news->on ? "" : "; nobody is let in by face without it");
	snprintf(word, sizeof(word), "%s-%s", kind, news->on ? "on" : "off");
	report_word(g, GATE_EVENT_DEVICE, word, 0);
	if (!news->on)
		not_seen(g, now_ms);
}

static void eye_watch(struct gate *g, int64_t now_ms)
{
	struct eye_news news;

	if (!g->eye)
		return;
	if (!g->options.threads)
		eye_step(g->eye, now_ms);
	for (int n = 0; n < EVENTS_A_ROUND && eye_next(g->eye, &news); n++)
		switch (news.kind) {
		case EYE_RESULT:
			person_seen(g, &news.result, now_ms);
			break;
		case EYE_HINT:
			if (g->visit.state == VISIT_FACE)
				tell(g, news.word);
			break;
		case EYE_ONLINE:
			camera_tell(g, true);
			break;
		case EYE_OFFLINE:
			if (!g->camera_lost)
				gate_log(g, "camera: %s", news.err.message);
			camera_tell(g, false);
			not_seen(g, now_ms);
			break;
		case EYE_TROUBLE:
			trouble_tell(g, news.trouble);
			break;
		case EYE_SECOND:
			second_tell(g, &news, now_ms);
			break;
		case EYE_FAILED:
			gate_log(g, "camera: %s", news.err.message);
			break;
		case EYE_NOTHING:
			break;
		}
}

/* ---- the site ---- */

static void link_take(struct gate *g, struct link_news *news, int64_t now_ms)
{
	tanu_error why = {0};

	if (g->link_up != news->answered)
		report_word(g, GATE_EVENT_DEVICE, news->answered ? "link-on" : "link-off", 0);
	if (g->link_up != news->answered || strcmp(g->link_why, news->err.message) != 0) {
		gate_log(g, news->answered ? "the site answers%s" : "the site does not answer: %s",
			 news->err.message);
		snprintf(g->link_why, sizeof(g->link_why), "%.200s", news->err.message);
	}
	g->link_up = news->answered;
	if (news->revoked) {
		gate_log(g, "the site has revoked this gate: what it lent is erased");
		keep_drop_gallery(g);
		lease_drop(g->lease);
		lend_zone(g);
	}
	if (!news->answered)
		return;
	if (news->time_ms)
		gate_time_set(g, news->time_ms);
	if (news->acked && spool_ack(g->spool, news->acked, &why) < 0)
		gate_log(g, "%s", why.message);
	if (news->doc.len && lend_take(g, news->doc.data, news->doc.len, &news->keys, &why) < 0) {
		gate_log(g, "a lease was refused: %s", why.message);
		report_word(g, GATE_EVENT_LEASE, "lease-refused", 0);
		g->ask_all = true;
	}
	orders_take(g, news, now_ms);
}

static void link_watch(struct gate *g, int64_t now_ms)
{
	struct lease_head have = lease_head(g->lease);
	struct buf events = {.max = SPOOL_BATCH_BYTES};
	struct link_news news = {0};
	uint64_t last = 0;

	if (!g->link)
		return;
	if (link_next(g->link, &news)) {
		link_take(g, &news, now_ms);
		link_news_wipe(&news);
		have = lease_head(g->lease);
	}
	if (g->ask_all || !g->has_keys)
		have = (struct lease_head){0};
	g->ask_all = false;
	if (link_wants_events(g->link) && spool_state(g->spool).waiting > 0)
		spool_batch(g->spool, &events, &last, SPOOL_BATCH_MAX, &g->identity.sign, NULL);
	link_put(g->link, &have, g->lockdown != 0, &events, last);
	buf_free(&events);
}

tanu_status gate_link(struct gate *gate, const char *certificate, const char *key, tanu_error *err)
{
	struct link_options options = {.url = settings_text(gate->settings, "link.url"),
				       .server_pin = gate->identity.server_pin,
				       .certificate = certificate,
				       .key = key,
				       .poll_ms =
					   (int)settings_int(gate->settings, "link.poll_ms")};

	return link_open(&gate->link, &options, err);
}

tanu_status gate_view(struct gate *gate, tanu_error *err)
{
	return view_open(gate, settings_text(gate->settings, "gate.socket"), err);
}

/* ---- all of it ---- */

static void upkeep(struct gate *g, int64_t now_ms)
{
	struct spool_state spool;

	if (now_ms - g->upkeep_ms < UPKEEP_MS && g->upkeep_ms)
		return;
	g->upkeep_ms = now_ms;
	gate_time_watch(g);
	lend_watch(g);
	spool = spool_state(g->spool);
	if (spool.alarm && !g->alarm_told)
		gate_log(g, "%zu of %zu events wait for the site: see to the connection",
			 spool.waiting, spool.max);
	g->alarm_told = spool.alarm;
	if (g->stopped)
		report_possible(g);
}

tanu_status gate_step(struct gate *gate, int64_t now_ms, tanu_error *err)
{
	(void)err;
	passage_watch(gate, now_ms);
	panel_watch(gate);
	readers_watch(gate, now_ms);
	eye_watch(gate, now_ms);
	person_watch(gate, now_ms);
	link_watch(gate, now_ms);
	ticket_watch(gate, now_ms);
	view_watch(gate, now_ms);
	upkeep(gate, now_ms);
	return TANU_OK;
}

/* ---- by hand ---- */

tanu_status gate_events_export(struct gate *gate, struct buf *out, uint64_t *last, tanu_error *err)
{
	return spool_batch(gate->spool, out, last, SPOOL_BATCH_MAX, &gate->identity.sign, err);
}

tanu_status gate_events_ack(struct gate *gate, uint64_t upto, tanu_error *err)
{
	return spool_ack(gate->spool, upto, err);
}

tanu_status gate_command(struct gate *gate, const char *command, int64_t now_ms, tanu_error *err)
{
	if (strcmp(command, "guard yes") == 0)
		person_guard(gate, RULES_GUARD_YES, now_ms);
	else if (strcmp(command, "guard no") == 0)
		person_guard(gate, RULES_GUARD_NO, now_ms);
	else if (strcmp(command, "release") == 0)
		person_guard(gate, RULES_GUARD_RELEASE, now_ms);
	else if (strcmp(command, "bell") == 0)
		person_bell(gate, now_ms);
	else if (strcmp(command, "answered") == 0)
		person_answered(gate);
	else if (strcmp(command, "ticket") == 0)
		return ticket_give(gate, now_ms)
			   ? TANU_OK
			   : tanu_fail(err, TANU_ERR_RECORD_MISSING, "ticket",
				       "nobody was let in or refused within the last half minute");
	else if (strcmp(command, "lockdown on") == 0)
		lockdown_set(gate, LOCKDOWN_GUARD, true, now_ms);
	else if (strcmp(command, "lockdown off") == 0)
		lockdown_set(gate, LOCKDOWN_GUARD, false, now_ms);
	else
		return tanu_fail(err, TANU_ERR_USAGE, "command",
				 "say guard yes, guard no, release, bell, answered, ticket, "
				 "lockdown on or lockdown off");
	return TANU_OK;
}
