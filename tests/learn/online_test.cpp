// A score that learns row by row: from nothing, and from where a batch has come to; what a context is called; and the
// warning where what comes is not what was foretold.
#include "runtime/learn/online.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "runtime/learn/card.hpp"
#include "runtime/learn/feature.hpp"
#include "runtime/learn/logistic.hpp"
#include "runtime/values/random.hpp"

using namespace fairlead;
using namespace fairlead::learn;

namespace {

/// Rows with two features beside the intercept, and what came of them.
struct Rows {
  Features features{2};
  std::vector<bool> outcomes;
  std::vector<std::uint32_t> all, first, second;

  explicit Rows(std::size_t n) {
    Dice dice(5, 3);
    for (std::uint32_t i = 0; i < n; ++i) {
      const double a = dice.uniform() * 4 - 2;
      const bool b = dice.uniform() < 0.3;
      std::vector<Entry> row{{0, a}};
      if (b) row.push_back({1, 1.0});
      features.add(row);
      outcomes.push_back(dice.uniform() < probability_of(-2.5 + 0.8 * a + (b ? 1.2 : 0)));
      all.push_back(i);
      (i < n / 2 ? first : second).push_back(i);
    }
  }
  [[nodiscard]] std::vector<Entry> row(std::uint32_t i) const {
    std::vector<Entry> out{{0, 1.0}};
    for (const Entry& entry : features.row(i)) out.push_back({entry.feature + 1, entry.value});
    return out;
  }
};

std::string saved(const OnlineLogistic& online) {
  ByteWriter out;
  online.save(out);
  return out.take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(online)

BOOST_AUTO_TEST_CASE(row_by_row_comes_to_where_a_batch_does) {
  const Rows rows(6'000);
  OnlineLogistic online(3, {log_odds_of(0.05), 4, 1});
  for (const std::uint32_t i : rows.all) online.learn(rows.row(i), rows.outcomes[i]);
  const Logistic batch = *fit_batch(rows.features, rows.outcomes, rows.all, 1);
  BOOST_TEST(std::abs(online.weights()[0] - batch.intercept) < 0.05);
  for (std::size_t k = 0; k < 2; ++k) BOOST_TEST(std::abs(online.weights()[k + 1] - batch.weights[k]) < 0.05);
  // And is as sure of it.
  const OnlineLogistic after = belief_after(batch, rows.features, rows.outcomes, rows.all, 1);
  for (std::size_t k = 0; k < 3; ++k) BOOST_TEST(std::abs(online.deviation(k) / after.deviation(k) - 1) < 0.1);
}

BOOST_AUTO_TEST_CASE(it_goes_on_from_a_batch) {
  const Rows rows(4'000);
  const Logistic half = *fit_batch(rows.features, rows.outcomes, rows.first, 1);
  OnlineLogistic online = belief_after(half, rows.features, rows.outcomes, rows.first, 1);
  BOOST_TEST(online.weights()[0] == half.intercept);
  BOOST_TEST(online.weights()[2] == half.weights[1]);
  for (const std::uint32_t i : rows.second) online.learn(rows.row(i), rows.outcomes[i]);
  const Logistic whole = *fit_batch(rows.features, rows.outcomes, rows.all, 1);
  const double before = std::abs(half.weights[0] - whole.weights[0]) + std::abs(half.weights[1] - whole.weights[1]);
  const double now =
      std::abs(online.weights()[1] - whole.weights[0]) + std::abs(online.weights()[2] - whole.weights[1]);
  BOOST_TEST(now < before / 4);
  BOOST_TEST(now < 0.01);
}

BOOST_AUTO_TEST_CASE(what_is_saved_is_read_to_the_bit) {
  const Rows rows(50);
  OnlineLogistic online(3, {});
  for (const std::uint32_t i : rows.all) online.learn(rows.row(i), rows.outcomes[i]);
  const std::string bytes = saved(online);
  OnlineLogistic read(3, {});
  ByteReader in(bytes);
  read.load(in);
  BOOST_TEST((in.ok() && in.at_end()));
  BOOST_TEST((saved(read) == bytes));
  // One of another size, and one that is cut off.
  for (const std::string& wrong : {saved(OnlineLogistic(4, {})), bytes.substr(0, bytes.size() - 1)}) {
    ByteReader other(wrong);
    OnlineLogistic none(3, {});
    none.load(other);
    BOOST_TEST(!other.ok());
  }
}

BOOST_AUTO_TEST_CASE(rates_as_log_odds) {
  BOOST_TEST(std::abs(probability_of(log_odds_of(0.08)) - 0.08) < 1e-15);
  BOOST_TEST(log_odds_of(0) == -most_log_odds);
  BOOST_TEST(log_odds_of(1) == most_log_odds);
}

BOOST_AUTO_TEST_CASE(every_entry_of_a_context_has_a_name) {
  FieldType plan;
  plan.kind = TypeKind::enumeration;
  plan.members = {"free", "pro"};
  for (const TypeKind kind :
       {TypeKind::boolean, TypeKind::number, TypeKind::money, TypeKind::duration, TypeKind::instant, TypeKind::date,
        TypeKind::time, TypeKind::text, TypeKind::country, TypeKind::enumeration}) {
    for (const bool optional : {false, true}) {
      FieldType type = plan;
      type.kind = kind;
      type.optional = optional;
      const FieldType types[] = {type};
      BOOST_TEST(entry_names(type).size() + 1 == context_length(types));
    }
  }
  plan.optional = true;
  BOOST_TEST(entry_names(plan) == (std::vector<std::string>{"is free", "is pro", "is absent"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_right_score_is_hardly_ever_said_to_drift_and_a_wrong_one_is) {
  Dice dice(9, 1);
  int alarms = 0, found = 0;
  constexpr int runs = 2'000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> log_odds;
    std::vector<bool> same, risen;
    for (int i = 0; i < 2'000; ++i) {
      log_odds.push_back(-2.5 + 2 * dice.uniform());
      const double p = probability_of(log_odds.back()), u = dice.uniform();
      same.push_back(u < p);
      risen.push_back(u < (i < 1'500 ? p : 1.5 * p));  // only of late
    }
    alarms += drift(log_odds, same)->sure() ? 1 : 0;
    found += drift(log_odds, risen)->sure() ? 1 : 0;
  }
  BOOST_TEST(alarms <= 8);  // two are expected; more than eight come by chance once in four thousand
  BOOST_TEST(found > runs * 9 / 10);
  // Where there is too little to tell, nothing is said.
  BOOST_TEST(!drift(std::vector<double>(300, 0.0), std::vector<bool>(300, true)).has_value());
  BOOST_TEST(!drift(std::vector<double>(2'000, -5.0), std::vector<bool>(2'000, false)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
