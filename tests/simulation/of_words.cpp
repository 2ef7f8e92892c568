#include "tests/simulation/of_words.hpp"

namespace fairlead::simulation {

using Ended = audit::ApprovalEnded::Result;

namespace {

/// Whether it is an effect that waits, and no `approve`.
bool is_effect(const std::string& step) {
  const std::string last = step.substr(step.rfind('/') + 1);
  return last.starts_with("send ") || last.starts_with("do ");
}

bool may_say(const std::string& role, const std::string& who) {
  return role == "lead" ? who == "kim@a.example" : who == "lee@a.example" || who == "sam@a.example";
}

}  // namespace

bool OfWords::fires(const WordSays& rule, const Wanting& what, Instant at) {
  if (!rule.action.empty() || !what.action.empty()) return rule.action == what.action;
  if (what.owed && rule.when.kind == engine::testing::RuleSays::Kind::window) return false;
  return forbids(rule.when, {what.pass.workflow, what.channel, what.side}, known_.values[what.pass.contact],
                 known_.filled[what.pass.contact], at);
}

bool OfWords::covers(const Word& word, const std::string& step) {
  if (!word.of_step) return word.step == step;
  return step.starts_with(word.step + "/") && !step.starts_with(word.step + "/otherwise/");
}

void OfWords::see(Instant at, const audit::ApprovalAsked& asked) {
  asked_[asked.key] = {asked.role, asked.until};
  if (!is_effect(asked.step)) return;
  const bool call = asked.step.find("do create_deal") != std::string::npos;
  const bool owed = asked.step.find("send receipt") != std::string::npos;
  const audit::Mode mode = known_.mode(asked.pass);
  const Side side = owed && mode == audit::Mode::held_out ? Side::out : side_of(mode);
  const Wanting what{asked.pass, asked.step, channel_of(asked.step), call ? "create_deal" : "", side, owed};
  const std::vector<WordSays>& rules = known_.says().words;
  // What is shown anew waits no longer for that; nobody is asked of what does not go out.
  const bool asks = std::any_of(rules.begin(), rules.end(), [&](const WordSays& rule) {
    if (rule.role != asked.role || !fires(rule, what, at)) return false;
    return asked.suppressed ||
           (rule.up_to ? asked.until != Instant{} && !(at + *rule.up_to < asked.until) : asked.until == Instant{});
  });
  if (!asks) known_.wrong("{}, {}: {} is asked, and no rule wants it", name(asked.pass), asked.step, asked.role);
  if (asked.suppressed != (what.side != Side::out))
    known_.wrong("{}, {}: {} is asked of what does not go out", name(asked.pass), asked.step, asked.role);
}

void OfWords::see(Instant at, const audit::ApprovalEnded& ended) {
  const std::string what = fmt::format("{}, {}", name(ended.pass), ended.step);
  ended_[{name(ended.pass), ended.step}] = ended.result;
  const auto asked = asked_.find(ended.key);
  if (asked == asked_.end()) return known_.wrong("{}: an answer to what was never asked", what);
  const Instant until = asked->second.until;
  const bool bounded = until != Instant{};
  if (ended.result == Ended::lapsed && (!bounded || at < until)) known_.wrong("{}: over before its time", what);
  if (ended.result != Ended::approved) return;
  // It counts when it is given, however late the engine comes to it.
  const auto said = known_.seen.said.find(ended.key);
  if (said == known_.seen.said.end()) return known_.wrong("{}: a yes that nobody in the role gave", what);
  if (bounded && !(said->second < until)) known_.wrong("{}: a yes that comes too late counts", what);
  if (!may_say(asked->second.role, ended.by))
    known_.wrong("{}: {} says yes, and is not in {}", what, ended.by, asked->second.role);
  const auto shown = known_.seen.shown.find(ended.key);
  if (shown == known_.seen.shown.end()) return known_.wrong("{}: a yes to what nobody was shown", what);
  const nlohmann::json effects = nlohmann::json::parse(shown->second, nullptr, false)["effects"];
  // Of an earlier word there, also on an earlier round of an `approve`, nothing counts any more.
  std::erase_if(given_[ended.pass],
                [&](const Word& word) { return word.step == ended.step && word.role == asked->second.role; });
  given_[ended.pass].push_back({ended.step, asked->second.role, known_.says().policy, !is_effect(ended.step), effects});
}

void OfWords::fill(Instant at, const Wanting& what, const std::string& key) {
  std::vector<Word>& given = given_[what.pass];
  std::vector<Word>& had = filled_[key];
  for (const Word& word : given) {
    if (covers(word, what.step) && word.policy == known_.says().policy) had.push_back(word);
  }
  // Of a rule's word nothing is left for the next.
  std::erase_if(given, [&](const Word& word) { return !word.of_step && word.step == what.step; });
  for (const WordSays& rule : known_.says().words) {
    const bool said = std::any_of(had.begin(), had.end(), [&](const Word& word) { return word.role == rule.role; });
    if (!said && fires(rule, what, at))
      known_.wrong("{}, {}: {} wants the word of {}, which nobody gave", name(what.pass), what.step, rule.when.name,
                   rule.role);
  }
}

void OfWords::see(Instant at, const audit::Effect& effect) {
  if (effect.suppressed) return;
  fill(at, {effect.pass, effect.step, effect.channel, "", Side::out, effect.content == "receipt"}, effect.key);
}

void OfWords::see(Instant at, const audit::Acted& acted) {
  if (!acted.suppressed) fill(at, {acted.pass, acted.step, "", acted.action, Side::out}, acted.key);
}

void OfWords::see(Instant, const audit::Guarded& guarded) {
  if (guarded.action == audit::Guarded::Action::skipped)
    std::erase_if(given_[guarded.pass], [&](const Word& word) { return !word.of_step && word.step == guarded.step; });
  if (!guarded.rule.starts_with("brand.word")) return;
  const auto ended = ended_.find({name(guarded.pass), guarded.step});
  if (ended == ended_.end() || (ended->second != Ended::rejected && ended->second != Ended::lapsed))
    known_.wrong("{}, {}: left out by {}, and nobody said no", name(guarded.pass), guarded.step, guarded.rule);
}

void OfWords::handed(const Delivered& message, const Act& act) {
  if (!message.out) return;
  const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
  const std::vector<Word>& had = filled_[message.key];
  const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
  for (const Word& word : had) {
    if (!is_among(payload, word.shown)) known_.wrong("{}: what went out is not what {} was shown", what, word.role);
  }
  if (act.content.empty()) return;
  // What may change between the fill and the hand-over is asked again; what counts is counted when it is filled.
  for (const WordSays& rule : known_.says().words) {
    if (rule.when.kind == engine::testing::RuleSays::Kind::window) continue;
    const bool said = std::any_of(had.begin(), had.end(), [&](const Word& word) {
      return word.role == rule.role && word.policy == known_.says().policy;
    });
    if (!said &&
        fires(rule, {act.pass, act.step, act.channel, "", Side::out, act.content == "receipt"}, known_.record_at))
      known_.wrong("{}: handed over at {}, and {} wants a word", what, to_string(known_.record_at), rule.when.name);
  }
}

}  // namespace fairlead::simulation
