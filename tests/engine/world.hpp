// What the engine's tests share: a project from its text, an engine on a store and a virtual clock, people and events
// by their words, and everything that was handed over, with the instant at which it was.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "compiler/compile.hpp"
#include "runtime/audit/verify.hpp"
#include "runtime/engine/decide.hpp"
#include "runtime/trial/clock.hpp"

namespace fairlead::engine::testing {

inline Instant at(std::string_view text) {
  const Result<Instant> parsed = parse_instant(text);
  BOOST_REQUIRE_MESSAGE(parsed, text << " is not an instant");
  return *parsed;
}

/// The value of a result that must be there; the test ends with the fault's text otherwise.
template <class T>
T must(Result<T> result) {
  if (!result) BOOST_FAIL(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline bytecode::Module compiled(const std::string& text) {
  // What is tested here are guards, also those of rules that no message keeps.
  compiler::Compiled out = compiler::compile({grammar::Source("x.lead", text)}, {}, {.prove = false, .folder = {}});
  std::string why;
  for (const grammar::Diagnostic& d : out.diagnostics) why += grammar::render(d, out.files, false) + "\n";
  if (!out.module) BOOST_FAIL(why);
  return std::move(*out.module);
}

/// What most projects here have; a test adds the rest: policies, workflows. `settings` go into `project`.
inline std::string project(const std::string& rest, const std::string& settings = "", const std::string& holdout = "",
                           const std::string& fields = "timezone: TimeZone? zone") {
  return "use std.channels\n"
         "project acme {\n  time zone \"America/New_York\"\n  currency USD\n" +
         settings +
         "\n}\n"
         "record contact {\n  key email: Email\n  country: Country?\n  " +
         fields +
         "\n  plan: free | pro = free\n  mrr: Money = $0\n  stage: new | nurturing | done = new\n"
         "  pause: Duration?\n  renews: Instant?\n  consent: { email: Consent }\n}\n"
         "channel sms {\n  to contact.email\n  consent not needed because \"a test\"\n  content { text: Text }\n"
         "  reports clicked\n}\n"
         "event downloaded { asset: Text }\nevent visited { page: Text, seconds: Number? }\nevent joined\nevent "
         "purchased\n"
         "event became_mql\n"
         "goal qualified {\n  reach became_mql within 14 days\n  worth $45\n" +
         holdout +
         "\n}\n"
         "content welcome { email { subject \"Welcome\" body \"Hello {contact.email}.\" } }\n"
         "content reminder { email { subject \"Again\" body \"Still there?\" } }\n"
         "content offer { email { subject \"Offer\" body \"For {contact.plan}.\" } }\n"
         "content note(said: Text) { email { subject \"Note\" body \"You said {said}.\" } }\n"
         "content receipt transactional { email { subject \"Receipt\" body \"Thank you.\" } }\n"
         "content ping { sms { text \"Ping\" } }\n" +
         rest;
}

inline std::string workflow(const std::string& steps, const std::string& head = "enter on joined",
                            const std::string& name = "nurture") {
  return "workflow " + name + " for contact {\n  owner \"a@acme.example\"\n" + head + "\n  steps {\n" + steps +
         "\n  }\n}\n";
}

struct Sent {
  std::string key, content, channel, to, workflow, body;
  Instant filled;                                 // the send
  Instant handed;                                 // to the connector
  std::string action, arguments, effect, amount;  // of a call
  std::string assign, contact;                    // of an assignment
  bool operator==(const Sent&) const = default;
};

/// A provider that keeps everything, and remembers keys over restarts of the engine.
class Provider : public connect::Connector {
 public:
  std::vector<Sent> sent;
  Instant clock;
  /// Calls that go through before one fails; -1: none fails. `after`: the messages have gone out all the same.
  int calls_until_fault = -1;
  bool fault_after = false;

  /// What becomes of a message; null: it is taken. One that is `unknown` has gone out all the same where `lies`.
  std::function<connect::Answer(const connect::Message&)> answers;
  bool lies = false;
  bool knows_keys = false;  // a second hand-over under one key goes out once, and nobody can tell after a crash

  [[nodiscard]] std::string name() const override { return "provider"; }
  [[nodiscard]] bool honours_keys() const override { return knows_keys; }
  Result<std::vector<connect::Answer>> deliver(const std::vector<connect::Message>& messages) override {
    const bool fails = calls_until_fault == 0;
    if (calls_until_fault >= 0) --calls_until_fault;
    if (fails && !fault_after) return fault(FaultCode::connector_failed, "provider", "before");
    std::vector<connect::Answer> out;
    for (const connect::Message& message : messages) {
      out.push_back(answers ? answers(message) : connect::Answer{});
      const bool goes =
          out.back().outcome == connect::Outcome::taken || (out.back().outcome == connect::Outcome::unknown && lies);
      if (!goes || (knows_keys && has(message.key))) continue;
      const nlohmann::json payload = nlohmann::json::parse(message.payload);
      const auto text = [&](const char* name) { return payload.value(name, std::string()); };
      sent.push_back({message.key, text("content"), text("channel"), text("to"), text("workflow"),
                      text("body") + text("text"), at(text("at")), clock, text("action"),
                      payload.value("arguments", nlohmann::json()).dump(), text("effect"),
                      payload.value("amount", nlohmann::json()).dump(), text("assign"),
                      payload.contains("assign") ? payload["contact"].dump() : ""});
    }
    if (fails) return fault(FaultCode::connector_failed, "provider", "after");
    return out;
  }
  Result<std::vector<connect::Answer>> recall(const std::vector<std::string>& keys) override {
    std::vector<connect::Answer> out;
    for (const std::string& key : keys) {
      out.push_back({knows_keys ? connect::Outcome::unknown
                     : has(key) ? connect::Outcome::taken
                                : connect::Outcome::failed,
                     "",
                     {}});
    }
    return out;
  }
  [[nodiscard]] bool has(const std::string& key) const {
    return std::any_of(sent.begin(), sent.end(), [&](const Sent& s) { return s.key == key; });
  }
};

/// Values by field, as a file would have them.
using Words = std::vector<std::pair<std::string, std::string>>;

template <class Fields>
std::string encoded(const Fields& fields, const Words& words) {
  Arena arena;
  std::vector<std::pair<std::uint32_t, Value>> values;
  for (const auto& [name, text] : words) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&n = name](const auto& f) { return f.name == n; });
    BOOST_REQUIRE_MESSAGE(field != fields.end(), "no field " << name);
    values.emplace_back(name_id(name), must(parse_value(text, field->type, arena)));
  }
  return encode_values(std::move(values));
}

