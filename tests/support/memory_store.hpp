#pragma once
// A dispatcher's store in memory: dispatcher/store.hpp, carried out word for word. What it holds is what
// a disk would hold; when an operation is carried out, and whether, is the test's to say.

#include <map>

#include "dispatcher/store.hpp"
#include "support/memory_logs.hpp"
#include "support/memory_packages.hpp"

namespace taut::test {

class MemoryStore {
 public:
  struct Message {
    dispatcher::Share share;
    SubmissionId submission;
    WallTime received;
    WallTime expires;
    Bytes body;
  };
  struct Submission {
    dispatcher::SubmissionRecord record;
    WallTime forget;
  };
  struct Card {
    WallTime expires;
    Bytes bytes;
  };
  struct Node {
    dispatcher::NodeRecord record;
    std::map<dispatcher::QueueNumber, Message> messages;
    std::map<SubmissionId, Submission> submissions;
    std::optional<Card> card;
    MemoryPackages packages{};
  };

  dispatcher::StoreResult carry_out(dispatcher::Operation operation);

  struct Token {
    std::uint32_t uses;
    WallTime expires;
  };

  std::map<NodeId, Node> nodes;
  std::map<dispatcher::EnrolmentHash, Token> tokens;
  MemoryLogs logs;
  std::vector<WallTime> orphans;  ///< when to forget submissions whose node was removed
  std::size_t erased_count = 0;   ///< how often everything removed was erased
  bool is_dirty = false;          ///< something was removed since

 private:
  dispatcher::StoreValue apply(const dispatcher::LoadTotals&);
  dispatcher::StoreValue apply(const dispatcher::LoadNode&);
  dispatcher::StoreValue apply(const dispatcher::AddNode&);
  dispatcher::StoreValue apply(const dispatcher::RemoveNode&);
  dispatcher::StoreValue apply(const dispatcher::AddToken&);
  dispatcher::StoreValue apply(const dispatcher::ListNodes&);
  dispatcher::StoreValue apply(const dispatcher::DescribeNodes&);
  dispatcher::StoreResult apply(dispatcher::SaveNote&);
  dispatcher::StoreResult apply(dispatcher::PutMessage&);
  dispatcher::StoreValue apply(const dispatcher::LookUpSubmission&);
  dispatcher::StoreValue apply(const dispatcher::FetchMessages&);
  dispatcher::StoreValue apply(const dispatcher::ReleaseMessages&);
  dispatcher::StoreResult apply(dispatcher::SaveCard&);
  dispatcher::StoreValue apply(const dispatcher::LoadCard&);
  dispatcher::StoreValue apply(const dispatcher::Sweep&);
  dispatcher::StoreValue apply(const dispatcher::Erase&);
  dispatcher::StoreResult apply(dispatcher::AppendEntry& one) { return logs.apply(one, is_dirty); }
  dispatcher::StoreResult apply(const dispatcher::RemoveIntroductions& one) {
    return logs.apply(one, is_dirty);
  }
  dispatcher::StoreResult apply(const dispatcher::SweepLogs& one) { return logs.apply(one, is_dirty); }
  dispatcher::StoreValue apply(const dispatcher::PublishPackages&);
  dispatcher::StoreValue apply(const dispatcher::ClaimPackage&);
  dispatcher::StoreValue apply(const dispatcher::SweepPackages&);
  /// The other operations on logs.
  template <class One>
    requires requires(MemoryLogs to, One& one) { to.apply(one); }
  dispatcher::StoreResult apply(One& one) {
    return logs.apply(one);
  }

  static dispatcher::NodeRow row_of(const NodeId& id, const Node& node);

  using Messages = std::map<dispatcher::QueueNumber, Message>;
  Messages::iterator remove(Node& node, Messages::iterator message, dispatcher::SubmissionState why,
                            dispatcher::ShareUsage& freed);
};

}  // namespace taut::test
