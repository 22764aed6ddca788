-- SPDX-License-Identifier: Apache-2.0
-- The second lock for passes, whose references are not here: none is issued, a record of kind 8,
-- without a live consent of its own subject to something else than calibration.

CREATE TRIGGER pass_insert BEFORE INSERT ON record
WHEN NEW.kind = 8 AND NOT EXISTS (
	SELECT 1 FROM consent_live AS c WHERE c.subject = NEW.subject AND c.purpose <> 16)
BEGIN
	SELECT RAISE(ABORT, 'a pass needs a live consent of its own subject');
END;

CREATE TRIGGER pass_insert_erasing BEFORE INSERT ON record
WHEN NEW.kind = 8 AND EXISTS (SELECT 1 FROM tombstone WHERE subject = NEW.subject)
BEGIN
	SELECT RAISE(ABORT, 'an erasure of this subject is not finished');
END;
