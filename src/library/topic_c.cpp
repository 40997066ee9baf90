// The C header over the C++ one. Nothing is thrown out of here.

#include <taut/topic.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <taut/topic.hpp>

#include "base/secret.hpp"

namespace api = taut::api;

struct taut_identity {
  api::Identity identity;
};
struct taut_topic {
  api::Topic topic;
};
struct taut_step {
  api::Step step;
};

namespace {

/// A C++ string_view of ours is a literal: it ends in a zero.
thread_local const char* last_reason = "";

taut_status refused(taut_status status, const char* reason) {
  last_reason = reason;
  return status;
}
taut_status refused(const api::Error& error) {
  return refused(static_cast<taut_status>(error.code), error.reason.data());
}
taut_status misused() { return refused(TAUT_MISUSE, "misuse"); }

static_assert(TAUT_MALFORMED == static_cast<int>(api::ErrorCode::malformed));
static_assert(TAUT_UNAUTHENTIC == static_cast<int>(api::ErrorCode::unauthentic));
static_assert(TAUT_MISUSE == static_cast<int>(api::ErrorCode::misuse));
static_assert(TAUT_EVENT_REFUSED == static_cast<int>(api::EventKind::refused));
static_assert(TAUT_CLOSED == static_cast<int>(api::Standing::closed));

/// What no caller can do anything about but give up.
template <class Call>
taut_status guarded(Call call) {
  try {
    last_reason = "";
    return call();
  } catch (const std::bad_alloc&) {
    return refused(TAUT_NO_MEMORY, "no_memory");
  } catch (...) {
    return refused(TAUT_MISUSE, "internal");
  }
}

api::ByteView bytes_of(taut_view view) { return {view.data, view.size}; }
taut_view view_of(api::ByteView bytes) { return {bytes.data(), bytes.size()}; }
bool is_sound(taut_view view) { return view.data != nullptr || view.size == 0; }

api::Time time_of(taut_time now) {
  api::Time time{.monotonic = std::chrono::nanoseconds(now.monotonic_ns), .unix_ms = {}};
  if (now.unix_ms != 0) time.unix_ms = now.unix_ms;
  return time;
}

taut_status give(api::Result<api::Step> step, taut_step** out) {
  if (!step) return refused(step.error());
  *out = new taut_step{*std::move(step)};
  return TAUT_OK;
}

taut_status give(api::Result<api::Topic::Begun> begun, taut_topic** topic, taut_step** step) {
  if (!begun) return refused(begun.error());
  auto made = std::make_unique<taut_topic>(std::move(begun->topic));
  *step = new taut_step{std::move(begun->step)};
  *topic = made.release();
  return TAUT_OK;
}

taut_status give_text(const std::string& text, char** out) {
  char* const copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) return refused(TAUT_NO_MEMORY, "no_memory");
  std::memcpy(copy, text.c_str(), text.size() + 1);
  *out = copy;
  return TAUT_OK;
}

void wipe(api::Bytes& bytes) { taut::wipe(bytes); }

}  // namespace

extern "C" {

const char* taut_reason(void) { return last_reason; }

taut_time taut_now(void) {
  const api::Time now = api::now();
  return {now.monotonic.count(), now.unix_ms.value_or(0)};
}

// Identities.

taut_status taut_identity_create(const char* name, taut_time now, taut_identity** identity) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr) return misused();
    auto made = api::Identity::create(name == nullptr ? "" : name, time_of(now));
    if (!made) return refused(made.error());
    *identity = new taut_identity{*std::move(made)};
    return TAUT_OK;
  });
}

taut_status taut_identity_load(taut_view saved, taut_identity** identity) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr || !is_sound(saved)) return misused();
    auto loaded = api::Identity::load(bytes_of(saved));
    if (!loaded) return refused(loaded.error());
    *identity = new taut_identity{*std::move(loaded)};
    return TAUT_OK;
  });
}

taut_status taut_identity_save(const taut_identity* identity, uint8_t* out, size_t* size) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr || size == nullptr) return misused();
    api::Bytes secret = identity->identity.save();
    const bool fits = out != nullptr && *size >= secret.size();
    *size = secret.size();
    if (fits) std::memcpy(out, secret.data(), secret.size());
    wipe(secret);
    return fits ? TAUT_OK : refused(TAUT_EXHAUSTED, "too_large");
  });
}

