// fairlead evaluate: what a policy would have earned, from logs with propensities.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/public_data.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

using Arguments = std::vector<std::string>;

/// Draws that differ from row to row without any library: a linear congruential generator (Knuth's MMIX).
struct Draws {
  std::uint64_t state = 42;
  double next() {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11U) / 9007199254740992.0;
  }
};

/// Arms a, b, c with propensities 0.6, 0.3, 0.1; people of two kinds, of whom `new` like c and `old` like a.
std::string log_of(int rows) {
  Draws draws;
  std::string out = "kind,arm,p,bought,spent,place\n";
  for (int i = 0; i < rows; ++i) {
    const bool fresh = draws.next() < 0.5;
    const double u = draws.next();
    const int arm = u < 0.6 ? 0 : u < 0.9 ? 1 : 2;
    const double rate = fresh ? 0.1 + 0.2 * arm : 0.5 - 0.2 * arm;
    const bool bought = draws.next() < rate;
    out += fmt::format("{},{},{},{},{},{}\n", fresh ? "new" : "old", "abc"[arm],
                       arm == 0   ? "0.6"
                       : arm == 1 ? "0.3"
                                  : "0.1",
                       bought ? 1 : 0, bought ? 20 : 0, i % 2 == 0 ? "top" : "end");
  }
  return out;
}

