// What is chosen inside a `send`: by which channel it goes, at which hour, and in which words. Each is drawn and
// recorded as what a `choose` draws, and kept until the message went out, or did not: whoever is asked for a word has
// seen that message and no other.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/decide.hpp"
#include "runtime/engine/picks.hpp"
#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;

namespace {

/// How near a message is to going by a channel.
enum class Nearness : std::uint8_t { now, later, with_a_word, not_at_all, stops, cannot };

Nearness nearness(const Judged& judged) {
  using Kind = guard::Verdict::Kind;
  switch (judged.kind) {
    case Kind::allowed: return Nearness::now;
    case Kind::defer: return Nearness::later;
    case Kind::hold: return Nearness::with_a_word;
    case Kind::skip: return Nearness::not_at_all;
    case Kind::stop: return Nearness::stops;
  }
  return Nearness::cannot;
}

/// Why nobody can be reached by a channel, whatever the rules say; empty where they can.
std::string unreachable(const bytecode::Module& module, Index index, const vm::World& world) {
  const bytecode::Channel& channel = module.channels[index];
  if (channel.to != none && !world.fields[channel.to].exists())
    return fmt::format("contact.{} is empty", module.fields[channel.to].name);
  if (channel.consent == none) return "";
  const Value& consent = world.fields[channel.consent];
  if (consent.tag() == Tag::text && consent.as_text() == "given") return "";
  return fmt::format("contact.{} is {}", module.fields[channel.consent].name,
                     consent.tag() == Tag::text ? consent.as_text() : "unknown");
}

/// What a pass has picked at a step, in whatever version.
const Picked* picked_by(const Cell& cell, const Instance& instance, const Step& step, const std::string& key) {
  const std::uint32_t at = name_id(step.key), choice = name_id(key);
  const auto found = std::find_if(cell.picked.begin(), cell.picked.end(), [&](const Picked& p) {
    return p.workflow == instance.workflow && p.step == at && p.choice == choice && p.visit == instance.visit;
  });
  return found == cell.picked.end() ? nullptr : &*found;
}

}  // namespace

struct Turn::Channels {
  struct One {
    Judged judged;
    std::string why_not;  // empty: the channel can carry it, as far as nobody's rule is asked
    Nearness near = Nearness::cannot;
  };
  std::vector<One> all;  // in the order of the step

  [[nodiscard]] Nearness nearest() const { return std::ranges::min_element(all, {}, &One::near)->near; }
  /// Those that are nearest, as long as the message can still go by them.
  [[nodiscard]] std::vector<bool> eligible() const {
    std::vector<bool> out;
    for (const One& one : all) out.push_back(one.near == nearest() && one.near <= Nearness::with_a_word);
    return out;
  }
  /// `email: contact.consent.email is withdrawn, sms: brand.nights`
  [[nodiscard]] std::string why(const bytecode::Module& module, const Step& step) const {
    std::string out = "none of its channels may carry it";
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Judged& judged = all[i].judged;
      out += fmt::format("{} {}: {}", i == 0 ? ";" : ",", module.channels[step.best[i]].name,
                         !all[i].why_not.empty() ? all[i].why_not
                         : !judged.rule.empty()  ? judged.rule
                                                 : judged.detail);
    }
    return out;
  }
};

Result<Turn::Flow> Turn::send(const Version& version, Instance& instance, const Step& step) {
  const Result<bool> later = awaits_hour(version, instance, step);
  if (!later) return tl::unexpected(later.error());
  if (*later) return Flow::wait;
  const std::uint32_t workflow = instance.workflow;
  const Result<Flow> flow = send_now(version, instance, step);
  // Where the pass ended, all that it had picked went with it.
  if (flow && *flow == Flow::go_on && !cell_->picked.empty()) {
    const std::uint32_t id = name_id(step.key);
    std::erase_if(cell_->picked, [&](const Picked& p) { return p.workflow == workflow && p.step == id; });
  }
  return flow;
}

const Picked* Turn::picked(const Instance& instance, const Step& step, const std::string& key) const {
  const Picked* found = picked_by(*cell_, instance, step, key);
  // An option of another version may be another one by its number: then it is drawn anew.
  return found != nullptr && found->version == instance.version ? found : nullptr;
}

std::uint32_t Turn::pick(const Version& version, const Instance& instance, const Step& step, const std::string& key,
                         const std::vector<bool>& eligible) {
  if (const Picked* known = picked(instance, step, key);
      known != nullptr && known->chosen < eligible.size() && eligible[known->chosen])
    return known->chosen;
  const std::uint32_t at = name_id(step.key), id = name_id(key);
  std::erase_if(cell_->picked, [&](const Picked& p) {
    return p.workflow == instance.workflow && (p.visit != instance.visit || (p.step == at && p.choice == id));
  });
  const bytecode::Choice& choice = version.choice(version.choices.at(id));
  std::optional<LearnedChoice> unlearned;
  const LearnedChoice& learned = weights_for(engine_.tallies().choice(key), choice, unlearned);
  const audit::Pass who = pass(version, instance);
  // Two steps may share the words that are learned, but not the draw.
  const std::uint64_t purpose = stable_hash({"pick", audit::to_string(who), key, step.key});
  audit::Decided decided = draw(choice, learned, eligible, {}, engine_.seed(), purpose, instance.visit);
  decided.pass = who;
  decided.mode = instance.mode;
  const std::uint32_t chosen = decided.shares.empty() ? static_cast<std::uint32_t>(eligible.size()) : decided.chosen;
  engine_.say(now_, std::move(decided));
  if (chosen < eligible.size())
    cell_->picked.push_back({instance.workflow, at, id, version.number, instance.visit, chosen, now_});
  return chosen;
}

