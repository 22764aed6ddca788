/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of a restore: the new folder is either no site, and can be
 * removed and made again, or all of it, without those who have left since.
 */
#include "service/site.h"
#include "shim/shim.h"

#define AGAIN 8 /* of so many half made folders one is made again */

struct place {
	char backup[96], mirror[96];
	char code[RECOVERY_CODE_LEN];
};

/* Three people, a backup, and one who leaves after it; what everybody has of the log. */
static void prepare(struct site *site, struct place *place)
{
	struct backup_order order = {.path = place->backup};
	struct recovery_sheet sheet;
	struct erasure_receipt receipt;
	struct backup_made made;
	char log[160];
	tanu_id anna = add_person(site, "Anna", 30), carla;

	add_person(site, "Berik", 40);
	carla = add_person(site, "Carla", 50);
	give(site, &anna, TANU_PURPOSE_ACCESS, 300);
	keep_reference(site, &anna, 1);
	MUST(service_recovery_init(site->s, &sheet, 30, err));
	snprintf(place->code, sizeof(place->code), "%s", sheet.code);
	snprintf(place->backup, sizeof(place->backup), "%s/backup", site->root);
	snprintf(place->mirror, sizeof(place->mirror), "%s/mirror", site->root);
	MUST(service_backup(site->s, &made, &order, err));
	MUST(service_subject_remove(site->s, &receipt, &carla, err));
	MUST(service_publish(site->s, err));
	snprintf(log, sizeof(log), "%s/log", site->dir);
	site_copy(log, place->mirror);
	service_close(&site->s);
}

static tanu_status restore(struct site *site, const struct place *place, tanu_error *err)
{
	const struct service_options options = site_options(site, site->dir);
	const struct restore_order order = {
	    .backup = place->backup, .code = place->code, .log_dir = place->mirror};
	struct restore_result result;

	return service_restore(&options, &order, &result, err);
}

static int run_script(char *const *words)
{
	struct site site = {.step_ms = 1};
	struct place place;

	snprintf(site.dir, sizeof(site.dir), "%s/data", words[0]);
	snprintf(place.backup, sizeof(place.backup), "%s", words[1]);
	snprintf(place.mirror, sizeof(place.mirror), "%s", words[2]);
	snprintf(place.code, sizeof(place.code), "%s", words[3]);
	MUST(restore(&site, &place, err));
	shim_mark("restored");
	return 0;
}

struct cuts {
	struct place place;
	size_t states, unmade, whole, again;
};

static tanu_status is_here(struct service *s, const char *name, bool here, tanu_error *err)
{
	tanu_id id;
	tanu_status st = service_subject_find(s, &id, name, NULL);

	if ((st == TANU_OK) == here && (st == TANU_OK || st == TANU_NOT_FOUND))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, name, "%s",
			 here ? "she has not come back" : "she has come back");
}

static tanu_status check_whole(struct service *s, tanu_error *err)
{
	struct service_report report = {0};
	tanu_status st;

	if ((st = is_here(s, "Anna", true, err)) < 0 || (st = is_here(s, "Berik", true, err)) < 0 ||
	    (st = is_here(s, "Carla", false, err)) < 0 || (st = service_check(s, err)) < 0 ||
	    (st = service_publish(s, err)) < 0 || (st = service_report(s, &report, err)) < 0)
		return st;
	if (report.references || report.log_stopped.status < 0 || report.rolled_back)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
				 "%zu references, log %s, rolled back %d", report.references,
				 report.log_stopped.message, report.rolled_back);
	return TANU_OK;
}

static tanu_status make_again(struct site *site, const struct place *place, tanu_error *err)
{
	const struct service_options options = site_options(site, site->dir);
	tanu_status st;

	site_remove_tree(site->dir);
	if ((st = restore(site, place, err)) < 0 ||
	    (st = service_open(&site->s, &options, err)) < 0)
		return st;
	return check_whole(site->s, err);
}

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct cuts *cuts = self;
	struct site site = {.step_ms = 1};
	struct service_options options;
	tanu_status st;

	cuts->states++;
	snprintf(site.dir, sizeof(site.dir), "%s/data", crash->folder);
	options = site_options(&site, site.dir);
	st = service_open(&site.s, &options, err);
	if (st == TANU_OK) {
		cuts->whole++;
		st = check_whole(site.s, err);
	} else if (st == TANU_NOT_FOUND && crash->marks_len == 0) {
		st = TANU_OK;
		if (cuts->unmade++ % AGAIN == 0) {
			cuts->again++;
			st = make_again(&site, &cuts->place, err);
		}
	}
	service_close(&site.s);
	return st;
}

static void no_power_cut_makes_half_a_site_of_a_backup(void **state)
{
	char watched[] = "/dev/shm/tanu-watched-XXXXXX", rebuilt[] = "/dev/shm/tanu-rebuilt-XXXXXX";
	struct site *site = *state;
	struct cuts cuts = {0};
	char *argv[] = {"/proc/self/exe",  "--scenario",    watched, cuts.place.backup,
			cuts.place.mirror, cuts.place.code, NULL};
	struct shim *shim = NULL;
	bool thinned;

	if (!os_is_dir("/dev/shm"))
		skip();
	prepare(site, &cuts.place);
	assert_non_null(mkdtemp(watched));
	assert_non_null(mkdtemp(rebuilt));
	MUST(shim_open(&shim, watched, err));
	MUST(shim_run(shim, argv, err));
	thinned = shim_thin(shim);
	MUST(shim_each_crash(shim, rebuilt, 1, check_cut, &cuts, err));
	print_message(
	    "%zu calls, %zu states: %zu with no site yet, of them %zu made again, %zu with "
	    "a whole one\n",
	    shim_steps(shim), cuts.states, cuts.unmade, cuts.again, cuts.whole);
	assert_true(cuts.unmade > 0 && cuts.again > 0 && (thinned || cuts.whole > 0));
	shim_close(&shim);
	site_remove_tree(watched);
	site_remove_tree(rebuilt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(no_power_cut_makes_half_a_site_of_a_backup),
	};

	if (argc == 6 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv + 2);
	return cmocka_run_group_tests_name("service/restore_crash", tests, NULL, NULL);
}
