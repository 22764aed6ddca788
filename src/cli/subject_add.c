/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

/* Who may consent for a person of this age, as --by wants it. */
static const char *giver_for(const struct service *service, tanu_date born)
{
	struct clock_source clock = os_clock();
	int64_t majority = settings_int(service_setting_values(service), "consent.majority_years");

	return tanu_age_on(born, date_from_ms(clock_now(&clock))) < majority
		   ? "guardian --guardian ID"
		   : "self";
}

static tanu_status subject_add(struct run *run, tanu_error *err)
{
	struct person person = {0};
	char hex[ID_HEX_LEN];
	tanu_id id;
	tanu_status st;

	if ((st = service_person_set(&person, args_get(&run->args, "name"),
				     args_get(&run->args, "born"), err)) < 0 ||
	    (st = run_site(run, err)) < 0 ||
	    (st = service_subject_add(run->service, &id, &person, err)) < 0)
		goto out;
	id_hex(hex, &id);
	say(run,
	    "Added %s.\nNothing about a face is stored. Next: tanu consent give %.8s --purpose "
	    "access --by %s --until YYYY-MM-DD\n",
	    hex, hex, giver_for(run->service, person.born));
	jw_id(&run->jw, "id", &id);
out:
	mem_wipe(&person, sizeof(person));
	return st;
}

const struct verb verb_subject_add = {
    .group = "subject",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Add a person",
    .about =
	"Adds a person by name and date of birth. The date decides who may consent: below 18 a "
	"guardian, from then on the person alone. A guardian is added in the same way, as a person "
	"of her own.",
    .example = "tanu subject add --name \"Aigerim S.\" --born 1990-04-02",
    .options = {{"name", VALUE_WORD, "NAME", NULL, true, "The person's name"},
		{"born", VALUE_WORD, "DATE", NULL, true, "Date of birth, like 1990-04-02"}},
    .fields = {{"id", "the person's random id, 32 hexadecimal digits; other commands take it"}},
    .run = subject_add,
};
