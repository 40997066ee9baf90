#include "dispatcher/operators.hpp"

#include "base/overloaded.hpp"
#include "crypto/hash.hpp"
#include "dispatcher/device_note.hpp"
#include "dispatcher/node_records.hpp"

namespace taut::dispatcher {

EnrolmentHash hash_of_token(ByteView token) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {token});
  return EnrolmentHash(digest.view().first<EnrolmentHash::size_bytes>());
}

void Operators::on_request(OperatorRequestId request, const OperatorRequest& asked, const Moment& at) {
  std::visit(Overloaded{
                 [&](const Enrol& enrol) {
                   common_.issue(AddToken{enrol.token, enrol.uses, enrol.expires}, EnrolPending{request});
                 },
                 [&](const Revoke& revoke) {
                   Pin node = common_.residents.at(revoke.node);
                   end_links(*node, frame::GoodbyeReason::revoked);
                   remove(std::move(node), {request, Pin(), frame::GoodbyeReason::revoked});
                 },
                 [&](const ListAll& list) {
                   common_.issue(ListNodes{list.after, list.count_max}, ListPending{request});
                 },
                 [&](const Stats&) { answer(request, figures_of(common_.counters_at(at.now))); },
             },
             asked);
}

void Operators::answer(OperatorRequestId request, Result<OperatorValue> value) {
  common_.effects.push_back(OperatorAnswer{request, std::move(value)});
}

void Operators::end_links(Resident& node, frame::GoodbyeReason reason) {
  for (Connection* connection : node.connections) common_.links.doom(*connection, reason);
}

void Operators::remove(Pin node, RemovePending pending) {
  load(common_, *node);
  const RemoveNode remove{node->id};
  pending.node = std::move(node);
  common_.issue(remove, std::move(pending));
}

// Where anybody may register, rows of nodes that never come back would fill the table. Who comes back after
// a year registers anew; behind a closed door he could not.
void Operators::let_go(const std::vector<NodeId>& lapsed) {
  if (common_.settings.policy != frame::Policy::open) return;
  for (const NodeId& id : lapsed) {
    Pin node = common_.residents.at(id);
    const bool is_busy = node->pins > 1 || !node->connections.empty() || node->usage().messages > 0;
    if (!is_busy) remove(std::move(node), {std::nullopt, Pin(), frame::GoodbyeReason::unavailable});
  }
}

void Operators::on_result(EnrolPending& pending, Result<Done> result) {
  if (!result) return answer(pending.request, std::unexpected(result.error()));
  answer(pending.request, Done{});
}

void Operators::on_result(RemovePending& pending, Result<Freed> result, const Moment& at) {
  if (!result && pending.request) answer(*pending.request, std::unexpected(result.error()));
  if (!result) return;
  Resident& node = *pending.node;
  common_.stored -= total(result->usage);
  const Removal removal = node.record ? Removal::removed : Removal::nothing;
  if (node.record) --common_.nodes;
  node.set_record(std::nullopt);
  end_links(node, pending.goodbye);
  common_.removed(at.now);
  if (pending.request) answer(*pending.request, removal);
}

void Operators::on_result(ListPending& pending, Result<Listed> result, const Moment& at) {
  if (!result) return answer(pending.request, std::unexpected(result.error()));
  DeviceList list{{}, result->rest};
  for (const NodeRow& row : result->rows) {
    const auto note = DeviceNote::parse(row.device);
    list.devices.push_back(common_.present(row, note.value_or(DeviceNote{}), at.wall));
  }
  answer(pending.request, std::move(list));
}

}  // namespace taut::dispatcher
