#pragma once
// Asking to be let in, until the answer comes (docs/protocol/topic.md, "Joining").

#include "topic/topic.hpp"

namespace taut::topic {

class Joining {
 public:
  struct Begun;

  Joining(Joining&&) noexcept;
  Joining& operator=(Joining&&) noexcept;
  ~Joining();

  static Result<Begun> begin(Surroundings surroundings, const introduction::Locator& link, Time now);
  static Result<Joining> load(Surroundings surroundings, std::vector<Record> records, Time now);

  /// @param entry    of the carrier, or the content of an envelope
  /// @param trusted  whose word counts beside the link's maker's; an invitation needs nobody's
  /// @return         the topic, with records that take the place of this object's
  /// @errors unauthentic (foreign_entry, bad_welcome, unknown_welcomer), unavailable (missing_key_package):
  /// not for us. It waits on; where somebody unknown used its KeyPackage, with another from kResendMax on.
  Result<Topic::Begun> open(ByteView entry, std::span<const NodeId> trusted, Time now);

  /// Publishes the introduction again from time to time; with a new KeyPackage once it expired.
  Result<Step> tick(Time now);
  std::optional<Instant> next_deadline() const;

  const introduction::Locator& link() const;
  const mls::KeyPackageRef& key_package_ref() const;

 private:
  struct State;
  explicit Joining(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct Joining::Begun {
  Joining joining;
  Step step;
};

}  // namespace taut::topic
