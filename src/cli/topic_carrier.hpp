#pragma once
// Topics on carriers without a log: what a person says of them, and how a process comes to them.

#include "cli/context.hpp"
#include "cli/requests.hpp"
#include "introduction/locator.hpp"
#include "node/topic_carrier.hpp"
#include "run/carrier_topic_runner.hpp"

namespace taut::cli {

using CarrierWay = decltype(run::CarrierTopicRunner::Way::open);

/// Of a topic's places: the first broker whose URL can be used; none: there is no broker.
std::optional<carrier::MqttUrl> broker_of(std::span<const introduction::Place> places);
/// What the node keeps to get there: a new client ID, the login from its file.
/// @errors usage (bad_login_file, no_file)
Outcome<node::TopicCarrier> broker_carrier(const BrokerAccess& access, Context& context);

CarrierWay way_to_broker(carrier::Loop& loop, Random& random, const node::TopicCarrier& carrier);
CarrierWay way_through_pipe(carrier::Loop& loop, Random& random, const carrier::PipeSettings& settings);

/// What is wrong with a URL that was typed.
std::unexpected<Failure> url_failure(const Error& error, const std::string& text);
/// Waiting does not help: somebody has to mend something.
bool is_for_a_person(const Error& error);
/// Why there is no broker, or no pipe.
std::unexpected<Failure> carrier_failure(const Error& error);

}  // namespace taut::cli
