/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a script: one small function a word, found in a table. */
#include "device/sim/world.h"

#include <string.h>

/* The words of one act. `w` NULL: only look whether they are right. */
struct act {
	struct sim_world *w;
	int64_t now_ms;
	const char *one, *two; /* what stands behind the word; "" where nothing does */
	size_t one_len, two_len;
};

typedef bool (*act_fn)(struct act *a);

static bool is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool one_is(const struct act *a, const char *word)
{
	return is(a->one, a->one_len, word) && a->two_len == 0;
}

static bool nothing_behind(const struct act *a)
{
	return a->one_len == 0;
}

static bool number(const char *text, size_t len, int64_t most, int64_t *out)
{
	int64_t v = 0;

	if (len == 0 || len > 12)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (text[i] - '0');
	}
	*out = v;
	return v <= most;
}

static bool hex_bytes(uint8_t *out, size_t room, const char *text, size_t len, size_t *out_len)
{
	if (len == 0 || len % 2 || len / 2 > room)
		return false;
	for (size_t i = 0; i < len / 2; i++) {
		const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};

		if (!hex_decode(out + i, 1, digits))
			return false;
	}
	*out_len = len / 2;
	return true;
}

/* ---- the reader ---- */

static struct reader_event *put_shown(struct act *a, enum reader_event_kind kind)
{
	struct reader_event *e = &a->w->shown[a->w->shown_len++];

	*e = (struct reader_event){.kind = kind, .at_ms = a->now_ms};
	return e;
}

static bool do_card(struct act *a)
{
	uint8_t bytes[64] = {0};
	int64_t bits;
	size_t len;

	if (!number(a->one, a->one_len, 512, &bits) || bits == 0 ||
	    !hex_bytes(bytes, sizeof(bytes), a->two, a->two_len, &len) ||
	    len != ((size_t)bits + 7) / 8)
		return false;
	if (a->w) {
		struct reader_event *e = put_shown(a, READER_CARD);

		e->bits = (uint16_t)bits;
		e->len = len;
		memcpy(e->bytes, bytes, len);
	}
	return true;
}

static bool do_code(struct act *a)
{
	if (a->one_len == 0 || a->one_len > 64 || a->two_len)
		return false;
	if (a->w) {
		struct reader_event *e = put_shown(a, READER_CODE);

		e->len = a->one_len;
		memcpy(e->bytes, a->one, a->one_len);
	}
	return true;
}

static bool do_pass(struct act *a)
{
	uint8_t bytes[SIM_BYTES_MAX];
	size_t len;

	if (a->two_len || !hex_bytes(bytes, sizeof(bytes), a->one, a->one_len, &len))
		return false;
	if (a->w) {
		struct reader_event *e = put_shown(a, READER_PASS);

		e->len = len;
		memcpy(e->bytes, bytes, len);
	}
	return true;
}

#define KEYS_MAX 16

static bool do_key(struct act *a)
{
	if (a->one_len == 0 || a->one_len > KEYS_MAX || a->two_len ||
	    strspn(a->one, "0123456789*#ABCD") < a->one_len)
		return false;
	for (size_t i = 0; a->w && i < a->one_len; i++)
		put_shown(a, READER_KEY)->key = a->one[i];
	return true;
}

static bool do_reader(struct act *a)
{
	static const struct {
		const char *word;
		enum reader_event_kind kind;
		bool on;
	} words[] = {{"on", READER_ONLINE, false},
		     {"off", READER_OFFLINE, false},
		     {"tamper", READER_TAMPER, true},
		     {"mend", READER_TAMPER, false}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!one_is(a, words[i].word))
			continue;
		if (a->w) {
			put_shown(a, words[i].kind)->on = words[i].on;
			if (words[i].kind != READER_TAMPER)
				a->w->reader_off = words[i].kind == READER_OFFLINE;
		}
		return true;
	}
	return false;
}

/* ---- the door ---- */

void sim_leaf(struct sim_world *w, bool open, int64_t now_ms)
{
	if (w->leaf_open != open)
		sim_put_door(w, open ? DOOR_OPENED : DOOR_CLOSED, now_ms);
	w->leaf_open = open;
}

static bool do_open(struct act *a)
{
	if (a->w)
		sim_leaf(a->w, true, a->now_ms);
	return nothing_behind(a);
}

static bool do_shut(struct act *a)
{
	if (a->w)
		sim_leaf(a->w, false, a->now_ms);
	return nothing_behind(a);
}

