// The binary form of cells and records. Said once for both directions.
#include "runtime/engine/state.hpp"

#include <algorithm>

namespace fairlead::engine {

namespace {

// Distances wrap, so that every pair of instants has one, and damaged bytes give a wrong instant instead of an
// overflow.
std::int64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}
std::int64_t moved(std::int64_t from, std::int64_t by) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + static_cast<std::uint64_t>(by));
}

/// A cell's instants are near each other: each is stored as its distance from the one before.
class Out {
 public:
  ByteWriter w;
  template <class... T>
  void operator()(const T&... v) {
    (one(v), ...);
  }
  /// Whether what may be left out at the end is written.
  static bool more(bool there) { return there; }

 private:
  std::int64_t last_ = 0;
  void one(std::uint8_t v) { w.u8(v); }
  void one(bool v) { w.u8(v ? 1 : 0); }
  void one(std::uint32_t v) { w.u32(v); }
  void one(std::uint64_t v) { w.varint(v); }
  void one(Mode v) { w.u8(static_cast<std::uint8_t>(v)); }
  void one(guard::Side v) { w.u8(static_cast<std::uint8_t>(v)); }
  void one(const std::string& v) { w.bytes(v); }
  void one(Instant v) {
    w.signed_varint(distance(last_, v.ms));
    last_ = v.ms;
  }
  void one(const std::optional<Instant>& v) {
    w.u8(v ? 1 : 0);
    if (v) one(*v);
  }
  void one(double v) { w.f64(v); }
  void one(Duration v) { w.signed_varint(v.ms); }
  void one(std::int32_t v) { w.signed_varint(v); }
  void one(Date v) { w.signed_varint(v.day); }
  void one(Decimal v) { w.int128(v.units()); }
  template <class E>
  void one(const std::vector<E>& v);
};

class In {
 public:
  explicit In(std::string_view bytes) : r(bytes) {}
  ByteReader r;
  template <class... T>
  void operator()(T&... v) {
    (one(v), ...);
  }
  /// Whether what may be left out at the end is there.
  [[nodiscard]] bool more(bool /*there*/) const { return r.ok() && !r.at_end(); }

 private:
  std::int64_t last_ = 0;
  void one(std::uint8_t& v) { v = r.u8(); }
  void one(bool& v) { v = r.u8() != 0; }
  void one(std::uint32_t& v) { v = r.u32(); }
  void one(std::uint64_t& v) { v = r.varint(); }
  void one(Mode& v) { v = static_cast<Mode>(r.u8()); }
  void one(guard::Side& v) { v = static_cast<guard::Side>(r.u8()); }
  void one(std::string& v) { v = r.bytes(); }
  void one(Instant& v) {
    last_ = moved(last_, r.signed_varint());
    v.ms = last_;
  }
  void one(std::optional<Instant>& v) {
    if (r.u8() != 0) one(v.emplace());
  }
  void one(double& v) { v = r.f64(); }
  void one(Duration& v) { v.ms = r.signed_varint(); }
  void one(std::int32_t& v) { v = static_cast<std::int32_t>(r.signed_varint()); }
  void one(Date& v) { v.day = static_cast<std::int32_t>(r.signed_varint()); }
  void one(Decimal& v) { v = Decimal::from_units(r.int128()); }
  template <class E>
  void one(std::vector<E>& v);
};

/// What is written as it is, and has no parts.
template <class E>
constexpr bool whole = std::is_same_v<E, Instant> || std::is_same_v<E, double> || std::is_same_v<E, std::uint64_t> ||
                       std::is_same_v<E, std::uint32_t> || std::is_same_v<E, Decimal> || std::is_same_v<E, std::string>;

template <class Ar>
void parts(Ar& ar, auto& e) {
  using T = std::remove_cvref_t<decltype(e)>;
  if constexpr (std::is_same_v<T, Bound>) {
    ar(e.number, e.event_id);
  } else if constexpr (std::is_same_v<T, SentAt>) {
    ar(e.content, e.at);
  } else if constexpr (std::is_same_v<T, Kept>) {
    ar(e.number, e.value);
  } else if constexpr (std::is_same_v<T, Shown>) {
    ar(e.step, e.digest);
  } else if constexpr (std::is_same_v<T, Round>) {
    ar(e.step, e.count, e.since);
  } else if constexpr (std::is_same_v<T, Instance>) {
    ar(e.workflow, e.version, e.serial, e.mode, e.entered, e.step, e.since, e.wake, e.held, e.bound, e.sent, e.rounds,
       e.visit, e.kept, e.shown);
  } else if constexpr (std::is_same_v<T, CounterState>) {
    ar(e.id, e.at, e.amounts, e.events);
  } else if constexpr (std::is_same_v<T, Counted>) {
    ar(e.at, e.channel, e.workflow, e.side);
  } else if constexpr (std::is_same_v<T, Watch>) {
    ar(e.workflow, e.serial, e.goal, e.mode, e.since, e.until);
  } else if constexpr (std::is_same_v<T, OpenDecision>) {
    ar(e.workflow, e.serial, e.version, e.choice, e.goal, e.chosen, e.mode, e.at, e.until, e.context);
  } else if constexpr (std::is_same_v<T, Prediction>) {
    ar(e.score, e.meaning, e.came, e.at, e.until, e.context);
  } else if constexpr (std::is_same_v<T, Past>) {
    ar(e.workflow, e.serial, e.left, e.early);
  } else if constexpr (std::is_same_v<T, Occasion>) {
    ar(e.workflow, e.every, e.second, e.day, e.next);
  } else if constexpr (std::is_same_v<T, TakenArm>) {
    ar(e.workflow, e.arm);
  } else if constexpr (std::is_same_v<T, Word>) {
    ar(e.workflow, e.role, e.rule, e.digest, e.asked, e.until, e.given);
  } else if constexpr (std::is_same_v<T, guard::Spent>) {
    ar(e.at, e.channel, e.workflow, e.side, e.cost);
  } else if constexpr (std::is_same_v<T, Picked>) {
    ar(e.workflow, e.step, e.choice, e.version, e.visit, e.chosen, e.at);
  } else {
    static_assert(std::is_same_v<T, Cell>);
    ar(e.revision, e.instances, e.counters, e.counted, e.watches, e.open, e.past);
    // Most have none of these, and end here.
    const bool picked = !e.picked.empty();
    const bool predictions = !e.predictions.empty() || picked;
    const bool spent = !e.spent.empty() || predictions;
    const bool words = !e.words.empty() || spent;
    if (ar.more(!e.occasions.empty() || !e.taken.empty() || !e.tried.empty() || words)) ar(e.occasions);
    if (ar.more(!e.taken.empty() || !e.tried.empty() || words)) ar(e.taken);
    if (ar.more(!e.tried.empty() || words)) ar(e.tried);
    if (ar.more(words)) ar(e.words);
    if (ar.more(spent)) ar(e.spent);
    if (ar.more(predictions)) ar(e.predictions);
    if (ar.more(picked)) ar(e.picked);
  }
}

