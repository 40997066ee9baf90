#pragma once
// Where a topic is and how its entries are opened, as text: `taut-topic:…` (docs/protocol/topic.md, "Links").
//
//   enum : uint8 { dispatcher = 1, url = 2 } PlaceKind;
//   struct {
//     PlaceKind kind;
//     opaque place<V>;                     a card's Dispatcher (identity/card.hpp), or a URL
//   } Place;
//
//   struct {
//     uint8 format = 1;
//     opaque log_id[16];
//     opaque wrap_key[32];
//     uint16 suite;
//     opaque maker_id[32];                 the member who made the link
//     opaque name<V>;                      what its maker calls the topic
//     Place places<V>;                     in the order of preference; none: a pipe
//     optional<Invitation> invitation;     struct { id[16]; secret[32]; uint64 not_after_s; uint16 uses; }
//     Extension extensions<V>;
//     opaque check[4];                     first bytes of SHA-256 of the rest: a cut link is found
//   } Link;

#include <string>
#include <variant>

#include "identity/card.hpp"
#include "introduction/invitation.hpp"

namespace taut::introduction {

inline constexpr std::string_view kTopicScheme = "taut-topic:";
inline constexpr std::size_t kPlaceCountMax = 8;
inline constexpr std::size_t kUrlBytesMax = 512;

/// A broker and its topic, `mqtts://host:port/path`, without credentials.
struct Url {
  std::string text;
  friend bool operator==(const Url&, const Url&) = default;
};
using Place = std::variant<identity::Dispatcher, Url>;

struct Locator {
  LogId log_id;
  WrapKey wrap_key;
  crypto::SuiteId suite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
  NodeId maker;
  std::string name;  ///< at most identity::kNameBytesMax
  std::vector<Place> places;
  std::optional<Invitation> invitation;

  static Locator copy_of(const Locator& other);
};

/// The text holds secrets: the wrap key, and the invitation's.
/// @errors misuse: a name or place that breaks the bounds
Result<std::string> to_text(const Locator& locator);
/// White space is passed over.
/// @errors malformed: link_cut, link_wrong; incompatible: made by a newer version
Result<Locator> locator_from_text(std::string_view text);

Result<Place> read_place(wire::Reader& in);
void write_place(wire::Writer& out, const Place& place);
/// At most kUrlBytesMax characters that can be seen, with a scheme, and no user or password.
bool is_url(std::string_view text);

}  // namespace taut::introduction
