// One side of a live test against another implementation: groups of several members in this process,
// driven by JSON lines on stdin and answered on stdout (README.md lists the requests).

#include <chrono>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "mls/extension_types.hpp"
#include "mls/group.hpp"
#include "mls/message.hpp"
#include "mls/psk.hpp"
#include "mls/ratchet_tree.hpp"
#include "support/seeded_random.hpp"

namespace {

using namespace taut;
using namespace taut::mls;
using Json = nlohmann::json;

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const Byte byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Bytes hex(const Json& request, const char* member) {
  const auto text = request.at(member).get<std::string>();
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<Byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

/// What a request cannot go on with: its answer is {"error": name}.
struct Refused {
  std::string name;
};
template <class T>
T must(Result<T> result) {
  if (!result) throw Refused{std::string(result.error().reason.name)};
  return *std::move(result);
}

class Psks final : public PskSource {
 public:
  std::map<Bytes, Bytes> known;
  Result<SecretBytes> external_psk(ByteView psk_id) const override {
    const auto found = known.find(to_bytes(psk_id));
    if (found == known.end()) return refuse(errors::kMissingPsk);
    return SecretBytes(found->second);
  }
  Result<SecretBytes> resumption_psk(const GroupId&, std::uint64_t) const override {
    return refuse(errors::kMissingPsk);
  }
};

struct Member {
  Client client;
  std::optional<OwnKeyPackage> own;
  std::optional<Group> group;
};

class Peer {
 public:
  Json answer(const Json& request) {
    const auto handler = handlers_.find(request.at("do").get<std::string>());
    if (handler == handlers_.end()) throw Refused{"unknown request"};
    return handler->second(request);
  }

 private:
  Hooks hooks() { return {.random = *random_, .psks = psks_}; }
  static Time now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    return {Instant{since}, WallTime{static_cast<std::uint64_t>(ms)}};
  }
  static Lifetime lifetime() { return lifetime_from(*now().wall, std::chrono::hours(24 * 7)); }
  Member& member(const Json& request) { return members_.at(request.at("member").get<std::string>()); }
  Group& group(const Json& request) {
    Member& one = member(request);
    if (!one.group) throw Refused{"no group"};
    return *one.group;
  }
  static Settings settings(const Json& request) {
    const bool in_public = request.value("public", false);
    return {.handshake = in_public ? HandshakeFormat::public_message : HandshakeFormat::private_message};
  }
  PreSharedKeyId external_psk(ByteView psk_id) {
    return make_psk_id(crypto::suite(suite_), ExternalPskId{to_bytes(psk_id)}, *random_);
  }

  Json begin(const Json& request) {
    suite_ = static_cast<crypto::SuiteId>(request.at("suite").get<std::uint16_t>());
    random_ = std::make_unique<taut::test::SeededRandom>(request.at("seed").get<std::uint64_t>());
    members_.clear();
    return Json::object();
  }
  Json psk(const Json& request) {
    psks_.known[hex(request, "psk_id")] = hex(request, "psk");
    return Json::object();
  }
  Json client(const Json& request) {
    const auto name = request.at("member").get<std::string>();
    Client made{suite_,
                must(crypto::SignatureKeyPair::generate(crypto::suite(suite_).signature, *random_)),
                Credential::basic(as_bytes(name)),
                with_grease(our_capabilities(suite_), *random_),
                {}};
    members_.insert_or_assign(name, Member{std::move(made), std::nullopt, std::nullopt});
    return Json::object();
  }
  Json key_package(const Json& request) {
    Member& one = member(request);
    one.own = must(one.client.make_key_package(lifetime(), *random_));
    return {{"key_package", to_hex(one.own->message())}};
  }
  Json create(const Json& request) {
    Member& one = member(request);
    one.group = must(Group::create(hooks(), one.client, GroupId(hex(request, "group_id")), lifetime(), {},
                                   settings(request)));
    return Json::object();
  }
  Json join(const Json& request) {
    Member& one = member(request);
    JoinOptions options;
    options.settings = settings(request);
    if (request.contains("tree")) options.ratchet_tree = hex(request, "tree");
    one.group = must(Group::join(hooks(), *one.own, hex(request, "welcome"), std::move(options)));
    return Json::object();
  }
  Json join_external(const Json& request) {
    Member& one = member(request);
    ExternalJoinOptions options;
    options.join.settings = settings(request);
    if (request.contains("replaces"))
      options.replaces = LeafIndex{request.at("replaces").get<std::uint32_t>()};
    auto joined =
        must(Group::join_externally(hooks(), one.client, hex(request, "group_info"), std::move(options)));
    one.group = std::move(joined.group);
    return {{"commit", to_hex(joined.commit)}};
  }

  static Bytes from_hex(const Json& text) { return hex(Json{{"x", text}}, "x"); }

  std::vector<Proposal> proposals(const Json& request) {
    std::vector<Proposal> list;
    for (const Json& add : request.value("adds", Json::array())) {
      const MlsMessage message = must(decoded<MlsMessage>(from_hex(add)));
      list.push_back({Add{*message.as<KeyPackage>()}});
    }
    for (const Json& remove : request.value("removes", Json::array()))
      list.push_back({Remove{LeafIndex{remove.get<std::uint32_t>()}}});
    for (const Json& psk_id : request.value("psks", Json::array()))
      list.push_back({PreSharedKey{external_psk(from_hex(psk_id))}});
    if (request.contains("required_credentials")) {
      GroupContextExtensions change;
      RequiredCapabilities required;
      for (const Json& type : request.at("required_credentials"))
        required.credential_types.push_back(static_cast<CredentialType>(type.get<std::uint16_t>()));
      change.extensions.set_as(ExtensionType::required_capabilities, required);
      list.push_back({std::move(change)});
    }
    return list;
  }

  /// Creates a commit and merges it: the driver's log accepts everything.
  Json commit(const Json& request) {
    CommitOptions options;
    options.proposals = proposals(request);
    if (request.value("path", true) == false) options.path = PathChoice::if_required;
    if (request.value("tree_apart", false)) options.tree = TreeDelivery::apart;
    Group& one = group(request);
    SentCommit sent = must(one.commit(std::move(options), now()));
    // Half of the time as from a log: it comes back, and is known by its hash.
    if (random_->u64() % 2 == 0) {
      must(one.merge_pending(now()));
    } else {
      Received received = must(one.receive(sent.commit, now()));
      must(one.merge(std::move(std::get<StagedCommit>(received)), now()));
    }
    Json made{{"commit", to_hex(sent.commit)}, {"tree", to_hex(one.ratchet_tree())}};
    if (sent.welcome) made["welcome"] = to_hex(*sent.welcome);
    return made;
  }
  Json propose(const Json& request) {
    Group& one = group(request);
    if (request.value("update", false)) return {{"message", to_hex(must(one.propose_update()).message)}};
    return {{"message", to_hex(must(one.propose(proposals(request).front(), now())).message)}};
  }
  Json receive(const Json& request) {
    Group& one = group(request);
    Received received = must(one.receive(hex(request, "message"), now()));
    if (const auto* data = std::get_if<ApplicationMessage>(&received))
      return {{"kind", "application"}, {"data", to_hex(data->data)}, {"sender", data->sender.value}};
    if (std::holds_alternative<ReceivedProposal>(received)) return {{"kind", "proposal"}};
    must(one.merge(std::move(std::get<StagedCommit>(received)), now()));
    return {{"kind", "commit"}, {"removed", one.status() == GroupStatus::removed}};
  }
  Json protect(const Json& request) {
    return {{"message", to_hex(must(group(request).protect(hex(request, "data"))))}};
  }
  Json group_info(const Json& request) { return {{"group_info", to_hex(must(group(request).group_info()))}}; }

  Json state(const Json& request) {
    const Group& one = group(request);
    Json members = Json::array();
    Json identities = Json::array();
    for (const LeafIndex leaf : one.members()) {
      members.push_back(leaf.value);
      const auto* basic = std::get_if<BasicCredential>(&one.member(leaf)->credential.value);
      identities.push_back(basic == nullptr ? std::string() : std::string(as_text(basic->identity)));
    }
    const auto label = request.value("label", std::string("interop"));
    const auto context = request.value("context", std::string("context"));
    return {{"epoch", one.context().epoch},
            {"epoch_authenticator", to_hex(one.epoch_authenticator())},
            {"exporter", to_hex(must(one.export_secret(label, as_bytes(context), 40)).expose())},
            {"tree_hash", to_hex(one.context().tree_hash.view())},
            {"leaf", one.own_leaf().value},
            {"members", members},
            {"identities", identities},
            {"unmerged", unmerged_leaves(one)}};
  }
  /// Leaves that some parent above them does not cover.
  static Json unmerged_leaves(const Group& group) {
    Json leaves = Json::array();
    for (const LeafIndex leaf : must(unmerged_of(group))) leaves.push_back(leaf.value);
    return leaves;
  }
  static Result<std::set<LeafIndex>> unmerged_of(const Group& group) {
    TAUT_TRY(const RatchetTree tree,
             RatchetTree::decoded(crypto::suite(group.context().cipher_suite).hash, group.ratchet_tree()));
    std::set<LeafIndex> leaves;
    for (NodeIndex node; tree.size().contains(node); ++node.value)
      if (const ParentNode* parent = node.is_leaf() ? nullptr : tree.parent_node(node))
        leaves.insert(parent->unmerged_leaves.begin(), parent->unmerged_leaves.end());
    return leaves;
  }
  /// Through the saved form and back.
  Json reload(const Json& request) {
    Group& one = group(request);
    one = must(Group::load(hooks(), one.save(), now()));
    return Json::object();
  }

  crypto::SuiteId suite_{};
  std::unique_ptr<taut::test::SeededRandom> random_;
  Psks psks_;
  std::map<std::string, Member> members_;
  using Handler = std::function<Json(const Json&)>;
  const std::map<std::string, Handler> handlers_{
      {"begin", [this](const Json& r) { return begin(r); }},
      {"psk", [this](const Json& r) { return psk(r); }},
      {"client", [this](const Json& r) { return client(r); }},
      {"key_package", [this](const Json& r) { return key_package(r); }},
      {"create", [this](const Json& r) { return create(r); }},
      {"join", [this](const Json& r) { return join(r); }},
      {"join_external", [this](const Json& r) { return join_external(r); }},
      {"commit", [this](const Json& r) { return commit(r); }},
      {"propose", [this](const Json& r) { return propose(r); }},
      {"receive", [this](const Json& r) { return receive(r); }},
      {"protect", [this](const Json& r) { return protect(r); }},
      {"group_info", [this](const Json& r) { return group_info(r); }},
      {"state", [this](const Json& r) { return state(r); }},
      {"reload", [this](const Json& r) { return reload(r); }},
  };
};

}  // namespace

int main() {
  Peer peer;
  for (std::string line; std::getline(std::cin, line);) {
    Json answer;
    try {
      answer = peer.answer(Json::parse(line));
    } catch (const Refused& refused) {
      answer = {{"error", refused.name}};
    } catch (const std::exception& wrong) {
      answer = {{"error", std::string("the request: ") + wrong.what()}};
    }
    std::cout << answer.dump() << std::endl;
  }
}
