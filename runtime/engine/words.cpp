// What a rule holds until somebody in its role has said yes to exactly it (language, sections 10.6 and 10.8). The pass
// stands at its step, the effect is shown as a row of the outbox that is never handed over, and every rule is asked
// again whenever the pass wakes: a yes counts for the effect, the role and the rules that it was given under, and once.
#include <algorithm>
#include <utility>

#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;
using Ended = audit::ApprovalEnded::Result;
using Json = nlohmann::ordered_json;

std::vector<std::string> Turn::approvers(const Version& version, const Instance& instance, const Step& step,
                                         bool suppressed) const {
  std::vector<std::string> out;
  const std::uint32_t id = name_id(step.key);
  const bool shown =
      std::any_of(instance.shown.begin(), instance.shown.end(), [id](const Shown& s) { return s.step == id; });
  if (!shown && !suppressed) return out;
  const auto workflow = version.workflows.find(instance.workflow);
  if (workflow == version.workflows.end()) return out;
  for (const Index s : version.module.workflows[workflow->second].steps) {
    const Step& approve = version.module.steps[s];
    if (approve.kind == StepKind::approve && std::any_of(approve.covered.begin(), approve.covered.end(), [&](Index c) {
          return version.module.steps[c].key == step.key;
        }))
      out.push_back(version.module.roles[approve.role].name);
  }
  return out;
}

Result<Judged> Turn::judged(const Version& version, Instance& instance, const Step& step, Sending& sending) {
  using Kind = guard::Verdict::Kind;
  const bool suppressed = sending.side != guard::Side::out;
  if (!refused_.empty()) {
    Judged out;
    out.kind = Kind::skip;
    out.rule = std::exchange(refused_, {});
    return out;
  }
  sending.granted = approvers(version, instance, step, suppressed);
  for (;;) {
    Judged out = judge(engine_, *this, *cell_, version, sending, guard::Ask::all);
    if (!out.fault.empty()) return fault(FaultCode::module_damaged, out.fault);
    if (out.kind != Kind::hold) {
      shown_till_.reset();
      return out;
    }
    if (suppressed) {
      // Nobody is asked about what does not go out: the pass goes on as if approved.
      engine_.say(now_,
                  audit::ApprovalAsked{pass(version, instance), step.key, effect_key(version, instance, step), out.role,
                                       now_, Hash{}, rules_hash(engine_.deployments(), instance.workflow), true});
    } else {
      const Result<bool> given = word_given(version, instance, step, out.role);
      if (!given) return tl::unexpected(given.error());
      if (!*given) return out;
    }
    sending.granted.push_back(out.role);
  }
}

Result<bool> Turn::word_given(const Version& version, Instance& instance, const Step& step, const std::string& role) {
  const auto at = std::find_if(cell_->words.begin(), cell_->words.end(), [&](const Word& word) {
    return word.workflow == instance.workflow && word.role == role && word.given;
  });
  if (at == cell_->words.end()) return false;
  const Result<Json> effect = rendered(version, instance, step);
  if (!effect && of_store(effect.error())) return tl::unexpected(effect.error());
  // It lapses where the effect or a rule is another than the one that they saw.
  if (effect && (at->digest == digest(*effect, rules_hash(engine_.deployments(), instance.workflow)) ||
                 planted(Bug::approval_without_look)))
    return true;
  cell_->words.erase(at);
  return false;
}

