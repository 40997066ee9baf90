// Who asks to be let in, and by which of the three ways: somebody says yes, an invitation, a pairing window.

#include "introduction/reasons.hpp"
#include "topic/state.hpp"

namespace taut::topic {

namespace {

bool is_over(const introduction::Invitation& invitation, std::optional<WallTime> now) {
  return invitation.not_after_s != 0 && now && now->unix_ms / 1'000 > invitation.not_after_s;
}

}  // namespace

/// Whether a commit may add it: what the settings and the members say.
Status Topic::State::check_admissible(const introduction::Introduction& introduction, Time now) const {
  if (settings.is_barred(introduction.node_id())) return fail(Errc::violation, reasons::kBarred);
  if (settings.is_used(introduction.key_package_ref)) return fail(Errc::replayed, reasons::kUsedKeyPackage);
  if (now.wall && *now.wall > introduction.not_after) return fail(Errc::unauthentic, reasons::kExpired);
  const auto member = participants.find(introduction.node_id());
  if (member != participants.end() &&
      member->second.certificate.sequence >= introduction.certificate_sequence)
    return fail(Errc::replayed, reasons::kAlreadyMember);
  return {};
}

std::map<std::uint64_t, Invitations>::iterator Topic::State::find_invitation(const InvitationId& id) {
  return std::ranges::find_if(invitations, [&](const auto& one) { return one.second.invitation.id == id; });
}

/// Uses that are on their way.
std::size_t Topic::State::admissions_by(const InvitationId& id) const {
  return static_cast<std::size_t>(std::ranges::count_if(wishes, [&](const auto& one) {
    const auto* let_in = std::get_if<LetIn>(&one.second.what);
    return let_in != nullptr && let_in->admission == Admission::invited &&
           let_in->introduction.invitation_id == id;
  }));
}

bool Topic::State::is_wished(const mls::KeyPackageRef& ref) const {
  return std::ranges::any_of(wishes, [&](const auto& one) {
    const auto* let_in = std::get_if<LetIn>(&one.second.what);
    return let_in != nullptr && let_in->introduction.key_package_ref == ref;
  });
}

Status Topic::State::take_introduction(ByteView body, Time now) {
  TAUT_TRY(introduction::Introduction asks,
           introduction::read_introduction(body, settings.log_id, header.suite));
  const NodeId node_id = asks.node_id();
  if (node_id == self || is_wished(asks.key_package_ref) || wishes.size() >= kWishCountMax) return {};
  const bool is_shown = std::ranges::any_of(introductions, [&](const auto& one) {
    return one.second.first.key_package_ref == asks.key_package_ref;
  });
  const bool is_declined =
      std::ranges::any_of(declined, [&](const auto& one) { return one.second.ref == asks.key_package_ref; });
  if (is_shown || is_declined) return {};
  if (const Status admissible = check_admissible(asks, now); !admissible) {
    // Boxes and carriers show what was answered long ago, too.
    if (admissible.error().code == Errc::replayed) return {};
    return admissible;
  }
  if (asks.invitation_id) {
    const auto found = find_invitation(*asks.invitation_id);
    if (found == invitations.end()) return {};  // its maker answers
    const Invitations& made = found->second;
    TAUT_CHECK(asks.check_proof(made.invitation.secret));
    const bool is_used_up = made.uses != 0 && made.used + admissions_by(*asks.invitation_id) >= made.uses;
    if (is_used_up || is_over(made.invitation, now.wall) || settings.is_revoked(*asks.invitation_id))
      return fail(Errc::violation, reasons::kBadInvitation);
    wish({LetIn{std::move(asks), to_bytes(body), Admission::invited}, now.instant});
    return {};
  }
  if (participants.contains(node_id)) {
    // Whoever joined by a link without an invitation believes its maker alone: others would try in vain.
    if (asks.maker && *asks.maker != self && participants.contains(*asks.maker)) return {};
    wish({LetIn{std::move(asks), to_bytes(body), Admission::returned},
          random_instant(now.instant, kDutySpread)});
    return {};
  }
  if (pairing && now.instant <= pairing->until) {
    if (--pairing->left == 0)
      end_pairing();
    else
      journal.put(record_key(RecordKind::pairing), pairing->save());
    wish({LetIn{std::move(asks), to_bytes(body), Admission::pairing}, now.instant});
    return {};
  }
  // One for each node, the latest; and few of them.
  std::erase_if(introductions, [&](const auto& one) {
    if (one.second.first.node_id() != node_id) return false;
    journal.erase(record_key(RecordKind::introduction, one.first));
    return true;
  });
  if (introductions.size() >= kIntroductionCountMax) return fail(Errc::exhausted, reasons::kQuota);
  const std::uint64_t number = next_number();
  journal.put(record_key(RecordKind::introduction, number), SecretBytes(body));
  events.push_back(Introduced{asks});
  introductions.emplace(number, std::pair(std::move(asks), to_bytes(body)));
  return {};
}

/// Who is a member now asks nobody any more; who asks with a newer certificate gets its leaf unasked.
void Topic::State::review_introductions(Time now) {
  std::vector<Bytes> of_members;
  std::erase_if(introductions, [&](const auto& one) {
    if (!participants.contains(one.second.first.node_id())) return false;
    journal.erase(record_key(RecordKind::introduction, one.first));
    of_members.push_back(one.second.second);
    return true;
  });
  for (const Bytes& body : of_members) static_cast<void>(take_introduction(body, now));  // or it is void
}

void Topic::State::end_pairing() {
  pairing.reset();
  journal.erase(record_key(RecordKind::pairing));
}

/// Somebody said no: the introduction comes again and again, and is not shown again.
void Topic::State::decline(const introduction::Introduction& asks) {
  if (declined.size() == kDeclinedCountMax) {
    journal.erase(record_key(RecordKind::declined, declined.begin()->first));
    declined.erase(declined.begin());
  }
  const std::uint64_t number = next_number();
  const Declined one{asks.key_package_ref, asks.not_after};
  journal.put(record_key(RecordKind::declined, number), one.save());
  declined.emplace(number, one);
}

/// What is over.
void Topic::State::expire(Time now) {
  if (pairing && now.instant > pairing->until) end_pairing();
  if (!now.wall) return;
  std::erase_if(declined, [&](const auto& one) {
    if (one.second.not_after >= *now.wall) return false;
    journal.erase(record_key(RecordKind::declined, one.first));
    return true;
  });
  std::erase_if(introductions, [&](const auto& one) {
    if (one.second.first.not_after >= *now.wall) return false;
    journal.erase(record_key(RecordKind::introduction, one.first));
    return true;
  });
  std::erase_if(invitations, [&](const auto& one) {
    if (!is_over(one.second.invitation, now.wall)) return false;
    journal.erase(record_key(RecordKind::invitation, one.first));
    return true;
  });
}

}  // namespace taut::topic
