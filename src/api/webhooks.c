/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks: where what happens is told to programs of others (docs/webhooks.md). */
#include "api/operations.h"
#include "hook/hook.h"

#include <stdio.h>

static tanu_status outbox_of(const struct call *c, const char **out, tanu_error *err)
{
	*out = c->api->options.outbox;
	return *out ? TANU_OK
		    : tanu_fail(err, TANU_ERR_USAGE, "webhook", "this server tells nobody");
}

static void put_hook(struct json_w *w, const struct hook *hook)
{
	jw_id(w, "id", &hook->id);
	put_clean(w, "url", hook->url);
	jw_bool(w, "people", hook->people);
	jw_int(w, "added_ms", hook->added_ms);
	if (hook->off_ms)
		jw_int(w, "off_ms", hook->off_ms);
}

tanu_status op_webhooks_list(struct call *c, tanu_error *err)
{
	struct hooks hooks = {.len = 0};
	const char *outbox = NULL;
	tanu_status st;

	if ((st = outbox_of(c, &outbox, err)) < 0 || (st = hooks_load(&hooks, outbox, err)) < 0)
		return st;
	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	for (size_t i = 0; i < hooks.len; i++) {
		jw_object(&c->w, NULL);
		put_hook(&c->w, &hooks.v[i]);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	mem_wipe(&hooks, sizeof(hooks));
	return TANU_OK;
}

tanu_status op_webhook_add(struct call *c, tanu_error *err)
{
	const struct random_source random = os_random();
	char secret[HOOK_SECRET_LEN];
	const char *outbox = NULL;
	struct hook hook;
	tanu_status st;

	if ((st = outbox_of(c, &outbox, err)) < 0 ||
	    (st = hook_add(&hook, outbox, call_text(c, "url"), call_flag(c, "people"), &random,
			   clock_now(&c->api->clock), err)) < 0)
		return st;
	c->status = 201;
	hook_secret_text(secret, &hook);
	jw_object(&c->w, NULL);
	put_hook(&c->w, &hook);
	jw_text(&c->w, "secret", secret);
	jw_end_object(&c->w);
	mem_wipe(secret, sizeof(secret));
	mem_wipe(&hook, sizeof(hook));
	return TANU_OK;
}

tanu_status op_webhook_remove(struct call *c, tanu_error *err)
{
	const char *outbox = NULL;
	tanu_id gone;
	tanu_status st = outbox_of(c, &outbox, err);

	c->status = 204;
	return st < 0 ? st : hook_remove(&gone, outbox, call_param(c, "webhook"), err);
}
