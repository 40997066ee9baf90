#include "packet_forger.hpp"

namespace taut::test {

using namespace datagram;

namespace {
constexpr SessionIndex kOurIndex = 0x01020304;
}

Bytes PacketForger::initiation(SessionIndex resumes) {
  const link::Remote remote = remote_of(victim_.identity);
  const link::LinkProtocol protocol = link::link_protocol(link::kIk, remote.suite).value();
  const link::Hello hello{1, static_cast<std::uint8_t>(link::Purpose::dispatcher), protocol.noise_name};
  const Bytes bound = datagram_prologue(hello, remote.node_id, resumes);
  handshake_.emplace(
      link::Handshake::initiate(forger_.local(), protocol, remote, hello, bound, kToday).value());
  Bytes packet = write_initiation_body(kOurIndex, resumes, hello, handshake_->write().value());
  append(packet, mac1_of(CallKeys::of(remote.link_key.view()), packet).view());
  packet.resize(packet.size() + Mac::size_bytes);
  return packet;
}

void PacketForger::read_response(ByteView bytes) {
  const Packet packet = read_packet(bytes).value();
  const auto& response = std::get<Response>(packet);
  handshake_->read(response.noise_message).value();
  keys_.emplace(kOurIndex, response.sender_index, handshake_->split().value(), now_);
}

Bytes PacketForger::data(std::uint64_t number, ByteView payload) {
  Bytes out;
  keys_->seal(number, payload, out).value();
  return out;
}

void PacketForger::give(ByteView bytes) {
  answers.clear();
  LinkEvents events;
  endpoint_.receive(kForgerAddress, bytes, now_, kToday, events);
  for (const LinkEvent& one : events) {
    if (!told.empty()) told += " ";
    if (std::holds_alternative<link::PeerAuthenticated>(one.event)) told += "authenticated";
    if (std::holds_alternative<link::FrameReceived>(one.event)) told += "frame";
    if (const auto* closed = std::get_if<link::Closed>(&one.event))
      told += "closed " + std::string(closed->error.reason.name);
  }
  PeerAddress to;
  for (Bytes out; endpoint_.next_datagram(to, out, now_);) {
    answers.push_back(out);
    const auto packet = read_packet(out);
    const auto* data = packet ? std::get_if<Data>(&*packet) : nullptr;
    Bytes payload;
    if (data != nullptr && keys_ && keys_->open(*data, payload))
      has_heard_close |= payload.at(0) == static_cast<Byte>(SegmentType::close);
  }
}

void PacketForger::open() {
  give(initiation());
  read_response(answers.at(0));
  give(data(0, Bytes{static_cast<Byte>(SegmentType::ping)}));
}

}  // namespace taut::test
