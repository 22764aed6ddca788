/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/crowd.h"

#include <dirent.h>

/* ---- who there is ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* `dir` ends in what `photo` begins with. */
static bool is_there(const char *dir, const char *photo)
{
	char path[512];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, photo + strlen("lfw-dev/images/"));
	return os_exists(path);
}

bool crowd_find(struct pair_of_photos *out, size_t len)
{
	const char *found_dir = data_path("lfw-dev/images");
	char dir[256];
	static char names[4096][128];
	struct dirent *entry;
	size_t found = 0, taken = 0;
	DIR *open_dir;

	if (!found_dir)
		return false;
	snprintf(dir, sizeof(dir), "%.255s", found_dir); /* the next call takes its place */
	if (!(open_dir = opendir(dir)))
		return false;
	while ((entry = readdir(open_dir)) && found < ARRAY_LEN(names))
		if (entry->d_name[0] != '.')
			snprintf(names[found++], sizeof(names[0]), "%.127s", entry->d_name);
	closedir(open_dir);
	qsort(names, found, sizeof(names[0]), by_name);
	for (size_t i = 0; i < found && taken < len; i++) {
		struct pair_of_photos *p = &out[taken];

		snprintf(p->enrolled, sizeof(p->enrolled), "lfw-dev/images/%.60s/%.60s_0001.jpg",
			 names[i], names[i]);
		snprintf(p->shown, sizeof(p->shown), "lfw-dev/images/%.60s/%.60s_0002.jpg",
			 names[i], names[i]);
		taken += is_there(dir, p->enrolled) && is_there(dir, p->shown);
	}
	return taken == len;
}

static bool enrol_photo(struct world *w, size_t person, const struct photo *p)
{
	static tanu_session *session;
	static tanu_faces faces;
	tanu_session_options options = {.central = true};
	tanu_pixels pixels = pixels_of(p);
	tanu_embedding features = {.quality = 0};
	bool good;

	if (!session)
		session = session_with(&options);
	analyse(session, &faces, p);
	good = faces.count > 0 && faces.face[faces.chosen].quality.refused == 0;
	if (good) {
		MUST(tanu_embed(session, &features, &pixels, &faces.face[faces.chosen], err));
		MUST(tanu_reference_from(&w->people[person].reference, &features, err));
		w->people[person].has_reference = w->people[person].consents = true;
	}
	return good;
}

bool crowd_enrol(struct world *w, size_t person, const char *photo)
{
	struct photo p = photo_read(data_path(photo));
	bool good = enrol_photo(w, person, &p);

	photo_free(&p);
	return good;
}

void crowd_show(struct world *w, const struct photo *photo)
{
	w->shown = photo ? pixels_of(photo) : (tanu_pixels){.rgb = NULL};
}

/* ---- recordings: frames of living people, and of prints held before a webcam ---- */

static long frame_number(const char *name)
{
	const char *last = strrchr(name, '_');

	return last ? atol(last + 1) : 0;
}

static int by_frame(const void *a, const void *b)
{
	long x = frame_number(a), y = frame_number(b);

	return (x > y) - (x < y);
}

/* The frames of a session begin with its name: "0001_00_00_02_". */
static size_t names_of(char names[FILM_FRAMES][64], const char *dir, const char *session)
{
	DIR *open_dir = opendir(dir);
	struct dirent *entry;
	size_t len = 0;

	while (open_dir && (entry = readdir(open_dir)) && len < FILM_FRAMES)
		if (strncmp(entry->d_name, session, strlen(session)) == 0)
			snprintf(names[len++], sizeof(names[0]), "%.63s", entry->d_name);
	if (open_dir)
		closedir(open_dir);
	qsort(names, len, sizeof(names[0]), by_frame);
	return len;
}

