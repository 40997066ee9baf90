#pragma once
// What docs/mls.md shows, as code that is built and run (tests/unit/mls/examples_test.cpp).

#include <map>
#include <string>

#include "mls/group.hpp"

namespace taut::mls::examples {

/// A store for records: a map here, a table in a real one.
using Store = std::map<Bytes, Bytes>;

Result<Client> make_client(std::string_view name, Random& random);
Result<Group> create(const Client& alice, Random& random, Time now);
Result<Group> add(Group& alice, const Client& bob, Random& random, Time now);
Result<Bytes> send(Group& group, std::string_view text);
Result<std::string> receive(Group& group, ByteView message, Time now);
Result<Bytes> remove(Group& group, std::string_view name, Time now);
Result<Group> rejoin(const Client& bob, const Group& alice, LeafIndex old_leaf, Bytes& commit,
                     Random& random);
void save(Group& group, Store& store);
Result<Group> load(const Store& store, Random& random, Time now);

}  // namespace taut::mls::examples
