#include "dispatcher/operators.hpp"

#include "crypto/hash.hpp"
#include "dispatcher/device_note.hpp"
#include "dispatcher/node_records.hpp"
#include "dispatcher/overloaded.hpp"

namespace taut::dispatcher {

EnrolmentHash hash_of_token(ByteView token) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {token});
  return EnrolmentHash(digest.view().first<EnrolmentHash::size_bytes>());
}

void Operators::on_request(OperatorRequestId request, const OperatorRequest& asked) {
  std::visit(Overloaded{
                 [&](const Enrol& enrol) {
                   common_.issue(AddToken{enrol.token, enrol.uses, enrol.expires}, EnrolPending{request});
                 },
                 [&](const Revoke& revoke) {
                   Pin node = common_.residents.at(revoke.node);
                   end_links(*node);
                   load(common_, *node);
                   common_.issue(RemoveNode{revoke.node}, RevokePending{request, std::move(node)});
                 },
                 [&](const ListAll& list) {
                   common_.issue(ListNodes{list.after, list.count_max}, ListPending{request});
                 },
             },
             asked);
}

void Operators::answer(OperatorRequestId request, Result<OperatorValue> value) {
  common_.effects.push_back(OperatorAnswer{request, std::move(value)});
}

void Operators::end_links(Resident& node) {
  for (Connection* connection : node.connections) {
    common_.links.doom(*connection, frame::GoodbyeReason::revoked);
  }
}

void Operators::on_result(EnrolPending& pending, Result<Done> result) {
  if (!result) return answer(pending.request, std::unexpected(result.error()));
  answer(pending.request, Done{});
}

void Operators::on_result(RevokePending& pending, Result<Freed> result, const Moment& at) {
  if (!result) return answer(pending.request, std::unexpected(result.error()));
  Resident& node = *pending.node;
  common_.stored -= total(result->usage);
  if (node.record) --common_.nodes;
  node.set_record(std::nullopt);
  end_links(node);
  common_.removed(at.now);
  answer(pending.request, Done{});
}

void Operators::on_result(ListPending& pending, Result<Listed> result) {
  if (!result) return answer(pending.request, std::unexpected(result.error()));
  DeviceList list{{}, result->rest};
  for (const NodeRow& row : result->rows) {
    list.devices.push_back(device_of(row, DeviceNote::parse(row.device).value_or(DeviceNote{})));
    list.devices.back().presence = common_.presence_of(row.node);
  }
  answer(pending.request, std::move(list));
}

}  // namespace taut::dispatcher