template <class E>
void Out::one(const std::vector<E>& v) {
  w.varint(v.size());
  for (const E& e : v) {
    if constexpr (whole<E>) {
      one(e);
    } else {
      parts(*this, e);
    }
  }
}

template <class E>
void In::one(std::vector<E>& v) {
  const std::uint64_t n = r.varint();
  for (std::uint64_t i = 0; i < n && r.ok(); ++i) {
    if constexpr (whole<E>) {
      one(v.emplace_back());
    } else {
      parts(*this, v.emplace_back());
    }
  }
}

}  // namespace

std::optional<Instant> Cell::due(const std::set<std::uint32_t>& paused) const {
  std::optional<Instant> out;
  const auto sooner = [&out](Instant t) {
    if (!out || t < *out) out = t;
  };
  for (const Instance& instance : instances) {
    if (instance.wake && !paused.contains(instance.workflow)) sooner(*instance.wake);
  }
  for (const Occasion& occasion : occasions) sooner(occasion.next);
  // The last instant of a window still counts.
  const auto after = [](Instant until) { return Instant{until.ms < INT64_MAX ? until.ms + 1 : until.ms}; };
  for (const Watch& watch : watches) sooner(after(watch.until));
  for (const Prediction& prediction : predictions) sooner(after(prediction.until));
  return out;
}

guard::Side side_of(Mode mode) {
  switch (mode) {
    case Mode::live: break;
    case Mode::held_out: return guard::Side::held_out;
    case Mode::shadow: return guard::Side::shadow;
  }
  return guard::Side::out;
}

bool has_taken(const Cell& cell, std::uint32_t workflow) {
  return std::any_of(cell.taken.begin(), cell.taken.end(),
                     [workflow](const TakenArm& taken) { return taken.workflow == workflow; });
}

bool has_words(const Cell& cell, std::uint32_t workflow) {
  return std::any_of(cell.words.begin(), cell.words.end(),
                     [workflow](const Word& word) { return word.workflow == workflow; });
}

std::string encode(const Cell& cell) {
  Out out;
  parts(out, cell);
  return out.w.take();
}

Result<Cell> decode_cell(std::string_view bytes) {
  Cell cell;
  if (bytes.empty()) return cell;
  In in(bytes);
  parts(in, cell);
  for (const CounterState& state : cell.counters) {
    const auto fits = [&](std::size_t n) { return n == 0 || n == state.at.size(); };
    if (!fits(state.amounts.size()) || !fits(state.events.size())) in.r.fail();
  }
  if (!in.r.ok() || !in.r.at_end()) return fault(FaultCode::store_failed, "", "a contact's state cannot be read");
  return cell;
}

Value Record::get(std::uint32_t field) const {
  const auto at = std::lower_bound(values.begin(), values.end(), field,
                                   [](const auto& pair, std::uint32_t id) { return pair.first < id; });
  return at != values.end() && at->first == field ? at->second : Value();
}

std::string encode_values(std::vector<std::pair<std::uint32_t, Value>> values) {
  std::erase_if(values, [](const auto& pair) { return !pair.second.exists(); });
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  ByteWriter out;
  out.varint(values.size());
  for (const auto& [id, value] : values) {
    out.u32(id);
    out.value(value);
  }
  return out.take();
}

Result<void> decode_values(std::string_view bytes, Record& out) {
  out.bytes.assign(bytes.begin(), bytes.end());
  out.values.clear();
  if (out.bytes.empty()) return {};
  ByteReader in(out.encoded());
  const std::uint64_t n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    const std::uint32_t id = in.u32();
    out.values.emplace_back(id, in.value(out.arena));
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "a contact's values cannot be read");
  return {};
}

}  // namespace fairlead::engine
