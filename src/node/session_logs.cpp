// The part of a session that is about topics' logs and key packages.

#include "node/session.hpp"

namespace taut::node {

// Asking.

frame::RequestId Session::open_log(const LogId& log, const frame::AccessKey& key,
                                   const frame::AccessProof& proof, const Retention& retention) {
  const frame::RequestId request = ask(Kind::open_log);
  const auto retention_s = static_cast<std::uint32_t>(retention.time.count());
  write(frame::OpenLog{request, log, key, proof, retention_s, retention.bytes, {}});
  return request;
}

frame::RequestId Session::prove_access(const LogId& log, const frame::AccessKey& key,
                                       const frame::AccessProof& proof) {
  const frame::RequestId request = ask(Kind::prove_access);
  write(frame::ProveAccess{request, log, key, proof, {}});
  return request;
}

frame::RequestId Session::append_entry(const LogId& log, const frame::AccessKey& key,
                                       const SubmissionId& submission, ByteView entry,
                                       const std::optional<frame::AccessKey>& successor) {
  frame::Append append;
  append.request = ask(Kind::append, put_cost(entry.size()));
  append.log = log;
  append.key = key;
  append.submission = submission;
  append.successor = successor;
  append.size = static_cast<std::uint32_t>(entry.size());
  append.chunk = first_chunk(entry);
  write(append);
  write_rest<frame::AppendChunk>(append.request, entry);
  return append.request;
}

frame::RequestId Session::name_successor(const LogId& log, const frame::AccessKey& key,
                                         const frame::AccessKey& successor) {
  const frame::RequestId request = ask(Kind::name_successor);
  write(frame::NameSuccessor{request, log, key, successor, {}});
  return request;
}

frame::RequestId Session::set_retention(const LogId& log, const frame::AccessKey& key,
                                        const Retention& retention) {
  const frame::RequestId request = ask(Kind::set_retention);
  const auto retention_s = static_cast<std::uint32_t>(retention.time.count());
  write(frame::SetRetention{request, log, key, retention_s, retention.bytes, {}});
  return request;
}

frame::RequestId Session::read_log(const LogId& log, const frame::AccessKey& key, frame::Shelf shelf,
                                   frame::LogNumber after, frame::Until until) {
  const frame::RequestId request = ask(Kind::read_log);
  readings_.emplace(request, Reading{until, after});
  write(frame::ReadLog{request, log, key, shelf, after, until, first_credit(), {}});
  return request;
}

frame::RequestId Session::end_reading(frame::RequestId reading) {
  const frame::RequestId request = ask(Kind::end_reading);
  questions_.at(request).reading = reading;
  write(frame::EndReading{request, reading, {}});
  return request;
}

frame::RequestId Session::introduce(const LogId& log, const SubmissionId& submission,
                                    std::chrono::seconds ttl, ByteView introduction) {
  const frame::RequestId request = ask(Kind::introduce);
  const auto ttl_s = static_cast<std::uint32_t>(ttl.count());
  write(frame::Introduce{request, log, submission, ttl_s, introduction, {}});
  return request;
}

frame::RequestId Session::release_introductions(const LogId& log, const frame::AccessKey& key,
                                                std::vector<frame::LogNumber> numbers) {
  const frame::RequestId request = ask(Kind::release_introductions);
  write(frame::ReleaseIntroductions{request, log, key, std::move(numbers), {}});
  return request;
}

frame::RequestId Session::publish_key_packages(std::uint64_t batch, frame::Restock restock,
                                               std::vector<frame::KeyPackageOffer> offers) {
  const frame::RequestId request = ask(Kind::publish_key_packages);
  write(frame::PublishKeyPackages{request, batch, restock, std::move(offers), {}});
  return request;
}

frame::RequestId Session::claim_key_package(const NodeId& node, std::uint16_t suite, ByteView token) {
  const frame::RequestId request = ask(Kind::claim_key_package);
  write(frame::ClaimKeyPackage{request, node, suite, token, {}});
  return request;
}

frame::RequestId Session::count_key_packages() {
  const frame::RequestId request = ask(Kind::count_key_packages);
  write(frame::CountKeyPackages{request, {}});
  return request;
}

// Hearing.

Session::Event Session::on(const frame::Appended& appended) {
  TAUT_CHECK(answered(appended.request, {Kind::append}));
  return EntryAppended{appended.request, appended.state, appended.number,
                       std::chrono::seconds(appended.retry_after_s)};
}

Status Session::begin_entry(const frame::LogEntry& entry, Reading& reading) {
  if (credit_ <= 0 || entry.number <= reading.last) return violation();
  credit_ -= static_cast<std::int64_t>(entry.size) + frame::kEntryCost;
  reading.last = entry.number;
  return {};
}

Session::Event Session::on(const frame::LogEntries& read) {
  const auto reading = readings_.find(read.reading);
  if (is_in_pieces() || reading == readings_.end()) return violation();
  EntriesRead event{read.reading, {}};
  for (const frame::LogEntry& one : read.entries) {
    TAUT_CHECK(begin_entry(one, reading->second));
    ReadEntry entry{one.number, one.received, to_bytes(one.chunk)};
    if (entry.entry.size() == one.size) {
      event.entries.push_back(std::move(entry));
    } else {
      partial_entry_ = PartialEntry{read.reading, std::move(entry), one.size};
    }
  }
  if (event.entries.empty()) return std::nullopt;
  return event;
}

Session::Event Session::on(const frame::LogEntryChunk& chunk) {
  if (!partial_entry_ || chunk.reading != partial_entry_->reading) return violation();
  ReadEntry& entry = partial_entry_->entry;
  const bool fits =
      chunk.offset == entry.entry.size() && chunk.chunk.size() <= partial_entry_->size - entry.entry.size();
  if (chunk.number != entry.number || !fits) return violation();
  append(entry.entry, chunk.chunk);
  if (entry.entry.size() < partial_entry_->size) return std::nullopt;
  EntriesRead event{chunk.reading, {}};
  event.entries.push_back(std::move(entry));
  partial_entry_.reset();
  return event;
}

Session::Event Session::on(const frame::LogDrained& drained) {
  const auto reading = readings_.find(drained.reading);
  if (is_in_pieces() || reading == readings_.end()) return violation();
  TAUT_CHECK(answered(drained.reading, {Kind::read_log}));
  if (reading->second.until == frame::Until::drained) readings_.erase(reading);
  return ReadingDrained{drained.reading, drained.last, drained.gone};
}

// It may have been drained before, or not.
Session::Event Session::on(const frame::ReadingEnded& ended) {
  if (is_in_pieces() || readings_.erase(ended.reading) == 0) return violation();
  questions_.erase(ended.reading);
  return ReadingOver{ended.reading};
}

Session::Event Session::on(const frame::Introduced& introduced) {
  TAUT_CHECK(answered(introduced.request, {Kind::introduce}));
  return IntroductionTaken{introduced.request};
}

Session::Event Session::on(const frame::KeyPackageAnswer& answer) {
  TAUT_CHECK(answered(answer.request, {Kind::claim_key_package}));
  KeyPackageClaimed claimed{answer.request, std::nullopt};
  if (answer.package) claimed.package = to_bytes(*answer.package);
  return claimed;
}

Session::Event Session::on(const frame::KeyPackageCounts& counts) {
  TAUT_CHECK(answered(counts.request, {Kind::count_key_packages}));
  return KeyPackagesCounted{counts.request, counts.counts};
}

Session::Event Session::on(const frame::KeyPackageNotice& notice) { return KeyPackagesLow{notice.counts}; }

}  // namespace taut::node
