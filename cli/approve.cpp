// fairlead approve: what waits for a person's word, and that word.
#include "cli/command.hpp"
#include "cli/looked.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/engine/intake.hpp"
#include "runtime/engine/occasions.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string id, project = ".", db, as, because;
  bool reject = false, json = false;
};

/// What waits, as it was shown when it was asked for.
struct Waiting {
  store::Outbox row;
  Json shown;
};

Result<std::vector<Waiting>> waiting(store::Store& store) {
  const Result<std::vector<store::Outbox>> rows = store.outbox(store::OutboxState::asked, 1'000'000);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Waiting> out;
  for (const store::Outbox& row : *rows) {
    Json shown = Json::parse(row.payload, nullptr, false);
    if (!shown.is_object())
      return fault(FaultCode::store_failed, "the outbox", "what waits for an approval cannot be read");
    out.push_back({row, std::move(shown)});
  }
  return out;
}

/// The first key that a contact has: whom a person would know it by.
Result<std::string> who(store::Store& store, const bytecode::Module& module, store::ContactId id) {
  if (id == engine::nobody) return std::string("for nobody");
  const Result<std::optional<store::Person>> person = store.person(id);
  if (!person) return tl::unexpected(person.error());
  engine::Record record;
  if (*person) {
    if (const Result<void> read = engine::decode_values((*person)->data, record); !read)
      return tl::unexpected(read.error());
  }
  for (const bytecode::Field& field : module.fields) {
    if (field.key && record.get(field.id).exists()) return render(record.get(field.id));
  }
  return fmt::format("contact {}-{}", id.part, id.id);
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("amount") && value.contains("currency"))
    return fmt::format("{} {}", text_of(value["currency"]), text_of(value["amount"]));
  return value.dump();
}

/// `send offer by email to ann@…`, and below it what it says.
void print_effect(const Json& effect) {
  if (effect.contains("assign")) {
    fmt::print("    assign to {} by {}\n", text_of(effect["assign"]), text_of(effect["by"]));
    return;
  }
  const bool call = effect.contains("action");
  if (call) {
    fmt::print("    do {} ({})\n", text_of(effect["action"]), text_of(effect["effect"]));
    if (effect.contains("amount")) fmt::print("      amount: {}\n", text_of(effect["amount"]));
    for (const auto& [name, value] : effect["arguments"].items()) fmt::print("      {}: {}\n", name, text_of(value));
    return;
  }
  fmt::print("    send {} by {}{}\n", text_of(effect["content"]), text_of(effect["channel"]),
             effect.contains("to") ? " to " + text_of(effect["to"]) : "");
  for (const auto& [name, value] : effect.items()) {
    if (name != "content" && name != "channel" && name != "to") fmt::print("      {}: {}\n", name, text_of(value));
  }
}

Result<void> list(store::Store& store, const bytecode::Module& module, bool json) {
  Result<std::vector<Waiting>> all = waiting(store);
  if (!all) return tl::unexpected(all.error());
  for (Waiting& one : *all) {
    const Result<std::string> contact = who(store, module, one.row.contact);
    if (!contact) return tl::unexpected(contact.error());
    if (json) {
      one.shown["contact"] = *contact;
      fmt::print("{}\n", one.shown.dump(-1, ' ', false, Json::error_handler_t::replace));
      continue;
    }
    fmt::print("{}  by {}, {}\n  {}, {}\n", one.row.key, text_of(one.shown["role"]),
               one.shown.contains("until") ? "until " + text_of(one.shown["until"]) : "for as long as it takes",
               *contact, text_of(one.shown["step"]));
    if (one.shown.contains("rule")) fmt::print("  held by the rule {}\n", text_of(one.shown["rule"]));
    for (const Json& effect : one.shown["effects"]) print_effect(effect);
  }
  if (!json && all->empty()) fmt::print("nothing waits for an approval\n");
  return {};
}

Result<void> decide(store::Store& store, const bytecode::Module& module, const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
    return Result<void>();
  };
  if (options.as.empty()) return wrong("who says so? Add --as with your address");
  const Result<std::vector<Waiting>> all = waiting(store);
  if (!all) return tl::unexpected(all.error());
  const Waiting* found = nullptr;
  for (const Waiting& one : *all) {
    if (!one.row.key.starts_with(options.id)) continue;
    if (found != nullptr)
      return wrong(fmt::format("several things that wait begin with {}; give more of it", options.id));
    found = &one;
  }
  if (found == nullptr)
    return wrong(fmt::format("nothing waits as {}; `fairlead approve` lists what does", options.id));
  const std::string role = text_of(found->shown["role"]);
  const bool member = std::any_of(module.roles.begin(), module.roles.end(), [&](const bytecode::Role& r) {
    return r.name == role && std::find(r.members.begin(), r.members.end(), options.as) != r.members.end();
  });
  if (!member) return wrong(fmt::format("{} is not in the role {}", options.as, role));
  const std::string workflow = text_of(found->shown["workflow"]);
  for (const bytecode::Workflow& w : module.workflows) {
    if (w.name == workflow && w.owner == options.as)
      return wrong(fmt::format("{} owns the workflow {}, and who asks does not approve", options.as, workflow));
  }
  const engine::ApprovalIn word{found->row.key, !options.reject, options.as, options.because};
  if (const Result<void> posted = store.post({{0, wall_clock(), store::InboxKind::command, engine::encode(word)}}, {});
      !posted)
    return posted;
  fmt::print("{} by {}: it is in the inbox, and counts when the engine takes it in\n",
             options.reject ? "rejected" : "approved", options.as);
  return {};
}

void run(const Options& options, int& exit_code) {
  if (options.id.empty() && (options.reject || !options.as.empty() || !options.because.empty())) {
    fmt::print(stderr, "fairlead: on what? `fairlead approve` lists what waits, each with its ID\n");
    exit_code = wrong_use;
    return;
  }
  // Who is in a role, and what a contact is known by, is as the version in force has it.
  const std::optional<Looked> looked =
      look_into(store_of(options.project, options.db),
                options.id.empty() ? store::Access::read : store::Access::existing, exit_code);
  if (!looked) return;
  const bytecode::Module& module = looked->view.deployments.newest().module;
  const Result<void> done = options.id.empty() ? list(*looked->store, module, options.json)
                                               : decide(*looked->store, module, options, exit_code);
  if (!done) exit_code = report(done.error());
}

}  // namespace

void add_approve(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("approve", "what waits for a person's word, and that word");
  command->add_option("ID", options->id, "what is decided on, or how that begins (default: list all that waits)");
  command->add_option("--as", options->as, "the address of who decides");
  command->add_flag("--reject", options->reject, "say no");
  command->add_option("--because", options->because, "why, for the audit");
  command->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--json", options->json, "one JSON object a line");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
