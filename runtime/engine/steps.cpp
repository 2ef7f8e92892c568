// What each step does, and how a pass moves from one to the next until it has to wait.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/decide.hpp"
#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"
#include "runtime/values/limits.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;

void Turn::took(const Step& step, std::uint32_t way) {
  if (engine_.observer() != nullptr) engine_.observer()->took(step.key, way);
}

Result<void> Turn::advance(std::size_t index, std::optional<Index> to, std::optional<std::uint32_t> way) {
  const Result<bool> gone = leaves(index);
  if (!gone) return tl::unexpected(gone.error());
  if (*gone) return {};
  if (way) {
    const Version& version = version_of(cell_->instances[index]);
    const auto from = version.steps.find(cell_->instances[index].step);
    if (from != version.steps.end()) took(version.module.steps[from->second], *way);
  }
  Index at = to.value_or(none);
  bool begins = false;  // a round of a loop may
  if (!cell_->instances[index].bound.empty()) {
    Instance& instance = cell_->instances[index];
    const Result<Index> loop = round_without_row(version_of(instance), instance);
    if (!loop) return tl::unexpected(loop.error());
    begins = *loop != none;
    if (begins) at = *loop;
  }
  // A pass that comes back to where it stood (a message that was held, a round whose time is over) takes no new step.
  bool stood = at != none && cell_->instances[index].step == version_of(cell_->instances[index]).step_ids[at];
  while (at != none) {
    Instance& instance = cell_->instances[index];
    const Version& version = version_of(instance);
    const Step& step = version.module.steps[at];
    begins = begins || stood;
    if (!std::exchange(stood, false)) {
      engine_.say(now_, audit::StepTaken{pass(version, instance), step.key});
      instance.step = version.step_ids[at];
      instance.since = now_;
    }
    Index next = step.next;
    Result<Flow> flow = Flow::go_on;
    switch (step.kind) {
      case StepKind::send: flow = send(version, instance, step); break;
      case StepKind::wait_for:
      case StepKind::wait_until:
      case StepKind::wait_event: flow = wait(version, instance, step, next); break;
      case StepKind::branch: {
        const Result<vm::World> world = this->world(version, &instance);
        if (!world) return tl::unexpected(world.error());
        const Result<bool> yes = holds(version, step.value, *world);
        if (!yes)
          engine_.say(now_, audit::Guarded{pass(version, instance),
                                           step.key,
                                           "",
                                           audit::Guarded::Action::impossible,
                                           {},
                                           describe(yes.error())});
        next = yes.value_or(false) ? step.next : step.otherwise;
        took(step, yes.value_or(false) ? 0 : 1);
        break;
      }
      case StepKind::choose: flow = choose(version, instance, step, next); break;
      case StepKind::set:
        if (const Result<void> done = set(version, instance, step); !done) return done;
        break;
      case StepKind::act: flow = act(version, instance, step); break;
      case StepKind::let:
        if (const Result<void> done = let(version, instance, step); !done) return done;
        break;
      case StepKind::assign:
        if (const Result<void> done = assign(version, instance, step); !done) return done;
        break;
      case StepKind::approve: flow = approve(version, instance, step, next); break;
      case StepKind::repeat: flow = repeat(version, instance, step, next); break;
      case StepKind::split: next = split(version, instance, step); break;
      case StepKind::follow: {
        const std::optional<std::size_t> other = follow(index, step);
        if (!other) return {};
        index = *other;
        const Result<bool> left = leaves(index);
        if (!left) return tl::unexpected(left.error());
        if (*left) return {};
        const Instance& entered = cell_->instances[index];
        const Version& newest = version_of(entered);
        next = newest.module.workflows[newest.workflows.at(entered.workflow)].first;
        break;
      }
      case StepKind::stop:
      case StepKind::leave: leave(index, "stop", false); return {};
      case StepKind::for_each: flow = for_each(version, instance, step, begins, next); break;
      case StepKind::allocate:
      case StepKind::plan:  // refused when deployed: see unsupported.cpp
        return fault(FaultCode::not_supported, fmt::format("`{}`", step.key));
    }
    if (!flow) return tl::unexpected(flow.error());
    if (*flow != Flow::go_on) return {};
    at = next;
    begins = false;
  }
  leave(index, "end", false);
  return {};
}

const Zone& clock_of(const Version& version, const vm::World& world) {
  if (world.zone != nullptr) return *world.zone;
  return world.country_zones.empty() ? version.zone : world.country_zones.front();
}