bool film_open(struct film *f, const char *folder, const char *session)
{
	static char names[FILM_FRAMES][64];
	const char *dir = data_path(folder);
	char path[384];

	*f = (struct film){.len = 0};
	if (!dir)
		return false;
	f->len = names_of(names, dir, session);
	for (size_t i = 0; i < f->len; i++) {
		snprintf(path, sizeof(path), "%.250s/%.63s", folder, names[i]);
		f->frame[i] = photo_read(data_path(path));
	}
	return f->len > 0;
}

void film_close(struct film *f)
{
	for (size_t i = 0; i < f->len; i++)
		photo_free(&f->frame[i]);
	*f = (struct film){.len = 0};
}

void film_turn(struct world *w)
{
	struct film *f = w->hand_self;
	size_t at = f->at++ % (2 * f->len);

	crowd_show(w, &f->frame[at < f->len ? at : 2 * f->len - 1 - at]);
}

bool crowd_play(struct world *w, size_t person, const char *folder, const char *session, int64_t ms)
{
	struct film f;

	if (!film_open(&f, folder, session))
		return false;
	w->hand = film_turn;
	w->hand_self = &f;
	w->still = true; /* it has its own noise */
	film_turn(w);
	pass_time(w, 600);
	show_card(w, person);
	pass_time(w, ms);
	w->hand = NULL;
	w->still = false;
	crowd_show(w, NULL);
	film_close(&f);
	return true;
}

/* ---- a morning ---- */

#define PIN	 "8391"
#define DOORS	 2
#define LOOK_MS	 20
#define PATIENCE 8000

/* What sort of visit it is. */
enum visit_sort {
	BY_FACE,	/* card and her own face */
	BY_PIN,		/* said no: card and PIN */
	BY_GUARD,	/* card and the guard's look */
	STOLEN,		/* a card with a consent, another face, no PIN */
	STOLEN_REFUSED, /* the card of somebody who said no, guesses */
	SORTS
};

static enum visit_sort sort_of(size_t i)
{
	static const enum visit_sort pattern[20] = {
	    BY_FACE,  BY_FACE, BY_PIN,	BY_FACE,	BY_FACE, BY_FACE, STOLEN,
	    BY_FACE,  BY_PIN,  BY_FACE, BY_FACE,	BY_PIN,	 BY_FACE, BY_FACE,
	    BY_GUARD, BY_FACE, BY_FACE, STOLEN_REFUSED, BY_FACE, BY_PIN};

	return pattern[i % ARRAY_LEN(pattern)];
}

#define RECORDED_PEOPLE 9 /* of nuaa-train: 0001 to 0009 */

struct crowd {
	struct world *door[DOORS];
	struct pair_of_photos *photos;
	bool enrolled[PEOPLE];
	bool recordings; /* they are here, and their people are enrolled */
	size_t people;
	struct morning *m;
};

/* Who is recorded comes after the others; a frame of her first session enrols her. */
static bool enrol_recorded(struct crowd *c, size_t who)
{
	static const char *const first[RECORDED_PEOPLE] = {
	    "0001_00_00_01_", "0002_01_00_01_", "0003_01_00_01_",
	    "0004_01_00_01_", "0005_00_00_01_", "0006_00_00_01_",
	    "0007_00_00_01_", "0008_00_00_02_", "0009_01_00_01_"};
	char folder[64];
	struct film f;
	bool enrolled = false;

	snprintf(folder, sizeof(folder), "nuaa-train/live/%.4s", first[who]);
	if (!film_open(&f, folder, first[who]))
		return false;
	for (size_t i = 0; i < f.len && !enrolled; i++)
		enrolled = enrol_photo(c->door[0], c->people + who, &f.frame[i]);
	film_close(&f);
	return enrolled;
}

static void recorded_ready(struct crowd *c)
{
	c->recordings = true;
	for (size_t who = 0; who < RECORDED_PEOPLE && c->recordings; who++) {
		for (size_t d = 0; d < DOORS; d++)
			add(c->door[d], c->people + who, PIN);
		c->recordings = enrol_recorded(c, who);
		c->door[1]->people[c->people + who] = c->door[0]->people[c->people + who];
	}
}

