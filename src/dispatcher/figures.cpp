#include "dispatcher/figures.hpp"

#include <array>

namespace taut::dispatcher {

namespace {

constexpr auto kCounter = FigureKind::counter;
constexpr auto kGauge = FigureKind::gauge;

constexpr std::array kRows{
    FigureRow{"frames_in", kCounter, "Frames that came", &Counters::frames_in},
    FigureRow{"frames_out", kCounter, "Frames that went out", &Counters::frames_out},
    FigureRow{"messages_stored", kCounter, "Messages put on disk", &Counters::messages_stored},
    FigureRow{"messages_repeated", kCounter, "Submissions that were known already",
              &Counters::messages_repeated},
    FigureRow{"messages_full", kCounter, "Puts refused for lack of room", &Counters::messages_full},
    FigureRow{"messages_declined", kCounter, "Puts refused for good", &Counters::messages_declined},
    FigureRow{"messages_relayed", kCounter, "Online-only messages passed on", &Counters::messages_relayed},
    FigureRow{"messages_delivered", kCounter, "Deliveries, repeated ones included",
              &Counters::messages_delivered},
    FigureRow{"messages_released", kCounter, "Messages that their owner has", &Counters::messages_released},
    FigureRow{"messages_expired", kCounter, "Messages whose time was over", &Counters::messages_expired},
    FigureRow{"uploads_abandoned", kCounter, "Uploads given up half way", &Counters::uploads_abandoned},
    FigureRow{"cards_published", kCounter, "Cards taken", &Counters::cards_published},
    FigureRow{"cards_refused", kCounter, "Cards refused", &Counters::cards_refused},
    FigureRow{"entries_appended", kCounter, "Log entries put on disk", &Counters::entries_appended},
    FigureRow{"entries_repeated", kCounter, "Appends that were known already", &Counters::entries_repeated},
    FigureRow{"entries_refused", kCounter, "Appends without access, or too late", &Counters::entries_refused},
    FigureRow{"entries_full", kCounter, "Appends refused for lack of room", &Counters::entries_full},
    FigureRow{"entries_delivered", kCounter, "Log entries sent to readers", &Counters::entries_delivered},
    FigureRow{"entries_gone", kCounter, "Log entries let go, by age or for room", &Counters::entries_gone},
    FigureRow{"access_proven", kCounter, "Access keys proven", &Counters::access_proven},
    FigureRow{"access_refused", kCounter, "Proofs of access that were refused", &Counters::access_refused},
    FigureRow{"introductions_kept", kCounter, "Introductions put into boxes", &Counters::introductions_kept},
    FigureRow{"introductions_dropped", kCounter, "Introductions for which there was no box or no room",
              &Counters::introductions_dropped},
    FigureRow{"key_packages_claimed", kCounter, "Key packages handed out once",
              &Counters::key_packages_claimed},
    FigureRow{"last_resorts_claimed", kCounter, "Key packages handed out as a last resort",
              &Counters::last_resorts_claimed},
    FigureRow{"budgets_exceeded", kCounter, "Refusals because too much came from one place",
              &Counters::budgets_exceeded},
    FigureRow{"violations", kCounter, "Links ended because a rule was broken", &Counters::violations},
    FigureRow{"connections_refused", kCounter, "Links refused for lack of room",
              &Counters::connections_refused},
    FigureRow{"connections_idled", kCounter, "Links ended for silence", &Counters::connections_idled},
    FigureRow{"connections_slow", kCounter, "Links ended because they did not read",
              &Counters::connections_slow},
    FigureRow{"store_failures", kCounter, "Storage operations that failed", &Counters::store_failures},
    FigureRow{"uptime_seconds", kGauge, "Since the start", &Counters::uptime_s},
    FigureRow{"connections", kGauge, "Links that are up", &Counters::connections},
    FigureRow{"nodes", kGauge, "Registered nodes", &Counters::nodes},
    FigureRow{"stored_messages", kGauge, "Messages in all inboxes", &Counters::stored_messages},
    FigureRow{"stored_bytes", kGauge, "Their bytes", &Counters::stored_bytes},
    FigureRow{"buffered_put_bytes", kGauge, "Puts without an outcome yet", &Counters::buffered_put_bytes},
    FigureRow{"unsent_bytes", kGauge, "Frames that the carriers have not taken yet", &Counters::unsent_bytes},
    FigureRow{"residents", kGauge, "Nodes whose record is in memory", &Counters::residents},
    FigureRow{"logs", kGauge, "Topics' logs", &Counters::logs},
    FigureRow{"log_entries", kGauge, "Entries in all logs", &Counters::log_entries},
    FigureRow{"log_bytes", kGauge, "Their bytes", &Counters::log_bytes},
    FigureRow{"log_residents", kGauge, "Logs whose record is in memory", &Counters::log_residents},
    FigureRow{"operations_open", kGauge, "Storage operations under way", &Counters::operations_open},
};

}  // namespace

std::span<const FigureRow> figure_rows() { return kRows; }

std::vector<Figure> figures_of(const Counters& counters) {
  std::vector<Figure> figures;
  for (const FigureRow& row : kRows) figures.push_back({std::string(row.name), counters.*row.value});
  return figures;
}

}  // namespace taut::dispatcher
