// Columns of text as numbers.
#include "runtime/learn/encoding.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <numeric>

using namespace fairlead::learn;

namespace {

std::vector<std::uint32_t> first(std::size_t n) {
  std::vector<std::uint32_t> out(n);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

std::vector<std::string> times(std::initializer_list<std::pair<const char*, int>> values) {
  std::vector<std::string> out;
  for (const auto& [value, count] : values) out.insert(out.end(), static_cast<std::size_t>(count), value);
  return out;
}

/// What a row of one column becomes, by the features' names.
std::map<std::string, double> encoded(const Encoding& encoding, std::string_view cell) {
  std::vector<Entry> row;
  encoding.encode(std::span(&cell, 1), row);
  std::map<std::string, double> out;
  for (const Entry& entry : row) out[encoding.names[entry.feature]] = entry.value;
  return out;
}

using Row = std::map<std::string, double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(encoding)

BOOST_AUTO_TEST_CASE(levels_that_enough_rows_have) {
  const std::vector<std::string> values = times({{"Oslo", 20}, {"Rome", 30}, {"Bonn", 19}, {"Riga", 1}, {"", 25}});
  const RawColumn column{"City", &values};
  const Encoding got = fit_encoding(std::span(&column, 1), first(values.size()), {});
  BOOST_TEST(
      got.names == (std::vector<std::string>{"City = Oslo", "City = Rome", "City is missing", "City = (others)"}),
      boost::test_tools::per_element());
  BOOST_TEST((encoded(got, "Oslo") == Row{{"City = Oslo", 1}}));
  BOOST_TEST((encoded(got, " Rome ") == Row{{"City = Rome", 1}}));
  BOOST_TEST((encoded(got, "Bonn") == Row{{"City = (others)", 1}}));
  BOOST_TEST((encoded(got, "Lima") == Row{{"City = (others)", 1}}));
  BOOST_TEST((encoded(got, "") == Row{{"City is missing", 1}}));
  BOOST_TEST(got.columns[0].pooled_levels == 2U);
  BOOST_TEST(got.columns[0].missing_rows == 25U);
}

BOOST_AUTO_TEST_CASE(what_few_rows_miss_is_pooled) {
  const std::vector<std::string> values = times({{"a", 20}, {"b", 20}, {"?", 3}});
  const RawColumn column{"x", &values};
  EncodingOptions options;
  options.missing = {"?"};
  const Encoding got = fit_encoding(std::span(&column, 1), first(values.size()), options);
  BOOST_TEST((encoded(got, "?") == Row{{"x = (others)", 1}}));
  BOOST_TEST((encoded(got, "new") == Row{{"x = (others)", 1}}));
  // Where nothing was pooled, a level that was not seen has no weight of its own.
  const std::vector<std::string> whole = times({{"a", 20}, {"b", 20}});
  const RawColumn full{"x", &whole};
  BOOST_TEST((encoded(fit_encoding(std::span(&full, 1), first(40), {}), "new") == Row{}));
}

BOOST_AUTO_TEST_CASE(numbers_are_standardised) {
  std::vector<std::string> values = times({{"1", 10}, {"3", 10}, {"", 20}});
  const RawColumn column{"Visits", &values};
  const Encoding got = fit_encoding(std::span(&column, 1), first(values.size()), {});
  BOOST_TEST((encoded(got, "3") == Row{{"Visits", 1}}));
  BOOST_TEST((encoded(got, "2") == Row{{"Visits", 0}}));
  BOOST_TEST((encoded(got, "1e1") == Row{{"Visits", 8}}));
  BOOST_TEST((encoded(got, "") == Row{{"Visits is missing", 1}}));
  BOOST_TEST((encoded(got, "many") == Row{{"Visits is missing", 1}}));
  // One text among them, and it is a column of levels.
  values[0] = "many";
  BOOST_TEST(!fit_encoding(std::span(&column, 1), first(values.size()), {}).columns[0].numbers);
  values[0] = "1";
  EncodingOptions options;
  options.levels = {"Visits"};
  options.least_rows = 5;
  BOOST_TEST(
      (encoded(fit_encoding(std::span(&column, 1), first(values.size()), options), "3") == Row{{"Visits = 3", 1}}));
}

BOOST_AUTO_TEST_CASE(a_column_of_one_value_says_nothing) {
  const std::vector<std::string> same = times({{"No", 40}}), seven = times({{"7", 40}}), empty = times({{"", 40}}),
                                 rare = times({{"a", 10}, {"b", 10}}), varied = times({{"a", 20}, {"b", 20}});
  const std::vector<RawColumn> columns{{"same", &same}, {"seven", &seven}, {"empty", &empty}, {"varied", &varied}};
  const Encoding got = fit_encoding(columns, first(40), {});
  BOOST_TEST(got.constant == (std::vector<std::string>{"same", "seven", "empty"}), boost::test_tools::per_element());
  BOOST_TEST(got.names.size() == 2U);
  const RawColumn pooled{"rare", &rare};
  BOOST_TEST(fit_encoding(std::span(&pooled, 1), first(20), {}).names.empty());
}

BOOST_AUTO_TEST_CASE(only_the_rows_that_it_is_fitted_on_are_seen) {
  const std::vector<std::string> text = times({{"a", 20}, {"b", 20}, {"c", 40}});
  const std::vector<std::string> number = times({{"0", 20}, {"2", 20}, {"1000", 40}});
  const std::vector<RawColumn> columns{{"text", &text}, {"number", &number}};
  const Encoding got = fit_encoding(columns, first(40), {});
  BOOST_TEST(got.names == (std::vector<std::string>{"text = a", "text = b", "number"}),
             boost::test_tools::per_element());
  BOOST_TEST(got.columns[1].mean == 1);
  BOOST_TEST(std::abs(got.columns[1].sd - 1) < 1e-12);
  const Features rows = encode_rows(got, columns);
  BOOST_TEST(rows.rows() == 80U);
  BOOST_TEST(rows.row(0).size() == 2U);
  BOOST_TEST(rows.row(79).size() == 1U);
  BOOST_TEST(std::abs(rows.row(79)[0].value - 999) < 1e-9);
}

BOOST_AUTO_TEST_SUITE_END()
