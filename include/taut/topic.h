/* Topics for C (docs/library.md), over taut/topic.hpp: read that page for what the calls mean.
 *
 * Ownership: what a function gives through a pointer to a pointer is the caller's, and goes with its own
 * _free, which takes NULL too. A taut_view that a function returns points into the object that was asked, and
 * holds until that is freed or changed by another call. A taut_view that is passed in is copied before the
 * call returns. Text is UTF-8; a char* ends in a zero.
 *
 * Errors: every function that can fail returns a taut_status; on all but TAUT_OK nothing was given and
 * nothing changed. taut_reason() names the last failure of this thread. No exception and no signal leaves the
 * library.
 *
 * One thread at a time for each identity and the topics made with it. */
#ifndef TAUT_TOPIC_H
#define TAUT_TOPIC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum taut_status {
  TAUT_OK = 0,
  TAUT_MALFORMED = 1,    /* bytes that do not parse */
  TAUT_UNAUTHENTIC = 2,  /* a tag, signature or identity that does not hold; an entry of somebody else */
  TAUT_REPLAYED = 3,     /* seen before, or too old to tell */
  TAUT_VIOLATION = 4,    /* well-formed, but not allowed now */
  TAUT_INCOMPATIBLE = 5, /* a newer version or another suite */
  TAUT_EXHAUSTED = 6,    /* a limit */
  TAUT_UNAVAILABLE = 7,  /* not there, not now */
  TAUT_MISUSE = 8,       /* the caller's fault: also a NULL where there must be none */
  TAUT_NO_MEMORY = 9
} taut_status;

/* A stable name, "foreign_entry", of why the last call of this thread failed; "" after none did. Not to be
 * freed. */
const char* taut_reason(void);

/* Some bytes; data may be NULL where size is 0. */
typedef struct taut_view {
  const uint8_t* data;
  size_t size;
} taut_view;

/* A monotonic clock in nanoseconds, and the calendar's in milliseconds since 1970, 0 where it is not known.
 */
typedef struct taut_time {
  int64_t monotonic_ns;
  uint64_t unix_ms;
} taut_time;
taut_time taut_now(void);

/* ---- Identities ---- */

typedef struct taut_identity taut_identity;

/* name: how it introduces itself; may be NULL. */
taut_status taut_identity_create(const char* name, taut_time now, taut_identity** identity);
taut_status taut_identity_load(taut_view saved, taut_identity** identity);
/* Copies the secret form to `out` and sets `size`; with too little room (or NULL) it sets `size` to what is
 * needed and returns TAUT_EXHAUSTED. Keep it where nobody else can read it. */
taut_status taut_identity_save(const taut_identity* identity, uint8_t* out, size_t* size);
/* `taut1…`; as long as the identity. */
const char* taut_identity_node_id(const taut_identity* identity);
/* Topics made with it stay usable. */
void taut_identity_free(taut_identity* identity);

/* ---- Steps: store what is said first, then publish, then act on events ---- */

typedef struct taut_step taut_step;

/* Keys to erase, then records to put, in one transaction. */
size_t taut_step_erase_count(const taut_step* step);
taut_view taut_step_erase_key(const taut_step* step, size_t index);
size_t taut_step_put_count(const taut_step* step);
taut_view taut_step_put_key(const taut_step* step, size_t index);
taut_view taut_step_put_value(const taut_step* step, size_t index);

/* Entries for all other participants. */
size_t taut_step_publish_count(const taut_step* step);
taut_view taut_step_publish_entry(const taut_step* step, size_t index);

typedef enum taut_event_kind {
  TAUT_EVENT_MESSAGE = 1,
  TAUT_EVENT_GAP = 2,
  TAUT_EVENT_ACKNOWLEDGED = 3,
  TAUT_EVENT_UNSENT = 4,
  TAUT_EVENT_INTRODUCED = 5,
  TAUT_EVENT_JOINED = 6,
  TAUT_EVENT_REMOVED = 7,
  TAUT_EVENT_EPOCH_BEGAN = 8,
  TAUT_EVENT_SETTINGS_CHANGED = 9,
  TAUT_EVENT_UNDONE = 10,
  TAUT_EVENT_CLOSED = 11,
  TAUT_EVENT_DIVERGED = 12,
  TAUT_EVENT_DISAGREEMENT = 13,
  TAUT_EVENT_RETURNED = 14,
  TAUT_EVENT_REFUSED = 15
} taut_event_kind;

