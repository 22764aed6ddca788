/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks: who is told what happens at the site, and the program that tells them. */
#include "cli/run.h"
#include "cli/verbs.h"
#include "hook/hook.h"
#include "net/net.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static tanu_status outbox_of(const struct run *run, char out[OS_PATH_MAX], tanu_error *err)
{
	if (!os_is_dir(run_folder(run)))
		return tanu_fail(err, TANU_ERR_FILE_MISSING, run_folder(run),
				 "there is no such data folder");
	return os_path(out, OS_PATH_MAX, run_folder(run), "outbox", err);
}

static void answer_hook(struct run *run, const struct hook *hook)
{
	struct json_w *w = &run->jw;

	jw_id(w, "id", &hook->id);
	jw_clean(w, "url", hook->url);
	jw_bool(w, "people", hook->people);
	jw_int(w, "off_ms", hook->off_ms);
}

static tanu_status webhook_add(struct run *run, tanu_error *err)
{
	const struct random_source random = os_random();
	const struct clock_source clock = os_clock();
	char outbox[OS_PATH_MAX], secret[HOOK_SECRET_LEN];
	struct hook hook;
	tanu_status st;

	if ((st = outbox_of(run, outbox, err)) < 0 ||
	    (st = hook_add(&hook, outbox, run->args.operands[0], args_has(&run->args, "people"),
			   &random, clock_now(&clock), err)) < 0)
		return st;
	hook_secret_text(secret, &hook);
	say(run, "Added. Its receiver checks signatures with this, shown now only:\n%s\n", secret);
	answer_hook(run, &hook);
	jw_text(&run->jw, "secret", secret);
	mem_wipe(secret, sizeof(secret));
	mem_wipe(&hook, sizeof(hook));
	return TANU_OK;
}

static tanu_status webhook_list(struct run *run, tanu_error *err)
{
	char outbox[OS_PATH_MAX], hex[ID_HEX_LEN];
	struct hooks hooks = {.len = 0};
	tanu_status st;

	if ((st = outbox_of(run, outbox, err)) < 0 || (st = hooks_load(&hooks, outbox, err)) < 0)
		return st;
	if (hooks.len == 0)
		say(run, "Nobody is told. Next: tanu webhook add URL\n");
	jw_array(&run->jw, "webhooks");
	for (size_t i = 0; i < hooks.len; i++) {
		const struct hook *hook = &hooks.v[i];

		id_hex(hex, &hook->id);
		say(run, "%.8s  ", hex);
		say_clean(run, hook->url);
		say(run, "%s%s\n", hook->people ? "  with ids of people" : "",
		    hook->off_ms ? "  off: its receiver said that it is gone" : "");
		jw_object(&run->jw, NULL);
		answer_hook(run, hook);
		jw_end_object(&run->jw);
	}
	jw_end_array(&run->jw);
	mem_wipe(&hooks, sizeof(hooks));
	return TANU_OK;
}

static tanu_status webhook_remove(struct run *run, tanu_error *err)
{
	char outbox[OS_PATH_MAX];
	tanu_id gone;
	tanu_status st;

	if ((st = outbox_of(run, outbox, err)) < 0 ||
	    (st = hook_remove(&gone, outbox, run->args.operands[0], err)) < 0)
		return st;
	say(run, "Removed, with what waited for it.\n");
	jw_id(&run->jw, "removed", &gone);
	return TANU_OK;
}

/* ---- sending ---- */

#define EVERY_MS   1000
#define TIMEOUT_MS 15000

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static tanu_status post(void *self, int *status, const struct hook_request *r, tanu_error *err)
{
	const struct net_header headers[] = {{"content-type", "application/json"},
					     {"webhook-id", r->id},
					     {"webhook-timestamp", r->timestamp},
					     {"webhook-signature", r->signature}};
	const struct net_request request = {.method = "POST",
					    .url = r->url,
					    .body = r->body,
					    .body_len = r->body_len,
					    .headers = headers,
					    .headers_len = ARRAY_LEN(headers)};
	struct net_response response = {0};
	tanu_status st = net_send(self, &response, &request, err);

	*status = response.status;
	net_response_free(&response);
	return st;
}

/* The folder, what TLS and names need, and the way out: nothing else of the machine. */
static tanu_status shut(struct run *run, const char *outbox, tanu_error *err)
{
	struct os_sandbox_server sandbox = {.read_write = {outbox},
					    .read_only = {"/etc", "/usr/share", "/usr/lib"},
					    .outgoing = true};
	struct os_sandbox_report report;

	(void)run;
	return os_sandbox_server(&sandbox, &report, err);
}

