// fairlead decisions: every adaptive choice that was made, with the probabilities it was drawn from, and to whom
// contacts were assigned.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/audit/entries.hpp"
#include "runtime/learn/shares.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string db, choice;
  std::uint64_t limit = 0;
  bool json = false, check = false;
};

struct Printed {
  std::uint64_t decisions = 0, differ = 0;
};

/// The draw made again from what the journal says.
bool draws_the_same(const audit::Decided& d, std::uint64_t seed) {
  if (d.shares.empty()) return true;
  Dice dice(seed, d.purpose, d.index);
  return learn::draw(d.shares, dice) == d.chosen;
}

void print(const audit::Stamped& stamped, const audit::Decided& d, bool json) {
  if (json) {
    nlohmann::ordered_json shares;
    for (std::size_t i = 0; i < d.shares.size(); ++i) shares[d.options[i]] = static_cast<double>(d.shares[i]) / 1e9;
    fmt::print("{}\n", nlohmann::ordered_json{{"at", to_string(stamped.at)},
                                              {"pass", audit::to_string(d.pass)},
                                              {"choice", d.choice},
                                              {"held_out", d.mode == audit::Mode::held_out},
                                              {"shadow", d.mode == audit::Mode::shadow},
                                              {"chosen", d.chosen < d.shares.size()
                                                             ? nlohmann::ordered_json(d.options[d.chosen])
                                                             : nlohmann::ordered_json()},
                                              {"probabilities", shares},
                                              {"context", d.context},
                                              {"model", d.model},
                                              {"purpose", d.purpose},
                                              {"index", d.index}}
                           .dump());
    return;
  }
  std::string options;
  for (std::size_t i = 0; i < d.shares.size(); ++i) {
    const bool eligible = (d.eligible >> i & 1U) != 0;
    options += fmt::format("{}{} {}", options.empty() ? "" : ", ", d.options[i],
                           eligible ? fmt::format("{:.2f}%", static_cast<double>(d.shares[i]) / 1e7) : "not eligible");
  }
  fmt::print("{}  {}  {} → {}  ({}; weights version {}{})\n", to_string(stamped.at), audit::to_string(d.pass), d.choice,
             d.shares.empty()             ? "nothing eligible"
             : d.chosen < d.shares.size() ? d.options[d.chosen]
                                          : "nothing",
             options, d.model,
             d.mode == audit::Mode::held_out ? "; held out"
             : d.mode == audit::Mode::shadow ? "; in shadow"
                                             : "");
}

void print(const audit::Stamped& stamped, const audit::Assigned& a, bool json) {
  if (json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"at", to_string(stamped.at)},
                                              {"pass", audit::to_string(a.pass)},
                                              {"team", a.team},
                                              {"by", a.by},
                                              {"held_out", a.suppressed},
                                              {"assignee", a.suppressed ? nlohmann::ordered_json()
                                                                        : nlohmann::ordered_json(a.assignee)}}
                           .dump());
    return;
  }
  const std::string whom =
      a.suppressed
          ? fmt::format("would be assigned to {} by {}; held out or in shadow, so nobody was told", a.team, a.by)
          : fmt::format("was assigned to {}, of {}, by {}", a.assignee, a.team, a.by);
  fmt::print("{}  {}  {}\n", to_string(stamped.at), audit::to_string(a.pass), whom);
}

void run(const Options& options, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(options.db, store::Access::read);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  const Result<std::optional<std::string>> seed = (*store)->note("seed");
  if (!seed) {
    exit_code = report(seed.error());
    return;
  }
  const std::uint64_t dice_seed = *seed ? std::strtoull((*seed)->c_str(), nullptr, 10) : 0;
  Printed printed;
  const Result<void> read = audit::entries(**store, [&](const audit::Stamped& stamped) {
    if (const auto* assigned = std::get_if<audit::Assigned>(&stamped.entry);
        assigned != nullptr && options.choice.empty() && !options.check) {
      ++printed.decisions;
      if (options.limit == 0 || printed.decisions <= options.limit) print(stamped, *assigned, options.json);
      return;
    }
    const auto* decided = std::get_if<audit::Decided>(&stamped.entry);
    if (decided == nullptr || (!options.choice.empty() && decided->choice != options.choice &&
                               !decided->choice.ends_with("/" + options.choice)))
      return;
    ++printed.decisions;
    if (options.check) {
      printed.differ += draws_the_same(*decided, dice_seed) ? 0 : 1;
    } else if (options.limit == 0 || printed.decisions <= options.limit) {
      print(stamped, *decided, options.json);
    }
  });
  if (!read) {
    exit_code = report(read.error());
    return;
  }
  if (options.check) {
    fmt::print("{} decisions drawn again, {} differ\n", printed.decisions, printed.differ);
    exit_code = printed.differ == 0 ? fine : findings;
  } else if (!options.json) {
    if (options.limit != 0 && printed.decisions > options.limit)
      fmt::print("… and {} more\n", printed.decisions - options.limit);
    if (printed.decisions == 0)
      fmt::print("no decisions{} yet\n",
                 options.choice.empty() ? "" : fmt::format(" of a choice called {}", options.choice));
  }
}

}  // namespace

void add_decisions(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("decisions", "every adaptive choice and assignment that was made, with probabilities");
  command->add_option("DB", options->db, "the store")->required();
  command->add_option("--choice", options->choice, "only this choice");
  command->add_option("--limit", options->limit, "print at most so many");
  command->add_flag("--json", options->json, "one JSON object a line");
  command->add_flag("--check", options->check,
                    "draw each again from the journal and compare; exit 1 where one differs");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