/// A new folder, removed with everything in it at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fairlead-engine-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Options {
  std::string path = ":memory:";
  std::string start = "2026-01-05T12:00Z";  // a Monday, 07:00 in New York
  Duration stride = minutes(1);
  bool holdout = false;
  std::uint64_t seed = 1;
  std::size_t batch_items = 2'000;
  std::size_t checkpoint_cells = 20'000;
  Pacing pacing{};
  bool virtual_clock = true;
  bool keep_windows = true;
  std::size_t prune_rows = 5'000;
};

class World {
 public:
  Options options;
  bytecode::Module module;
  std::unique_ptr<store::Store> store;
  Provider provider;
  std::unique_ptr<Engine> engine;
  Instant start, now;

  explicit World(const std::string& text, Options with = {}) : options(std::move(with)), module(compiled(text)) {
    start = now = at(options.start);
    open();
    must(engine->deploy(now, module));
  }

  void open() {
    if (!store) store = must(store::open_sqlite(options.path, store::Access::create, store::Durability::none));
    Settings settings;
    settings.seed = options.seed;
    settings.virtual_clock = options.virtual_clock;
    settings.pacing = options.pacing;
    settings.holdout = options.holdout;
    settings.batch_items = options.batch_items;
    settings.checkpoint_cells = options.checkpoint_cells;
    settings.keep_windows = options.keep_windows;
    settings.prune_rows = options.prune_rows;
    engine = must(Engine::open(*store, provider, settings));
  }

  /// As after a crash: what was not committed is gone. A store in memory stays open.
  void reopen() {
    engine.reset();
    if (options.path != ":memory:") store.reset();
    open();
    must(engine->deploy(now, module));
  }

  void deploy(const std::string& text) {
    module = compiled(text);
    must(engine->deploy(now, module));
  }

