-- SPDX-License-Identifier: Apache-2.0
-- Ids, purposes, states and times stand in clear; every other column that could say something about
-- a person is sealed before it comes here. No row number or autoincrement tells who came first.
-- docs/database.md explains each table and trigger.

CREATE TABLE meta (
	key   TEXT NOT NULL PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
	one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
	sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO ledger (one, sequence) VALUES (1, 0);

CREATE TABLE subject (
	id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	state      INTEGER NOT NULL CHECK (state IN (1, 2)),
	created_ms INTEGER NOT NULL,
	sequence   INTEGER NOT NULL CHECK (sequence >= 0),
	profile    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consent (
	id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	subject      BLOB NOT NULL REFERENCES subject (id),
	purpose      INTEGER NOT NULL CHECK (purpose IN (1, 2, 4, 8, 16)),
	state        INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	given_ms     INTEGER NOT NULL,
	not_after_ms INTEGER NOT NULL,
	sequence     INTEGER NOT NULL CHECK (sequence >= 0),
	detail       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_by_subject ON consent (subject, sequence);

CREATE TABLE reference (
	subject    BLOB NOT NULL PRIMARY KEY REFERENCES subject (id),
	id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	consent    BLOB NOT NULL REFERENCES consent (id),
	created_ms INTEGER NOT NULL,
	sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reference_by_consent ON reference (consent);

CREATE TABLE event (
	subject  BLOB NOT NULL REFERENCES subject (id),
	at_ms    INTEGER NOT NULL,
	sequence INTEGER NOT NULL CHECK (sequence >= 0),
	id       BLOB NOT NULL CHECK (length(id) = 16),
	quarter  INTEGER NOT NULL CHECK (quarter BETWEEN 0 AND 65535),
	sealed   BLOB NOT NULL,
	PRIMARY KEY (subject, at_ms, sequence, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lookalike (
	id      BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	subject BLOB NOT NULL REFERENCES subject (id),
	sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX lookalike_by_subject ON lookalike (subject);

CREATE TABLE tombstone (
	subject      BLOB NOT NULL CHECK (length(subject) = 16),
	kind         INTEGER NOT NULL CHECK (kind IN (1, 2)),
	requested_ms INTEGER NOT NULL,
	PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	day  INTEGER NOT NULL,
	n    INTEGER NOT NULL CHECK (n >= 0),
	PRIMARY KEY (name, day)
) STRICT, WITHOUT ROWID;

-- Live by this machine's clock; 2440587.5 is the Julian day of 1970-01-01.
CREATE VIEW consent_live AS
	SELECT id, subject, purpose, given_ms, not_after_ms FROM consent
	WHERE state = 2
	AND CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) < not_after_ms;

-- The second lock: no reference without a live consent of the same subject. Purpose 16,
-- calibration, compares references that are there; it covers none.

CREATE TRIGGER reference_insert BEFORE INSERT ON reference
WHEN NOT EXISTS (
	SELECT 1 FROM consent_live AS c
	WHERE c.id = NEW.consent AND c.subject = NEW.subject AND c.purpose <> 16
	AND NEW.created_ms >= c.given_ms AND NEW.created_ms < c.not_after_ms)
BEGIN
	SELECT RAISE(ABORT, 'a reference needs a live consent of its own subject');
END;

-- Held under another consent, the reference may be older than that consent.
CREATE TRIGGER reference_update BEFORE UPDATE ON reference
WHEN NOT EXISTS (
	SELECT 1 FROM consent_live AS c
	WHERE c.id = NEW.consent AND c.subject = NEW.subject AND c.purpose <> 16
	AND NEW.created_ms < c.not_after_ms)
BEGIN
	SELECT RAISE(ABORT, 'a reference needs a live consent of its own subject');
END;

CREATE TRIGGER reference_insert_erasing BEFORE INSERT ON reference
WHEN EXISTS (SELECT 1 FROM tombstone WHERE subject = NEW.subject)
BEGIN
	SELECT RAISE(ABORT, 'an erasure of this subject is not finished');
END;

CREATE TRIGGER reference_update_erasing BEFORE UPDATE ON reference
WHEN EXISTS (SELECT 1 FROM tombstone WHERE subject = NEW.subject)
BEGIN
	SELECT RAISE(ABORT, 'an erasure of this subject is not finished');
END;

-- That two people look alike is written down only of people who agreed to be compared.

CREATE TRIGGER lookalike_insert BEFORE INSERT ON lookalike
WHEN NOT EXISTS (
	SELECT 1 FROM consent_live AS c WHERE c.subject = NEW.subject AND c.purpose = 16)
BEGIN
	SELECT RAISE(ABORT, 'a look-alike needs a live consent to calibration of its subject');
END;

CREATE TRIGGER lookalike_fixed BEFORE UPDATE ON lookalike
BEGIN
	SELECT RAISE(ABORT, 'a look-alike can not be changed');
END;

-- What was agreed to does not change afterwards: only state and sequence do.

CREATE TRIGGER consent_insert BEFORE INSERT ON consent
WHEN EXISTS (SELECT 1 FROM consent WHERE id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'this consent exists already');
END;

CREATE TRIGGER consent_fixed
BEFORE UPDATE OF id, subject, purpose, given_ms, not_after_ms, detail ON consent
BEGIN
	SELECT RAISE(ABORT, 'what was agreed to can not be changed');
END;

CREATE TRIGGER consent_ended BEFORE UPDATE OF state ON consent
WHEN OLD.state NOT IN (1, 2) AND NEW.state <> OLD.state
BEGIN
	SELECT RAISE(ABORT, 'a consent that has ended does not come back');
END;

-- A reference may outlive its consent only while a tombstone stands for its subject.

CREATE TRIGGER consent_leaves_given BEFORE UPDATE OF state ON consent
WHEN NEW.state <> 2
AND EXISTS (SELECT 1 FROM reference WHERE consent = OLD.id)
AND NOT EXISTS (SELECT 1 FROM tombstone WHERE subject = OLD.subject)
BEGIN
	SELECT RAISE(ABORT, 'a reference is held under this consent');
END;

CREATE TRIGGER consent_delete BEFORE DELETE ON consent
WHEN EXISTS (SELECT 1 FROM reference WHERE consent = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'a reference is held under this consent');
END;

CREATE TRIGGER tombstone_delete BEFORE DELETE ON tombstone
WHEN EXISTS (
	SELECT 1 FROM reference AS r JOIN consent AS c ON c.id = r.consent
	WHERE r.subject = OLD.subject AND c.state <> 2)
AND NOT EXISTS (
	SELECT 1 FROM tombstone WHERE subject = OLD.subject AND kind <> OLD.kind)
BEGIN
	SELECT RAISE(ABORT, 'the reference to be erased is still there');
END;

CREATE TRIGGER tombstone_fixed BEFORE UPDATE ON tombstone
BEGIN
	SELECT RAISE(ABORT, 'a tombstone can not be changed');
END;

CREATE TRIGGER ledger_forward BEFORE UPDATE ON ledger
WHEN NEW.sequence <> OLD.sequence + 1
BEGIN
	SELECT RAISE(ABORT, 'the ledger only counts forward');
END;

CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger
BEGIN
	SELECT RAISE(ABORT, 'the ledger stays');
END;

CREATE TRIGGER ledger_one BEFORE INSERT ON ledger
BEGIN
	SELECT RAISE(ABORT, 'the ledger stays');
END;
