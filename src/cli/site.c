/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/witnesses.h"

#include <stdlib.h>
#include <string.h>

const char *run_folder(const struct run *run)
{
	const char *folder = args_get(&run->args, "data");
	const char *from_env = getenv("TANU_DATA");

	if (folder)
		return folder;
	return from_env && *from_env ? from_env : ".";
}

/* The list of the site's witnesses, which may be empty. A bad one keeps no site shut. */
static tanu_status find_witnesses(struct run *run, struct log_witnesses *out, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), run_folder(run), "witnesses", err);

	if (st < 0)
		return st;
	if (!run->witnesses && os_exists(path) &&
	    witnesses_load(&run->witnesses, path, &out->trouble) < 0)
		return TANU_OK;
	if (!run->witnesses && (st = witnesses_none(&run->witnesses, err)) < 0)
		return st;
	*out = witnesses_for_service(run->witnesses);
	return TANU_OK;
}

tanu_status run_site(struct run *run, tanu_error *err)
{
	struct service_options options = {
	    .data_dir = run_folder(run), .borrow = true, .program = "tanu " TANU_VERSION};

	tanu_status st;

	if (run->service)
		return TANU_OK;
	if ((st = find_witnesses(run, &options.witnesses, err)) < 0)
		return st;
	return service_open(&run->service, &options, err);
}

tanu_status run_site_if_any(struct run *run, tanu_error *err)
{
	const char *folder = run_folder(run);
	char db[OS_PATH_MAX];
	tanu_status st;

	if (strcmp(folder, ".") != 0)
		return run_site(run, err);
	st = os_path(db, sizeof(db), folder, "tanu.db", err);
	return st < 0 || !os_exists(db) ? st : run_site(run, err);
}

tanu_status run_subject(struct run *run, tanu_id *out, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	return service_subject_find(run->service, out, run->args.operands[0], err);
}

tanu_status run_disclosure(struct run *run, tanu_id *out, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st == TANU_OK && !id_parse(out, run->args.operands[0]))
		st = tanu_fail(err, TANU_ERR_USAGE, "NUMBER",
			       "this is not the number of a disclosure: see tanu disclosure list");
	return st;
}

/* What the erasure reached and what it left, in words and as codes. */
static void answer_reach(struct run *run, const struct erasure_receipt *r)
{
	struct json_w *w = &run->jw;

	say(run, "  what was done\n");
	jw_array(w, "scope");
	for (int i = 0; i < ERASURE_SCOPES; i++)
		if (erasure_reached(r, (enum erasure_scope)i)) {
			say(run, "    %s\n", erasure_scope_text((enum erasure_scope)i));
			jw_text(w, NULL, erasure_scope_word((enum erasure_scope)i));
		}
	jw_end_array(w);
	say(run, "  what remains\n");
	jw_array(w, "remains");
	for (int i = 0; i < REMAINS_COUNT; i++)
		if (erasure_leaves(r, (enum erasure_remains)i)) {
			say(run, "    %s\n", erasure_remains_text((enum erasure_remains)i));
			jw_text(w, NULL, erasure_remains_word((enum erasure_remains)i));
		}
	jw_end_array(w);
}

void answer_receipt(struct run *run, const struct erasure_receipt *receipt)
{
	struct json_w *w = &run->jw;
	char subject[ID_HEX_LEN], number[ID_HEX_LEN], at[MINUTE_TEXT_LEN];
	char purposes[PURPOSES_WORDS_LEN];

	id_hex(subject, &receipt->subject);
	id_hex(number, &receipt->receipt);
	say(run, "Receipt %s\n", number);
	say(run, "  subject             %s\n", subject);
	say(run, "  withdrawn           %s\n", purposes_words(purposes, receipt->purposes));
	say(run, "  reference of face   %s\n",
	    receipt->reference_erased ? "erased" : "not stored, or still covered by a consent");
	say(run, "  name and papers     %s\n", receipt->profile_erased ? "erased" : "kept");
	say(run, "  keys destroyed      %zu\n", receipt->keys_destroyed);
	say(run, "  done                %s\n", minute_text(at, receipt->executed_ms));
	say(run, "  rollback-resistant  %s\n",
	    receipt->rollback_resistant
		? "yes"
		: "no: a copy of this folder taken earlier together with its keys still opens");
	answer_reach(run, receipt);

	jw_id(w, "receipt", &receipt->receipt);
	jw_id(w, "subject", &receipt->subject);
	jw_purposes(w, "purposes", receipt->purposes);
	jw_bool(w, "reference_erased", receipt->reference_erased);
	jw_bool(w, "profile_erased", receipt->profile_erased);
	jw_int(w, "keys_destroyed", (int64_t)receipt->keys_destroyed);
	jw_int(w, "requested_ms", receipt->requested_ms);
	jw_int(w, "executed_ms", receipt->executed_ms);
	jw_int(w, "due_ms", receipt->due_ms);
	jw_bool(w, "rollback_resistant", receipt->rollback_resistant);
}

tanu_status receipt_file(struct run *run, const struct erasure_receipt *receipt, tanu_error *err)
{
	const char *path = args_get(&run->args, "receipt");
	struct buf out = {0};
	tanu_status st;

	if (!path)
		return TANU_OK;
	if ((st = service_erasure_receipt(run->service, &out, receipt, err)) == TANU_OK &&
	    (st = os_replace_file(path, out.data, out.len, 0600, err)) == TANU_OK)
		say(run, "The signed receipt is in %s.\n", path);
	run->keep_answer = true;
	buf_wipe(&out);
	return st;
}
