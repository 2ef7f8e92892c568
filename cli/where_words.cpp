// What `fairlead where` says of a person, as sentences.
#include "cli/where_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/values/utf8.hpp"

namespace fairlead::cli {

namespace {

/// A key may hold anything that its row said.
constexpr std::size_t longest_row = 60;

using engine::Drawn;
using engine::Instance;
using engine::Lying;
using engine::PassHistory;
using engine::Version;
using engine::Waits;
using engine::WayOn;
using engine::Whereabouts;

/// Where the file of a step is named too: `send story#1` (nurture.lead:33).
std::string place(const std::string& step, const std::string& file, std::uint32_t line) {
  if (step.empty()) return "the end of the workflow";
  return fmt::format("`{}` ({}:{})", short_step(step), file, line);
}

std::string event_text(const WayOn& way) {
  std::string out = fmt::format("`{}`", way.event);
  if (!way.of_content.empty()) out += fmt::format(" of `{}`", way.of_content);
  if (!way.where.empty()) out += fmt::format(" where {}", way.where);
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? fmt::format(" {} ", last) : ", ";
    out += parts[i];
  }
  return out;
}

std::string why_it_ended(const std::string& reason) {
  if (reason == "end") return "went through it to its end";
  if (reason == "stop") return "came to a `stop`";
  if (reason == "when") return "left, since a `leave when` of it held";
  if (reason.starts_with("on ")) return fmt::format("left on `{}`", reason.substr(3));
  if (reason.starts_with("rule ")) return fmt::format("was taken out by the rule {}", reason.substr(5));
  if (reason.starts_with("follow ")) return fmt::format("went on to {}", reason.substr(7));
  if (reason.starts_with("deployed version "))
    return fmt::format("was taken out when version {} came", reason.substr(17));
  return reason.empty() ? "left" : fmt::format("left ({})", reason);
}

std::string entering(const Entry& entry, const Zone& zone) {
  if (entry.in_it) return "already in it";
  std::string on;
  if (!entry.on.empty()) on = fmt::format(" on {}", joined(entry.on, "or"));
  if (entry.may) return fmt::format("may enter{}", on);
  if (!entry.rollout.empty()) return fmt::format("may not enter yet: {}", entry.rollout);
  if (entry.from)
    return fmt::format("may not enter again before {} ({}), then{}", moment(*entry.from, zone), zone.name(), on);
  return "may not enter again: one pass each (`again never`)";
}

/// Everything about one person that the sentences need.
class Words {
 public:
  Words(const engine::View& view, const Whereabouts& person, const Asked& asked)
      : view_(view), person_(person), asked_(asked) {}

  std::string all();

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    out_ += '\n';
  }

  [[nodiscard]] std::string at(Instant t) const { return moment(t, person_.zone); }
  /// ` until Mon 24 Nov 2026 09:00 (Europe/Oslo)`; where that is past, what is missing is a run.
  [[nodiscard]] std::string until(const std::optional<Instant>& t) const {
    return t ? fmt::format(" until {} ({})", at(*t), person_.zone.name()) : "";
  }

  void pass(const Instance& instance);
  void waiting(const Waits& waits, const Version& version, const std::string& file, const std::string& head);
  void approval(const Waits& waits, const std::string& workflow, const std::string& head);
  void drawn(const PassHistory& history);
  void past(const engine::Past& past);
  void never();
  void lying(const Lying& lying);
  [[nodiscard]] const PassHistory* history(std::uint32_t workflow, std::uint64_t serial) const;

  const engine::View& view_;
  const Whereabouts& person_;
  const Asked& asked_;
  std::string out_;
};

const PassHistory* Words::history(std::uint32_t workflow, std::uint64_t serial) const {
  for (const PassHistory& known : person_.passes) {
    if (name_id(known.workflow) == workflow && known.serial == serial) return &known;
  }
  return nullptr;
}

