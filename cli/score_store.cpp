// fairlead score show DB, and hands on scores: what the scores of a project have learned.
#include "cli/score_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/files.hpp"
#include "cli/hex.hpp"
#include "cli/score_card.hpp"
#include "runtime/engine/intake.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/engine/weighing.hpp"
#include "runtime/learn/score_json.hpp"

namespace fairlead::cli {

namespace {

using Act = audit::Steered::Act;
using Json = nlohmann::ordered_json;

constexpr const char* form = "fairlead learned score";
constexpr int file_format = 1;
constexpr std::size_t most_weights = 12;

struct Options {
  std::string db, name, file, as, because;
};

/// Its declaration in the newest version; null where that has it no more.
const bytecode::Score* declared(const engine::View& view, const std::string& name) {
  const std::vector<bytecode::Score>& scores = view.deployments.newest().module.scores;
  const auto at = std::ranges::find(scores, name, &bytecode::Score::name);
  return at == scores.end() ? nullptr : &*at;
}

std::string percent(double share) {
  return fmt::format("{:.1f}%", 100 * share);
}

double in_hundred(const learn::Drift& drift, double count) {
  return count / static_cast<double>(drift.rows);
}

/// A band, and what came of those who were foretold to be in it.
struct InBand {
  std::string name, reach;
  std::uint64_t rows = 0, came = 0;
};

std::vector<InBand> bands_of(const bytecode::Score& score, const engine::LearnedScore& learned) {
  std::vector<InBand> out;
  std::string from;
  for (const bytecode::Band& band : score.bands) {
    const std::string below = band.below ? "below " + percent(band.below->to_double()) : "";
    out.push_back({band.name, from.empty() ? below : below.empty() ? from : from + ", " + below});
    from = band.below ? "from " + percent(band.below->to_double()) : "";
  }
  for (const engine::LearnedScore::Judged& one : learned.judged) {
    const double p = learn::probability_of(one.log_odds);
    for (std::size_t b = 0; b < score.bands.size(); ++b) {
      if (score.bands[b].below && p >= score.bands[b].below->to_double()) continue;
      ++out[b].rows;
      out[b].came += one.came ? 1 : 0;
      break;
    }
  }
  return out;
}

void print_weights(const engine::LearnedScore& learned) {
  const std::span<const double> weights = learned.in_force.weights();
  std::vector<std::size_t> order(weights.size() - 1);
  std::iota(order.begin(), order.end(), std::size_t{1});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return std::abs(weights[a]) > std::abs(weights[b]); });
  fmt::print("\nLargest weights in force, in log-odds, with their standard deviations (intercept {:.3f})\n",
             weights[0]);
  for (std::size_t i = 0; i < std::min(order.size(), most_weights); ++i)
    fmt::print("  {:>+7.3f} ± {:.3f}  {}\n", weights[order[i]], learned.in_force.deviation(order[i]),
               learned.spec.entries[order[i]]);
  if (order.size() > most_weights) fmt::print("  … and {} more; --json has them all\n", order.size() - most_weights);
}

void print_bands(const bytecode::Score& score, const engine::LearnedScore& learned) {
  if (score.bands.empty()) return;
  fmt::print("\n  {:<12} {:<24} {:>11} {:>10}  {}\n", "band", "", "predictions", "came true", "95% interval");
  for (const InBand& band : bands_of(score, learned)) {
    if (band.rows == 0) {
      fmt::print("  {:<12} {:<24} {:>11}\n", band.name, band.reach, 0);
      continue;
    }
    const learn::Interval interval = learn::wilson(band.came, band.rows);
    fmt::print("  {:<12} {:<24} {:>11} {:>10}  {} to {}\n", band.name, band.reach, band.rows,
               percent(static_cast<double>(band.came) / static_cast<double>(band.rows)), percent(interval.low),
               percent(interval.high));
  }
}

void print_standing(const engine::LearnedScore& learned) {
  const engine::ScoreSpec& spec = learned.spec;
  fmt::print("  logistic regression, learned online from predictions whose window is over\n");
  fmt::print("  {} predictions so far; the window of {} is over, and {} came true{}\n", learned.predicted,
             learned.observed, learned.came,
             learned.observed == 0
                 ? ""
                 : " (" + percent(static_cast<double>(learned.came) / static_cast<double>(learned.observed)) + ")");
  if (!engine::knows_enough(learned)) {
    fmt::print(
        "  nothing learned is in force: everybody gets {}, {}\n  it needs {} that came true and {} that did not\n",
        percent(spec.prior),
        spec.prior_of.empty() ? "as no goal says how frequent it is"
                              : fmt::format("the baseline of the goal `{}`", spec.prior_of),
        engine::enough_of_each, engine::enough_of_each);
  } else {
    fmt::print("  version {} is in force since {}{}\n", learned.version, to_string(learned.published_at),
               learned.imported ? "; it began with what was imported" : "");
  }
  if (!learned.frozen_by.empty()) fmt::print("  frozen by {}\n", learned.frozen_by);
}

