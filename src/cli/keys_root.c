/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

tanu_status args_owner_auth(char out[OWNER_AUTH_LEN], const struct args *args, tanu_error *err)
{
	const char *path = args_get(args, "owner-auth");
	struct buf bytes = {0};
	tanu_status st = TANU_OK;

	out[0] = '\0';
	if (!path)
		return TANU_OK;
	if ((st = os_read_file(&bytes, path, OWNER_AUTH_LEN - 1, err)) == TANU_OK) {
		memcpy(out, bytes.data, bytes.len);
		out[bytes.len] = '\0';
		out[strcspn(out, "\r\n")] = '\0';
	}
	buf_wipe(&bytes);
	return st;
}

void answer_root(struct run *run, const struct service_report *report)
{
	bool tpm = report->rollback_resistant;
	char since[MINUTE_TEXT_LEN];

	jw_text(&run->jw, "root", report->root);
	jw_bool(&run->jw, "rollback_resistant", tpm);
	if (tpm)
		jw_int(&run->jw, "resistant_since_ms", report->resistant_since_ms);
	else
		jw_null(&run->jw, "resistant_since_ms");
	if (tpm)
		jw_clean(&run->jw, "tpm", report->tpm);
	else
		jw_null(&run->jw, "tpm");
	jw_bool(&run->jw, "tpm_software", report->tpm_software);
	if (!tpm) {
		say(run, "The root of the keys is in files: whoever copies the whole folder, keys/ "
			 "with it, can open later what was erased meanwhile.\n");
		return;
	}
	say(run, "The root of the keys is in the ");
	say_clean(run, report->tpm);
	say(run,
	    ".\nCopies of the disk made since %s open nothing any more once somebody was erased; "
	    "older ones keep their root.\n",
	    minute_text(since, report->resistant_since_ms));
	if (report->tpm_software)
		say(run, "This TPM is a program: whoever copies its memory together with the disk "
			 "can open what was erased.\n");
}

static tanu_status open_any(struct run *run, const char *owner_auth, tanu_error *err)
{
	struct service_options options = {.data_dir = run_folder(run),
					  .tcti = args_get(&run->args, "tcti"),
					  .owner_auth = owner_auth,
					  .any_root = true};

	return service_open(&run->service, &options, err);
}

static tanu_status move_root(struct run *run, const char *where, tanu_error *err)
{
	if (strcmp(where, "file") != 0 && strcmp(where, "tpm") != 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "the root is moved to file or to tpm");
	return service_root_move(run->service, strcmp(where, "tpm") == 0, err);
}

static tanu_status keys_root(struct run *run, tanu_error *err)
{
	struct service_report report = {0};
	char owner_auth[OWNER_AUTH_LEN];
	tanu_status st;

	if ((st = args_owner_auth(owner_auth, &run->args, err)) < 0 ||
	    (st = open_any(run, owner_auth, err)) < 0)
		goto out;
	if (run->args.operands_len > 0 && (st = move_root(run, run->args.operands[0], err)) < 0)
		goto out;
	if ((st = service_report(run->service, &report, err)) == TANU_OK)
		answer_root(run, &report);
out:
	mem_wipe(owner_auth, sizeof(owner_auth));
	return st;
}

const struct verb verb_keys_root = {
    .group = "keys",
    .action = "root",
    .flags = VERB_SITE,
    .brief = "Say where the root of the keys is, or move it into a TPM",
    .about =
	"Everything personal is sealed under keys, and these under a root. With the root in files "
	"an "
	"old copy of the whole disk opens what was erased since; with the root in a TPM it does "
	"not: "
	"each erasure replaces the secret that the TPM holds.\n\n"
	"\"tpm\" moves the root into the TPM and puts every key under a fresh secret; \"file\" "
	"moves it "
	"back and clears the TPM. Setting keys.root follows. Copies of the disk from before a move "
	"keep their root: destroy them.\n\n"
	"With the root in a TPM the keys are bound to this machine. If its TPM breaks or is "
	"cleared, "
	"they are lost: have a backup and a recovery key.",
    .example = "tanu keys root tpm",
    .operands = {{"WHERE", VALUE_WORD, 0, 1, "tpm or file; without it nothing is moved"}},
    .options = {OPTIONS_TPM},
    .fields = {ROOT_FIELDS},
    .run = keys_root,
};
