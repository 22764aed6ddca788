/* SPDX-License-Identifier: Apache-2.0 */
/* Help, man pages, docs/cli.md and completion are drawn from the tables and in step with them. */
#include "cli/program.h"

static void every_verb_explains_itself(void **state)
{
	struct outcome o = {0};
	char usage[VERB_TITLE_LEN + 8], title[VERB_TITLE_LEN];

	(void)state;
	for (size_t i = 0; verbs[i]; i++) {
		const struct verb *v = verbs[i];
		const struct option_row *row;

		if (v->flags & VERB_HIDDEN)
			continue;
		if (v->action)
			RUN(&o, 0, v->group, v->action, "--help");
		else
			RUN(&o, 0, v->group, "--help");
		snprintf(usage, sizeof(usage), "tanu %s", verb_title(v, title));
		assert_contains(o.out, usage);
		assert_string_equal(o.err, "");
		for (size_t j = 0; (row = verb_option(v, j)); j++)
			assert_contains(o.out, row->name);
	}
	outcome_done(&o);
}

static void every_row_is_filled_in(void **state)
{
	const struct option_row *row;

	(void)state;
	for (size_t i = 0; verbs[i]; i++) {
		const struct verb *v = verbs[i];

		assert_non_null(v->brief);
		assert_non_null(v->about);
		assert_non_null(v->run);
		for (size_t j = 0; (row = verb_option(v, j)); j++) {
			assert_non_null(row->help);
			assert_true((row->kind == VALUE_NONE) == (row->value == NULL));
			assert_true((row->kind == VALUE_CHOICE) == (row->choices != NULL));
		}
		if (v->flags & VERB_HIDDEN)
			continue;
		/* Rows fill their arrays with room for the closing one. */
		assert_null(v->options[OPTIONS_MAX - 1].name);
		assert_true(v->fields[0].name != NULL);
	}
}

static void overview_names_every_command_and_exit_code(void **state)
{
	struct outcome o = {0};
	char title[VERB_TITLE_LEN];

	(void)state;
	RUN(&o, 0, "--help");
	for (size_t i = 0; verbs[i]; i++) {
		if (verbs[i]->flags & VERB_HIDDEN)
			assert_lacks(o.out, verbs[i]->group);
		else
			assert_contains(o.out, verb_title(verbs[i], title));
	}
#define X(name, number, meaning) assert_contains(o.out, meaning);
	TANU_EXIT_LIST(X)
#undef X
	RUN(&o, 0, "subject", "--help");
	assert_contains(o.out, "subject import");
	outcome_done(&o);
}

/* What the gate's program says to these words; it is beside this one. */
static void gate_says(struct buf *out, const char *words)
{
	char command[512], bytes[4096];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "\"$(dirname \"$TANU_PROGRAM\")/tanu-gate\" %s", words);
	f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_put(out, bytes, n);
	assert_int_equal(pclose(f), 0);
}

