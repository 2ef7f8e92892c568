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
  spec.bounds.resize(spec.options.size());
  out.learning = learn::make_learner(spec.learner);
  out.in_force.to = out.learning->settled();
  out.spec = std::move(spec);
  return out;
}

bool to_publish(const LearnedChoice& learned, Instant at) {
  if (learned.frozen) return false;
  if (!learned.changed && !learned.in_force.moving() && !learned.learning->aged(at.ms)) return false;
  return room(learned.in_force, learned.spec.moves, at) > 0;
}

namespace {

bool contextual(const LearnedChoice& learned) {
  return learned.spec.learner.features > 0;
}

}  // namespace

InForce next_in_force(const LearnedChoice& learned, Instant at) {
  const auto aged = learned.learning->clone();
  aged->age(at.ms);
  return published(learned.in_force.clone(), aged->settled(), learned.spec.moves, learned.spec.bounds,
                   contextual(learned), at);
}

void Ledger::learn(const std::string& key, ChoiceSpec spec) {
  const auto known = choices_.find(key);
  if (known != choices_.end() && keeps(known->second.spec, spec)) {
    known->second.learning->adopt(spec.learner.window, spec.learner.half_life);
    known->second.spec = std::move(spec);
    return;
  }
  choices_.insert_or_assign(key, begin(std::move(spec)));
}

LearnedChoice* Ledger::choice(const std::string& key) {
  const auto at = choices_.find(key);
  return at == choices_.end() ? nullptr : &at->second;
}

void Ledger::apply(Instant at, const audit::Entry& entry) {
  if (first.ms == 0) first = at;
  if (last < at) last = at;
  std::visit(
      Overloaded{
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
            // Nothing is published then, which is when evidence grows old otherwise.
            if (learned->frozen && learned->learning->aged(at.ms)) learned->learning->age(at.ms);
            learned->learning->decided({e.chosen, e.context, at.ms, e.shares});
            learned->changed = true;
            ++learned->decisions[e.chosen];
            if (!e.context.empty()) {
              learned->recent.push_back(e.context);
              if (learned->recent.size() > recent_contexts) learned->recent.pop_front();
            }
          },
          [&](const audit::Outcome& e) {
            credit(e.choice, e.options, e.chosen, e.context, e.mode, learn::unknown_time, at);
          },
          [&](const audit::Credited& e) { credit(e.choice, e.options, e.chosen, e.context, e.mode, e.decided.ms, at); },
          [&](const audit::Published& e) {
            published_at = at;
            LearnedChoice* learned = choice(e.choice);
            if (learned == nullptr || learned->spec.options != e.options) return;
            learned->learning->age(at.ms);
            const learn::Learner* const before = learned->in_force.to.get();
            learned->in_force = published(std::move(learned->in_force), learned->learning->settled(),
                                          learned->spec.moves, learned->spec.bounds, contextual(*learned), at);
            learned->version = e.version;
            // While a way is gone, or there is no room for one, what was learned since is not in force yet.
            learned->changed = learned->changed && learned->in_force.to.get() == before;
            learned->history.push_back({at, e.shares});
          },
          [&](const audit::Steered& e) { steer(e, at); },
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

void Ledger::credit(const std::string& key, const std::vector<std::string>& options, std::uint32_t chosen,
                    const std::vector<double>& context, audit::Mode mode, std::int64_t decided, Instant at) {
  LearnedChoice* learned = choice(key);
  if (learned == nullptr || mode != audit::Mode::live || learned->spec.options != options || chosen >= options.size() ||
      context.size() != learned->spec.learner.features || (learned->since.ms != 0 && decided <= learned->since.ms))
    return;
  learned->learning->reached({chosen, context, decided, {}}, at.ms);
  learned->changed = true;
  ++learned->reached[chosen];
}

void Ledger::steer(const audit::Steered& steered, Instant at) {
  using Act = audit::Steered::Act;
  LearnedChoice* learned = choice(steered.choice);
  if (learned == nullptr) return;
  if (steered.act == Act::freeze) {
    learned->frozen = {at, steered.by, steered.because};
    return;
  }
  if (steered.act == Act::unfreeze) {
    learned->frozen.reset();
    return;
  }
  // What is in force stays until the next publishing, which limits of moves hold for.
  const learn::LearnerSpec& spec = learned->spec.learner;
  std::unique_ptr<learn::Learner> fresh = learn::make_learner(spec);
  fresh->age(at.ms);
  if (steered.act == Act::import && !fresh->load(steered.state)) return;
  fresh->adopt(spec.window, spec.half_life);
  learned->learning = std::move(fresh);
  learned->changed = true;
  learned->since = at;
  const std::vector<learn::OptionEvidence>& evidence = learned->learning->evidence();
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    learned->decisions[i] = evidence[i].trials;
    learned->reached[i] = evidence[i].successes;
  }
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
    out.bytes(c.in_force.to->save());
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
  if (!waived.empty() || !choices_.empty()) table(waived, text, [&](std::uint64_t n) { out.varint(n); });
  // Since choices know delays, forgetting, limits of movement and hands on their weights.
  if (!choices_.empty()) {
    table(choices_, text, [&](const LearnedChoice& c) {
      out.signed_varint(c.spec.learner.window);
      out.signed_varint(c.spec.learner.half_life);
      for (const learn::Bounds& b : c.spec.bounds) {
        out.varint(b.floor);
        out.varint(b.cap);
      }
      out.varint(c.spec.moves.size());
      for (const MoveLimit& limit : c.spec.moves) {
        out.f64(limit.most);
        out.signed_varint(limit.within.ms);
      }
      c.in_force.save(out);
      out.u8(c.frozen ? 1 : 0);
      if (c.frozen) {
        out.signed_varint(c.frozen->at.ms);
        out.bytes(c.frozen->by);
        out.bytes(c.frozen->because);
      }
      out.signed_varint(c.since.ms);
    });
  }
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
    spec.bounds.resize(spec.options.size());
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
    for (learn::Learner* learner : {c.learning.get(), c.in_force.to.get()}) {
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
  if (!in.at_end()) {
    table([&] {
      LearnedChoice* c = choice(text());
      if (c == nullptr) return in.fail();
      c->spec.learner.window = in.signed_varint();
      c->spec.learner.half_life = in.signed_varint();
      for (learn::Bounds& b : c->spec.bounds) {
        b.floor = static_cast<learn::Share>(in.varint());
        b.cap = static_cast<learn::Share>(in.varint());
      }
      table([&] {
        MoveLimit& limit = c->spec.moves.emplace_back();
        limit.most = in.f64();
        limit.within.ms = in.signed_varint();
      });
      if (!c->in_force.load(in, *c->in_force.to)) return in.fail();
      if (in.u8() == 1) {
        c->frozen.emplace();
        c->frozen->at.ms = in.signed_varint();
        c->frozen->by = in.bytes();
        c->frozen->because = in.bytes();
      }
      c->since.ms = in.signed_varint();
    });
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "the tallies cannot be read");
  return {};
}

}  // namespace fairlead::engine
