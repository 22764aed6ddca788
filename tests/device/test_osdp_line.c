/* SPDX-License-Identifier: Apache-2.0 */
/* The driver over what the operating system has: a pseudo-terminal and a TCP connection. */
#include "device/osdp/line.h"
#include "device/pd.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const struct osdp_key own = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

struct far_end {
	int fd;
	struct pd pd;
};

static int64_t now_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

/* The reader's side of the wire: what it hears, it answers. */
static void answer(struct far_end *far)
{
	struct pollfd p = {.fd = far->fd, .events = POLLIN};
	uint8_t bytes[2048], reply[OSDP_FRAME_MAX];
	ssize_t n;
	size_t len;

	if (far->fd < 0 || poll(&p, 1, 0) <= 0 || !(p.revents & POLLIN))
		return;
	n = read(far->fd, bytes, sizeof(bytes));
	if (n <= 0)
		return;
	len = pd_hear(&far->pd, reply, bytes, (size_t)n, now_ms());
	if (len > 0)
		assert_int_equal(write(far->fd, reply, len), (ssize_t)len);
}

/* Until the reader says this, or for so long. */
static bool wait_for(struct reader *r, struct far_end *far, struct reader_event *event,
		     enum reader_event_kind kind, int64_t ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end) {
		struct pollfd p[2] = {{.fd = reader_fd(r), .events = POLLIN},
				      {.fd = far->fd, .events = POLLIN}};

		poll(p, 2, 5);
		answer(far);
		assert_int_equal(reader_next(r, event, now_ms(), NULL), TANU_OK);
		if (event->kind == kind)
			return true;
	}
	return false;
}

static struct osdp_line *open_line(const char *port)
{
	const struct osdp_reader_options reader = {.address = 5, .key = own};
	const struct osdp_line_options options = {
	    .port = port, .bus = {.random = os_random(), .baud = 115200, .poll_ms = 10}};
	struct osdp_line *line = NULL;

	assert_int_equal(osdp_line_open(&line, &reader, 1, &options, NULL), TANU_OK);
	return line;
}

static void start_far_end(struct far_end *far, int fd)
{
	*far = (struct far_end){.fd = fd, .pd = {.address = 5, .key = own, .has_key = true}};
}

static int open_pty(char name[64])
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	assert_int_equal(ptsname_r(fd, name, 64), 0);
	return fd;
}

static const struct osdp_reply a_card = {.code = OSDP_R_RAW,
					 .card = {0, true, 26, {0xa5, 0x5a, 0xff, 0xc0}}};

static void card_and_light(struct reader *r, struct far_end *far)
{
	static struct reader_event event;

	assert_true(wait_for(r, far, &event, READER_ONLINE, 5000));
	pd_show(&far->pd, &a_card);
	assert_true(wait_for(r, far, &event, READER_CARD, 2000));
	assert_int_equal(event.bits, 26);
	assert_memory_equal(event.bytes, a_card.card.data, 4);
	assert_int_equal(reader_show(r, READER_SHOW_GO, now_ms(), NULL), TANU_OK);
	assert_false(wait_for(r, far, &event, READER_OFFLINE, 100));
	assert_int_equal(far->pd.led.led.always.on_colour, OSDP_GREEN);
}

static void a_reader_on_a_serial_line(void **state)
{
	char name[64];
	struct far_end far;
	struct osdp_line *line;
	struct reader r;

	(void)state;
	start_far_end(&far, open_pty(name));
	line = open_line(name);
	r = osdp_line_reader(line, 0);
	card_and_light(&r, &far);
	assert_string_equal(osdp_line_trouble(line), "");
	reader_close(&r);
	osdp_line_close(&line);
	osdp_line_close(&line);
	close(far.fd);
}

static int listen_on(char port[64])
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(any);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&any, &len), 0);
	snprintf(port, 64, "tcp:127.0.0.1:%d", ntohs(any.sin_port));
	return fd;
}

static void a_reader_behind_tcp_that_goes_away_and_comes_back(void **state)
{
	static struct reader_event event;
	char port[64];
	struct far_end far;
	struct osdp_line *line;
	struct reader r;
	int listener = listen_on(port);

	(void)state;
	line = open_line(port);
	r = osdp_line_reader(line, 0);
	start_far_end(&far, accept(listener, NULL, NULL));
	card_and_light(&r, &far);
	close(far.fd);
	far.fd = -1;
	assert_false(wait_for(&r, &far, &event, READER_CARD, 100));
	assert_true(strlen(osdp_line_trouble(line)) > 0);
	assert_false(wait_for(&r, &far, &event, READER_CARD, 1100));
	start_far_end(&far, accept(listener, NULL, NULL));
	pd_show(&far.pd, &a_card); /* from before the session: dropped */
	assert_false(wait_for(&r, &far, &event, READER_CARD, 800));
	assert_string_equal(osdp_line_trouble(line), "");
	pd_show(&far.pd, &a_card);
	assert_true(wait_for(&r, &far, &event, READER_CARD, 2000));
	osdp_line_close(&line);
	close(far.fd);
	close(listener);
}

static void a_port_that_is_missing_may_come(void **state)
{
	static struct reader_event event;
	struct osdp_line *line = open_line("/dev/tanu-no-such-line");
	struct reader r = osdp_line_reader(line, 0);

	(void)state;
	assert_non_null(strstr(osdp_line_trouble(line), "no such file"));
	assert_int_equal(reader_next(&r, &event, now_ms(), NULL), TANU_OK);
	assert_int_equal(event.kind, READER_NOTHING);
	assert_int_equal(reader_fd(&r), -1);
	assert_true(reader_wake_ms(&r) > now_ms());
	assert_true(reader_wake_ms(&r) <= now_ms() + 1000);
	osdp_line_close(&line);
}

static void settings_that_can_not_work_are_told_at_once(void **state)
{
	static const char *const ports[] = {
	    "tcp:",	      "tcp:host.example:4001",	"tcp:127.0.0.1",
	    "tcp:127.0.0.1:", "tcp:127.0.0.1:99999999", "tcp:[::1:4001"};
	const struct osdp_reader_options reader = {.address = 5, .key = own};
	struct osdp_line_options options = {.bus = {.random = os_random()}};
	struct osdp_line *line = NULL;
	tanu_error err = {0};
	char name[64];
	int fd = open_pty(name);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		options.port = ports[i];
		assert_int_equal(osdp_line_open(&line, &reader, 1, &options, &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_SETTING);
		assert_null(line);
	}
	options.port = name;
	options.bus.baud = 1234;
	assert_int_equal(osdp_line_open(&line, &reader, 1, &options, &err), TANU_USAGE);
	assert_non_null(strstr(err.message, "9600"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reader_on_a_serial_line),
	    cmocka_unit_test(a_reader_behind_tcp_that_goes_away_and_comes_back),
	    cmocka_unit_test(a_port_that_is_missing_may_come),
	    cmocka_unit_test(settings_that_can_not_work_are_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
