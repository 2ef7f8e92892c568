// The language's own tests.
#include "runtime/trial/test.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/trial/clock.hpp"

namespace fairlead::trial {

using bytecode::none;
using bytecode::TestStep;

namespace {

/// Keeps what was sent, to be asked about.
class Collector : public connect::Connector {
 public:
  struct Sent {
    std::string content, channel;
  };
  std::vector<Sent> sent;

  Result<void> deliver(const std::vector<connect::Message>& messages) override {
    for (const connect::Message& message : messages) {
      const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
      if (!payload.contains("channel")) continue;  // a call is no message
      sent.push_back({payload.value("content", ""), payload.value("channel", "")});
    }
    return {};
  }
  Result<std::vector<std::string>> delivered(const std::vector<std::string>&) override { return std::vector<std::string>{}; }
};

/// What left and entered, by workflow.
struct Moves {
  std::map<std::string, std::uint64_t> left, entered;
};

Moves moves(const engine::Ledger& ledger) {
  Moves out;
  for (const auto& [name, tally] : ledger.workflows) {
    out.left[name] = tally.left + tally.finished;
    out.entered[name] = tally.entered;
  }
  return out;
}

class Running {
 public:
  Running(const bytecode::Module& module, const bytecode::Test& test) : module_(module), test_(test) {}

  Result<TestResult> run() {
    Result<std::unique_ptr<store::Store>> store = store::open_sqlite(":memory:", store::Access::create, store::Durability::none);
    if (!store) return tl::unexpected(store.error());
    engine::Settings settings;
    settings.seed = 1;
    settings.virtual_clock = true;
    settings.holdout = false;
    Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(**store, collector_, settings);
    if (!engine) return tl::unexpected(engine.error());
    engine_ = engine->get();
    store_ = store->get();
    const Result<Zone> zone = Zone::load(module_.zone);
    if (!zone) return tl::unexpected(zone.error());
    start_ = now_ = zone->at(test_day, {12 * 3600});
    if (const Result<bool> deployed = engine_->deploy(now_, module_); !deployed) return tl::unexpected(deployed.error());
    program_ = engine_->deployments().newest().program.get();
    result_.name = test_.name;
    for (const TestStep& step : test_.steps) {
      if (const Result<void> done = take(step); !done) return tl::unexpected(done.error());
    }
    return result_;
  }

 private:
  Result<void> take(const TestStep& step) {
    using Kind = TestStep::Kind;
    switch (step.kind) {
      case Kind::given:
      case Kind::set: return store_contact(step);
      case Kind::when: return happen(step);
      case Kind::after:
        mark();
        now_ = now_ + step.after;
        return move();
      case Kind::expect_sent: expect_sent(step); return {};
      case Kind::expect_nothing_sent:
        if (collector_.sent.size() > sent_before_) fail(step, fmt::format("expected nothing to be sent, but {} was", what_was_sent()));
        return {};
      case Kind::expect_left: expect_moved(step, before_.left, moves(engine_->ledger()).left, "leave"); return {};
      case Kind::expect_entered: expect_moved(step, before_.entered, moves(engine_->ledger()).entered, "enter"); return {};
    }
    return {};
  }

  void mark() {
    sent_before_ = collector_.sent.size();
    before_ = moves(engine_->ledger());
  }
  Result<void> move() { return run_until(*engine_, start_, now_, minutes(1), {}); }
  void fail(const TestStep& step, std::string text) { result_.failures.push_back({step.line, std::move(text)}); }

  Result<std::vector<std::pair<std::uint32_t, Value>>> values(const std::vector<bytecode::Given>& given, const auto& name) {
    std::vector<std::pair<std::uint32_t, Value>> out;
    for (const bytecode::Given& one : given) {
      const Result<Value> value = program_->evaluate(one.value, vm::World{}, arena_);
      if (!value) return tl::unexpected(value.error());
      out.emplace_back(name_id(name(one.field)), *value);
    }
    return out;
  }

