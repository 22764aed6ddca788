/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

#define ORDER_MAX (64 * 1024)
#define KEY_MAX	  1024

static void show_order(struct run *run, const struct disclosure_order *o)
{
	char fields[DISCLOSED_FIELDS_LEN], from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];
	char hex[2 * sizeof(o->document) + 1];

	disclosed_fields_text(fields, o->fields);
	hex_encode(hex, o->document, sizeof(o->document));
	say(run, "Authority  ");
	say_clean(run, o->authority);
	say(run, "\nBasis      ");
	say_clean(run, o->basis);
	say(run, "\nOrder      SHA-256 %s\nDiscloses  %s of %zu %s, %s to %s\n", hex, fields,
	    o->subjects_len, o->subjects_len == 1 ? "person" : "people",
	    date_text(from, date_from_ms(o->from_ms)), date_text(to, date_from_ms(o->to_ms - 1)));
	if (o->due_ms) {
		say(run, "Sealed     the person is told on %s, because: ",
		    date_text(from, date_from_ms(o->due_ms)));
		say_clean(run, o->due_basis);
		say(run, "\n");
	}
}

static tanu_status approver_sign(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf key = {0}, text = {0}, signed_note = {0};
	struct disclosure_order order = {0};
	tanu_status st;

	if ((st = os_read_file(&key, args_get(&run->args, "key"), KEY_MAX, err)) < 0 ||
	    (st = os_read_file(&text, run->args.operands[0], ORDER_MAX, err)) < 0 ||
	    (st = service_approver_sign(&signed_note, &order, buf_cstr(&key), text.data, text.len,
					err)) < 0 ||
	    (st = os_replace_file(path, signed_note.data, signed_note.len, 0600, err)) < 0)
		goto out;
	show_order(run, &order);
	say(run, "Signed: %s. Next, at the site: tanu disclosure approve %s\n", path, path);
	jw_id(&run->jw, "disclosure", &order.id);
	jw_clean(&run->jw, "file", path);
out:
	buf_wipe(&key);
	buf_free(&text);
	buf_free(&signed_note);
	return st;
}

const struct verb verb_approver_sign = {
    .group = "approver",
    .action = "sign",
    .brief = "Approve a disclosure by signing its order",
    .about =
	"For the approver, on her own machine. Shows what the order discloses to whom, and signs "
	"exactly that text. Hold the SHA-256 against the order on paper before you hand the signed "
	"file over: what you sign is what is released, and the log keeps it.",
    .example = "tanu approver sign order.txt --key approver.key --out order.signed",
    .operands = {{"ORDER", VALUE_FILE, 1, 1, "File from tanu disclosure order"}},
    .options = {{"key", VALUE_FILE, "FILE", NULL, true, "The secret half, from tanu approver key"},
		{"out", VALUE_FILE, "FILE", NULL, true, "Where the signed order goes"}},
    .fields = {{"disclosure", "number of the disclosure"}, {"file", "where the signed order is"}},
    .run = approver_sign,
};