void Words::drawn(const PassHistory& history) {
  for (const Drawn& one : history.drawn) {
    const std::string of = short_step(one.of);
    if (!one.learned) {
      line("  variant `{}` of `{}`, since {}", one.option, of, at(one.at));
    } else if (one.option.empty()) {
      line("  no option of `{}` was drawn on {}", of, at(one.at));
    } else {
      line("  option `{}` of `{}`, drawn on {}", one.option, of, at(one.at));
    }
  }
}

void Words::approval(const Waits& waits, const std::string& workflow, const std::string& head) {
  line("{} for a word by {}{}", head, waits.role, until(waits.until));
  const bytecode::Module& newest = view_.deployments.newest().module;
  std::string owner;
  for (const bytecode::Workflow& w : newest.workflows) {
    if (w.name == workflow) owner = w.owner;
  }
  std::vector<std::string> who;
  for (const bytecode::Role& role : newest.roles) {
    if (role.name != waits.role) continue;
    for (const std::string& member : role.members) {
      if (member != owner) who.push_back(member);
    }
  }
  if (who.empty()) {
    line("  nobody is in that role who may decide");
  } else if (!waits.asked.empty()) {
    line("  {} may decide: fairlead approve {} --as {}{}", joined(who, "or"), short_key(waits.asked), who.front(),
         asked_.store);
  }
}

void Words::waiting(const Waits& waits, const Version& version, const std::string& file, const std::string& head) {
  const auto on = [&](const WayOn& way) { return place(way.step, file, way.line); };
  const bool due = waits.until && !(asked_.now < *waits.until);
  switch (waits.what) {
    case Waits::For::nothing:
      line("{}, which version {} does not have: it cannot go on by itself", head, version.number);
      return;
    case Waits::For::turn: line("{} for the next turn; then goes on with {}", head, on(waits.ways.front())); break;
    case Waits::For::time: line("{}{}; then goes on with {}", head, until(waits.until), on(waits.ways.front())); break;
    case Waits::For::rule:
      line("{}{}, put off by the rule {}; then every rule is asked again, and it goes on with {}", head,
           until(waits.until), waits.rule.empty() ? "that held it" : waits.rule, on(waits.ways.front()));
      break;
    case Waits::For::round:
      line("{} for the round to be over{}; then goes on with {}, or, after the last round, with {}", head,
           until(waits.until), on(waits.ways.front()), on(waits.ways.back()));
      break;
    case Waits::For::events: {
      std::vector<std::string> events;
      for (std::size_t i = 0; i + 1 < waits.ways.size(); ++i) events.push_back(event_text(waits.ways[i]));
      line("{}{} for {}", head, until(waits.until), joined(events, "or"));
      for (std::size_t i = 0; i + 1 < waits.ways.size(); ++i)
        line("  on {}, goes on with {}", events[i], on(waits.ways[i]));
      line("  when the time is over, goes on with {}", on(waits.ways.back()));
      break;
    }
    case Waits::For::approval:
      if (waits.ways.size() == 1) {
        line("  then goes on with {}; without the word it leaves this out", on(waits.ways.front()));
        break;
      }
      line("  with the word, goes on with {}", on(waits.ways.front()));
      line("  without it, goes on with {}", on(waits.ways.back()));
      break;
  }
  if (due) line("  that time has come: it goes on as soon as `fairlead run` runs");
}

