// Structures: they decode, and encode to the same bytes.

#include "formats.hpp"
#include "mls/message.hpp"
#include "mls/ratchet_tree.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

template <class T>
bool round_trips(const Json& one, std::string_view member) {
  const Bytes bytes = hex(one, member);
  const auto value = decoded<T>(bytes);
  return value && encoded(*value) == bytes;
}

template <class T>
bool message_round_trips(const Json& one, std::string_view member) {
  const auto message = decoded<MlsMessage>(hex(one, member));
  return round_trips<MlsMessage>(one, member) && message->as<T>() != nullptr;
}

bool group_secrets_round_trip(const Json& one) {
  const Bytes bytes = hex(one, "group_secrets");
  const auto secrets = decoded<GroupSecrets>(bytes);
  return secrets && equal(secrets->to_secret_bytes().expose(), bytes);
}

bool tree_round_trips(const Json& one) {
  const Bytes bytes = hex(one, "ratchet_tree");
  const auto tree = RatchetTree::decoded(crypto::HashId::sha256, bytes);
  return tree && tree->encoded() == bytes;
}

bool messages_hold(const Json& one) {
  return message_round_trips<Welcome>(one, "mls_welcome") &&
         message_round_trips<GroupInfo>(one, "mls_group_info") &&
         message_round_trips<KeyPackage>(one, "mls_key_package") &&
         message_round_trips<PublicMessage>(one, "public_message_application") &&
         message_round_trips<PublicMessage>(one, "public_message_proposal") &&
         message_round_trips<PublicMessage>(one, "public_message_commit") &&
         message_round_trips<PrivateMessage>(one, "private_message") && tree_round_trips(one) &&
         group_secrets_round_trip(one) && round_trips<Add>(one, "add_proposal") &&
         round_trips<Update>(one, "update_proposal") && round_trips<Remove>(one, "remove_proposal") &&
         round_trips<PreSharedKey>(one, "pre_shared_key_proposal") &&
         round_trips<ReInit>(one, "re_init_proposal") &&
         round_trips<ExternalInit>(one, "external_init_proposal") &&
         round_trips<GroupContextExtensions>(one, "group_context_extensions_proposal") &&
         round_trips<Commit>(one, "commit");
}

}  // namespace

TEST_CASE("messages: every structure decodes, and encodes to the same bytes") {
  mls_format::run_all("messages", messages_hold);
}

TEST_CASE("deserialization: headers of variable-length vectors") {
  mls_format::run_all("deserialization", [](const Json& one) {
    const Bytes header = hex(one, "vlbytes_header");
    wire::Reader in(header);
    return in.vector_size() == one.at("length").get<std::size_t>() && in.finish().has_value();
  });
}
