// A score from columns to a file and back.
#include "runtime/learn/score.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

struct History {
  std::vector<std::string> source, visits, note;
  std::vector<bool> outcomes;
  std::vector<std::uint32_t> train, test;

  History() {
    Dice dice(1, 5);
    const char* sources[] = {"ad", "fair", "friend"};
    for (std::uint32_t i = 0; i < 3'000; ++i) {
      const std::uint64_t from = dice.below(3);
      const std::uint64_t seen = dice.below(10);
      source.emplace_back(dice.below(30) == 0 ? "Select" : sources[from]);
      visits.push_back(dice.below(20) == 0 ? "" : std::to_string(seen));
      const double z = -2 + 0.3 * static_cast<double>(seen) + (from == 2 ? 1 : 0);
      outcomes.push_back(dice.uniform() < probability_of(z));
      note.emplace_back(outcomes.back() && dice.below(10) > 0 ? "closed" : "open");  // written after the fact
      (i % 3 == 0 ? test : train).push_back(i);
    }
  }

  [[nodiscard]] std::vector<RawColumn> columns() const { return {{"source", &source}, {"visits", &visits}}; }
};

Score trained(const History& history, bool one_pass = false, bool leaky = false) {
  ScoreOptions options;
  options.encoding.missing = {"Select"};
  options.one_pass = one_pass;
  std::vector<RawColumn> columns = history.columns();
  if (leaky) columns.push_back({"note", &history.note});
  const Result<Score> out = train_score(columns, history.outcomes, history.train, history.test, options);
  BOOST_REQUIRE(out.has_value());
  return *out;
}

std::string why(const Result<Score>& result) {
  return result ? std::string() : describe(result.error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(learns_what_there_is_and_is_judged_on_other_rows) {
  const History history;
  const Score score = trained(history);
  BOOST_TEST(score.card.rows == history.test.size());
  BOOST_TEST(score.learned_from == history.train.size());
  BOOST_TEST(score.card.auc->value > 0.68, score.card.auc->value);
  BOOST_TEST(score.card.log_loss < score.card.base_log_loss);
  BOOST_TEST(std::abs(score.card.calibration->slope - 1) < 4 * score.card.calibration->slope_error);
  BOOST_TEST(suspicious_columns(score).empty());
  const std::string_view warm[] = {"friend", "9"}, cold[] = {"ad", "0"};
  BOOST_TEST(score.probability(warm) > 0.7);
  BOOST_TEST(score.probability(cold) < 0.2);
  BOOST_TEST(score.encoding.names[by_weight(score).front()] == "visits");
  const Score online = trained(history, true);
  BOOST_TEST(online.card.auc->value > score.card.auc->value - 0.01);
}

BOOST_AUTO_TEST_CASE(a_column_that_knows_the_outcome_is_suspect) {
  const Score score = trained(History(), false, true);
  BOOST_REQUIRE(suspicious_columns(score).size() == 1U);
  BOOST_TEST(suspicious_columns(score)[0] == "note");
}

BOOST_AUTO_TEST_CASE(a_file_keeps_all_of_it) {
  const History history;
  const Score score = trained(history);
  const std::string json = to_json(score);
  const Result<Score> back = score_from_json(json);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(to_json(*back) == json);
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::string_view cells[] = {history.source[i], history.visits[i]};
    BOOST_TEST(back->probability(cells) == score.probability(cells));
  }
  BOOST_TEST(back->encoding.column_of == score.encoding.column_of, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_score_is_refused) {
  const std::string json = to_json(trained(History()));
  BOOST_TEST(why(score_from_json("")).find("it is no score") != std::string::npos);
  BOOST_TEST(why(score_from_json("[1]")).find("it is no score") != std::string::npos);
  BOOST_TEST(why(score_from_json("{}")).find("it is no score") != std::string::npos);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string out = json;
    const std::size_t at = out.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    out.replace(at, from.size(), to);
    return why(score_from_json(out));
  };
  BOOST_TEST(changed("\"version\": 1", "\"version\": 2").find("another version") != std::string::npos);
  BOOST_TEST(changed("\"intercept\": ", "\"intercepted\": ").find("damaged") != std::string::npos);
  BOOST_TEST(changed("\"number\": ", "\"number\": 9").find("do not fit together") != std::string::npos);
  BOOST_TEST(changed("\"sd\": ", "\"sd\": -").find("do not fit together") != std::string::npos);
  BOOST_TEST(changed("\"l2\": 1.0", "\"l2\": \"x\"").find("damaged") != std::string::npos);
  // No prefix is taken for the whole, and none brings it down.
  for (std::size_t length = 0; length + 2 < json.size(); length += 37)
    BOOST_TEST(!score_from_json(std::string_view(json).substr(0, length)).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_to_learn_from_is_said) {
  const History history;
  const std::vector<std::uint32_t> none;
  const std::vector<RawColumn> columns = history.columns();
  BOOST_TEST(why(train_score(columns, history.outcomes, none, history.test, {})).find("no rows to learn from") !=
             std::string::npos);
  BOOST_TEST(why(train_score(columns, history.outcomes, history.train, none, {})).find("no rows to judge by") !=
             std::string::npos);
  BOOST_TEST(why(train_score({}, history.outcomes, history.train, history.test, {})).find("no column tells") !=
             std::string::npos);
  for (const bool one_pass : {false, true}) {
    ScoreOptions options;
    options.one_pass = one_pass;
    const std::vector<bool> all(history.outcomes.size(), true);
    BOOST_TEST(why(train_score(columns, all, history.train, history.test, options)).find("have the same outcome") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
