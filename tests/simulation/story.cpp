#include "tests/simulation/story.hpp"

#include <algorithm>

#include "runtime/engine/record_rows.hpp"

namespace fairlead::simulation {

namespace {

class Teller {
 public:
  Teller(std::uint32_t seed, Instant start, int flows)
      : random_(seed), more_(seed ^ 0xadd17e5U), rows_(seed ^ 0x70aU), start_(start), flows_(flows) {}

  Story tell() {
    clock();
    const int people = 2 + static_cast<int>(below(4));
    for (int i = 0; i < people; ++i) person("p" + std::to_string(i) + "@a.example");
    const std::uint32_t deploys = below(3);
    for (std::uint32_t i = 0; i < deploys; ++i) version(some_time());
    team();
    products();
    std::stable_sort(story_.arrivals.begin(), story_.arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
    return std::move(story_);
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }
  bool likely(std::uint32_t percent) { return below(100) < percent; }
  std::string any(const std::vector<std::string>& of) { return of[below(static_cast<std::uint32_t>(of.size()))]; }

  /// Strides of half an hour to some hours over some days, with a jump ahead, or an hour that comes again.
  void clock() {
    Instant now = start_;
    const std::uint32_t strides = 40 + below(40);
    const std::uint32_t jumps = below(3);
    for (std::uint32_t i = 0; i < strides; ++i) {
      const std::uint32_t kind = below(100);
      if (kind < 3 * jumps) {
        now = now + hours(20 + below(60));
      } else if (kind < 10) {
        now = now - minutes(10 + below(600));
      } else {
        now = now + minutes(20 + below(160));
      }
      story_.wall.push_back(now);
    }
    for (const Instant t : story_.wall) last_ = std::max(last_, t);
    // Once around everything: who waits for days is seen to go on.
    for (int i = 0; i < 6; ++i) story_.wall.push_back(last_ + hours(30 * (i + 1)));
  }

  Instant some_time() {
    const std::int64_t span = (last_ - start_).ms / 60'000;
    return start_ + minutes(1 + below(static_cast<std::uint32_t>(std::max<std::int64_t>(span, 1))));
  }

  Arrival& add(Instant at) {
    Arrival& out = story_.arrivals.emplace_back();
    out.at = at;
    return out;
  }

  void contact(Instant at, const std::string& email, const std::string& consent, const std::string& plan) {
    Posted& row = add(at).row;
    row.email = email;
    row.consent = consent;
    row.plan = plan;
  }

  void event(Instant at, const std::string& email, const std::string& type) {
    Arrival out;
    out.at = at;
    out.row.kind = Posted::Kind::event;
    out.row.email = email;
    out.row.id = "e" + std::to_string(++events_);
    out.row.type = type;
    // Late, by up to three days, or from a clock that goes ahead a little.
    out.row.at = likely(25) ? at - minutes(below(4'320)) : likely(5) ? at + minutes(below(30)) : at;
    out.page = any({"pricing", "jobs"});
    story_.arrivals.push_back(out);
    while (likely(20)) {  // once more, at once or much later
      out.at = out.at + minutes(likely(50) ? 0 : below(2'000));
      story_.arrivals.push_back(out);
    }
  }

  void command(Instant at, const std::string& email) {
    Arrival& out = add(at);
    out.row.email = email;
    out.row.by = "h" + std::to_string(++commands_) + "@a.example";
    out.workflow = "flow" + std::to_string(below(static_cast<std::uint32_t>(flows_)));
    const std::uint32_t kind = below(10);
    out.act = kind < 4   ? engine::PersonIn::Act::cancel
              : kind < 8 ? engine::PersonIn::Act::skip
                         : engine::PersonIn::Act::forget;
    out.row.kind = kind < 8 ? Posted::Kind::by_hand : Posted::Kind::forget;
  }

  // ---- the team

  std::uint32_t more(std::uint32_t n) { return static_cast<std::uint32_t>(more_()) % n; }
  Instant some_working_time() {
    return start_ + minutes(1 + more(static_cast<std::uint32_t>((last_ - start_).ms / 60'000)));
  }
  std::string some_flow() { return "flow" + std::to_string(more(static_cast<std::uint32_t>(flows_))); }

  /// A new version; one in three is taken back, sooner or later.
  void version(Instant at) {
    using audit::InFlight;
    Arrival& out = add(at);
    out.what = Arrival::What::deploys;
    constexpr InFlight ways[] = {InFlight::stay, InFlight::move, InFlight::move, InFlight::move, InFlight::leave};
    out.in_flight = ways[more(std::size(ways))];
    out.row.kind = Posted::Kind::word;
    out.row.by = "d" + std::to_string(++commands_) + "@a.example";
    if (more(3) != 0) return;
    Arrival& undo = add(at + minutes(more(2) == 0 ? more(60) : more(3'000)));
    undo.what = Arrival::What::undoes;
    undo.row.kind = Posted::Kind::word;
    undo.row.by = "d" + std::to_string(++commands_) + "@a.example";
  }

  void team() {
    for (std::uint32_t i = more(3); i > 0; --i) version(some_working_time());
    for (std::uint32_t i = more(4); i > 0; --i) {
      Instant at = some_working_time();
      const std::string flow = some_flow();
      // A pause by hand; and whoever looks after it lets it go on, also where it has paused by itself meanwhile.
      for (const auto what : {Arrival::What::pauses, Arrival::What::resumes}) {
        if (what == Arrival::What::pauses && more(3) == 0) continue;
        Arrival& out = add(at);
        out.what = what;
        out.workflow = flow;
        out.row.kind = Posted::Kind::by_hand;
        out.row.by = "w" + std::to_string(++commands_) + "@a.example";
        at = at + minutes(10 + more(3'000));
      }
    }
    for (std::uint32_t i = more(6); i > 0; --i) {
      Arrival& out = add(some_working_time());
      out.what = Arrival::What::lets_begin;
      out.workflow = some_flow();
      out.row.kind = Posted::Kind::word;
      // Those whom the role names, its owner, and somebody.
      const char* const who[] = {"lee@a.example", "lee@a.example", "sam@a.example", "a@acme.example", "x@a.example"};
      out.row.by = who[more(std::size(who))];
    }
  }

  // ---- products: some are there from the beginning, others come, change and go

  std::uint32_t of_rows(std::uint32_t n) { return static_cast<std::uint32_t>(rows_()) % n; }
  std::string some_product() { return "product" + std::to_string(of_rows(6)); }
  void products() {
    const auto span = static_cast<std::uint32_t>((last_ - start_).ms / 60'000);
    const std::uint32_t n = 3 + of_rows(12);
    for (std::uint32_t i = 0; i < n; ++i) {
      Posted& row = add(i < 3 ? start_ : start_ + minutes(of_rows(span))).row;
      row.kind = Posted::Kind::row;
      row.live = of_rows(4) != 0;
      if (i >= 3 && of_rows(4) == 0) {
        for (std::uint32_t kept = of_rows(4); kept > 0; --kept) row.all.push_back(some_product());
      } else {
        row.product = some_product();
      }
    }
  }

  void person(const std::string& email) {
    story_.people.push_back(email);
    Posted& row = add(start_).row;
    row.email = email;
    row.zone = any({"", "", "America/New_York", "Europe/Oslo", "Asia/Tokyo", "Australia/Lord_Howe"});
    row.country = any({"", "NO", "US", "AU"});
    row.consent = likely(85) ? "given" : "unknown";
    row.plan = any({"pro", "free"});
    event(start_ + minutes(below(300)), email, "joined");
    const std::uint32_t n = 3 + below(10);
    for (std::uint32_t i = 0; i < n; ++i) {
      const Instant at = some_time();
      switch (below(12)) {
        case 0: contact(at, email, likely(50) ? "given" : "withdrawn", ""); break;
        case 1: contact(at, email, "", any({"pro", "free"})); break;
        case 2: contact(at, email, "given", any({"pro", "free"})); break;
        case 3:
        case 4: event(at, email, "visited"); break;
        case 5: event(at, email, "purchased"); break;
        case 6: event(at, email, "became_mql"); break;
        case 7: event(at, email, likely(40) ? "unsubscribed" : "visited"); break;
        case 8: command(at, email); break;
        default: event(at, email, "joined");
      }
    }
  }

  std::mt19937 random_, more_, rows_;  // of people, of the team that works on the project, and of its records
  Instant start_, last_{0};
  int flows_;
  int events_ = 0, commands_ = 0;
  Story story_;
};

}  // namespace

Story make_story(std::uint32_t seed, Instant start, int flows) {
  return Teller(seed, start, flows).tell();
}

std::string body_of(const Arrival& arrival, const bytecode::Module& module) {
  const Posted& row = arrival.row;
  const std::uint32_t email = name_id("email");
  if (row.kind == Posted::Kind::contact) {
    engine::testing::Words words{{"email", row.email}};
    for (const auto& [field, value] : {std::pair("timezone", &row.zone),
                                       {"country", &row.country},
                                       {"consent.email", &row.consent},
                                       {"plan", &row.plan}}) {
      if (!value->empty()) words.emplace_back(field, *value);
    }
    return encode(engine::ContactIn{engine::testing::encoded(module.fields, words)});
  }
  if (row.kind == Posted::Kind::event) {
    engine::EventIn in;
    in.key_field = email;
    in.key = row.email;
    in.type = row.type;
    in.id = row.id;
    in.at = row.at;
    in.content = arrival.of;
    engine::testing::Words words;
    if (row.type == "visited") words = {{"page", arrival.page}, {"seconds", "20"}};
    const auto declared = std::find_if(module.events.begin(), module.events.end(),
                                       [&](const auto& event) { return event.name == row.type; });
    in.values = engine::testing::encoded(declared->fields, words);
    return encode(in);
  }
  if (row.kind == Posted::Kind::row) {
    const std::vector<bytecode::Field>& fields = module.records.front().fields;
    const auto values = [&](const std::string& id) {
      return engine::testing::encoded(fields, {{"id", id}, {"live", row.live ? "true" : "false"}});
    };
    if (!row.product.empty()) return encode(engine::RowIn{"product", values(row.product)});
    engine::AllRowsIn all{"product", {}};
    for (const std::string& id : row.all) {
      engine::Record record;
      engine::testing::must(engine::decode_values(values(id), record));
      all.keys.push_back(engine::row_key(fields, record).value());
    }
    return encode(all);
  }
  using Act = engine::WorkflowIn::Act;
  if (arrival.what == Arrival::What::pauses || arrival.what == Arrival::What::resumes) {
    const Act act = arrival.what == Arrival::What::pauses ? Act::pause : Act::resume;
    return encode(engine::WorkflowIn{act, arrival.workflow, row.by, ""});
  }
  return encode(engine::PersonIn{arrival.act, email, row.email, arrival.workflow, row.by, ""});
}

}  // namespace fairlead::simulation
