-- SPDX-License-Identifier: Apache-2.0
-- Who may use the server. `lookup` is a keyed digest of the name, `digest` one of what a browser or
-- a program shows; neither can be turned back. Everything else is sealed. docs/database.md explains.

CREATE TABLE account (
	id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	lookup     BLOB NOT NULL UNIQUE CHECK (length(lookup) = 32),
	created_ms INTEGER NOT NULL,
	sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions, invitations, keys of programs, answers to requests that may be repeated.
CREATE TABLE token (
	digest     BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
	kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 16),
	owner      BLOB NOT NULL CHECK (length(owner) = 16),
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	seen_ms    INTEGER NOT NULL,
	sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_owner ON token (owner, kind);
CREATE INDEX token_by_end ON token (expires_ms);

-- Whoever had the account before is not let in with what she was given then.
CREATE TRIGGER account_delete AFTER DELETE ON account
BEGIN
	DELETE FROM token WHERE owner = OLD.id;
END;
