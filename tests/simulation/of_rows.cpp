#include "tests/simulation/of_rows.hpp"

namespace fairlead::simulation {

void OfRows::see(Instant, const audit::StepTaken& taken) {
  if (taken.step.find("/repeat") != std::string::npos && taken.step.rfind('/') == taken.step.rfind("/repeat"))
    ++rounds_[taken.pass];
}

void OfRows::see(Instant, const audit::Acted& acted) {
  if (acted.action == "show") calls_[{acted.pass, acted.step, rounds_[acted.pass]}].push_back(acted.key);
}

void OfRows::see(Instant, const audit::RowStored& stored) {
  if (stored.created != there_.insert(stored.key).second) known_.wrong("a row is new, or is not: {}", stored.key);
}

void OfRows::see(Instant, const audit::RowRemoved& removed) {
  if (there_.erase(removed.key) == 0) known_.wrong("a row goes away that was not there: {}", removed.key);
}

void OfRows::handed(const Delivered& message, const Act&) {
  const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
  if (payload.is_object() && payload.value("action", "") == "show")
    product_[message.key] = payload["arguments"].value("id", "");
}

void OfRows::end() {
  for (const auto& [place, keys] : calls_) {
    std::string last;
    for (const std::string& key : keys) {
      const auto product = product_.find(key);
      if (product == product_.end()) continue;  // it did not come to be handed over
      if (!(last < product->second))
        known_.wrong("{}: `{}` has a round for {} after {}", name(place.pass), place.step, product->second, last);
      last = product->second;
    }
  }
}

}  // namespace fairlead::simulation
