#include "cli/copy_words.hpp"

#include "cli/text.hpp"

namespace taut::cli {
namespace {
constexpr std::chrono::days kNewsFor{7};
}

std::string_view copy_name(node::Copy copy) {
  switch (copy) {
    case node::Copy::none:
      return "none";
    case node::Copy::rolled_back:
      return "rolled_back";
    case node::Copy::second:
      return "second_copy";
  }
  return "none";
}

CopyWords words_for(node::Copy copy) {
  if (copy == node::Copy::rolled_back)
    return {
        "This state is older than one of this node that has lived since: it was restored from a snapshot",
        "A new stream and a new sealing key were begun; what came in between is not here. Restore by taut "
        "backup and taut restore instead"};
  return {"Another copy of this node's state is alive beside this one",
          "Stop one of them; if it is not yours, the key is stolen: taut revoke FILE"};
}

Outcome<std::optional<node::Notice>> fresh_notice(store::NodeStore& store) {
  std::optional<node::Notice> notice;
  const auto read = store.read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(notice, node::last_notice(transaction));
    return {};
  });
  if (!read) return state_failure(store, read.error());
  const auto now = moment().wall;
  const bool is_old = notice && now && notice->at + std::chrono::milliseconds(kNewsFor) < *now;
  return is_old ? std::nullopt : notice;
}

Json json_of(const node::Notice& notice) {
  return {{"copy", copy_name(notice.copy)},
          {"dispatcher", to_text(notice.dispatcher)},
          {"noticed", notice.at.unix_ms == 0 ? Json(nullptr) : Json(iso_time(notice.at))}};
}

}  // namespace taut::cli
