/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running gate with the drivers of its readers and doors on it, and the other ends played: an
 * OSDP reader on a pseudo-terminal, a pass on a PC/SC reader, a door and a Wiegand reader on wires.
 * What breaks while it runs: closed at entry, told, and it recovers.
 */
#include "gate/world.h"

#include "device/gpio_door.h"
#include "device/osdp/line.h"
#include "device/pcsc.h"
#include "device/pd.h"
#include "device/sim_gpio.h"
#include "device/virtual_reader.h"
#include "device/wiegand.h"

#include <fcntl.h>
#include <poll.h>
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
};

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
	MUST(gpio_door_open(&o->door, &wires->gpio, &door, err));
	MUST(wiegand_reader_open(&o->readers[0].reader, &wires->gpio, &reader, err));
}

static void wires_open(struct wires *wires, struct world *w)
{
	*wires = (struct wires){.w = w};
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

static void a_door_and_a_reader_on_wires(void **state)
{
	struct world *w = *state;
	struct wires wires;

	wires_open(&wires, w);
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

	wires_open(&wires, w);
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
	    WORLD_TEST(a_silent_door_grants_nothing_and_recovers),
	    WORLD_TEST(a_pass_on_a_card_reader_and_a_service_that_dies),
	};

	return cmocka_run_group_tests_name("gate/wires", tests, NULL, NULL);
}
