/* SPDX-License-Identifier: Apache-2.0 */
/* The attacks: where each begins, its line, and what must come of it. */
#include "demo/attack.h"

#define HER_LOG "forged/log"

const struct attack attacks[] = {
    {
	.what = "A row is edited: the consent that Person B withdrew counts again",
	.base = "site",
	.line = "t=$(sqlite3 forged/tanu.db \"SELECT sql FROM sqlite_schema "
		"WHERE name = 'consent_ended'\"); sqlite3 forged/tanu.db "
		"\"DROP TRIGGER consent_ended; UPDATE consent SET state = 2; $t\"",
	.receipts = "b.tanu-receipt",
	.log = HER_LOG,
	.verdict = "clean",
	.asked = "tanu subject show {B} --data forged",
	.asked_code = 5,
	.asked_says = "changed by other means",
	.noticed = "the site; her history still says that she withdrew",
    },
    {
	.what = "An old database is put back, so that Person D, who was erased, is here again",
	.base = "site",
	.line = "cp then/tanu.db forged/tanu.db",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "clean",
	.finding = "database-restored",
	.asked = "tanu erase audit {D} --data forged",
	.asked_code = 0,
	.asked_says = "Nothing of her opens",
	.noticed = "the site, which says so in its log; Person D stays gone",
    },
    {
	.what = "The log is put back to what it was 45 days ago",
	.base = "site",
	.line = "rm -r forged/log; cp -r then/log forged/log",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "log-older",
	.asked = "tanu log state --data forged",
	.asked_code = 5,
	.asked_says = "",
	.noticed = "everybody who holds a newer receipt; the site, which signs nothing more",
    },
    {
	.what = "Two logs: one for the auditor, another one for Person A",
	.base = "then",
	.line = "(echo name,born; seq -f 'N %g,1990-01-01' 120) >x.csv; "
		"tanu subject import x.csv --data forged",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "fork",
	.noticed = "whoever sees both; both are signed, which is the evidence",
    },
    {
	.what = "An entry about Person A is dropped before it is published, and the site goes on",
	.base = "waiting",
	.line = "t=$(sqlite3 forged/tanu.db \"SELECT sql FROM sqlite_schema "
		"WHERE name = 'log_entry_waits'\"); sqlite3 forged/tanu.db "
		"\"DROP TRIGGER log_entry_waits; DELETE FROM log_entry; $t\"; "
		"tanu subject export {A} --data forged --out x.json",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "chain-gap",
	.noticed = "Person A, at the next entry about her",
    },
    {
	.what = "One bit of one entry is flipped",
	.base = "site",
	.line = "printf X | dd of=forged/log/{ENTRIES} bs=1 seek=300 conv=notrunc status=none",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "log-damaged",
	.asked = "tanu log audit forged/log",
	.asked_code = 1,
	.asked_says = "suspicious",
	.noticed = "everybody",
    },
    {
	.what = "The texts of the entries about Person A are made unreadable",
	.base = "site",
	.line = "for f in forged/log/opening/*; do "
		"head -c $(stat -c %s $f) /dev/urandom >x; mv x $f; done",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "withheld",
	.noticed = "Person A: nothing that was logged explains it",
    },
    {
	.what = "Person A is given the receipt of Person B, with her own number in it",
	.line = "sed s/{B}/{A}/ b.tanu-receipt >forged.tanu-receipt",
	.receipts = "forged.tanu-receipt",
	.verdict = "suspicious",
	.finding = "receipt-signature",
	.noticed = "Person A",
    },
    {
	.what = "A log that is signed with another key is shown under the same roof",
	.base = "site",
	.line = "tanu init other --site 'Demo school'; tanu subject add --name 'Person A' "
		"--born 1980-01-01 --data other; rm -r forged/log; cp -r other/log forged/log",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "suspicious",
	.finding = "checkpoint-untrusted",
	.noticed = "Person A: her receipt names the key",
    },
    {
	.what = "A disclosure that was to be told after 40 days is never told",
	.base = "then",
	.line = ": # the site just stops",
	.receipts = "a-early.tanu-receipt",
	.log = HER_LOG,
	.verdict = "clean", /* they know no clock */
	.asked = "tanu log audit forged/log",
	.asked_code = 1,
	.asked_says = "overdue",
	.noticed = "every auditor and monitor: the day stands in the public log",
    },
    {
	.what = "The monthly count of disclosures is left out",
	.base = "then",
	.line = "sqlite3 forged/tanu.db \"UPDATE meta SET value = x'{MONTH}' "
		"WHERE key = 'log-disclosures-month'\"; tanu doctor --accept-clock --data forged",
	.receipts = "a-early.tanu-receipt",
	.log = HER_LOG,
	.verdict = "clean",
	.asked = "tanu log audit forged/log",
	.asked_code = 1,
	.asked_says = "disclosures-missing",
	.noticed = "every auditor",
    },
    {
	.what = "One approver acts twice, to disclose what a second one would not",
	.base = "site",
	.line = "tanu disclosure approve {DISCLOSURE} --signed again.signed --data forged",
	.receipts = "a.tanu-receipt",
	.log = HER_LOG,
	.verdict = "clean",
	.asked = "tanu disclosure release {DISCLOSURE} --out x.txt --data forged",
	.asked_code = 3,
	.asked_says = "two different people",
	.noticed = "refused: nothing is disclosed",
    },
};
const size_t attacks_len = ARRAY_LEN(attacks);

/* What nothing here can show: carried out as well, so that nobody need believe it. */
const struct attack uncaught[] = {
    {
	.what = "Root reads a name out of a copy of the site, keys and all, and logs nothing",
	.line = "cp -r site copy; tanu subject show {A} --data copy | grep name",
	.receipts = "a.tanu-receipt",
	.log = "site/log",
	.verdict = "clean",
    },
    {
	.what =
	    "The keys were copied before Person D was erased, with the root of the keys in files",
	.line = "cp -r then stolen",
	.receipts = "gone.tanu-receipt",
	.verdict = "clean",
	.asked = "tanu erase audit {D} stolen",
	.asked_code = 1,
	.asked_says = "SHE OPENS HERE",
    },
};
const size_t uncaught_len = ARRAY_LEN(uncaught);
