-- SPDX-License-Identifier: Apache-2.0
-- The public log's queue, and sealed records of a person or of the site. docs/database.md explains.

-- What is not yet in the files of the log. `position` is set when a batch is signed. While `hold`
-- names a subject, the entry waits for that erasure to finish. `personal`: fill up with decoys.
CREATE TABLE log_entry (
	id       BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	position INTEGER UNIQUE CHECK (position >= 0),
	hold     BLOB CHECK (hold IS NULL OR length(hold) = 16),
	personal INTEGER NOT NULL CHECK (personal IN (0, 1)),
	at_ms    INTEGER NOT NULL,
	entry    BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535),
	opening  BLOB NOT NULL CHECK (length(opening) IN (0, 512))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_entry_fixed BEFORE UPDATE OF id, personal, at_ms, entry, opening ON log_entry
BEGIN
	SELECT RAISE(ABORT, 'what waits for the log can not be changed');
END;

CREATE TRIGGER log_entry_placed BEFORE UPDATE OF position ON log_entry
WHEN OLD.position IS NOT NULL OR NEW.hold IS NOT NULL
BEGIN
	SELECT RAISE(ABORT, 'a place in the log is given once, and not to what is held');
END;

CREATE TRIGGER log_entry_waits BEFORE DELETE ON log_entry
WHEN OLD.position IS NULL
BEGIN
	SELECT RAISE(ABORT, 'what waits for the log can not be deleted');
END;

-- Papers of a person, or of the site (its own id): `kind` says of what sort, all else is sealed.
CREATE TABLE record (
	subject    BLOB NOT NULL CHECK (length(subject) = 16),
	kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 255),
	id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	created_ms INTEGER NOT NULL,
	sealed     BLOB NOT NULL,
	PRIMARY KEY (subject, kind, created_ms, id)
) STRICT, WITHOUT ROWID;
