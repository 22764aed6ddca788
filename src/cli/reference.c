/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tanu __reference [PAGE]`: without a page the names of all pages, else its text.
 * tools/update-reference writes them into docs/; a test holds the files against this output.
 */
#include "cli/reference.h"

#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

static void list_pages(struct buf *out)
{
	const struct verb *verb;

	buf_str(out, "docs/man/tanu.1\ndocs/man/tanu.ini.5\ndocs/cli.md\n");
	for (size_t i = 0; (verb = verb_group_at(i)); i++)
		buf_printf(out, "docs/man/tanu-%s.1\n", verb->group);
}

/* "docs/man/tanu-subject.1" -> its group, or NULL. */
static const struct verb *page_group(const char *page)
{
	static const char before[] = "docs/man/tanu-";
	const struct verb *verb;

	if (strncmp(page, before, strlen(before)) != 0)
		return NULL;
	page += strlen(before);
	for (size_t i = 0; (verb = verb_group_at(i)); i++)
		if (strncmp(page, verb->group, strlen(verb->group)) == 0 &&
		    strcmp(page + strlen(verb->group), ".1") == 0)
			return verb;
	return NULL;
}

static tanu_status reference(struct run *run, tanu_error *err)
{
	const char *page = run->args.operands_len ? run->args.operands[0] : NULL;
	const struct verb *group = page ? page_group(page) : NULL;

	if (!page)
		list_pages(&run->text);
	else if (group)
		man_group(&run->text, group->group);
	else if (strcmp(page, "docs/man/tanu.1") == 0)
		man_program(&run->text);
	else if (strcmp(page, "docs/man/tanu.ini.5") == 0)
		man_settings(&run->text);
	else if (strcmp(page, "docs/cli.md") == 0)
		markdown_reference(&run->text);
	else
		return tanu_fail(err, TANU_ERR_USAGE, page, "there is no page of this name");
	return TANU_OK;
}

const struct verb verb_reference = {
    .group = "__reference",
    .flags = VERB_HIDDEN | VERB_RAW,
    .brief = "The pages of docs/ that are drawn from the tables",
    .about = "",
    .operands = {{"PAGE", VALUE_WORD, 0, 1, "A page; without it their names"}},
    .run = reference,
};
