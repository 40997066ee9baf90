#include "sim/hostile.hpp"

#include "frame/frame.hpp"

namespace taut::sim {

namespace {

/// Somebody who only talks.
class Talker final : public StreamHandler, public std::enable_shared_from_this<Talker> {
 public:
  void on_bytes(ByteView) override {}
  void on_written() override {}
  void on_closed() override {}
  StreamEnd end;
};

identity::Identity make_identity(Site& site) {
  constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519,
                               crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519};
  return identity::Identity::create(kSuites, site.wall(), site.random).value();
}

}  // namespace

Hostile::Hostile(Site& site, std::vector<NodeId> inboxes, Dice& dice)
    : Process(site),
      inboxes_(std::move(inboxes)),
      dice_(dice),
      identity_(make_identity(site)),
      local_{identity_, site.random, link::Limits{}, nullptr} {}

Bytes Hostile::junk(unsigned size_max) {
  Bytes bytes(1 + dice_.below(size_max));
  site().random.fill(bytes);
  return bytes;
}

void Hostile::call(const Target& target, unsigned manner) {
  if (manner == 0) return raw_stream(target.machine, junk(3000));
  if (manner == 1) return raw_datagrams(target.machine);
  const auto make_link = [this, remote = target.remote] {
    return link::StreamLink::dial(local_, remote, link::Purpose::dispatcher, site().now(), site().wall());
  };
  const unsigned links = manner == 2 ? 10 : 1;
  for (unsigned i = 0; i < links; ++i) {
    hops_.push_back(StreamHop::dial(*this, *this, target.machine, make_link));
    hops_.back()->tag = manner;
  }
  after(30s, [this] { hops_.clear(); });
}

void Hostile::say_again(const Network::Opening& opening) { raw_stream(opening.to, opening.bytes); }

void Hostile::raw_stream(MachineId to, Bytes bytes) {
  const auto connected = [&schedule = site().schedule,
                          bytes = std::move(bytes)](std::optional<StreamEnd> end) {
    if (!end) return;
    const auto talker = std::make_shared<Talker>();
    talker->end = std::move(*end);
    talker->end.start(*talker);
    talker->end.send(bytes);
    schedule.after(12s, [talker] { talker->end.close(); });
  };
  site().network.connect(Network::kStranger, to, connected);
}

void Hostile::raw_datagrams(MachineId to) {
  for (unsigned i = 0; i < 20; ++i) {
    Bytes bytes = junk(1300);
    bytes[0] = static_cast<Byte>(dice_.below(6));
    site().network.inject(address_of(site().id, 9), address_of(to), bytes);
  }
}

void Hostile::on_up(Hop& hop, const link::Peer&) {
  site().chronicle.hit("hostile", "link");
  (void)hop;
}

void Hostile::on_frame(Hop& hop, ByteView bytes) {
  const auto frame = frame::parse(bytes);
  if (!frame) return;
  if (std::holds_alternative<frame::Hello>(*frame)) misbehave(hop);
  if (const auto* goodbye = std::get_if<frame::Goodbye>(&*frame))
    site().chronicle.hit("hostile",
                         goodbye->reason == frame::GoodbyeReason::violation ? "sent away" : "goodbye");
  if (const auto* outcome = std::get_if<frame::Outcome>(&*frame))
    site().chronicle.hit("hostile",
                         outcome->state == frame::OutcomeState::stored ? "junk stored" : "junk refused");
}

void Hostile::misbehave(Hop& hop) {
  const auto say = [&](const auto& body) { (void)hop.send(frame::written(body)); };
  switch (hop.tag) {
    case 2:  // ten links, and silence
      return;
    case 3:
      for (unsigned i = 0; i < 5; ++i) (void)hop.send(junk(2000));
      return;
    case 4:
      return put_junk(hop, 30);
    case 5:
      say(frame::Subscribe{1, frame::Until::closed, 1000, {}});
      return say(frame::Release{2, {{dice_.below(50) + 1, 60}}, {}});
    case 6:
      say(frame::LookUpCard{1, inboxes_.front(), {}});
      say(frame::PublishCard{2, junk(600), {}});
      say(frame::Credit{4'000'000});
      return say(frame::Credit{4'000'000});
    default:
      put_junk(hop, 1);
      return say(frame::PutChunk{1, 7, as_bytes("not where it belongs")});
  }
}

void Hostile::put_junk(Hop& hop, unsigned count) {
  for (unsigned i = 1; i <= count; ++i) {
    const Bytes body = junk(900);
    frame::Put put;
    put.request = i;
    put.inbox = inboxes_[dice_.below(static_cast<unsigned>(inboxes_.size()))];
    put.submission = site().random.make<SubmissionId>();
    put.ttl_s = 600;
    put.size = static_cast<std::uint32_t>(body.size());
    put.chunk = body;
    (void)hop.send(frame::written(put));
  }
}

}  // namespace taut::sim
