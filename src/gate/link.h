/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.h - (inside gate/) the gate's side of its connection to the site: mutual TLS to one pinned
 * server. It asks for changes of the lease, hands over what waits, and learns the time. Its thread
 * does nothing but wait for the network; the gate does the rest.
 */
#ifndef GATE_LINK_H
#define GATE_LINK_H

#include "lease/sync.h"

struct link;

struct link_options {
	const char *url; /* "https://192.0.2.1:7443" */
	const uint8_t *server_pin;
	const char *certificate, *key; /* PEM; copied */
	int poll_ms;
};
tanu_status link_open(struct link **out, const struct link_options *options, tanu_error *err);
void link_close(struct link **link);

/* What it is to carry: put by the gate, taken by the thread. */
void link_put(struct link *link, const struct lease_head *have, bool in_lockdown,
	      const struct buf *events, uint64_t last);
/* It has room for events: what it was given before is done. */
bool link_wants_events(struct link *link);

/* What came. The buffer is handed over. */
struct link_news {
	bool answered;	 /* the site has spoken */
	int64_t time_ms; /* its time; 0: it did not say */
	struct buf doc;	 /* a lease; empty: none */
	struct lease_keys keys;
	struct gate_orders orders;
	uint64_t acked; /* 0: nothing */
	bool revoked;	/* this gate is known no more */
	tanu_error err; /* why it does not answer */
};
bool link_next(struct link *link, struct link_news *out);
void link_news_wipe(struct link_news *news);
int link_fd(const struct link *link);

#endif
