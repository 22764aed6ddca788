/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the site, for doctor, the demo and whoever asks. */
#include "service/internal.h"

#include <stdio.h>

static tanu_status count_subject(void *self, const struct subject_row *row, tanu_error *err)
{
	(void)err;
	((struct service_report *)self)->subjects += row->state == SUBJECT_ACTIVE;
	return TANU_OK;
}

static tanu_status count_reference(void *self, const struct reference_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct service_report *)self)->references++;
	return TANU_OK;
}

struct consent_count {
	int64_t now_ms;
	size_t live;
};

static tanu_status count_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct consent_count *count = self;

	(void)err;
	count->live += tanu_consent_state_at(&row->consent, count->now_ms) == TANU_CONSENT_GIVEN;
	return TANU_OK;
}

static tanu_status report_store(struct service *s, struct service_report *out, tanu_error *err)
{
	struct consent_count count = {.now_ms = clock_now(&s->clock)};
	tanu_status st;

	if ((st = DB(s, subject_each, count_subject, out, err)) < 0 ||
	    (st = DB(s, reference_each, count_reference, out, err)) < 0 ||
	    (st = DB(s, consent_each, NULL, count_consent, &count, err)) < 0 ||
	    (st = DB(s, counter_sum, &out->embeddings, "embeddings", err)) < 0 ||
	    (st = DB(s, counter_sum, &out->permits, "permits", err)) < 0 ||
	    (st = ledger_sequence(s, &out->sequence, err)) < 0)
		return st;
	out->consents_live = count.live;
	snprintf(out->store, sizeof(out->store), "%s", s->store->calls->describe(s->store));
	return TANU_OK;
}

tanu_status service_report(struct service *s, struct service_report *out, tanu_error *err)
{
	struct vault_status keys = vault_status(s->vault);
	struct service_report report = {.keys_sequence = keys.sequence,
					.keys = keys.keys,
					.rollback_resistant = keys.rollback_resistant,
					.rolled_back = s->rolled_back,
					.sandbox = os_sandbox_probe(),
					.repaired_tombstones = s->repaired_tombstones,
					.dropped_orphans = s->dropped_orphans,
					.expired = s->expired,
					.aged = s->aged,
					.now_ms = clock_now(&s->clock),
					.known_ms = s->known_ms,
					.held = s->held,
					.erased_late = s->erased_late,
					.late_since_ms = s->late_since_ms,
					.log_size = s->journal.head.size,
					.log_stopped = s->journal.stopped};
	tanu_status st = report_store(s, &report, err);

	if (st < 0)
		return st;
	report.clock_behind = clock_behind(s, report.now_ms);
	report.clock_jumped = clock_jumped(s, report.now_ms);
	report.resistant_since_ms = keys.resistant_since_ms;
	report.tpm_software = keys.chip_software;
	report.tpm_turns = keys.turns;
	snprintf(report.root, sizeof(report.root), "%s", keys.root);
	snprintf(report.tpm, sizeof(report.tpm), "%s", keys.chip);
	snprintf(report.site, sizeof(report.site), "%s", settings_text(&s->settings, "site.name"));
	*out = report;
	return TANU_OK;
}

static tanu_status ignore_paper(void *self, const struct paper *paper, tanu_error *err)
{
	(void)self;
	(void)paper;
	(void)err;
	return TANU_OK;
}

static tanu_status check_subject(void *self, const struct subject_row *row, tanu_error *err)
{
	struct consent_list ledger = {0};
	struct profile profile = {0};
	char hex[ID_HEX_LEN];
	int64_t until_ms = 0;
	tanu_status st;

	id_hex(hex, &row->id);
	if (row->state == SUBJECT_LEAVING)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, hex,
				 "this person is leaving and not gone: the next opening of the "
				 "folder finishes it");
	st = profile_open(self, &profile, row, err);

	if (st == TANU_OK)
		st = ledger_load(self, &ledger, &row->id, err);
	if (st == TANU_OK)
		st = reference_until(self, &until_ms, &row->id, err);
	if (st == TANU_OK)
		st = papers_each(self, &row->id, (enum record_kind)0, ignore_paper, NULL, err);
	consent_list_free(&ledger);
	mem_wipe(&profile, sizeof(profile));
	return st;
}

static tanu_status ignore_event(void *self, const struct history_view *v, tanu_error *err)
{
	(void)self;
	(void)v;
	(void)err;
	return TANU_OK;
}

/* The database by itself, then that everything sealed, but for references, opens. */
tanu_status service_check(struct service *s, tanu_error *err)
{
	struct id_list ids = {0};
	tanu_status st;

	if ((st = s->store->calls->check(s->store, err)) < 0 ||
	    (st = papers_each(s, &s->site, (enum record_kind)0, ignore_paper, NULL, err)) < 0 ||
	    (st = DB(s, subject_each, check_subject, s, err)) < 0 ||
	    (st = subject_ids(s, &ids, err)) < 0)
		goto out;
	for (size_t i = 0; i < ids.len && st == TANU_OK; i++)
		st = service_history_each(s, &ids.v[i], ignore_event, NULL, err);
out:
	id_list_free(&ids);
	return st;
}
