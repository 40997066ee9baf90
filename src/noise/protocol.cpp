#include "noise/protocol.hpp"

namespace taut::noise {
namespace {

template <class Id>
struct Named {
  std::string_view name;
  Id id;
};

constexpr std::array kDhNames{
    Named{"25519", crypto::DhId::x25519},
    Named{"448", crypto::DhId::x448},
    Named{"P256", crypto::DhId::p256},
    Named{"P384", crypto::DhId::p384},
};
constexpr std::array kCipherNames{
    Named{"AESGCM", crypto::AeadId::aes256gcm},
    Named{"ChaChaPoly", crypto::AeadId::chacha20poly1305},
    Named{"XChaChaPoly", crypto::AeadId::xchacha20poly1305},
};
constexpr std::array kHashNames{
    Named{"SHA256", crypto::HashId::sha256},
    Named{"SHA512", crypto::HashId::sha512},
    Named{"BLAKE2s", crypto::HashId::blake2s},
    Named{"BLAKE2b", crypto::HashId::blake2b},
};

template <class Table>
auto look_up(const Table& table, std::string_view name) -> Result<decltype(table[0].id)> {
  const auto row = std::ranges::find(table, name, [](const auto& one) { return one.name; });
  if (row == table.end()) return fail(Errc::incompatible, reasons::kUnknownAlgorithm);
  return row->id;
}

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// The four sections behind "Noise_".
Result<std::array<std::string_view, 4>> sections_of(std::string_view name) {
  constexpr std::string_view kPrefix = "Noise_";
  const auto bad_name = fail(Errc::malformed, reasons::kBadProtocolName);
  if (name.size() > kNameBytesMax || !name.starts_with(kPrefix)) return bad_name;
  std::string_view rest = name.substr(kPrefix.size());
  std::array<std::string_view, 4> sections;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::size_t end = rest.find('_');
    if ((end == std::string_view::npos) != (i + 1 == sections.size())) return bad_name;
    sections[i] = rest.substr(0, end);
    if (sections[i].empty() || !std::ranges::all_of(sections[i], is_name_character)) return bad_name;
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  }
  return sections;
}

}  // namespace

Result<Protocol> protocol_from_name(std::string_view name) {
  TAUT_TRY(const auto sections, sections_of(name));
  TAUT_TRY(const HandshakePattern pattern, handshake_pattern(sections[0]));
  TAUT_TRY(const crypto::DhId dh, look_up(kDhNames, sections[1]));
  TAUT_TRY(const crypto::AeadId cipher, look_up(kCipherNames, sections[2]));
  TAUT_TRY(const crypto::HashId hash, look_up(kHashNames, sections[3]));
  return Protocol{std::string(name), pattern, dh, cipher, hash};
}

}  // namespace taut::noise
