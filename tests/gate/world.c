/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/world.h"

#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS	 20
#define FRAME_MS 80

/* ---- clocks ---- */

static int64_t wall(void *self)
{
	const struct world *w = self;

	return T0 + w->now_ms + w->ahead_ms;
}

static int64_t boot(void *self)
{
	return ((const struct world *)self)->now_ms;
}

/* ---- the camera ---- */

static const uint8_t nothing[320 * 240 * 3];

/* The noise of a sensor: no two frames are the same. */
static void film_move(struct world *w)
{
	uint8_t *rgb = (uint8_t *)(uintptr_t)w->shown.rgb;

	if (!rgb || w->still)
		return;
	for (size_t i = 0; i < 3 * (size_t)w->shown.width * (size_t)w->shown.height; i += 7) {
		w->noise = w->noise * 1664525 + 1013904223;
		rgb[i] = (uint8_t)(rgb[i] ^ (w->noise >> 31));
	}
}

static tanu_status film_next(void *self, struct camera_event *out, int64_t now_ms, tanu_error *err)
{
	struct world *w = self;

	(void)err;
	*out = (struct camera_event){.kind = CAMERA_NOTHING, .at_ms = now_ms};
	if (w->camera_on != w->camera_told) {
		w->camera_told = w->camera_on;
		out->kind = w->camera_on ? CAMERA_ONLINE : CAMERA_OFFLINE;
		return TANU_OK;
	}
	if (!w->camera_on || now_ms < w->frame_ms + FRAME_MS)
		return TANU_OK;
	w->frame_ms = now_ms;
	out->kind = CAMERA_FRAME;
	if (w->hand)
		w->hand(w);
	film_move(w);
	out->frame.pixels =
	    w->shown.rgb
		? w->shown
		: (tanu_pixels){.rgb = nothing, .width = 320, .height = 240, .stride = 960};
	out->frame.number = ++w->frames;
	out->frame.at_ms = out->frame.media_ms = now_ms;
	return TANU_OK;
}

static int film_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t film_wake(const void *self)
{
	(void)self;
	return INT64_MAX;
}

static void film_close(void *self)
{
	(void)self;
}

static const struct camera_ops film = {
    .kind = "sim", .next = film_next, .fd = film_fd, .wake_ms = film_wake, .close = film_close};

/* ---- the site ---- */

tanu_id id_of(size_t person)
{
	tanu_id id = {{0xA0, (uint8_t)(person >> 8), (uint8_t)person, 1}};

	return id;
}

static const struct wiegand_layout *layout(void)
{
	return wiegand_layout("26");
}

static void card_bytes(uint8_t out[WIEGAND_BYTES], size_t person)
{
	struct wiegand_card card = {.site = 12, .number = person};

	memset(out, 0, WIEGAND_BYTES);
	MUST(wiegand_put(out, layout(), &card, err));
}

void add(struct world *w, size_t person, const char *pin)
{
	struct someone *p = &w->people[person];

	p->there = true;
	p->card_until_ms = T0 + 100LL * 86400000;
	p->has_pin = pin != NULL;
	snprintf(p->pin, sizeof(p->pin), "%s", pin ? pin : "");
}

struct draft {
	struct lease_entry entries[PEOPLE];
	struct lease_person people[PEOPLE];
	struct lease_card cards[2 * PEOPLE];
	size_t entries_len, people_len, cards_len;
};

static void draft_pass(struct world *w, struct draft *d, size_t i)
{
	const struct pass_made *pass = w->people[i].pass;
	struct lease_entry *entry = &d->entries[d->entries_len++];
	struct lease_card *card = &d->cards[d->cards_len++];

	*entry = (struct lease_entry){.subject = id_of(i),
				      .form = LEASE_PASS,
				      .generation = 1,
				      .consent = id_of(i + PEOPLE),
				      .sequence = 7,
				      .given_ms = T0 - 86400000,
				      .not_after_ms = T0 + 30LL * 86400000,
				      .material_len = SECRET_LEN};
	memcpy(entry->material, &pass->key, SECRET_LEN);
	*card = (struct lease_card){
	    .subject = id_of(i), .state = LEASE_CARD_VALID, .until_ms = T0 + 30LL * 86400000};
	lease_card_digest(card->digest, &w->keys.cards, LEASE_CARD_PASS, pass->number,
			  8 * sizeof(pass->number));
}

