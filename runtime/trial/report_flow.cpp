// From the steps of a module to boxes and ways. What happened on a way is not recorded; that who comes to a box came by
// one of its ways, and that who is at a branch goes on by one of them, mostly settles it.
#include "runtime/trial/report_flow.hpp"

#include "runtime/engine/picks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace fairlead::trial {
namespace {

using bytecode::Index;
using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

template <class T>
std::string name_of(const std::vector<T>& items, Index index) {
  return index < items.size() ? items[index].name : "?";
}

/// From `keyword` on to the end of the line, a brace or a comment, whichever comes first outside of quotes.
std::string cut(std::string_view line, std::string_view keyword) {
  std::size_t begin = 0;
  while ((begin = line.find(keyword, begin)) != std::string_view::npos) {
    // A keyword begins where a word does: `if ` is not the end of `notif `.
    if (begin == 0 || line[begin - 1] == ' ' || line[begin - 1] == '{' || line[begin - 1] == '\t') break;
    begin += 1;
  }
  if (begin == std::string_view::npos) return "";
  std::size_t end = begin;
  bool quoted = false;
  for (; end < line.size(); ++end) {
    const char c = line[end];
    if (c == '"' && line[end - 1] != '\\') quoted = !quoted;
    if (quoted) continue;
    if (c == '{' || c == '}' || line.substr(end).starts_with("//")) break;
  }
  std::string out(line.substr(begin, end - begin));
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t' || out.back() == '\r')) out.pop_back();
  return out;
}

class FlowReader {
 public:
  FlowReader(const bytecode::Module& module, const WorkflowRow& row) : m_(module), row_(row) {}

  Flow read() {
    if (row_.workflow >= m_.workflows.size()) return {};
    const bytecode::Workflow& workflow = m_.workflows[row_.workflow];
    for (const bytecode::SourceFile& source : m_.sources) {
      if (source.path == workflow.file) source_ = source.text;
    }
    for (const StepRow& step : row_.steps) counts_[step.step] = step;
    Box entry{Box::Look::entry, "", row_.entered, 0, false};
    for (const bytecode::Trigger& trigger : workflow.enter) {
      entry.words += (entry.words.empty() ? "enter on " : ", ") + name_of(m_.events, trigger.event);
    }
    flow_.boxes.push_back(entry);
    go(0, workflow.first, "");
    // Breadth is not needed, only an end: boxes are added while this runs, each step once.
    for (std::size_t i = 0; i < pending_.size(); ++i) ways_from(pending_[i]);
    close_end();
    count_ways();
    return std::move(flow_);
  }

