/* SPDX-License-Identifier: Apache-2.0 */
/* A visitor's own attack, on a copy of the site, and what is noticed of it. */
#include "demo/attack.h"

#include "demo/folder.h"
#include "demo/shell.h"

#include <stdio.h>

static tanu_status differs(const struct forge *f, bool *out, tanu_error *err)
{
	struct shell_result r = {0};
	tanu_status st = shell_run(&r, f->story.dir, "diff -rq site yours", err);

	*out = r.code != 0;
	shell_result_free(&r);
	return st;
}

static tanu_status look_at_yours(const struct forge *f, tanu_error *err)
{
	static const struct attack yours = {.receipts = "a.tanu-receipt b.tanu-receipt",
					    .log = "yours/log"};
	static const char *const looks[] = {
	    "tanu doctor --data yours 2>&1 | grep -e ^bad -e '^tanu: ' || echo nothing bad",
	    "tanu log audit yours/log 2>&1 | grep -e ^suspicious -e ^Clean -e '^tanu: '"};
	bool changed = false;
	tanu_status st = differs(f, &changed, err);

	if (st < 0)
		return st;
	tell(f->d, "%s",
	     changed ? "Something was changed. What is noticed:"
		     : "Nothing was changed, and nothing should be noticed:");
	for (size_t i = 0; i < ARRAY_LEN(looks) && st == TANU_OK; i++) {
		struct shell_result r = {0};

		tell_shell(f->d, looks[i]);
		if ((st = shell_run(&r, f->story.dir, looks[i], err)) == TANU_OK)
			forge_tell_all(f, buf_cstr(&r.out));
		shell_result_free(&r);
	}
	for (int i = 0; i < 2 && st == TANU_OK; i++) {
		struct attack one = yours;

		one.receipts = i == 0 ? "a.tanu-receipt" : "b.tanu-receipt";
		tell(f->d, "Person %c, with her receipt:", 'A' + i);
		st = forge_verify(f, &one, &changed, err);
	}
	return st;
}

tanu_status forge_tamper(const struct forge *f, tanu_error *err)
{
	struct shell_result r = {0};
	char answer[16];
	tanu_status st;

	tell_heading(f->d, "Your turn");
	if ((st = shell_run(&r, f->story.dir, "cp -r site yours", err)) < 0)
		return st;
	shell_result_free(&r);
	tell(f->d, "A copy of the site, its keys included, to do with as you like:");
	tell(f->d, "  %s/yours", f->story.dir);
	tell(f->d, "For example, in another terminal:");
	tell(f->d, "  sqlite3 %s/yours/tanu.db", f->story.dir);
	tell(f->d, "    .tables");
	tell(f->d, "    UPDATE consent SET not_after_ms = 0;");
	tell(f->d, "    DELETE FROM event;");
	tell(f->d, "Press Enter when you are done.");
	if (!fgets(answer, sizeof(answer), stdin) || folder_interrupted())
		return TANU_OK;
	return look_at_yours(f, err);
}
