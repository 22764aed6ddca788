/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - what the parts of net/ share. */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include "net/net.h"

/* An address taken apart as far as the rules here need it. */
struct url_facts {
	bool https;
	bool this_machine; /* a loopback address or localhost */
	char place[192];   /* scheme, host, port, path: what an error may show */
};
/* The rules of net_url_check. */
tanu_status url_read(struct url_facts *out, const char *url, bool plain_http, tanu_error *err);

#endif