void make_pass(struct world *w, struct pass_made *out, size_t person,
	       const tanu_embedding *features)
{
	struct pass pass = {.head = {.generation = 1, .until = {2027, 1, 1}}};
	uint8_t ad[128], plain[TANU_REFERENCE4_LEN];
	struct buf bytes = {0}, all = {.data = NULL};
	tanu_id id = id_of(person);

	w->random.fill(NULL, &out->key, sizeof(out->key));
	w->random.fill(NULL, out->number, sizeof(out->number));
	memcpy(pass.head.site, w->identity.pair.site.b, sizeof(pass.head.site));
	memcpy(pass.head.number, out->number, sizeof(out->number));
	memcpy(pass.head.model, w->zone.model, sizeof(pass.head.model));
	MUST(tanu_reference4_encode(plain, features, err));
	buf_str(&all, "tanu pass 1");
	buf_put(&all, id.b, sizeof(id.b));
	buf_u16le(&all, pass.head.generation);
	pass_put_head(ad, &pass.head);
	buf_put(&all, ad, PASS_HEAD_LEN);
	buf_put(&all, w->identity.pair.site.b, TANU_ID_LEN);
	MUST(seal(pass.sealed, sizeof(pass.sealed), &out->key, plain, sizeof(plain), all.data,
		  all.len, &w->random, err));
	pass_put(&bytes, &pass);
	assert_int_equal(bytes.len, sizeof(out->bytes));
	memcpy(out->bytes, bytes.data, bytes.len);
	buf_free(&bytes);
	buf_free(&all);
}

static void draft_person(struct world *w, struct draft *d, size_t i)
{
	const struct someone *p = &w->people[i];
	struct lease_person *person = &d->people[d->people_len++];
	struct lease_card *card = &d->cards[d->cards_len++];
	uint8_t bytes[WIEGAND_BYTES];

	*person = (struct lease_person){.subject = id_of(i),
					.allowed = !p->not_allowed,
					.waiver = p->waiver,
					.has_pin = p->has_pin};
	memset(person->salt, (int)(i & 0xFF), sizeof(person->salt));
	if (p->has_pin)
		MUST(pin_stretch(person->pin, p->pin, person->salt, err));
	*card = (struct lease_card){.subject = id_of(i),
				    .state = p->blocked ? LEASE_CARD_BLOCKED : LEASE_CARD_VALID,
				    .until_ms = p->card_until_ms};
	card_bytes(bytes, i);
	lease_card_digest(card->digest, &w->keys.cards, LEASE_CARD_BITS, bytes, 26);
	if (p->consents && p->pass)
		draft_pass(w, d, i);
	if (!p->consents || !p->has_reference)
		return;
	d->entries[d->entries_len] = (struct lease_entry){.subject = id_of(i),
							  .form = LEASE_REFERENCE,
							  .consent = id_of(i + PEOPLE),
							  .sequence = 7,
							  .given_ms = T0 - 86400000,
							  .not_after_ms = T0 + 30LL * 86400000,
							  .material_len = TANU_REFERENCE_LEN};
	tanu_reference_encode(d->entries[d->entries_len++].material, &p->reference);
}

void lend(struct world *w, int64_t hours)
{
	struct draft *d = calloc(1, sizeof(*d));
	struct lease_content c = {.head = {.kind = LEASE_FULL,
					   .site = w->identity.pair.site,
					   .gate = w->identity.pair.gate,
					   .issued_ms = T0 + w->now_ms,
					   .not_after_ms = T0 + w->now_ms + hours * 3600000},
				  .zone = &w->zone};
	uint8_t to[BOX_KEY_LEN];
	struct buf doc = {0};

	assert_non_null(d);
	if (w->site) {
		w->site->lend(w);
		free(d);
		return;
	}
	w->random.fill(NULL, &c.head.series, sizeof(c.head.series));
	w->random.fill(NULL, &w->keys, sizeof(w->keys));
	for (size_t i = 0; i < PEOPLE; i++)
		if (w->people[i].there)
			draft_person(w, d, i);
	c.entries = d->entries;
	c.entries_len = d->entries_len;
	c.people = d->people;
	c.people_len = d->people_len;
	c.cards = d->cards;
	c.cards_len = d->cards_len;
	box_public_key(to, &w->identity.box);
	MUST(lease_write(&doc, &c, &w->keys, &w->site_sign, to, &w->random, err));
	MUST(gate_lease_take(w->gate, doc.data, doc.len, &w->keys, err));
	w->head = c.head;
	buf_free(&doc);
	free(d);
}

/* ---- the gate ---- */

static void to_told(void *self, const char *key, const char *text)
{
	struct world *w = self;

	assert_true(strlen(text) > 1);
	snprintf(w->told, sizeof(w->told), "%s", key);
	w->turns += strncmp(key, "turn-", 5) == 0;
}

