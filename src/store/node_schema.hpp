#pragma once
// The tables of a node's state file (docs/storage.md; what they mean: node/store.hpp).

#include "store/open.hpp"

namespace taut::store {

inline constexpr const char* kNodeMigrations[] = {
    "CREATE TABLE value (key INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;"

    // AUTOINCREMENT: no number is given twice, also when its row is gone.
    "CREATE TABLE sealing_key (number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL) STRICT;"

    "CREATE TABLE contact ("
    "  id INTEGER PRIMARY KEY,"
    "  petname TEXT NOT NULL UNIQUE,"
    "  verification INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE contact_node ("
    "  node BLOB PRIMARY KEY,"
    "  contact INTEGER NOT NULL REFERENCES contact ON DELETE CASCADE,"
    "  place INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX contact_nodes ON contact_node (contact, place);"

    "CREATE TABLE card (id INTEGER PRIMARY KEY, node BLOB NOT NULL UNIQUE, card BLOB NOT NULL) STRICT;"
    "CREATE TABLE dispatcher (id INTEGER PRIMARY KEY, node BLOB NOT NULL UNIQUE, record BLOB NOT NULL) "
    "STRICT;"

    "CREATE TABLE counter (recipient BLOB PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    // copies: a dispatcher's node ID and the submission ID there, for each
    "CREATE TABLE outgoing ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  message_id BLOB NOT NULL,"
    "  recipient BLOB NOT NULL,"
    "  created INTEGER NOT NULL,"
    "  copies BLOB NOT NULL,"
    "  envelope BLOB NOT NULL"
    ") STRICT;"

    "CREATE TABLE stream ("
    "  sender BLOB NOT NULL,"
    "  stream INTEGER NOT NULL,"
    "  newest_key INTEGER NOT NULL,"
    "  record BLOB NOT NULL,"
    "  PRIMARY KEY (sender, stream)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE seen ("
    "  sender BLOB NOT NULL,"
    "  message BLOB NOT NULL,"
    "  newest_key INTEGER NOT NULL,"
    "  PRIMARY KEY (sender, message)"
    ") STRICT, WITHOUT ROWID;"
    // counter: as sorted_column_of says
    "CREATE TABLE held ("
    "  id INTEGER PRIMARY KEY,"
    "  sender BLOB NOT NULL,"
    "  stream INTEGER NOT NULL,"
    "  counter INTEGER NOT NULL,"
    "  record BLOB NOT NULL,"
    "  UNIQUE (sender, stream, counter)"
    ") STRICT;"

    "CREATE TABLE item ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  offered INTEGER NOT NULL,"
    "  record BLOB NOT NULL"
    ") STRICT;",

    // What is waited for, and until when (node/rows.hpp).
    "ALTER TABLE outgoing ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outgoing ADD COLUMN keep INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outgoing ADD COLUMN until INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outgoing ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE token (node BLOB PRIMARY KEY, token BLOB NOT NULL) STRICT, WITHOUT ROWID;",

    // Topics. A record's key is unique within its topic; what a record was is overwritten.
    "CREATE TABLE topic ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL UNIQUE,"
    "  version INTEGER NOT NULL,"
    "  record BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE topic_record ("
    "  id INTEGER PRIMARY KEY,"
    "  topic INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE,"
    "  key BLOB NOT NULL,"
    "  value BLOB NOT NULL,"
    "  UNIQUE (topic, key)"
    ") STRICT;"
    "CREATE TABLE topic_item ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  topic INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE,"
    "  offered INTEGER NOT NULL,"
    "  erase_at INTEGER NOT NULL,"
    "  record BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX topic_items ON topic_item (topic, number);"
    "CREATE TABLE welcome ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  sender BLOB NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE key_package ("
    "  id INTEGER PRIMARY KEY,"
    "  ref BLOB NOT NULL UNIQUE,"
    "  suite INTEGER NOT NULL,"
    "  last_resort INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  package BLOB NOT NULL"
    ") STRICT;",

    // What is asked with every batch that comes (node/releases.hpp) is answered without the envelopes.
    "CREATE INDEX outgoing_waiting ON outgoing (until, recipient, stage, message_id, expires);"};

inline constexpr Schema kNodeSchema{0x7461756e, kNodeMigrations};  // "taun"

}  // namespace taut::store
