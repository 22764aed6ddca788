/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside server/) one running server. */
#ifndef SERVER_INSIDE_H
#define SERVER_INSIDE_H

#include "api/api.h"
#include "engine/engine.h"
#include "gateway/gateway.h"
#include "server/server.h"

#include <pthread.h>
#include <stdatomic.h>

#define SERVER_PROGRAM "tanud " TANU_VERSION
#define HOSTS_MAX      16

struct server {
	/* as told */
	const char *data, *listen;
	const char *gates;   /* address for gates; NULL: none are answered */
	const char *tablets; /* likewise for tablets */
	const char *hosts[HOSTS_MAX];
	size_t hosts_len;
	bool plain;
	int only_tell; /* 'h' or 'v' */

	char tls_dir[OS_PATH_MAX], models_dir[OS_PATH_MAX], notice_dir[OS_PATH_MAX];
	char page_dir[OS_PATH_MAX], outbox[OS_PATH_MAX];
	int sockets[HTTP_SOCKETS_MAX];
	size_t sockets_len;
	char address[OS_ADDRESS_LEN];
	struct buf certificate, key;
	struct http_tls tls;
	struct os_notify notify;
	struct os_spawner spawner;
	struct os_sandbox_report report;
	struct face_engine *engine;
	struct service *service; /* the lender's while it is lent */
	struct api *api;
	struct http_server *http;

	/* gates.c */
	int gates_socket; /* -1: none, or the server's */
	char gates_address[OS_ADDRESS_LEN];
	struct gateway *gateway; /* its service goes and comes with that of the API */
	struct http_server *gates_http;

	/* tablets.c */
	int tablets_socket; /* likewise */
	char tablets_address[OS_ADDRESS_LEN];
	struct buf tablets_issuer; /* PEM */
	struct http_server *tablets_http;

	/* lend.c */
	int lending; /* the listening socket; -1: none */
	int lend_stop[2];
	pthread_t lender;
	_Atomic bool lender_runs;
	_Atomic bool lent;
};

/* With the engine and pauses of this server; `lock` as in service_options. */
tanu_status folder_open(struct server *s, struct os_lock *lock, tanu_error *err);

/* shut_in.c: what starts before the sandbox, and the sandbox */
tanu_status helpers_start(struct server *s, tanu_error *err);
tanu_status shut_in(struct server *s, tanu_error *err);

/* judge.c: api_options.judge */
tanu_status (*judge_of_server(void))(struct liveness *out, tanu_error *err);

/* gates.c: all do nothing without --gates */
tanu_status gates_prepare(struct server *s, tanu_error *err); /* before the sandbox */
tanu_status gates_start(struct server *s, tanu_error *err);   /* the API is there */
tanu_status gates_reload(struct server *s, tanu_error *err);
void gates_stop(struct server *s, int wait_ms);

/* tablets.c: all do nothing without --tablets */
tanu_status tablets_prepare(struct server *s, tanu_error *err); /* before the sandbox */
tanu_status tablets_start(struct server *s, tanu_error *err);	/* the API is there */
tanu_status tablets_reload(struct server *s, tanu_error *err);
void tablets_stop(struct server *s, int wait_ms); /* before the API is closed */

/* lend.c: other programs that want the folder for a while */
tanu_status lend_prepare(struct server *s, tanu_error *err); /* before the sandbox */
tanu_status lend_start(struct server *s, tanu_error *err);   /* a thread */
void lend_stop(struct server *s);

#endif
