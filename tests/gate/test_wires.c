/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running gate with the drivers of its readers and doors on it, and the other ends played: an
 * OSDP reader on a pseudo-terminal, a pass on a PC/SC reader, a door and a Wiegand reader on wires.
 * What breaks while it runs: closed at entry, told, and it recovers.
 */
#include "gate/world.h"

#include "device/gpio_door.h"
#include "device/osdp/line.h"
#include "device/panel.h"
#include "device/pcsc.h"
#include "device/pd.h"
#include "device/sim_gpio.h"
#include "device/virtual_reader.h"
#include "device/wiegand.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#define MS ((int64_t)1000000)

static bool until(struct world *w, const char *visit, int64_t ms, void (*serve)(void *), void *self)
{
	int64_t end = w->now_ms + ms;

	while (w->now_ms < end && strcmp(seen(w).visit, visit) != 0)
		real_time(w, 10, serve, self);
	return strcmp(seen(w).visit, visit) == 0;
}

/* ---- an OSDP reader ---- */

static const struct osdp_key own = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

struct far_end {
	struct world *w;
	int fd;
	char name[64];
	struct osdp_line *line;
	struct pd pd;
	size_t cut; /* bytes of a reply that still come before the line is cut; 0: it is whole */
};

static void far_serve(void *self)
{
	struct far_end *far = self;
	struct pollfd p = {.fd = far->fd, .events = POLLIN};
	uint8_t bytes[2048], reply[OSDP_FRAME_MAX];
	ssize_t n;
	size_t len;

	if (poll(&p, 1, 0) <= 0 || !(p.revents & POLLIN))
		return;
	n = read(far->fd, bytes, sizeof(bytes));
	if (n <= 0)
		return;
	len = pd_hear(&far->pd, reply, bytes, (size_t)n, far->w->now_ms);
	if (far->cut && len > far->cut) {
		len = far->cut;
		far->pd.dead = true;
	}
	if (len > 0)
		assert_int_equal(write(far->fd, reply, len), (ssize_t)len);
}

static void osdp_rig(struct world *w, struct gate_options *o)
{
	const struct osdp_reader_options reader = {.address = 5, .key = own};
	struct far_end *far = w->rig_self;
	const struct osdp_line_options options = {
	    .port = far->name, .bus = {.random = os_random(), .baud = 115200, .poll_ms = 10}};

	MUST(osdp_line_open(&far->line, &reader, 1, &options, err));
	o->readers[0].reader = osdp_line_reader(far->line, 0);
}

static void far_open(struct far_end *far, struct world *w)
{
	*far = (struct far_end){.w = w, .pd = {.address = 5, .key = own, .has_key = true}};
	far->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(far->fd >= 0);
	assert_int_equal(grantpt(far->fd), 0);
	assert_int_equal(unlockpt(far->fd), 0);
	assert_int_equal(ptsname_r(far->fd, far->name, sizeof(far->name)), 0);
	w->rig = osdp_rig;
	w->rig_self = far;
	w->now_ms = os_monotonic_ns() / MS;
	add(w, 1, "8391");
	world_open(w);
	lend(w, 96);
	act(w, "walk 400 900");
}

static void far_close(struct far_end *far)
{
	world_close(far->w);
	osdp_line_close(&far->line);
	close(far->fd);
}

static bool reader_is(struct world *w, bool on, struct far_end *far, int64_t ms)
{
	int64_t end = w->now_ms + ms;

	while (w->now_ms < end && (seen(w).readers_on > 0) != on)
		real_time(w, 10, far_serve, far);
	return (seen(w).readers_on > 0) == on;
}

static void osdp_card(struct far_end *far, size_t person)
{
	struct osdp_reply card = {.code = OSDP_R_RAW, .card = {0, true, 26, {0}}};
	const struct wiegand_card what = {.site = 12, .number = person};

	MUST(wiegand_put(card.card.data, wiegand_layout("26"), &what, err));
	pd_show(&far->pd, &card);
}

static void osdp_keys(struct far_end *far, const char *keys)
{
	struct osdp_reply pressed = {.code = OSDP_R_KEYPAD};

	snprintf(pressed.keypad.keys, sizeof(pressed.keypad.keys), "%s", keys);
	pd_show(&far->pd, &pressed);
}