const char* taut_identity_node_id(const taut_identity* identity) {
  return identity == nullptr ? "" : identity->identity.node_id().c_str();
}

void taut_identity_free(taut_identity* identity) { delete identity; }

// Steps.

size_t taut_step_erase_count(const taut_step* step) { return step == nullptr ? 0 : step->step.erase.size(); }
taut_view taut_step_erase_key(const taut_step* step, size_t index) {
  return index < taut_step_erase_count(step) ? view_of(step->step.erase[index]) : taut_view{};
}
size_t taut_step_put_count(const taut_step* step) { return step == nullptr ? 0 : step->step.put.size(); }
taut_view taut_step_put_key(const taut_step* step, size_t index) {
  return index < taut_step_put_count(step) ? view_of(step->step.put[index].key) : taut_view{};
}
taut_view taut_step_put_value(const taut_step* step, size_t index) {
  return index < taut_step_put_count(step) ? view_of(step->step.put[index].value) : taut_view{};
}
size_t taut_step_publish_count(const taut_step* step) {
  return step == nullptr ? 0 : step->step.publish.size();
}
taut_view taut_step_publish_entry(const taut_step* step, size_t index) {
  return index < taut_step_publish_count(step) ? view_of(step->step.publish[index]) : taut_view{};
}
size_t taut_step_event_count(const taut_step* step) { return step == nullptr ? 0 : step->step.events.size(); }

taut_event taut_step_event(const taut_step* step, size_t index) {
  taut_event out{};
  out.node = out.by = out.name = out.reason = "";
  if (index >= taut_step_event_count(step)) return out;
  const api::Event& event = step->step.events[index];
  out.kind = static_cast<taut_event_kind>(event.kind);
  out.node = event.node.c_str();
  out.by = event.by.c_str();
  out.name = event.name.c_str();
  if (!event.reason.empty()) out.reason = event.reason.data();
  std::memcpy(out.message_id, event.message_id.data(), event.message_id.size());
  out.body = view_of(event.body);
  out.introduction = view_of(event.introduction);
  out.count = event.count;
  out.epoch = event.epoch;
  out.erase_at_unix_ms = event.erase_at_unix_ms.value_or(0);
  return out;
}

void taut_step_free(taut_step* step) {
  if (step == nullptr) return;
  for (api::Record& record : step->step.put) wipe(record.value);
  for (api::Event& event : step->step.events) wipe(event.body);
  delete step;
}

// Topics.

taut_status taut_topic_create(const taut_identity* identity, const char* name, uint32_t expires_s,
                              taut_time now, taut_topic** topic, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr || topic == nullptr || step == nullptr) return misused();
    const api::TopicOptions options{name == nullptr ? "" : name, std::chrono::seconds(expires_s)};
    return give(api::Topic::create(identity->identity, options, time_of(now)), topic, step);
  });
}

taut_status taut_topic_join(const taut_identity* identity, const char* link, taut_time now,
                            taut_topic** topic, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr || link == nullptr || topic == nullptr || step == nullptr) return misused();
    return give(api::Topic::join(identity->identity, link, time_of(now)), topic, step);
  });
}

taut_status taut_topic_load(const taut_identity* identity, const taut_record* records, size_t count,
                            taut_time now, taut_topic** topic, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (identity == nullptr || (records == nullptr && count > 0) || topic == nullptr || step == nullptr)
      return misused();
    const std::span<const taut_record> given(records, count);
    if (!std::ranges::all_of(given, [](const auto& one) { return is_sound(one.key) && is_sound(one.value); }))
      return misused();
    std::vector<api::Record> all;
    for (const taut_record& record : given) {
      const api::ByteView key = bytes_of(record.key);
      const api::ByteView value = bytes_of(record.value);
      all.push_back({{key.begin(), key.end()}, {value.begin(), value.end()}});
    }
    return give(api::Topic::load(identity->identity, std::move(all), time_of(now)), topic, step);
  });
}

void taut_topic_free(taut_topic* topic) { delete topic; }

taut_status taut_topic_trust(taut_topic* topic, const char* node) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || node == nullptr) return misused();
    const auto trusted = topic->topic.trust(node);
    return trusted ? TAUT_OK : refused(trusted.error());
  });
}