static void to_log(void *self, const char *line)
{
	(void)self;
	if (getenv("TANU_TEST_LOG"))
		fprintf(stderr, "  gate: %s\n", line);
}

#ifdef TANU_SYNTHETIC_LIVENESS
/* Evidence that is made up, and the real one while a recording is shown. */
struct either {
	struct world *w;
	struct liveness made_up, real;
};

static struct liveness *judge_of(void *self)
{
	struct either *e = self;

	return e->w->recorded ? &e->real : &e->made_up;
}

static void either_begin(void *self, const struct liveness_options *options, int64_t at_ms)
{
	struct either *e = self;

	liveness_begin(&e->made_up, options, at_ms);
	liveness_begin(&e->real, options, at_ms);
}

static tanu_status either_observe(void *self, const struct liveness_view *view, tanu_error *err)
{
	return liveness_observe(judge_of(self), view, err);
}

static void either_judge(void *self, struct liveness_result *out, int64_t now_ms)
{
	liveness_judge(judge_of(self), out, now_ms);
}

static uint32_t either_anew(const void *self)
{
	const struct either *e = self;

	return liveness_anew(e->w->recorded ? &e->real : &e->made_up);
}

static void either_close(void *self)
{
	struct either *e = self;

	liveness_close(&e->made_up);
	liveness_close(&e->real);
	free(e);
}

static struct liveness either_open(struct world *w)
{
	static const struct liveness_ops ops = {"either",     either_begin, either_observe,
						either_judge, either_anew,  either_close};
	struct either *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	e->w = w;
	MUST(liveness_open_synthetic(&e->made_up, &w->say, err));
	MUST(liveness_open(&e->real, &w->random, err));
	return (struct liveness){.ops = &ops, .self = e};
}
#endif

static void judge_ready(struct world *w, struct gate_options *o)
{
	o->camera = (struct camera){.ops = &film, .self = w};
	o->engine = w->engine;
	if (w->real_liveness)
		MUST(liveness_open(&o->liveness, &w->random, err));
#ifdef TANU_SYNTHETIC_LIVENESS
	else if (w->both)
		o->liveness = either_open(w);
	else
		MUST(liveness_open_synthetic(&o->liveness, &w->say, err));
	o->allow_synthetic = !w->no_synthetic;
#endif
}

void world_open(struct world *w)
{
	struct gate_options o = {.settings = &w->settings,
				 .identity = &w->identity,
				 .wall = {.now_ms = wall, .self = w},
				 .boot_ms = boot,
				 .boot_self = w,
				 .tell = to_told,
				 .log = to_log,
				 .self = w};

	MUST(sim_world_open(&w->sim, "", 0, err));
	o.door = sim_world_door(w->sim);
	o.readers[0] = (struct gate_reader){.reader = sim_world_reader(w->sim), .name = "front"};
	o.readers_len = 1;
	if (w->has_camera)
		judge_ready(w, &o);
	if (w->rig)
		w->rig(w, &o);
	w->camera_told = false;
	MUST(gate_open(&w->gate, &o, err));
	if (w->site)
		w->site->opened(w);
}

void world_close(struct world *w)
{
	gate_close(&w->gate);
	sim_world_close(&w->sim);
}

static void set(struct world *w, const char *name, const char *value)
{
	MUST(settings_set(&w->settings, name, value, err));
}

static void zone_ready(struct lease_zone *z)
{
	*z = (struct lease_zone){.name = "main",
				 .windows_len = 1,
				 .window = {"all 00:00-24:00 card+face card+pin card+guard"},
				 .passback = 0,
				 .no_clock = 1,
				 .guard_release = true,
				 .threshold = {.score = 0.408F, .fmr = 1e-4},
				 .fused_score = 0.429F};
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct setting_row *rows;
	size_t len;

	assert_non_null(w);
	MUST(crypto_init(err));
	w->random = os_random();
	w->random.fill(NULL, &w->site_sign, sizeof(w->site_sign));
	w->random.fill(NULL, &w->site_box, sizeof(w->site_box));
	snprintf(w->root, sizeof(w->root), "/dev/shm/tanu-gate-XXXXXX");
	if (!os_is_memory("/dev/shm") || !mkdtemp(w->root)) {
		free(w);
		print_message("skipped: /dev/shm is not memory here\n");
		exit(77);
	}
	snprintf(w->state, sizeof(w->state), "%s/state", w->root);
	snprintf(w->run, sizeof(w->run), "%s/run", w->root);
	rows = gate_settings(&len);
	MUST(settings_init(&w->settings, rows, len, err));
	set(w, "state.dir", w->state);
	set(w, "run.dir", w->run);
	set(w, "lease.people", "700");
	set(w, "clock.battery", "yes");
	MUST(gate_identity_open(&w->identity, w->state, &w->random, err));
	w->identity.paired = true;
	w->identity.pair.site = (tanu_id){{1, 2, 3, 4}};
	w->identity.pair.gate = (tanu_id){{5, 6, 7, 8}};
	sign_public_key(w->identity.pair.site_sign, &w->site_sign);
	box_public_key(w->identity.pair.site_box, &w->site_box);
	snprintf(w->identity.name, sizeof(w->identity.name), "north");
	zone_ready(&w->zone);
	w->now_ms = 1000;
	w->camera_on = true;
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	world_close(w);
	settings_free(&w->settings);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->root);
	assert_int_equal(system(command), 0);
	free(w->events);
	free(w);
	return 0;
}

