#include "datagram/packet_keys.hpp"

namespace taut::datagram {

PacketKeys::PacketKeys(SessionIndex ours, SessionIndex theirs, noise::Transport&& transport, Instant born)
    : ours_(ours),
      theirs_(theirs),
      send_(*std::move(transport.send)),
      receive_(*std::move(transport.receive)),
      born_(born) {}

Status PacketKeys::seal(std::uint64_t number, ByteView payload, Bytes& out) {
  const std::size_t start = out.size();
  write_data_header(out, theirs_, number);
  out.resize(start + kDataHeaderBytes + payload.size() + noise::kTagBytes);
  const MutableByteView packet = MutableByteView(out).subspan(start);
  send_.set_nonce(number);
  TAUT_CHECK(
      send_.encrypt_with_ad(packet.first(kDataHeaderBytes), payload, packet.subspan(kDataHeaderBytes)));
  return {};
}

Status PacketKeys::open(const Data& data, Bytes& out) {
  out.resize(data.ciphertext.size() - noise::kTagBytes);
  receive_.set_nonce(data.number);
  TAUT_CHECK(receive_.decrypt_with_ad(data.header, data.ciphertext, out));
  return {};
}

void PacketKeys::rest() {
  send_.drop_context();
  receive_.drop_context();
}

}  // namespace taut::datagram
