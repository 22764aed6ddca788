/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status version(struct run *run, tanu_error *err)
{
	(void)err;
	say(run, "tanu %s\n", TANU_VERSION);
	jw_text(&run->jw, "version", TANU_VERSION);
	jw_text(&run->jw, "kernel", tanu_match_kernel());
	return TANU_OK;
}

const struct verb verb_version = {
    .group = "version",
    .brief = "Show the version of the program",
    .about =
	"Also \"tanu --version\". \"tanu doctor\" shows the versions of models, runtime and store.",
    .fields = {{"version", "version of the program"},
	       {"kernel", "comparison code picked for this processor"}},
    .run = version,
};