static void doors_open(struct crowd *c, const struct crowd_site *site)
{
	size_t people = c->people;

	for (size_t d = 0; d < DOORS; d++) {
		world_setup((void **)&c->door[d]);
		c->door[d]->has_camera = c->door[d]->both = true;
		c->door[d]->engine = engine;
#ifdef TANU_SYNTHETIC_LIVENESS
		c->door[d]->say = (struct liveness_synthetic){
		    .state = LIVENESS_LIVE, .after_ms = 350, .frames_min = 4};
#endif
		for (size_t i = 0; i < people; i++)
			add(c->door[d], i, sort_of(i) == BY_GUARD ? NULL : PIN);
	}
	for (size_t i = 0; i < people; i++) {
		if (sort_of(i) != BY_FACE && sort_of(i) != STOLEN)
			continue;
		c->enrolled[i] = crowd_enrol(c->door[0], i, c->photos[i].enrolled);
		c->door[1]->people[i] = c->door[0]->people[i];
	}
	recorded_ready(c);
	if (site)
		site->begin(site->self, c->door, DOORS);
	for (size_t d = 0; d < DOORS; d++) {
		world_open(c->door[d]);
		lend(c->door[d], 96);
		act(c->door[d], "walk 400 900");
	}
}

/* Time passes at a door until somebody is let in, or it is over. */
static bool wait_for(struct world *w, int64_t ms)
{
	uint64_t before = seen(w).grants;
	int64_t end = w->now_ms + ms;

	while (w->now_ms < end && seen(w).grants == before && strcmp(seen(w).visit, "ready") != 0)
		pass_time(w, LOOK_MS);
	return seen(w).grants > before;
}

static bool enter_by_face(struct crowd *c, struct world *w, size_t i, const char *photo)
{
	struct photo p = photo_read(data_path(photo));
	bool in;

	crowd_show(w, &p);
	pass_time(w, 400); /* she walks up while she looks for her card */
	show_card(w, i);
	in = wait_for(w, PATIENCE);
	if (!in && sort_of(i) == BY_FACE) { /* it did not know her: her PIN, as everybody's */
		show_card(w, i);
		pass_time(w, 9000);
		type(w, PIN "#");
		in = wait_for(w, 1000) || strcmp(seen(w).visit, "go") == 0;
	}
	crowd_show(w, NULL);
	photo_free(&p);
	(void)c;
	return in;
}

static bool enter_by_pin(struct world *w, size_t i, const char *pin)
{
	char keys[16];

	snprintf(keys, sizeof(keys), "%s#", pin);
	show_card(w, i);
	pass_time(w, 1800); /* four digits */
	type(w, keys);
	return strcmp(seen(w).visit, "go") == 0 || wait_for(w, 500);
}

static bool enter_by_guard(struct world *w, size_t i)
{
	show_card(w, i);
	pass_time(w, 4000);
	MUST(gate_command(w->gate, "guard yes", w->now_ms, err));
	return strcmp(seen(w).visit, "go") == 0;
}

