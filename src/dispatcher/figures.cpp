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
