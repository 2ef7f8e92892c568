// How messages leave: rates, retries, and the circuit breaker's state.
#include "runtime/engine/delivery.hpp"

#include <algorithm>

#include "runtime/values/random.hpp"

namespace fairlead::engine {

Duration retry_after(const Pacing& pacing, std::uint32_t attempts, std::uint64_t seed, const std::string& key) {
  std::int64_t wait = std::max<std::int64_t>(pacing.first_retry.ms, 1);
  for (std::uint32_t i = 1; i < attempts && wait < pacing.longest_retry.ms; ++i) wait *= 2;
  wait = std::max<std::int64_t>(std::min(wait, pacing.longest_retry.ms), 2);
  Dice dice(seed, stable_hash({"retry", key}), attempts);
  return {wait / 2 + static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(wait - wait / 2) + 1))};
}

void Delivery::apply(Instant at, const audit::Entry& entry) {
  if (const auto* paced = std::get_if<audit::Paced>(&entry)) {
    Channel& channel = channels_[paced->channel];
    const Duration window{static_cast<std::int64_t>(paced->window)};
    while (!channel.past.empty() && !(at - window < channel.past.front().first)) channel.past.pop_front();
    channel.past.emplace_back(at, paced->count);
  } else if (const auto* circuit = std::get_if<audit::Circuit>(&entry)) {
    open_ = circuit->open;
    until_ = circuit->until;
    openings_ = circuit->open ? openings_ + 1 : 0;
    failures_ = 0;
  } else if (std::holds_alternative<audit::Retrying>(entry)) {
    ++failures_;
  } else if (const auto* aside = std::get_if<audit::SetAside>(&entry)) {
    // Whoever refuses has answered.
    failures_ = aside->why == audit::SetAside::Why::refused ? 0 : failures_ + 1;
  } else if (const auto* handed = std::get_if<audit::Handed>(&entry)) {
    if (handed->result == audit::Handed::Result::sent) failures_ = 0;
  } else if (const auto* acted = std::get_if<audit::ActionHanded>(&entry)) {
    if (acted->result == audit::Handed::Result::sent) failures_ = 0;
  }
}

bool Delivery::room(const std::string& channel, const Rate& rate, Instant now, std::uint32_t more) const {
  std::uint64_t within = more;
  if (const auto at = channels_.find(channel); at != channels_.end()) {
    for (auto one = at->second.past.rbegin(); one != at->second.past.rend() && now - rate.window < one->first; ++one)
      within += one->second;
  }
  return within < rate.count;
}

std::deque<std::pair<Instant, std::uint32_t>> Delivery::past(const std::string& channel) const {
  const auto at = channels_.find(channel);
  return at == channels_.end() ? std::deque<std::pair<Instant, std::uint32_t>>{} : at->second.past;
}

std::string Delivery::save() const {
  ByteWriter out;
  out.varint(channels_.size());
  for (const auto& [name, channel] : channels_) {
    out.bytes(name);
    out.varint(channel.past.size());
    for (const auto& [at, count] : channel.past) {
      out.signed_varint(at.ms);
      out.varint(count);
    }
  }
  out.varint(failures_);
  out.varint(openings_);
  out.u8(open_ ? 1 : 0);
  out.signed_varint(until_.ms);
  return out.take();
}

Result<void> Delivery::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t channels = in.varint();
  for (std::uint64_t i = 0; i < channels && in.ok(); ++i) {
    Channel& channel = channels_[std::string(in.bytes())];
    const std::uint64_t n = in.varint();
    for (std::uint64_t k = 0; k < n && in.ok(); ++k) {
      const Instant at{in.signed_varint()};
      channel.past.emplace_back(at, static_cast<std::uint32_t>(in.varint()));
    }
    std::sort(channel.past.begin(), channel.past.end());
  }
  failures_ = static_cast<std::uint32_t>(in.varint());
  openings_ = static_cast<std::uint32_t>(in.varint());
  open_ = in.u8() != 0;
  until_.ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "how messages leave cannot be read");
  return {};
}

Places::Places(Rate rate, const std::deque<std::pair<Instant, std::uint32_t>>& past) : rate_(rate) {
  for (auto one = past.rbegin(); one != past.rend() && total_ < rate.count; ++one) {
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(one->second, rate.count - total_));
    taken_.emplace_front(one->first, count);
    total_ += count;
  }
}

Instant Places::take(Instant now) {
  Instant place = now;
  if (total_ >= rate_.count) {
    // Where so many are taken, there is room when the first of them leaves the window.
    place = std::max(now, taken_.front().first + rate_.window);
    if (--taken_.front().second == 0) taken_.pop_front();
    --total_;
  }
  if (!taken_.empty() && taken_.back().first == place) {
    ++taken_.back().second;
  } else {
    taken_.emplace_back(place, 1);
  }
  ++total_;
  return place;
}

}  // namespace fairlead::engine
