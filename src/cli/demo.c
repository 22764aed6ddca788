/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/demo.h"
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>

static tanu_status demo(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *sheet = args_get(args, "sheet");
	const struct demo_options options = {
	    .sheet = sheet ? sheet : TANU_DEMO_DIR "/screenshot-facematch.jpg",
	    .report = args_get(args, "report"),
	    .camera = args_get(args, "camera"),
	    .forge_only = args_has(args, "forge"),
	    .lane_only = args_has(args, "lane"),
	    .tamper = args_has(args, "tamper"),
	    .unattended = args->json,
	    .keep = args_has(args, "keep"),
	    .out = args->json ? stderr : stdout,
	};
	bool all_right = false;
	tanu_status st = demo_run(&all_right, &options, err);

	if (st < 0)
		return st;
	jw_bool(&run->jw, "all_right", all_right);
	run->exit = all_right ? TANU_EXIT_YES : TANU_EXIT_SYSTEM;
	return TANU_OK;
}

const struct verb verb_demo = {
    .group = "demo",
    .brief = "Show the main job from end to end, theft included",
    .about =
	"Makes a temporary site, refuses to enrol without consent, enrols under a simulated one, "
	"verifies, refuses strangers, counts embeddings and permits, lets a thief take the data, "
	"withdraws, restores an old backup, and removes it all. Then twelve attacks on copies of a "
	"site that has run for seventy days, each a line of shell that is really run, and what is "
	"noticed: by the site, by the verifier, by the one of the web page (with Node.js), and "
	"what "
	"cannot be. Last \"She said no\": tanud and a gate with a simulated door, a child who "
	"agreed and one who did not. The photographs are those of an "
	"open-source package, whose people were never asked: keep the report to yourself.\n\n"
	"Exit code 0 only if every step came out as it must.",
    .example = "tanu demo --report report.html",
    .options =
	{{"report", VALUE_FILE, "FILE", NULL, false,
	  "Write an HTML page with the aligned faces and scores, for this machine only"},
	 {"camera", VALUE_FILE, "DEVICE", NULL, false,
	  "Ask a visitor to try her own face (/dev/video0, or a video file), and forget her"},
	 {"forge", VALUE_NONE, NULL, NULL, false,
	  "Only the attacks, which need no photographs; they need the program sqlite3"},
	 {"lane", VALUE_NONE, NULL, NULL, false,
	  "Only \"She said no\": a server, a gate with a simulated door, two children"},
	 {"tamper", VALUE_NONE, NULL, NULL, false,
	  "Then wait, so that you can change a copy of the site yourself, and see what is noticed"},
	 {"sheet", VALUE_FILE, "FILE", NULL, false,
	  "The contact sheet of photographs (default: the one that set-up has fetched)"},
	 {"keep", VALUE_NONE, NULL, NULL, false, "Leave the temporary site for a look"}},
    .fields = {{"all_right", "true: every step came out as it must"}},
    .run = demo,
};