Arguments with(Arguments more) {
  Arguments out{"evaluate", "--log", "log.csv", "--arm", "arm", "--reward", "bought", "--propensity", "p"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

nlohmann::json figures(const Folder& folder, Arguments arguments) {
  arguments.emplace_back("--json");
  const Ended ended = run(folder, arguments);
  nlohmann::json out = nlohmann::json::parse(ended.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(out.is_object(), ended.out << ended.err);
  return out;
}

bool covers(const nlohmann::json& estimate, double truth) {
  return estimate["interval_95"][0] <= truth && truth <= estimate["interval_95"][1];
}

/// Whether a figure, printed with these decimals, is this.
bool shown(const nlohmann::json& figure, const char* wanted, int decimals) {
  return fmt::format("{:.{}f}", figure.get<double>(), decimals) == wanted;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate)

BOOST_AUTO_TEST_CASE(policies_of_each_form_have_their_value) {
  const Folder folder;
  folder.write("log.csv", log_of(20'000));
  // Each arm earns 0.3 for people at large; seeing the kind, 0.5.
  for (const Arguments& policy : std::vector<Arguments>{{"uniform"}, {"always", "c"}, {"always c"}}) {
    Arguments arguments{"--policy"};
    arguments.insert(arguments.end(), policy.begin(), policy.end());
    const nlohmann::json got = figures(folder, with(arguments));
    for (const char* estimator : {"ips", "snips", "dr"}) BOOST_TEST(covers(got[estimator], 0.3), got.dump(1));
    BOOST_TEST(got["warnings"].empty() == (policy.front() == "uniform"), got.dump(1));
  }
  folder.write("seeing.csv", "kind,arm,probability\nnew,c,1\nold,a,1\n");
  const nlohmann::json blind = figures(folder, with({"--policy", "seeing.csv"}));
  const nlohmann::json seeing = figures(folder, with({"--policy", "seeing.csv", "--context", "kind"}));
  for (const char* estimator : {"ips", "snips", "dr"}) {
    BOOST_TEST(covers(blind[estimator], 0.5), blind.dump(1));
    BOOST_TEST(covers(seeing[estimator], 0.5), seeing.dump(1));
  }
  // What context is for, beside the same weights.
  BOOST_TEST(seeing["dr"]["standard_error"] < blind["dr"]["standard_error"]);
  BOOST_TEST(seeing["ips"] == blind["ips"]);
  // One distribution for all, and the same row by row.
  folder.write("one.csv", "arm,probability\na,0.2\nb,0.3\nc,0.5\n");
  std::string rows = "a,b,c\n";
  for (int i = 0; i < 20'000; ++i) rows += "0.2,0.3,0.5\n";
  folder.write("rows.csv", rows);
  nlohmann::json one = figures(folder, with({"--policy", "one.csv"})),
                 each = figures(folder, with({"--policy", "rows.csv"}));
  one.erase("policy"), each.erase("policy");
  BOOST_TEST(one == each);
  // Any number may be a reward.
  const nlohmann::json spent = figures(folder, {"evaluate", "--log", "log.csv", "--arm", "arm", "--reward", "spent",
                                                "--propensity", "p", "--policy", "uniform", "--position", "place"});
  BOOST_TEST(covers(spent["dr"], 6), spent.dump(1));
}

BOOST_AUTO_TEST_CASE(a_gate_asks_the_lower_end) {
  const Folder folder;
  folder.write("log.csv", log_of(5'000));
  const nlohmann::json got = figures(folder, with({"--policy", "uniform", "--context", "kind"}));
  const double low = got["dr"]["interval_95"][0];
  BOOST_TEST(low < got["dr"]["value"].get<double>());
  const auto gate = [&](double at_least, Arguments more = {}) {
    Arguments arguments =
        with({"--policy", "uniform", "--context", "kind", "--at-least", fmt::format("{:.6f}", at_least)});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(folder, arguments);
  };
  require(gate(low - 0.001), fine, {"by the lower end of DR's interval: reached"});
  require(gate(low + 0.001), findings, {"by the lower end of DR's interval: not reached"});
  require(gate(-1, {"--estimator", "ips"}), fine, {"IPS's interval: reached"});
  const Ended json = gate(low + 0.001, {"--json"});
  BOOST_TEST(json.code == findings);
  BOOST_TEST(nlohmann::json::parse(json.out)["gate"]["reached"] == false);
  // What a log cannot decide is not reached, however high its figures are.
  folder.write("few.csv", "arm,bought,p\na,1,0.5\na,1,0.5\nb,1,0.5\nb,1,0.5\n");
  require(run(folder, {"evaluate", "--log", "few.csv", "--arm", "arm", "--reward", "bought", "--propensity", "p",
                       "--policy", "always", "a", "--at-least", "0.5"}),
          findings, {"the effective sample is 2 of 4 rows", "the same reward", "the log cannot decide it"});
}

BOOST_AUTO_TEST_CASE(what_the_log_cannot_speak_of_is_refused) {
  const Folder folder;
  folder.write("log.csv", log_of(2'000));
  require(run(folder, with({"--policy", "always", "d"})), failed,
          {"gives probability to `d`, which was never logged", "`a`, `b`, `c`"});
  folder.write("more.csv", "arm,probability\na,0.9\nd,0.1\n");
  require(run(folder, with({"--policy", "more.csv"})), failed, {"`d`, which was never logged"});
  folder.write("zero.csv", "arm,probability\na,1\nd,0\n");
  require(run(folder, with({"--policy", "zero.csv"})), fine, {"IPS"});
  // An arm that some never had, though others did.
  std::string parted = "kind,arm,bought,p\n";
  for (int i = 0; i < 400; ++i)
    parted += fmt::format("{},{},{},{}\n", i % 2 == 0 ? "new" : "old", i % 2 == 0 || i % 4 == 1 ? "a" : "b",
                          i % 3 == 0 ? 1 : 0, i % 2 == 0 ? "1" : "0.5");
  folder.write("parted.csv", parted);
  folder.write("b_for_new.csv", "kind,arm,probability\nnew,b,1\nold,b,1\n");
  const auto of_parted = [&](const Arguments& more) {
    Arguments out{"evaluate", "--log", "parted.csv", "--arm", "arm", "--reward", "bought", "--propensity", "p"};
    out.insert(out.end(), more.begin(), more.end());
    return run(folder, out);
  };
  folder.write("kinds.csv", "kind,arm,probability\nnew,a,0.5\nnew,b,0.5\nold,b,1\n");
  require(of_parted({"--policy", "kinds.csv"}), failed,
          {"gives `b` probability 0.5 for 200 rows", "there is no support"});
  // Where the policy tells nobody apart, the weights show it.
  require(of_parted({"--policy", "always", "b"}), fine, {"the mean weight is 0.5", "where 1 is expected"});
  require(of_parted({"--policy", "uniform", "--position", "kind"}), failed,
          {"`b` at position `new`, where it was never logged"});
}

BOOST_AUTO_TEST_CASE(propensities_and_rewards_that_are_none_are_refused) {
  const Folder folder;
  const auto why = [&](const std::string& rows, int code, const std::vector<std::string>& parts) {
    folder.write("log.csv", "arm,bought,p\n" + rows);
    require(run(folder, with({"--policy", "uniform"})), code, parts);
  };
  why("a,1,0.5\nb,0,0\nb,0,0\n", failed,
      {"log.csv, line 3: the propensity `0` in column `p`, and 1 more rows, is not above 0"});
  why("a,1,0.5\nb,0,\n", failed, {"line 3: the propensity `` in column `p`", "--propensity 1/3"});
  why("a,1,1.5\nb,0,0.5\n", failed, {"line 2: the propensity `1.5`"});
  why("a,1,-0.5\nb,0,0.5\n", failed, {"line 2: the propensity `-0.5`"});
  why("a,1,nan\nb,0,0.5\n", failed, {"line 2: the propensity `nan`"});
  why("a,maybe,0.5\nb,0,0.5\n", failed, {"line 2: the reward `maybe` in column `bought` is not a number"});
  why("a,1,0.5\n,0,0.5\n", failed, {"line 3: no arm stands in column `arm`"});
  why("a,1,0.5\nb,0\n", failed, {"line 3: it has 2 values, the header has 3 columns"});
  why("a,1,0.5\n", failed, {"has 1 row;"});
  why("", failed, {"has 0 rows;"});
  folder.write("log.csv", log_of(100));
  const auto propensity = [&](const char* text) {
    return run(folder, {"evaluate", "--log", "log.csv", "--arm", "arm", "--reward", "bought", "--propensity", text,
                        "--policy", "uniform"});
  };
  require(propensity("1/3"), fine, {"propensity `1/3`"});
  for (const char* text : {"q", "1.5", "0", "4/3", "1/0", "-1/3"})
    require(propensity(text), failed, {fmt::format("has no column `{}`", text), "no number above 0 and at most 1"});
  require(run(folder, {"evaluate", "--log", "none.csv", "--arm", "a", "--reward", "b", "--propensity", "p", "--policy",
                       "uniform"}),
          failed, {"none.csv"});
}

BOOST_AUTO_TEST_CASE(policies_that_are_none_are_refused) {
  const Folder folder;
  folder.write("log.csv", log_of(200));
  const auto why = [&](const std::string& text, const std::vector<std::string>& parts) {
    folder.write("policy.csv", text);
    require(run(folder, with({"--policy", "policy.csv"})), failed, parts);
  };
  why("arm,probability\na,0.5\nb,0.4\n", {"the probabilities sum to 0.9"});
  why("arm,probability\na,0.5\na,0.5\n", {"line 3: `a` has a probability there already"});
  why("arm,probability\na,1.5\nb,-0.5\n", {"line 2: `1.5` is not a probability"});
  why("kind,arm,probability\nnew,a,1\n", {"does not say what the policy does where kind = old (log.csv, line "});
  why("kind,arm,probability\nnew,a,1\nold,a,0.9\n", {"where kind = old: the probabilities sum to 0.9"});
  why("size,arm,probability\nbig,a,1\n", {"log.csv has no column `size`"});
  why("bought,arm,probability\n1,a,1\n0,a,1\n", {"cannot depend on the reward"});
  why("a,b,c\n1,0,0\n", {"has 1 rows and the log 200"});
  require(run(folder, with({"--policy", "greedy"})), failed, {"`greedy` is no policy", "always ARM"});
  require(run(folder, with({"--policy", "uniform", "a"})), wrong_use, {"`a` stands behind `--policy uniform`"});
  require(run(folder, with({})), wrong_use, {"which policy?"});
  require(run(folder, with({"--policy", "uniform", "--context", "bought"})), failed, {"`bought` cannot be context"});
  require(run(folder, with({"--policy", "uniform", "--context", "kind,size"})), failed, {"no column `size`"});
  require(run(folder, {"evaluate", "--policy", "uniform"}), wrong_use, {"--log FILE.csv is missing"});
  require(run(folder, {"evaluate", "--log", "log.csv", "--policy", "uniform"}), wrong_use, {"--arm COLUMN is missing"});
}

BOOST_AUTO_TEST_CASE(the_open_bandit_log_to_every_digit) {
  const std::optional<std::string> log = public_data("obd_bts_men.csv");
  if (!log) return;
  const Folder folder;
  const Arguments arguments{
      "evaluate",         "--log",      *log,       "--arm",    "item_id", "--reward", "click", "--propensity",
      "propensity_score", "--position", "position", "--policy", "uniform"};
  const nlohmann::json got = figures(folder, arguments);
  BOOST_TEST(shown(got["ips"]["value"], "0.00301", 5));
  BOOST_TEST(shown(got["ips"]["standard_error"], "0.00077", 5));
  BOOST_TEST(shown(got["snips"]["value"], "0.00319", 5));
  BOOST_TEST(shown(got["effective_sample_size"], "656", 0));
  BOOST_TEST(shown(got["largest_weight"], "178.3", 1));
  BOOST_TEST(got["arms"] == 34);
  require(run(folder, arguments), fine,
          {"IPS                           0.00301      0.00077", "SNIPS                         0.00319",
           "656 of 10000 rows (6.6%)", "178.3", "warning: the effective sample is 656 of 10000 rows"});
}

BOOST_AUTO_TEST_CASE(hillstroms_mails_to_every_digit) {
  const std::optional<std::string> log = public_data("hillstrom.csv");
  if (!log) return;
  const Folder folder;
  Arguments arguments{"evaluate", "--log", *log,           "--arm", "segment",
                      "--reward", "visit", "--propensity", "1/3",   "--policy"};
  Arguments mens = arguments;
  mens.insert(mens.end(), {"always", "Mens E-Mail"});
  const nlohmann::json all_mens = figures(folder, mens);
  BOOST_TEST(shown(all_mens["ips"]["value"], "0.18253", 5));
  BOOST_TEST(shown(all_mens["snips"]["value"], "0.18276", 5));
  BOOST_TEST(all_mens["warnings"].empty(), all_mens.dump(1));
  folder.write("rule.csv",
               "mens,womens,segment,probability\n0,1,Womens E-Mail,1\n1,0,Mens E-Mail,1\n1,1,Mens E-Mail,1\n");
  arguments.insert(arguments.end(),
                   {"rule.csv", "--context", "recency,history_segment,mens,womens,newbie,zip_code,channel"});
  const nlohmann::json rule = figures(folder, arguments);
  BOOST_TEST(shown(rule["ips"]["value"], "0.18469", 5));
  BOOST_TEST(shown(rule["snips"]["value"], "0.18423", 5));
  BOOST_TEST(shown(rule["snips"]["standard_error"], "0.00265", 5));
  BOOST_TEST(rule["dr"]["standard_error"] < rule["snips"]["standard_error"]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
