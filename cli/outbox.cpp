// fairlead outbox: what lies in the outbox, and what became of what lay there.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/dead_letters.hpp"
#include "cli/shown.hpp"
#include "runtime/engine/outbox_history.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/engine/sender.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;
using store::OutboxState;

struct Options {
  std::string project = ".", db, state;
  std::uint64_t limit = 0;
  bool json = false;
};

constexpr std::array<std::pair<OutboxState, const char*>, 8> states{{{OutboxState::ready, "ready"},
                                                                     {OutboxState::claimed, "claimed"},
                                                                     {OutboxState::sent, "sent"},
                                                                     {OutboxState::withheld, "withheld"},
                                                                     {OutboxState::failed, "failed"},
                                                                     {OutboxState::uncertain, "uncertain"},
                                                                     {OutboxState::asked, "asked"},
                                                                     {OutboxState::settled, "settled"}}};

/// What nobody has to be told of unless they ask: it went the way that it should.
bool shown_unasked(OutboxState state) {
  return state != OutboxState::sent && state != OutboxState::withheld && state != OutboxState::settled;
}

/// A row as it is shown.
struct Shown {
  std::string key, state, contact, by, content, workflow, why;
  Instant since;
};

/// What an approver is asked about: the contents and calls, in order.
std::string asked_about(const Json& shown) {
  std::string out;
  if (!shown.is_object() || !shown.contains("effects")) return out;
  for (const Json& effect : shown["effects"]) {
    const Json& name = effect.contains("content") ? effect["content"] : effect.value("action", Json());
    if (name.is_string()) out += (out.empty() ? "" : ", ") + name.get<std::string>();
  }
  return out;
}

Shown shown(const engine::View& view, const store::Outbox& row, const char* state,
            const engine::OutboxHistory& history) {
  const Zone& zone = view.deployments.newest().zone;
  Shown out{row.key,
            state,
            fmt::format("{}-{}", row.contact.part, row.contact.id),
            history.channel,
            history.content,
            history.workflow,
            history.why,
            history.since.ms == 0 ? row.filled_at : history.since};
  if (!history.action.empty()) out.by = "do " + history.action;
  if (row.state == OutboxState::asked || row.state == OutboxState::settled) out.by = "approval";
  if (row.state == OutboxState::asked) {
    const Json asked = Json::parse(row.payload, nullptr, false);
    out.content = asked_about(asked);
    if (asked.is_object() && asked.contains("role") && asked["role"].is_string())
      out.why = fmt::format("waits for {}{}", asked["role"].get<std::string>(),
                            asked.contains("until") ? " until " + moment(row.valid_until, zone) : "");
  }
  if (row.state == OutboxState::ready) {
    const std::string when = moment(row.not_before, zone);
    switch (row.waits) {
      case store::WaitsFor::nothing: break;
      case store::WaitsFor::rule:
        out.why = fmt::format("put off{} until {}", out.why.empty() ? "" : " by " + out.why, when);
        break;
      case store::WaitsFor::resume: out.why = "its workflow is paused"; break;
      case store::WaitsFor::turn: out.why = fmt::format("in the queue of its channel until {}", when); break;
      case store::WaitsFor::retry:
        out.why = row.attempts == 0 ? fmt::format("{}; next at {}", out.why, when)
                                    : fmt::format("attempt {} failed{}; next at {}", row.attempts,
                                                  out.why.empty() ? "" : ": " + out.why, when);
        break;
    }
  }
  return out;
}

void print_table(const std::vector<Shown>& rows, const Zone& zone) {
  const std::array<std::string, 8> heads{"key", "state", "contact", "by", "content", "workflow", "since", "why"};
  std::vector<std::array<std::string, 8>> lines{heads};
  for (const Shown& row : rows)
    lines.push_back({short_key(row.key), row.state, row.contact, row.by, row.content.empty() ? "–" : row.content,
                     row.workflow, moment(row.since, zone), row.why});
  std::array<std::size_t, 8> widths{};
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], fmt::formatted_size("{}", line[i]) - (line[i] == "–" ? 2 : 0));
  }
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) text += fmt::format("{:<{}}  ", line[i], widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print("{}\n", text);
  }
}