Result<Turn::Flow> Turn::wait(const Version& version, Instance& instance, const Step& step, Index& next) {
  // Most waits are as long as they say, and need nothing of the contact.
  const Value* fixed = version.program->constant(step.value);
  Result<vm::World> world = vm::World{};
  if (fixed == nullptr || fixed->tag() != Tag::duration) world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  const Result<Value> value =
      fixed != nullptr ? Result<Value>(*fixed) : version.program->evaluate(step.value, *world, arena_);
  if (!value) {
    // A wait whose length cannot be told is no wait; the journal says why.
    engine_.say(
        now_,
        audit::Guarded{
            pass(version, instance), step.key, "", audit::Guarded::Action::impossible, {}, describe(value.error())});
    return Flow::go_on;
  }
  if (step.kind == StepKind::wait_event) {
    // `of CONTENT` counts from that send: what has happened since may be what is waited for.
    if (std::any_of(step.arms.begin(), step.arms.end(),
                    [](const bytecode::Arm& arm) { return arm.of_content != none; }) &&
        !instance.sent.empty()) {
      const Result<std::vector<store::Event>> events = engine_.events(contact_);
      if (!events) return tl::unexpected(events.error());
      for (const store::Event& event : *events) {
        if (event.content.empty()) continue;
        const Result<Index> arm = matching_arm(version, instance, step, event, true);
        if (!arm) return tl::unexpected(arm.error());
        if (*arm == none) continue;
        next = step.arms[*arm].first;
        took(step, *arm);
        return Flow::go_on;
      }
    }
  }
  Instant wake = now_;
  if (value->tag() == Tag::duration) {
    if (__builtin_add_overflow(now_.ms, value->as_duration().ms, &wake.ms)) wake = now_;
  } else if (value->tag() == Tag::time) {
    wake = clock_of(version, *world).next(now_, value->as_time());
  } else if (value->tag() == Tag::instant) {
    wake = value->as_instant();
  } else if (value->tag() == Tag::date) {
    wake = clock_of(version, *world).at(value->as_date(), TimeOfDay{});
  }
  instance.wake = std::max(wake, now_);
  return Flow::wait;
}

Result<Index> Turn::matching_arm(const Version& version, Instance& instance, const Step& step,
                                 const store::Event& event, bool before) {
  for (Index i = 0; i < step.arms.size(); ++i) {
    const bytecode::Arm& arm = step.arms[i];
    if (version.event_ids[arm.event] != event.type) continue;
    if (arm.of_content != none) {
      const std::uint32_t content = version.content_ids[arm.of_content];
      const auto sent = std::find_if(instance.sent.begin(), instance.sent.end(),
                                     [content](const SentAt& s) { return s.content == content; });
      if (sent == instance.sent.end() || event.at < sent->at ||
          event.content != version.module.contents[arm.of_content].name)
        continue;
    } else if (before || event.at < instance.since) {
      continue;
    }
    std::vector<Bound> unbound = instance.bound;
    if (arm.bind != none) {
      std::erase_if(instance.bound, [&](const Bound& b) { return b.number == arm.bind; });
      instance.bound.push_back({static_cast<std::uint8_t>(arm.bind), event.id});
    }
    if (arm.where != none) {
      const Result<vm::World> world = this->world(version, &instance);
      if (!world) return tl::unexpected(world.error());
      if (!holds(version, arm.where, *world).value_or(false)) {
        instance.bound = std::move(unbound);
        continue;
      }
    }
    return i;
  }
  return none;
}

Result<Turn::Flow> Turn::choose(const Version& version, Instance& instance, const Step& step, Index& next) {
  const bytecode::Choice& choice = version.module.choices[step.choice];
  std::optional<LearnedChoice> unlearned;
  const LearnedChoice& learned = weights_for(engine_.tallies().choice(choice.key), choice, unlearned);
  const Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  const audit::Decided decided = decide(version, step.choice, learned, *world, engine_.seed(), pass(version, instance),
                                        instance.mode, instance.visit);
  engine_.say(now_, decided);
  // Nobody eligible, or the draw fell to no option: nothing goes out.
  if (decided.chosen >= decided.shares.size()) return Flow::go_on;
  next = choice.options[decided.chosen].first;
  const bytecode::Goal& goal = version.module.goals[choice.goal];
  cell_->open.push_back({instance.workflow, instance.serial, version.number, version.choice_ids[step.choice],
                         version.goal_ids[choice.goal], decided.chosen, instance.mode, now_, now_ + goal.within,
                         decided.context});
  return Flow::go_on;
}

Result<void> Turn::set(const Version& version, Instance& instance, const Step& step) {
  const Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  Result<Value> value = version.program->evaluate(step.value, *world, arena_);
  if (value && !fits_record(*value)) value = fault(FaultCode::overflow);
  const bytecode::Field& field = version.module.fields[step.field];
  if (!value) {
    engine_.say(
        now_,
        audit::Guarded{
            pass(version, instance), step.key, "", audit::Guarded::Action::impossible, {}, describe(value.error())});
    return {};
  }
  const std::string zone = zone_named();
  std::vector<std::pair<std::uint32_t, Value>> values = person_->record.values;
  std::erase_if(values, [&](const auto& pair) { return pair.first == field.id; });
  values.emplace_back(field.id, *value);
  ByteWriter content;
  content.value(*value);
  Record record;
  if (const Result<void> read = decode_values(encode_values(std::move(values)), record); !read) return read;
  person_->record = std::move(record);
  engine_.store_person(contact_);
  ++cell_->revision;
  engine_.say(now_, audit::FieldSet{pass(version, instance), field.name, sha256({person_->salt, content.str()})});
  look_at_zone(zone);
  return {};
}

