#pragma once
// One page of a database file as it lies on disk: SQLite's page, with our checksum in the bytes that it
// reserves at the end (its file format, §1.3.4), and without copies of what has been deleted.

#include <span>

#include "base/bytes.hpp"

namespace taut::store {

inline constexpr std::size_t kPageBytes = 4096;
/// Bytes at the end of each page that SQLite leaves alone.
inline constexpr std::size_t kReservedBytes = 8;

using Page = std::span<Byte, kPageBytes>;
using PageView = std::span<const Byte, kPageBytes>;

/// Pages are numbered from 1.
using PageNumber = std::uint32_t;

/// Zeroes the gap between a b-tree page's cell pointers and its cells. SQLite's `secure_delete` zeroes
/// what is deleted, but when it spreads cells over several pages it leaves their old bytes in the gap,
/// where no later delete finds them.
void clear_gap(Page page, PageNumber number);

void seal_page(Page page, PageNumber number);
/// A page of nothing but zeros holds: the file has grown over it and nothing was written there yet.
bool page_holds(PageView page, PageNumber number);

}  // namespace taut::store
