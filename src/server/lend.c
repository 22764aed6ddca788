/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tanu on a folder that tanud has: it asks by the socket in the folder. What is under way here
 * ends, the service is closed, its lock goes over; calls are answered 503 with Retry-After until
 * the borrower ends its connection, by closing or by dying. Then the service is opened again, which
 * finishes whatever the borrower may have left half done.
 */
#include "server/inside.h"

#include <stdio.h>
#include <unistd.h>

#define AGAIN_NS ((int64_t)2000000000)

tanu_status lend_prepare(struct server *s, tanu_error *err)
{
	tanu_status st = os_lend_listen(&s->lending, s->data, err);

	if (st == TANU_OK)
		st = os_pipe(&s->lend_stop[0], &s->lend_stop[1], err);
	return st;
}

/* Until it opens: the folder may be on a disk that is full just now. */
static void reopen(struct server *s, struct os_lock *lock)
{
	while (s->lent) {
		struct os_lock copy = {0};
		tanu_error err = {0};
		tanu_status st = os_lock_copy(&copy, lock, &err);

		if (st == TANU_OK)
			st = folder_open(s, &copy, &err);
		if (st == TANU_OK && (st = api_take_back(s->api, s->service, &err)) == TANU_OK &&
		    (!s->gateway ||
		     (st = gateway_take_back(s->gateway, s->service, &err)) == TANU_OK))
			s->lent = false;
		os_lock_drop(&copy);
		if (st < 0) {
			fprintf(stderr, "tanud: the folder does not open again: %s: %s\n",
				err.place, err.message);
			os_sleep_until(os_monotonic_ns() + AGAIN_NS);
		}
	}
}

static void lend(struct server *s, int borrower)
{
	struct os_lock lock = {0};
	tanu_error err = {0};
	bool go_on = true;

	if (service_lock_copy(s->service, &lock, &err) < 0)
		return;
	api_lend(s->api);
	s->lent = true;
	if (s->gateway)
		gateway_lend(s->gateway);
	service_publish(s->service, NULL);
	service_close(&s->service);
	fprintf(stderr, "tanud: the folder is lent to another program\n");
	if (os_packet_send(borrower, "lent", 5, lock.fd, &err) == TANU_OK)
		go_on = os_lend_wait(borrower, s->lend_stop[0]);
	if (go_on) {
		reopen(s, &lock);
		fprintf(stderr, "tanud: the folder is back\n");
	}
	os_lock_drop(&lock);
}

static void *lender_thread(void *self)
{
	struct server *s = self;

	while (s->lender_runs) {
		int borrower = os_lend_accept(s->lending, s->lend_stop[0]);

		if (borrower < 0)
			continue;
		lend(s, borrower);
		close(borrower);
	}
	return NULL;
}

tanu_status lend_start(struct server *s, tanu_error *err)
{
	s->lender_runs = true;
	if (pthread_create(&s->lender, NULL, lender_thread, s) == 0)
		return TANU_OK;
	s->lender_runs = false;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "no thread for lending the folder");
}

void lend_stop(struct server *s)
{
	if (s->lender_runs) {
		s->lender_runs = false;
		(void)!write(s->lend_stop[1], "", 1);
		pthread_join(s->lender, NULL);
	}
	if (s->lending > 0)
		close(s->lending);
	for (int i = 0; i < 2; i++)
		if (s->lend_stop[i] > 0)
			close(s->lend_stop[i]);
}
