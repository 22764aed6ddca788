/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guardian.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

static tanu_status copy_option(char *out, size_t out_len, const struct args *args, const char *name,
			       tanu_error *err)
{
	const char *value = args_get(args, name);

	if (strlen(value) >= out_len)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%s takes at most %zu bytes", name,
				 out_len - 1);
	snprintf(out, out_len, "%s", value);
	return TANU_OK;
}

static tanu_status guardian_add(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	struct guardian_order order = {0};
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = copy_option(order.relation, sizeof(order.relation), args, "relation", err)) < 0 ||
	    (st = copy_option(order.checked_by, sizeof(order.checked_by), args, "checked-by",
			      err)) < 0 ||
	    (st = copy_option(order.how, sizeof(order.how), args, "how", err)) < 0 ||
	    (st = document_option(order.document, args, err)) < 0 ||
	    (st = run_family(run, &order.child, &order.guardian, err)) < 0 ||
	    (st = service_guardian_add(run->service, &order, err)) < 0)
		goto out;
	id_hex(hex, &order.child);
	say(run,
	    "Registered. Next: tanu consent give %.8s --purpose access --by guardian --guardian ",
	    hex);
	id_hex(hex, &order.guardian);
	say(run, "%.8s --until YYYY-MM-DD\n", hex);
	jw_id(&run->jw, "child", &order.child);
	jw_id(&run->jw, "guardian", &order.guardian);
out:
	mem_wipe(&order, sizeof(order));
	return st;
}

const struct verb verb_guardian_add = {
    .group = "guardian",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Register who may speak for a minor",
    .about = "Registers a person of this site, of age, as a guardian of a minor: only who is "
	     "registered can consent for a child, and each one who is can refuse and withdraw. Who "
	     "checked that she is the guardian, and how, is kept with it, sealed.\n\nOne whom a "
	     "court has barred can be registered again only with the later decision (--document).",
    .example = "tanu guardian add 3f9a41c2 77ab01de --relation mother --checked-by \"D. Omarova\" "
	       "--how \"identity card and birth certificate\"",
    .operands = {OPERAND_CHILD, OPERAND_GUARDIAN},
    .options = {{"relation", VALUE_WORD, "WORD", NULL, true,
		 "What she is to the child: mother, father, foster parent, ..."},
		{"checked-by", VALUE_WORD, "NAME", NULL, true, "Who looked at her papers"},
		{"how", VALUE_WORD, "TEXT", NULL, true, "Which papers were looked at"},
		{"document", VALUE_FILE, "FILE", NULL, false,
		 "The decision that lets a barred guardian speak again; its SHA-256 is kept"}},
    .fields = {{"child", "the child's id"}, {"guardian", "the guardian's id"}},
    .run = guardian_add,
};
