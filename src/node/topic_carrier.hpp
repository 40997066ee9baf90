#pragma once
// How this node reaches a topic that is on no dispatcher's log. Kept beside the topic's own records, erased
// with them, and in no link: each participant has its own.
//
//   enum : uint8 { broker = 1, pipe = 2 } CarrierKind;
//   struct {
//     uint8 format = 1;
//     CarrierKind kind;
//     opaque client_id<V>;                 what the broker knows the session by
//     opaque user<V>;                      empty: no login
//     opaque password<V>;
//     opaque ca_file<V>;                   a path; empty: the system's authorities
//   } TopicCarrier;

#include "node/store.hpp"

namespace taut::node {

enum class CarrierKind : std::uint8_t { broker = 1, pipe = 2 };

struct TopicCarrier {
  CarrierKind kind = CarrierKind::pipe;
  std::string client_id;
  std::string user;
  SecretBytes password;
  std::string ca_file;
};

Status put_topic_carrier(Transaction& transaction, RowNumber topic, const TopicCarrier& carrier);
/// nullopt: it is on a dispatcher's log.
/// @errors malformed (damaged_state); incompatible (future_state)
Result<std::optional<TopicCarrier>> topic_carrier(Store& store, RowNumber topic);
/// The records of the topic itself, without this one.
Result<std::vector<topic::Record>> own_topic_records(Transaction& transaction, RowNumber topic);

}  // namespace taut::node
