/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

static tanu_status breach_close(struct run *run, tanu_error *err)
{
	struct breach_view v;
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = run_breach(run, &v, err)) < 0 ||
	    (st = service_breach_close(run->service, &v.id, args_get(&run->args, "outcome"),
				       args_get(&run->args, "not-told"), err)) < 0)
		return st;
	id_hex(hex, &v.id);
	if ((st = service_breach_find(run->service, &v, hex, err)) < 0)
		return st;
	say(run, "Closed. It stays in the register.\n");
	jw_breach(&run->jw, &v);
	return TANU_OK;
}

const struct verb verb_breach_close = {
    .group = "breach",
    .action = "close",
    .flags = VERB_SITE,
    .brief = "Close a breach",
    .about = "Closes it with what came out. While the authority's clock runs and it was not told, "
	     "that is refused, unless --not-told says why it need not be: the reason stays in the "
	     "register.",
    .example = "tanu breach close 5f1209ab --outcome \"The laptop was found, its disk encrypted\"",
    .operands = {{"BREACH", VALUE_WORD, 1, 1, "Its number, or the first digits"}},
    .options = {{"outcome", VALUE_WORD, "TEXT", NULL, true, "What came out"},
		{"not-told", VALUE_WORD, "REASON", NULL, false,
		 "Why the authority need not be told"}},
    .fields = {BREACH_FIELDS("")},
    .run = breach_close,
};
