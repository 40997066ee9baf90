#include "node/enrolment.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

/// struct { opaque dispatcher[32]; opaque token<V>; } Enrolment;   Enrolment enrolments[…];   to the end
struct Enrolment {
  NodeId dispatcher;
  SecretBytes token;
};
using Enrolments = std::vector<Enrolment>;

Result<Enrolments> load_enrolments(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::enrolments));
  Enrolments all;
  if (!value) return all;
  for (wire::Reader in(value->expose()); !in.empty();) {
    const auto dispatcher = in.value<NodeId>();
    const auto token = in.vector(kEnrolmentTokenBytesMax);
    if (!dispatcher || !token || all.size() == kEnrolmentsMax)
      return fail(Errc::malformed, reasons::kDamagedState);
    all.push_back({*dispatcher, SecretBytes(*token)});
  }
  return all;
}

Status save_enrolments(Transaction& transaction, const Enrolments& all) {
  constexpr std::size_t kLengthBytesMax = 4;
  Bytes bytes;
  // Never moved while it grows: no copy of a token is left behind.
  bytes.reserve(all.size() * (NodeId::size_bytes + kLengthBytesMax + kEnrolmentTokenBytesMax));
  wire::Writer out(bytes);
  for (const Enrolment& one : all) out.raw(one.dispatcher.view()).vector(one.token.expose());
  const Status saved = transaction.set_value(ValueKey::enrolments, bytes);
  wipe(bytes);
  return saved;
}

}  // namespace

Status keep_enrolment(Transaction& transaction, const NodeId& dispatcher, ByteView token) {
  if (token.empty() || token.size() > kEnrolmentTokenBytesMax)
    return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_TRY(Enrolments all, load_enrolments(transaction));
  std::erase_if(all, [&](const Enrolment& one) { return one.dispatcher == dispatcher; });
  if (all.size() == kEnrolmentsMax) return fail(Errc::exhausted, reasons::kFull);
  all.push_back({dispatcher, SecretBytes(token)});
  return save_enrolments(transaction, all);
}

Result<SecretBytes> enrolment_for(Transaction& transaction, const NodeId& dispatcher) {
  TAUT_TRY(Enrolments all, load_enrolments(transaction));
  const auto found = std::ranges::find(all, dispatcher, &Enrolment::dispatcher);
  if (found == all.end()) return SecretBytes();
  return std::move(found->token);
}

Status drop_enrolment(Transaction& transaction, const NodeId& dispatcher) {
  TAUT_TRY(Enrolments all, load_enrolments(transaction));
  if (std::erase_if(all, [&](const Enrolment& one) { return one.dispatcher == dispatcher; }) == 0) return {};
  return save_enrolments(transaction, all);
}

}  // namespace taut::node
