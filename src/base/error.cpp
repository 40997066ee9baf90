#include "base/error.hpp"

namespace taut {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::malformed:
      return "malformed";
    case Errc::unauthentic:
      return "unauthentic";
    case Errc::replayed:
      return "replayed";
    case Errc::violation:
      return "violation";
    case Errc::incompatible:
      return "incompatible";
    case Errc::exhausted:
      return "exhausted";
    case Errc::unavailable:
      return "unavailable";
    case Errc::misuse:
      return "misuse";
  }
  return "unknown";
}

}  // namespace taut