/* Which members mean something is said at api::EventKind in taut/topic.hpp; the others are "", 0 or empty. */
typedef struct taut_event {
  taut_event_kind kind;
  const char* node;
  const char* by;
  const char* name;
  const char* reason;
  uint8_t message_id[16];
  taut_view body;
  taut_view introduction;
  uint64_t count;
  uint64_t epoch;
  uint64_t erase_at_unix_ms; /* 0: it stays */
} taut_event;

size_t taut_step_event_count(const taut_step* step);
/* An index that is not there gives an event of kind 0. Points into the step. */
taut_event taut_step_event(const taut_step* step, size_t index);
/* Wipes what it held. */
void taut_step_free(taut_step* step);

/* ---- Topics ---- */

typedef struct taut_topic taut_topic;

typedef enum taut_standing {
  TAUT_JOINING = 1,
  TAUT_OPEN = 2,
  TAUT_DIVERGED = 3,
  TAUT_CLOSED = 4
} taut_standing;

typedef struct taut_record {
  taut_view key;
  taut_view value;
} taut_record;

/* expires_s: how long messages are kept; 0: as long as people like. */
taut_status taut_topic_create(const taut_identity* identity, const char* name, uint32_t expires_s,
                              taut_time now, taut_topic** topic, taut_step** step);
taut_status taut_topic_join(const taut_identity* identity, const char* link, taut_time now,
                            taut_topic** topic, taut_step** step);
taut_status taut_topic_load(const taut_identity* identity, const taut_record* records, size_t count,
                            taut_time now, taut_topic** topic, taut_step** step);
void taut_topic_free(taut_topic* topic);

/* While joining by a link without an invitation: this node's yes counts beside that of the link's maker. Not
 * kept: to be said again after taut_topic_load. */
taut_status taut_topic_trust(taut_topic* topic, const char* node);

/* message_id: 16 bytes, or NULL. */
taut_status taut_topic_seal(taut_topic* topic, taut_view message, taut_time now, uint8_t* message_id,
                            taut_step** step);
taut_status taut_topic_open(taut_topic* topic, taut_view entry, taut_time now, taut_step** step);

taut_status taut_topic_welcome(taut_topic* topic, taut_view introduction, taut_time now, taut_step** step);
taut_status taut_topic_decline(taut_topic* topic, taut_view introduction, taut_step** step);
/* uses: 0 without limit. life_s: 0 for ever. link: a secret text, to be freed with taut_text_free. */
taut_status taut_topic_invite(taut_topic* topic, uint16_t uses, uint32_t life_s, taut_time now, char** link,
                              taut_step** step);
typedef enum taut_after_removal { TAUT_MAY_RETURN = 0, TAUT_BARRED = 1 } taut_after_removal;
taut_status taut_topic_remove(taut_topic* topic, const char* node, taut_after_removal after, taut_time now,
                              taut_step** step);
taut_status taut_topic_leave(taut_topic* topic, taut_time now, taut_step** step);
taut_status taut_topic_update(taut_topic* topic, taut_time now, taut_step** step);

taut_status taut_topic_tick(taut_topic* topic, taut_time now, taut_step** step);
/* 1: there is one, on the monotonic clock; 0: nothing is due until something comes. */
int taut_topic_next_deadline(const taut_topic* topic, int64_t* monotonic_ns);

taut_standing taut_topic_standing(const taut_topic* topic);
uint64_t taut_topic_epoch(const taut_topic* topic);
/* A link without an invitation; to be freed with taut_text_free. */
taut_status taut_topic_link(const taut_topic* topic, char** link);
/* The number of participants; their node IDs one by one, to be freed with taut_text_free. */
size_t taut_topic_member_count(const taut_topic* topic);
taut_status taut_topic_member(const taut_topic* topic, size_t index, char** node);

/* Wipes it first: a link may be a secret. */
void taut_text_free(char* text);

#ifdef __cplusplus
}
#endif

#endif