static void visit(struct crowd *c, size_t i, size_t people)
{
	struct world *w = c->door[i % DOORS];
	size_t other = (i + people / 2) % people;
	enum visit_sort sort = sort_of(i);
	struct morning *m = c->m;
	struct photo shown = {.rgb = NULL};
	bool in;

	if (sort == BY_FACE && !(c->enrolled[i] && c->door[0]->people[i].consents && w->camera_on))
		sort = BY_PIN; /* the lane without a face */
	switch (sort) {
	case BY_FACE:
		in = enter_by_face(c, w, i, c->photos[i].shown);
		m->right[0]++;
		m->right_in[0] += in;
		break;
	case BY_PIN:
		/* who has taken her consent back stands there as before: nothing is made of it */
		if (sort_of(i) == BY_FACE && c->enrolled[i] && !c->door[0]->people[i].consents)
			shown = photo_read(data_path(c->photos[i].shown));
		crowd_show(w, shown.rgb ? &shown : NULL);
		pass_time(w, shown.rgb ? 400 : 0);
		in = enter_by_pin(w, i, PIN);
		crowd_show(w, NULL);
		photo_free(&shown);
		m->right[1]++;
		m->right_in[1] += in;
		break;
	case BY_GUARD:
		in = enter_by_guard(w, i);
		m->right[1]++;
		m->right_in[1] += in;
		break;
	case STOLEN:
		in = enter_by_face(c, w, i, c->photos[other].shown);
		m->wrong++;
		m->wrong_in += in;
		break;
	case STOLEN_REFUSED:
		in = enter_by_pin(w, i, "2580");
		m->wrong++;
		m->wrong_in += in;
		break;
	case SORTS:
		break;
	}
	pass_time(w, 1400); /* she goes through */
	skip_time(w, 1000);
}

/* Every event of a door: each number once, none missing; and what they add up to. */
static void doors_count(struct crowd *c)
{
	struct morning *m = c->m;

	for (size_t d = 0; d < DOORS; d++) {
		struct world *w = c->door[d];

		collect(w);
		m->lost += w->acked - w->events_len;
		m->events += w->events_len;
		for (size_t i = 0; i < w->events_len; i++) {
			const struct gate_event *e = &w->events[i];
			int lane = !(e->way & RULES_FACE);

			if (e->kind != GATE_EVENT_DECISION)
				continue;
			m->embeddings += e->embeddings;
			m->permits += e->permits;
			if (e->verdict != RULES_GRANT)
				continue;
			m->by_lane[lane]++;
			m->waited[lane][m->waited_len[lane]++] = e->waited_ms;
		}
		assert_int_equal(seen(w).embeddings, seen(w).permits);
	}
}

/* Another session than the one of her enrolment: "0001_00_00_02". */
static const char *const living[] = {"0001_00_00_02", "0004_01_00_02", "0005_00_00_02",
				     "0006_00_00_02", "0007_01_00_01", "0007_01_00_02",
				     "0009_01_00_02"};
/* Of everybody five: held still, moved, turned, bent about two axes; and the room where it was. */
static const char *const prints[] = {"00_01", "01_02", "02_02", "03_02", "04_02"};
static const char room[RECORDED_PEOPLE + 1] = "011100101";
#define RECORDINGS (ARRAY_LEN(living) + RECORDED_PEOPLE * ARRAY_LEN(prints))