static void a_reader_on_a_line_and_one_that_is_cut(void **state)
{
	struct world *w = *state;
	struct far_end far;

	far_open(&far, w);
	assert_true(reader_is(w, true, &far, 5000));
	osdp_card(&far, 1);
	assert_true(until(w, "pin", 3000, far_serve, &far));
	osdp_keys(&far, "8391#");
	assert_true(until(w, "go", 3000, far_serve, &far));
	assert_true(door_free(w));
	real_time(w, 200, far_serve, &far);
	assert_int_equal(far.pd.led.led.always.on_colour, OSDP_GREEN);
	assert_false(far.pd.clear_data);
	real_time(w, 4000, far_serve, &far); /* she goes through */
	assert_string_equal(seen(w).visit, "ready");

	/* cut in the middle of a frame that carries a card */
	osdp_card(&far, 1);
	far.cut = 9;
	real_time(w, 500, far_serve, &far);
	assert_string_equal(seen(w).visit, "ready");
	for (int i = 0; i < 10; i++) { /* nine seconds in which nothing comes */
		w->now_ms += 1000;
		real_time(w, 5, far_serve, &far);
	}
	assert_int_equal(seen(w).readers_on, 0);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "reader-off/front"), 1);
	assert_false(door_free(w));

	/* it is there again: what it had read before opens nothing, a card does */
	far.cut = 0;
	far.pd.dead = false;
	pd_restart(&far.pd);
	far.pd.waiting_len = 0;
	assert_true(reader_is(w, true, &far, 15000));
	assert_string_equal(seen(w).visit, "ready");
	osdp_card(&far, 1);
	assert_true(until(w, "pin", 3000, far_serve, &far));
	far_close(&far);
}

/* ---- a door and a reader on wires ---- */

enum { RELAY = 1, LEAF = 2, FIRE = 3, EXIT_BUTTON = 4, D0 = 5, D1 = 6 };

struct wires {
	struct world *w;
	struct sim_gpio sim;
	struct gpio gpio;
	/* a panel on the wall, on wires of its own */
	bool has_panel;
	struct sim_gpio wall;
	struct gpio wall_gpio;
	struct panel *panel;
	int64_t wall_ns;
	atomic_int shown; /* cards that it was shown */
};

static void wall_wait(void *self, int64_t at_ns)
{
	struct wires *wires = self;

	if (at_ns - wires->wall_ns > 100 * MS) /* the pause after a card */
		atomic_fetch_add(&wires->shown, 1);
	if (at_ns > wires->wall_ns)
		wires->wall_ns = at_ns;
	wires->wall.now_ns = wires->wall_ns;
}

static int64_t wall_now(void *self)
{
	return ((struct wires *)self)->wall_ns;
}

static void panel_rig(struct wires *wires, struct gate_options *o)
{
	const struct gpio_wire d0 = {.line = D0, .active_low = true},
			       d1 = {.line = D1, .active_low = true};
	struct wiegand_out out = {.wait_until = wall_wait, .now = wall_now, .self = wires};

	wires->wall_gpio = sim_gpio(&wires->wall);
	MUST(wiegand_out_open(&out, &wires->wall_gpio, &d0, &d1, err));
	MUST(panel_open(&wires->panel, &out, err));
	o->panel = wires->panel;
	MUST(wiegand_parse(o->panel_other, &o->panel_other_bits, "26:12:60001", err));
}

static void wires_rig(struct world *w, struct gate_options *o)
{
	struct wires *wires = w->rig_self;
	struct gpio_door_options door = {.relay = {.line = RELAY}};
	const struct wiegand_options reader = {.d0 = {.line = D0, .active_low = true},
					       .d1 = {.line = D1, .active_low = true},
					       .layouts = {"26"}};

	door.has[GPIO_DOOR_LEAF] = door.has[GPIO_DOOR_FIRE] = door.has[GPIO_DOOR_EXIT] = true;
	door.inputs[GPIO_DOOR_LEAF] = (struct gpio_wire){.line = LEAF};
	door.inputs[GPIO_DOOR_FIRE] = (struct gpio_wire){.line = FIRE};
	door.inputs[GPIO_DOOR_EXIT] = (struct gpio_wire){.line = EXIT_BUTTON};
	sim_gpio_drive(&wires->sim, D0, true);
	sim_gpio_drive(&wires->sim, D1, true);
	door.no_relay = wires->has_panel;
	if (wires->has_panel)
		panel_rig(wires, o);
	MUST(gpio_door_open(&o->door, &wires->gpio, &door, err));
	MUST(wiegand_reader_open(&o->readers[0].reader, &wires->gpio, &reader, err));
}

static void wires_open(struct wires *wires, struct world *w, bool has_panel)
{
	*wires = (struct wires){.w = w, .has_panel = has_panel};
	wires->sim.now_ns = w->now_ms * MS;
	wires->gpio = sim_gpio(&wires->sim);
	w->rig = wires_rig;
	w->rig_self = wires;
	add(w, 1, "8391");
	world_open(w);
	lend(w, 96);
}