Turn::Flow Turn::withheld(const Instance& instance, const Step& step, const Judged& judged) {
  const Version& version = version_of(instance);
  engine_.say(now_,
              audit::Guarded{
                  pass(version, instance), step.key, judged.rule, audit::Guarded::Action::skipped, {}, judged.detail});
  if (judged.kind != guard::Verdict::Kind::stop) return Flow::go_on;
  leave(static_cast<std::size_t>(&instance - cell_->instances.data()), fmt::format("rule {}", judged.rule), false);
  return Flow::ended;
}

Result<Turn::Flow> Turn::send_now(const Version& version, Instance& instance, const Step& step) {
  const audit::Pass who = pass(version, instance);
  const bytecode::Content& content = version.module.contents[step.content];
  // What is transactional goes to who is held out, and from no shadow.
  const bool owed = content.transactional && instance.mode == Mode::held_out;
  const guard::Side side = owed ? guard::Side::out : side_of(instance.mode);
  const bool suppressed = side != guard::Side::out;
  // Where nothing goes out the same rules are asked of what would have, so that the pass takes the same way at the same
  // time.
  Sending sending{instance.workflow, content.name, "", instance.held, side, {}};
  Judged judged;
  const Result<Index> by = carrier(version, instance, step, sending, judged);
  if (!by) return tl::unexpected(by.error());
  using Kind = guard::Verdict::Kind;
  if (judged.kind != Kind::hold) forget_words(version, instance, judged.kind > Kind::defer);
  if (judged.kind == Kind::defer) {
    // Time passes while a message is held; the pass waits with it, and every rule is asked again.
    if (!instance.held) instance.held = now_;
    instance.wake = std::max(judged.until, now_ + Duration{1});
    engine_.say(now_, audit::Guarded{who, step.key, judged.rule, audit::Guarded::Action::deferred, *instance.wake, ""});
    return Flow::wait;
  }
  const Instant since = instance.held.value_or(now_);
  instance.held.reset();
  if (judged.kind != Kind::allowed && judged.kind != Kind::hold) return withheld(instance, step, judged);
  const std::string& channel = sending.channel;
  const std::uint32_t channel_id = version.channel_ids[*by];
  const Decimal cost = sending.cost;
  const std::string key = effect_key(version, instance, step);
  const Result<nlohmann::ordered_json> effect = rendered(version, instance, step);
  if (!effect && of_store(effect.error())) return tl::unexpected(effect.error());
  if (!effect) {
    forget_words(version, instance, true);
    engine_.say(now_,
                audit::Guarded{who, step.key, "", audit::Guarded::Action::impossible, {}, describe(effect.error())});
    return Flow::go_on;
  }
  if (judged.kind == Kind::hold) return hold(version, instance, step, judged, *effect);
  forget_words(version, instance, true);
  const Approval approval = take_approval(instance, step, *effect);
  if (approval == Approval::lapsed) {
    engine_.say(now_, audit::Guarded{who, step.key, "", audit::Guarded::Action::skipped, {}, lapsed_approval});
    return Flow::go_on;
  }
  std::string body = payload(version, instance, key, *effect);
  const Judged words = judge_words(engine_, version, sending, body);
  if (words.kind != Kind::allowed) return withheld(instance, step, words);
  for (const LetPass& one : judged.let_pass) engine_.say(now_, entry_of(one, who, step.key));
  if (!suppressed || planted(Bug::held_out_gets_message) ||
      (side == guard::Side::shadow && planted(Bug::shadow_sends))) {
    Origin origin{instance.workflow, instance.serial, version.number, content.name, channel, since, "", "", {}};
    origin.granted = sending.granted;
    if (approval == Approval::holds || !origin.granted.empty())
      origin.rules = view(rules_hash(engine_.deployments(), instance.workflow));
    origin.cost = cost;
    // The version that the pass follows may say otherwise than the newest, by which an Effect counts.
    const Charge charge{content.transactional ? 0 : channel_id, cost};
    if (charge != engine_.charges().usual(version.content_ids[step.content], channel_id))
      engine_.say(now_, audit::Charged{who.workflow, content.transactional ? "" : channel, cost});
    rated_send(instance.workflow);
    engine_.out().fill.push_back({key, contact_, channel, std::move(body), encode(origin), cell_->revision, now_, now_,
                                  store::OutboxState::ready, 0});
  }
  engine_.say(now_, audit::Effect{who, step.key, key, content.name, channel, suppressed});
  credit_picks(instance, step);
  const std::uint32_t content_id = version.content_ids[step.content];
  std::erase_if(instance.sent, [content_id](const SentAt& s) { return s.content == content_id; });
  instance.sent.push_back({content_id, now_});
  spend(channel_id, instance, side, cost);
  if (!content.transactional) {
    const Duration keep = guard::longest_window(engine_.deployments().newest().module);
    std::erase_if(cell_->counted, [&](const Counted& c) { return c.at < now_ - keep; });
    if (keep > Duration{} && !planted(Bug::cap_counted_at_hand_over))
      cell_->counted.push_back({now_, channel_id, instance.workflow, side});
  }
  return Flow::go_on;
}

}  // namespace fairlead::engine
