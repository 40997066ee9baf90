#pragma once
// Carries out a dispatcher's storage operations (dispatcher/store.hpp) on its database, several in one
// transaction. One thread at a time.

#include <filesystem>
#include <memory>
#include <span>

#include "store/bundle_table.hpp"
#include "store/log_table.hpp"
#include "store/package_table.hpp"
#include "store/private_files.hpp"
#include "store/submission_index.hpp"
#include "store/token_table.hpp"

namespace taut::store {

class DispatcherTables {
 public:
  /// A dispatcher owns its database alone.
  /// @param random  for the keys of hash tables only, used here and not kept
  /// @errors        locked: another process has it; those of open()
  static Opened<std::unique_ptr<DispatcherTables>> open(const std::filesystem::path& file, Random& random);

  DispatcherTables(const DispatcherTables&) = delete;
  DispatcherTables& operator=(const DispatcherTables&) = delete;

  /// In their order. When it returns, every result that is a value is durable. When a write or the commit
  /// fails, everything since the last Erase has failed with it, and everything from then on.
  std::vector<dispatcher::StoreResult> carry_out(std::span<dispatcher::Operation> operations);

  /// Between batches, when nobody waits: keeps the log short.
  void shorten_log();
  enum class Rest : std::uint8_t { none, more };
  /// When there has been nothing to do for a while: gives free pages back, a few at a time.
  Rest shrink();

  /// A write has failed: what is on disk is known only after it has been closed and opened again.
  bool is_stopped() const { return is_stopped_ || database_.is_stopped(); }
  /// The last error in words.
  const Failure& failure() const { return database_.failure(); }

 private:
  /// Their index then takes 64 to 128 MiB.
  static constexpr std::size_t kSubmissionsMax = std::size_t{12} << 20;

  using Operations = std::span<dispatcher::Operation>;
  using Results = std::vector<dispatcher::StoreResult>;

  DispatcherTables(FileLock lock, Database database, Random& random);

  void carry_out_together(Operations operations, Results& results);
  Status apply_all(Operations operations, Results& results);
  dispatcher::StoreResult erase();

  using StoreResult = dispatcher::StoreResult;
  StoreResult apply(const dispatcher::LoadTotals&);
  StoreResult apply(const dispatcher::LoadNode&);
  StoreResult apply(const dispatcher::AddNode&);
  StoreResult apply(const dispatcher::RemoveNode&);
  StoreResult apply(const dispatcher::AddToken&);
  StoreResult apply(const dispatcher::SaveNote&);
  StoreResult apply(const dispatcher::ListNodes&);
  StoreResult apply(const dispatcher::DescribeNodes&);
  StoreResult apply(dispatcher::PutMessage&);
  StoreResult apply(const dispatcher::LookUpSubmission&);
  StoreResult apply(const dispatcher::FetchMessages&);
  StoreResult apply(const dispatcher::ReleaseMessages&);
  StoreResult apply(const dispatcher::SaveCard&);
  StoreResult apply(const dispatcher::LoadCard&);
  StoreResult apply(const dispatcher::Sweep&);
  StoreResult apply(const dispatcher::Erase&);
  StoreResult apply(const dispatcher::LoadLog& load) { return logs_.load_log(load); }
  StoreResult apply(const dispatcher::AddLog&);
  StoreResult apply(dispatcher::AppendEntry& append) { return logs_.append(append); }
  StoreResult apply(const dispatcher::LookUpEntry& look_up) { return logs_.look_up(look_up); }
  StoreResult apply(const dispatcher::ChangeLog&);
  StoreResult apply(const dispatcher::FetchEntries& fetch) { return logs_.fetch(fetch); }
  StoreResult apply(dispatcher::PutIntroduction& put) { return logs_.put_introduction(put); }
  StoreResult apply(const dispatcher::RemoveIntroductions& remove) {
    return logs_.remove_introductions(remove);
  }
  StoreResult apply(const dispatcher::SweepLogs& sweep) { return logs_.sweep(sweep); }
  StoreResult apply(const dispatcher::PublishPackages&);
  StoreResult apply(const dispatcher::ClaimPackage&);
  StoreResult apply(const dispatcher::SweepPackages&);

  Status load();
  Result<std::optional<dispatcher::SubmissionRecord>> known(NodeTable::Id inbox,
                                                            const SubmissionId& submission);
  Status fill_oldest(dispatcher::Listed& listed);
  class Sweeping;

  FileLock lock_;
  Database database_;
  NodeTable nodes_;
  BundleTable bundles_;
  SubmissionIndex submissions_;
  TokenTable tokens_;
  LogTable logs_;
  PackageTable packages_;
  Calendar calendar_;
  bool is_stopped_ = false;
};

}  // namespace taut::store