static tanu_status send_loop(struct run *run, struct net *net, const char *outbox, tanu_error *err)
{
	const struct timespec pause = {.tv_nsec = (long)EVERY_MS * 1000000 % 1000000000,
				       .tv_sec = EVERY_MS / 1000};
	const bool once = args_has(&run->args, "once");
	const struct clock_source clock = os_clock();
	struct hook_counts total = {0}, now;
	tanu_status st;

	do {
		if ((st = hooks_send(&now, outbox, post, net, clock_now(&clock), err)) < 0)
			return st;
		total.sent += now.sent;
		total.failed += now.failed;
		total.given_up += now.given_up;
		total.waiting = now.waiting;
		if (now.given_up)
			say(run, "%zu given up\n", now.given_up);
		if (!once && !stopped)
			nanosleep(&pause, NULL);
	} while (!once && !stopped);
	say(run, "%zu sent, %zu tries that failed, %zu given up, %zu wait\n", total.sent,
	    total.failed, total.given_up, total.waiting);
	jw_int(&run->jw, "sent", (int64_t)total.sent);
	jw_int(&run->jw, "failed", (int64_t)total.failed);
	jw_int(&run->jw, "given_up", (int64_t)total.given_up);
	jw_int(&run->jw, "waiting", (int64_t)total.waiting);
	return TANU_OK;
}

static tanu_status webhook_send(struct run *run, tanu_error *err)
{
	const struct net_options options = {.connect_ms = TIMEOUT_MS, .total_ms = TIMEOUT_MS};
	const struct sigaction action = {.sa_handler = stop};
	struct net *net = NULL;
	char outbox[OS_PATH_MAX];
	tanu_status st;

	if ((st = outbox_of(run, outbox, err)) < 0 || (st = os_make_dir(outbox, 0700, err)) < 0 ||
	    (st = net_open(&net, &options, err)) < 0)
		return st;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if ((st = shut(run, outbox, err)) == TANU_OK)
		st = send_loop(run, net, outbox, err);
	net_close(&net);
	return st;
}

#define OPERAND_HOOK                                                              \
	{                                                                         \
		"WEBHOOK", VALUE_WORD, 1, 1, "Its id, or at least 6 digits of it" \
	}
#define FIELDS_HOOK                                                              \
	{"id", "its id"}, {"url", "where messages go"},                          \
	    {"people", "whether the ids of people are in them"},                 \
	{                                                                        \
		"off_ms", "its receiver has said that it is gone; 0: it has not" \
	}

const struct verb verb_webhook_add = {
    .group = "webhook",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Tell another program what happens at the site",
    .about = "From now on a signed message goes to the address for each thing that the console "
	     "shows live: a word, a time, the id of a gate; never a name. tanud puts the messages "
	     "into a folder, and tanu webhook send sends them. After Standard Webhooks 1.0 "
	     "(docs/webhooks.md).",
    .example = "tanu webhook add https://desk.example/tanu",
    .options = {{"people", VALUE_NONE, NULL, NULL, false, "The ids of people too"}},
    .operands = {{"URL", VALUE_WORD, 1, 1, "An https address; http of this machine itself"}},
    .fields = {FIELDS_HOOK, {"secret", "what signatures are checked with"}},
    .run = webhook_add,
};

const struct verb verb_webhook_list = {
    .group = "webhook",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show who is told what happens",
    .about = "Their secrets are not shown again.",
    .example = "tanu webhook list",
    .fields = {{"webhooks[].id", "its id"},
	       {"webhooks[].url", "where messages go"},
	       {"webhooks[].people", "whether the ids of people are in them"},
	       {"webhooks[].off_ms", "its receiver has said that it is gone; 0: it has not"}},
    .run = webhook_list,
};

const struct verb verb_webhook_remove = {
    .group = "webhook",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "Tell it nothing any more",
    .about = "What waits for it is removed too.",
    .example = "tanu webhook remove 9a7e31",
    .operands = {OPERAND_HOOK},
    .fields = {{"removed", "its id"}},
    .run = webhook_remove,
};

const struct verb verb_webhook_send = {
    .group = "webhook",
    .action = "send",
    .flags = VERB_SITE,
    .brief = "Send the messages that wait, for as long as it runs",
    .about = "Beside tanud, which has no way out into a network. It sees the folder outbox of the "
	     "data folder and nothing else of the site. A message that is not taken is tried "
	     "again after 5 seconds, 5 minutes, half an hour and so on, ten times in three days. "
	     "packaging/systemd/tanu-webhook.service runs it.",
    .example = "tanu webhook send",
    .options = {{"once", VALUE_NONE, NULL, NULL, false, "What is due now, and end"}},
    .fields = {{"sent", "messages that were taken"},
	       {"failed", "tries that were not"},
	       {"given_up", "messages that nobody took in time"},
	       {"waiting", "messages that wait for the next try"}},
    .run = webhook_send,
};
