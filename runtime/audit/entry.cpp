// Writing and reading audit entries. What an entry consists of is said once, for both ways.
#include "runtime/audit/entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace fairlead::audit {

namespace {

// Each entry's parts, in the order in which they are stored.
template <class Archive, class E>
void parts(Archive& ar, E& e) {
  using T = std::remove_const_t<E>;
  if constexpr (std::is_same_v<T, Deployed>) {
    ar(e.version, e.fingerprint);
  } else if constexpr (std::is_same_v<T, ContactStored>) {
    ar(e.contact, e.created, e.commitment);
  } else if constexpr (std::is_same_v<T, EventTaken>) {
    ar(e.contact, e.type, e.at, e.commitment);
    ar.once(e.id);
  } else if constexpr (std::is_same_v<T, Refused>) {
    ar.once(e.what);
    ar(e.reason);
  } else if constexpr (std::is_same_v<T, Entered>) {
    ar(e.pass, e.mode, e.version, e.goal);
  } else if constexpr (std::is_same_v<T, StepTaken>) {
    ar(e.pass, e.step);
  } else if constexpr (std::is_same_v<T, Left>) {
    ar(e.pass, e.reason);
  } else if constexpr (std::is_same_v<T, Decided>) {
    ar(e.pass, e.mode, e.choice, e.options, e.eligible, e.shares, e.chosen, e.context, e.model);
    ar.fixed(e.purpose);
    ar(e.index);
  } else if constexpr (std::is_same_v<T, Effect>) {
    ar(e.pass, e.step, e.content, e.channel, e.suppressed);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, Guarded>) {
    ar(e.pass, e.step, e.rule, e.action, e.until, e.detail);
  } else if constexpr (std::is_same_v<T, Asked>) {
    ar(e.rule, e.times);
  } else if constexpr (std::is_same_v<T, Handed>) {
    ar.once(e.key);
    ar(e.result, e.detail, e.content, e.channel, e.until);
  } else if constexpr (std::is_same_v<T, Reached> || std::is_same_v<T, Closed>) {
    ar(e.pass, e.goal, e.mode);
  } else if constexpr (std::is_same_v<T, Outcome>) {
    ar(e.pass, e.choice, e.options, e.chosen, e.context, e.mode);
  } else if constexpr (std::is_same_v<T, Credited>) {
    ar(e.pass, e.choice, e.options, e.chosen, e.context, e.mode, e.decided);
  } else if constexpr (std::is_same_v<T, Steered>) {
    ar(e.choice, e.act, e.by);
    ar.once(e.state);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Predicted>) {
    ar(e.contact, e.score, e.probability, e.model);
  } else if constexpr (std::is_same_v<T, Observed>) {
    ar(e.contact, e.score, e.context, e.came, e.predicted);
    ar.fixed(e.meaning);
  } else if constexpr (std::is_same_v<T, Published>) {
    ar(e.choice, e.options, e.version, e.shares);
  } else if constexpr (std::is_same_v<T, FieldSet>) {
    ar(e.pass, e.field, e.commitment);
  } else if constexpr (std::is_same_v<T, Acted>) {
    ar(e.pass, e.step, e.action, e.effect, e.suppressed);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, ActionHanded>) {
    ar.once(e.key);
    ar(e.result, e.detail, e.action);
  } else if constexpr (std::is_same_v<T, ApprovalAsked>) {
    ar(e.pass, e.step, e.role, e.until, e.effects, e.rules, e.suppressed);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, ApprovalEnded>) {
    ar(e.pass, e.step, e.result, e.by);
    ar.once(e.key);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Assigned>) {
    ar(e.pass, e.step, e.team, e.by, e.assignee, e.until, e.suppressed);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, EntryCounted>) {
    ar(e.pass, e.clause);
  } else if constexpr (std::is_same_v<T, KeptOut>) {
    ar(e.contact, e.workflow, e.reason);
  } else if constexpr (std::is_same_v<T, Skipped>) {
    ar(e.pass, e.step, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Forgotten>) {
    ar(e.contact, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Retrying>) {
    ar.once(e.key);
    ar(e.attempts, e.until, e.detail);
  } else if constexpr (std::is_same_v<T, SetAside>) {
    ar.once(e.key);
    ar(e.why, e.attempts, e.detail);
  } else if constexpr (std::is_same_v<T, Resolved>) {
    ar.once(e.key);
    ar(e.how, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Circuit>) {
    ar(e.connector, e.open, e.until, e.detail);
  } else if constexpr (std::is_same_v<T, Paced>) {
    ar(e.channel, e.count, e.window);
  } else if constexpr (std::is_same_v<T, Paused> || std::is_same_v<T, Resumed>) {
    ar(e.workflow, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Rated>) {
    ar(e.workflow, e.rate, e.at, e.of, e.per, e.window);
  } else if constexpr (std::is_same_v<T, Charged>) {
    ar(e.workflow, e.channel, e.cost);
  } else if constexpr (std::is_same_v<T, Released>) {
    ar(e.workflow, e.cost, e.at);
  } else if constexpr (std::is_same_v<T, Rolled>) {
    ar(e.version, e.before, e.how, e.undoes, e.moved, e.stayed, e.left, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, Moved>) {
    ar(e.pass, e.from, e.to);
  } else if constexpr (std::is_same_v<T, RolledOut>) {
    ar(e.workflow, e.stages, e.stage, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, ZoneUnknown>) {
    ar(e.contact, e.used);
  } else if constexpr (std::is_same_v<T, Pruned>) {
    ar(e.before, e.events, e.messages, e.batches, e.rejected, e.kept, e.bytes, e.more, e.by);
    ar.once(e.because);
  } else if constexpr (std::is_same_v<T, RowStored>) {
    ar(e.record, e.created, e.commitment);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, RowRemoved>) {
    ar(e.record);
    ar.once(e.key);
  } else if constexpr (std::is_same_v<T, SplitTaken>) {
    ar(e.pass, e.mode, e.split, e.variant);
  } else {
    static_assert(std::is_same_v<T, Unmatched>);
    ar(e.pass, e.choice, e.chosen, e.logged);
  }
}

template <std::size_t I = 0>
bool make(std::size_t index, Entry& out) {
  if constexpr (I < std::variant_size_v<Entry>) {
    if (index != I) return make<I + 1>(index, out);
    out.emplace<I>();
    return true;
  } else {
    return false;
  }
}

class ReadArchive {
 public:
  explicit ReadArchive(ByteReader& in, std::vector<std::string>& names) : in_(in), names_(names) {}

  template <class... T>
  void operator()(T&... values) {
    (one(values), ...);
  }
  void once(std::string& s) { s = in_.bytes(); }
  void fixed(std::uint64_t& v) { v = in_.u64(); }

 private:
  void one(std::string& s) {
    const std::uint64_t number = in_.varint();
    if (number == 0) {
      names_.emplace_back(in_.bytes());
      s = names_.back();
    } else if (number <= names_.size()) {
      s = names_[number - 1];
    } else {
      in_.fail();
    }
  }
  void one(bool& v) { v = in_.u8() != 0; }
  void one(std::uint32_t& v) { v = static_cast<std::uint32_t>(in_.varint()); }
  void one(std::uint64_t& v) { v = in_.varint(); }
  void one(Instant& v) { v.ms = in_.signed_varint(); }
  void one(Decimal& v) { v = Decimal::from_units(in_.int128()); }
  void one(Hash& v) {
    for (unsigned char& b : v) b = in_.u8();
  }
  void one(store::ContactId& v) {
    v.part = static_cast<std::uint16_t>(in_.varint());
    v.id = in_.varint();
  }
  void one(Pass& v) {
    one(v.contact);
    one(v.workflow);
    one(v.serial);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void one(Enum& v) { v = static_cast<Enum>(in_.u8()); }
  void one(std::vector<std::string>& v) {
    const std::uint64_t n = in_.varint();
    for (std::uint64_t i = 0; i < n && in_.ok(); ++i) one(v.emplace_back());
  }
  void one(std::vector<std::uint32_t>& v) {
    const std::uint64_t n = in_.varint();
    for (std::uint64_t i = 0; i < n && in_.ok(); ++i) v.push_back(static_cast<std::uint32_t>(in_.varint()));
  }
  void one(std::vector<double>& v) {
    // Contexts are mostly zeros: length, then (distance, value) of the others.
    const std::uint64_t length = in_.varint();
    const std::uint64_t present = in_.varint();
    if (length > 65'536 || present > length) return in_.fail();
    v.assign(length, 0.0);
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < present && in_.ok(); ++i) {
      at += in_.varint();
      const double value = in_.f64();
      if (at >= length) return in_.fail();
      v[at] = value;
    }
  }

  ByteReader& in_;
  std::vector<std::string>& names_;
};

}  // namespace

class WriteArchive {
 public:
  explicit WriteArchive(Writer& writer) : out_(writer.out_), names_(writer.names_) {}

  template <class... T>
  void operator()(const T&... values) {
    (one(values), ...);
  }
  void once(const std::string& s) { out_.bytes(s); }
  void fixed(std::uint64_t v) { out_.u64(v); }

 private:
  void one(const std::string& s) {
    const auto known = std::find(names_.begin(), names_.end(), s);
    if (known != names_.end()) {
      out_.varint(static_cast<std::uint64_t>(known - names_.begin()) + 1);
      return;
    }
    out_.varint(0);
    out_.bytes(s);
    names_.push_back(s);
  }
  void one(bool v) { out_.u8(v ? 1 : 0); }
  void one(std::uint32_t v) { out_.varint(v); }
  void one(std::uint64_t v) { out_.varint(v); }
  void one(Instant v) { out_.signed_varint(v.ms); }
  void one(Decimal v) { out_.int128(v.units()); }
  void one(const Hash& v) { out_.raw(view(v)); }
  void one(const store::ContactId& v) {
    out_.varint(v.part);
    out_.varint(v.id);
  }
  void one(const Pass& v) {
    one(v.contact);
    one(v.workflow);
    one(v.serial);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void one(Enum v) { out_.u8(static_cast<std::uint8_t>(v)); }
  void one(const std::vector<std::string>& v) {
    out_.varint(v.size());
    for (const std::string& s : v) one(s);
  }
  void one(const std::vector<std::uint32_t>& v) {
    out_.varint(v.size());
    for (const std::uint32_t x : v) out_.varint(x);
  }
  void one(const std::vector<double>& v) {
    out_.varint(v.size());
    out_.varint(static_cast<std::uint64_t>(std::count_if(v.begin(), v.end(), [](double x) { return x != 0.0; })));
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < v.size(); ++i) {
      if (v[i] == 0.0) continue;
      out_.varint(i - last);
      out_.f64(v[i]);
      last = i;
    }
  }

  ByteWriter& out_;
  std::vector<std::string>& names_;
};

void Writer::add(Instant at, const Entry& entry) {
  out_.u8(static_cast<std::uint8_t>(entry.index()));
  out_.signed_varint(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(at.ms) - static_cast<std::uint64_t>(last_ms_)));
  last_ms_ = at.ms;
  WriteArchive archive(*this);
  std::visit([&](const auto& e) { parts(archive, e); }, entry);
}

std::string Writer::take() {
  names_.clear();
  last_ms_ = 0;
  std::string out = out_.take();
  out_.clear();
  return out;
}

Result<std::vector<Stamped>> read(std::string_view blob) {
  std::vector<Stamped> out;
  std::vector<std::string> names;
  ByteReader in(blob);
  std::int64_t ms = 0;
  while (in.ok() && !in.at_end()) {
    Stamped stamped;
    const std::uint8_t kind = in.u8();
    if (!make(kind, stamped.entry)) return fault(FaultCode::chain_broken, "", "", "an audit entry of an unknown kind");
    // Damaged bytes may hold any distance: it wraps instead of overflowing.
    ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(ms) + static_cast<std::uint64_t>(in.signed_varint()));
    stamped.at = {ms};
    ReadArchive archive(in, names);
    std::visit([&](auto& e) { parts(archive, e); }, stamped.entry);
    out.push_back(std::move(stamped));
  }
  if (!in.ok()) return fault(FaultCode::chain_broken, "", "", "an audit record that ends too early");
  return out;
}

std::string to_string(const Pass& pass) {
  return fmt::format("{}-{}/{}#{}", pass.contact.part, pass.contact.id, pass.workflow, pass.serial);
}

}  // namespace fairlead::audit
