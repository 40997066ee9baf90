#pragma once
// The tables of a dispatcher (docs/storage.md). Rows are kept where they were written: a row whose key is
// random would cost a page of the log for itself.

#include "store/open.hpp"

namespace taut::store {

inline constexpr const char* kDispatcherMigrations[] = {
    // usage: own, known, stranger (dispatcher::Share)
    "CREATE TABLE node ("
    "  id INTEGER PRIMARY KEY,"
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

    // Has the id of its submission. Short columns first: a long body goes on in pages of its own.
    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY,"
    "  inbox INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  share INTEGER NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  size INTEGER NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX message_place ON message (inbox, number);"

    // Stored while its message is there, then released, or expired where it says so.
    "CREATE TABLE submission ("
    "  id INTEGER PRIMARY KEY,"
    "  inbox INTEGER NOT NULL,"
    "  submission BLOB NOT NULL,"
    "  hash BLOB NOT NULL,"
    "  expires INTEGER NOT NULL,"
    "  forget INTEGER NOT NULL,"
    "  expired INTEGER NOT NULL"
    ") STRICT;"};

inline constexpr Schema kDispatcherSchema{0x74617564, kDispatcherMigrations};  // "taud"

}  // namespace taut::store
