// fairlead score: learning from a history, its card, its file.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/public_data.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2, failed = 3;

using Arguments = std::vector<std::string>;

/// Leads of whom those that came by a friend, and those that visited often, buy more; `closed` is written afterwards.
std::string history(int rows) {
  std::uint64_t state = 7;
  const auto draw = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;  // Knuth's MMIX
    return static_cast<double>(state >> 11U) / 9007199254740992.0;
  };
  std::string out = "id,source,visits,\"city, or town\",note,bought\n";
  for (int i = 0; i < rows; ++i) {
    const int source = static_cast<int>(draw() * 3), visits = static_cast<int>(draw() * 10);
    const double z = -2 + 0.3 * visits + (source == 2 ? 1 : 0);
    const bool bought = draw() < 1 / (1 + std::exp(-z));
    const char* names[] = {"ad", "fair", "friend"};
    out += fmt::format("{},{},{},{},{},{}\n", i, draw() < 0.05 ? "Select" : names[source],
                       draw() < 0.05 ? "" : std::to_string(visits), draw() < 0.5 ? "Oslo" : "Rome",
                       bought && draw() < 0.9 ? "closed" : "open", bought ? "yes" : "no");
  }
  return out;
}

Arguments training(const Arguments& more) {
  Arguments out{"score", "train", "--from", "history.csv", "--outcome", "bought", "--drop", "id"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

nlohmann::json card(const Folder& folder, Arguments arguments) {
  arguments.emplace_back("--json");
  const Ended ended = run(folder, arguments);
  nlohmann::json out = nlohmann::json::parse(ended.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(out.is_object(), ended.out << ended.err);
  return out["card"];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(score)

BOOST_AUTO_TEST_CASE(a_score_is_learned_written_and_shown) {
  const Folder folder;
  folder.write("history.csv", history(4'000));
  const Ended trained = run(folder, training({"--drop", "note", "--missing", "Select", "--to", "score.json"}));
  require(trained, fine,
          {"a score of `bought`, from history.csv", "three tenths drawn for the test, seed 0", "AUC",
           "95%:", "log-loss", "Brier", "calibration slope", "ECE", "top-decile lift", "Largest weights",
           "source = friend", "visits is missing", "written to score.json"});
  BOOST_TEST(trained.err == "");
  BOOST_TEST(trained.out.find('\x1b') == std::string::npos);
  const Ended shown = run(folder, {"score", "show", "score.json"});
  BOOST_TEST(shown.code == fine);
  BOOST_TEST(trained.out.find(shown.out) == 0U, shown.out);
  BOOST_TEST(run(folder, {"score", "show", "score.json", "--json"}).out == folder.read("score.json"));
  // The same again gives the same.
  require(run(folder, training({"--drop", "note", "--missing", "Select", "--to", "again.json"})), fine, {});
  BOOST_TEST(folder.read("again.json") == folder.read("score.json"));
  const nlohmann::json batch = card(folder, training({"--drop", "note", "--drop", "city, or town"}));
  BOOST_TEST(batch["auc"] > 0.65, batch.dump(1));
  BOOST_TEST(batch["log_loss"] < batch["base_log_loss"]);
  BOOST_TEST(card(folder, training({"--drop", "note, visits"}))["auc"] < batch["auc"]);
  const nlohmann::json once = card(folder, training({"--drop", "note", "--drop", "city, or town", "--once"}));
  BOOST_TEST(once["auc"].get<double>() > batch["auc"].get<double>() - 0.01);
}

BOOST_AUTO_TEST_CASE(what_was_written_after_the_fact_is_suspect) {
  const Folder folder;
  folder.write("history.csv", history(2'000));
  require(run(folder, training({})), fine, {"warning: `note` alone orders the outcomes", "--drop \"note\""});
  BOOST_TEST(run(folder, training({"--drop", "note"})).out.find("warning") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(splits) {
  const Folder folder;
  folder.write("history.csv", history(1'000));
  std::string by_order = "set\n", by_row = "row,set\n";
  for (int i = 0; i < 1'000; ++i) by_order += i % 4 == 0 ? "test\n" : "train\n";
  for (int i = 999; i >= 0; --i) by_row += fmt::format("{},{}\n", i, i % 4 == 0 ? "test" : "train");
  folder.write("order.csv", by_order);
  folder.write("row.csv", by_row);
  const nlohmann::json first = card(folder, training({"--split", "order.csv"}));
  BOOST_TEST(first["rows"] == 250);
  BOOST_TEST(card(folder, training({"--split", "row.csv"})) == first);
  const auto why = [&](const std::string& text, const std::vector<std::string>& parts) {
    folder.write("split.csv", text);
    require(run(folder, training({"--split", "split.csv"})), failed, parts);
  };
  why("set\ntrain\ntest\n", {"split.csv has 2 rows for 1000 of the history"});
  why("row,set\n0,train\n1000,test\n", {"line 3: there is no row `1000`; they go from 0 to 999"});
  why("row,set\n0,train\n0,test\n", {"line 3: row 0 stands there a second time"});
  why("row,set\n0,validation\n", {"`validation` is neither `train` nor `test`"});
  why("row,part\n0,train\n", {"has no column `set`; it has `row`, `part`"});
  why("row,set\n0,train\n1,train\n", {"no rows to judge by"});
}

BOOST_AUTO_TEST_CASE(outcomes_that_are_not_known_are_left_out) {
  const Folder folder;
  folder.write("history.csv", "x,bought\n1,1\n2,0\n1,\n2,maybe\n");
  require(run(folder, {"score", "train", "--from", "history.csv", "--outcome", "bought"}), failed,
          {"history.csv, line 5: the outcome `maybe` is not 0 or 1"});
  std::string rows = "x,bought\n";
  for (int i = 0; i < 300; ++i) rows += fmt::format("{},{}\n", i % 7, i % 10 == 0 ? "" : i % 3 == 0 ? "TRUE" : "false");
  folder.write("history.csv", rows);
  require(run(folder, {"score", "train", "--from", "history.csv", "--outcome", "bought"}), fine,
          {"30 rows are left out, as the outcome is not known"});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_said) {
  const Folder folder;
  folder.write("history.csv", history(300));
  require(run(folder, {"score"}), wrong_use, {"subcommand"});
  require(run(folder, {"score", "train", "--from", "history.csv"}), wrong_use, {"--outcome is required"});
  require(run(folder, training({"--l2", "0"})), wrong_use, {"--l2"});
  require(run(folder, training({"--drop", "colour"})), failed, {"has no column `colour`; it has `id`, `source`"});
  require(run(folder, {"score", "train", "--from", "history.csv", "--outcome", "sold"}), failed, {"no column `sold`"});
  require(run(folder, {"score", "train", "--from", "none.csv", "--outcome", "sold"}), failed, {"none.csv"});
  require(run(folder, training({"--to", "no/such/folder/score.json"})), failed, {"no/such/folder/score.json"});
  folder.write("twice.csv", "x,x,bought\n1,1,1\n2,2,0\n");
  require(run(folder, {"score", "train", "--from", "twice.csv", "--outcome", "bought"}), failed,
          {"has more than one column `x`"});
  folder.write("same.csv", "x,bought\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n");
  require(run(folder, {"score", "train", "--from", "same.csv", "--outcome", "bought"}), failed,
          {"have the same outcome"});
  folder.write("no.json", "{\"form\": \"a\"}");
  require(run(folder, {"score", "show", "no.json"}), failed, {"no.json: it is no score", "score train"});
  require(run(folder, {"score", "show", "none.json"}), failed, {"none.json"});
  require(run(folder, {"score", "show", "."}), failed, {});
  require(run(folder, {"score", "train", "--help"}), fine,
          {"--from", "--outcome", "--split", "--drop", "--levels", "--missing", "--once", "--l2", "--seed", "--to",
           "--json"});
  require(run(folder, {"score", "show", "--help"}), fine, {"FILE", "--json"});
}

BOOST_AUTO_TEST_CASE(leads_of_x_education) {
  const std::optional<std::string> from = public_data("lead_scoring_xeducation.csv");
  const std::optional<std::string> split = public_data("lead_scoring_split.csv");
  if (!from || !split) return;
  const Folder folder;
  Arguments arguments{"score",   "train", "--from",    *from,    "--outcome", "Converted",
                      "--split", *split,  "--missing", "Select", "--drop",    "Prospect ID,Lead Number"};
  require(run(folder, arguments), fine, {"warning: `Tags` alone orders the outcomes"});
  arguments.back() +=
      ",Tags,Lead Quality,Lead Profile,Last Activity,Last Notable Activity,Asymmetrique Activity Index,"
      "Asymmetrique Profile Index,Asymmetrique Activity Score,Asymmetrique Profile Score";
  const nlohmann::json batch = card(folder, arguments);
  arguments.emplace_back("--once");
  const nlohmann::json once = card(folder, arguments);
  for (const nlohmann::json& got : {batch, once}) {
    BOOST_TEST(got["rows"] == 2'772);
    BOOST_TEST(got["auc"] >= 0.853, got.dump(1));
    BOOST_TEST(got["log_loss"] <= 0.466);
    BOOST_TEST(got["calibration_slope"] >= 0.85);
    BOOST_TEST(got["calibration_slope"] <= 1.15);
    BOOST_TEST(fmt::format("{:.4f}", got["base_log_loss"].get<double>()) == "0.6666");
  }
  BOOST_TEST(std::abs(batch["auc"].get<double>() - once["auc"].get<double>()) <= 0.01);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
