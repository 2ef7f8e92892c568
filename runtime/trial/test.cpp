// The language's own tests.
#include "runtime/trial/test.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/turn.hpp"
#include "runtime/trial/clock.hpp"
#include "runtime/trial/happened.hpp"

namespace fairlead::trial {

using bytecode::none;
using bytecode::TestStep;

namespace {

std::string times_of(std::uint64_t n) {
  return n == 1 ? "once" : fmt::format("{} times", n);
}

class Running {
 public:
  Running(const bytecode::Module& module, const TestRun& run)
      : module_(module),
        test_(module.tests[run.test]),
        case_(run.test_case == none ? nullptr : &test_.cases[run.test_case]) {
    result_.name = name_of(module, run);
    result_.file = test_.file;
    result_.line = case_ == nullptr ? test_.line : case_->line;
  }

  Result<TestResult> run() {
    Result<std::unique_ptr<store::Store>> store =
        store::open_sqlite(":memory:", store::Access::create, store::Durability::none);
    if (!store) return tl::unexpected(store.error());
    engine::Settings settings;
    settings.seed = 1;
    settings.virtual_clock = true;
    settings.holdout = false;
    Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(**store, happened_, settings);
    if (!engine) return tl::unexpected(engine.error());
    engine_ = engine->get();
    engine_->observe(&ways_);
    store_ = store->get();
    const Result<Zone> zone = Zone::load(module_.zone);
    if (!zone) return tl::unexpected(zone.error());
    zone_ = *zone;
    start_ = now_ = zone_.at(test_day, {12 * 3600});
    if (const Result<bool> deployed = engine_->deploy(now_, module_); !deployed)
      return tl::unexpected(deployed.error());
    program_ = engine_->deployments().newest().program.get();
    if (const Result<void> played = play(); !played) return tl::unexpected(played.error());
    result_.trodden.add(engine_->ledger(), ways_);
    return std::move(result_);
  }

 private:
  Result<void> play() {
    const auto given = std::find_if(test_.steps.begin(), test_.steps.end(),
                                    [](const TestStep& s) { return s.kind == TestStep::Kind::given; });
    if (case_ != nullptr && given == test_.steps.end()) {
      if (const Result<void> done = store_contact(case_->values); !done) return done;
    }
    for (const TestStep& step : test_.steps) {
      const bool first_given = case_ != nullptr && given != test_.steps.end() && &step == &*given;
      if (const Result<void> done = first_given ? store_contact(overridden(step.values)) : take(step); !done)
        return done;
    }
    if (case_ == nullptr) return {};
    for (const TestStep& step : case_->expect) {
      if (const Result<void> done = take(step); !done) return done;
    }
    return {};
  }

  /// What the case says of a field stands instead of what `given` says of it.
  [[nodiscard]] std::vector<bytecode::Given> overridden(std::vector<bytecode::Given> values) const {
    for (const bytecode::Given& own : case_->values) {
      std::erase_if(values, [&](const bytecode::Given& one) { return one.field == own.field; });
      values.push_back(own);
    }
    return values;
  }

  Result<void> take(const TestStep& step) {
    using Kind = TestStep::Kind;
    switch (step.kind) {
      case Kind::given:
      case Kind::set: return store_contact(step.values);
      case Kind::given_row: return store_row(step);
      case Kind::when: return happen(step);
      case Kind::after:
        happened_.begin();
        now_ = now_ + step.after;
        return move();
      case Kind::expect_sent: return expect_sent(step);
      case Kind::expect_nothing_sent: expect_nothing_sent(step); return {};
      case Kind::expect_left: return expect_moved(step, happened_.left, "leave", "left");
      case Kind::expect_entered: return expect_moved(step, happened_.entered, "enter", "entered");
      case Kind::expect_chosen: return expect_chosen(step);
      case Kind::expect_that: return expect_that(step);
    }
    return {};
  }

  Result<void> move() {
    if (const Result<void> moved = run_until(*engine_, start_, now_, minutes(1), {}); !moved) return moved;
    return store_->records(read_, [&](const store::Record& record) {
      read_ = record.seq;
      return happened_.read(record.audit, module_, zone_);
    });
  }

  void fail(const TestStep& step, std::string text, std::vector<std::string> notes = {}) {
    std::erase(notes, "");
    result_.failures.push_back({step.line, std::move(text), std::move(notes)});
  }

  Result<std::vector<std::pair<std::uint32_t, Value>>> values(const std::vector<bytecode::Given>& given,
                                                              const auto& name) {
    std::vector<std::pair<std::uint32_t, Value>> out;
    for (const bytecode::Given& one : given) {
      const Result<Value> value = program_->evaluate(one.value, vm::World{}, arena_);
      if (!value) return tl::unexpected(value.error());
      out.emplace_back(name_id(name(one.field)), *value);
    }
    return out;
  }

