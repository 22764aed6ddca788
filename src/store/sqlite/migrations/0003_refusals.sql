-- SPDX-License-Identifier: Apache-2.0
-- A refusal can be taken back, or end with the word of who gave it; it never becomes a consent.

DROP TRIGGER consent_ended;

CREATE TRIGGER consent_ended BEFORE UPDATE OF state ON consent
WHEN OLD.state NOT IN (1, 2) AND NEW.state <> OLD.state
AND NOT (OLD.state = 3 AND NEW.state IN (4, 6, 7))
BEGIN
	SELECT RAISE(ABORT, 'a consent that has ended does not come back');
END;
