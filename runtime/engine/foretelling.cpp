// What scores say of a contact, and whether it came true.
#include <algorithm>
#include <cmath>

#include "runtime/engine/turn.hpp"
#include "runtime/learn/feature.hpp"
#include "runtime/learn/logistic.hpp"

namespace fairlead::engine {

Result<Value> Turn::foretell(const Version& version, Index index) {
  const bytecode::Score& score = version.module.scores[index];
  const Result<vm::World> world = this->world(version, nullptr);
  if (!world) return tl::unexpected(world.error());
  std::vector<Value> values;
  for (const bytecode::Feature& feature : score.features) {
    const Result<Value> value = version.program->evaluate(feature.value, *world, arena_);
    values.push_back(value ? *value : Value());
  }
  std::vector<double> context = learn::context(version.score_types[index], values);
  // A newer version may mean something else by this name, which says nothing here: it stands where it begins.
  const std::uint64_t meaning = version.score_meanings[index];
  const LearnedScore* learned = engine_.scores().find(score.name);
  const bool known = learned != nullptr && learned->spec.meaning == meaning;
  const double probability =
      known && learned->version > 0
          ? learn::probability_of(std::clamp(learned->in_force.log_odds(learn::entries_of(context)),
                                             -learn::most_log_odds, learn::most_log_odds))
          : (known ? learned->spec : spec_of(version.module, score)).prior;
  const auto billionths = static_cast<std::uint32_t>(std::llround(probability * Decimal::one));
  // Several predictions may be under way, for people become what they are foretold to be; but not so many that who is
  // asked about every day would count for a hundred.
  const std::uint32_t id = version.score_ids[index];
  const Duration apart{score.within.ms / predictions_a_window};
  if (known && engine_.touched(contact_) &&
      std::none_of(cell_->predictions.begin(), cell_->predictions.end(),
                   [&](const Prediction& p) { return p.score == id && p.meaning == meaning && now_ < p.at + apart; })) {
    cell_->predictions.push_back({id, meaning, false, now_, now_ + score.within, std::move(context)});
    engine_.say(now_, audit::Predicted{contact_, score.name, billionths, learned->version});
  }
  return Value::of(Decimal::from_units(billionths));
}

void Turn::observe(const EventIn& in, const std::vector<std::pair<std::uint32_t, Value>>& values) {
  const Version& version = engine_.deployments().newest();
  const Index type = event_in(version, in.type);
  if (type == bytecode::none || cell_->predictions.empty()) return;
  for (Index s = 0; s < version.module.scores.size(); ++s) {
    const bytecode::Score& score = version.module.scores[s];
    if (score.event != type) continue;
    const std::vector<Value> fields = fields_of(version, type, values);
    const std::span<const Value> bound[] = {fields};
    vm::World world;
    world.now = now_;
    world.events = bound;
    if (!holds(version, score.where, world).value_or(false)) continue;
    for (Prediction& p : cell_->predictions) {
      // What happened at that very instant may be among the features.
      if (p.score == version.score_ids[s] && p.meaning == version.score_meanings[s] && p.at < in.at &&
          !(p.until < in.at))
        p.came = true;
    }
  }
}

void Turn::close_predictions() {
  const Version& newest = engine_.deployments().newest();
  for (const Prediction& p : cell_->predictions) {
    if (!(p.until < now_)) continue;
    const auto at = std::find(newest.score_ids.begin(), newest.score_ids.end(), p.score);
    if (at == newest.score_ids.end()) continue;
    const auto index = static_cast<std::size_t>(at - newest.score_ids.begin());
    // Of a score that has changed since, nobody has looked whether it came true.
    if (newest.score_meanings[index] != p.meaning) continue;
    engine_.say(now_, audit::Observed{contact_, newest.module.scores[index].name, p.meaning, p.context, p.came, p.at});
  }
  std::erase_if(cell_->predictions, [this](const Prediction& p) { return p.until < now_; });
}

}  // namespace fairlead::engine
