// Learned scores: what they are, and what they have learned.
#include "runtime/engine/scores.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/listing.hpp"
#include "runtime/bytecode/operands.hpp"
#include "runtime/learn/feature.hpp"
#include "runtime/values/hash.hpp"

namespace fairlead::engine {

using bytecode::none;

namespace {

constexpr std::string_view prefix = "score ";

/// A function by what it says, so that it is the same wherever its module keeps constants and counters.
std::string text_of(const bytecode::Module& module, Index function, Index event = none) {
  if (function == none) return "";
  std::string out;
  for (const bytecode::Instruction instruction : module.functions[function].code) {
    out += bytecode::info(instruction.op()).name;
    for (const bytecode::Operand& operand : bytecode::operands(instruction)) {
      switch (operand.kind) {
        case '.': continue;
        case 'k': out += " " + bytecode::to_string(module.constants[operand.value]); break;
        case 'f': out += " " + bytecode::name_at(module.fields, operand.value); break;
        case 'n': out += " " + bytecode::name_at(module.counters, operand.value); break;
        case 's': out += " " + bytecode::name_at(module.scores, operand.value); break;
        case 'e':
          out += " " + (event == none ? std::to_string(operand.value)
                                      : bytecode::name_at(module.events[event].fields, operand.value));
          break;
        default: out += fmt::format(" {}", operand.value);
      }
    }
    out += "\n";
  }
  return out;
}

std::string name_of(const bytecode::Feature& feature) {
  return fmt::format("{}: {}", feature.name, fairlead::to_string(feature.type));
}

learn::OnlineLogistic begin_with(const ScoreSpec& spec) {
  return {spec.entries.size(), learn::Prior{.intercept = learn::log_odds_of(spec.prior)}};
}

}  // namespace

std::uint64_t meaning_of(const bytecode::Module& module, const bytecode::Score& score) {
  std::string features;
  for (const bytecode::Feature& feature : score.features)
    features += name_of(feature) + "\n" + text_of(module, feature.value);
  return stable_hash({"score", bytecode::name_at(module.events, score.event), text_of(module, score.where, score.event),
                      std::to_string(score.within.ms), features});
}

ScoreSpec spec_of(const bytecode::Module& module, const bytecode::Score& score) {
  ScoreSpec out;
  out.meaning = meaning_of(module, score);
  out.entries.emplace_back("(all)");
  for (const bytecode::Feature& feature : score.features) {
    out.features.push_back(name_of(feature));
    for (const std::string& entry : learn::entry_names(feature.type))
      out.entries.push_back(entry.empty() ? feature.name : feature.name + " " + entry);
  }
  // A goal that is reached by the same says how frequent it is.
  const std::string where = text_of(module, score.where, score.event);
  for (const bytecode::Goal& goal : module.goals) {
    if (goal.event != score.event || goal.sum != none || !goal.baseline || goal.within != score.within ||
        text_of(module, goal.where, goal.event) != where)
      continue;
    out.prior = goal.baseline->to_double();
    out.prior_of = goal.name;
    break;
  }
  return out;
}

LearnedScore begin(ScoreSpec spec) {
  learn::OnlineLogistic nothing = begin_with(spec);
  return {.spec = std::move(spec),
          .learning = nothing,
          .in_force = nothing,
          .published_at = {},
          .since = {},
          .frozen_by = {},
          .judged = {}};
}

bool knows_enough(const LearnedScore& learned) {
  return learned.imported || (learned.came >= enough_of_each && learned.observed - learned.came >= enough_of_each);
}

bool to_publish(const LearnedScore& learned) {
  return learned.changed && learned.frozen_by.empty() && knows_enough(learned);
}

namespace {

void judged_of(const LearnedScore& learned, std::vector<double>& log_odds, std::vector<bool>& outcomes) {
  for (const LearnedScore::Judged& one : learned.judged) {
    log_odds.push_back(one.log_odds);
    outcomes.push_back(one.came);
  }
}

}  // namespace

std::optional<learn::Card> card_of(const LearnedScore& learned) {
  if (learned.judged.empty()) return std::nullopt;
  std::vector<double> log_odds;
  std::vector<bool> outcomes;
  judged_of(learned, log_odds, outcomes);
  return learn::judge(log_odds, outcomes, static_cast<double>(learned.came) / static_cast<double>(learned.observed));
}

std::optional<learn::Drift> drift_of(const LearnedScore& learned) {
  std::vector<double> log_odds;
  std::vector<bool> outcomes;
  judged_of(learned, log_odds, outcomes);
  return learn::drift(log_odds, outcomes);
}

std::string key_of_score(const std::string& name) {
  return std::string(prefix) + name;
}

std::string score_of_key(const std::string& key) {
  return key.starts_with(prefix) ? key.substr(prefix.size()) : "";
}

std::string exported(const LearnedScore& learned) {
  ByteWriter out;
  learned.learning.save(out);
  return out.take();
}

std::string refused(const LearnedScore& learned, audit::Steered::Act act, std::string_view state) {
  using Act = audit::Steered::Act;
  if (act == Act::freeze && !learned.frozen_by.empty()) return "it is frozen already";
  if (act == Act::unfreeze && learned.frozen_by.empty()) return "it is not frozen";
  if ((act == Act::reset || act == Act::import) && !learned.frozen_by.empty())
    return "it is frozen, so that nothing else comes into force; `unfreeze` it first";
  if (act == Act::import) {
    ByteReader in(state);
    learn::OnlineLogistic read = learned.learning;
    read.load(in);
    if (!in.ok() || !in.at_end()) return "what is to be imported was not learned by such a score";
  }
  return "";
}

const LearnedScore* Scores::find(const std::string& name) const {
  const auto known = scores_.find(name);
  return known == scores_.end() ? nullptr : &known->second;
}

void Scores::apply(Instant at, const audit::Entry& entry, const Deployments& deployments) {
  if (const auto* deployed = std::get_if<audit::Deployed>(&entry)) {
    const Version* version = deployments.find(deployed->version);
    if (version == nullptr) return;
    for (const bytecode::Score& score : version->module.scores) {
      ScoreSpec spec = spec_of(version->module, score);
      const auto known = scores_.find(score.name);
      if (known == scores_.end() || known->second.spec.meaning != spec.meaning) {
        scores_.insert_or_assign(score.name, begin(std::move(spec)));
      } else if (known->second.version == 0 && known->second.observed == 0) {
        // Nothing was learned yet: what it begins with may be another.
        const std::uint64_t predicted = known->second.predicted;
        known->second = begin(std::move(spec));
        known->second.predicted = predicted;
      }
    }
  } else if (const auto* predicted = std::get_if<audit::Predicted>(&entry)) {
    const auto known = scores_.find(predicted->score);
    if (known != scores_.end()) ++known->second.predicted;
  } else if (const auto* observed = std::get_if<audit::Observed>(&entry)) {
    const auto known = scores_.find(observed->score);
    if (known == scores_.end()) return;
    LearnedScore& score = known->second;
    if (score.spec.meaning != observed->meaning || score.spec.entries.size() != observed->context.size() ||
        observed->predicted < score.since)
      return;
    const std::vector<learn::Entry> row = learn::entries_of(observed->context);
    score.judged.push_back({score.learning.log_odds(row), observed->came});
    if (score.judged.size() > most_judged) score.judged.pop_front();
    score.learning.learn(row, observed->came);
    ++score.observed;
    score.came += observed->came ? 1 : 0;
    score.changed = true;
  } else if (const auto* published = std::get_if<audit::Published>(&entry)) {
    const auto known = scores_.find(score_of_key(published->choice));
    if (known == scores_.end()) return;
    known->second.in_force = known->second.learning;
    known->second.version = published->version;
    known->second.published_at = at;
    known->second.changed = false;
  } else if (const auto* steered = std::get_if<audit::Steered>(&entry)) {
    steer(*steered, at);
  }
}

void Scores::steer(const audit::Steered& steered, Instant at) {
  const auto known = scores_.find(score_of_key(steered.choice));
  if (known == scores_.end()) return;
  LearnedScore& score = known->second;
  using Act = audit::Steered::Act;
  if (steered.act == Act::freeze) score.frozen_by = steered.by;
  if (steered.act == Act::unfreeze) score.frozen_by.clear();
  if (steered.act != Act::reset && steered.act != Act::import) return;
  LearnedScore anew = begin(score.spec);
  if (steered.act == Act::import) {
    ByteReader in(steered.state);
    anew.learning.load(in);
    anew.imported = true;
    anew.changed = true;
    anew.in_force = score.in_force;  // until it is published
  }
  anew.version = score.version;
  anew.published_at = score.published_at;
  anew.predicted = score.predicted;
  anew.frozen_by = score.frozen_by;
  anew.since = at;
  score = std::move(anew);
}

std::string Scores::save() const {
  ByteWriter out;
  out.varint(scores_.size());
  for (const auto& [name, score] : scores_) {
    out.bytes(name);
    out.u64(score.spec.meaning);
    for (const auto* names : {&score.spec.features, &score.spec.entries}) {
      out.varint(names->size());
      for (const std::string& one : *names) out.bytes(one);
    }
    out.f64(score.spec.prior);
    out.bytes(score.spec.prior_of);
    score.learning.save(out);
    score.in_force.save(out);
    out.varint(score.version);
    out.signed_varint(score.published_at.ms);
    out.u8(score.changed ? 1 : 0);
    out.u8(score.imported ? 1 : 0);
    for (const std::uint64_t n : {score.predicted, score.observed, score.came}) out.varint(n);
    out.signed_varint(score.since.ms);
    out.bytes(score.frozen_by);
    out.varint(score.judged.size());
    for (const LearnedScore::Judged& one : score.judged) {
      out.f64(one.log_odds);
      out.u8(one.came ? 1 : 0);
    }
  }
  return out.take();
}

Result<void> Scores::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    const std::string name(in.bytes());
    ScoreSpec spec;
    spec.meaning = in.u64();
    for (auto* names : {&spec.features, &spec.entries}) {
      const std::uint64_t many = in.varint();
      for (std::uint64_t k = 0; k < many && in.ok(); ++k) names->emplace_back(in.bytes());
    }
    spec.prior = in.f64();
    spec.prior_of = in.bytes();
    // Damaged bytes must not ask for more memory than they are.
    const std::size_t length = spec.entries.size();
    if (!in.ok() || length == 0 || length * (length + 1) > in.left()) {
      in.fail();
      break;
    }
    LearnedScore score = begin(std::move(spec));
    score.learning.load(in);
    score.in_force.load(in);
    score.version = static_cast<std::uint32_t>(in.varint());
    score.published_at.ms = in.signed_varint();
    score.changed = in.u8() != 0;
    score.imported = in.u8() != 0;
    for (std::uint64_t* count : {&score.predicted, &score.observed, &score.came}) *count = in.varint();
    score.since.ms = in.signed_varint();
    score.frozen_by = in.bytes();
    const std::uint64_t judged = in.varint();
    for (std::uint64_t k = 0; k < judged && in.ok(); ++k) {
      LearnedScore::Judged& one = score.judged.emplace_back();
      one.log_odds = in.f64();
      one.came = in.u8() != 0;
    }
    scores_.insert_or_assign(name, std::move(score));
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "what scores have learned cannot be read");
  return {};
}

}  // namespace fairlead::engine