void print_counts(const std::map<OutboxState, std::uint64_t>& counts, const std::string& db, const Zone& zone) {
  std::string text;
  for (const auto& [state, name] : states) {
    const auto count = counts.find(state);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count == counts.end() ? 0 : count->second);
  }
  fmt::print("{}: {}; times are in {}\n", db, text, zone.name());
}

Result<void> list(const Options& options) {
  const std::string db = store_of(options.project, options.db);
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
  if (!store) return tl::unexpected(store.error());
  const Result<engine::View> view = engine::look(**store);
  if (!view) return tl::unexpected(view.error());
  const Result<std::map<OutboxState, std::uint64_t>> counts = (*store)->outbox_counts();
  if (!counts) return tl::unexpected(counts.error());
  // People see the newest hundred of each state; a program that asks for JSON gets all unless it says otherwise.
  const std::size_t limit = options.limit != 0 ? options.limit : options.json ? SIZE_MAX : 100;
  std::vector<std::pair<store::Outbox, const char*>> rows;
  std::uint64_t left_out = 0;
  for (const auto& [state, name] : states) {
    if (options.state.empty() ? !shown_unasked(state) : options.state != name) continue;
    Result<std::vector<store::Outbox>> some = (*store)->outbox_latest(state, limit);
    if (!some) return tl::unexpected(some.error());
    const auto all = counts->find(state);
    if (some->size() == limit && all != counts->end() && all->second > limit) left_out += all->second - limit;
    for (store::Outbox& row : *some) rows.emplace_back(std::move(row), name);
  }
  std::vector<std::string> keys;
  for (const auto& [row, name] : rows) keys.push_back(row.key);
  const Result<std::map<std::string, engine::OutboxHistory>> history = engine::outbox_history(**store, keys);
  if (!history) return tl::unexpected(history.error());
  std::vector<Shown> table;
  for (const auto& [row, name] : rows) table.push_back(shown(*view, row, name, history->at(row.key)));
  if (options.json) {
    Json all = Json::object();
    for (const auto& [state, name] : states) all[name] = counts->contains(state) ? counts->at(state) : 0;
    Json list = Json::array();
    const auto some = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    for (const Shown& row : table)
      list.push_back({{"key", row.key},
                      {"state", row.state},
                      {"contact", row.contact},
                      {"by", some(row.by)},
                      {"content", some(row.content)},
                      {"workflow", some(row.workflow)},
                      {"since", to_string(row.since)},
                      {"why", some(row.why)}});
    fmt::print("{}\n", Json{{"counts", all}, {"rows", list}}.dump(2, ' ', false, Json::error_handler_t::replace));
    return {};
  }
  const Zone& zone = view->deployments.newest().zone;
  print_counts(*counts, db, zone);
  if (!table.empty()) print_table(table, zone);
  if (left_out > 0) fmt::print("… and {} older; --limit shows more\n", left_out);
  return {};
}

}  // namespace

void add_outbox(Session& session) {
  CLI::App* command =
      session.app.add_subcommand("outbox", "what lies in the outbox, and what became of what lay there");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* rows = command->add_subcommand("list", "how many rows there are of each state, and the rows of one");
  std::vector<std::string> names;
  for (const auto& [state, name] : states) names.emplace_back(name);
  rows->add_option(
          "--state", options->state,
          "the rows of this state: " + fmt::format("{}", fmt::join(names, ", ")) + " (default: what is not done with)")
      ->check(CLI::IsMember(names))
      ->option_text("STATE");
  rows->add_option("--limit", options->limit, "at most so many of a state, the newest (default: 100; with --json all)");
  rows->add_option("--project", options->project, "the project whose store it is")->capture_default_str();
  rows->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  rows->add_flag("--json", options->json, "print as JSON");
  rows->callback([options, &session] {
    if (const Result<void> listed = list(*options); !listed) session.exit_code = report(listed.error());
  });
  add_dead_letters(session, *command);
}

}  // namespace fairlead::cli
