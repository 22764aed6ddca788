/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve.h"
#include "cli/verbs.h"
#include "witness/witness.h"

#include <stdio.h>
#include <string.h>

struct office {
	struct witness *witness;
	struct buf hello, vkey;
};

static void pass_on(struct http_answer *answer, struct witness_reply *reply)
{
	if (reply->status >= 500)
		fprintf(stderr, "tanu: %s: %s\n", reply->error.place, reply->error.message);
	http_body(answer, reply->status, reply->type, &reply->body);
}

static void add_checkpoint(void *self, const struct http_request *request,
			   struct http_answer *answer)
{
	const struct office *office = self;
	struct witness_reply reply = {0};

	witness_add_checkpoint(office->witness, &reply, request->body, request->body_len);
	pass_on(answer, &reply);
}

static void last_checkpoint(void *self, const struct http_request *request,
			    struct http_answer *answer)
{
	const struct office *office = self;
	struct witness_reply reply = {0};

	witness_last_checkpoint(office->witness, &reply, request->params[0]);
	pass_on(answer, &reply);
	http_set(answer, "Cache-Control", "no-cache");
	http_set(answer, "Access-Control-Allow-Origin", "*");
}

static void page(void *self, const struct http_request *request, struct http_answer *answer)
{
	const struct office *office = self;
	struct witness_reply reply = {0};

	(void)request;
	witness_page(office->witness, &reply);
	pass_on(answer, &reply);
	http_set(answer, "Cache-Control", "no-cache");
}

static void page_digests(void *self, const struct http_request *request, struct http_answer *answer)
{
	const struct office *office = self;
	struct witness_reply reply = {0};

	(void)request;
	witness_page_digests(office->witness, &reply);
	pass_on(answer, &reply);
	http_set(answer, "Cache-Control", "no-cache");
	http_set(answer, "Access-Control-Allow-Origin", "*");
}

static void tell_key(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct office *office = self;

	(void)request;
	http_text(answer, 200, NULL, (const char *)office->vkey.data);
}

static tanu_status open_office(struct office *o, const char *folder, tanu_error *err)
{
	tanu_verifier v;
	tanu_status st = witness_open(&o->witness, folder, NULL, err);

	if (st < 0)
		return st;
	witness_verifier(&v, o->witness);
	verifier_put(&o->vkey, &v);
	buf_str(&o->hello, "witness ");
	buf_put(&o->hello, o->vkey.data, o->vkey.len);
	buf_str(&o->vkey, "\n");
	(void)buf_cstr(&o->vkey);
	return buf_check(&o->vkey, err);
}

static tanu_status witness_serve(struct run *run, tanu_error *err)
{
	struct office office = {0};
	const struct http_route routes[] = {
	    {"POST", "/add-checkpoint", add_checkpoint, &office, WITNESS_BODY_MAX, 0},
	    {"GET", "/{hash}/checkpoint", last_checkpoint, &office, 0, 0},
	    {"GET", "/verifier.html", page, &office, 0, 0},
	    {"GET", "/verifier.sha256", page_digests, &office, 0, 0},
	    {"GET", "/", tell_key, &office, 0, HTTP_QUICK},
	};
	struct serve serve = {.standard = "127.0.0.1:7380",
			      .routes = routes,
			      .routes_len = ARRAY_LEN(routes),
			      .sandbox = {.read_write = {run->args.operands[0]}}};
	tanu_status st = open_office(&office, run->args.operands[0], err);

	if (st == TANU_OK) {
		serve.hello = buf_cstr(&office.hello);
		st = serve_run(run, &serve, err);
	}
	witness_close(&office.witness);
	buf_free(&office.hello);
	buf_free(&office.vkey);
	return st;
}

const struct verb verb_witness_serve = {
    .group = "witness",
    .action = "serve",
    .brief = "Be a witness: cosign what logs submit over HTTP",
    .about =
	"Answers POST /add-checkpoint (c2sp.org/tlog-witness), and GET /HASH/checkpoint with the "
	"checkpoint it cosigned last of the log whose name has that SHA-256; /verifier.html and "
	"/verifier.sha256 where \"tanu witness add-page\" has put them. Nothing is signed "
	"before it stands on the disk. Once its sockets are open the process gives up all other "
	"files, starting programs and calling out. Stops with SIGTERM, after the answers that are "
	"due.\n\nWithout --tls put it behind a web server with a certificate, or open it to other "
	"machines with --plain: cosignatures prove themselves.",
    .example = "tanu witness serve /var/lib/tanu-witness --listen 127.0.0.1:7380",
    .options = {OPTION_LISTEN("127.0.0.1:7380"), OPTION_TLS, OPTION_HOST, OPTION_PLAIN},
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder of the witness"}},
    .fields = {SERVE_FIELDS},
    .run = witness_serve,
};
