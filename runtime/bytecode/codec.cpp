// A module as bytes. What a struct consists of is said once, in `fields`, for both directions.
//
// Numbers are LEB128; an index is written as a signed number, so that `none` takes one byte. Reading allocates only
// for bytes that are there: every element of a table takes at least one, and a table that claims more than is left
// is refused before anything is made of it. Each value has one form (ByteReader takes no other), so a module that was
// read has the fingerprint that its header says.
#include <array>
#include <limits>
#include <type_traits>

#include "runtime/bytecode/findings.hpp"
#include "runtime/values/bytes.hpp"

namespace fairlead::bytecode {
namespace {

constexpr std::string_view magic = "FLBC";
constexpr std::size_t header_size = 4 + 4 + 32;

template <class E>
constexpr E last_of = E{};
template <>
constexpr Tag last_of<Tag> = Tag::list;
template <>
constexpr TypeKind last_of<TypeKind> = TypeKind::list;
template <>
constexpr RuleKind last_of<RuleKind> = RuleKind::keep;
template <>
constexpr Effect last_of<Effect> = Effect::action;
template <>
constexpr Label last_of<Label> = Label::guarded;
template <>
constexpr Entry::Kind last_of<Entry::Kind> = Entry::Kind::hand;
template <>
constexpr Otherwise last_of<Otherwise> = Otherwise::stop;
template <>
constexpr Period last_of<Period> = Period::month;
template <>
constexpr CounterKind last_of<CounterKind> = CounterKind::last;
template <>
constexpr StepKind last_of<StepKind> = StepKind::assign;
template <>
constexpr EffectKind last_of<EffectKind> = EffectKind::write;
template <>
constexpr Method last_of<Method> = Method::erase;
template <>
constexpr Digest last_of<Digest> = Digest::sha256;
template <>
constexpr AssignBy last_of<AssignBy> = AssignBy::best;
template <>
constexpr TestStep::Kind last_of<TestStep::Kind> = TestStep::Kind::given_row;
template <>
constexpr Reaction::Cause last_of<Reaction::Cause> = Reaction::Cause::event;

/// What an archive makes of a struct: a writer looks at it, a reader fills it.
template <class Archive, class T>
using Ref = typename Archive::template Ref<T>;

template <class Archive>
void fields(Archive& ar, Ref<Archive, Function> f) {
  ar(f.name, f.registers, f.code, f.lines, f.labels);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, FieldType> t) {
  ar(t.kind, t.optional, t.currency, t.members, t.element);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Field> f) {
  ar(f.name, f.id, f.type, f.labels, f.key, f.zone, f.country, f.fixed, f.initial, f.fresh, f.complete);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, EventField> f) {
  ar(f.name, f.type, f.labels);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, EventType> e) {
  ar(e.name, e.fields, e.of_message, e.of_contact);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Counter> c) {
  ar(c.key, c.id, c.event, c.where, c.window, c.kind, c.field);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Rate> r) {
  ar(r.key, r.event, r.per, r.window, r.file, r.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, GuardMetric> g) {
  ar(g.event, g.above);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Goal> g) {
  ar(g.name, g.event, g.where, g.within, g.worth, g.baseline, g.target, g.holdout, g.sum, g.without, g.file, g.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Band> b) {
  ar(b.name, b.below);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Score> s) {
  ar(s.name, s.event, s.where, s.within, s.features, s.bands, s.file, s.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Points> p) {
  ar(p.name, p.value);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Release> r) {
  ar(r.text, r.labels, r.because, r.file, r.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Channel> c) {
  ar(c.name, c.to, c.consent, c.withdrawn_on, c.reports, c.cost);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, SlotText> s) {
  ar(s.name, s.text);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Generated> g) {
  ar(g.model, g.prompt, g.at_most);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Slot> s) {
  ar(s.name, s.text, s.line, s.one_of, s.generated);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Variant> v) {
  ar(v.channel, v.slots);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Content> c) {
  ar(c.name, c.transactional, c.parameters, c.variants, c.file);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Model> m) {
  ar(m.name, m.connector, m.provider_name, m.version);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Rule> r) {
  ar(r.name, r.kind, r.effect, r.action, r.channels, r.workflow, r.transactional, r.when, r.clock_only, r.count,
     r.shares, r.whole_project, r.amount, r.period, r.window, r.label, r.words, r.hole, r.baseline, r.target, r.holdout,
     r.role, r.otherwise, r.hold_for, r.up_to, r.waivable_by, r.proved, r.because, r.text, r.hash, r.file, r.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, LimitShare> s) {
  ar(s.workflow, s.count);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Waiver> w) {
  ar(w.rule, w.until, w.because, w.line, w.signed_by, w.signed_at);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Quota> r) {
  ar(r.most, r.period, r.window);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Entry> e) {
  ar(e.kind, e.triggers, e.segment, e.by_clock, e.every, e.at, e.at_most, e.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, RolloutStage> s) {
  ar(s.shadow, s.share, s.lasts, s.approval_by, s.lift, s.confidence);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Head> h) {
  ar(h.entries, h.budget, h.pause, h.rollout, h.waivers);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Role> r) {
  ar(r.name, r.members);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Member> m) {
  ar(m.address, m.capacity, m.per, m.within, m.when);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Team> t) {
  ar(t.name, t.members);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Action> a) {
  ar(a.name, a.parameters, a.returns, a.effect, a.amount);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Pair> p) {
  ar(p.name, p.value, p.type);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Answer> a) {
  ar(a.name, a.path);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Request> r) {
  ar(r.method, r.address, r.credentials, r.headers, r.query, r.form, r.json, r.answers, r.idempotency_header, r.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Callback> c) {
  ar(c.event, c.when, c.message);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Receive> r) {
  ar(r.path, r.digest, r.header, r.secret, r.fields, r.callbacks);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Connector> c) {
  ar(c.name, c.file, c.line, c.channels, c.actions, c.secrets, c.inputs, c.request, c.retry_on, c.retries, c.rate,
     c.rate_window, c.receives);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Feature> f) {
  ar(f.name, f.value, f.type);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Option> o) {
  ar(o.name, o.when, o.start, o.at_least, o.at_most, o.first);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Pace> p) {
  ar(p.share, p.period, p.window, p.approval);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Choice> c) {
  ar(c.key, c.goal, c.features, c.explore, c.options, c.half_life, c.move);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, SplitVariant> v) {
  ar(v.name, v.share, v.first);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Split> s) {
  ar(s.key, s.goal, s.variants, s.adopt, s.approval);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Stage> s) {
  ar(s.name, s.when);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Play> p) {
  ar(p.name, p.stages, p.when, p.approval, p.first);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Plan> p) {
  ar(p.key, p.goal, p.most, p.apart, p.within, p.stages, p.plays);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, RecordType> r) {
  ar(r.name, r.fields);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Allocation> a) {
  ar(a.key, a.goal, a.amount, a.period, a.window, a.record, a.where, a.least, a.most, a.move);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Hours> h) {
  ar(h.from, h.to);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Arm> a) {
  ar(a.event, a.of_content, a.where, a.bind, a.first);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Step> s) {
  ar(s.kind, s.key, s.line, s.next, s.otherwise, s.value, s.content, s.channel, s.arguments, s.arms, s.choice, s.field,
     s.times, s.every, s.split, s.plan, s.allocation, s.workflow, s.record, s.bind, s.best, s.best_hour, s.action,
     s.local, s.role, s.within, s.covered, s.team, s.by, s.proved);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Trigger> t) {
  ar(t.event, t.where);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Workflow> w) {
  ar(w.name, w.owner, w.file, w.line, w.goal, w.enter, w.leave_on, w.leave_when, w.again, w.subject, w.head, w.rules,
     w.steps, w.first, w.bindings, w.locals);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Given> g) {
  ar(g.field, g.value);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, TestStep> s) {
  ar(s.kind, s.line, s.values, s.event, s.of_content, s.workflow, s.after, s.content, s.channel, s.negated, s.times,
     s.choice, s.option, s.condition, s.fields, s.text);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, TestCase> c) {
  ar(c.name, c.line, c.values, c.expect);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Test> t) {
  ar(t.name, t.file, t.line, t.steps, t.cases);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Reaction> r) {
  ar(r.cause, r.content, r.event, r.effect, r.values, r.probability, r.when, r.within);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Expectation> e) {
  ar(e.goal, e.content, e.above, e.share, e.count, e.line);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Portion> p) {
  ar(p.value, p.share);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Mixture> m) {
  ar(m.field, m.portions);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Simulation> s) {
  ar(s.name, s.file, s.line, s.contacts, s.from, s.like, s.reactions, s.run, s.seed, s.expect);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, SourceFile> s) {
  ar(s.path, s.text);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Segment> s) {
  ar(s.name, s.when);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Constant> c) {
  ar(c.tag, c.units, c.text, c.items);
}
template <class Archive>
void fields(Archive& ar, Ref<Archive, Module> m) {
  ar(m.project, m.zone, m.currency, m.constants, m.currencies, m.functions, m.fields, m.events, m.counters, m.rates,
     m.segments, m.scores, m.points, m.releases, m.goals, m.channels, m.contents, m.models, m.rules, m.roles, m.teams,
     m.actions, m.connectors, m.choices, m.splits, m.plans, m.records, m.allocations, m.steps, m.workflows, m.tests,
     m.simulations, m.sources);
}

class Writer {
 public:
  template <class T>
  using Ref = const T&;

  template <class... T>
  void operator()(const T&... items) {
    (put(items), ...);
  }

  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  void put(bool v) { out_.u8(v ? 1 : 0); }
  void put(std::uint32_t v) { out_.signed_varint(static_cast<std::int32_t>(v)); }
  void put(std::uint64_t v) { out_.varint(v); }
  void put(const int128& v) { out_.int128(v); }
  void put(Decimal v) { out_.int128(v.units()); }
  void put(Duration v) { out_.signed_varint(v.ms); }
  void put(Instant v) { out_.signed_varint(v.ms); }
  void put(Date v) { out_.signed_varint(v.day); }
  void put(TimeOfDay v) { out_.signed_varint(v.second); }
  void put(Instruction v) { out_.u32(v.word); }
  void put(Labels v) { out_.u8(static_cast<std::uint8_t>(v.bits())); }
  void put(const std::string& v) { out_.bytes(v); }
  void put(const Hash& v) { out_.raw(view(v)); }
  template <class T>
  void put(const std::optional<T>& v) {
    put(v.has_value());
    if (v) put(*v);
  }
  template <class T>
  void put(const std::vector<T>& v) {
    out_.varint(v.size());
    for (const T& item : v) put(item);
  }
  template <class T>
  void put(const T& v) {
    if constexpr (std::is_enum_v<T>) {
      out_.u8(static_cast<std::uint8_t>(v));
    } else {
      fields(*this, v);
    }
  }

  ByteWriter out_;
};

class Reader {
 public:
  template <class T>
  using Ref = T&;

  explicit Reader(std::string_view in) : in_(in) {}

  template <class... T>
  void operator()(T&... items) {
    (get(items), ...);
  }

  /// Why the bytes are not a module; empty where they are.
  [[nodiscard]] std::string_view problem() const {
    if (!problem_.empty()) return problem_;
    if (!in_.ok()) return "it ends too early";
    return in_.at_end() ? "" : "it goes on after its end";
  }

 private:
  void refuse(std::string_view why) {
    if (in_.ok()) problem_ = why;
    in_.fail();
  }

  void get(bool& v) {
    const auto byte = in_.u8();
    if (byte > 1) refuse("a truth value is neither true nor false");
    v = byte == 1;
  }
  std::int32_t small() {
    const auto wide = in_.signed_varint();
    if (wide != static_cast<std::int32_t>(wide)) refuse("a number has more than 32 bits");
    return static_cast<std::int32_t>(wide);
  }
  void get(std::uint32_t& v) { v = static_cast<std::uint32_t>(small()); }
  void get(std::uint64_t& v) { v = in_.varint(); }
  void get(int128& v) { v = in_.int128(); }
  void get(Decimal& v) { v = Decimal::from_units(in_.int128()); }
  void get(Duration& v) { v.ms = in_.signed_varint(); }
  void get(Instant& v) { v.ms = in_.signed_varint(); }
  void get(Date& v) { v.day = small(); }
  void get(TimeOfDay& v) {
    const auto second = in_.signed_varint();
    if (second < 0 || second >= 86'400) refuse("a time of day is not one");
    v.second = in_.ok() ? static_cast<std::int32_t>(second) : 0;
  }
  void get(Instruction& v) { v.word = in_.u32(); }
  void get(Labels& v) {
    const auto byte = in_.u8();
    if (byte >= 1U << label_count) refuse("a label is not one of those there are");
    v = Labels(byte);
  }
  void get(std::string& v) { v = in_.bytes(); }
  void get(Hash& v) {
    for (auto& byte : v) byte = in_.u8();
  }
  template <class T>
  void get(std::optional<T>& v) {
    bool there = false;
    get(there);
    if (there) get(v.emplace());
  }
  template <class T>
  void get(std::vector<T>& v) {
    const auto count = in_.varint();
    if (count > in_.left()) return refuse("a table is longer than the module");
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) get(v.emplace_back());
  }
  template <class T>
  void get(T& v) {
    if constexpr (std::is_enum_v<T>) {
      const auto byte = in_.u8();
      if (byte > static_cast<std::uint8_t>(last_of<T>)) refuse("a kind is not one of those there are");
      v = in_.ok() ? static_cast<T>(byte) : T{};
    } else if constexpr (std::is_same_v<T, Constant> || std::is_same_v<T, FieldType>) {
      // The only two that contain themselves; a list of the deepest kind still has an item.
      if (nesting_ > deepest_nesting) return refuse("lists are nested too deep");
      ++nesting_;
      fields(*this, v);
      --nesting_;
    } else {
      fields(*this, v);
    }
  }

  ByteReader in_;
  std::string_view problem_;
  unsigned nesting_ = 0;
};

std::string body_of(const Module& module) {
  Writer writer;
  writer(module);
  return writer.take();
}

tl::unexpected<Fault> damaged(std::string_view detail) {
  return fault(FaultCode::module_damaged, detail);
}

}  // namespace

std::string encode(const Module& module) {
  const std::string body = body_of(module);
  ByteWriter out;
  out.raw(magic);
  out.u32(format_version);
  out.raw(view(sha256(body)));
  out.raw(body);
  return out.take();
}

Result<Module> decode(std::string_view bytes) {
  if (!bytes.starts_with(magic)) return damaged("it is not a compiled Fairlead project");
  if (bytes.size() < header_size) return damaged("it ends too early");
  const auto version = ByteReader(bytes.substr(magic.size())).u32();
  if (version != format_version) {
    return fault(FaultCode::module_version, std::to_string(version), std::to_string(format_version));
  }
  const auto checksum = bytes.substr(magic.size() + 4, 32);
  const auto body = bytes.substr(header_size);
  if (view(sha256(body)) != checksum) return damaged("its checksum does not match");

  Module module;
  Reader reader(body);
  reader(module);
  if (!reader.problem().empty()) return damaged(reader.problem());
  if (auto sound = verify(module); !sound) return tl::unexpected(std::move(sound.error()));
  return module;
}

Hash fingerprint(const Module& module) {
  return sha256(body_of(module));
}

}  // namespace fairlead::bytecode
