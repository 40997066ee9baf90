#pragma once
// The operator's door to a running dispatcher: a Unix socket in its folder. A question is its size in four
// bytes and its bytes (dispatcher/operator_wire.hpp); so is the answer.

#include <map>

#include "carrier/local.hpp"
#include "dispatcher/operator.hpp"

namespace taut::run {

class OperatorServer {
 public:
  using Answer = std::function<void(Result<dispatcher::OperatorValue>)>;
  /// Calls `answer` once, then or later, on the loop's thread.
  using Ask = std::function<void(const dispatcher::OperatorRequest& request, Answer answer)>;

  /// @errors as carrier::LocalListener::listen
  static Result<std::unique_ptr<OperatorServer>> listen(carrier::Loop& loop,
                                                        const std::filesystem::path& file, Ask ask);
  OperatorServer(const OperatorServer&) = delete;
  OperatorServer& operator=(const OperatorServer&) = delete;
  ~OperatorServer();

 private:
  class Talk;
  using TalkId = std::uint64_t;

  OperatorServer(carrier::Loop& loop, Ask ask);
  void accept(std::shared_ptr<carrier::Connection> connection);
  void answer(TalkId talk, const Result<dispatcher::OperatorValue>& value);
  void end(TalkId talk);

  Ask ask_;
  std::map<TalkId, std::unique_ptr<Talk>> talks_;
  TalkId last_talk_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< an answer may outlive this
  std::unique_ptr<carrier::LocalListener> listener_;
  carrier::Posts posts_;
};

}  // namespace taut::run
