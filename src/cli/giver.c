/* SPDX-License-Identifier: Apache-2.0 */
/* Who says yes or no: --by and --guardian, the same in every verb. */
#include "cli/run.h"

#include <string.h>

tanu_status giver_parse(struct run *run, tanu_giver *giver, tanu_id *guardian, tanu_error *err)
{
	const char *by = args_get(&run->args, "by"), *who = args_get(&run->args, "guardian");

	*giver = TANU_GIVER_NONE;
	if (by)
		*giver = strcmp(by, "guardian") == 0 ? TANU_GIVER_GUARDIAN : TANU_GIVER_SELF;
	if (*giver == TANU_GIVER_GUARDIAN && !who)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--by guardian wants --guardian ID beside it: which one");
	if (*giver != TANU_GIVER_GUARDIAN && who)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--guardian goes with --by guardian");
	return who ? service_subject_find(run->service, guardian, who, err) : TANU_OK;
}

tanu_status purposes_option(unsigned *out, const struct args *args, tanu_error *err)
{
	const char *purposes = args_get(args, "purpose");

	*out = 0;
	return purposes ? tanu_purposes_parse(out, purposes, err) : TANU_OK;
}

tanu_status document_option(uint8_t out[32], const struct args *args, tanu_error *err)
{
	const char *path = args_get(args, "document");

	memset(out, 0, 32);
	return path ? service_document_sha256(out, path, err) : TANU_OK;
}
