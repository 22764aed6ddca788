/* SPDX-License-Identifier: Apache-2.0 */
/* A door on wires. Inputs are looked at every few milliseconds; short pulses come as edges. */
#include "device/gpio_door.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS	    5
#define DEBOUNCE_MS 30
#define FIRE_OFF_MS 2000
#define BOLT_MS	    1000
#define EXIT_MS	    1000 /* a button that stays pressed is told again */
#define AGAIN_MS    1000 /* wires that failed are tried again */
#define PENDING_MAX 16
#define PULSES_MAX  8 /* of those: the rest is for levels, which come once */
#define NS_PER_MS   ((int64_t)1000000)

struct gpio_door {
	struct gpio *gpio;
	struct gpio_door_options options;
	unsigned relay, pins[GPIO_DOOR_INPUTS];
	struct contact {
		bool is;	  /* as it was told */
		bool seen;	  /* as it was last looked at */
		int64_t since_ms; /* it is seen so */
	} contacts[GPIO_DOOR_INPUTS];
	struct door_event pending[PENDING_MAX];
	size_t pending_len;
	bool released;
	int64_t pulse_end_ms;  /* 0: none is out */
	int64_t bolt_since_ms; /* the lock does not follow since */
	int64_t exit_told_ms;
	int64_t passed_ms[2]; /* last passage each way */
	int64_t looked_ms;
	int64_t again_ms;
	bool lost;
	bool wires_lost; /* and not the lock alone */
};

static void put(struct gpio_door *d, enum door_event_kind kind, int64_t at_ms)
{
	if (d->pending_len < PENDING_MAX)
		d->pending[d->pending_len++] = (struct door_event){.kind = kind, .at_ms = at_ms};
}

static const struct {
	enum door_event_kind on, off;
} told[GPIO_DOOR_INPUTS] = {
    [GPIO_DOOR_LEAF] = {DOOR_OPENED, DOOR_CLOSED},
    [GPIO_DOOR_FIRE] = {DOOR_FIRE_ON, DOOR_FIRE_OFF},
    [GPIO_DOOR_TAMPER] = {DOOR_TAMPER_ON, DOOR_TAMPER_OFF},
};

/* How long a contact must stay as it is seen before it is believed. */
static int64_t settle_ms(const struct gpio_door *d, enum gpio_door_input i, bool on)
{
	if (i == GPIO_DOOR_FIRE)
		return on ? 0 : d->options.fire_off_ms;
	return d->options.debounce_ms;
}

/* True when what is believed of a contact has changed. */
static bool settle(struct gpio_door *d, enum gpio_door_input i, bool on, int64_t now_ms)
{
	struct contact *c = &d->contacts[i];

	if (on != c->seen) {
		c->seen = on;
		c->since_ms = now_ms;
	}
	if (c->seen == c->is || now_ms - c->since_ms < settle_ms(d, i, on))
		return false;
	c->is = c->seen;
	return true;
}

/* The button inside counts at once, however short, and again while it is held. */
static void look_at_exit(struct gpio_door *d, bool on, int64_t now_ms)
{
	if (!on || now_ms - d->exit_told_ms < EXIT_MS)
		return;
	put(d, DOOR_EXIT, now_ms);
	d->exit_told_ms = now_ms;
}

/* A lock that says free when it was told to lock, or the reverse, for too long. */
static bool bolt_fails(struct gpio_door *d, bool free, int64_t now_ms)
{
	bool want = d->released && (!d->options.pulse_ms || d->pulse_end_ms);

	if (free == want) {
		d->bolt_since_ms = 0;
		return false;
	}
	if (!d->bolt_since_ms)
		d->bolt_since_ms = now_ms;
	return now_ms - d->bolt_since_ms >= d->options.bolt_ms;
}

/* Edges of a wire, by their own times: a turnstile's pulse is shorter than a look. */
static tanu_status look_at_pulses(struct gpio_door *d, enum gpio_door_input i,
				  enum door_event_kind kind, int64_t *last_ms, tanu_error *err)
{
	while (d->pending_len < PULSES_MAX) {
		struct gpio_edge edge;
		bool got;
		tanu_status st = gpio_edge(d->gpio, d->pins[i], &edge, &got, err);

		if (st < 0 || !got)
			return st;
		int64_t at_ms = edge.at_ns / NS_PER_MS;

		if (!edge.on || (*last_ms && at_ms - *last_ms < d->options.debounce_ms))
			continue;
		*last_ms = at_ms;
		put(d, kind, at_ms);
	}
	return TANU_OK;
}

static tanu_status look_at(struct gpio_door *d, enum gpio_door_input i, bool *bolt_bad,
			   int64_t now_ms, tanu_error *err)
{
	bool on = false;
	tanu_status st;

	if (!d->options.has[i])
		return TANU_OK;
	if (i == GPIO_DOOR_PASSED_IN)
		return look_at_pulses(d, i, DOOR_PASSED_IN, &d->passed_ms[0], err);
	if (i == GPIO_DOOR_PASSED_OUT)
		return look_at_pulses(d, i, DOOR_PASSED_OUT, &d->passed_ms[1], err);
	if (i == GPIO_DOOR_EXIT &&
	    (st = look_at_pulses(d, i, DOOR_EXIT, &d->exit_told_ms, err)) < 0)
		return st;
	if ((st = gpio_get(d->gpio, d->pins[i], &on, err)) < 0)
		return st;
	if (i == GPIO_DOOR_EXIT)
		look_at_exit(d, on, now_ms);
	else if (i == GPIO_DOOR_BOLT)
		*bolt_bad = bolt_fails(d, on, now_ms);
	else if (settle(d, i, on, now_ms))
		put(d, on ? told[i].on : told[i].off, now_ms);
	return TANU_OK;
}