static void assert_same(const char *page, const char *text)
{
	struct buf file = {0};
	char path[512];
	tanu_error err = {0};

	snprintf(path, sizeof(path), TANU_SOURCE_DIR "/%s", page);
	if (os_read_file(&file, path, 1 << 20, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	if (strcmp(text, buf_cstr(&file)) != 0)
		fail_msg("%s differs from the program's tables: run tools/update-reference", page);
	buf_free(&file);
}

static void pages_are_in_step_with_the_tables(void **state)
{
	struct outcome list = {0}, o = {0};
	size_t pages = 0;
	char *rest = NULL;

	(void)state;
	RUN(&list, 0, "__reference");
	for (char *page = strtok_r(list.out, "\n", &rest); page;
	     page = strtok_r(NULL, "\n", &rest)) {
		RUN(&o, 0, "__reference", page);
		assert_same(page, o.out);
		pages++;
	}
	assert_true(pages > 10);
	RUN(&o, 2, "__reference", "docs/man/tanu-nothing.1");
	outcome_done(&list);
	outcome_done(&o);
}

static void pages_of_the_gate_are_in_step_with_its_tables(void **state)
{
	struct buf list = {0};
	char words[128], *rest = NULL;
	size_t pages = 0;

	(void)state;
	gate_says(&list, "__reference");
	for (char *page = strtok_r((char *)(uintptr_t)buf_cstr(&list), "\n", &rest); page && *page;
	     page = strtok_r(NULL, "\n", &rest)) {
		struct buf text = {0};

		snprintf(words, sizeof(words), "__reference %s", page);
		gate_says(&text, words);
		assert_same(page, buf_cstr(&text));
		buf_free(&text);
		pages++;
	}
	assert_int_equal(pages, 2);
	buf_free(&list);
}

static void the_gate_explains_itself(void **state)
{
	struct buf help = {0}, version = {0}, settings = {0};

	(void)state;
	gate_says(&help, "--help");
	assert_contains(buf_cstr(&help), "reader-pair NUMBER");
	gate_says(&version, "--version");
	assert_contains(buf_cstr(&version), "tanu-gate 0.");
	gate_says(&settings, "settings");
	assert_contains(buf_cstr(&settings), "[reader4]\n");
	buf_free(&help);
	buf_free(&version);
	buf_free(&settings);
}

/* Nothing in docs/man that no table draws any more. */
static tanu_status page_is_drawn(void *self, const char *name, tanu_error *err)
{
	(void)err;
	if (!strstr(self, name))
		fail_msg("docs/man/%s is drawn from no table", name);
	return TANU_OK;
}

static void no_page_is_left_over(void **state)
{
	struct outcome o = {0};
	struct buf list = {0};

	(void)state;
	RUN(&o, 0, "__reference");
	buf_str(&list, o.out);
	gate_says(&list, "__reference");
	assert_int_equal(os_list_dir(TANU_SOURCE_DIR "/docs/man", page_is_drawn,
				     (void *)(uintptr_t)buf_cstr(&list), NULL),
			 TANU_OK);
	buf_free(&list);
	outcome_done(&o);
}

static void man_pages_are_well_formed(void **state)
{
	(void)state;
	if (system("command -v man >/dev/null 2>&1") != 0) {
		print_message("no man program here: skipped\n");
		skip();
	}
	assert_int_equal(
	    system("cd " TANU_SOURCE_DIR "/docs/man && for p in *; do "
		   "test -z \"$(LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l "
		   "-Tutf8 -Z ./$p 2>&1 >/dev/null)\" || { echo $p; exit 1; }; done"),
	    0);
}

static void completes_commands_options_and_choices(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "__complete", "con");
	assert_string_equal(o.out, "consent\n");
	RUN(&o, 0, "__complete", "");
	assert_contains(o.out, "subject\n");
	assert_lacks(o.out, "__");
	RUN(&o, 0, "__complete", "subject", "");
	assert_string_equal(o.out, "add\nimport\nlist\nshow\nremove\nexport\n");
	RUN(&o, 0, "__complete", "consent", "give", "x", "--l");
	assert_string_equal(o.out, "--language\n");
	RUN(&o, 0, "__complete", "consent", "give", "x", "--language", "");
	assert_string_equal(o.out, "kk\nru\nen\n");
	RUN(&o, 0, "__complete", "--data", "");
	assert_string_equal(o.out, ":dir\n");
	RUN(&o, 0, "__complete", "enrol", "ann", "");
	assert_string_equal(o.out, ":file\n");
	RUN(&o, 0, "__complete", "enrol", "");
	assert_string_equal(o.out, "");
	RUN(&o, 0, "__complete", "--data", "d", "--json", "model", "a");
	assert_string_equal(o.out, "add\n");
	outcome_done(&o);
}

/* The script as bash runs it: COMP_WORDS in, COMPREPLY out. */
static void assert_script_completes(const char *script, const char *function, const char *program,
				    const char *words, const char *reply)
{
	char command[1024], line[256] = "";
	FILE *f;

	snprintf(command, sizeof(command),
		 "bash -c '. " TANU_SOURCE_DIR "/packaging/bash-completion/%s; "
		 "COMP_WORDS=(\"%s\" %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		 "%s \"%s\"; echo \"${COMPREPLY[*]}\"'",
		 script, program, words, function, program);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(pclose(f), 0);
	assert_string_equal(line, reply);
}

static void assert_bash_completes(const char *words, const char *reply)
{
	assert_script_completes("tanu", "_tanu", "$TANU_PROGRAM", words, reply);
}

static void assert_gate_completes(const char *words, const char *reply)
{
	assert_script_completes("tanu-gate", "_tanu_gate", "${TANU_PROGRAM}-gate", words, reply);
}

static void bash_completes(void **state)
{
	(void)state;
	if (system("command -v bash >/dev/null 2>&1") != 0) {
		print_message("no bash here: skipped\n");
		skip();
	}
	folder_enter();
	file_write_text("face.jpg", "x");
	assert_bash_completes("sub", "subject\n");
	assert_bash_completes(
	    "consent \"\"", "request form import-scans forms give refuse show notice withdraw due "
			    "receipt\n");
	assert_bash_completes("inspect fa", "face.jpg\n");
	assert_gate_completes("--config fa", "face.jpg\n");
	assert_gate_completes("--config gate.ini rea", "reader-pair reader-rekey\n");
	assert_gate_completes("--config gate.ini check --js", "--json\n");
	folder_leave();
}

static void version_is_quick_to_say(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "--version");
	assert_contains(o.out, "tanu 0.");
	RUN_JSON(&o, 0, "version");
	assert_contains(answer_text(&o, "version"), ".");
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_verb_explains_itself),
	    cmocka_unit_test(every_row_is_filled_in),
	    cmocka_unit_test(overview_names_every_command_and_exit_code),
	    cmocka_unit_test(pages_are_in_step_with_the_tables),
	    cmocka_unit_test(pages_of_the_gate_are_in_step_with_its_tables),
	    cmocka_unit_test(the_gate_explains_itself),
	    cmocka_unit_test(no_page_is_left_over),
	    cmocka_unit_test(man_pages_are_well_formed),
	    cmocka_unit_test(completes_commands_options_and_choices),
	    cmocka_unit_test(bash_completes),
	    cmocka_unit_test(version_is_quick_to_say),
	};

	return cmocka_run_group_tests_name("cli/reference", tests, NULL, NULL);
}