  Result<void> store_contact(const TestStep& step) {
    auto found = values(step.values, [&](bytecode::Index i) { return module_.fields[i].name; });
    if (!found) return tl::unexpected(found.error());
    for (const bytecode::Field& field : module_.fields) {
      if (!field.key) continue;
      const auto at = std::find_if(found->begin(), found->end(), [&](const auto& pair) { return pair.first == field.id; });
      if (at != found->end()) {
        key_field_ = field.id;
        key_ = std::string(at->second.as_text());
        break;
      }
      if (field.type.optional) continue;
      // A test that says nothing of the key still needs somebody.
      if (key_.empty()) {
        key_ = field.type.kind == TypeKind::email ? "someone@test.example" : field.type.kind == TypeKind::phone ? "+15550100" : "someone";
        key_field_ = field.id;
      }
      found->emplace_back(field.id, Value::text(key_));
      break;
    }
    mark();
    if (const Result<void> posted = store_->post({{0, now_, store::InboxKind::contact, engine::encode(engine::ContactIn{engine::encode_values(*found)})}}, {}); !posted) return posted;
    return move();
  }

  Result<void> happen(const TestStep& step) {
    if (key_.empty()) {
      TestStep nobody;
      if (const Result<void> made = store_contact(nobody); !made) return made;
    }
    const bytecode::EventType& type = module_.events[step.event];
    const auto found = values(step.values, [&](bytecode::Index i) { return type.fields[i].name; });
    if (!found) return tl::unexpected(found.error());
    engine::EventIn event;
    event.key_field = key_field_;
    event.key = key_;
    event.type = type.name;
    event.id = fmt::format("test-{}", ++events_);
    event.at = now_;
    if (step.of_content != none) event.content = module_.contents[step.of_content].name;
    event.values = engine::encode_values(*found);
    mark();
    if (const Result<void> posted = store_->post({{0, now_, store::InboxKind::event, engine::encode(event)}}, {}); !posted) return posted;
    return move();
  }

  std::string what_was_sent() const {
    std::string out;
    for (std::size_t i = sent_before_; i < collector_.sent.size(); ++i) out += fmt::format("{}`{}` by {}", out.empty() ? "" : ", ", collector_.sent[i].content, collector_.sent[i].channel);
    return out.empty() ? "nothing" : out;
  }

  void expect_sent(const TestStep& step) {
    for (std::size_t i = sent_before_; i < collector_.sent.size(); ++i) {
      const Collector::Sent& sent = collector_.sent[i];
      if (sent.content == module_.contents[step.content].name && (step.channel == none || sent.channel == module_.channels[step.channel].name)) return;
    }
    fail(step, fmt::format("expected `{}` to be sent{}, but {} was", module_.contents[step.content].name, step.channel == none ? "" : " by " + module_.channels[step.channel].name, what_was_sent()));
  }

  void expect_moved(const TestStep& step, std::map<std::string, std::uint64_t> before, const std::map<std::string, std::uint64_t>& after, std::string_view verb) {
    for (const auto& [name, count] : after) {
      if (step.workflow != none && module_.workflows[step.workflow].name != name) continue;
      if (count > before[name]) return;
    }
    fail(step, fmt::format("expected the contact to {} {}, but it did not", verb, step.workflow == none ? "a workflow" : "`" + module_.workflows[step.workflow].name + "`"));
  }

  const bytecode::Module& module_;
  const bytecode::Test& test_;
  Collector collector_;
  engine::Engine* engine_ = nullptr;
  store::Store* store_ = nullptr;
  const vm::Program* program_ = nullptr;
  Arena arena_;
  Instant start_, now_;
  std::string key_;
  std::uint32_t key_field_ = 0;
  int events_ = 0;
  std::size_t sent_before_ = 0;
  Moves before_;
  TestResult result_;
};

}  // namespace

Result<TestResult> run_test(const bytecode::Module& module, bytecode::Index index) { return Running(module, module.tests[index]).run(); }

}  // namespace fairlead::trial
