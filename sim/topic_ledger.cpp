#include "sim/topic_ledger.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::sim {

namespace {

std::string to_text(const SpokenWord& word) {
  return "message " + std::to_string(word.number) + " of m" + std::to_string(word.from);
}

}  // namespace

Bytes SpokenWord::body() const {
  return wire::written([&](wire::Writer& out) { out.u64(from).u64(number); });
}

std::optional<SpokenWord> SpokenWord::read(ByteView body) {
  wire::Reader in(body);
  const auto from = in.u64();
  const auto number = in.u64();
  if (!from || !number || !in.finish()) return std::nullopt;
  return SpokenWord{static_cast<MachineId>(*from), *number};
}

void TopicLedger::said(const SpokenWord& word, const MessageId& id, std::set<MachineId> audience) {
  chronicle_.note(word.from, "said", word.number, audience.size());
  words_[id] = {word, std::move(audience), {}};
  ids_[word] = id;
}

void TopicLedger::heard(MachineId who, const topic::MessageReceived& message) {
  const auto word = SpokenWord::read(message.body);
  if (!word || !ids_.contains(*word))
    return chronicle_.violate("what_was_said", "nobody said what m" + std::to_string(who) + " heard");
  chronicle_.note(who, message.delivery == topic::Delivery::late ? "heard late" : "heard", word->from,
                  word->number);
  const std::string what = to_text(*word) + " at m" + std::to_string(who);
  const Word& known = words_.at(ids_.at(*word));
  chronicle_.require(known.audience.contains(who), "for_those_who_were_there", what);
  for (const Heard& one : ears_[who]) {
    if (one.word.from != word->from) continue;
    chronicle_.require(one.word.number != word->number, "heard_once", what);
    const bool is_behind = one.word.number > word->number && one.delivery == topic::Delivery::in_order;
    chronicle_.require(!is_behind || message.delivery == topic::Delivery::late || shaken_.contains(who) ||
                           shaken_.contains(word->from),
                       "order_holds", what);
  }
  ears_[who].push_back({*word, message.delivery});
}

void TopicLedger::acknowledged(const MessageId& id) {
  const auto word = words_.find(id);
  if (word == words_.end()) return;
  chronicle_.note(word->second.word.from, "acknowledged", word->second.word.number);
  word->second.fate = Word::Fate::acknowledged;
  ++acknowledged_;
}

void TopicLedger::unsent(const MessageId& id) {
  const auto word = words_.find(id);
  if (word == words_.end()) return;
  chronicle_.note(word->second.word.from, "unsent", word->second.word.number);
  word->second.fate = Word::Fate::unsent;
}

void TopicLedger::check_arrived(const Word& word, const Outboxes& outboxes) {
  using Fate = Word::Fate;
  const MachineId from = word.word.from;
  // Whoever is restored forgets what it said since.
  chronicle_.require(word.fate != Fate::open || restored_.contains(from) || outboxes.waits(from),
                     "nothing_vanishes", to_text(word.word));
  if (word.fate != Fate::acknowledged || shaken_.contains(from) || outboxes.histories_differed) return;
  for (const MachineId who : word.audience) {
    if (who == from || shaken_.contains(who) || !outboxes.is_open(who)) continue;
    const bool is_here =
        std::ranges::any_of(ears_[who], [&](const Heard& one) { return one.word == word.word; });
    chronicle_.require(is_here, "all_arrives", to_text(word.word) + " not at m" + std::to_string(who));
  }
}

void TopicLedger::check_at_the_end(const Outboxes& outboxes) {
  for (const auto& [word, id] : ids_) check_arrived(words_.at(id), outboxes);
}

}  // namespace taut::sim
