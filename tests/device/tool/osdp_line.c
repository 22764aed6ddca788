/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osdp-line - for a bench with another maker's device, or another implementation, on the line.
 *
 *     osdp-line PORT ADDRESS KEY              controller: prints what a reader says
 *     osdp-line PORT ADDRESS KEY --new KEY    gives it a new key within the channel
 *     osdp-line PORT ADDRESS pair --new KEY   gives a reader from the factory its key
 *     osdp-line PORT ADDRESS KEY --reader     our simulated reader, shows a card every 5 s
 *
 * PORT as in docs/devices.md; KEY is 32 hex digits; OSDP_BAUD in the environment, else 9600.
 */
#include "device/osdp/line.h"
#include "device/pd.h"
#include "os/os.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t now_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

static uint32_t baud(void)
{
	const char *text = getenv("OSDP_BAUD");

	return text ? (uint32_t)strtoul(text, NULL, 10) : 9600;
}

static int complain(const tanu_error *err)
{
	fprintf(stderr, "%s: %s\n", err->place, err->message);
	return 1;
}

static void print_bytes(const struct reader_event *e)
{
	char hex[2 * 64 + 1];

	hex_encode(hex, e->bytes, e->len < 64 ? e->len : 64);
	printf("%s", hex);
}

static void print_event(const struct reader_event *e)
{
	static const char *const words[] = {
	    [READER_CARD] = "card",	[READER_CODE] = "code",	    [READER_PASS] = "pass",
	    [READER_KEY] = "key",	[READER_ONLINE] = "online", [READER_OFFLINE] = "offline",
	    [READER_TAMPER] = "tamper", [READER_POWER] = "power",   [READER_INPUT] = "input",
	    [READER_OUTPUT] = "output", [READER_PAIRED] = "paired", [READER_REFUSED] = "refused",
	};

	printf("%8.3f  %s", (double)e->at_ms / 1000, words[e->kind]);
	if (e->kind == READER_CARD || e->kind == READER_CODE) {
		printf(" %u bits ", e->bits);
		print_bytes(e);
	} else if (e->kind == READER_KEY) {
		printf(" %c", e->key);
	} else if (e->kind == READER_REFUSED) {
		printf(": %s", e->word);
	} else if (e->kind >= READER_TAMPER && e->kind <= READER_OUTPUT) {
		printf(" %u %s", e->number, e->on ? "on" : "off");
	}
	printf("\n");
	fflush(stdout);
}

static void print_peer(const struct osdp_peer *p)
{
	const struct osdp_counts *c = &p->counts;

	printf("          vendor %02x%02x%02x model %u serial %u firmware %u.%u.%u, %zu "
	       "capabilities\n",
	       p->id.vendor[0], p->id.vendor[1], p->id.vendor[2], p->id.model, p->id.serial,
	       p->id.firmware[0], p->id.firmware[1], p->id.firmware[2], p->caps.caps.len);
	printf("          commands %llu replies %llu repeats %llu busy %llu naks %llu clear %llu "
	       "forged %llu stale %llu\n",
	       (unsigned long long)c->commands, (unsigned long long)c->replies,
	       (unsigned long long)c->repeats, (unsigned long long)c->busy,
	       (unsigned long long)c->naks, (unsigned long long)c->clear_refused,
	       (unsigned long long)c->forged, (unsigned long long)c->stale);
	fflush(stdout);
}

static int control(const char *port, const struct osdp_reader_options *options)
{
	const struct osdp_line_options line_options = {
	    .port = port, .bus = {.random = os_random(), .baud = baud()}};
	static struct reader_event event;
	struct osdp_line *line = NULL;
	tanu_error err = {0};
	const char *trouble = "";

	if (osdp_line_open(&line, options, 1, &line_options, &err) < 0)
		return complain(&err);
	struct reader reader = osdp_line_reader(line, 0);

	for (;;) {
		struct pollfd p = {.fd = reader_fd(&reader), .events = POLLIN};
		int64_t wait = reader_wake_ms(&reader) - now_ms();

		poll(&p, 1, wait < 0 ? 0 : wait > 1000 ? 1000 : (int)wait);
		while (reader_next(&reader, &event, now_ms(), NULL) >= 0 && event.kind) {
			print_event(&event);
			if (event.kind == READER_ONLINE)
				print_peer(&osdp_line_bus(line)->peers[0]);
			if (event.kind == READER_CARD || event.kind == READER_CODE)
				(void)reader_show(&reader, READER_SHOW_GO, now_ms(), NULL);
		}
		if (strcmp(trouble, osdp_line_trouble(line)) != 0)
			printf("          %s\n", osdp_line_trouble(line));
		trouble = osdp_line_trouble(line);
	}
}

static int simulate(const char *port, const struct osdp_reader_options *options)
{
	static struct pd pd;
	const struct osdp_reply card = {.code = OSDP_R_RAW,
					.card = {0, true, 26, {0xa5, 0x5a, 0xff, 0xc0}}};
	uint8_t bytes[1024], reply[OSDP_FRAME_MAX];
	int64_t next = now_ms() + 5000;
	tanu_error err = {0};
	size_t got, put, len;
	int fd = -1;

	pd = (struct pd){
	    .address = options->address, .key = options->key, .has_key = !options->pair};
	if (os_serial_open(&fd, port, baud(), false, &err) < 0)
		return complain(&err);
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		poll(&p, 1, 20);
		if (os_line_read(fd, bytes, sizeof(bytes), &got, &err) < 0)
			return complain(&err);
		len = got ? pd_hear(&pd, reply, bytes, got, now_ms()) : 0;
		if (len > 0 && os_line_write(fd, reply, len, &put, &err) < 0)
			return complain(&err);
		if (now_ms() >= next) {
			pd_show(&pd, &card);
			printf("sessions %zu polls %zu lights %zu keys set %zu\n", pd.sessions,
			       pd.polls, pd.leds, pd.keys_set);
			fflush(stdout);
			next += 5000;
		}
	}
}

int main(int argc, char **argv)
{
	struct osdp_reader_options o = {0};
	bool reader = argc == 5 && strcmp(argv[4], "--reader") == 0;
	bool change = argc == 6 && strcmp(argv[4], "--new") == 0;

	if (argc < 4 || (argc > 4 && !reader && !change)) {
		fprintf(stderr, "osdp-line PORT ADDRESS KEY|pair [--new KEY | --reader]\n");
		return 2;
	}
	o.address = (uint8_t)strtoul(argv[2], NULL, 10);
	o.pair = strcmp(argv[3], "pair") == 0;
	o.change_key = change;
	if ((!o.pair && !hex_decode(o.key.b, sizeof(o.key.b), argv[3])) ||
	    (change && !hex_decode(o.new_key.b, sizeof(o.new_key.b), argv[5]))) {
		fprintf(stderr, "a key is 32 hex digits\n");
		return 2;
	}
	return reader ? simulate(argv[1], &o) : control(argv[1], &o);
}
