// Splits that adopt a variant: what begins and ends them, and the look that is taken at every turn.
#include "runtime/engine/splits.hpp"

#include <algorithm>

#include "runtime/engine/engine.hpp"
#include "runtime/learn/shares.hpp"

namespace fairlead::engine {

namespace {

/// Whether a variant is taken by anybody at all.
bool taken(const Experiment& experiment, std::size_t variant) {
  return experiment.shares[variant] > 0;
}

}  // namespace

void Splits::apply(Instant at, const audit::Entry& entry) {
  if (const auto* published = std::get_if<audit::Published>(&entry)) {
    if (published->version == 0 && published->options.empty()) {
      splits_.erase(published->choice);
    } else if (published->version == 0) {
      splits_[published->choice] = {
          published->options, published->shares, at, {}, {}, Cohorts(published->options.size())};
    } else if (const auto known = splits_.find(published->choice); known != splits_.end()) {
      Experiment& experiment = known->second;
      experiment.adopted = static_cast<std::size_t>(
          std::max_element(published->shares.begin(), published->shares.end()) - published->shares.begin());
      experiment.adopted_at = at;
      experiment.passes.finish();
    }
  } else if (const auto* split = std::get_if<audit::SplitTaken>(&entry)) {
    const auto known = splits_.find(split->split);
    if (known == splits_.end() || known->second.adopted || split->mode != audit::Mode::live) return;
    Experiment& experiment = known->second;
    const auto variant = std::find(experiment.variants.begin(), experiment.variants.end(), split->variant);
    experiment.passes.began(split->pass, static_cast<std::size_t>(variant - experiment.variants.begin()), at);
  } else if (const auto* reached = std::get_if<audit::Reached>(&entry)) {
    for (auto& [key, experiment] : splits_) experiment.passes.reached(reached->pass);
  } else if (const auto* closed = std::get_if<audit::Closed>(&entry)) {
    for (auto& [key, experiment] : splits_) experiment.passes.over(closed->pass);
  }
}

const Experiment* Splits::find(const std::string& split) const {
  const auto known = splits_.find(split);
  return known == splits_.end() ? nullptr : &known->second;
}

std::string Splits::adopted(const std::string& split) const {
  const Experiment* experiment = find(split);
  return experiment != nullptr && experiment->adopted ? experiment->variants[*experiment->adopted] : "";
}

std::string Splits::save() const {
  ByteWriter out;
  out.varint(splits_.size());
  for (const auto& [key, experiment] : splits_) {
    out.bytes(key);
    out.varint(experiment.variants.size());
    for (std::size_t i = 0; i < experiment.variants.size(); ++i) {
      out.bytes(experiment.variants[i]);
      out.varint(experiment.shares[i]);
    }
    out.signed_varint(experiment.since.ms);
    out.varint(experiment.adopted ? *experiment.adopted + 1 : 0);
    out.signed_varint(experiment.adopted_at.ms);
    experiment.passes.save(out);
  }
  return out.take();
}

Result<void> Splits::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    Experiment& experiment = splits_[std::string(in.bytes())];
    const std::uint64_t variants = in.varint();
    for (std::uint64_t v = 0; v < variants && in.ok(); ++v) {
      experiment.variants.emplace_back(in.bytes());
      experiment.shares.push_back(static_cast<std::uint32_t>(in.varint()));
    }
    experiment.since.ms = in.signed_varint();
    const std::uint64_t adopted = in.varint();
    if (adopted > experiment.variants.size()) in.fail();
    if (adopted > 0) experiment.adopted = adopted - 1;
    experiment.adopted_at.ms = in.signed_varint();
    experiment.passes.load(in);
    if (experiment.passes.sizes().size() != experiment.variants.size()) in.fail();
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "what splits have measured cannot be read");
  return {};
}

Comparison compare(const Experiment& experiment, Duration within, Instant now) {
  Comparison out;
  out.variants = experiment.passes.counted(now, within);
  const std::size_t n = out.variants.size();
  out.over.resize(n);
  const std::vector<std::uint64_t> sizes = experiment.passes.sizes();
  std::vector<std::uint64_t> counts;
  std::vector<double> shares;
  const auto rate = [&](std::size_t i) {
    return static_cast<double>(out.variants[i].successes) /
           static_cast<double>(std::max<std::uint64_t>(1, out.variants[i].rows));
  };
  for (std::size_t i = 0; i < n; ++i) {
    if (!taken(experiment, i)) continue;
    if (counts.empty() || rate(i) > rate(out.best)) out.best = i;
    counts.push_back(sizes[i]);
    shares.push_back(experiment.shares[i] / static_cast<double>(learn::whole));
  }
  out.wrong_ratio = counts.size() > 1 && learn::sample_ratio_alarm(counts, shares);
  // Which one leads is seen from the same numbers, so every pair has its part of the error.
  const double pairs = static_cast<double>(counts.size() * (counts.size() - 1)) / 2;
  out.sure = counts.size() > 1 && !out.wrong_ratio;
  for (std::size_t i = 0; i < n; ++i) {
    if (i == out.best || !taken(experiment, i)) continue;
    out.over[i] =
        learn::lift_sequence(out.variants[out.best], out.variants[i], learn::usual_rows, adopting_error / pairs);
    out.sure = out.sure && out.over[i].interval.low > 0;
  }
  return out;
}

void Engine::begin_splits() {
  const bytecode::Module& module = deployments_.newest().module;
  std::map<std::string, const bytecode::Split*> adopting;
  for (const bytecode::Split& split : module.splits) {
    if (split.adopt) adopting[split.key] = &split;
  }
  std::vector<std::string> over;
  for (const auto& [key, experiment] : splits().all()) {
    if (!adopting.contains(key)) over.push_back(key);
  }
  for (const std::string& key : over) say(standing_.clock, audit::Published{key, {}, 0, {}});
  for (const auto& [key, split] : adopting) {
    audit::Published begins{key, {}, 0, {}};
    for (const bytecode::SplitVariant& variant : split->variants) {
      begins.options.push_back(variant.name);
      begins.shares.push_back(static_cast<std::uint32_t>(variant.share.units()));
    }
    const Experiment* known = splits().find(key);
    if (known == nullptr || known->variants != begins.options || known->shares != begins.shares)
      say(standing_.clock, begins);
  }
}

void Engine::adopt_variants() {
  if (splits().all().empty()) return;
  const bytecode::Module& module = deployments_.newest().module;
  for (const bytecode::Split& split : module.splits) {
    const Experiment* experiment = split.adopt ? splits().find(split.key) : nullptr;
    if (experiment == nullptr || experiment->adopted || experiment->variants.size() != split.variants.size()) continue;
    const Comparison found = compare(*experiment, module.goals[split.goal].within, standing_.clock);
    if (!found.sure) continue;
    std::vector<std::uint32_t> shares(split.variants.size(), 0);
    shares[found.best] = learn::whole;
    say(standing_.clock, audit::Published{split.key, experiment->variants, 1, std::move(shares)});
  }
}

}  // namespace fairlead::engine
