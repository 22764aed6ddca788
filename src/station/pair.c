/* SPDX-License-Identifier: Apache-2.0 */
/* Pairing: over the network, or by files that are carried. */
#include "station/inside.h"

#include <stdio.h>
#include <string.h>

/*
 * The first call of all: the server's key is not known yet. What makes it believed is the code: the
 * answer is proven with it, and names the key that all later calls are pinned to.
 */
static tanu_status pair_network(struct station *b, const struct buf *request, struct buf *reply,
				tanu_error *err)
{
	struct net_options options = {.any_server = true};
	struct net_response response = {0};
	struct net_request ask = {.method = "POST",
				  .body = request->data,
				  .body_len = request->len,
				  .max_bytes = PAIR_BYTES_MAX};
	char url[NET_URL_MAX];
	struct net *net = NULL;
	tanu_status st;

	snprintf(url, sizeof(url), "%s/gate/v1/pair", b->call->site);
	ask.url = url;
	if ((st = net_open(&net, &options, err)) == TANU_OK &&
	    (st = net_send(net, &response, &ask, err)) == TANU_OK) {
		if (response.status == 200)
			buf_put(reply, response.body.data, response.body.len);
		else if (response.status == 403)
			st = tanu_fail(err, TANU_ERR_GATE, url,
				       "no gate waits for this code, or its day is over: tanu "
				       "gate add");
		else
			st = net_unexpected(&response, url, err);
	}
	net_response_free(&response);
	net_close(&net);
	return st;
}

static tanu_status pair_keep(struct station *b, const struct buf *reply, const uint8_t *pin,
			     const struct secret *key, tanu_error *err)
{
	tanu_status st = gate_pair_keep(&b->identity, settings_text(&b->settings, "state.dir"),
					reply->data, reply->len, pin, key, err);

	if (st == TANU_OK)
		printf("Paired: this is gate \"%s\".\n", b->identity.name);
	if (st == TANU_OK && b->call->site &&
	    strcmp(b->call->site, settings_text(&b->settings, "link.url")) != 0)
		printf("It asks nobody by itself yet: set link.url = %s in its settings.\n",
		       b->call->site);
	return st;
}

tanu_status run_pair(struct station *b, tanu_error *err)
{
	const struct call *c = b->call;
	struct buf request = {0}, reply = {0};
	uint8_t pin[PAIR_PIN_LEN] = {0};
	struct secret key = {{0}};
	tanu_status st;

	if (!c->code || (!c->site && !c->request && !c->reply))
		return tanu_fail(err, TANU_ERR_USAGE, "pair",
				 "give --code, and --site, --request or --reply");
	if ((st = pair_code_key(&key, c->code, err)) < 0 ||
	    (st = certificate_ready(b, pin, err)) < 0)
		goto out;
	gate_pair_ask(&request, &b->identity, pin, &key);
	if (c->request)
		st = os_replace_file(c->request, request.data, request.len, 0600, err);
	else if (c->site && (st = pair_network(b, &request, &reply, err)) == TANU_OK)
		st = pair_keep(b, &reply, pin, &key, err);
	else if (c->reply && (st = os_read_file(&reply, c->reply, PAIR_BYTES_MAX, err)) == TANU_OK)
		st = pair_keep(b, &reply, pin, &key, err);
	if (st == TANU_OK && c->request)
		printf("Carry %s to the site: tanu gate pair %s --out FILE\n", c->request,
		       c->request);
out:
	secret_wipe(&key);
	buf_free(&request);
	buf_free(&reply);
	return st;
}
