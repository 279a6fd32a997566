"""The tables of a library's database, and how one of an older format becomes one of the latest."""

from __future__ import annotations

_VERSION_1 = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES ('generation', '0'), ('vectors', lower(hex(randomblob(8))));

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT NOT NULL,
    title TEXT NOT NULL,
    added_at TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_by_name ON documents (name);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    headings TEXT NOT NULL,
    first_line INTEGER,
    last_line INTEGER
);
CREATE INDEX passages_by_document ON passages (document_id, number);

CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    folded TEXT NOT NULL,
    vector BLOB
);
CREATE INDEX sentences_by_passage ON sentences (passage_id);

CREATE VIRTUAL TABLE keywords USING fts5 (headings, text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE furniture_keywords USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
"""

_VERSION_2 = """
CREATE TABLE parts (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (document_id, place)
) WITHOUT ROWID;
ALTER TABLE passages ADD COLUMN first_part INTEGER;
ALTER TABLE passages ADD COLUMN last_part INTEGER;
"""

_VERSION_3 = """
ALTER TABLE passages ADD COLUMN digest BLOB;
CREATE INDEX passages_by_digest ON passages (digest) WHERE digest IS NOT NULL;

CREATE TABLE spare_vectors (digest BLOB PRIMARY KEY, vectors BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE boxes (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    words BLOB NOT NULL,
    PRIMARY KEY (document_id, number)
);

CREATE TABLE origins (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    fetched_at TEXT NOT NULL
);
"""
# The origins have a table of their own: a column of `documents` would stand behind `text`, and SQLite reads all of a
# long text to find what stands behind it.

_VERSION_4 = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_by_owner ON conversations (owner, changed_at);

CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    answer TEXT NOT NULL,
    rating INTEGER NOT NULL
);
CREATE INDEX turns_by_conversation ON turns (conversation_id);
"""

_VERSION_5 = """
UPDATE keywords SET headings = keyword_text(headings), text = keyword_text(text)
WHERE headings <> keyword_text(headings) OR text <> keyword_text(text);
UPDATE furniture_keywords SET text = keyword_text(text) WHERE text <> keyword_text(text);
CREATE VIRTUAL TABLE keyword_terms USING fts5vocab (keywords, row);
CREATE VIRTUAL TABLE keyword_places USING fts5vocab (keywords, instance);
"""

_VERSION_6 = """
CREATE TABLE removed_rows ("table" TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
INSERT INTO removed_rows
SELECT 'sentences', CAST(substr(name, 8) AS INTEGER), CAST(value AS INTEGER) FROM facts
WHERE name BETWEEN 'erased ' AND 'erased 9';
DELETE FROM facts WHERE name BETWEEN 'erased ' AND 'erased 9';
INSERT INTO facts SELECT 'rows_moved', 'anywhere' FROM documents LIMIT 1;
"""
# Of a row that was removed nothing is kept but its id, until what is left of it in the files is erased.

MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)
"""Each brings a library from the version of its index to the next; `PRAGMA user_version` says where it stands.

A statement ends where a line ends with a semicolon. `keyword_text` is that of `index.words`.
"""
