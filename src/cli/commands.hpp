#pragma once
// The commands: each does what one request asks for.

#include "cli/context.hpp"
#include "cli/requests.hpp"

namespace taut::cli {

Done run(const HelpRequest& request, Context& context);
Done run(const VersionRequest& request, Context& context);
Done run(const InitRequest& request, Context& context);
Done run(const InitDeviceRequest& request, Context& context);
Done run(const IdRequest& request, Context& context);
Done run(const StatusRequest& request, Context& context);
Done run(const DoctorRequest& request, Context& context);
Done run(const AccessRequest& request, Context& context);
Done run(const RevokeRequest& request, Context& context);
Done run(const RevokeMakeRequest& request, Context& context);
Done run(const BackupRequest& request, Context& context);
Done run(const RestoreRequest& request, Context& context);
Done run(const ContactAddRequest& request, Context& context);
Done run(const ContactListRequest& request, Context& context);
Done run(const ContactShowRequest& request, Context& context);
Done run(const ContactRenameRequest& request, Context& context);
Done run(const ContactRemoveRequest& request, Context& context);
Done run(const ContactSucceedRequest& request, Context& context);
Done run(const ContactVerifyRequest& request, Context& context);
Done run(const DispatcherRunRequest& request, Context& context);
Done run(const DispatcherUseRequest& request, Context& context);
Done run(const DispatcherForgetRequest& request, Context& context);
Done run(const DispatcherListRequest& request, Context& context);
Done run(const UpRequest& request, Context& context);
Done run(const DispatcherEnrollRequest& request, Context& context);
Done run(const DispatcherRevokeRequest& request, Context& context);
Done run(const DispatcherDevicesRequest& request, Context& context);
Done run(const DispatcherStatsRequest& request, Context& context);
Done run(const DevicesRequest& request, Context& context);
Done run(const DevicesAllowRequest& request, Context& context);
Done run(const DevicesDenyRequest& request, Context& context);
Done run(const SendRequest& request, Context& context);
Done run(const RecvRequest& request, Context& context);
Done run(const OutboxRequest& request, Context& context);
Done run(const OutboxRetryRequest& request, Context& context);
Done run(const OutboxDropRequest& request, Context& context);
Done run(const TopicCreateRequest& request, Context& context);
Done run(const TopicInviteRequest& request, Context& context);
Done run(const TopicJoinRequest& request, Context& context);
Done run(const TopicListRequest& request, Context& context);
Done run(const TopicShowRequest& request, Context& context);
Done run(const TopicRemoveRequest& request, Context& context);
Done run(const TopicUnbarRequest& request, Context& context);
Done run(const TopicLeaveRequest& request, Context& context);
Done run(const TopicForgetRequest& request, Context& context);
Done run(const TopicSetRequest& request, Context& context);
Done run(const TopicRequestsRequest& request, Context& context);
Done run(const TopicAcceptRequest& request, Context& context);
Done run(const TopicDeclineRequest& request, Context& context);
Done run(const TopicSendRequest& request, Context& context);
Done run(const TopicRecvRequest& request, Context& context);
Done run(const TopicFilterRequest& request, Context& context);
Done run(const TopicChatRequest& request, Context& context);
Done run(const TopicInvitationsRequest& request, Context& context);
Done run(const TopicRevokeRequest& request, Context& context);

}  // namespace taut::cli