void Words::pass(const Instance& instance) {
  const Version* found = view_.deployments.find(instance.version);
  const Version& version = found == nullptr ? view_.deployments.newest() : *found;
  const std::string workflow = workflow_name(view_.deployments, instance.workflow);
  const auto declared = version.workflows.find(instance.workflow);
  const std::string file = declared == version.workflows.end() ? "" : version.module.workflows[declared->second].file;
  const bytecode::Step* step = engine::step_of(version, instance);
  const Waits waits = engine::waits_of(version, instance, person_);
  const std::string head = step == nullptr
                               ? fmt::format("{}: waiting at a step", workflow)
                               : fmt::format("{}: waiting at {}", workflow, place(step->key, file, step->line));
  if (const auto paused = view_.standing.pauses.all().find(workflow); paused != view_.standing.pauses.all().end()) {
    const engine::Pause& pause = paused->second;
    line("{} is paused since {}, {}{}; `fairlead resume {}` lets everybody go on", workflow, at(pause.since),
         pause.by.empty() ? "by itself" : "by " + pause.by, pause.because.empty() ? "" : ": " + pause.because,
         workflow);
  }
  if (waits.what == Waits::For::approval) approval(waits, workflow, head);
  waiting(waits, version, file, head);
  for (const engine::AtRow& at_row : engine::rows_at(version, instance))
    line("  in the round of {} `{}`", at_row.record, printable(at_row.row, longest_row));
  line("  there since {}; in the workflow since {}, pass {}, by version {}{}", at(instance.since), at(instance.entered),
       instance.serial, version.number,
       version.number == view_.deployments.newest().number
           ? ""
           : fmt::format(" (the newest is {})", view_.deployments.newest().number));
  if (instance.mode == engine::Mode::held_out)
    line("  held out to measure against: takes the same way, but nothing is sent or done");
  if (instance.mode == engine::Mode::shadow)
    line("  in shadow, as its rollout was when it entered: takes the same way, but nothing is sent or done");
  if (const PassHistory* known = history(instance.workflow, instance.serial)) drawn(*known);
}

void Words::past(const engine::Past& past) {
  const std::string workflow = workflow_name(view_.deployments, past.workflow);
  const PassHistory* known = history(past.workflow, past.serial);
  line("{}: {} on {}{}", workflow, why_it_ended(known == nullptr ? "" : known->reason), at(past.left),
       past.serial > 1 ? fmt::format(", after {} passes", past.serial) : "");
  const Version& newest = view_.deployments.newest();
  const auto declared = newest.workflows.find(past.workflow);
  line("  {}", declared == newest.workflows.end()
                   ? fmt::format("version {} does not have this workflow any more", newest.number)
                   : entering(entry_of(view_, declared->second, person_, asked_.now), person_.zone));
  if (known == nullptr) return;
  line("  was in it since {}, by version {}{}", at(known->entered), known->version,
       known->mode == engine::Mode::held_out ? ", held out to measure against"
       : known->mode == engine::Mode::shadow ? ", in shadow: nothing was sent or done"
                                             : "");
  drawn(*known);
}

void Words::never() {
  const Version& newest = view_.deployments.newest();
  for (bytecode::Index w = 0; w < newest.module.workflows.size(); ++w) {
    const std::uint32_t id = newest.workflow_ids[w];
    if (std::any_of(person_.cell.instances.begin(), person_.cell.instances.end(),
                    [id](const Instance& i) { return i.workflow == id; }) ||
        std::any_of(person_.cell.past.begin(), person_.cell.past.end(),
                    [id](const engine::Past& p) { return p.workflow == id; }))
      continue;
    line("{}: was never in it; {}", newest.module.workflows[w].name,
         entering(entry_of(view_, w, person_, asked_.now), person_.zone));
  }
}

