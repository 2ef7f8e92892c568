#include "tests/proofs/people.hpp"

#include <fmt/format.h>

namespace fairlead::soundness {

using engine::testing::encoded;

Instant People::some_time(Instant from, Instant to) {
  const auto minutes_between = static_cast<std::uint32_t>(std::max<std::int64_t>(1, (to - from).ms / minutes(1).ms));
  Instant out = from + minutes(dice_.below(minutes_between));
  if (dice_.likely(70)) out.ms = out.ms / hours(1).ms * hours(1).ms;
  if (dice_.likely(15)) out.ms = out.ms / days(1).ms * days(1).ms;
  return std::max(out, from);
}

std::string People::value_of(const std::string& field) {
  const auto number = [&](std::uint32_t low, std::uint32_t n) { return std::to_string(low + dice_.below(n)); };
  if (field == "country") return dice_.one({"DE", "US", "FR", "AU"});
  if (field == "timezone")
    return dice_.one({"America/New_York", "Europe/Oslo", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Honolulu"});
  if (field == "plan") return dice_.one({"free", "pro", "enterprise"});
  if (field == "tier") return dice_.one({"bronze", "silver", "gold"});
  if (field == "mrr") return dice_.one({"0", "25", "45.45", "50", "75", "90.91", "100", "100.01", "150", "250"});
  if (field == "limit") return dice_.one({"100", "75", "0"});
  if (field == "seats" || field == "spare" || field == "level") return number(0, 7);
  if (field == "parts") return number(0, 3);
  if (field == "active") return dice_.one({"true", "false"});
  if (field == "region") return dice_.one({"north", "east", "south"});
  if (field == "cohort") return dice_.one({"red", "green", "blue"});
  if (field == "since") return dice_.one({"2026-01-01", "2026-01-15", "2026-03-10", "2026-10-12"});
  if (field == "born") return dice_.one({"1990-01-01", "1990-06-01", "1985-03-04"});
  if (field == "due" || field == "starts") return to_string(some_time(start_ - days(2), end_));
  return dice_.one({"given", "given", "withdrawn", "unknown"});
}

namespace {

const std::vector<std::string> fields{"country", "timezone", "plan",  "tier",          "mrr",
                                      "limit",   "seats",    "spare", "level",         "parts",
                                      "active",  "since",    "due",   "consent.email", "consent.sms"};
/// Written once: now and then somebody tries to write them again.
const std::vector<std::string> fixed{"region", "born", "starts", "cohort"};

}  // namespace

People::People(const bytecode::Module& module, Dice& dice, Instant start, Instant end)
    : module_(module), dice_(dice), start_(start), end_(end) {
  for (const bytecode::Step& step : module.steps) {
    using bytecode::StepKind;
    const bool waits = step.kind == StepKind::wait_for || step.kind == StepKind::wait_until ||
                       step.kind == StepKind::wait_event || step.kind == StepKind::approve ||
                       step.kind == StepKind::repeat;
    if (waits) waits_.insert(step.key);
  }
  // What rules ask is what should change at bad moments.
  const std::string& text = module.sources.front().text;
  const std::size_t policy = text.find("policy house");
  const std::string rules = text.substr(policy, text.find("\n}\n", policy) - policy);
  for (const auto* list : {&fields, &fixed}) {
    for (const std::string& field : *list) {
      if (rules.find("contact." + field) != std::string::npos) of_interest_.push_back(field);
    }
  }
  if (rules.find("channel.consent") != std::string::npos)
    of_interest_.insert(of_interest_.end(), {"consent.email", "consent.sms"});
  if (rules.find("now between") != std::string::npos) of_interest_.insert(of_interest_.end(), {"timezone", "country"});
}

People::Words People::values(bool first) {
  Words out;
  if (first) {
    for (const std::string& field : fields) {
      if (dice_.likely(field.starts_with("consent") ? 90 : 60)) out.emplace_back(field, value_of(field));
    }
    for (const std::string& field : fixed) {
      if (field == "cohort" || dice_.likely(50)) out.emplace_back(field, value_of(field));
    }
    return out;
  }
  const std::uint32_t n = 1 + dice_.below(3);
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::string& field = !of_interest_.empty() && dice_.likely(75) ? dice_.any(of_interest_)
                               : dice_.likely(15)                        ? dice_.any(fixed)
                                                                         : dice_.any(fields);
    if (std::none_of(out.begin(), out.end(), [&](const auto& w) { return w.first == field; }))
      out.emplace_back(field, value_of(field));
  }
  return out;
}

store::Inbox People::contact(Instant when, const std::string& email, Words words) {
  if (story_ != nullptr) {
    std::string line = fmt::format("{} contact {}", to_string(when), email);
    for (const auto& [field, value] : words) line += fmt::format(" {}={}", field, value);
    story_->push_back(line);
  }
  words.emplace_back("email", email);
  return {0, when, store::InboxKind::contact, engine::encode(engine::ContactIn{encoded(module_.fields, words)})};
}

store::Inbox People::event(Instant when, Instant at, const std::string& email, const std::string& type,
                           const Words& words, const std::string& of) {
  const auto declared =
      std::find_if(module_.events.begin(), module_.events.end(), [&](const auto& e) { return e.name == type; });
  if (story_ != nullptr) {
    std::string line = fmt::format("{} {} {} at {}", to_string(when), email, type, to_string(at));
    for (const auto& [field, value] : words) line += fmt::format(" {}={}", field, value);
    story_->push_back(line);
  }
  engine::EventIn in;
  in.key_field = name_id("email");
  in.key = email;
  in.type = type;
  in.id = "e" + std::to_string(++events_);
  in.at = at;
  in.content = of;
  in.values = encoded(declared->fields, words);
  return {0, when, store::InboxKind::event, engine::encode(in)};
}

store::Inbox People::happens(Instant when, const std::string& email) {
  // Now and then somebody reports late.
  const Instant at = dice_.likely(15) ? when - minutes(dice_.below(2 * 1440)) : when;
  Words words;
  const std::string page = dice_.one({"pricing", "pricing", "jobs", "about"});
  switch (dice_.below(10)) {
    case 0:
    case 1:
    case 2: words.emplace_back("page", page); return event(when, at, email, "joined", words);
    case 3:
    case 4:
      words.emplace_back("amount", std::to_string(10 + 10 * dice_.below(4)));
      return event(when, at, email, "purchased", words);
    case 5: return event(when, at, email, dice_.one({"unsubscribed", "became_mql", "complained"}), words);
    default:
      words.emplace_back("page", page);
      if (dice_.likely(80)) words.emplace_back("seconds", std::to_string(9 + dice_.below(6)));
      return event(when, at, email, "visited", words);
  }
}

std::vector<store::Inbox> People::come(std::vector<std::string>* story) {
  story_ = story;
  std::vector<store::Inbox> out;
  for (int i = 0; i < 8; ++i) {
    const std::string email = fmt::format("p{}@acme.example", i);
    emails_.push_back(email);
    out.push_back(contact(start_, email, values(true)));
    // Some do much within two days, some a little over all the time.
    const Instant to = dice_.likely(50) ? end_ : start_ + days(3);
    for (int k = 0; k < 3; ++k) out.push_back(happens(some_time(start_ + hours(1), start_ + days(1)), email));
    const std::uint32_t n = 6 + dice_.below(14);
    for (std::uint32_t k = 0; k < n; ++k) {
      const Instant when = some_time(start_ + hours(1), to);
      out.push_back(dice_.likely(35) ? contact(when, email, values(false)) : happens(when, email));
      if (dice_.likely(15)) out.push_back(contact(when, email, values(false)));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.not_before < b.not_before; });
  story_ = nullptr;
  return out;
}

void People::hear(const audit::Entry& entry) {
  if (const auto* effect = std::get_if<audit::Effect>(&entry)) sent_.push_back(*effect);
  if (const auto* asked = std::get_if<audit::ApprovalAsked>(&entry); asked != nullptr && !asked->suppressed)
    asked_.push_back(asked->key);
  if (const auto* taken = std::get_if<audit::StepTaken>(&entry); taken != nullptr && waits_.contains(taken->step))
    waiting_.emplace_back(taken->pass.contact.id, Instant{});
  if (const auto* guarded = std::get_if<audit::Guarded>(&entry);
      guarded != nullptr && guarded->action == audit::Guarded::Action::deferred)
    waiting_.emplace_back(guarded->pass.contact.id, guarded->until);
}

std::vector<store::Inbox> People::answer(Instant now, std::vector<std::string>* story) {
  story_ = story;
  std::vector<store::Inbox> out;
  for (const audit::Effect& effect : sent_) {
    if (!dice_.likely(35)) continue;
    // Contacts come in one by one in the order of their e-mail addresses.
    const std::size_t number = effect.pass.contact.id - 1;
    if (number >= emails_.size()) continue;
    const Instant when = some_time(now + minutes(1), now + days(2));
    out.push_back(event(when, when, emails_[number], "clicked", {}, effect.content));
  }
  for (const std::string& key : asked_) {
    if (!dice_.likely(70)) continue;
    const Instant when = some_time(now + minutes(1), now + hours(20));
    const engine::ApprovalIn in{key, dice_.likely(75), "lee@acme.example", "because"};
    out.push_back({0, when, store::InboxKind::command, engine::encode(in)});
  }
  for (const auto& [contact_number, until] : waiting_) {
    if (!dice_.likely(40) || contact_number - 1 >= emails_.size()) continue;
    const std::string& email = emails_[contact_number - 1];
    // In the middle, or exactly when it ends.
    Instant when = some_time(now + minutes(1), now + hours(dice_.any<int>({2, 6, 30})));
    if (until > now) when = dice_.likely(50) ? until : std::min(until, when);
    out.push_back(dice_.likely(75) ? contact(when, email, values(false)) : happens(when, email));
  }
  sent_.clear();
  asked_.clear();
  waiting_.clear();
  story_ = nullptr;
  return out;
}

}  // namespace fairlead::soundness
