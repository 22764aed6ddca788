-- SPDX-License-Identifier: Apache-2.0
-- Faces change: a reference ends by itself, however long the consent lasts. What was stored before
-- has no end of its own here (2^53 - 1); service/ goes by its date.

ALTER TABLE reference ADD COLUMN not_after_ms INTEGER NOT NULL DEFAULT 9007199254740991;

CREATE TRIGGER reference_ends BEFORE INSERT ON reference
WHEN NEW.not_after_ms <= NEW.created_ms
OR NEW.not_after_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
BEGIN
	SELECT RAISE(ABORT, 'a reference ends after it was made, and not in the past');
END;

-- Another one may take its place; one that is there does not become younger.
CREATE TRIGGER reference_end_fixed BEFORE UPDATE OF created_ms, not_after_ms ON reference
WHEN NEW.id = OLD.id
AND (NEW.created_ms <> OLD.created_ms OR NEW.not_after_ms <> OLD.not_after_ms)
BEGIN
	SELECT RAISE(ABORT, 'the end of a reference can not be changed');
END;
