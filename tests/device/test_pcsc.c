/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of the PC/SC service with a card that is not there. Skipped where it can't run. */
#include "codec/pass.h"
#include "device/pcsc.h"
#include "device/virtual_reader.h"
#include "os/os.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SKIP 77

static int64_t now_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

static bool wait_for(struct reader *r, struct reader_event *event, enum reader_event_kind kind,
		     int fd, struct vcard *card)
{
	int64_t end = now_ms() + 10000;

	while (now_ms() < end) {
		struct pollfd p[2] = {{.fd = reader_fd(r), .events = POLLIN},
				      {.fd = fd, .events = POLLIN}};

		poll(p, fd < 0 ? 1 : 2, 20);
		if (fd >= 0)
			virtual_card_serve(fd, card);
		assert_int_equal(reader_next(r, event, now_ms(), NULL), TANU_OK);
		if (event->kind == kind)
			return true;
	}
	return false;
}

static void put_pass(struct vcard *card)
{
	struct pass pass = {.head = {.generation = 1, .until = {2030, 1, 1}}};
	struct buf message = {0};

	pass_put_ndef(&message, &pass);
	memcpy(card->data, message.data, message.len);
	card->len = message.len;
	buf_free(&message);
}

static void a_pass_laid_on_the_reader(void **state)
{
	static struct reader_event event;
	static struct vcard card = {.kind = VCARD_TYPE4, .read_max = 128};
	const struct pcsc_options options = {.name = "Tanu", .numbers = true};
	struct reader r = {0};
	int fd;

	(void)state;
	assert_int_equal(pcsc_reader_open(&r, &options, NULL), TANU_OK);
	assert_true(wait_for(&r, &event, READER_ONLINE, -1, NULL));
	put_pass(&card);
	fd = virtual_card_lay_on();
	assert_true(wait_for(&r, &event, READER_PASS, fd, &card));
	assert_int_equal(event.len, card.len);
	assert_memory_equal(event.bytes, card.data, card.len);
	close(fd);
	usleep(1500000); /* the service looks about once a second */
	card.kind = VCARD_BARE;
	fd = virtual_card_lay_on();
	assert_true(wait_for(&r, &event, READER_CARD, fd, &card));
	assert_int_equal(event.bits, 56);
	close(fd);
	reader_close(&r);
}

static void the_service_goes_away(void **state)
{
	static struct reader_event event;
	const struct pcsc_options options = {.name = ""};
	struct reader r = {0};

	(void)state;
	assert_int_equal(pcsc_reader_open(&r, &options, NULL), TANU_OK);
	assert_true(wait_for(&r, &event, READER_ONLINE, -1, NULL));
	virtual_reader_stop();
	assert_true(wait_for(&r, &event, READER_OFFLINE, -1, NULL));
	reader_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pass_laid_on_the_reader),
	    cmocka_unit_test(the_service_goes_away),
	};
	int failed;

	if (!virtual_reader_start())
		return SKIP;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	virtual_reader_stop();
	return failed;
}
