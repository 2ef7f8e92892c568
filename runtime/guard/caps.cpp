// What counts toward limits over all contacts.
#include "runtime/guard/caps.hpp"

#include <algorithm>

namespace fairlead::guard {

void Series::add(Instant at, int128 amount) {
  auto point = std::lower_bound(points_.begin(), points_.end(), at, [](const Point& p, Instant t) { return p.at < t; });
  if (point == points_.end() || point->at != at) {
    const int128 total = point == points_.begin() ? before_ : std::prev(point)->total;
    point = points_.insert(point, {at, total});
  }
  for (; point != points_.end(); ++point) point->total += amount;
}

int128 Series::since(Instant first, bool open) const {
  if (points_.empty()) return 0;
  const auto from = std::partition_point(points_.begin(), points_.end(),
                                         [&](const Point& p) { return open ? !(first < p.at) : p.at < first; });
  return points_.back().total - (from == points_.begin() ? before_ : std::prev(from)->total);
}

void Series::forget_before(Instant t) {
  const auto end = std::partition_point(points_.begin(), points_.end(), [&](const Point& p) { return p.at < t; });
  if (end == points_.begin()) return;
  before_ = std::prev(end)->total;
  points_.erase(points_.begin(), end);
}

void Series::save(ByteWriter& out) const {
  out.varint(points_.size());
  int128 last = before_;
  for (const Point& point : points_) {
    out.signed_varint(point.at.ms);
    out.int128(point.total - last);
    last = point.total;
  }
}

void Series::load(ByteReader& in) {
  const std::uint64_t n = in.varint();
  int128 total = 0;
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    const Instant at{in.signed_varint()};
    // Damaged bytes may hold any amount: it wraps instead of overflowing.
    total = static_cast<int128>(static_cast<uint128>(total) + static_cast<uint128>(in.int128()));
    if (!points_.empty() && !(points_.back().at < at)) return in.fail();
    points_.push_back({at, total});
  }
}

void Caps::charge(Instant at, std::uint32_t workflow, std::uint32_t channel, Decimal cost) {
  if (channel != 0) messages_[{channel, workflow}].add(at, 1);
  if (cost.units() != 0) money_[workflow].add(at, cost.units());
  // Now and then, so that each one costs little however many are kept.
  if (++charges_ % 4'096 != 0) return;
  for (auto& [of, series] : messages_) series.forget_before(at - longest_cap);
  for (auto& [of, series] : money_) series.forget_before(at - longest_cap);
}

void Caps::release(Instant at, std::uint32_t workflow, Decimal cost) {
  if (const auto known = money_.find(workflow); known != money_.end()) known->second.add(at, -cost.units());
}

std::uint64_t Caps::messages(const std::vector<std::uint32_t>& channels, const Workflows& of, Instant first,
                             bool open) const {
  int128 out = 0;
  for (const auto& [which, series] : messages_) {
    if (!channels.empty() && std::find(channels.begin(), channels.end(), which.first) == channels.end()) continue;
    if (of(which.second)) out += series.since(first, open);
  }
  return static_cast<std::uint64_t>(out);
}

Decimal Caps::money(const Workflows& of, Instant first, bool open) const {
  int128 out = 0;
  for (const auto& [workflow, series] : money_) {
    if (of(workflow)) out += series.since(first, open);
  }
  return Decimal::from_units(out);
}

Instant Caps::room(const std::vector<std::uint32_t>& channels, const Workflows& of, std::uint64_t most, Instant now,
                   Duration window) const {
  // Fewer are left the later it is: between now, when too many are, and a window later, when none is.
  std::int64_t few = window.ms / 1'000 + 1, many = 0;
  while (few - many > 1) {
    const std::int64_t middle = many + (few - many) / 2;
    (messages(channels, of, now + Duration{middle * 1'000} - window, true) < most ? few : many) = middle;
  }
  return now + Duration{few * 1'000};
}

std::string Caps::save() const {
  ByteWriter out;
  out.varint(messages_.size());
  for (const auto& [of, series] : messages_) {
    out.u32(of.first);
    out.u32(of.second);
    series.save(out);
  }
  out.varint(money_.size());
  for (const auto& [workflow, series] : money_) {
    out.u32(workflow);
    series.save(out);
  }
  out.varint(charges_);
  return out.take();
}

Result<void> Caps::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t messages = in.varint();
  for (std::uint64_t i = 0; i < messages && in.ok(); ++i) {
    const std::uint32_t channel = in.u32();
    messages_[{channel, in.u32()}].load(in);
  }
  const std::uint64_t money = in.varint();
  for (std::uint64_t i = 0; i < money && in.ok(); ++i) money_[in.u32()].load(in);
  charges_ = in.varint();
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "what counts toward limits cannot be read");
  return {};
}

}  // namespace fairlead::guard
