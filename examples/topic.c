/* A conversation with taut/topic.h: ann makes a topic and invites bob; they talk; ann removes bob, who reads
 * nothing after that. The carrier is an array in memory, and time is a number that jumps to the next
 * deadline: a program of yours waits instead, and stores what each step says before it publishes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taut/topic.h>

enum { PEOPLE = 2, ON_THE_WAY_MAX = 1024, TEXT_MAX = 100 };

struct person {
  const char* name;
  taut_identity* identity;
  taut_topic* topic;
  char last_message[TEXT_MAX];
  int was_acknowledged;
};

struct entry {
  int from;
  uint8_t* data;
  size_t size;
};

static struct person people[PEOPLE] = {{.name = "ann"}, {.name = "bob"}};
static struct entry on_the_way[ON_THE_WAY_MAX];
static size_t on_the_way_count;
static taut_time now = {.monotonic_ns = 1000000000, .unix_ms = 1800000000000};

static void fail(const char* what) {
  fprintf(stderr, "%s: %s\n", what, taut_reason());
  exit(1);
}

static void must(taut_status status, const char* what) {
  if (status != TAUT_OK) fail(what);
}

static void act(struct person* who, taut_event event) {
  if (event.kind == TAUT_EVENT_MESSAGE && event.body.size < TEXT_MAX) {
    memcpy(who->last_message, event.body.data, event.body.size);
    who->last_message[event.body.size] = '\0';
    printf("%s reads: %s\n", who->name, who->last_message);
  }
  if (event.kind == TAUT_EVENT_ACKNOWLEDGED) who->was_acknowledged = 1;
  if (event.kind == TAUT_EVENT_JOINED) printf("%s sees %s join\n", who->name, event.node);
  if (event.kind == TAUT_EVENT_REMOVED) printf("%s sees %s removed\n", who->name, event.node);
}

/* Publishes, acts, and frees the step. */
static void take(int index, taut_step* step) {
  for (size_t i = 0; i < taut_step_publish_count(step); ++i) {
    const taut_view view = taut_step_publish_entry(step, i);
    struct entry entry = {index, malloc(view.size), view.size};
    if (on_the_way_count == ON_THE_WAY_MAX || entry.data == NULL) fail("too much on the way");
    memcpy(entry.data, view.data, view.size);
    on_the_way[on_the_way_count++] = entry;
  }
  for (size_t i = 0; i < taut_step_event_count(step); ++i) act(&people[index], taut_step_event(step, i));
  taut_step_free(step);
}

/* Hands every entry to all others. */
static void deliver(void) {
  struct entry batch[ON_THE_WAY_MAX];
  const size_t count = on_the_way_count;
  memcpy(batch, on_the_way, count * sizeof *batch);
  on_the_way_count = 0;
  for (size_t i = 0; i < count; ++i) {
    for (int j = 0; j < PEOPLE; ++j) {
      const taut_view entry = {batch[i].data, batch[i].size};
      taut_step* step = NULL;
      if (j == batch[i].from || people[j].topic == NULL) continue;
      if (taut_topic_open(people[j].topic, entry, now, &step) == TAUT_OK) take(j, step);
    }
    free(batch[i].data);
  }
}

static void pass_time(void) {
  int64_t next = now.monotonic_ns + 60000000000;
  for (int i = 0; i < PEOPLE; ++i) {
    int64_t at = 0;
    if (taut_topic_next_deadline(people[i].topic, &at) && at < next) next = at;
  }
  if (next < now.monotonic_ns + 1000000) next = now.monotonic_ns + 1000000;
  now.unix_ms += (uint64_t)(next - now.monotonic_ns) / 1000000;
  now.monotonic_ns = next;
  for (int i = 0; i < PEOPLE; ++i) {
    taut_step* step = NULL;
    if (people[i].topic == NULL) continue;
    must(taut_topic_tick(people[i].topic, now, &step), "tick");
    take(i, step);
  }
}

static void turn(void) {
  if (on_the_way_count == 0) pass_time();
  deliver();
}

static void say(int index, const char* text) {
  const taut_view message = {(const uint8_t*)text, strlen(text)};
  taut_step* step = NULL;
  people[index].was_acknowledged = 0;
  must(taut_topic_seal(people[index].topic, message, now, NULL, &step), "seal");
  take(index, step);
}

static void hear(int speaker, int listener, const char* text) {
  say(speaker, text);
  for (int i = 0; i < 1000; ++i) {
    if (strcmp(people[listener].last_message, text) == 0 && people[speaker].was_acknowledged) return;
    turn();
  }
  fail("a message does not arrive");
}

static void until_members(int index, size_t count) {
  for (int i = 0; i < 1000; ++i) {
    if (taut_topic_standing(people[index].topic) == TAUT_OPEN &&
        taut_topic_member_count(people[index].topic) == count)
      return;
    turn();
  }
  fail("nobody joins or leaves");
}

static void meet(void) {
  taut_step* step = NULL;
  char* link = NULL;
  for (int i = 0; i < PEOPLE; ++i)
    must(taut_identity_create(people[i].name, now, &people[i].identity), "identity");
  must(taut_topic_create(people[0].identity, "lunch", 0, now, &people[0].topic, &step), "create");
  take(0, step);
  must(taut_topic_invite(people[0].topic, 1, 3600, now, &link, &step), "invite");
  take(0, step);
  /* The link goes to bob by another way: it lets in whoever has it. */
  must(taut_topic_join(people[1].identity, link, now, &people[1].topic, &step), "join");
  take(1, step);
  taut_text_free(link);
  until_members(0, 2);
  until_members(1, 2);
}

static void part(void) {
  taut_step* step = NULL;
  const taut_view message = {(const uint8_t*)"hello?", 6};
  must(taut_topic_remove(people[0].topic, taut_identity_node_id(people[1].identity), TAUT_MAY_RETURN, now,
                         &step),
       "remove");
  take(0, step);
  until_members(0, 1);
  say(0, "salad for me");
  for (int i = 0; i < 100; ++i) turn();
  if (strcmp(people[1].last_message, "salad for me") == 0) fail("bob reads on");
  if (taut_topic_standing(people[1].topic) != TAUT_CLOSED) fail("bob does not know that he is out");
  if (taut_topic_seal(people[1].topic, message, now, NULL, &step) != TAUT_VIOLATION) fail("bob talks on");
  printf("bob is out, reads nothing and says nothing: %s\n", taut_reason());
}

int main(void) {
  meet();
  hear(0, 1, "soup or salad?");
  hear(1, 0, "soup");
  part();
  for (size_t i = 0; i < on_the_way_count; ++i) free(on_the_way[i].data);
  for (int i = 0; i < PEOPLE; ++i) {
    taut_topic_free(people[i].topic);
    taut_identity_free(people[i].identity);
  }
  return 0;
}
