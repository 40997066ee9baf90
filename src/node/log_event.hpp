#pragma once
// What a session hears of topics' logs and of key packages (docs/protocol/topic-log.md).

#include "base/bytes.hpp"
#include "frame/key_package.hpp"
#include "frame/log_read.hpp"

namespace taut::node {

struct EntryAppended {
  frame::RequestId request = 0;
  frame::AppendState state = frame::AppendState::refused;
  frame::LogNumber number = 0;
  std::chrono::seconds retry_after{0};
};
struct ReadEntry {
  frame::LogNumber number = 0;
  WallTime received;
  Bytes entry;
};
/// In the order of their numbers; each used up credit (Session::return_credit).
struct EntriesRead {
  frame::RequestId reading = 0;
  std::vector<ReadEntry> entries;
};
/// Everything that is there now has come. A reading until::drained is over.
struct ReadingDrained {
  frame::RequestId reading = 0;
  frame::LogNumber last = 0;
  frame::LogNumber gone = 0;  ///< entries up to here were let go
};
/// The key does not open this any more.
struct ReadingOver {
  frame::RequestId reading = 0;
};
/// The one answer to strangers.
struct IntroductionTaken {
  frame::RequestId request = 0;
};
struct KeyPackageClaimed {
  frame::RequestId request = 0;
  std::optional<Bytes> package;  ///< nullopt: none for us
};
struct KeyPackagesCounted {
  frame::RequestId request = 0;
  std::vector<frame::KeyPackageCount> counts;
};
/// Unasked: time to restock, or to replace a last resort.
struct KeyPackagesLow {
  std::vector<frame::KeyPackageCount> counts;
};

}  // namespace taut::node