void print(const engine::View& view, const std::string& name, const engine::LearnedScore& learned,
           const std::string& db) {
  const bytecode::Score* score = declared(view, name);
  fmt::print("score {}\n", name);
  if (score == nullptr) {
    fmt::print("  the project in force does not have it any more\n");
  } else {
    fmt::print("  foretells {} within {}, from {}\n", view.deployments.newest().module.events[score->event].name,
               to_string(score->within), fmt::join(learned.spec.features, ", "));
  }
  print_standing(learned);
  if (const std::optional<learn::Card> card = engine::card_of(learned)) {
    print_figures(
        *card, fmt::format("On the last {} predictions, each made again right before it was learned from", card->rows));
    if (score != nullptr) print_bands(*score, learned);
  }
  if (engine::knows_enough(learned)) print_weights(learned);
  if (const std::optional<learn::Drift> drift = engine::drift_of(learned); drift && drift->sure())
    fmt::print(
        "\nwarning: of the last {} predictions {} came true, and {} were foretold. People have changed, or what is\n"
        "recorded of them. It goes on learning, slowly; `fairlead score reset {} {} --as …` lets it begin anew.\n",
        drift->rows, percent(in_hundred(*drift, static_cast<double>(drift->came))),
        percent(in_hundred(*drift, drift->foretold)), db, name);
}

Json json_of(const engine::View& view, const std::string& name, const engine::LearnedScore& learned) {
  const bytecode::Score* score = declared(view, name);
  Json weights = Json::array(), bands = Json::array();
  for (std::size_t i = 0; i < learned.spec.entries.size(); ++i)
    weights.push_back({{"feature", learned.spec.entries[i]},
                       {"weight", learned.in_force.weights()[i]},
                       {"standard_deviation", learned.in_force.deviation(i)}});
  if (score != nullptr) {
    for (const InBand& band : bands_of(*score, learned))
      bands.push_back({{"band", band.name}, {"predictions", band.rows}, {"came_true", band.came}});
  }
  Json drift;
  if (const std::optional<learn::Drift> found = engine::drift_of(learned))
    drift = {{"predictions", found->rows},
             {"came_true", found->came},
             {"foretold", found->foretold},
             {"z", found->z},
             {"warning", found->sure()}};
  const std::optional<learn::Card> card = engine::card_of(learned);
  return {{"score", name},
          {"features", learned.spec.features},
          {"version", learned.version},
          {"learned_is_in_force", engine::knows_enough(learned)},
          {"prior", learned.spec.prior},
          {"imported", learned.imported},
          {"frozen_by", learned.frozen_by.empty() ? Json() : Json(learned.frozen_by)},
          {"predictions", learned.predicted},
          {"windows_over", learned.observed},
          {"came_true", learned.came},
          {"card", card ? learn::to_json(*card) : Json()},
          {"bands", bands},
          {"drift", drift},
          {"weights", weights}};
}

/// Null where there is none, which is said.
const engine::LearnedScore* score_or_report(const engine::View& view, const std::string& name) {
  const engine::LearnedScore* found = view.standing.scores.find(name);
  if (found == nullptr) fmt::print(stderr, "fairlead: there is no score called {}\n", name);
  return found;
}

/// What a file of a learned score says.
struct Learned {
  std::string score, state;
  std::vector<std::string> features;
};

