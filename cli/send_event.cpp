// fairlead send-event: appends an event to a store's inbox; the engine takes it in from there.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>

#include "runtime/engine/intake.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string event, contact, project = ".", db, id, content, at;
  std::vector<std::string> values;
};

void run(const Options& options, int& exit_code) {
  const std::optional<bytecode::Module> module = compile_or_report(options.project, exit_code);
  if (!module) return;
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  const auto type = std::find_if(module->events.begin(), module->events.end(),
                                 [&](const bytecode::EventType& e) { return e.name == options.event; });
  if (type == module->events.end()) return wrong(fmt::format("the project has no event `{}`", options.event));
  engine::EventIn event;
  event.type = type->name;
  event.content = options.content;
  if (!options.content.empty() && std::none_of(module->contents.begin(), module->contents.end(),
                                               [&](const bytecode::Content& c) { return c.name == options.content; })) {
    return wrong(fmt::format("the project has no content `{}`", options.content));
  }
  Arena arena;
  for (const bytecode::Field& field : module->fields) {
    if (!field.key || event.key_field != 0 || !parse_value(options.contact, field.type, arena)) continue;
    event.key_field = field.id;
    event.key = options.contact;
  }
  if (event.key_field == 0) return wrong(fmt::format("\"{}\" is not a key of a contact", options.contact));
  std::vector<std::pair<std::uint32_t, Value>> values;
  for (const std::string& pair : options.values) {
    const std::size_t equals = pair.find('=');
    const std::string name = pair.substr(0, equals);
    const auto field = std::find_if(type->fields.begin(), type->fields.end(),
                                    [&](const bytecode::EventField& f) { return f.name == name; });
    if (equals == std::string::npos || field == type->fields.end())
      return wrong(fmt::format("`{}` is not name=value of a field of `{}`", pair, type->name));
    const Result<Value> value = parse_value(pair.substr(equals + 1), field->type, arena);
    if (!value) return wrong(fmt::format("`{}`: {}", name, describe(value.error())));
    values.emplace_back(name_id(name), *value);
  }
  for (const bytecode::EventField& field : type->fields) {
    if (!field.type.optional &&
        std::none_of(values.begin(), values.end(), [&](const auto& v) { return v.first == name_id(field.name); }))
      return wrong(fmt::format("`{}` needs {}=…", type->name, field.name));
  }
  event.values = engine::encode_values(std::move(values));
  event.at = wall_clock();
  const Instant posted = event.at;
  if (!options.at.empty()) {
    const Result<Instant> at = parse_instant(options.at);
    if (!at) return wrong(describe(at.error()));
    event.at = *at;
  }
  event.id = options.id.empty() ? short_hex(sha256(random_bytes(16)), 8) : options.id;
  const Result<std::unique_ptr<store::Store>> store =
      store::open_sqlite(store_of(options.project, options.db), store::Access::existing);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  if (const Result<void> done = (*store)->post({{0, posted, store::InboxKind::event, engine::encode(event)}}, {});
      !done) {
    exit_code = report(done.error());
    return;
  }
  fmt::print("{} of {} is in the inbox, with the id {}\n", event.type, options.contact, event.id);
}

}  // namespace

void add_send_event(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("send-event", "tell a store that something happened to a contact");
  command->add_option("EVENT", options->event, "the event's name")->required();
  command->add_option("CONTACT", options->contact, "a key of the contact: the e-mail address, say")->required();
  command->add_option("VALUE", options->values, "its fields, as name=value");
  command->add_option("--project", options->project, "the project that declares the event")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_option("--id", options->id, "the event's id: the same id twice changes nothing");
  command->add_option("--of", options->content, "which content it answers");
  command->add_option("--at", options->at, "when it happened (default: now)");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
