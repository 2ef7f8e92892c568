// What counts toward limits over all contacts.
#include "runtime/guard/caps.hpp"

#include <algorithm>

namespace fairlead::guard {

namespace {

struct Fineness {
  Duration age, bucket;
};
/// Coarsest first; each bucket is a multiple of the next, so that what is merged never leaves its place in the order.
constexpr Fineness ladder[] = {{days(8), minutes(15)}, {days(1), minutes(3)}, {hours(1), Duration{15'000}}};
constexpr Duration finest{1'000};

Instant last_of(Instant t, Duration bucket) {
  const std::int64_t into = ((t.ms % bucket.ms) + bucket.ms) % bucket.ms;
  return t + Duration{bucket.ms - 1 - into};
}

/// From when on it counts. A bucket is as coarse as all of it is old.
Instant counts_from(Instant t, Instant now) {
  for (const auto& [age, bucket] : ladder) {
    const Instant last = last_of(t, bucket);
    if (!(now - age < last)) return last;
  }
  return last_of(t, finest);
}

}  // namespace

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

void Series::merge(const std::function<Instant(Instant)>& to) {
  std::size_t kept = 0;
  for (const Point& point : points_) {
    const Instant at = to(point.at);
    if (kept > 0 && !(points_[kept - 1].at < at)) --kept;
    points_[kept++] = {at, point.total};
  }
  points_.resize(kept);
}

void Series::save(ByteWriter& out) const {
  out.varint(points_.size());
  int128 last = before_;
  std::int64_t ms = 0;
  for (const Point& point : points_) {
    out.signed_varint(point.at.ms - ms);
    out.int128(point.total - last);
    last = point.total;
    ms = point.at.ms;
  }
}

void Series::load(ByteReader& in) {
  const std::uint64_t n = in.varint();
  // Damaged bytes may hold anything: it wraps instead of overflowing.
  uint128 total = 0;
  std::uint64_t ms = 0;
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    ms += static_cast<std::uint64_t>(in.signed_varint());
    const Instant at{static_cast<std::int64_t>(ms)};
    total += static_cast<uint128>(in.int128());
    if (!points_.empty() && !(points_.back().at < at)) return in.fail();
    points_.push_back({at, static_cast<int128>(total)});
  }
}

void Caps::charge(Instant at, std::uint32_t workflow, std::uint32_t channel, Decimal cost) {
  if (channel == 0 && cost.units() == 0) return;
  const Instant from = last_of(at, finest);
  if (channel != 0) messages_[{channel, workflow}].add(from, 1);
  if (cost.units() != 0) money_[workflow].add(from, cost.units());
  // Now and then, so that each one costs little however many are kept.
  if (++charges_ % 4'096 != 0) return;
  const auto tidy = [at](Series& series) {
    series.forget_before(at - longest_cap);
    series.merge([at](Instant t) { return counts_from(t, at); });
  };
  for (auto& [of, series] : messages_) tidy(series);
  for (auto& [of, series] : money_) tidy(series);
}

void Caps::release(Instant at, std::uint32_t workflow, Decimal cost) {
  if (const auto known = money_.find(workflow); known != money_.end())
    known->second.add(last_of(at, finest), -cost.units());
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