taut_status taut_topic_seal(taut_topic* topic, taut_view message, taut_time now, uint8_t* message_id,
                            taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr || !is_sound(message)) return misused();
    auto sealed = topic->topic.seal(bytes_of(message), time_of(now));
    if (!sealed) return refused(sealed.error());
    if (message_id != nullptr) std::memcpy(message_id, sealed->message_id.data(), sealed->message_id.size());
    return give(std::move(sealed->step), step);
  });
}

taut_status taut_topic_open(taut_topic* topic, taut_view entry, taut_time now, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr || !is_sound(entry)) return misused();
    return give(topic->topic.open(bytes_of(entry), time_of(now)), step);
  });
}

taut_status taut_topic_welcome(taut_topic* topic, taut_view introduction, taut_time now, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr || !is_sound(introduction)) return misused();
    return give(topic->topic.welcome(bytes_of(introduction), time_of(now)), step);
  });
}

taut_status taut_topic_decline(taut_topic* topic, taut_view introduction, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr || !is_sound(introduction)) return misused();
    return give(topic->topic.decline(bytes_of(introduction)), step);
  });
}

taut_status taut_topic_invite(taut_topic* topic, uint16_t uses, uint32_t life_s, taut_time now, char** link,
                              taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || link == nullptr || step == nullptr) return misused();
    api::InvitationOptions options{.uses = uses, .life = {}};
    if (life_s != 0) options.life = std::chrono::seconds(life_s);
    auto invited = topic->topic.invite(options, time_of(now));
    if (!invited) return refused(invited.error());
    auto made = std::make_unique<taut_step>(std::move(invited->step));
    const taut_status given = give_text(invited->link, link);
    taut::wipe({reinterpret_cast<std::uint8_t*>(invited->link.data()), invited->link.size()});
    if (given == TAUT_OK) *step = made.release();
    return given;
  });
}

taut_status taut_topic_remove(taut_topic* topic, const char* node, taut_after_removal after, taut_time now,
                              taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || node == nullptr || step == nullptr) return misused();
    const auto then = after == TAUT_BARRED ? api::AfterRemoval::barred : api::AfterRemoval::may_return;
    return give(topic->topic.remove(node, then, time_of(now)), step);
  });
}

taut_status taut_topic_leave(taut_topic* topic, taut_time now, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr) return misused();
    return give(topic->topic.leave(time_of(now)), step);
  });
}

taut_status taut_topic_update(taut_topic* topic, taut_time now, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr) return misused();
    return give(topic->topic.update(time_of(now)), step);
  });
}

taut_status taut_topic_tick(taut_topic* topic, taut_time now, taut_step** step) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || step == nullptr) return misused();
    return give(topic->topic.tick(time_of(now)), step);
  });
}

int taut_topic_next_deadline(const taut_topic* topic, int64_t* monotonic_ns) {
  if (topic == nullptr || monotonic_ns == nullptr) return 0;
  const auto at = topic->topic.next_deadline();
  if (at) *monotonic_ns = at->count();
  return at ? 1 : 0;
}

taut_standing taut_topic_standing(const taut_topic* topic) {
  return topic == nullptr ? TAUT_CLOSED : static_cast<taut_standing>(topic->topic.standing());
}

uint64_t taut_topic_epoch(const taut_topic* topic) { return topic == nullptr ? 0 : topic->topic.epoch(); }

taut_status taut_topic_link(const taut_topic* topic, char** link) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || link == nullptr) return misused();
    const auto text = topic->topic.link();
    return text ? give_text(*text, link) : refused(text.error());
  });
}

size_t taut_topic_member_count(const taut_topic* topic) {
  size_t count = 0;
  guarded([&]() -> taut_status {
    if (topic != nullptr) count = topic->topic.members().size();
    return TAUT_OK;
  });
  return count;
}

taut_status taut_topic_member(const taut_topic* topic, size_t index, char** node) {
  return guarded([&]() -> taut_status {
    if (topic == nullptr || node == nullptr) return misused();
    const std::vector<api::NodeId> members = topic->topic.members();
    if (index >= members.size()) return misused();
    return give_text(members[index], node);
  });
}

void taut_text_free(char* text) {
  if (text == nullptr) return;
  taut::wipe({reinterpret_cast<std::uint8_t*>(text), std::strlen(text)});
  std::free(text);
}

}  // extern "C"
