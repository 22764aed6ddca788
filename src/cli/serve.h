/* SPDX-License-Identifier: Apache-2.0 */
/* serve.h - (inside cli/) a verb that answers over HTTP until it is told to stop. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/run.h"
#include "http/http.h"

/* Options that all of them take, behind their own. */
#define OPTION_LISTEN(standard)                                                          \
	{                                                                                \
		"listen", VALUE_WORD, "ADDR:PORT", NULL, false,                          \
		    "Where to listen; " standard " if not given. A socket that systemd " \
		    "hands over goes before it"                                          \
	}
#define OPTION_TLS                                                                             \
	{                                                                                      \
		"tls", VALUE_DIR, "DIR", NULL, false,                                          \
		    "Serve HTTPS (TLS 1.3) with tls.crt and tls.key of DIR; missing ones are " \
		    "made. SIGHUP reads them again"                                            \
	}
#define OPTION_HOST                                                                 \
	{                                                                           \
		"host", VALUE_WORD, "NAME", NULL, false,                            \
		    "Name or address for a certificate that is made; localhost if " \
		    "not given"                                                     \
	}
#define OPTION_PLAIN                                                                         \
	{                                                                                    \
		"plain", VALUE_NONE, NULL, NULL, false,                                      \
		    "Plain HTTP on other addresses than this machine's too (what is served " \
		    "here proves itself)"                                                    \
	}
#define SERVE_FIELDS                                                     \
	{"address", "where it listened"}, {"requests", "answers given"}, \
	{                                                                \
		"failed", "of them with a status of 500 or more"         \
	}

struct serve {
	const char *standard; /* address where --listen is not given */
	const struct http_route *routes;
	size_t routes_len;
	struct os_sandbox_server sandbox; /* that of --tls is added */
	const char *hello;		  /* a line for the start, or NULL */
	bool ask_certificates;		  /* of clients; any is let in, the handler decides */
	/* The certificate that is served, at the start and when it is another; may be NULL. */
	tanu_status (*certificate)(void *self, const char *pem, tanu_error *err);
	void *self;
};

/*
 * Listen, shut this process in, answer until SIGTERM or SIGINT, then let all answers out. What
 * holds is said on standard error.
 */
tanu_status serve_run(struct run *run, struct serve *serve, tanu_error *err);

#endif
