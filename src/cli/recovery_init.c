/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

#include "print/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRIPS_MAX 24
#define DAYS_TEXT  "30"

struct strip {
	char code[RECOVERY_CODE_LEN];
	char title[64], duty[160];
};

/* ---- the page ---- */

static tanu_status strip_fill(struct strip *strip, const struct recovery_sheet *sheet,
			      uint32_t period, tanu_error *err)
{
	char begin[DATE_TEXT_LEN], turn[DATE_TEXT_LEN];

	date_text(begin, date_from_ms(period_begin_ms(sheet->from_ms, sheet->days, period)));
	date_text(turn, date_from_ms(period_turn_ms(sheet->from_ms, sheet->days, period)));
	snprintf(strip->title, sizeof(strip->title), "Period %u, from %s", (unsigned)period, begin);
	snprintf(strip->duty, sizeof(strip->duty),
		 "Destroy this strip on %s: from then on nothing opens the backups of this period, "
		 "and whoever was erased in it is gone from them too.",
		 turn);
	return service_recovery_turn(strip->code, sheet->code, period, err);
}

static void put_strip(struct print_block *blocks, const struct strip *strip)
{
	blocks[0] = (struct print_block){.kind = PRINT_HEADING, .text = strip->title};
	blocks[1] = (struct print_block){.kind = PRINT_CODE, .text = strip->code};
	blocks[2] = (struct print_block){.kind = PRINT_QR,
					 .text = strip->duty,
					 .bytes = strip->code,
					 .bytes_len = strlen(strip->code),
					 .level = QR_LEVEL_M};
	blocks[3] = (struct print_block){.kind = PRINT_RULE};
}

#define BLOCKS_HEAD  2
#define BLOCKS_STRIP 4

static tanu_status page_write(const struct recovery_sheet *sheet, const struct strip *strips,
			      size_t strips_len, const char *path, tanu_error *err)
{
	struct print_block *blocks =
	    calloc(BLOCKS_HEAD + BLOCKS_STRIP * strips_len, sizeof(*blocks));
	struct print_document page = {.title = "Recovery key",
				      .language = "en",
				      .footer = sheet->site,
				      .blocks = blocks,
				      .blocks_len = BLOCKS_HEAD + BLOCKS_STRIP * strips_len};
	struct buf pdf = {0};
	tanu_status st;

	if (!blocks)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	blocks[0] = (struct print_block){.kind = PRINT_TITLE, .text = sheet->site};
	blocks[1] = (struct print_block){
	    .kind = PRINT_TEXT,
	    .text =
		"Recovery key, for its holder. Keep it away from the site. With a strip and a "
		"backup of its period, or of a later one, the site comes back after the loss of "
		"its disk: names, papers, consents and history, but no face."};
	for (size_t i = 0; i < strips_len; i++)
		put_strip(&blocks[BLOCKS_HEAD + BLOCKS_STRIP * i], &strips[i]);
	if ((st = print_document(&pdf, &page, err)) == TANU_OK)
		st = os_replace_file(path, pdf.data, pdf.len, 0600, err);
	buf_wipe(&pdf);
	free(blocks);
	return st;
}

static tanu_status make_page(struct run *run, const struct recovery_sheet *sheet, tanu_error *err)
{
	const char *path = args_get(&run->args, "page");
	double wanted = 1;
	struct strip *strips;
	tanu_status st = TANU_OK;

	if (args_has(&run->args, "strips") &&
	    (st = args_real(&wanted, &run->args, "strips", 1, STRIPS_MAX, err)) < 0)
		return st;
	if (!path)
		return TANU_OK;
	strips = calloc(STRIPS_MAX, sizeof(*strips));
	if (!strips)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (uint32_t i = 0; i < (uint32_t)wanted && st == TANU_OK; i++)
		st = strip_fill(&strips[i], sheet, i, err);
	if (st == TANU_OK)
		st = page_write(sheet, strips, (size_t)wanted, path, err);
	mem_wipe(strips, STRIPS_MAX * sizeof(*strips));
	free(strips);
	return st;
}