void Words::lying(const Lying& lying) {
  const engine::Origin& origin = lying.origin;
  const std::string what = origin.action.empty() ? fmt::format("`{}` by {}", origin.content, origin.channel)
                                                 : fmt::format("the call `{}`", origin.action);
  const std::string of = workflow_name(view_.deployments, origin.workflow);
  const std::string said = lying.why.empty() ? "" : fmt::format(" ({})", lying.why);
  const auto times = [](std::uint32_t n) { return n == 1 ? std::string("once") : fmt::format("{} times", n); };
  const auto from = [&](const std::optional<Instant>& when) { return when ? " at " + at(*when) : std::string(); };
  std::string state;
  if (lying.row.state == store::OutboxState::claimed) {
    state = "is being handed over, and it is not recorded yet that it went";
  } else if (lying.row.state == store::OutboxState::failed) {
    state = fmt::format("did not go out{}; `fairlead outbox retry {key}` or `drop {key}` decides", said,
                        fmt::arg("key", short_key(lying.row.key)));
  } else if (lying.row.state == store::OutboxState::uncertain) {
    state = fmt::format(
        "may have gone out, which nobody knows{}; `fairlead outbox retry {key} --anyway` or `drop {key}` "
        "decides",
        said, fmt::arg("key", short_key(lying.row.key)));
  } else if (lying.row.waits == store::WaitsFor::retry) {
    state = lying.row.attempts == 0 ? fmt::format("is tried again{}", from(lying.deferred))
                                    : fmt::format("was tried {} and did not go out{}; it is tried again{}",
                                                  times(lying.row.attempts), said, from(lying.deferred));
  } else if (lying.row.waits == store::WaitsFor::resume) {
    state = fmt::format("waits until `fairlead resume {}` is said", of);
  } else if (lying.row.waits == store::WaitsFor::turn) {
    state = fmt::format("waits for its turn, since its channel takes no more at the moment{}", until(lying.deferred));
  } else if (lying.deferred) {
    state = fmt::format("is put off{}{}", lying.why.empty() ? "" : " by the rule " + lying.why, until(lying.deferred));
  } else {
    state = "is handed over as soon as `fairlead run` runs";
  }
  line("outbox: {} of {}, filled in on {}, {} ({})", what, of, at(lying.row.filled_at), state,
       short_key(lying.row.key));
}

std::string Words::all() {
  line("{} (contact {}-{})", asked_.key, person_.contact.part, person_.contact.id);
  for (const Instance& instance : person_.cell.instances) pass(instance);
  for (const engine::Past& one : person_.cell.past) {
    if (std::none_of(person_.cell.instances.begin(), person_.cell.instances.end(),
                     [&](const Instance& i) { return i.workflow == one.workflow; }))
      past(one);
  }
  if (asked_.all) {
    never();
  } else if (person_.cell.instances.empty() && person_.cell.past.empty()) {
    line("is in no workflow and never was; --all says how to enter one");
  }
  // What waits for a word is told where the pass stands.
  for (const Lying& one : person_.outbox) {
    if (one.row.state != store::OutboxState::asked) lying(one);
  }
  return std::move(out_);
}

}  // namespace

Entry entry_of(const engine::View& view, bytecode::Index index, const Whereabouts& person, Instant now) {
  Entry out;
  const engine::Version& newest = view.deployments.newest();
  const engine::Cell& cell = person.cell;
  const std::uint32_t id = newest.workflow_ids[index];
  const bytecode::Workflow& workflow = newest.module.workflows[index];
  for (const bytecode::Trigger& trigger : workflow.enter)
    out.on.push_back(fmt::format("`{}`{}", newest.module.events[trigger.event].name,
                                 trigger.where == bytecode::none ? "" : " under a condition"));
  for (const engine::SegmentEntry& entry : newest.by_segment) {
    if (entry.workflow == index) out.on.emplace_back("becoming a member of its segment");
  }
  for (const Instance& instance : cell.instances) out.in_it = out.in_it || instance.workflow == id;
  if (out.in_it) out.may = false;
  // What was only tried in shadow does not count where the next pass is not.
  const bool tried = std::find(cell.tried.begin(), cell.tried.end(), id) != cell.tried.end() &&
                     !engine::in_shadow(view.standing.rollouts, newest, index);
  for (const engine::Past& past : cell.past) {
    if (past.workflow != id || out.in_it || tried) continue;
    if (workflow.again && !(now < past.left + *workflow.again)) continue;
    out.may = false;
    if (workflow.again) out.from = past.left + *workflow.again;
  }
  if (out.may) out.rollout = engine::not_reached(view.standing.rollouts, view.salt, newest, index, person.contact);
  if (!out.rollout.empty()) out.may = false;
  return out;
}

std::string where_text(const engine::View& view, const Whereabouts& person, const Asked& asked) {
  return Words(view, person, asked).all();
}

}  // namespace fairlead::cli
