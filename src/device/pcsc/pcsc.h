/* SPDX-License-Identifier: Apache-2.0 */
/* pcsc.h - between the thread that waits for cards and the reader it feeds; inside device/pcsc/. */
#ifndef DEVICE_PCSC_PCSC_H
#define DEVICE_PCSC_PCSC_H

#include "device/pcsc.h"

#include <pthread.h>
#include <winscard.h>

#define PCSC_EVENTS_MAX 4 /* the oldest goes */
#define PCSC_NAME_MAX	128

struct pcsc {
	char want[PCSC_NAME_MAX]; /* part of the name */
	struct nfc_file file;
	bool has_file, numbers;

	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t stirred;
	bool stop;
	struct reader_event events[PCSC_EVENTS_MAX];
	size_t events_len;
	int told_read, told_write; /* a pipe: a byte for each event */

	/* the thread's own */
	SCARDCONTEXT context;
	bool have_context;
	char name[PCSC_NAME_MAX]; /* of the reader in use; "": none */
	DWORD state;		  /* as it was last told */
	bool online;
	struct reader_event shown; /* being read */
};

void *pcsc_thread(void *self);
void pcsc_put(struct pcsc *p, const struct reader_event *event);
bool pcsc_stopping(struct pcsc *p);
/* So long, or until the driver is to stop. */
void pcsc_pause(struct pcsc *p, int64_t ms);

#endif