/* Somebody comes who is recorded, or her photograph is held up with her card. */
static void recorded_visit(struct crowd *c, size_t number)
{
	struct morning *m = c->m;
	bool alive = number < ARRAY_LEN(living);
	size_t print = number - ARRAY_LEN(living);
	struct world *w = c->door[c->door[0]->camera_on ? number % DOORS : 1];
	char folder[64], session[32];
	uint64_t before;

	if (alive)
		snprintf(session, sizeof(session), "%s_", living[number]);
	else
		snprintf(session, sizeof(session), "000%zu_0%c_%s_", 1 + print / ARRAY_LEN(prints),
			 room[print / ARRAY_LEN(prints)], prints[print % ARRAY_LEN(prints)]);
	snprintf(folder, sizeof(folder), "nuaa-train/%s/%.4s", alive ? "live" : "print", session);
	before = seen(w).grants;
	w->recorded = true;
	if (!crowd_play(w, c->people + (size_t)(session[3] - '1'), folder, session, 3000))
		fail_msg("%s/%s is not here", folder, session);
	w->recorded = false;
	*(alive ? &m->living : &m->prints) += 1;
	*(alive ? &m->living_in : &m->prints_in) += seen(w).grants > before;
	/* somebody has come, looks, and says no to what is left */
	gate_command(w->gate, "guard no", w->now_ms, NULL);
	pass_time(w, 1400);
	skip_time(w, 1000);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Recordings are spread over the morning, all kinds alike; a short one has some of them. */
static void recorded_between(struct crowd *c, size_t i)
{
	size_t len = c->people / 4 < RECORDINGS ? c->people / 4 : RECORDINGS;
	size_t before = i * len / c->people, after = (i + 1) * len / c->people;

	for (size_t k = before; c->recordings && k < after; k++)
		recorded_visit(c, k * RECORDINGS / len);
}

void morning_run(struct morning *out, size_t people, double minutes, const struct crowd_site *site)
{
	struct crowd *c = calloc(1, sizeof(*c));
	int64_t apart_ms = (int64_t)(minutes * 60000 / (double)people * DOORS);
	int64_t at_ms[DOORS] = {0};

	assert_non_null(c);
	*out = (struct morning){.people = people, .doors = DOORS};
	c->m = out;
	c->people = people;
	c->photos = calloc(people, sizeof(*c->photos));
	for (int lane = 0; lane < 2; lane++)
		out->waited[lane] = calloc(4 * people, sizeof(uint32_t));
	assert_true(crowd_find(c->photos, people));
	doors_open(c, site);
	for (size_t i = 0; i < people; i++) {
		struct world *w = c->door[i % DOORS];
		int64_t before = w->now_ms;

		if (site)
			site->before(site->self, i, people);
		/* a tenth of the morning without camera at the first door */
		if (i % DOORS == 0) {
			w->camera_on = i < people * 4 / 10 || i >= people / 2;
			pass_time(w, 100);
		}
		if (i == people * 7 / 10) { /* the second door's power fails and comes back */
			world_close(c->door[1]);
			world_open(c->door[1]);
			act(c->door[1], "walk 400 900");
			pass_time(c->door[1], 500);
		}
		visit(c, i, people);
		recorded_between(c, i);
		if (seen(w).events_waiting > out->waiting_most)
			out->waiting_most = seen(w).events_waiting;
		at_ms[i % DOORS] += apart_ms;
		if (w->now_ms - before < apart_ms)
			w->now_ms = before + apart_ms;
	}
	doors_count(c);
	if (site)
		site->end(site->self);
	for (int lane = 0; lane < 2; lane++)
		qsort(out->waited[lane], out->waited_len[lane], sizeof(uint32_t), by_size);
	for (size_t d = 0; d < DOORS; d++)
		world_teardown((void **)&c->door[d]);
	free(c->photos);
	free(c);
}

static uint32_t at_percent(const struct morning *m, int lane, size_t percent)
{
	size_t len = m->waited_len[lane];

	return len ? m->waited[lane][(len - 1) * percent / 100] : 0;
}

void morning_print(const struct morning *m)
{
	static const char *const lanes[] = {"with a face", "without"};

	printf("%zu people through %zu doors\n", m->people, m->doors);
	for (int lane = 0; lane < 2; lane++)
		printf(
		    "lane %-12s came for it %zu, let in %zu; all let in this way %zu; from card to "
		    "door p50 %u ms, p99 %u ms\n",
		    lanes[lane], m->right[lane], m->right_in[lane], m->by_lane[lane],
		    at_percent(m, lane, 50), at_percent(m, lane, 99));
	printf("stolen cards, and of people who said no: %zu, let in %zu\n", m->wrong, m->wrong_in);
	if (m->living + m->prints)
		printf("recorded, with the real evidence: living people %zu, let in %zu; prints "
		       "held up with their cards %zu, let in %zu\n",
		       m->living, m->living_in, m->prints, m->prints_in);
	printf("at most %zu events waited at a gate\n", m->waiting_most);
	printf("embeddings %llu, permits %llu; events %zu, lost or doubled %zu\n",
	       (unsigned long long)m->embeddings, (unsigned long long)m->permits, m->events,
	       m->lost);
}

void morning_free(struct morning *m)
{
	free(m->waited[0]);
	free(m->waited[1]);
	*m = (struct morning){0};
}
