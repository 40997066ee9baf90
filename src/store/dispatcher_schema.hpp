#pragma once
// The tables of a dispatcher (docs/storage.md). Rows are kept where they were written: a row whose key is
// random would cost a page of the log for itself.

#include "store/open.hpp"

namespace taut::store {

inline constexpr const char* kDispatcherMigrations[] = {
    // usage: own, known, stranger (dispatcher::Share)
    "CREATE TABLE node ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"  // submissions outlive their node
    "  node BLOB NOT NULL UNIQUE,"
    "  next_number INTEGER NOT NULL,"
    "  card_sequence INTEGER NOT NULL,"
    "  own_messages INTEGER NOT NULL, own_bytes INTEGER NOT NULL,"
    "  known_messages INTEGER NOT NULL, known_bytes INTEGER NOT NULL,"
    "  stranger_messages INTEGER NOT NULL, stranger_bytes INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE card ("
    "  node INTEGER PRIMARY KEY REFERENCES node,"
    "  expires INTEGER NOT NULL,"
    "  card BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX card_expiry ON card (expires);"

    // What became of messages and their submissions (store/bundle.hpp), until all may be forgotten.
    "CREATE TABLE bundle ("
    "  id INTEGER PRIMARY KEY,"
    "  inbox INTEGER NOT NULL,"
    "  entries BLOB NOT NULL"
    ") STRICT;"

    // Their bodies, while one of them is stored; first and last: their numbers.
    "CREATE TABLE bodies ("
    "  id INTEGER PRIMARY KEY,"
    "  inbox INTEGER NOT NULL,"
    "  first INTEGER NOT NULL,"
    "  last INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX bodies_place ON bodies (inbox, last);",

    // kind: dispatcher::NoteKind
    "CREATE TABLE note ("
    "  node INTEGER NOT NULL REFERENCES node,"
    "  kind INTEGER NOT NULL,"
    "  note BLOB NOT NULL,"
    "  PRIMARY KEY (node, kind)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE token ("
    "  token BLOB PRIMARY KEY,"  // its hash
    "  uses INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"};

inline constexpr Schema kDispatcherSchema{0x74617564, kDispatcherMigrations};  // "taud"

}  // namespace taut::store
