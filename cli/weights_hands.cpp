// fairlead weights DB freeze, unfreeze, reset, import: hands on the weights of a choice. Each appends a command to the
// store's inbox; the engine carries it out. And export, which is what import reads.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/files.hpp"
#include "cli/hex.hpp"
#include "cli/weights.hpp"
#include "runtime/engine/intake.hpp"
#include "runtime/engine/weighing.hpp"

namespace fairlead::cli {

namespace {

using Act = audit::Steered::Act;
using Json = nlohmann::ordered_json;

constexpr int file_format = 1;

struct Options {
  std::string choice, file, as, because;
};

/// What a file of exported weights says.
struct Exported {
  std::string choice, state;
};

std::optional<Exported> read_exported(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", 0) != file_format || !json.contains("choice") ||
      !json["choice"].is_string() || !json.contains("state") || !json["state"].is_string())
    return std::nullopt;
  std::optional<std::string> state = bytes_of(json["state"].get<std::string>());
  if (!state) return std::nullopt;
  return Exported{json["choice"].get<std::string>(), std::move(*state)};
}

/// What was learned, as of the store's last commit: evidence to read, and the learner's state to import.
std::string exported(const engine::View& view, const std::string& key, const engine::LearnedChoice& learned) {
  const auto aged = learned.learning->clone();
  aged->age(view.standing.clock.ms);
  Json options = Json::array();
  const std::vector<learn::InEffect> effect = aged->in_effect();
  for (std::size_t i = 0; i < effect.size(); ++i) {
    options.push_back({{"option", learned.spec.options[i]},
                       {"decisions", aged->evidence()[i].trials},
                       {"reached", aged->evidence()[i].successes},
                       {"decisions_in_effect", effect[i].trials},
                       {"reached_in_effect", effect[i].successes}});
  }
  return Json{{"format", file_format},
              {"choice", key},
              {"at", to_string(view.standing.clock)},
              {"formula", aged->name()},
              {"learns_from", learned.spec.features},
              {"options", options},
              {"state", hex_of(aged->settled()->save())}}
             .dump(2) +
         "\n";
}

void export_one(const Options& options, const std::string& db, int& exit_code) {
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
  if (!store) return void(exit_code = report(store.error()));
  const Result<engine::View> view = engine::look(**store);
  if (!view) return void(exit_code = report(view.error()));
  std::string key;
  const engine::LearnedChoice* learned = choice_or_report(*view, options.choice, key);
  if (learned == nullptr) return void(exit_code = wrong_use);
  const std::string text = exported(*view, key, *learned);
  if (options.file.empty()) {
    fmt::print("{}", text);
  } else if (!write_whole(options.file, text)) {
    fmt::print(stderr, "fairlead: {} cannot be written\n", options.file);
    exit_code = failed;
  } else {
    fmt::print("what {} has learned is in {}; `fairlead weights {} import {}` brings it back\n", key, options.file, db,
               options.file);
  }
}

std::string done(Act act, const std::string& key, const std::string& db) {
  switch (act) {
    case Act::freeze: return fmt::format("{} keeps the weights that are in force", key);
    case Act::unfreeze: return fmt::format("{} goes by what it has learned again", key);
    case Act::reset: return fmt::format("{} begins anew", key);
    case Act::import: return fmt::format("{} begins with what is in the file", key);
  }
  return db;
}

void steer(Act act, const Options& options, const std::string& db, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  if (options.as.empty()) return wrong("who does it? Add --as with your address, for the audit");
  std::optional<Exported> file;
  if (act == Act::import) {
    file = read_exported(options.file);
    if (!file) return wrong(fmt::format("{} has no weights that `fairlead weights … export` wrote", options.file));
  }
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::existing);
  if (!store) return void(exit_code = report(store.error()));
  const Result<engine::View> view = engine::look(**store);
  if (!view) return void(exit_code = report(view.error()));
  std::string key;
  const std::string& name = options.choice.empty() && file ? file->choice : options.choice;
  const engine::LearnedChoice* learned = choice_or_report(*view, name, key);
  if (learned == nullptr) return void(exit_code = wrong_use);
  const engine::WeightsIn in{act, key, file ? file->state : "", options.as, options.because};
  if (const std::string why = engine::refused(*learned, act, in.state); !why.empty())
    return wrong(fmt::format("{}: {}", key, why));
  if (const Result<void> posted =
          (*store)->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
      !posted)
    return void(exit_code = report(posted.error()));
  fmt::print("{} when the engine takes it in: it is in the inbox of {}\n", done(act, key, db), db);
  if (act == Act::reset)
    fmt::print("what it had learned is not kept: `fairlead weights {} export` writes it to a file beforehand\n", db);
}

}  // namespace

const engine::LearnedChoice* choice_or_report(const engine::View& view, const std::string& name, std::string& key) {
  const engine::LearnedChoice* found = nullptr;
  for (const auto& [known, learned] : view.ledger.choices()) {
    if (known != name && !known.ends_with("/" + name)) continue;
    if (found != nullptr && known != name) {
      fmt::print(stderr, "fairlead: several choices are called {}; give the whole key, like {}\n", name, known);
      return nullptr;
    }
    found = &learned;
    key = known;
    if (known == name) break;
  }
  if (found == nullptr) fmt::print(stderr, "fairlead: there is no choice called {}\n", name);
  return found;
}

void add_weights_hands(CLI::App& weights, std::shared_ptr<std::string> db, Session& session) {
  const auto add = [&](const char* name, const char* about, Act act) {
    auto options = std::make_shared<Options>();
    CLI::App* command = weights.add_subcommand(name, about);
    if (act == Act::import) {
      command->add_option("FILE", options->file, "what `export` wrote")->required();
      command->add_option("--into", options->choice, "the choice (default: the one that it was learned by)");
    } else {
      command->add_option("CHOICE", options->choice, "the choice")->required();
    }
    command->add_option("--as", options->as, "the address of who does it");
    command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
    command->callback([options, db, act, &session] { steer(act, *options, *db, session.exit_code); });
  };
  add("freeze", "keep the weights that are in force; it goes on learning", Act::freeze);
  add("unfreeze", "let what was learned come into force again", Act::unfreeze);
  add("reset", "forget what was learned, and begin anew", Act::reset);
  add("import", "begin with what was exported", Act::import);
  auto options = std::make_shared<Options>();
  CLI::App* command = weights.add_subcommand("export", "write down what was learned");
  command->add_option("CHOICE", options->choice, "the choice")->required();
  command->add_option("--out", options->file, "the file to write (default: print it)");
  command->callback([options, db, &session] { export_one(*options, *db, session.exit_code); });
}

}  // namespace fairlead::cli
