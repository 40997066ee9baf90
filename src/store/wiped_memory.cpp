#include "store/wiped_memory.hpp"

#include <sqlite3.h>

#include <mutex>

#include "base/secret.hpp"

namespace taut::store {

namespace {

sqlite3_mem_methods plain;

void wipe_at(void* memory) {
  wipe({static_cast<Byte*>(memory), static_cast<std::size_t>(plain.xSize(memory))});
}

void free_wiped(void* memory) {
  if (memory != nullptr) wipe_at(memory);
  plain.xFree(memory);
}

void* resize_wiped(void* memory, int size) {
  const int old_size = plain.xSize(memory);
  if (size <= old_size && size > old_size / 2) return memory;
  void* const moved = plain.xMalloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, static_cast<std::size_t>(std::min(size, old_size)));
  free_wiped(memory);
  return moved;
}

void configure() {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
  sqlite3_mem_methods wiped = plain;
  wiped.xFree = free_wiped;
  wiped.xRealloc = resize_wiped;
  sqlite3_config(SQLITE_CONFIG_MALLOC, &wiped);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

}  // namespace

void wipe_sqlite_memory() {
  static std::once_flag once;
  std::call_once(once, configure);
}

}  // namespace taut::store
