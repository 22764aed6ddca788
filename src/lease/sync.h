/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.h - what a gate asks its site every few seconds, and what it is answered, inside their TLS.
 * docs/lease.md draws the bytes. Nothing here is secret by itself but the keys of an answer.
 */
#ifndef LEASE_SYNC_H
#define LEASE_SYNC_H

#include "lease/lease.h"

struct sync_ask {
	struct lease_head have; /* only kind, series and number */
	bool in_lockdown;	/* by whomever */
	const void *events;	/* a batch (spool.h); of a parsed one inside the bytes */
	size_t events_len;
};
void sync_ask_put(struct buf *out, const struct sync_ask *ask);
/* TANU_INPUT (format). */
tanu_status sync_ask_get(struct sync_ask *out, const void *bytes, size_t bytes_len,
			 tanu_error *err);

/* What a gate is told to do besides. */
struct gate_orders {
	bool lockdown;		  /* nobody is let in but by a release */
	uint32_t release;	  /* how often a release was ordered so far */
	int64_t release_until_ms; /* the last one holds until then, by the site's clock; 0: none */
	uint32_t answered;	  /* how often a bell was answered from afar so far */
};
struct sync_answer {
	int64_t time_ms; /* the site's, Unix milliseconds */
	uint64_t acked;	 /* every event to this number is there; 0: none came */
	struct gate_orders orders;
	struct lease_keys keys;
	const void *doc; /* a lease; of a parsed one inside the bytes */
	size_t doc_len;	 /* 0: nothing new */
};
void sync_answer_put(struct buf *out, const struct sync_answer *answer);
/* TANU_INPUT (format). */
tanu_status sync_answer_get(struct sync_answer *out, const void *bytes, size_t bytes_len,
			    tanu_error *err);

#endif
