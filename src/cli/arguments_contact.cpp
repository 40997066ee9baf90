#include "cli/argument_parser.hpp"

namespace taut::cli {
namespace {

struct TypedAdd : Typed, ContactAddRequest {};
struct TypedRename : Typed, ContactRenameRequest {};
struct TypedVerify : Typed, ContactVerifyRequest {};
struct TypedName : Typed {
  std::string petname;
};

/// A command whose one word is a petname.
template <class Named>
void named(ArgumentParser& parser, CLI::App& contact, const std::string& verb, const std::string& about) {
  auto& typed = parser.command<TypedName>(contact, verb, about,
                                          [](const TypedName& it) -> Request { return Named{it.petname}; });
  word(typed, "NAME", typed.petname, "The contact's petname")->required();
}

}  // namespace

void declare_contact_commands(ArgumentParser& parser) {
  CLI::App& contact = parser.noun("contact", "Whom I know");
  auto& add = parser.command<TypedAdd>(contact, "add", "Take somebody's link as a contact",
                                       [](const ContactAddRequest& typed) -> Request { return typed; });
  word(add, "NAME", add.petname, "How I call the contact")->required();
  word(add, "LINK", add.link, "What the contact's `taut id` prints; - reads it from stdin")->required();
  parser.command<Typed>(contact, "list", "All contacts",
                        [](const Typed&) -> Request { return ContactListRequest{}; });
  named<ContactShowRequest>(parser, contact, "show", "One contact, with its link");
  named<ContactSucceedRequest>(parser, contact, "succeed",
                               "Put the successor of a revoked contact in its place");
  named<ContactRemoveRequest>(parser, contact, "remove", "Forget a contact");
  auto& rename =
      parser.command<TypedRename>(contact, "rename", "Give a contact another petname",
                                  [](const ContactRenameRequest& typed) -> Request { return typed; });
  word(rename, "NAME", rename.petname, "The petname so far")->required();
  word(rename, "NEW", rename.new_petname, "The petname from now on")->required();
  auto& verify =
      parser.command<TypedVerify>(contact, "verify", "Compare safety numbers with a contact",
                                  [](const ContactVerifyRequest& typed) -> Request { return typed; });
  word(verify, "NAME", verify.petname, "The contact's petname")->required();
  verify.app->add_option("--number", verify.number, "What the contact reads out; without it, print ours")
      ->type_name("DIGITS");
}

}  // namespace taut::cli
