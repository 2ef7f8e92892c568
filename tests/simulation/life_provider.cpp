// How the provider of a life behaves, and the people who answer what it sends.
#include "tests/simulation/life.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::simulation {

void Life::connect() {
  provider_.fate = [this] {
    // Of the story, so that time passes alike where the call fails besides.
    slow_now_ = slow_now_ || dice("slow " + std::to_string(stride_)) % 8 == 0;
    if (!disturbed()) return Provider::Fate::answers;
    switch (below(16)) {
      case 0: return Provider::Fate::fails_before;
      case 1: return Provider::Fate::fails_after;
      case 2: return Provider::Fate::fails_within;
      case 3: return Provider::Fate::dies_within;
      default: return Provider::Fate::answers;
    }
  };
  // Whether it answers badly goes by days, so that there are some on which nothing gets through.
  provider_.knows_keys = seed_ % 2 == 1;
  provider_.word = [this](const std::string& key) -> Provider::Word {
    using connect::Outcome;
    if (conditions_.plain_provider || calm_) return {};
    const bool bad_day = dice("day " + std::to_string(wall_.ms / days(1).ms)) % 4 == 0;
    if (below(100) >= (bad_day ? 80U : 8U)) return {};
    switch ((dice(key) + below(3)) % 4) {
      case 0: return {Outcome::refused, false};
      case 1: return {Outcome::unknown, chance(50)};
      // That it surely did not go out is believed; from a provider that knows keys a lie does no harm.
      default: return {Outcome::failed, provider_.knows_keys && chance(30)};
    }
  };
  provider_.remembers = [this] { return conditions_.plain_provider || !chance(provider_.knows_keys ? 50 : 10); };
  provider_.seq = [this] {
    const FaultyDisk::Peace peace(disk_);
    return engine::testing::must(store_->head()).seq;
  };
  provider_.clock = [this] { return wall_; };
  provider_.die = [this] { disk_.stop(Mishap::process_dies); };
  provider_.reachable = [this] { return !disturbed() || !chance(15); };
  provider_.went_out = [this](const Delivered& message) { answer(message); };
}

void Life::answer(const Delivered& message) {
  const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
  if (!payload.contains("content") || !answered_.insert(message.key).second) return;
  const std::uint32_t n = dice(message.key);
  if (n % 100 >= 45) return;
  Arrival arrival;
  arrival.at = latest_ + minutes(1 + n / 128 % 1'500);
  arrival.row = {.kind = Posted::Kind::event,
                 .email = payload.value("to", ""),
                 .id = "a" + message.key,
                 .type = n % 100 < 30   ? "clicked"
                         : n % 100 < 42 ? "became_mql"
                                        : "unsubscribed",
                 .at = arrival.at};
  if (arrival.row.type == "clicked") arrival.of = payload.value("content", "");
  answers_.push_back(arrival);
}

}  // namespace fairlead::simulation
