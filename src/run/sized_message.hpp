#pragma once
// Messages on a stream between processes of one machine: struct { uint32 size; opaque message[size]; }

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::run {

Bytes sized(ByteView message);

/// Takes the first whole message out of what was heard; nullopt: more must come.
/// @errors malformed (too_large): it announces more than `size_max`
Result<std::optional<Bytes>> take_sized(Bytes& heard, std::size_t size_max);

}  // namespace taut::run