static void wait_wired(struct wires *wires, int64_t ms)
{
	struct world *w = wires->w;

	for (int64_t end = w->now_ms + ms; w->now_ms < end; w->now_ms += 5) {
		wires->sim.now_ns = w->now_ms * MS;
		MUST(gate_step(w->gate, w->now_ms, err));
	}
}

static void pulses(struct wires *wires, const uint8_t *bytes, size_t bits)
{
	for (size_t i = 0; i < bits; i++) {
		unsigned wire = bytes[i / 8] >> (7 - i % 8) & 1 ? D1 : D0;

		wires->sim.now_ns = wires->w->now_ms * MS;
		sim_gpio_drive(&wires->sim, wire, false);
		sim_gpio_drive(&wires->sim, wire, true);
		wait_wired(wires, 5);
	}
	wait_wired(wires, 60); /* a frame ends with silence */
}

static void wired_card(struct wires *wires, size_t person)
{
	const struct wiegand_card card = {.site = 12, .number = person};
	uint8_t bytes[WIEGAND_BYTES] = {0};

	MUST(wiegand_put(bytes, wiegand_layout("26"), &card, err));
	pulses(wires, bytes, 26);
}

/* One frame of four bits a key. */
static void wired_keys(struct wires *wires, const char *keys)
{
	for (; *keys; keys++) {
		uint8_t value = *keys == '#' ? 11 : (uint8_t)(*keys - '0');
		uint8_t frame = (uint8_t)(value << 4);

		pulses(wires, &frame, 4);
	}
}

static void wire(struct wires *wires, unsigned line, bool high, int64_t ms)
{
	sim_gpio_drive(&wires->sim, line, high);
	wait_wired(wires, ms);
}

/* The card of the last frame on the panel's wires. */
static struct wiegand_card panel_saw(struct wires *wires)
{
	const struct sim_wire *zero = &wires->wall.lines[D0], *one = &wires->wall.lines[D1];
	struct wiegand_card card = {.site = 0};
	uint8_t bytes[WIEGAND_BYTES] = {0};
	size_t z = zero->edges_len, o = one->edges_len;

	/* from the last pulse back; edges come in pairs, on and off */
	for (size_t bit = 26; bit > 0 && (z > 1 || o > 1); bit--) {
		bool is_one =
		    o > 1 && (z < 2 || one->edges[o - 2].at_ns > zero->edges[z - 2].at_ns);

		if (is_one)
			bytes[(bit - 1) / 8] |= (uint8_t)(0x80 >> (bit - 1) % 8);
		*(is_one ? &o : &z) -= 2;
	}
	MUST(wiegand_read(&card, wiegand_layout("26"), bytes, 26, err));
	return card;
}

static void until_shown(struct wires *wires, int count)
{
	for (int i = 0; i < 1000 && atomic_load(&wires->shown) < count; i++)
		usleep(5000);
	assert_int_equal(atomic_load(&wires->shown), count);
}

/* It opens for the card that it is shown: hers, and for who has none the one set aside. */
static void a_panel_is_shown_the_card_of_who_is_let_in(void **state)
{
	struct world *w = *state;
	struct wires wires;

	wires_open(&wires, w, true);
	wired_card(&wires, 1);
	wired_keys(&wires, "0000#");
	assert_int_equal(atomic_load(&wires.shown), 0); /* a wrong PIN shows nothing */
	wired_keys(&wires, "8391#");
	assert_string_equal(seen(w).visit, "go");
	until_shown(&wires, 1);
	assert_int_equal(panel_saw(&wires).site, 12);
	assert_int_equal(panel_saw(&wires).number, 1);
	wait_wired(&wires, 8000);
	MUST(gate_command(w->gate, "release", w->now_ms, err));
	wait_wired(&wires, 20);
	until_shown(&wires, 2);
	assert_int_equal(panel_saw(&wires).number, 60001);
	wait_wired(&wires, 8000);

	wires.wall.broken = true; /* its wires are out */
	wired_card(&wires, 1);
	wired_keys(&wires, "8391#");
	until_shown(&wires, 5); /* tried three times */
	wait_wired(&wires, 500);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "panel-failed"), 1);
	world_close(w);
	panel_close(&wires.panel);
}