  Result<void> store_contact(const std::vector<bytecode::Given>& given) {
    auto found = values(given, [&](bytecode::Index i) { return module_.fields[i].name; });
    if (!found) return tl::unexpected(found.error());
    for (const bytecode::Field& field : module_.fields) {
      if (!field.key) continue;
      const auto at =
          std::find_if(found->begin(), found->end(), [&](const auto& pair) { return pair.first == field.id; });
      if (at != found->end()) {
        key_field_ = &field;
        key_ = std::string(at->second.as_text());
        break;
      }
      if (field.type.optional) continue;
      // A test that says nothing of the key still needs somebody.
      if (key_.empty()) {
        key_ = field.type.kind == TypeKind::email   ? "someone@test.example"
               : field.type.kind == TypeKind::phone ? "+15550100"
                                                    : "someone";
        key_field_ = &field;
      }
      found->emplace_back(field.id, Value::text(key_));
      break;
    }
    happened_.begin();
    if (const Result<void> posted = store_->post(
            {{0, now_, store::InboxKind::contact, engine::encode(engine::ContactIn{engine::encode_values(*found)})}},
            {});
        !posted)
      return posted;
    return move();
  }

  Result<void> store_row(const TestStep& step) {
    const bytecode::RecordType& record = module_.records[step.event];
    const auto found = values(step.values, [&](bytecode::Index i) { return record.fields[i].name; });
    if (!found) return tl::unexpected(found.error());
    happened_.begin();
    const engine::RowIn row{record.name, engine::encode_values(*found)};
    if (const Result<void> posted = store_->post({{0, now_, store::InboxKind::row, engine::encode(row)}}, {}); !posted)
      return posted;
    return move();
  }

  Result<void> happen(const TestStep& step) {
    if (key_.empty()) {
      if (const Result<void> made = store_contact({}); !made) return made;
    }
    const bytecode::EventType& type = module_.events[step.event];
    const auto found = values(step.values, [&](bytecode::Index i) { return type.fields[i].name; });
    if (!found) return tl::unexpected(found.error());
    engine::EventIn event;
    event.key_field = key_field_ == nullptr ? 0 : key_field_->id;
    event.key = key_;
    event.type = type.name;
    event.id = fmt::format("test-{}", ++events_);
    event.at = now_;
    if (step.of_content != none) event.content = module_.contents[step.of_content].name;
    event.values = engine::encode_values(*found);
    happened_.begin();
    if (const Result<void> posted = store_->post({{0, now_, store::InboxKind::event, engine::encode(event)}}, {});
        !posted)
      return posted;
    return move();
  }

  Result<std::optional<store::ContactId>> contact() {
    if (key_field_ == nullptr) return std::optional<store::ContactId>();
    return engine_->find(engine::key_hash(*key_field_, key_));
  }

  /// Where the contact stands, for whoever wonders why nothing happened.
  Result<std::vector<std::string>> standing() {
    const auto id = contact();
    if (!id) return tl::unexpected(id.error());
    if (!*id) return std::vector<std::string>{"nobody is there yet: give a `contact`, or let something happen"};
    const Result<engine::Cell*> cell = engine_->cell(**id);
    if (!cell) return tl::unexpected(cell.error());
    const engine::Version& version = engine_->deployments().newest();
    std::vector<std::string> out;
    for (const engine::Instance& instance : (*cell)->instances) {
      const auto workflow = version.workflows.find(instance.workflow);
      const auto step = version.steps.find(instance.step);
      if (workflow == version.workflows.end() || step == version.steps.end()) continue;
      const bytecode::Workflow& in = module_.workflows[workflow->second];
      out.push_back(fmt::format("the contact stands in `{}`, at {}:{}{}", in.name, in.file,
                                module_.steps[step->second].line,
                                instance.wake ? ", until " + shown(*instance.wake, zone_) : ""));
    }
    if (out.empty()) out.emplace_back("the contact is in no workflow");
    return out;
  }

  [[nodiscard]] std::string by(bytecode::Index channel) const {
    return channel == none ? "" : " by " + module_.channels[channel].name;
  }

  Result<void> expect_sent(const TestStep& step) {
    const std::string& content = module_.contents[step.content].name;
    const auto count = static_cast<std::uint64_t>(
        std::count_if(happened_.sent.begin(), happened_.sent.end(), [&](const Happened::Sent& sent) {
          return sent.content == content &&
                 (step.channel == none || sent.channel == module_.channels[step.channel].name);
        }));
    if (step.negated) {
      const bool met = step.times == 0 ? count == 0 : count != step.times;
      if (!met)
        fail(step, fmt::format("expected `{}` not to be sent{}{}, but it was", content, by(step.channel),
                               step.times == 0 ? "" : " " + times_of(step.times)));
      return {};
    }
    if (step.times == 0 ? count > 0 : count == step.times) return {};
    const std::string times = step.times == 0 ? "" : " " + times_of(step.times);
    const std::string instead =
        count > 0 ? fmt::format("it was sent {}", times_of(count)) : fmt::format("{} was", happened_.what_was_sent());
    Result<std::vector<std::string>> notes = standing();
    if (!notes) return tl::unexpected(notes.error());
    notes->insert(notes->begin(), happened_.why_not(content));
    fail(step, fmt::format("expected `{}` to be sent{}{}, but {}", content, by(step.channel), times, instead),
         std::move(*notes));
    return {};
  }

