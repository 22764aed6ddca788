/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tablets at doors and wards: known by the key of their certificate, and served at an address of
 * their own, where browsers are asked for one. There they get the pages and the few operations that
 * openapi.yaml marks with x-tablet; whoever has no certificate of a tablet of this site gets
 * nothing.
 */
#include "api/operations.h"
#include "service/tablets.h"

#include <stdlib.h>
#include <string.h>

/* ---- which there are ---- */

static tanu_status put_tablet(void *self, const struct tablet_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	put_clean(w, "name", v->name);
	jw_int(w, "added_ms", v->added_ms);
	if (v->ended_ms)
		jw_int(w, "ended_ms", v->ended_ms);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_tablets_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_tablet_each(c->api->service, put_tablet, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

static tanu_status check_name(const struct call *c, const char *name, tanu_error *err)
{
	tanu_status st;

	api_enter(c->api);
	if ((st = api_there(c->api, err)) == TANU_OK)
		st = service_tablet_check(c->api->service, name, err);
	api_leave(c->api);
	return st;
}

static tanu_status add(const struct call *c, struct tablet_view *out, const char *name,
		       const uint8_t pin[TABLET_PIN_LEN], tanu_error *err)
{
	tanu_status st;

	api_enter(c->api);
	if ((st = api_there(c->api, err)) == TANU_OK)
		st = service_tablet_add(c->api->service, out, name, pin, err);
	api_leave(c->api);
	return st;
}

/* A key under a password takes half a second on purpose: others are not kept waiting for it. */
tanu_status op_tablet_add(struct call *c, tanu_error *err)
{
	const char *name = call_text(c, "name");
	char password[HTTP_PACK_PASSWORD] = "";
	struct buf p12 = {0}, text = {0};
	uint8_t pin[TABLET_PIN_LEN];
	struct tablet_view v;
	tanu_status st;

	c->status = 201;
	if ((st = check_name(c, name, err)) == TANU_OK &&
	    (st = http_client_certificate(&p12, password, pin, TABLET_ISSUER, name,
					  clock_now(&c->api->clock), err)) == TANU_OK &&
	    (st = add(c, &v, name, pin, err)) == TANU_OK) {
		base64_put(&text, p12.data, p12.len);
		jw_object(&c->w, NULL);
		jw_id(&c->w, "id", &v.id);
		jw_text(&c->w, "certificate", buf_cstr(&text));
		jw_text(&c->w, "password", password);
		jw_end_object(&c->w);
	}
	buf_wipe(&p12);
	buf_wipe(&text);
	mem_wipe(password, sizeof(password));
	return st;
}

tanu_status op_tablet_end(struct call *c, tanu_error *err)
{
	const tanu_id id = call_param_id(c, "tablet");
	struct tablet_view v;

	c->status = 204;
	return service_tablet_end(c->api->service, &v, &id, err);
}

/* ---- their own address ---- */

struct tablet_route {
	struct api *api;
	const struct http_route *route;
	const struct operation *op; /* NULL: pages */
};
struct tablet_routes {
	struct tablet_route *v;
	struct http_route *routes;
	size_t len;
};

static bool known(struct api *api, const struct http_client *client, tanu_error *err)
{
	struct tablet_view v;
	tanu_status st;

	if (!client->present) {
		tanu_fail(err, TANU_ERR_TABLET, NULL,
			  "this address is for tablets of the site: choose the certificate that "
			  "was made for this one");
		return false;
	}
	api_enter(api);
	if ((st = api_there(api, err)) == TANU_OK)
		st = service_tablet_by_pin(api->service, &v, client->pin, err);
	api_leave(api);
	if (st == TANU_NOT_FOUND)
		tanu_fail(err, TANU_ERR_TABLET, NULL,
			  "this certificate is not that of a tablet of this site, or was ended");
	return st == TANU_OK;
}

/* Whoever stands before it reads one of them. */
#define NO_TABLET                                                                                                                                                      \
	"Бұл мекенжай мекеменің планшеттеріне арналған: осы планшетке жасалған сертификатты " \
	"таңдаңыз.\n\n"                                                                                                                                        \
	"Этот адрес для планшетов учреждения: выберите сертификат, сделанный для этого "             \
	"планшета.\n\n"                                                                                                                                        \
	"This address is for tablets of the site: choose the certificate that was made for this "                                                                      \
	"one.\n"

/* A browser shows what it gets: pages are refused in a sentence, operations as a problem. */
static void refuse(const struct tablet_route *t, struct http_answer *answer, const tanu_error *why)
{
	security_headers(answer);
	if (t->op)
		problem_answer(answer, why, 0);
	else
		http_text(answer, problem_status(why), NULL,
			  why->code == TANU_ERR_TABLET ? NO_TABLET : why->message);
}

static void tablet_handle(void *self, const struct http_request *request,
			  struct http_answer *answer)
{
	const struct tablet_route *t = self;
	tanu_error why = {0};

	if (!known(t->api, &request->client, &why)) {
		refuse(t, answer, &why);
	} else if (t->op && !t->op->tablet) {
		tanu_fail(&why, TANU_ERR_TABLET, NULL, "a tablet has no use for that");
		refuse(t, answer, &why);
	} else if (strcmp(request->path, "/") == 0) {
		http_set(answer, "Location", "/kiosk");
		http_empty(answer, 302);
	} else {
		t->route->handle(t->route->self, request, answer);
	}
}

tanu_status tablets_open(struct api *api, tanu_error *err)
{
	struct tablet_routes *all = calloc(1, sizeof(*all));

	if (!all)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	api->tablets = all;
	all->v = calloc(api->routes_len, sizeof(*all->v));
	all->routes = calloc(api->routes_len, sizeof(*all->routes));
	if (!all->v || !all->routes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < api->routes_len; i++) {
		const struct http_route *route = &api->routes[i];

		all->v[i] =
		    (struct tablet_route){.api = api,
					  .route = route,
					  .op = route->handle == call_handle ? route->self : NULL};
		all->routes[i] = *route;
		all->routes[i].handle = tablet_handle;
		all->routes[i].self = &all->v[i];
		all->routes[i].flags = 0; /* who it is is looked up first */
	}
	all->len = api->routes_len;
	return TANU_OK;
}

void tablets_close(struct tablet_routes **tablets)
{
	struct tablet_routes *all = *tablets;

	if (!all)
		return;
	free(all->v);
	free(all->routes);
	free(all);
	*tablets = NULL;
}

const struct http_route *api_tablet_routes(const struct api *api, size_t *len)
{
	*len = api->tablets->len;
	return api->tablets->routes;
}

tanu_status api_tablet_issuer(struct buf *pem, tanu_error *err)
{
	const struct clock_source clock = os_clock();

	return http_client_issuer(pem, TABLET_ISSUER, clock_now(&clock), err);
}

tanu_status tablet_needed(const struct call *c, tanu_error *err)
{
	if (c->by_key || c->request->client.present || !service_tablets_only(c->api->service))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_TABLET, "use",
			 "faces are compared at tablets that the site knows, at their own address "
			 "(tanu tablet add, tanud --tablets; setting kiosk.paired)");
}