static void a_door_and_a_reader_on_wires(void **state)
{
	struct world *w = *state;
	struct wires wires;

	wires_open(&wires, w, false);
	wait_wired(&wires, 200);
	assert_false(sim_gpio_is_on(&wires.sim, RELAY));
	wired_card(&wires, 1);
	assert_string_equal(seen(w).visit, "pin");
	wired_keys(&wires, "8391#");
	assert_true(sim_gpio_is_on(&wires.sim, RELAY));
	wire(&wires, LEAF, true, 200);
	assert_false(sim_gpio_is_on(&wires.sim, RELAY)); /* one passage */
	wire(&wires, LEAF, false, 3000);
	assert_string_equal(seen(w).door, "locked");

	wire(&wires, LEAF, true, 300); /* nobody was let in */
	assert_string_equal(seen(w).door, "forced");
	assert_true(count(w, GATE_EVENT_DOOR, NULL) > 0);
	wire(&wires, LEAF, false, 500);

	wire(&wires, EXIT_BUTTON, true, 100);
	assert_true(sim_gpio_is_on(&wires.sim, RELAY)); /* the way out is free */
	wire(&wires, EXIT_BUTTON, false, 8000);
	assert_false(sim_gpio_is_on(&wires.sim, RELAY));

	wire(&wires, FIRE, true, 100);
	assert_true(sim_gpio_is_on(&wires.sim, RELAY));
	wired_card(&wires, 1);
	assert_int_equal(seen(w).grants, 1); /* and nobody is let in by a card meanwhile */
	wire(&wires, FIRE, false, 4000);
	assert_false(sim_gpio_is_on(&wires.sim, RELAY));
	world_close(w);
}

static void a_silent_door_grants_nothing_and_recovers(void **state)
{
	struct world *w = *state;
	struct wires wires;

	wires_open(&wires, w, false);
	wait_wired(&wires, 200);
	wired_card(&wires, 1);
	wires.sim.broken = true; /* the chip is pulled */
	wait_wired(&wires, 2000);
	assert_int_equal(seen(w).grants, 0);
	MUST(gate_command(w->gate, "guard yes", w->now_ms, err));
	wait_wired(&wires, 200);
	assert_int_equal(seen(w).grants, 0);
	wires.sim.broken = false;
	wait_wired(&wires, 70000);
	assert_false(sim_gpio_is_on(&wires.sim, RELAY));
	wired_card(&wires, 1);
	wired_keys(&wires, "8391#");
	assert_true(sim_gpio_is_on(&wires.sim, RELAY));
	world_close(w);
}

/* ---- a pass on a reader of the PC/SC service ---- */

struct laid {
	int fd;
	struct vcard card;
};

static void pcsc_rig(struct world *w, struct gate_options *o)
{
	const struct pcsc_options options = {.name = "Tanu"};

	(void)w;
	MUST(pcsc_reader_open(&o->readers[0].reader, &options, err));
}

static void laid_serve(void *self)
{
	struct laid *laid = self;

	if (laid->fd >= 0)
		virtual_card_serve(laid->fd, &laid->card);
}

static void a_pass_on_a_card_reader_and_a_service_that_dies(void **state)
{
	static struct laid laid = {.fd = -1, .card = {.kind = VCARD_TYPE4, .read_max = 128}};
	static struct pass_made made;
	struct world *w = *state;
	tanu_embedding features = {.quality = 0.9F, .v = {1}};
	struct buf ndef = {0};
	struct pass pass;

	if (!virtual_reader_start())
		skip();
	w->rig = pcsc_rig;
	w->now_ms = os_monotonic_ns() / MS;
	snprintf(w->zone.window[0], sizeof(w->zone.window[0]), "all 00:00-24:00 pass+pin card+pin");
	add(w, 1, "8391");
	make_pass(w, &made, 1, &features);
	w->people[1].consents = true;
	w->people[1].pass = &made;
	world_open(w);
	lend(w, 96);
	MUST(pass_read(&pass, made.bytes, sizeof(made.bytes), err));
	pass_put_ndef(&ndef, &pass);
	memcpy(laid.card.data, ndef.data, ndef.len);
	laid.card.len = ndef.len;
	for (int64_t end = w->now_ms + 8000; w->now_ms < end && !seen(w).readers_on;)
		real_time(w, 20, NULL, NULL);
	assert_int_equal(seen(w).readers_on, 1);
	laid.fd = virtual_card_lay_on();
	assert_true(until(w, "pin", 8000, laid_serve, &laid));
	close(laid.fd);
	laid.fd = -1;
	virtual_reader_stop();
	for (int64_t end = w->now_ms + 8000; w->now_ms < end && seen(w).readers_on;)
		real_time(w, 20, NULL, NULL);
	assert_int_equal(seen(w).readers_on, 0);
	assert_false(door_free(w));
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "reader-off/front"), 1);
	buf_free(&ndef);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_TEST(a_reader_on_a_line_and_one_that_is_cut),
	    WORLD_TEST(a_door_and_a_reader_on_wires),
	    WORLD_TEST(a_panel_is_shown_the_card_of_who_is_let_in),
	    WORLD_TEST(a_silent_door_grants_nothing_and_recovers),
	    WORLD_TEST(a_pass_on_a_card_reader_and_a_service_that_dies),
	};

	return cmocka_run_group_tests_name("gate/wires", tests, NULL, NULL);
}
