// Off-policy replay on logs whose best arm is known.
#include "runtime/trial/replay.hpp"

#include <cmath>
#include <numeric>

#include "runtime/values/random.hpp"
#include "tests/trial/trials.hpp"

namespace fairlead::trial::testing {
namespace {

std::string project(const std::string& clauses) {
  return R"(use std.channels
project shop {
  time zone "UTC"
  currency USD
}
record contact {
  key email: Email
  plan: free | pro
  consent: { email: Consent }
}
event joined
event visit
goal visited { reach visit within 14 days }
content a_mail { email { subject "A" body "A" } }
content b_mail { email { subject "B" body "B" } }
workflow next_mail for contact {
  owner "a@shop.example"
  toward visited
  enter on joined
  steps {
    choose mail {
      )" +
         clauses + R"(
      option mens_e_mail { send a_mail }
      option womens_e_mail { send b_mail }
      option no_e_mail { }
    }
  }
}
)";
}

/// A log of an experiment: the arm at random, the reward by arm and plan.
std::string log_of(int rows, const double (&free)[3], const double (&pro)[3]) {
  const char* const labels[] = {"Mens E-Mail", "Womens E-Mail", "No E-Mail"};
  Dice dice(5, 1);
  std::string out = "email,plan,segment,visit\n";
  for (int i = 0; i < rows; ++i) {
    const bool is_pro = dice.below(2) == 1;
    const std::size_t arm = dice.below(3);
    const bool reward = dice.uniform() < (is_pro ? pro : free)[arm];
    out += "p" + std::to_string(i) + "@a.example," + (is_pro ? "pro" : "free") + "," + labels[arm] + "," +
           (reward ? "1" : "0") + "\n";
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(replaying)

BOOST_AUTO_TEST_CASE(the_best_arm_is_found) {
  const Folder folder;
  const bytecode::Module module = compiled(project("explore at least 5%"));
  const double rates[] = {0.05, 0.30, 0.10};
  Log log;
  must(read_log(folder.write("log.csv", log_of(3'000, rates, rates)), module, 0, "", "", {}, log));
  BOOST_TEST(log.arm_column == "segment");
  BOOST_TEST(log.reward_column == "visit");
  BOOST_TEST(log.arms.size() == 3'000U);
  BOOST_TEST(log.rejected == 0U);
  const SeedResult first = must(replay(module, 0, log, 7));
  // A row counts where the choice took the log's arm: a third of them.
  BOOST_TEST(std::abs(static_cast<double>(first.kept) - 1'000) < 5 * std::sqrt(3'000 * (1.0 / 3) * (2.0 / 3)),
             first.kept);
  BOOST_TEST(first.taken[1] > 0.75, first.taken[1]);
  BOOST_TEST(std::abs(std::accumulate(first.taken.begin(), first.taken.end(), 0.0) - 1) < 1e-9);
  // At random it would be 15%; always the best arm, 30%.
  BOOST_TEST(first.mean > 0.22, first.mean);
  for (const std::uint32_t least : first.least) {
    BOOST_TEST(least >= 50'000'000U);
    BOOST_TEST(least < 334'000'000U);
  }
  const SeedResult again = must(replay(module, 0, log, 7));
  BOOST_TEST(again.kept == first.kept);
  BOOST_TEST(hex(again.head.chain) == hex(first.head.chain));
  BOOST_TEST(hex(must(replay(module, 0, log, 8)).head.chain) != hex(first.head.chain));
}

BOOST_AUTO_TEST_CASE(without_a_floor_an_arm_may_be_given_up) {
  const Folder folder;
  const bytecode::Module module = compiled(project(""));
  const double rates[] = {0.02, 0.50, 0.02};
  Log log;
  must(read_log(folder.write("log.csv", log_of(3'000, rates, rates)), module, 0, "", "", {}, log));
  const SeedResult result = must(replay(module, 0, log, 1));
  BOOST_TEST(result.taken[1] > 0.9, result.taken[1]);
  BOOST_TEST(result.least[0] < 10'000'000U);
}

BOOST_AUTO_TEST_CASE(what_is_best_may_depend_on_the_contact) {
  const Folder folder;
  const double free[] = {0.40, 0.05, 0.05};
  const double pro[] = {0.05, 0.40, 0.05};
  const std::string file = folder.write("log.csv", log_of(3'000, free, pro));
  const auto mean = [&](const std::string& clauses) {
    const bytecode::Module module = compiled(project(clauses));
    Log log;
    must(read_log(file, module, 0, "", "", {}, log));
    return must(replay(module, 0, log, 3)).mean;
  };
  const double blind = mean("explore at least 5%");
  const double seeing = mean("learn from contact.plan\n      explore at least 5%");
  // No arm alone earns more than 22.5%.
  BOOST_TEST(blind < 0.27, blind);
  BOOST_TEST(seeing > 0.29, seeing);
}

BOOST_AUTO_TEST_CASE(segments_learn_their_own_weights) {
  const Folder folder;
  const double free[] = {0.40, 0.05, 0.05};
  const double pro[] = {0.05, 0.40, 0.05};
  const std::string file = folder.write("log.csv", log_of(3'000, free, pro));
  const bytecode::Module module = compiled(project("explore at least 5%"));
  Log log;
  must(read_log(file, module, 0, "", "", {"plan"}, log));
  BOOST_TEST(log.segments.size() == 2U);
  std::vector<SeedResult> seeds;
  for (std::uint64_t seed = 0; seed < 2; ++seed) seeds.push_back(must(replay(module, 0, log, seed)));
  const Replayed result = together(module.choices[0], log, seeds);
  BOOST_TEST(result.mean.mean > 0.29, result.mean.mean);  // no arm alone earns more than 22.5%
  for (std::size_t s = 0; s < 2; ++s) {
    const bool is_pro = log.segments[s] == "plan pro";
    BOOST_TEST(result.taken_in[s][is_pro ? 1 : 0] > 0.7, log.segments[s]);
  }
  BOOST_TEST(result.spread > 0.4);
  for (const std::uint32_t least : seeds[0].least) BOOST_TEST(least >= 50'000'000U);  // the floor holds here, too

  const auto refused = [&](const bytecode::Module& of, const char* column) {
    Log none;
    return describe(read_log(file, of, 0, "", "", {column}, none).error());
  };
  BOOST_TEST(refused(module, "colour").find("no column `colour`") != std::string::npos);
  BOOST_TEST(refused(module, "email").find("more than 64 segments") != std::string::npos);
  const bytecode::Module featured = compiled(project("learn from contact.plan"));
  BOOST_TEST(refused(featured, "plan").find("learns from features") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(choices_draw_by_the_same_dice_and_are_shown_side_by_side) {
  const Folder folder;
  const double rates[] = {0.05, 0.30, 0.10};
  const std::string file = folder.write("log.csv", log_of(3'000, rates, rates));
  // The same choice under two names takes the same arms.
  const std::string text = project("explore at least 5%");
  const std::size_t workflow = text.find("workflow next_mail");
  std::string other = text.substr(workflow);
  other.replace(other.find("next_mail"), 9, "other_mail");
  const bytecode::Module module = compiled(text + other);
  std::vector<Replayed> both;
  for (bytecode::Index choice = 0; choice < 2; ++choice) {
    Log log;
    must(read_log(file, module, choice, "", "", {}, log));
    both.push_back(together(module.choices[choice], log, {must(replay(module, choice, log, 3))}));
  }
  BOOST_TEST(both[0].means == both[1].means);
  BOOST_TEST(both[0].taken == both[1].taken);
  BOOST_REQUIRE(both[0].curve.size() == 120U);
  BOOST_TEST(both[0].curve.back().rows == 3'000U);
  BOOST_TEST(both[0].curve.back().mean == both[0].mean.mean);
  BOOST_TEST(both[0].curve.back().shares[1] > both[0].curve.front().shares[1]);
  both[1].against = learn::Mean{0.0123, 0.0045};
  const std::string page = replay_page(both, "Replay of <shop>", "3000 rows");
  for (const char* part : {"<title>Replay of &lt;shop&gt;</title>", "Mean reward so far", "Shares of next_mail/mail",
                           "Shares of other_mail/mail", "+0.0123 ± 0.0045", "class=\"curve s1\"", "2,975 rows"}) {
    BOOST_TEST(page.find(part) != std::string::npos, part);
  }
  for (const char* outside : {"http:", "https:", "<script", "src="})
    BOOST_TEST(page.find(outside) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_option_that_is_not_eligible_is_not_taken) {
  const Folder folder;
  std::string text = project("");
  text.replace(text.find("option womens_e_mail {"), 22, "option womens_e_mail when contact.plan is pro {");
  const bytecode::Module module = compiled(text);
  const double rates[] = {0.1, 0.9, 0.1};
  Log log;
  must(read_log(folder.write("log.csv", log_of(1'000, rates, rates)), module, 0, "", "", {}, log));
  const SeedResult result = must(replay(module, 0, log, 3));
  BOOST_TEST(result.taken[1] > 0.3);
  BOOST_TEST(result.taken[1] < 0.55);  // of the half that is `pro`
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_said) {
  const Folder folder;
  const bytecode::Module module = compiled(project(""));
  const auto why = [&](const std::string& text, const std::string& arm, const std::string& reward) {
    Log log;
    const Result<void> read = read_log(folder.write("log.csv", text), module, 0, arm, reward, {}, log);
    return read ? std::string() : describe(read.error());
  };
  const std::string head = "email,plan,segment,visit\n";
  BOOST_TEST(why(head + "a@b.c,pro,Mens E-Mail,1\n", "", "") == "");
  BOOST_TEST(why(head + "a@b.c,pro,Mens E-Mail,1\n", "arm", "")
                 .find("has no column `arm`; it has email, plan, segment, visit") != std::string::npos);
  BOOST_TEST(why(head + "a@b.c,pro,Something,1\n", "", "").find("no column of") != std::string::npos);
  BOOST_TEST(why(head + "a@b.c,pro,Mens E-Mail,1\n", "", "spend").find("no column `spend`") != std::string::npos);
  BOOST_TEST(why(head + "a@b.c,pro,Mens E-Mail,maybe\n", "", "")
                 .find("no row that can be replayed; line 2: the reward `maybe` is not 0 or 1") != std::string::npos);
  Log log;
  must(read_log(
      folder.write("log.csv",
                   head + "a@b.c,pro,Mens E-Mail,1\nb@b.c,gold,No E-Mail,0\nc@b.c,free,Ladies,0\nd@b.c,,No E-Mail,0\n"),
      module, 0, "segment", "visit", {}, log));
  BOOST_TEST(log.arms.size() == 2U);
  BOOST_TEST(log.rejected == 2U);
  BOOST_TEST(log.first_rejected.find("line 3") == 0U);
}

BOOST_AUTO_TEST_CASE(labels_as_names) {
  BOOST_TEST(option_name("Mens E-Mail") == "mens_e_mail");
  BOOST_TEST(option_name("  No -- E-Mail! ") == "no_e_mail");
  BOOST_TEST(option_name("A1") == "a1");
  BOOST_TEST(option_name("!?") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::trial::testing
