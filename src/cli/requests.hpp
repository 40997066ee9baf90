#pragma once
// What a command line asks for: one struct a command, as the manual page has them.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "carrier/address.hpp"
#include "identity/address.hpp"

namespace taut::cli {

/// Flags that may stand before or after the command.
struct Globals {
  bool json = false;
  bool verbose = false;
  std::optional<std::string> home;
};

struct HelpRequest {
  std::string text;  ///< what to print
};
struct VersionRequest {};

struct InitRequest {
  std::string name;
  std::optional<std::string> revocation;  ///< the file for it; none: beside the folder
};
/// A state folder for a device that has nobody to set it up.
struct InitDeviceRequest {
  std::string name;
  std::filesystem::path out;
  std::optional<std::string> dispatcher;  ///< its link; none: the one that runs here
  std::optional<std::string> token;       ///< `-`: on stdin
};
struct IdRequest {};
struct StatusRequest {};
struct DoctorRequest {};
/// Who may fill my inbox; none: print it.
enum class AccessFor { anybody, contacts };
struct AccessRequest {
  std::optional<AccessFor> who;
};
struct RevokeRequest {
  std::string file;             ///< `-`: stdin
  std::vector<std::string> at;  ///< links of dispatchers
};
struct RevokeMakeRequest {
  std::string file;                      ///< `-`: stdout
  std::optional<std::string> successor;  ///< its link
};
struct BackupRequest {
  std::string file;                       ///< `-`: stdout
  std::optional<std::string> passphrase;  ///< a file with it; none: typed
};
struct RestoreRequest {
  std::string file;  ///< `-`: stdin
  std::optional<std::string> passphrase;
};

struct ContactAddRequest {
  std::string petname;
  std::string link;  ///< `-`: on stdin
};
struct ContactListRequest {};
struct ContactShowRequest {
  std::string petname;
};
struct ContactRenameRequest {
  std::string petname;
  std::string new_petname;
};
struct ContactRemoveRequest {
  std::string petname;
};
struct ContactSucceedRequest {
  std::string petname;
};
struct ContactVerifyRequest {
  std::string petname;
  std::optional<std::string> number;  ///< what the contact read out; none: print ours
};

enum class DispatcherPolicy { open, closed };
/// A loopback address or a Unix socket.
using MetricsPlace = std::variant<carrier::Address, std::filesystem::path>;
struct DispatcherRunRequest {
  carrier::Address listen;
  std::optional<carrier::Address> advertise;  ///< the address in the link, where it differs
  std::optional<DispatcherPolicy> policy;
  std::optional<MetricsPlace> metrics;
  std::vector<identity::Carrier> carriers{identity::Carrier::tcp,
                                          identity::Carrier::udp};  ///< preferred first
};
/// Stay online; with `dispatch`, be a dispatcher too.
struct UpRequest {
  std::optional<DispatcherRunRequest> dispatch;
};
struct DispatcherUseRequest {
  std::string link;                  ///< `-`: on stdin
  std::optional<std::string> token;  ///< `-`: on stdin
};
struct DispatcherForgetRequest {
  std::string which;  ///< node ID or name
};
struct DispatcherListRequest {};

// For who runs a dispatcher.
struct DispatcherEnrollRequest {
  std::uint32_t uses = 1;
  std::chrono::seconds lifetime{0};
};
struct DispatcherRevokeRequest {
  std::string node;
};
struct DispatcherDevicesRequest {};
struct DispatcherStatsRequest {};

struct DevicesRequest {};
struct DevicesAllowRequest {
  std::string who;
};
struct DevicesDenyRequest {
  std::string who;
};

/// At how many of the contact's dispatchers a message is stored.
enum class Copies { one, two, all };
enum class WaitFor { stored, fetched, released };
struct SendRequest {
  std::string who;
  std::string text;    ///< `-`: stdin
  bool lines = false;  ///< a message a line
  Copies copies = Copies::two;
  WaitFor wait = WaitFor::stored;
  std::optional<std::chrono::milliseconds> timeout;  ///< of waiting for more than stored
  std::optional<std::chrono::seconds> expires;
  bool online_only = false;
};
struct RecvRequest {
  std::optional<std::uint64_t> count;
  std::optional<std::chrono::milliseconds> timeout;
  bool follow = false;
};
struct OutboxRequest {};
struct OutboxRetryRequest {};
struct OutboxDropRequest {
  std::string message;  ///< its ID
};

/// How to get at a broker; nothing of it goes into links.
struct BrokerAccess {
  std::optional<std::string> login;  ///< a file: user name, password; none: the environment's, or no login
  std::optional<std::string> ca;     ///< a file with certificates; none: the system's
};
/// At the dispatchers in use, or else at a broker or on pipes.
struct TopicCreateRequest {
  std::string name;
  std::optional<std::string> mqtt;  ///< a URL
  BrokerAccess access;
  bool pipe = false;
  std::optional<std::string> with;  ///< this contact alone
};
/// Who has the link gets in without being asked about; `open`: somebody has to say yes.
struct TopicInviteRequest {
  std::string name;
  std::uint16_t uses = 1;  ///< 0: without limit
  std::optional<std::chrono::seconds> life;
  std::optional<std::chrono::seconds> pair;  ///< stay so long, and let in whoever asks
  bool open = false;
};
struct TopicInvitationsRequest {
  std::string name;
};
struct TopicRevokeRequest {
  std::string name;
  std::string which;  ///< a link, or an invitation's ID
};
struct TopicJoinRequest {
  std::string link;  ///< `-`: on stdin
  std::optional<std::string> name;
  std::optional<std::chrono::milliseconds> timeout;
  BrokerAccess access;  ///< where the link leads to a broker
};
struct TopicListRequest {};
struct TopicShowRequest {
  std::string name;
};
struct TopicRemoveRequest {
  std::string name;
  std::string who;
  bool bar = false;  ///< it may not come back
};
struct TopicUnbarRequest {
  std::string name;
  std::string who;
};
struct TopicLeaveRequest {
  std::string name;
};
struct TopicForgetRequest {
  std::string name;
};
struct TopicSetRequest {
  std::string name;
  std::optional<std::chrono::seconds> expires;
  std::optional<std::string> title;
  std::optional<std::string> home;  ///< a dispatcher's link
  std::optional<std::vector<std::string>> fallbacks;
  std::vector<std::string> committers;  ///< petnames or node IDs, in order; none: as they are
};
struct TopicRequestsRequest {
  std::string name;
};
struct TopicAcceptRequest {
  std::string name;
  std::string who;
};
struct TopicDeclineRequest {
  std::string name;
  std::string who;
};
struct TopicSendRequest {
  std::string name;
  std::string text;    ///< `-`: stdin
  bool lines = false;  ///< a message a line
  std::optional<std::chrono::seconds> expires;
};
/// A topic of pipes, on standard input and output.
struct TopicFilterRequest {
  std::string name;
  bool frames = false;  ///< with their sizes; else as lines of text
};
struct TopicRecvRequest {
  std::string name;
  std::optional<std::uint64_t> count;
  std::optional<std::chrono::milliseconds> timeout;
  bool follow = false;
};
struct TopicChatRequest {
  std::string name;
};

using Request = std::variant<
    HelpRequest, VersionRequest, InitRequest, InitDeviceRequest, IdRequest, StatusRequest, DoctorRequest,
    AccessRequest, RevokeRequest, RevokeMakeRequest, BackupRequest, RestoreRequest, ContactAddRequest,
    ContactListRequest, ContactShowRequest, ContactRenameRequest, ContactRemoveRequest, ContactSucceedRequest,
    ContactVerifyRequest, DispatcherRunRequest, DispatcherUseRequest, DispatcherForgetRequest,
    DispatcherListRequest, DispatcherEnrollRequest, DispatcherRevokeRequest, DispatcherDevicesRequest,
    DispatcherStatsRequest, DevicesRequest, DevicesAllowRequest, DevicesDenyRequest, UpRequest, SendRequest,
    RecvRequest, OutboxRequest, OutboxRetryRequest, OutboxDropRequest, TopicCreateRequest, TopicInviteRequest,
    TopicJoinRequest, TopicListRequest, TopicShowRequest, TopicRemoveRequest, TopicUnbarRequest,
    TopicLeaveRequest, TopicForgetRequest, TopicSetRequest, TopicRequestsRequest, TopicAcceptRequest,
    TopicDeclineRequest, TopicSendRequest, TopicRecvRequest, TopicFilterRequest, TopicChatRequest,
    TopicInvitationsRequest, TopicRevokeRequest>;

}  // namespace taut::cli