  void expect_nothing_sent(const TestStep& step) {
    const bool any = std::any_of(happened_.sent.begin(), happened_.sent.end(), [&](const Happened::Sent& sent) {
      return step.channel == none || sent.channel == module_.channels[step.channel].name;
    });
    if (any)
      fail(step, fmt::format("expected nothing to be sent{}, but {} was", by(step.channel), happened_.what_was_sent()));
  }

  Result<void> expect_moved(const TestStep& step, const std::vector<std::string>& moved, std::string_view verb,
                            std::string_view did) {
    const std::string name = step.workflow == none ? "" : module_.workflows[step.workflow].name;
    const auto at =
        std::find_if(moved.begin(), moved.end(), [&](const std::string& one) { return name.empty() || one == name; });
    if ((at != moved.end()) != step.negated) return {};
    const std::string what = name.empty() ? "a workflow" : "`" + name + "`";
    if (step.negated) {
      fail(step, fmt::format("expected the contact not to {} {}, but it {} `{}`", verb, what, did, *at));
      return {};
    }
    Result<std::vector<std::string>> notes = standing();
    if (!notes) return tl::unexpected(notes.error());
    fail(step, fmt::format("expected the contact to {} {}, but it did not", verb, what), std::move(*notes));
    return {};
  }

  Result<void> expect_chosen(const TestStep& step) {
    const bytecode::Choice& choice = module_.choices[step.choice];
    const std::string& option = choice.options[step.option].name;
    std::string chosen;
    bool met = false;
    for (const auto& [key, index] : happened_.decided) {
      if (key != choice.key || index >= choice.options.size()) continue;
      met = met || index == step.option;
      chosen += fmt::format("{}`{}`", chosen.empty() ? "" : ", ", choice.options[index].name);
    }
    if (met != step.negated) return {};
    const std::string name = choice.key.substr(choice.key.rfind('/') + 1);
    if (step.negated) {
      fail(step, fmt::format("expected another option of `{}` than `{}`, but it was chosen", name, option));
      return {};
    }
    Result<std::vector<std::string>> notes = chosen.empty() ? standing() : Result<std::vector<std::string>>();
    if (!notes) return tl::unexpected(notes.error());
    fail(step,
         fmt::format("expected option `{}` of `{}`, but {}", option, name,
                     chosen.empty() ? "nothing was chosen" : chosen + " was chosen"),
         std::move(*notes));
    return {};
  }

  Result<void> expect_that(const TestStep& step) {
    const auto id = contact();
    if (!id) return tl::unexpected(id.error());
    if (!*id) {
      fail(step, fmt::format("expected `{}`, but nobody is there yet", step.text));
      return {};
    }
    engine::Turn turn(*engine_, **id, now_);
    const Result<vm::World> world = turn.world(engine_->deployments().newest(), nullptr);
    if (!world) return tl::unexpected(world.error());
    const Result<Value> holds = program_->evaluate(step.condition, *world, arena_);
    if (holds && holds->tag() == Tag::boolean && holds->as_bool()) return {};
    std::string found;
    for (const bytecode::Index index : step.fields) {
      const bytecode::Field& field = module_.fields[index];
      const Value value = index < world->fields.size() ? world->fields[index] : Value();
      found += fmt::format("{}`contact.{}` is {}", found.empty() ? "" : " and ", field.name,
                           value.exists() ? "`" + render(value, field.type.currency) + "`" : "absent");
    }
    if (found.empty()) found = "it is not so";
    if (!holds) found = "it could not be told: " + describe(holds.error());
    fail(step, fmt::format("expected `{}`, but {}", step.text, found));
    return {};
  }

  const bytecode::Module& module_;
  const bytecode::Test& test_;
  const bytecode::TestCase* case_;
  Happened happened_;
  Ways ways_;
  engine::Engine* engine_ = nullptr;
  store::Store* store_ = nullptr;
  const vm::Program* program_ = nullptr;
  Arena arena_;
  Zone zone_;
  Instant start_, now_;
  std::string key_;
  const bytecode::Field* key_field_ = nullptr;
  int events_ = 0;
  std::uint64_t read_ = 0;  // records of the journal that were read
  TestResult result_;
};

}  // namespace

std::vector<TestRun> test_runs(const bytecode::Module& module) {
  std::vector<TestRun> out;
  for (bytecode::Index i = 0; i < module.tests.size(); ++i) {
    const std::size_t cases = module.tests[i].cases.size();
    if (cases == 0) out.push_back({i, none});
    for (bytecode::Index c = 0; c < cases; ++c) out.push_back({i, c});
  }
  return out;
}

std::string name_of(const bytecode::Module& module, const TestRun& run) {
  const bytecode::Test& test = module.tests[run.test];
  return run.test_case == none ? test.name : fmt::format("{} / {}", test.name, test.cases[run.test_case].name);
}

Result<TestResult> run_test(const bytecode::Module& module, const TestRun& run) {
  return Running(module, run).run();
}

}  // namespace fairlead::trial