/* ---- the file, and what is said ---- */

static tanu_status make_file(struct run *run, const struct recovery_sheet *sheet, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct holder_file holder = {.from_ms = sheet->from_ms, .days = sheet->days};
	tanu_status st = TANU_OK;

	snprintf(holder.site, sizeof(holder.site), "%s", sheet->site);
	memcpy(holder.code, sheet->code, sizeof(holder.code));
	if (path)
		st = holder_write(&holder, path, err);
	mem_wipe(&holder, sizeof(holder));
	return st;
}

static void answer(struct run *run, const struct recovery_sheet *sheet)
{
	const bool kept = args_has(&run->args, "out") || args_has(&run->args, "page");
	char turn[DATE_TEXT_LEN];

	say(run, "Made a recovery key. The site keeps its public half; the other one is the "
		 "holder's.\n");
	if (kept)
		say(run, "Give her what was written, and leave no copy here.\n");
	else
		say(run, "Write this down for her now; it is not shown again:\n\n  %s\n\n",
		    sheet->code);
	say(run,
	    "A period has %d days. She turns the key on %s, and then every %d days: tanu recovery "
	    "turn.\nNext: tanu recovery test, then tanu backup --out FILE\n",
	    sheet->days,
	    date_text(turn, date_from_ms(period_turn_ms(sheet->from_ms, sheet->days, 0))),
	    sheet->days);
	jw_clean(&run->jw, "site", sheet->site);
	jw_int(&run->jw, "from_ms", sheet->from_ms);
	jw_int(&run->jw, "days", sheet->days);
	jw_int(&run->jw, "periods", sheet->periods);
	jw_text(&run->jw, "code", kept ? NULL : sheet->code);
}

static tanu_status recovery_init(struct run *run, tanu_error *err)
{
	struct recovery_sheet sheet = {0};
	double days = 30;
	tanu_status st = TANU_OK;

	if (args_has(&run->args, "days"))
		st = args_real(&days, &run->args, "days", 1, 1000, err);
	if (st < 0 || (st = run_site(run, err)) < 0)
		return st;
	if ((st = service_recovery_init(run->service, &sheet, (int)days, err)) == TANU_OK &&
	    (st = make_file(run, &sheet, err)) == TANU_OK &&
	    (st = make_page(run, &sheet, err)) == TANU_OK)
		answer(run, &sheet);
	mem_wipe(&sheet, sizeof(sheet));
	return st;
}

const struct verb verb_recovery_init = {
    .group = "recovery",
    .action = "init",
    .flags = VERB_SITE,
    .brief = "Make a recovery key for a second holder",
    .about =
	"Backups are sealed to this key. Its private half belongs to somebody outside the site: on "
	"paper (--page), in a file on a medium of hers (--out), or written down from the screen. "
	"The "
	"site keeps public halves, one a period.\n\n"
	"When a period is over the holder turns the key: what was sealed before does not open any "
	"more, so that nobody who was erased comes back from an old backup. On paper that means "
	"cutting off and destroying a strip (--strips prints some in advance); in a file, \"tanu "
	"recovery turn\".\n\n"
	"Done again, the new key takes the place of the old one for later backups.",
    .example = "tanu recovery init --page recovery.pdf --strips 12",
    .options = {{"out", VALUE_FILE, "FILE", NULL, false, "Write the holder's file"},
		{"page", VALUE_FILE, "PDF", NULL, false, "Write a page to print, with a QR code"},
		{"strips", VALUE_WORD, "N", NULL, false,
		 "How many periods the page has a strip for; 1 if not given, at most 24"},
		{"days", VALUE_WORD, "N", NULL, false,
		 "Length of a period, 7 to 92 days; 30 if not given"}},
    .fields = {{"site", "name of the site"},
	       {"from_ms", "when period 0 began"},
	       {"days", "length of a period"},
	       {"periods", "how many there are"},
	       {"code", "the private half; null where it went into a file or onto a page"}},
    .run = recovery_init,
};
