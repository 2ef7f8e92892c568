// What the audit adds up to.
#include "runtime/engine/ledger.hpp"

namespace fairlead::engine {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

bool keeps(const ChoiceSpec& a, const ChoiceSpec& b) {
  return fits(a, b) && a.learner.start == b.learner.start;
}

bool fits(const ChoiceSpec& a, const ChoiceSpec& b) {
  return a.options == b.options && a.features == b.features && a.learner.options == b.learner.options &&
         a.learner.features == b.learner.features;
}

LearnedChoice begin(ChoiceSpec spec) {
  LearnedChoice out;
  out.decisions.assign(spec.options.size(), 0);
  out.reached.assign(spec.options.size(), 0);
  out.learning = learn::make_learner(spec.learner);
  out.published = out.learning->clone();
  out.spec = std::move(spec);
  return out;
}

void Ledger::learn(const std::string& key, ChoiceSpec spec) {
  const auto known = choices_.find(key);
  if (known != choices_.end() && keeps(known->second.spec, spec)) return;
  choices_.insert_or_assign(key, begin(std::move(spec)));
}

LearnedChoice* Ledger::choice(const std::string& key) {
  const auto at = choices_.find(key);
  return at == choices_.end() ? nullptr : &at->second;
}

void Ledger::apply(Instant at, const audit::Entry& entry) {
  if (first.ms == 0) first = at;
  if (last < at) last = at;
  std::visit(Overloaded{
                 [&](const audit::ContactStored& e) { contacts += e.created ? 1 : 0; },
                 [&](const audit::Forgotten&) { contacts -= contacts > 0 ? 1 : 0; },
                 [&](const audit::EventTaken&) { ++events; },
                 [&](const audit::Refused&) { ++refused; },
                 [&](const audit::Entered& e) {
                   WorkflowTally& tally = workflows[e.pass.workflow];
                   ++tally.entered;
                   if (e.mode == audit::Mode::held_out) ++tally.held_out;
                   if (!e.goal.empty() && e.mode != audit::Mode::shadow) ++goals[e.goal].entered;
                 },
                 [&](const audit::StepTaken& e) { ++steps[e.step]; },
                 [&](const audit::Left& e) {
                   WorkflowTally& tally = workflows[e.pass.workflow];
                   ++(e.reason == "end" || e.reason == "stop" || e.reason.starts_with("follow ") ? tally.finished
                                                                                                 : tally.left);
                 },
                 [&](const audit::Decided& e) {
                   LearnedChoice* learned = choice(e.choice);
                   if (learned == nullptr || e.chosen >= e.shares.size() || e.mode != audit::Mode::live ||
                       learned->spec.options != e.options || e.context.size() != learned->spec.learner.features)
                     return;
                   learned->learning->decided(e.chosen, e.context);
                   learned->changed = true;
                   ++learned->decisions[e.chosen];
                   if (!e.context.empty()) {
                     learned->recent.push_back(e.context);
                     if (learned->recent.size() > recent_contexts) learned->recent.pop_front();
                   }
                 },
                 [&](const audit::Outcome& e) {
                   LearnedChoice* learned = choice(e.choice);
                   if (learned == nullptr || e.mode != audit::Mode::live || learned->spec.options != e.options ||
                       e.chosen >= e.options.size() || e.context.size() != learned->spec.learner.features)
                     return;
                   learned->learning->reached(e.chosen, e.context);
                   learned->changed = true;
                   ++learned->reached[e.chosen];
                 },
                 [&](const audit::Published& e) {
                   published_at = at;
                   LearnedChoice* learned = choice(e.choice);
                   if (learned == nullptr || learned->spec.options != e.options) return;
                   learned->published = learned->learning->clone();
                   learned->version = e.version;
                   learned->changed = false;
                   learned->history.push_back({at, e.shares});
                 },
                 [&](const audit::Effect& e) {
                   if (e.suppressed) ++messages[{e.content, e.channel}].suppressed;
                 },
                 [&](const audit::Guarded& e) {
                   RuleTally& tally = rules[e.rule];
                   if (e.action == audit::Guarded::Action::skipped) ++tally.skipped;
                   if (e.action == audit::Guarded::Action::deferred) ++tally.deferred;
                   if (e.action == audit::Guarded::Action::waived) ++tally.waived;
                 },
                 [&](const audit::Asked& e) { rules[e.rule].asked += e.times; },
                 [&](const audit::Handed& e) {
                   if (e.result == audit::Handed::Result::sent) ++messages[{e.content, e.channel}].sent;
                   if (e.result == audit::Handed::Result::withheld) ++rules[e.detail].withheld;
                   if (e.result == audit::Handed::Result::deferred) ++rules[e.detail].deferred;
                 },
                 [&](const audit::Acted& e) {
                   if (e.suppressed) ++actions[e.action].suppressed;
                 },
                 [&](const audit::Assigned& e) {
                   if (e.suppressed) ++actions["assign to " + e.team].suppressed;
                 },
                 [&](const audit::ActionHanded& e) {
                   if (e.result == audit::Handed::Result::sent) ++actions[e.action].sent;
                 },
                 // What only would have gone out, since its workflow is tried in shadow, is on neither side.
                 [&](const audit::Reached& e) {
                   if (e.mode == audit::Mode::shadow) return;
                   GoalTally& tally = goals[e.goal];
                   ++(e.mode == audit::Mode::live ? tally.treated : tally.held);
                   ++(e.mode == audit::Mode::live ? tally.treated_reached : tally.held_reached);
                 },
                 [&](const audit::Closed& e) {
                   if (e.mode == audit::Mode::shadow) return;
                   GoalTally& tally = goals[e.goal];
                   ++(e.mode == audit::Mode::live ? tally.treated : tally.held);
                 },
                 [](const auto&) {},
             },
             entry);
}

std::string Ledger::save() const {
  ByteWriter out;
  out.varint(contacts);
  out.varint(events);
  out.varint(refused);
  out.signed_varint(first.ms);
  out.signed_varint(last.ms);
  out.signed_varint(published_at.ms);
  const auto table = [&out](const auto& map, const auto& key, const auto& value) {
    out.varint(map.size());
    for (const auto& [k, v] : map) {
      key(k);
      value(v);
    }
  };
  const auto text = [&out](const std::string& s) { out.bytes(s); };
  table(goals, text, [&](const GoalTally& t) {
    for (const std::uint64_t n : {t.treated, t.treated_reached, t.held, t.held_reached, t.entered}) out.varint(n);
  });
  table(rules, text, [&](const RuleTally& t) {
    for (const std::uint64_t n : {t.asked, t.skipped, t.deferred, t.withheld}) out.varint(n);
  });
  table(workflows, text, [&](const WorkflowTally& t) {
    for (const std::uint64_t n : {t.entered, t.held_out, t.finished, t.left}) out.varint(n);
  });
  table(steps, text, [&](std::uint64_t n) { out.varint(n); });
  table(
      messages,
      [&](const auto& k) {
        out.bytes(k.first);
        out.bytes(k.second);
      },
      [&](const MessageTally& t) {
        out.varint(t.sent);
        out.varint(t.suppressed);
      });
  table(actions, text, [&](const MessageTally& t) {
    out.varint(t.sent);
    out.varint(t.suppressed);
  });
  table(choices_, text, [&](const LearnedChoice& c) {
    out.varint(c.spec.options.size());
    for (const std::string& option : c.spec.options) out.bytes(option);
    out.varint(c.spec.features.size());
    for (const std::string& feature : c.spec.features) out.bytes(feature);
    out.varint(c.spec.learner.features);
    out.varint(c.spec.learner.start.size());
    for (const auto& start : c.spec.learner.start) out.f64(start.value_or(-1.0));
    out.bytes(c.learning->save());
    out.bytes(c.published->save());
    out.varint(c.version);
    out.u8(c.changed ? 1 : 0);
    for (const std::uint64_t n : c.decisions) out.varint(n);
    for (const std::uint64_t n : c.reached) out.varint(n);
    out.varint(c.recent.size());
    for (const auto& context : c.recent) {
      for (const double x : context) out.f64(x);
    }
    out.varint(c.history.size());
    for (const auto& point : c.history) {
      out.signed_varint(point.at.ms);
      for (const std::uint32_t share : point.shares) out.varint(share);
    }
  });
  // Since there are waivers.
  std::map<std::string, std::uint64_t> waived;
  for (const auto& [rule, tally] : rules) {
    if (tally.waived != 0) waived[rule] = tally.waived;
  }
  if (!waived.empty()) table(waived, text, [&](std::uint64_t n) { out.varint(n); });
  return out.take();
}

Result<void> Ledger::load(std::string_view bytes) {
  if (bytes.empty()) return {};
  ByteReader in(bytes);
  contacts = in.varint();
  events = in.varint();
  refused = in.varint();
  first.ms = in.signed_varint();
  last.ms = in.signed_varint();
  published_at.ms = in.signed_varint();
  const auto table = [&in](const auto& one) {
    const std::uint64_t n = in.varint();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) one();
  };
  const auto text = [&in] { return std::string(in.bytes()); };
  table([&] {
    GoalTally& t = goals[text()];
    for (std::uint64_t* n : {&t.treated, &t.treated_reached, &t.held, &t.held_reached, &t.entered}) *n = in.varint();
  });
  table([&] {
    RuleTally& t = rules[text()];
    for (std::uint64_t* n : {&t.asked, &t.skipped, &t.deferred, &t.withheld}) *n = in.varint();
  });
  table([&] {
    WorkflowTally& t = workflows[text()];
    for (std::uint64_t* n : {&t.entered, &t.held_out, &t.finished, &t.left}) *n = in.varint();
  });
  table([&] {
    const std::string key = text();
    steps[key] = in.varint();
  });
  table([&] {
    std::string content = text();
    std::string channel = text();
    MessageTally& t = messages[{std::move(content), std::move(channel)}];
    t.sent = in.varint();
    t.suppressed = in.varint();
  });
  table([&] {
    MessageTally& t = actions[text()];
    t.sent = in.varint();
    t.suppressed = in.varint();
  });
  Result<void> result;
  table([&] {
    const std::string key = text();
    ChoiceSpec spec;
    table([&] { spec.options.push_back(text()); });
    table([&] { spec.features.push_back(text()); });
    spec.learner.options = spec.options.size();
    spec.learner.features = in.varint();
    table([&] {
      const double start = in.f64();
      spec.learner.start.push_back(start < 0 ? std::nullopt : std::optional(start));
    });
    // A learner over so many features is saved with at least their triangle: damaged bytes must not ask for more
    // memory.
    const std::uint64_t features = spec.learner.features;
    if (!in.ok() || spec.options.empty() || features > 65'536 ||
        features * (features + 1) / 2 * spec.options.size() > in.left())
      return in.fail();
    LearnedChoice c = begin(std::move(spec));
    for (learn::Learner* learner : {c.learning.get(), c.published.get()}) {
      if (const Result<void> loaded = learner->load(in.bytes()); !loaded && result) result = loaded;
    }
    c.version = static_cast<std::uint32_t>(in.varint());
    c.changed = in.u8() != 0;
    for (std::uint64_t& n : c.decisions) n = in.varint();
    for (std::uint64_t& n : c.reached) n = in.varint();
    table([&] {
      if (c.recent.size() == recent_contexts) return in.fail();
      std::vector<double>& context = c.recent.emplace_back(c.spec.learner.features);
      for (double& x : context) x = in.f64();
    });
    table([&] {
      auto& point = c.history.emplace_back();
      point.at.ms = in.signed_varint();
      point.shares.resize(c.spec.options.size());
      for (std::uint32_t& share : point.shares) share = static_cast<std::uint32_t>(in.varint());
    });
    choices_.insert_or_assign(key, std::move(c));
  });
  if (!result) return result;
  if (!in.at_end()) {
    table([&] {
      RuleTally& t = rules[text()];
      t.waived = in.varint();
    });
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "the tallies cannot be read");
  return {};
}

}  // namespace fairlead::engine