  void contact(const std::string& email, Words words = {}) {
    words.emplace_back("email", email);
    const bool consent =
        std::any_of(words.begin(), words.end(), [](const auto& w) { return w.first == "consent.email"; });
    if (!consent && !id(email)) words.emplace_back("consent.email", "given");
    must(store->post({{0, now, store::InboxKind::contact, encode(ContactIn{encoded(module.fields, words)})}}, {}));
    run(now);
  }

  struct How {
    std::string of;  // the content that it answers
    std::string id;
    std::optional<Instant> at;  // when it happened; it arrives now
  };
  EventIn event_of(const std::string& email, const std::string& type, const Words& words, const How& how) {
    const auto declared =
        std::find_if(module.events.begin(), module.events.end(), [&](const auto& e) { return e.name == type; });
    BOOST_REQUIRE(declared != module.events.end());
    EventIn in;
    in.key_field = name_id("email");
    in.key = email;
    in.type = type;
    in.id = how.id.empty() ? "e" + std::to_string(++events_) : how.id;
    in.at = how.at.value_or(now);
    in.content = how.of;
    in.values = encoded(declared->fields, words);
    return in;
  }
  /// Happens and arrives now, and what is due now is done.
  void event(const std::string& email, const std::string& type, const Words& words = {}, const How& how = {}) {
    later(now, email, type, words, how);
    run(now);
  }
  /// Will arrive at `when`.
  void later(Instant when, const std::string& email, const std::string& type, const Words& words = {}, How how = {}) {
    if (!how.at) how.at = when;
    must(store->post({{0, when, store::InboxKind::event, encode(event_of(email, type, words, how))}}, {}));
  }

  /// As trial::run_until, but the provider knows the time.
  void run(Instant until) {
    now = std::max(now, until);
    must(try_run(until));
  }
  Result<void> try_run(Instant until) {
    while (true) {
      const Result<std::optional<Instant>> due = engine->next_due();
      if (!due) return tl::unexpected(due.error());
      if (!*due || until < **due) return {};
      provider.clock = until;
      const std::int64_t strides =
          (std::max<std::int64_t>(0, (**due - start).ms) + options.stride.ms - 1) / options.stride.ms;
      const Instant end = std::min(until, start + Duration{strides * options.stride.ms});
      provider.clock = end;
      const Result<void> done = trial::run_until(*engine, start, end, options.stride, {});
      if (!done) return done;
    }
  }
  void run(std::string_view until) { run(at(until)); }
  void pass(Duration time) { run(now + time); }

  std::optional<store::ContactId> id(const std::string& email) {
    for (const bytecode::Field& field : module.fields) {
      if (field.name == "email") return must(engine->find(key_hash(field, email)));
    }
    return std::nullopt;
  }
  Cell cell(const std::string& email) { return *must(engine->cell(*id(email))); }
  std::string field(const std::string& email, const std::string& name) {
    return render(must(engine->person(*id(email)))->record.get(name_id(name)));
  }

  /// Contents sent to one, in order.
  std::vector<std::string> got(const std::string& email) const {
    std::vector<std::string> out;
    for (const Sent& sent : provider.sent) {
      if (sent.to == email) out.push_back(sent.content);
    }
    return out;
  }
  /// When a content was sent to one, first.
  std::string when(const std::string& email, const std::string& content) const {
    for (const Sent& sent : provider.sent) {
      if (sent.to == email && sent.content == content) return to_string(sent.filled);
    }
    return "never";
  }

  /// Every entry of a kind that the audit has.
  template <class E>
  std::vector<std::pair<Instant, E>> said() {
    std::vector<std::pair<Instant, E>> out;
    must(store->records(0, [&](const store::Record& record) -> Result<void> {
      for (const audit::Stamped& stamped : must(audit::read(record.audit))) {
        if (const E* entry = std::get_if<E>(&stamped.entry)) out.emplace_back(stamped.at, *entry);
      }
      return {};
    }));
    return out;
  }
  const Ledger& tallies() { return engine->ledger(); }

 private:
  int events_ = 0;
};

/// `a, b, c`, for comparing.
inline std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

}  // namespace fairlead::engine::testing