void Turn::credit_picks(const Instance& instance, const Step& step) {
  if (cell_->picked.empty()) return;
  const std::uint32_t at = name_id(step.key);
  for (const Picked& one : cell_->picked) {
    if (one.workflow != instance.workflow || one.step != at || one.visit != instance.visit) continue;
    const Version* version = engine_.deployments().find(one.version);
    if (version == nullptr) continue;
    const bytecode::Choice& choice = version->choice(version->choices.at(one.choice));
    if (choice.goal == none) continue;
    cell_->open.push_back({instance.workflow,
                           instance.serial,
                           one.version,
                           one.choice,
                           version->goal_ids[choice.goal],
                           one.chosen,
                           instance.mode,
                           one.at,
                           one.at + version->module.goals[choice.goal].within,
                           {}});
  }
}

// ---- hours

Result<bool> Turn::awaits_hour(const Version& version, Instance& instance, const Step& step) {
  if (!step.best_hour) return false;
  const std::string key = hour_key(step);
  // It has come. Who moved to another version meanwhile wakes when they would have.
  if (picked_by(*cell_, instance, step, key) != nullptr) return false;
  const Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  const std::vector<TimeOfDay> hours = hours_of(*step.best_hour);
  const TimeOfDay hour = hours[pick(version, instance, step, key, std::vector<bool>(hours.size(), true))];
  const Zone& clock = clock_of(version, *world);
  if (in_hour(*step.best_hour, hour, clock.civil(now_).time)) return false;
  instance.wake = clock.next(now_, hour);
  return true;
}

// ---- words

Index Turn::words_of(const Version& version, const Instance& instance, const Step& step, Index channel,
                     const bytecode::Slot& slot) {
  if (slot.one_of.empty()) return slot.text;
  const std::string key = words_key(version.module, pass(version, instance).workflow, step, channel, slot);
  return slot.one_of[pick(version, instance, step, key, std::vector<bool>(slot.one_of.size(), true))].text;
}

// ---- channels

Result<Turn::Channels> Turn::channels(const Version& version, Instance& instance, const Step& step, Sending sending) {
  const Result<vm::World> world = this->world(version, &instance);
  if (!world) return tl::unexpected(world.error());
  Channels out;
  for (const Index index : step.best) {
    Channels::One& one = out.all.emplace_back();
    one.why_not = unreachable(version.module, index, *world);
    if (!one.why_not.empty()) continue;
    sending.channel = version.module.channels[index].name;
    sending.cost = version.module.channels[index].cost;
    one.judged = judge(engine_, *this, *cell_, version, sending, guard::Ask::all);
    if (!one.judged.fault.empty()) return fault(FaultCode::module_damaged, one.judged.fault);
    one.near = nearness(one.judged);
  }
  return out;
}

Result<Index> Turn::carrier(const Version& version, Instance& instance, const Step& step, Sending& sending,
                            Judged& judged) {
  const auto goes_by = [&](Index channel) {
    sending.channel = version.module.channels[channel].name;
    sending.cost = version.module.channels[channel].cost;
    return channel;
  };
  const auto asked = [&](Index channel) -> Result<Index> {
    goes_by(channel);
    Result<Judged> all = this->judged(version, instance, step, sending);
    if (!all) return tl::unexpected(all.error());
    judged = std::move(*all);
    return channel;
  };
  if (step.best.empty()) return asked(step.channel);
  const std::string key = channel_key(step);
  const Picked* kept = picked(instance, step, key);
  // Somebody has just said no to it: to the message, whatever carries it.
  if (kept != nullptr && !refused_.empty()) return asked(step.best[kept->chosen]);
  sending.granted = approvers(version, instance, step, sending.side != guard::Side::out);
  Result<Channels> found = channels(version, instance, step, sending);
  if (!found) return tl::unexpected(found.error());
  std::size_t at = found->all.size();
  // What somebody was shown goes by the channel that they saw for as long as it can.
  if (kept != nullptr && found->all[kept->chosen].near <= Nearness::with_a_word) {
    at = kept->chosen;
  } else if (found->nearest() == Nearness::later) {
    // None may carry it yet: it waits for the first that may, and is picked then.
    at = static_cast<std::size_t>(
        std::ranges::min_element(found->all, {},
                                 [](const Channels::One& one) { return std::pair(one.near, one.judged.until); }) -
        found->all.begin());
  } else {
    at = pick(version, instance, step, key, found->eligible());
  }
  if (at == found->all.size()) {
    judged = std::ranges::min_element(found->all, {}, &Channels::One::near)->judged;
    if (found->nearest() == Nearness::cannot) judged.kind = guard::Verdict::Kind::skip;
    judged.detail = found->why(version.module, step);
    return none;
  }
  // Whether a word is there that it waits for is known of the message that was shown.
  if (found->all[at].near == Nearness::with_a_word) return asked(step.best[at]);
  shown_till_.reset();
  judged = std::move(found->all[at].judged);
  return goes_by(step.best[at]);
}

Result<Index> Turn::shown_channel(const Version& version, Instance& instance, const Step& step) {
  if (step.best.empty()) return step.channel;
  const std::string key = channel_key(step);
  if (const Picked* kept = picked(instance, step, key); kept != nullptr) return step.best[kept->chosen];
  const Sending sending{instance.workflow, version.module.contents[step.content].name, "", {}, guard::Side::out, {}};
  const Result<Channels> found = channels(version, instance, step, sending);
  if (!found) return tl::unexpected(found.error());
  const std::uint32_t at = pick(version, instance, step, key, found->eligible());
  if (at < step.best.size()) return step.best[at];
  return fault(FaultCode::bad_input, found->why(version.module, step));
}

}  // namespace fairlead::engine