static bool do_try(struct act *a)
{
	if (a->w && a->w->released)
		sim_leaf(a->w, true, a->now_ms);
	return nothing_behind(a);
}

static bool do_in(struct act *a)
{
	if (a->w)
		sim_put_door(a->w, DOOR_PASSED_IN, a->now_ms);
	return nothing_behind(a);
}

static bool do_out(struct act *a)
{
	if (a->w)
		sim_put_door(a->w, DOOR_PASSED_OUT, a->now_ms);
	return nothing_behind(a);
}

static bool do_exit(struct act *a)
{
	if (a->w)
		sim_put_door(a->w, DOOR_EXIT, a->now_ms);
	return nothing_behind(a);
}

/* "on" or "off" of something, told when it changes. */
static bool on_or_off(struct act *a, bool *what, enum door_event_kind on, enum door_event_kind off)
{
	bool is_on = one_is(a, "on");

	if (!is_on && !one_is(a, "off"))
		return false;
	if (a->w && *what != is_on) {
		*what = is_on;
		sim_put_door(a->w, is_on ? on : off, a->now_ms);
	}
	return true;
}

static bool do_fire(struct act *a)
{
	return on_or_off(a, a->w ? &a->w->fire : NULL, DOOR_FIRE_ON, DOOR_FIRE_OFF);
}

static bool do_tamper(struct act *a)
{
	return on_or_off(a, a->w ? &a->w->tamper : NULL, DOOR_TAMPER_ON, DOOR_TAMPER_OFF);
}

/* A door that answers again tells first where its leaf is. */
static bool do_door(struct act *a)
{
	bool lost = one_is(a, "off");

	if (!lost && !one_is(a, "on"))
		return false;
	if (a->w && a->w->lost != lost) {
		a->w->lost = lost;
		if (!lost)
			sim_put_door(a->w, a->w->leaf_open ? DOOR_OPENED : DOOR_CLOSED, a->now_ms);
		sim_put_door(a->w, lost ? DOOR_LOST : DOOR_FOUND, a->now_ms);
	}
	return true;
}

#define WALK_MAX 600000

static bool do_walk(struct act *a)
{
	int64_t open_ms = 0, shut_ms = 0;

	if (!one_is(a, "off") && (!number(a->one, a->one_len, WALK_MAX, &open_ms) || open_ms == 0 ||
				  !number(a->two, a->two_len, WALK_MAX, &shut_ms) || shut_ms == 0))
		return false;
	if (a->w) {
		a->w->walk_open_ms = open_ms;
		a->w->walk_shut_ms = shut_ms;
	}
	return true;
}

static const struct {
	const char *word;
	act_fn act;
} acts[] = {
    {"card", do_card}, {"code", do_code}, {"pass", do_pass},	 {"key", do_key},
    {"open", do_open}, {"shut", do_shut}, {"try", do_try},	 {"in", do_in},
    {"out", do_out},   {"exit", do_exit}, {"fire", do_fire},	 {"tamper", do_tamper},
    {"door", do_door}, {"walk", do_walk}, {"reader", do_reader},
};

static const char *next_word(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " \t\r");

	*len = strcspn(word, " \t\r\n#");
	*at = word + *len;
	return word;
}

/* '#' is a key of the keypad as well as the beginning of a comment: behind white space it is that.
 */
static const char *next_argument(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " \t\r");

	*len = *word == '#' ? 0 : strcspn(word, " \t\r\n");
	*at = word + *len;
	return word;
}

static tanu_status run(struct sim_world *w, const char *words, int64_t now_ms, tanu_error *err)
{
	struct act a = {.w = w, .now_ms = now_ms};
	size_t len, rest;
	const char *word = next_word(&words, &len);

	a.one = next_argument(&words, &a.one_len);
	a.two = next_argument(&words, &a.two_len);
	next_argument(&words, &rest);
	for (size_t i = 0; i < ARRAY_LEN(acts) && rest == 0; i++)
		if (is(word, len, acts[i].word) && acts[i].act(&a))
			return TANU_OK;
	return tanu_fail(err, TANU_ERR_FORMAT, "act",
			 "not understood: see the words of a script in docs/devices.md");
}

tanu_status sim_act_check(const char *words, tanu_error *err)
{
	return run(NULL, words, 0, err);
}

tanu_status sim_act(struct sim_world *w, const char *words, int64_t now_ms, tanu_error *err)
{
	tanu_status st = sim_act_check(words, err);

	return st < 0 ? st : run(w, words, now_ms, err);
}