static tanu_status relay_set(struct gpio_door *d, bool on, tanu_error *err)
{
	return d->options.no_relay ? TANU_OK : gpio_set(d->gpio, d->relay, on, err);
}

/* The relay as it should be: also after the wires came back. */
static tanu_status drive(struct gpio_door *d, int64_t now_ms, tanu_error *err)
{
	bool on = d->released;

	if (d->options.pulse_ms) {
		if (d->pulse_end_ms && now_ms >= d->pulse_end_ms)
			d->pulse_end_ms = 0;
		on = d->pulse_end_ms != 0;
	}
	return relay_set(d, on, err);
}

static tanu_status look(struct gpio_door *d, bool *bolt_bad, int64_t now_ms, tanu_error *err)
{
	tanu_status st = drive(d, now_ms, err);

	for (int i = 0; i < GPIO_DOOR_INPUTS && st >= 0; i++)
		st = look_at(d, (enum gpio_door_input)i, bolt_bad, now_ms, err);
	return st;
}

/* Of wires that came back everything is told anew, since it may have changed unseen. */
static void lose(struct gpio_door *d, bool wires, int64_t now_ms)
{
	if (!d->lost)
		put(d, DOOR_LOST, now_ms);
	d->lost = true;
	d->wires_lost |= wires;
	d->again_ms = now_ms + (wires ? AGAIN_MS : 0);
}

static void find(struct gpio_door *d, int64_t now_ms)
{
	struct contact *leaf = &d->contacts[GPIO_DOOR_LEAF];

	if (!d->lost)
		return;
	if (d->wires_lost && d->options.has[GPIO_DOOR_LEAF]) {
		leaf->is = leaf->seen;
		put(d, leaf->is ? DOOR_OPENED : DOOR_CLOSED, now_ms);
	}
	put(d, DOOR_FOUND, now_ms);
	d->lost = false;
	d->wires_lost = false;
}

static tanu_status door_gpio_next(void *self, struct door_event *out, int64_t now_ms,
				  tanu_error *err)
{
	struct gpio_door *d = self;
	bool bolt_bad = false;

	(void)err;
	*out = (struct door_event){0};
	if (d->pending_len == 0 && now_ms >= d->again_ms) {
		d->looked_ms = now_ms;
		if (look(d, &bolt_bad, now_ms, NULL) < 0)
			lose(d, true, now_ms);
		else if (bolt_bad)
			lose(d, false, now_ms);
		else
			find(d, now_ms);
	}
	if (d->pending_len > 0) {
		*out = d->pending[0];
		d->pending_len--;
		memmove(&d->pending[0], &d->pending[1], d->pending_len * sizeof(d->pending[0]));
	}
	return TANU_OK;
}

static tanu_status door_gpio_release(void *self, bool on, int64_t now_ms, tanu_error *err)
{
	struct gpio_door *d = self;

	if (on && !d->released)
		d->pulse_end_ms = now_ms + d->options.pulse_ms;
	else if (!on)
		d->pulse_end_ms = 0;
	d->released = on;
	return drive(d, now_ms, err);
}

static void door_gpio_tell(void *self, const char *state, const char *note, int64_t now_ms)
{
	(void)self;
	(void)state;
	(void)note;
	(void)now_ms;
}

static int door_gpio_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t door_gpio_wake(const void *self)
{
	const struct gpio_door *d = self;
	int64_t at = d->looked_ms + LOOK_MS;

	return at > d->again_ms ? at : d->again_ms;
}

static void door_gpio_close(void *self)
{
	struct gpio_door *d = self;

	(void)relay_set(d, false, NULL);
	free(d);
}

static const struct door_ops ops = {.kind = "gpio",
				    .next = door_gpio_next,
				    .release = door_gpio_release,
				    .tell = door_gpio_tell,
				    .fd = door_gpio_fd,
				    .wake_ms = door_gpio_wake,
				    .close = door_gpio_close};

static void defaults(struct gpio_door_options *o)
{
	o->debounce_ms = o->debounce_ms ? o->debounce_ms : DEBOUNCE_MS;
	o->fire_off_ms = o->fire_off_ms ? o->fire_off_ms : FIRE_OFF_MS;
	o->bolt_ms = o->bolt_ms ? o->bolt_ms : BOLT_MS;
}

static tanu_status take_wires(struct gpio_door *d, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!d->options.no_relay)
		st = gpio_output(d->gpio, &d->relay, &d->options.relay, false, err);
	for (int i = 0; i < GPIO_DOOR_INPUTS && st >= 0; i++)
		if (d->options.has[i])
			st = gpio_input(d->gpio, &d->pins[i], &d->options.inputs[i], err);
	return st;
}

tanu_status gpio_door_open(struct door *out, struct gpio *gpio,
			   const struct gpio_door_options *options, tanu_error *err)
{
	struct gpio_door *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "door", "not enough memory");
	d->gpio = gpio;
	d->options = *options;
	defaults(&d->options);
	if ((st = take_wires(d, err)) < 0) {
		free(d);
		return st;
	}
	*out = (struct door){.ops = &ops, .self = d};
	return TANU_OK;
}
