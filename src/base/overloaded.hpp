#pragma once
// std::visit with one lambda for each alternative.

namespace taut {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace taut
