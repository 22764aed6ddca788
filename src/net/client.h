/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - (inside net/) what a client holds. */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "net/inside.h"

#include <curl/curl.h>

struct net {
	CURL *curl;
	unsigned tries;
	bool plain_http;
	bool stays; /* no redirect is followed: what is shown is for this server alone */
};

#endif
