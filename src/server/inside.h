/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside server/) one running server. */
#ifndef SERVER_INSIDE_H
#define SERVER_INSIDE_H

#include "api/api.h"
#include "server/server.h"

#define SERVER_PROGRAM "tanud " TANU_VERSION
#define HOSTS_MAX      16

struct server {
	/* as told */
	const char *data, *listen;
	const char *hosts[HOSTS_MAX];
	size_t hosts_len;
	bool plain;
	int only_tell; /* 'h' or 'v' */

	char tls_dir[OS_PATH_MAX];
	int sockets[HTTP_SOCKETS_MAX];
	size_t sockets_len;
	char address[OS_ADDRESS_LEN];
	struct buf certificate, key;
	struct http_tls tls;
	struct os_notify notify;
	struct os_sandbox_report report;
	struct service *service;
	struct api *api;
	struct http_server *http;
};

#endif
