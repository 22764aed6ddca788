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

bool crowd_enrol(struct world *w, size_t person, const char *photo)
{
	static tanu_session *session;
	static tanu_faces faces;
	tanu_session_options options = {.central = true};
	struct photo p = photo_read(data_path(photo));
	tanu_pixels pixels = pixels_of(&p);
	tanu_embedding features = {.quality = 0};
	bool good;

	if (!session)
		session = session_with(&options);
	analyse(session, &faces, &p);
	good = faces.count > 0 && faces.face[faces.chosen].quality.refused == 0;
	if (good) {
		MUST(tanu_embed(session, &features, &pixels, &faces.face[faces.chosen], err));
		MUST(tanu_reference_from(&w->people[person].reference, &features, err));
		w->people[person].has_reference = w->people[person].consents = true;
	}
	photo_free(&p);
	return good;
}

void crowd_show(struct world *w, const struct photo *photo)
{
	w->shown = photo ? pixels_of(photo) : (tanu_pixels){.rgb = NULL};
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

struct crowd {
	struct world *door[DOORS];
	struct pair_of_photos *photos;
	bool enrolled[PEOPLE];
	struct morning *m;
};

static void doors_open(struct crowd *c, size_t people)
{
	for (size_t d = 0; d < DOORS; d++) {
		world_setup((void **)&c->door[d]);
		c->door[d]->has_camera = true;
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
	bool in;

	if (sort == BY_FACE && !(c->enrolled[i] && w->camera_on))
		sort = BY_PIN; /* the lane without a face */
	switch (sort) {
	case BY_FACE:
		in = enter_by_face(c, w, i, c->photos[i].shown);
		m->right[0]++;
		m->right_in[0] += in;
		break;
	case BY_PIN:
		in = enter_by_pin(w, i, PIN);
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

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void morning_run(struct morning *out, size_t people, double minutes)
{
	struct crowd *c = calloc(1, sizeof(*c));
	int64_t apart_ms = (int64_t)(minutes * 60000 / (double)people * DOORS);
	int64_t at_ms[DOORS] = {0};

	assert_non_null(c);
	*out = (struct morning){.people = people, .doors = DOORS};
	c->m = out;
	c->photos = calloc(people, sizeof(*c->photos));
	for (int lane = 0; lane < 2; lane++)
		out->waited[lane] = calloc(4 * people, sizeof(uint32_t));
	assert_true(crowd_find(c->photos, people));
	doors_open(c, people);
	for (size_t i = 0; i < people; i++) {
		struct world *w = c->door[i % DOORS];
		int64_t before = w->now_ms;

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
		at_ms[i % DOORS] += apart_ms;
		if (w->now_ms - before < apart_ms)
			w->now_ms = before + apart_ms;
	}
	doors_count(c);
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
		    "lane %-12s came for it %zu, let in %zu (%zu of them this way); from card to "
		    "door p50 %u ms, p99 %u ms\n",
		    lanes[lane], m->right[lane], m->right_in[lane], m->by_lane[lane],
		    at_percent(m, lane, 50), at_percent(m, lane, 99));
	printf("stolen cards, and of people who said no: %zu, let in %zu\n", m->wrong, m->wrong_in);
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