 private:
  [[nodiscard]] std::string_view line(std::uint32_t number) const {
    std::string_view rest = source_;
    for (std::uint32_t i = 1; i < number; ++i) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) return {};
      rest.remove_prefix(end + 1);
    }
    return number == 0 ? std::string_view() : rest.substr(0, rest.find('\n'));
  }

  [[nodiscard]] std::string words(const Step& step) const {
    const std::string_view text = line(step.line);
    const auto written = [text](const std::string& keyword, const std::string& otherwise) {
      std::string found = cut(text, keyword);
      return found.size() > keyword.size() ? found : otherwise;
    };
    switch (step.kind) {
      case StepKind::send: return "send " + name_of(m_.contents, step.content);
      case StepKind::wait_for:
      case StepKind::wait_until: return written("wait ", "wait");
      case StepKind::wait_event: return written("wait up to ", "wait for an event");
      case StepKind::branch: return written("if ", "if …");
      case StepKind::choose: return "choose " + step.key.substr(step.key.rfind('/') + 1);
      case StepKind::set: {
        const std::string field = "set contact." + name_of(m_.fields, step.field);
        return written(field, field);
      }
      case StepKind::act: return "do " + name_of(m_.actions, step.action);
      case StepKind::let: return written("let ", "let");
      case StepKind::approve: return "approve by " + name_of(m_.roles, step.role);
      case StepKind::assign: return "assign to " + name_of(m_.teams, step.team);
      case StepKind::repeat: return written("repeat ", "repeat");
      case StepKind::split: return "split " + step.key.substr(step.key.rfind('/') + 1);
      case StepKind::follow: return "follow " + name_of(m_.workflows, step.workflow);
      case StepKind::for_each: return "for each " + name_of(m_.records, step.record);
      case StepKind::allocate: return written("allocate ", "allocate");
      case StepKind::plan: return "plan " + step.key.substr(step.key.rfind('/') + 1);
      case StepKind::stop: return "stop";
      case StepKind::leave: return "leave";
    }
    return "?";
  }

  [[nodiscard]] static Box::Look look(StepKind kind) {
    switch (kind) {
      case StepKind::act:
      case StepKind::assign:
      case StepKind::send: return Box::Look::send;
      case StepKind::approve:
      case StepKind::wait_for:
      case StepKind::wait_until:
      case StepKind::wait_event:
      case StepKind::repeat:
      case StepKind::plan: return Box::Look::wait;
      case StepKind::branch:
      case StepKind::for_each: return Box::Look::branch;
      case StepKind::split:
      case StepKind::choose: return Box::Look::choose;
      case StepKind::let:
      case StepKind::allocate:
      case StepKind::set: return Box::Look::set;
      case StepKind::follow:
      case StepKind::stop:
      case StepKind::leave: return Box::Look::stop;
    }
    return Box::Look::stop;
  }

  /// A send holds somebody only where a rule may put it off.
  [[nodiscard]] bool may_hold(const Step& step) const {
    if (look(step.kind) == Box::Look::wait) return true;
    if (step.kind == StepKind::act) return step.local != none;  // whoever waits for an answer may leave
    if (step.kind != StepKind::send) return false;
    if (step.best_hour) return true;
    return std::any_of(m_.rules.begin(), m_.rules.end(), [&](const bytecode::Rule& rule) {
      return rule.otherwise == bytecode::Otherwise::defer &&
             (rule.workflow == none || rule.workflow == row_.workflow) &&
             (rule.channels.empty() || std::ranges::any_of(engine::channels_of(step), [&](Index channel) {
                return std::find(rule.channels.begin(), rule.channels.end(), channel) != rule.channels.end();
              }));
    });
  }

  std::size_t box_of(Index step) {
    if (const auto known = box_.find(step); known != box_.end()) return known->second;
    const std::size_t box = flow_.boxes.size();
    box_.emplace(step, box);
    if (step == none) {
      flow_.boxes.push_back({Box::Look::end, "end", 0, 0, false});
      return box;
    }
    const Step& what = m_.steps[step];
    const StepRow count = counts_.contains(step) ? counts_.at(step) : StepRow{};
    flow_.boxes.push_back({look(what.kind), words(what), count.passed, count.waiting, may_hold(what)});
    pending_.push_back(step);
    return box;
  }

  void go(std::size_t from, Index step, std::string label) {
    if (step != none && step >= m_.steps.size()) return;
    const std::size_t to = box_of(step);
    flow_.ways.push_back({from, to, std::move(label), std::nullopt, true});
  }

  void ways_from(Index index) {
    const Step& step = m_.steps[index];
    const std::size_t from = box_of(index);
    switch (step.kind) {
      case StepKind::wait_event:
        for (const bytecode::Arm& arm : step.arms) go(from, arm.first, name_of(m_.events, arm.event));
        go(from, step.otherwise, "otherwise");
        return;
      case StepKind::approve:
        go(from, step.next, "approved");
        go(from, step.otherwise, "otherwise");
        return;
      case StepKind::branch:
        go(from, step.next, "yes");
        go(from, step.otherwise, "no");
        return;
      case StepKind::choose: {
        if (step.choice >= m_.choices.size()) return;
        const bool capped = std::any_of(m_.choices[step.choice].options.begin(), m_.choices[step.choice].options.end(),
                                        [](const bytecode::Option& option) { return option.at_most.has_value(); });
        bool always = false;
        for (const bytecode::Option& option : m_.choices[step.choice].options) {
          go(from, option.first, option.name);
          always = always || option.when == none;
        }
        if (!always || capped) go(from, step.next, always ? "none is picked" : "none may be picked");
        return;
      }
      case StepKind::repeat:
      case StepKind::for_each:
        go(from, step.next, "a round");
        go(from, step.otherwise, "then");
        return;
      case StepKind::split:
        if (step.split >= m_.splits.size()) return;
        for (const bytecode::SplitVariant& variant : m_.splits[step.split].variants)
          go(from, variant.first, variant.name);
        return;
      case StepKind::plan:
        if (step.plan >= m_.plans.size()) return;
        for (const bytecode::Play& play : m_.plans[step.plan].plays) go(from, play.first, play.name);
        go(from, step.next, "then");
        return;
      case StepKind::follow:
      case StepKind::stop:
      case StepKind::leave: return;
      default: go(from, step.next, ""); return;
    }
  }

  /// Who comes to the end has finished; those who finished at a `stop` are not among them.
  void close_end() {
    const auto end = box_.find(none);
    if (end == box_.end()) return;
    std::uint64_t stopped = 0;
    for (const Box& box : flow_.boxes) stopped += box.look == Box::Look::stop ? box.passed : 0;
    flow_.boxes[end->second].passed = row_.finished > stopped ? row_.finished - stopped : 0;
  }

  /// The ways of one side of a box, given that together they carry `total`: one that is unknown is the difference.
  static bool settle(const std::vector<Way*>& ways, std::uint64_t total, bool exact) {
    Way* unknown = nullptr;
    std::uint64_t known = 0;
    for (Way* way : ways) {
      if (way->count) {
        known += *way->count;
        exact = exact && way->exact;
      } else if (unknown != nullptr) {
        return false;
      } else {
        unknown = way;
      }
    }
    if (unknown == nullptr) return false;
    unknown->count = total > known ? total - known : 0;
    unknown->exact = exact;
    return true;
  }

  void count_ways() {
    std::vector<std::vector<Way*>> in(flow_.boxes.size()), out(flow_.boxes.size());
    for (Way& way : flow_.ways) {
      in[way.to].push_back(&way);
      out[way.from].push_back(&way);
    }
    // What is certain first. Where somebody may have stood and left it is a guess: few leave at a message that is put
    // off, more in a wait.
    enum Trust { certain, by_sends, by_waits };
    const auto pass = [&](Trust trust) {
      for (std::size_t i = 0; i < flow_.boxes.size(); ++i) {
        const Box& box = flow_.boxes[i];
        if (i > 0 && settle(in[i], box.passed, true)) return true;
        if (box.holds && trust < (box.look == Box::Look::send ? by_sends : by_waits)) continue;
        const std::uint64_t gone = box.passed > box.waiting ? box.passed - box.waiting : 0;
        if (settle(out[i], gone, !box.holds || row_.left == 0)) return true;
      }
      return false;
    };
    while (pass(certain) || pass(by_sends) || pass(by_waits)) {
    }
  }

  const bytecode::Module& m_;
  const WorkflowRow& row_;
  std::string_view source_;
  std::map<Index, StepRow> counts_;
  std::map<Index, std::size_t> box_;
  std::vector<Index> pending_;
  Flow flow_;
};

}  // namespace

Flow flow_of(const bytecode::Module& module, const WorkflowRow& row) {
  return FlowReader(module, row).read();
}

}  // namespace fairlead::trial
