/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

#include <stdio.h>

#define FAR 3 /* periods at once that a clock is believed for */

/* The period that the calendar asks for: all before it are over, and their grace too. */
static uint32_t period_due(const struct holder_file *h, int64_t now_ms)
{
	uint32_t period = 0;

	while (period_turn_ms(h->from_ms, h->days, period) <= now_ms)
		period++;
	return period;
}

static tanu_status choose_period(struct run *run, const struct holder_file *h, uint32_t present,
				 uint32_t *out, tanu_error *err)
{
	const struct clock_source clock = os_clock();
	double to = 0;

	if (args_has(&run->args, "to")) {
		tanu_status st = args_real(&to, &run->args, "to", 0, 1000, err);

		*out = (uint32_t)to;
		return st;
	}
	if (h->days <= 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "this file has the code alone, and no calendar: say with --to to "
				 "which period it is to be turned");
	*out = period_due(h, clock_now(&clock));
	if (*out > present + FAR)
		return tanu_fail(err, TANU_ERR_CLOCK, NULL,
				 "by this machine's clock the key is %u periods behind: if that is "
				 "right, say so with --to %u",
				 (unsigned)(*out - present), (unsigned)*out);
	return TANU_OK;
}

/*
 * The former code goes for good: the new one is on the disk beside it before the old file is
 * overwritten, and takes its place then.
 */
static tanu_status replace(const struct holder_file *h, const char *path, tanu_error *err)
{
	char beside[OS_PATH_MAX];
	tanu_status st;

	if (snprintf(beside, sizeof(beside), "%s.turned", path) >= (int)sizeof(beside))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path, "the path is too long");
	if ((st = holder_write(h, beside, err)) < 0 || (st = os_destroy_file(path, err)) < 0 ||
	    (st = holder_write(h, path, err)) < 0)
		return st;
	return os_destroy_file(beside, err);
}

static tanu_status turn(struct run *run, struct holder_file *h, uint32_t present, uint32_t to,
			tanu_error *err)
{
	const char *path = run->args.operands[0];
	tanu_status st = TANU_OK;

	if (to == present) {
		say(run, "Nothing to turn yet: the key is at period %u.\n", (unsigned)present);
	} else {
		if ((st = service_recovery_turn(h->code, h->code, to, err)) < 0 ||
		    (st = replace(h, path, err)) < 0)
			return st;
		say(run,
		    "Turned to period %u. Backups of earlier periods do not open any more. If the "
		    "code also stands on paper, destroy that, and write down the new one:\n\n  "
		    "%s\n",
		    (unsigned)to, h->code);
	}
	jw_int(&run->jw, "period", to);
	jw_bool(&run->jw, "turned", to != present);
	return st;
}

static tanu_status recovery_turn(struct run *run, tanu_error *err)
{
	struct holder_file holder = {0};
	uint32_t present = 0, to = 0;
	tanu_status st;

	if ((st = holder_read(&holder, run->args.operands[0], err)) == TANU_OK &&
	    (st = service_recovery_period(&present, holder.code, err)) == TANU_OK &&
	    (st = choose_period(run, &holder, present, &to, err)) == TANU_OK)
		st = turn(run, &holder, present, to > present ? to : present, err);
	mem_wipe(&holder, sizeof(holder));
	return st;
}

const struct verb verb_recovery_turn = {
    .group = "recovery",
    .action = "turn",
    .brief = "For the holder: turn the recovery key to the present period",
    .about =
	"Replaces the secret in the holder's file by that of the present period, from which the "
	"former ones cannot be worked out, and overwrites the file. From then on nothing opens "
	"backups "
	"of earlier periods: who was erased is gone from them too. Nothing happens before a period "
	"and "
	"a week of grace are over, so that there is a newer backup by then.\n\n"
	"Needs no site. Copies of the file have to be destroyed by hand; on flash memory an "
	"overwritten "
	"file may be read with special means, so a medium that is thrown away is broken first.",
    .example = "tanu recovery turn recovery.key",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "The holder's file"}},
    .options = {{"to", VALUE_WORD, "PERIOD", NULL, false,
		 "To this period, whatever the calendar says"}},
    .fields = {{"period", "the period of the key now"}, {"turned", "true: it was another before"}},
    .run = recovery_turn,
};
