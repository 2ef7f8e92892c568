#include "tests/simulation/project.hpp"

#include <fmt/format.h>

namespace fairlead::simulation {

using engine::testing::Beside;
using engine::testing::RandomProject;

namespace {

const std::string opens = "policy brand {\n", owner = "  owner \"a@acme.example\"\n";

/// Now and then a random project says what is always so, which the compiler refuses: then the next one is taken.
RandomProject random_project(std::uint32_t seed) {
  for (;; seed += 1'000'003U) {
    RandomProject out(seed, Beside::calls_and_approvals);
    if (compiler::compile({grammar::Source("x.lead", out.text)}, {}, {.prove = false, .folder = {}}).module) return out;
  }
}

std::string policy_of(const std::string& text) {
  const std::size_t from = text.find(opens) + opens.size();
  return text.substr(from, text.find("}\n", from) - from);
}

std::string to_text(const StageSays& stage) {
  std::string out = stage.shadow ? "shadow" : std::to_string(stage.percent) + "%";
  if (stage.lasts) out += fmt::format("{} {} hours", stage.shadow ? "" : " for", stage.lasts->ms / hours(1).ms);
  return out + (stage.approval ? " with approval by legal" : "");
}

/// Each workflow's own text, by its name.
std::map<std::string, std::string> flows_of(const std::string& text) {
  std::map<std::string, std::string> out;
  const std::size_t team = text.find("team sales");
  for (std::size_t at = text.find("workflow flow"); at < team;) {
    const std::size_t next = std::min(text.find("workflow flow", at + 1), team);
    out[text.substr(at + 9, 5)] = text.substr(at, next - at);
    at = next;
  }
  return out;
}

}  // namespace

Decimal email_costs() {
  return Decimal::from_units(1'000'000);  // $0.001
}

Project::Project(std::uint32_t seed)
    : random_(random_project(seed)),
      more_(seed * 2'654'435'761U + 97U),
      loops_(seed ^ 0xf0eacbU),
      each_(seed ^ 0x5be7dU),
      asks_(seed ^ 0xa5c0deU) {
  split();
  make_heads();
  make_caps();
  make_words();
  says_.rules = random_.rules;
  before_ = edited(before_);
  while (!assemble()) {  // what is put over it says what is always so, or never: it says less
    caps_.clear();
    words_.clear();
    says_.caps.clear();
    says_.spends.clear();
    says_.words.clear();
    heads_.clear();
    stages_.clear();
    says_.budgets.clear();
    says_.pausing.clear();
    says_.rollouts.clear();
    split();
  }
}

void Project::split() {
  const std::size_t at = random_.text.find(opens);
  before_ = random_.text.substr(0, at) + "action ad(amount: Money) effect spend amount\n" +
            "role lead { \"kim@a.example\" }\nrecord product {\n  key id: Text\n  live: Bool = true\n}\naction "
            "show(id: Text) effect write\n";
  policy_ = policy_of(random_.text);
  after_ = random_.text.substr(random_.text.find("}\n", at) + 2);
}

void Project::change() {
  const Project was = *this;
  for (int tries = 0; tries < 5; ++tries) {
    if (likely(50)) {
      policy_ = policy_of(random_.change_policy());
      says_.rules = random_.rules;
    }
    if (likely(60)) make_caps();
    if (asks(60)) make_words();
    if (likely(70)) before_ = edited(before_);
    if (likely(25)) make_stages("flow" + std::to_string(below(static_cast<std::uint32_t>(random_.flows))));
    if (assemble()) return;
    // What the dice have shown stays shown: the next try is another one.
    std::mt19937 more = more_;
    const RandomProject random = random_;
    const std::mt19937 loops = loops_, each = each_, asks = asks_;
    *this = was;
    more_ = more;
    loops_ = loops;
    each_ = each;
    asks_ = asks;
    random_ = random;
  }
}

std::string Project::otherwise() {
  return any({"", " otherwise skip", " otherwise defer up to 20 hours", " otherwise defer up to 3 days"});
}

Within Project::within(std::string& text) {
  if (likely(40)) {
    const std::string period = any({"day", "week", "month"});
    text += " per " + period;
    return {{}, period};
  }
  const std::uint32_t n = 2 + below(60);
  text += fmt::format(" per {} hours", n);
  return {hours(n), ""};
}

void Project::make_caps() {
  caps_.clear();
  says_.caps.clear();
  says_.spends.clear();
  const std::uint32_t n = below(3);
  for (std::uint32_t i = 0; i < n; ++i) {
    CapSays says;
    const std::string name = "cap" + std::to_string(++names_);
    says.name = "brand." + name;
    if (likely(40)) says.channel = any({"email", "sms"});
    says.count = 1 + below(8);
    caps_ +=
        fmt::format("{}: limit messages{} to {}", name, says.channel.empty() ? "" : " by " + says.channel, says.count);
    says.within = within(caps_);
    caps_ += " per project" + otherwise() + "\n";
    says_.caps.push_back(says);
  }
  make_own_caps();
  if (!likely(40)) return;
  CapSays says;
  const std::string name = "spend" + std::to_string(++names_);
  says.name = "brand." + name;
  const std::int64_t thousandths = likely(50) ? 1 + below(9) : 2'000 * (1 + below(4)) + below(9);
  says.amount = Decimal::from_units(static_cast<int128>(thousandths) * 1'000'000);
  caps_ += fmt::format("{}: limit spend to ${}", name, says.amount.to_string());
  says.within = within(caps_);
  caps_ += otherwise() + "\n";
  says_.spends.push_back(says);
}

/// Of the money for each contact. Their clock may change, so these have windows.
void Project::make_own_caps() {
  const auto less = [this](std::uint32_t n) { return static_cast<std::uint32_t>(each_()) % n; };
  if (less(100) >= 45) return;
  CapSays says{.name = "brand.own" + std::to_string(++owns_), .each = true};
  if (less(100) < 40) says.channel = "email";
  const std::int64_t thousandths = says.channel.empty() ? 2'000 * (1 + less(3)) + less(9) : 1 + less(3);
  says.amount = Decimal::from_units(static_cast<int128>(thousandths) * 1'000'000);
  const std::uint32_t n = 2 + less(90);
  says.within = {hours(n), ""};
  constexpr const char* ways[] = {"", " otherwise skip", " otherwise defer up to 20 hours"};
  caps_ += fmt::format("own{}: limit spend{} to ${} per {} hours per contact{}\n", owns_,
                       says.channel.empty() ? "" : " by email", says.amount.to_string(), n, ways[less(3)]);
  says_.spends.push_back(says);
}

/// Rules of which each holds something until a person in its role has said yes.
void Project::make_words() {
  using engine::testing::RuleSays;
  words_.clear();
  says_.words.clear();
  if (!asks(45)) return;
  for (std::uint32_t n = 1 + ask(2); n > 0; --n) {
    WordSays says;
    says.role = asks(60) ? "legal" : "lead";
    says.when.name = "brand.word" + std::to_string(++word_names_);
    if (asks(40)) says.when.channel = asks(70) ? "email" : "sms";
    const std::string by = says.when.channel.empty() ? "" : " by " + says.when.channel;
    std::string line = says.when.name.substr(6) + ": ";
    const std::uint32_t kind = ask(5);
    if (kind == 0) {
      says.action = "create_deal";
      line += fmt::format("require approval by {} before do create_deal", says.role);
    } else if (kind == 1) {
      says.when.kind = RuleSays::Kind::plan;
      line += fmt::format("require approval by {} before send{} when contact.plan is free", says.role, by);
    } else {
      if (kind == 2) {
        says.when.kind = RuleSays::Kind::plan;
        line += fmt::format("forbid send{} when contact.plan is free", by);
      } else if (kind == 3) {
        says.when.kind = RuleSays::Kind::quiet;
        const std::uint32_t from = ask(24), to = (from + 3 + ask(12)) % 24;
        says.when.from = *parse_time(fmt::format("{:02}:00", from));
        says.when.to = *parse_time(fmt::format("{:02}:00", to));
        line += fmt::format("forbid send{} between {:02}:00 and {:02}:00", by, from, to);
      } else {
        says.when.kind = RuleSays::Kind::window;
        says.when.count = 1 + ask(2);
        says.when.window = hours(4 + ask(70));
        line +=
            fmt::format("limit messages{} to {} per {} hours", by, says.when.count, says.when.window.ms / hours(1).ms);
      }
      line += " otherwise hold for " + says.role;
      if (asks(50)) {
        says.up_to = hours(2 + ask(40));
        line += fmt::format(" up to {} hours", says.up_to->ms / hours(1).ms);
      }
    }
    words_ += line + "\n";
    says_.words.push_back(says);
  }
}

void Project::make_stages(const std::string& flow) {
  std::vector<StageSays> stages;
  if (likely(60)) stages.push_back({true, 0, hours(8 + below(60)), false});
  if (stages.empty() || likely(50))
    stages.push_back({false, static_cast<std::int64_t>(20 + below(60)), hours(8 + below(60)), likely(30)});
  stages.push_back({false, 100, std::nullopt, likely(40)});
  std::string line;
  for (const StageSays& stage : stages) line += (line.empty() ? "  rollout " : ", ") + to_text(stage);
  stages_[flow] = line + "\n";
  says_.rollouts[flow] = stages;
  if (!likely(15)) return;
  stages_.erase(flow);
  says_.rollouts.erase(flow);
}

void Project::make_heads() {
  for (int i = 0; i < random_.flows; ++i) {
    const std::string flow = "flow" + std::to_string(i);
    if (likely(30)) make_stages(flow);
    if (likely(30)) {
      CapSays says;
      says.name = flow + ".budget";
      const std::int64_t thousandths = likely(50) ? 1 + below(6) : 2'000 * (1 + below(3)) + below(9);
      says.amount = Decimal::from_units(static_cast<int128>(thousandths) * 1'000'000);
      std::string line = fmt::format("  budget ${}", says.amount.to_string());
      says.within = within(line);
      heads_[flow] += line + "\n";
      says_.budgets[flow] = says;
    }
    if (likely(30)) {
      const PausingSays says{any({"unsubscribed", "became_mql", "visited"}), any({"sent", "sent", "joined"}),
                             static_cast<std::int64_t>(10 + below(90)), hours(6 + below(70))};
      heads_[flow] += fmt::format("  pause when rate({} per {}, last {} hours) > {}%\n", says.of, says.per,
                                  says.window.ms / hours(1).ms, says.percent);
      says_.pausing[flow] = says;
    }
  }
}

/// Lines of steps are taken out, put in and replaced.
std::string Project::edited(const std::string& body) {
  std::string out;
  int loops_left = 3;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size() - 1);
    const std::string line = body.substr(at, end - at + 1);
    at = end + 1;
    const bool send = line.starts_with("send ") && line.find('(') == std::string::npos;
    const bool wait = line.starts_with("wait ") && line.find("up to") == std::string::npos;
    if ((send || wait) && likely(8)) continue;
    if ((send || wait) && likely(20)) out += any({"send receipt\n", "wait 2 hours\n", "do ad(amount: $2)\n"});
    if (loops_left > 0 && (send || wait) && static_cast<std::uint32_t>(loops_()) % 100 < 25) {
      --loops_left;
      const bool waits = static_cast<std::uint32_t>(loops_()) % 2 == 0;
      out += fmt::format("for each product where product.live {{\n{}do show(id: product.id)\n}}\n",
                         waits ? fmt::format("wait {} hours\n", 1 + static_cast<std::uint32_t>(loops_()) % 9) : "");
    }
    out += send && likely(10) ? "send " + any({"welcome", "reminder", "offer"}) + "\n" : line;
  }
  return out;
}

bool Project::assemble() {
  std::string flows = before_;
  for (int i = 0; i < random_.flows; ++i) {
    const std::string flow = "flow" + std::to_string(i), begins = "workflow " + flow + " for contact {\n" + owner;
    flows.insert(flows.find(begins) + begins.size(), heads_[flow] + stages_[flow]);
  }
  const std::string text = flows + opens + policy_ + caps_ + words_ + "}\n" + after_;
  compiler::Compiled compiled =
      compiler::compile({grammar::Source("x.lead", text)}, {}, {.prove = false, .folder = {}});
  if (!compiled.module) return false;
  text_ = text;
  module_ = std::move(*compiled.module);
  says_.policy = policy_ + caps_ + words_;
  says_.flows = flows_of(flows);
  says_.steps.clear();
  for (const bytecode::Step& step : module_.steps) says_.steps.insert(step.key);
  return true;
}

}  // namespace fairlead::simulation