Result<Turn::Flow> Turn::hold(const Version& version, Instance& instance, const Step& step, const Judged& judged,
                              const Json& effect) {
  const Hash rules = rules_hash(engine_.deployments(), instance.workflow);
  const std::uint64_t now_shown = digest(effect, rules);
  std::optional<Instant> till = std::exchange(shown_till_, std::nullopt);
  // Whoever looks at it for another rule need not any more.
  for (auto other = cell_->words.begin(); other != cell_->words.end();) {
    const bool pending = other->workflow == instance.workflow && !other->given && other->role != judged.role;
    if (pending) settle_word(version, instance, *other, Ended::changed, "", "");
    other = pending ? cell_->words.erase(other) : std::next(other);
  }
  auto word = std::find_if(cell_->words.begin(), cell_->words.end(),
                           [&](const Word& w) { return w.workflow == instance.workflow && !w.given; });
  const bool bounded = word != cell_->words.end() && word->until != Instant{};
  if (bounded && !(now_ < word->until)) {
    settle_word(version, instance, *word, Ended::lapsed, "", "");
    cell_->words.erase(word);
    forget_words(version, instance, true);
    return withheld(instance, step, judged);
  }
  if (word != cell_->words.end() && (word->digest != now_shown || word->rule != judged.rule)) {
    // What they are looking at is not what would go out: they are shown that instead.
    settle_word(version, instance, *word, Ended::changed, "", "");
    if (word->rule == judged.rule) till = word->until;
    cell_->words.erase(word);
    word = cell_->words.end();
  }
  if (word == cell_->words.end()) {
    // How long is as the rule says now; what is shown anew is not held for longer by that.
    Instant until = judged.up_to > Duration{} ? now_ + judged.up_to : Instant{};
    if (until != Instant{} && till && *till != Instant{}) until = std::min(until, *till);
    word = cell_->words.insert(word, {instance.workflow, judged.role, judged.rule, now_shown, now_, until, false});
    // A question is one of its own, even where the same was asked and settled within this millisecond.
    std::string key = word_key(version, instance, *word);
    for (;; key = word_key(version, instance, *word)) {
      const Result<bool> known = engine_.has_row(key);
      if (!known) return tl::unexpected(known.error());
      if (!*known) break;
      word->asked = word->asked + Duration{1};
    }
    const audit::Pass who = pass(version, instance);
    const Json effects = Json::array({effect});
    const std::string text = effects.dump(-1, ' ', false, Json::error_handler_t::replace);
    engine_.say(now_, audit::ApprovalAsked{who, step.key, key, judged.role, until, sha256({person_->salt, text}), rules,
                                           false});
    Json shown{{"key", key},          {"workflow", who.workflow}, {"step", step.key},
               {"rule", judged.rule}, {"role", judged.role},      {"at", to_string(now_)}};
    if (until != Instant{}) shown["until"] = to_string(until);
    shown["effects"] = effects;
    const Origin origin{instance.workflow, instance.serial, version.number, "", "", now_, "", ""};
    engine_.out().fill.push_back({key, contact_, "", shown.dump(-1, ' ', false, Json::error_handler_t::replace),
                                  encode(origin), cell_->revision, until == Instant{} ? now_ : until, now_,
                                  store::OutboxState::asked, 0});
  }
  // A rule that defers counts its time from when nobody's word is wanted any more.
  instance.held.reset();
  instance.wake = std::max(judged.until, now_ + Duration{1});
  if (word->until != Instant{}) instance.wake = std::min(*instance.wake, word->until);
  return Flow::wait;
}

void Turn::forget_words(const Version& version, const Instance& instance, bool all, Ended result) {
  for (const Word& word : cell_->words) {
    if (word.workflow == instance.workflow && !word.given) settle_word(version, instance, word, result, "", "");
  }
  if (planted(Bug::word_kept)) all = false;
  std::erase_if(cell_->words,
                [&](const Word& word) { return word.workflow == instance.workflow && (all || !word.given); });
}

std::string Turn::word_key(const Version& version, const Instance& instance, const Word& word) const {
  const auto step = version.steps.find(instance.step);
  const std::string at = step == version.steps.end()
                             ? std::to_string(instance.step)
                             : effect_key(version, instance, version.module.steps[step->second]);
  return short_hex(
      sha256({"word", at, word.role, word.rule, std::to_string(word.asked.ms), std::to_string(word.digest)}), 16);
}

Word* Turn::word_of(const Version& version, const Instance& instance, const std::string& key) {
  const auto at = std::find_if(cell_->words.begin(), cell_->words.end(), [&](const Word& word) {
    return word.workflow == instance.workflow && !word.given && word_key(version, instance, word) == key;
  });
  return at == cell_->words.end() ? nullptr : &*at;
}

void Turn::settle_word(const Version& version, const Instance& instance, const Word& word, Ended result,
                       const std::string& by, const std::string& because) {
  const auto step = version.steps.find(instance.step);
  const std::string key = word_key(version, instance, word);
  engine_.out().move.push_back({key, store::OutboxState::settled});
  engine_.say(now_, audit::ApprovalEnded{pass(version, instance),
                                         step == version.steps.end() ? "?" : version.module.steps[step->second].key,
                                         key, result, by, because});
}

Result<void> Turn::decided(std::size_t index, const Step& step, Word& word, const ApprovalIn& in, Instant said) {
  Instance& instance = cell_->instances[index];
  const Version& version = version_of(instance);
  Ended result = in.approved ? Ended::approved : Ended::rejected;
  if (word.until != Instant{} && !(said < word.until)) {
    result = Ended::lapsed;
  } else if (in.approved && !planted(Bug::approval_without_look)) {
    const Result<Json> effect = rendered(version, instance, step);
    if (!effect && of_store(effect.error())) return tl::unexpected(effect.error());
    if (!effect || word.digest != digest(*effect, rules_hash(engine_.deployments(), instance.workflow)))
      result = Ended::changed;
  }
  settle_word(version, instance, word, result, in.by, in.because);
  if (result == Ended::approved) {
    word.given = true;
  } else {
    if (result == Ended::changed) {
      shown_till_ = word.until;
    } else {
      refused_ = word.rule;
    }
    cell_->words.erase(cell_->words.begin() + (&word - cell_->words.data()));
  }
  instance.wake.reset();
  return advance(index, version.steps.at(instance.step));
}

}  // namespace fairlead::engine
