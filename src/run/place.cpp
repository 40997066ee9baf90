#include "run/place.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "wire/writer.hpp"

namespace taut::run {
namespace {

constexpr std::size_t kMachineIdBytes = 32;  // machine-id(5)

std::string machine_id() {
  std::string id(kMachineIdBytes, '\0');
  std::ifstream file("/etc/machine-id");
  file.read(id.data(), static_cast<std::streamsize>(id.size()));
  id.resize(static_cast<std::size_t>(file.gcount()));
  return id;
}

}  // namespace

Bytes place_of(const std::filesystem::path& file) {
  struct statx found{};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_INO | STATX_BTIME, &found) != 0) return {};
  Bytes place;
  wire::Writer(place)
      .vector(as_bytes(machine_id()))
      .u32(found.stx_dev_major)
      .u32(found.stx_dev_minor)
      .u64(found.stx_ino)
      .u64(static_cast<std::uint64_t>(found.stx_btime.tv_sec))
      .u32(found.stx_btime.tv_nsec);
  return place;
}

}  // namespace taut::run
