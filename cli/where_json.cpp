// What `fairlead where` says of a person, as one JSON object.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/where_words.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;
using engine::Instance;
using engine::PassHistory;
using engine::Waits;
using engine::Whereabouts;

std::string_view to_string(Waits::For what) {
  switch (what) {
    case Waits::For::time: return "time";
    case Waits::For::events: return "events";
    case Waits::For::approval: return "approval";
    case Waits::For::rule: return "rule";
    case Waits::For::round: return "round";
    case Waits::For::turn: return "turn";
    case Waits::For::nothing: break;
  }
  return "nothing";
}

Json when(const std::optional<Instant>& at) {
  return at ? Json(fairlead::to_string(*at)) : Json();
}

Json some(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json drawn_json(const PassHistory* history) {
  Json out = Json::array();
  if (history == nullptr) return out;
  for (const engine::Drawn& one : history->drawn)
    out.push_back({{"at", fairlead::to_string(one.at)},
                   {one.learned ? "choice" : "split", one.of},
                   {one.learned ? "option" : "variant", some(one.option)}});
  return out;
}

Json waits_json(const Waits& waits, Instant now) {
  Json out{{"for", to_string(waits.what)},
           {"until", when(waits.until)},
           {"due", waits.until.has_value() && !(now < *waits.until)}};
  if (waits.what == Waits::For::approval) {
    out["role"] = waits.role;
    out["key"] = some(waits.asked);
  }
  if (waits.what == Waits::For::rule) out["rule"] = some(waits.rule);
  Json& ways = out["then"] = Json::array();
  for (const engine::WayOn& way : waits.ways) {
    Json one{{"step", some(way.step)}, {"line", way.step.empty() ? Json() : Json(way.line)}};
    if (!way.event.empty()) one["event"] = way.event;
    if (!way.of_content.empty()) one["of"] = way.of_content;
    if (!way.where.empty()) one["where"] = way.where;
    ways.push_back(std::move(one));
  }
  return out;
}

const PassHistory* find(const Whereabouts& person, std::uint32_t workflow, std::uint64_t serial) {
  for (const PassHistory& known : person.passes) {
    if (name_id(known.workflow) == workflow && known.serial == serial) return &known;
  }
  return nullptr;
}

Json rows_json(const std::vector<engine::AtRow>& rows) {
  Json out = Json::array();
  for (const engine::AtRow& one : rows) out.push_back({{"record", one.record}, {"row", one.row}});
  return out;
}

Json pass_json(const engine::View& view, const Whereabouts& person, const Instance& instance, Instant now) {
  const engine::Version* found = view.deployments.find(instance.version);
  const engine::Version& version = found == nullptr ? view.deployments.newest() : *found;
  const bytecode::Step* step = engine::step_of(version, instance);
  const auto declared = version.workflows.find(instance.workflow);
  return {
      {"workflow", workflow_name(view.deployments, instance.workflow)},
      {"in", true},
      {"version", version.number},
      {"pass", instance.serial},
      {"held_out", instance.mode == engine::Mode::held_out},
      {"shadow", instance.mode == engine::Mode::shadow},
      {"entered", fairlead::to_string(instance.entered)},
      {"step", step == nullptr ? Json() : Json(step->key)},
      {"file", declared == version.workflows.end() ? Json() : Json(version.module.workflows[declared->second].file)},
      {"line", step == nullptr ? Json() : Json(step->line)},
      {"since", fairlead::to_string(instance.since)},
      {"paused", view.standing.pauses.paused(instance.workflow)},
      {"rows", rows_json(engine::rows_at(version, instance))},
      {"waits", waits_json(engine::waits_of(version, instance, person), now)},
      {"drawn", drawn_json(find(person, instance.workflow, instance.serial))}};
}

void add_entry(Json& out, const engine::View& view, std::uint32_t workflow, const Whereabouts& person, Instant now) {
  const engine::Version& newest = view.deployments.newest();
  const auto declared = newest.workflows.find(workflow);
  if (declared == newest.workflows.end()) {
    out["may_enter"] = false;
    return;
  }
  const Entry entry = entry_of(view, declared->second, person, now);
  out["may_enter"] = entry.may;
  out["may_enter_from"] = when(entry.from);
  if (!entry.rollout.empty()) out["rollout"] = entry.rollout;
}

std::string_view state_text(const engine::Lying& lying) {
  switch (lying.row.state) {
    case store::OutboxState::asked: return "asked";
    case store::OutboxState::claimed: return "claimed";
    case store::OutboxState::failed: return "failed";
    case store::OutboxState::uncertain: return "uncertain";
    default: break;
  }
  switch (lying.row.waits) {
    case store::WaitsFor::rule: return "deferred";
    case store::WaitsFor::turn: return "queued";
    case store::WaitsFor::resume: return "paused";
    case store::WaitsFor::retry: return "retrying";
    case store::WaitsFor::nothing: break;
  }
  return "ready";
}

}  // namespace

std::string where_json(const engine::View& view, const Whereabouts& person, const Asked& asked) {
  const engine::Version& newest = view.deployments.newest();
  Json workflows = Json::array();
  std::vector<std::uint32_t> told;
  for (const Instance& instance : person.cell.instances) {
    workflows.push_back(pass_json(view, person, instance, asked.now));
    told.push_back(instance.workflow);
  }
  const auto is_told = [&](std::uint32_t id) { return std::find(told.begin(), told.end(), id) != told.end(); };
  for (const engine::Past& past : person.cell.past) {
    if (is_told(past.workflow)) continue;
    told.push_back(past.workflow);
    const PassHistory* known = find(person, past.workflow, past.serial);
    Json one{{"workflow", workflow_name(view.deployments, past.workflow)},
             {"in", false},
             {"pass", past.serial},
             {"left", fairlead::to_string(past.left)}};
    if (known != nullptr) {
      one["reason"] = known->reason;
      one["version"] = known->version;
      one["held_out"] = known->mode == engine::Mode::held_out;
      one["shadow"] = known->mode == engine::Mode::shadow;
      one["entered"] = fairlead::to_string(known->entered);
    }
    one["drawn"] = drawn_json(known);
    add_entry(one, view, past.workflow, person, asked.now);
    workflows.push_back(std::move(one));
  }
  for (bytecode::Index w = 0; asked.all && w < newest.module.workflows.size(); ++w) {
    if (is_told(newest.workflow_ids[w])) continue;
    Json one{{"workflow", newest.module.workflows[w].name}, {"in", false}, {"pass", 0}};
    add_entry(one, view, newest.workflow_ids[w], person, asked.now);
    workflows.push_back(std::move(one));
  }
  Json outbox = Json::array();
  for (const engine::Lying& lying : person.outbox) {
    outbox.push_back({{"key", lying.row.key},
                      {"state", state_text(lying)},
                      {"workflow", workflow_name(view.deployments, lying.origin.workflow)},
                      {"content", some(lying.origin.content)},
                      {"channel", some(lying.origin.channel)},
                      {"action", some(lying.origin.action)},
                      {"since", fairlead::to_string(lying.row.filled_at)},
                      {"until", when(lying.deferred)},
                      {"attempts", lying.row.attempts},
                      {"rule", some(lying.row.waits == store::WaitsFor::rule ? lying.why : "")},
                      {"said", some(lying.row.waits == store::WaitsFor::rule ? "" : lying.why)}});
  }
  const Json out{{"key", asked.key},
                 {"contact", fmt::format("{}-{}", person.contact.part, person.contact.id)},
                 {"zone", person.zone.name()},
                 {"workflows", workflows},
                 {"outbox", outbox}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::cli