/* ---- what happens ---- */

void pass_time(struct world *w, int64_t ms)
{
	int64_t end = w->now_ms + ms;

	do {
		MUST(gate_step(w->gate, w->now_ms, err));
		w->now_ms += STEP_MS;
	} while (w->now_ms < end);
}

void real_time(struct world *w, int64_t ms, void (*serve)(void *self), void *self)
{
	int64_t ahead = w->now_ms - os_monotonic_ns() / 1000000, end = w->now_ms + ms;

	while (w->now_ms < end) {
		MUST(gate_step(w->gate, w->now_ms, err));
		if (serve)
			serve(self);
		usleep(1000);
		w->now_ms = ahead + os_monotonic_ns() / 1000000;
	}
}

void skip_time(struct world *w, int64_t ms)
{
	w->now_ms += ms;
	pass_time(w, 200);
	w->now_ms += 3000; /* an outcome is shown for a while */
	pass_time(w, 200);
}

void act(struct world *w, const char *what)
{
	MUST(sim_world_do(w->sim, what, w->now_ms, err));
	pass_time(w, STEP_MS);
}

void show_card(struct world *w, size_t person)
{
	uint8_t bytes[WIEGAND_BYTES];
	char text[64];

	card_bytes(bytes, person);
	snprintf(text, sizeof(text), "card 26 %02x%02x%02x%02x", bytes[0], bytes[1], bytes[2],
		 bytes[3]);
	act(w, text);
}

void type(struct world *w, const char *keys)
{
	char text[64];

	snprintf(text, sizeof(text), "key %s", keys);
	act(w, text);
}

struct gate_state seen(struct world *w)
{
	struct gate_state s;

	gate_state(w->gate, &s, w->now_ms);
	return s;
}

bool door_free(struct world *w)
{
	return seen(w).released;
}

void take_event(struct world *w, const struct gate_event *e)
{
	if (w->events_len == w->events_cap) {
		w->events_cap = w->events_cap ? 2 * w->events_cap : 256;
		w->events = realloc(w->events, w->events_cap * sizeof(*w->events));
		assert_non_null(w->events);
	}
	w->events[w->events_len++] = *e;
}

void collect(struct world *w)
{
	uint8_t key[PUBLIC_KEY_LEN];
	struct spool_batch batch = {0};
	struct gate_event e = {0};
	uint64_t last = 0;

	if (w->site) {
		w->site->collect(w);
		return;
	}
	sign_public_key(key, &w->identity.sign);
	for (;;) {
		struct buf bytes = {0};

		MUST(gate_events_export(w->gate, &bytes, &last, err));
		if (last == 0)
			break;
		MUST(spool_batch_get(&batch, bytes.data, bytes.len, key, err));
		assert_true(batch.first <= w->acked + 1); /* nothing is missing */
		for (size_t i = 0; i < batch.len; i++) {
			if (batch.first + i <= w->acked)
				continue;
			MUST(spool_batch_event(&e, &batch, i, &w->site_box, err));
			take_event(w, &e);
		}
		w->acked = last;
		MUST(gate_events_ack(w->gate, last, err));
		buf_free(&bytes);
	}
}

size_t count(struct world *w, enum gate_event_kind kind, const char *word)
{
	size_t n = 0;

	collect(w);
	for (size_t i = 0; i < w->events_len; i++)
		n += w->events[i].kind == kind && (!word || strcmp(w->events[i].word, word) == 0);
	return n;
}

const struct gate_event *last_decision(struct world *w)
{
	static const struct gate_event none;

	collect(w);
	for (size_t i = w->events_len; i > 0; i--)
		if (w->events[i - 1].kind == GATE_EVENT_DECISION)
			return &w->events[i - 1];
	return &none;
}
