/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/served.h"

#include "lease/pair.h"

static void enter(void *self)
{
	served_enter(self);
}

static void leave(void *self)
{
	served_leave(self);
}

void served_enter(struct served *s)
{
	pthread_mutex_lock(&s->lock);
}

void served_leave(struct served *s)
{
	pthread_mutex_unlock(&s->lock);
}

static void serve(struct served *s, const char *address)
{
	struct http_options options = {.tls = &s->tls,
				       .routes = gateway_routes(s->gateway),
				       .routes_len = GATEWAY_ROUTES,
				       .sockets_len = 1};
	int fd = -1;

	MUST(os_listen(&fd, address, err));
	options.sockets = &fd;
	os_socket_address(s->address, fd);
	MUST(http_start(&s->server, &options, err));
	snprintf(s->url, sizeof(s->url), "https://%s", s->address);
}

void served_stop(struct served *s)
{
	http_stop(&s->server, 2000);
}

void served_again(struct served *s)
{
	char address[OS_ADDRESS_LEN];

	snprintf(address, sizeof(address), "%s", s->address);
	serve(s, address);
}

void served_certificate(struct served *s, const char *name, struct buf *certificate,
			struct buf *key)
{
	static const char *const names[] = {"localhost"};
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/%s", s->site->root, name);
	MUST(os_make_dir(dir, 0700, err));
	MUST(http_certificate(certificate, key, NULL, dir, names, 1, site_clock(s->site), err));
}

void served_open(struct served *s, const struct gate_watcher *watcher)
{
	struct gateway_options options = {.enter = enter, .leave = leave, .self = s};

	*s = (struct served){.site = NULL};
	if (!os_is_memory("/dev/shm")) {
		print_message("skipped: /dev/shm is not memory here\n");
		exit(77);
	}
	site_setup((void **)&s->site);
	pthread_mutex_init(&s->lock, NULL);
	served_certificate(s, "server", &s->certificate, &s->key);
	options.service = s->site->s;
	options.watcher = *watcher;
	options.clock = (struct clock_source){.now_ms = site_clock, .self = s->site};
	MUST(gateway_open(&s->gateway, &options, err));
	MUST(gateway_certificate(s->gateway, buf_cstr(&s->certificate), err));
	s->tls = (struct http_tls){.certificate = buf_cstr(&s->certificate),
				   .key = buf_cstr(&s->key),
				   .client_authorities = buf_cstr(&s->certificate)};
	serve(s, "127.0.0.1:0");
}

void served_close(struct served *s)
{
	served_stop(s);
	gateway_close(&s->gateway);
	buf_free(&s->certificate);
	buf_free(&s->key);
	site_teardown((void **)&s->site);
	pthread_mutex_destroy(&s->lock);
}

/* ---- gates ---- */

void gate_tls_make(struct gate_tls *tls, struct served *s, const char *name)
{
	char text[HTTP_PIN_LEN];
	struct buf bytes = {0};

	*tls = (struct gate_tls){.pin = {0}};
	served_certificate(s, name, &tls->certificate, &tls->key);
	MUST(http_pin(text, buf_cstr(&tls->certificate), err));
	MUST(base64_get(&bytes, text + 8, strlen(text + 8), err));
	memcpy(tls->pin, bytes.data, PAIR_PIN_LEN);
	buf_free(&bytes);
}

void gate_tls_free(struct gate_tls *tls)
{
	buf_free(&tls->certificate);
	buf_free(&tls->key);
}

tanu_status served_ask(struct served *s, const char *path, const struct net_options *options,
		       const struct buf *body, int *status, struct buf *reply)
{
	struct net_response response = {0};
	struct net_request request = {
	    .method = "POST", .body = body->data, .body_len = body->len, .max_bytes = 100000};
	char url[128];
	struct net *net = NULL;
	tanu_error err = {0};
	tanu_status st;

	snprintf(url, sizeof(url), "%s%s", s->url, path);
	request.url = url;
	if ((st = net_open(&net, options, &err)) == TANU_OK &&
	    (st = net_send(net, &response, &request, &err)) == TANU_OK) {
		*status = response.status;
		buf_put(reply, response.body.data, response.body.len);
	}
	net_response_free(&response);
	net_close(&net);
	return st;
}

tanu_id served_pair(struct served *s, struct gate_identity *identity, const char *state_dir,
		    const struct gate_tls *tls, const char *name)
{
	struct net_options any = {.any_server = true};
	struct buf request = {0}, reply = {0};
	struct gate_view view = {0};
	char code[PAIR_CODE_LEN];
	struct secret key;
	int status = 0;

	served_enter(s);
	MUST(service_gate_add(s->site->s, &view, code, name, "main", err));
	served_leave(s);
	MUST(pair_code_key(&key, code, err));
	gate_pair_ask(&request, identity, tls->pin, &key);
	MUST(served_ask(s, "/gate/v1/pair", &any, &request, &status, &reply));
	assert_int_equal(status, 200);
	MUST(gate_pair_keep(identity, state_dir, reply.data, reply.len, tls->pin, &key, err));
	buf_free(&request);
	buf_free(&reply);
	return view.id;
}
