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
    ") STRICT, WITHOUT ROWID;",

    // Topics' logs. due: nothing in it is over before; box: introductions
    "CREATE TABLE log ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  log BLOB NOT NULL UNIQUE,"
    "  next_number INTEGER NOT NULL, gone INTEGER NOT NULL,"
    "  entries INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    "  next_introduction INTEGER NOT NULL, box_entries INTEGER NOT NULL, box_bytes INTEGER NOT NULL,"
    "  next_key INTEGER NOT NULL,"
    "  retention_s INTEGER NOT NULL, retention_bytes INTEGER NOT NULL,"
    "  last_used INTEGER NOT NULL, due INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX log_due ON log (due);"

    // phase: dispatcher::LogKey::Phase; late: what came after the key was superseded
    "CREATE TABLE log_key ("
    "  log INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  key BLOB NOT NULL,"
    "  parent INTEGER,"
    "  phase INTEGER NOT NULL,"
    "  until INTEGER NOT NULL,"
    "  late_entries INTEGER NOT NULL, late_bytes INTEGER NOT NULL,"
    "  PRIMARY KEY (log, number)"
    ") STRICT, WITHOUT ROWID;"

    // One row, however many read it. The index holds all that is looked for without the body.
    "CREATE TABLE log_entry ("
    "  id INTEGER PRIMARY KEY,"
    "  log INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  key INTEGER NOT NULL,"
    "  submission BLOB NOT NULL,"
    "  hash BLOB NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX log_entry_place ON log_entry (log, number, key, submission);"

    "CREATE TABLE introduction ("
    "  id INTEGER PRIMARY KEY,"
    "  log INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  submission BLOB NOT NULL,"
    "  hash BLOB NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX introduction_place ON introduction (log, number);"

    // Key packages: the last batch of each node, its suites with their last resorts, and its stock.
    "CREATE TABLE key_batch (node INTEGER PRIMARY KEY, batch INTEGER NOT NULL) STRICT;"
    "CREATE TABLE key_suite ("
    "  node INTEGER NOT NULL,"
    "  suite INTEGER NOT NULL,"
    "  uses INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  last_resort BLOB,"
    "  PRIMARY KEY (node, suite)"
    ") STRICT;"
    "CREATE INDEX key_suite_expiry ON key_suite (expires) WHERE last_resort IS NOT NULL;"
    "CREATE TABLE key_package ("
    "  id INTEGER PRIMARY KEY,"
    "  node INTEGER NOT NULL,"
    "  suite INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  package BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX key_package_place ON key_package (node, suite);"
    "CREATE INDEX key_package_expiry ON key_package (expires);"};

inline constexpr Schema kDispatcherSchema{0x74617564, kDispatcherMigrations};  // "taud"

}  // namespace taut::store
