/* SPDX-License-Identifier: Apache-2.0 */
/* served.h - a site of service/site.h behind real TLS, where gates pair and ask. */
#ifndef TESTS_GATEWAY_SERVED_H
#define TESTS_GATEWAY_SERVED_H

#include "gateway/gateway.h"
#include "service/site.h"

#include "gate/gate.h"
#include "net/net.h"

#include <pthread.h>

struct served {
	struct site *site;
	struct gateway *gateway;
	struct http_server *server;
	struct http_tls tls;
	struct buf certificate, key;
	char address[OS_ADDRESS_LEN], url[96];
	pthread_mutex_t lock; /* of the service */
};

/* Serves at once. Ends the program with 77 where no memory is for keys. */
void served_open(struct served *s, const struct gate_watcher *watcher);
void served_close(struct served *s);
/* Around each use of the service. */
void served_enter(struct served *s);
void served_leave(struct served *s);

/* The server goes, and comes back at the same address. */
void served_stop(struct served *s);
void served_again(struct served *s);

/* A key and its certificate for "localhost", in a folder of this name. */
void served_certificate(struct served *s, const char *name, struct buf *certificate,
			struct buf *key);

/* A gate's own side: its certificate, and what the site pins of it. */
struct gate_tls {
	struct buf certificate, key;
	uint8_t pin[PAIR_PIN_LEN];
};
void gate_tls_make(struct gate_tls *tls, struct served *s, const char *name);
void gate_tls_free(struct gate_tls *tls);

/* One request as a client of any kind; `*status` and `reply` when it was answered. */
tanu_status served_ask(struct served *s, const char *path, const struct net_options *options,
		       const struct buf *body, int *status, struct buf *reply);
/* By the code, over the network; its id at the site. */
tanu_id served_pair(struct served *s, struct gate_identity *identity, const char *state_dir,
		    const struct gate_tls *tls, const char *name);

#endif
