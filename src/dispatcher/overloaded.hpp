#pragma once
// One visitor from several lambdas.

namespace taut::dispatcher {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace taut::dispatcher