std::optional<Learned> read_learned(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("form", Json()) != form || json.value("format", Json()) != file_format)
    return std::nullopt;
  try {
    std::optional<std::string> state = bytes_of(json.at("state").get<std::string>());
    if (!state) return std::nullopt;
    return Learned{json.at("score").get<std::string>(), std::move(*state),
                   json.at("features").get<std::vector<std::string>>()};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void steer(Act act, const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  if (options.as.empty()) return wrong("who does it? Add --as with your address, for the audit");
  std::optional<Learned> file;
  if (act == Act::import) {
    file = read_learned(options.file);
    if (!file)
      return wrong(
          fmt::format("{} has no score for a project; `fairlead score train … --for PROJECT` and `fairlead score "
                      "export` write them",
                      options.file));
  }
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(options.db, store::Access::existing);
  if (!store) return void(exit_code = report(store.error()));
  const Result<engine::View> view = engine::look(**store);
  if (!view) return void(exit_code = report(view.error()));
  const std::string name = options.name.empty() && file ? file->score : options.name;
  const engine::LearnedScore* learned = score_or_report(*view, name);
  if (learned == nullptr) return void(exit_code = wrong_use);
  if (file && file->features != learned->spec.features)
    return wrong(fmt::format("{}: what is in {} was learned from {}, and the score learns from {}", name, options.file,
                             fmt::join(file->features, ", "), fmt::join(learned->spec.features, ", ")));
  const engine::WeightsIn in{act, engine::key_of_score(name), file ? file->state : "", options.as, options.because};
  if (const std::string why = engine::refused(*learned, act, in.state); !why.empty())
    return wrong(fmt::format("{}: {}", name, why));
  if (const Result<void> posted =
          (*store)->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
      !posted)
    return void(exit_code = report(posted.error()));
  const std::string_view what = act == Act::freeze     ? "keeps what is in force"
                                : act == Act::unfreeze ? "goes by what it has learned again"
                                : act == Act::reset    ? "begins anew"
                                                       : "goes by what is in the file";
  fmt::print("{} {} when the engine takes it in: it is in the inbox of {}\n", name, what, options.db);
}

void export_one(const Options& options, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(options.db, store::Access::read);
  if (!store) return void(exit_code = report(store.error()));
  const Result<engine::View> view = engine::look(**store);
  if (!view) return void(exit_code = report(view.error()));
  const engine::LearnedScore* learned = score_or_report(*view, options.name);
  if (learned == nullptr) return void(exit_code = wrong_use);
  const std::string text = learned_file(options.name, learned->spec.features, engine::exported(*learned));
  if (options.file.empty()) {
    fmt::print("{}", text);
  } else if (!write_whole(options.file, text)) {
    exit_code = report({FaultCode::file_unwritable, {options.file, "the score could not be written"}});
  } else {
    fmt::print("what {} has learned is in {}; `fairlead score import DB {}` brings it back\n", options.name,
               options.file, options.file);
  }
}

}  // namespace

std::optional<std::string> store_at(const std::string& path) {
  std::error_code unseen;
  if (std::filesystem::is_directory(path, unseen) || path.ends_with(".lead")) return store_of(path);
  std::ifstream in(path, std::ios::binary);
  std::string begins(15, '\0');
  in.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  return begins == "SQLite format 3" ? std::optional(path) : std::nullopt;
}

std::string learned_file(const std::string& score, const std::vector<std::string>& features, const std::string& state) {
  return Json{{"form", form},
              {"format", file_format},
              {"score", score},
              {"features", features},
              {"state", hex_of(state)}}
             .dump(2) +
         "\n";
}

void show_scores(const std::string& db, const std::string& name, bool json, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
  if (!store) return void(exit_code = report(store.error()));
  const Result<engine::View> view = engine::look(**store);
  if (!view) return void(exit_code = report(view.error()));
  if (!name.empty() && score_or_report(*view, name) == nullptr) return void(exit_code = wrong_use);
  Json out = Json::array();
  bool first = true;
  for (const auto& [known, learned] : view->standing.scores.all()) {
    if (!name.empty() && known != name) continue;
    if (json) {
      out.push_back(json_of(*view, known, learned));
    } else {
      if (!first) fmt::print("\n");
      print(*view, known, learned, db);
    }
    first = false;
  }
  if (json) fmt::print("{}\n", out.dump(2));
  if (first) fmt::print(stderr, "fairlead: this project has no `score`\n");
}

void add_score_hands(CLI::App& score, Session& session) {
  const auto add = [&](const char* name, const char* about, Act act) {
    auto options = std::make_shared<Options>();
    CLI::App* command = score.add_subcommand(name, about);
    command->add_option("DB", options->db, "the store")->required();
    if (act == Act::import) {
      command->add_option("FILE", options->file, "what `score train --for` or `score export` wrote")->required();
      command->add_option("--into", options->name, "the score (default: the one that it was learned for)");
    } else {
      command->add_option("NAME", options->name, "the score")->required();
    }
    command->add_option("--as", options->as, "the address of who does it");
    command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
    command->callback([options, act, &session] { steer(act, *options, session.exit_code); });
  };
  add("import", "put a score in force that was learned elsewhere; it goes on learning from there", Act::import);
  add("freeze", "keep what is in force; it goes on learning", Act::freeze);
  add("unfreeze", "let what was learned come into force again", Act::unfreeze);
  add("reset", "forget what was learned, and begin anew", Act::reset);
  auto options = std::make_shared<Options>();
  CLI::App* command = score.add_subcommand("export", "write down what a score of a store has learned");
  command->add_option("DB", options->db, "the store")->required();
  command->add_option("NAME", options->name, "the score")->required();
  command->add_option("--out", options->file, "the file to write (default: print it)");
  command->callback([options, &session] { export_one(*options, session.exit_code); });
}

}  // namespace fairlead::cli
