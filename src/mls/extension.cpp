#include "mls/extension.hpp"

namespace taut::mls {

Result<Extension> Extension::read(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t type, in.u16());
  TAUT_TRY(Bytes data, read_bytes(in));
  return Extension{static_cast<ExtensionType>(type), std::move(data)};
}

void Extension::write(wire::Writer& out) const { out.u16(static_cast<std::uint16_t>(type)).vector(data); }

const Bytes* Extensions::find(ExtensionType type) const {
  const auto found = std::ranges::find(list_, type, &Extension::type);
  return found == list_.end() ? nullptr : &found->data;
}

void Extensions::set(ExtensionType type, Bytes data) {
  const auto found = std::ranges::find(list_, type, &Extension::type);
  if (found != list_.end()) {
    found->data = std::move(data);
  } else {
    list_.push_back({type, std::move(data)});
  }
}

void Extensions::remove(ExtensionType type) {
  std::erase_if(list_, [type](const Extension& one) { return one.type == type; });
}

Result<Extensions> Extensions::read(wire::Reader& in) {
  Extensions extensions;
  TAUT_TRY(extensions.list_, read_list<Extension>(in));
  std::vector<ExtensionType> types;
  types.reserve(extensions.list_.size());
  for (const Extension& one : extensions.list_) types.push_back(one.type);
  std::ranges::sort(types);
  if (std::ranges::adjacent_find(types) != types.end()) return refuse(errors::kDuplicateExtension);
  return extensions;
}

void Extensions::write(wire::Writer& out) const { write_list(out, list_); }

}  // namespace taut::mls
