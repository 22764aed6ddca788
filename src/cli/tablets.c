/* SPDX-License-Identifier: Apache-2.0 */
/* Tablets at doors and wards, each known by its certificate (docs/server.md). */
#include "cli/run.h"
#include "cli/verbs.h"
#include "http/http.h"
#include "service/tablets.h"

static void answer_tablet(struct run *run, const struct tablet_view *v)
{
	jw_id(&run->jw, "id", &v->id);
	jw_clean(&run->jw, "name", v->name);
	jw_int(&run->jw, "added_ms", v->added_ms);
	jw_int(&run->jw, "ended_ms", v->ended_ms);
}

#define FIELDS_TABLET(prefix)                                                       \
	{prefix "id", "its id"}, {prefix "name", "what it is called"},              \
	    {prefix "added_ms", "since when"},                                      \
	{                                                                           \
		prefix "ended_ms", "since when it is known no more; 0: it is known" \
	}

/* The file first: a tablet whose certificate nobody has would be of no use. */
static tanu_status tablet_make(struct run *run, struct tablet_view *out, const char *path,
			       char password[HTTP_PACK_PASSWORD], tanu_error *err)
{
	const char *name = run->args.operands[0];
	const struct clock_source clock = os_clock();
	uint8_t pin[DIGEST_LEN];
	struct buf p12 = {0};
	tanu_status st;

	if ((st = service_tablet_check(run->service, name, err)) == TANU_OK &&
	    (st = http_client_certificate(&p12, password, pin, TABLET_ISSUER, name,
					  clock_now(&clock), err)) == TANU_OK &&
	    (st = os_replace_file(path, p12.data, p12.len, 0600, err)) == TANU_OK &&
	    (st = service_tablet_add(run->service, out, name, pin, err)) < 0)
		(void)os_destroy_file(path, NULL);
	buf_wipe(&p12);
	return st;
}

static tanu_status tablet_add(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	char password[HTTP_PACK_PASSWORD] = "";
	struct tablet_view v;
	tanu_status st;

	if (os_exists(path))
		return tanu_fail(err, TANU_ERR_CONFLICT, path,
				 "there is a file of this name already; choose another");
	if ((st = run_site(run, err)) == TANU_OK &&
	    (st = tablet_make(run, &v, path, password, err)) == TANU_OK) {
		say(run,
		    "%s\nThe password of %s, shown only now. Install the file on the tablet under "
		    "it, then remove\nthe file, and open the tablet's address (tanud --tablets) "
		    "there.\n",
		    password, path);
		answer_tablet(run, &v);
		jw_text(&run->jw, "file", path);
		jw_text(&run->jw, "password", password);
	}
	mem_wipe(password, sizeof(password));
	return st;
}

static tanu_status each(void *self, const struct tablet_view *v, tanu_error *err)
{
	struct run *run = self;

	(void)err;
	say_clean(run, v->name);
	say(run, v->ended_ms ? "  ended\n" : "\n");
	jw_object(&run->jw, NULL);
	answer_tablet(run, v);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status tablet_list(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "tablets");
	st = service_tablet_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "There is none. Next: tanu tablet add NAME --out FILE\n");
	return st;
}

static tanu_status tablet_end(struct run *run, tanu_error *err)
{
	struct tablet_view v;
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_tablet_by_name(run->service, &v, run->args.operands[0], err)) < 0 ||
	    (st = service_tablet_end(run->service, &v, &v.id, err)) < 0)
		return st;
	say(run, "From its next request on it is answered nothing.\n");
	answer_tablet(run, &v);
	return TANU_OK;
}

const struct verb verb_tablet_add = {
    .group = "tablet",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Let a tablet at a door or a ward compare faces",
    .about =
	"Makes a certificate for its browser, under a password. At the address that \"tanud "
	"--tablets\" serves, who shows it gets the page for tablets; nobody else gets anything "
	"there, and in no other browser a face is compared (setting kiosk.paired). A tablet is "
	"attended: a browser takes a film for a camera.",
    .example = "tanu tablet add \"ward 3\" --out ward3.p12",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "What it is called"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true,
		 "Where its certificate is written (PKCS #12)"}},
    .fields = {FIELDS_TABLET(""),
	       {"file", "the certificate with its key"},
	       {"password", "of the file, shown only now"}},
    .run = tablet_add,
};

const struct verb verb_tablet_list = {
    .group = "tablet",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "The tablets that the site knows",
    .about = "Those that ended are shown too.",
    .example = "tanu tablet list",
    .fields = {FIELDS_TABLET("tablets[].")},
    .run = tablet_list,
};

const struct verb verb_tablet_end = {
    .group = "tablet",
    .action = "end",
    .flags = VERB_SITE,
    .brief = "Know a tablet no more",
    .about = "One that was lost, stolen or put away. It can't be taken back: add it anew.",
    .example = "tanu tablet end \"ward 3\"",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "Its name"}},
    .fields = {FIELDS_TABLET("")},
    .run = tablet_end,
};
