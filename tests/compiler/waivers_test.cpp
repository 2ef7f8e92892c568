// Waivers: who may be spared which rule, which signatures count, and what follows for verdicts.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "runtime/values/signature.hpp"
#include "tests/compiler/compiling.hpp"
#include "tests/values/keys.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;
using proof::Verdict;

/// A project whose workflow breaks a rule of the policy, and asks to be spared it.
std::string asking(const std::string& until = "2099-01-31", const std::string& steps = "send welcome",
                   const std::string& rule = "forbid send between 21:00 and 08:00 otherwise defer",
                   const std::string& owner = "ana@acme.example", const std::string& role = "\"lee@acme.example\"") {
  return testing::project("role legal { " + role + " }\npolicy brand { nights: " + rule + " waivable by legal }\n" +
                              "workflow nurture for contact {\nowner \"" + owner +
                              "\"\nenter on downloaded\nwaive brand.nights until " + until +
                              " because \"a launch\"\nsteps {\n" + steps + "\n}\n}\n",
                          "", "under brand\n");
}

/// What lies beside the project.
using Beside = std::map<std::string, std::string>;

Compiled with(const std::string& text, Beside beside) {
  ProjectFiles files;
  files.root = "p";
  files.read = [beside = std::move(beside)](const std::string& path) -> tl::expected<std::string, Unread> {
    const auto at = beside.find(path);
    if (at == beside.end()) return tl::unexpected(Unread::absent);
    return at->second;
  };
  return compile({grammar::Source("p/main.lead", text)}, std::move(files), {.lint = false});
}

/// The line that somebody signs for the only waiver of the project.
std::string signed_line(const std::string& text, const std::string& by = "lee@acme.example",
                        const std::string& key = keys::lee) {
  const Compiled compiled = with(text, {});
  BOOST_REQUIRE(compiled.waivers.size() == 1U);
  Signature out = compiled.waivers[0].wanted;
  out.by = by;
  out.at = "2026-11-23T09:00:00Z";
  out.signature = sign(key, out.text()).value();
  return out.line() + "\n";
}

Beside files(const std::string& line) {
  return {{"p/waivers.signed", line},
          {"p/signers/lee@acme.example.pem", keys::lee_public},
          {"p/signers/kim@acme.example.pem", keys::kim_public}};
}

/// The standing of the only waiver, which decides on what is said of it and on what is in the module.
Standing standing(const std::string& text, const Beside& beside) {
  const Compiled compiled = with(text, beside);
  BOOST_REQUIRE(compiled.waivers.size() == 1U);
  const Standing out = compiled.waivers[0].standing;
  if (compiled.module) {
    const bytecode::Waiver& waiver = compiled.module->workflows[0].head.waivers.at(0);
    BOOST_TEST(waiver.signed_by.empty() == (out != Standing::signed_));
  }
  for (const proof::Obligation& o : compiled.proofs.obligations)
    BOOST_TEST(o.waived.has_value() == compiled.waivers[0].in_force());
  const bool said = std::any_of(compiled.diagnostics.begin(), compiled.diagnostics.end(), [](const auto& d) {
    return d.code == Code::waiver_unsigned || d.code == Code::waiver_stale || d.code == Code::signature_invalid;
  });
  BOOST_TEST(said == (out != Standing::signed_), testing::rendered(compiled));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(waivers_test)

BOOST_AUTO_TEST_CASE(one_that_is_signed_is_in_force_and_on_record) {
  const Compiled compiled = with(asking(), files(signed_line(asking())));
  BOOST_REQUIRE_MESSAGE(compiled.module, testing::rendered(compiled));
  BOOST_TEST(compiled.diagnostics.empty(), testing::rendered(compiled));
  const bytecode::Waiver& waiver = compiled.module->workflows[0].head.waivers.at(0);
  BOOST_TEST(waiver.signed_by == "lee@acme.example");
  BOOST_TEST(to_string(waiver.signed_at) == "2026-11-23T09:00:00Z");
  BOOST_TEST((compiled.module->workflows[0].head.signed_waiver(waiver.rule) == &waiver));
  const auto decoded = bytecode::decode(bytecode::encode(*compiled.module));
  BOOST_REQUIRE(decoded.has_value());
  BOOST_TEST((*decoded == *compiled.module));
}

BOOST_AUTO_TEST_CASE(a_signature_is_of_one_rule_one_workflow_one_reason_and_one_day) {
  const std::string line = signed_line(asking());
  BOOST_TEST((standing(asking(), files(line)) == Standing::signed_));
  BOOST_TEST((standing(asking(), {}) == Standing::unsigned_));
  // What changes nothing that it means: blanks, comments, another waiver's neighbour.
  std::string spaced = asking();
  spaced.replace(spaced.find("send welcome"), 12, "// hello\n\n  send   welcome");
  BOOST_TEST((standing(spaced, files(line)) == Standing::signed_));
  BOOST_TEST((standing(asking("2099-01-31", "send welcome", "forbid send between 22:00 and 08:00 otherwise defer"),
                       files(line)) == Standing::rule_changed));
  BOOST_TEST((standing(asking("2099-01-31", "wait 1 day\nsend welcome"), files(line)) == Standing::workflow_changed));
  BOOST_TEST((standing(asking("2099-02-01"), files(line)) == Standing::terms_changed));
}

BOOST_AUTO_TEST_CASE(only_somebody_in_the_role_may_and_nobody_for_their_own) {
  const std::string text = asking();
  BOOST_TEST((standing(text, files(signed_line(text, "kim@acme.example", keys::kim))) == Standing::not_in_role));
  const std::string own =
      asking("2099-01-31", "send welcome", "forbid send between 21:00 and 08:00 otherwise defer", "lee@acme.example");
  BOOST_TEST((standing(own, files(signed_line(own))) == Standing::own_workflow));
  // Lee's name under Kim's signature; a key that the project does not have; a line that was changed afterwards.
  BOOST_TEST((standing(text, files(signed_line(text, "lee@acme.example", keys::kim))) == Standing::forged));
  Beside without_key = files(signed_line(text));
  without_key.erase("p/signers/lee@acme.example.pem");
  BOOST_TEST((standing(text, without_key) == Standing::no_key));
  std::string later = signed_line(text);
  later.replace(later.find("09:00:00Z"), 9, "10:00:00Z");
  BOOST_TEST((standing(text, files(later)) == Standing::forged));
  // Of several lines one that holds is enough.
  BOOST_TEST((standing(text, files(later + signed_line(text) + later)) == Standing::signed_));
  BOOST_TEST((standing(text, files("{ not a line\n" + signed_line(text))) == Standing::signed_));
}

BOOST_AUTO_TEST_CASE(nobody_reads_a_file_of_another_folder_by_an_address) {
  BOOST_TEST(key_file("lee@acme.example") == "signers/lee@acme.example.pem");
  for (const char* address : {"", "../lee", "a/b", ".hidden", "a\\b", "a b"}) BOOST_TEST(key_file(address) == "");
}

BOOST_AUTO_TEST_CASE(one_that_has_run_out_is_none) {
  const std::string text = asking("2020-01-31");
  const Compiled compiled = with(text, files(signed_line(text)));
  BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
  BOOST_TEST((compiled.diagnostics[0].code == Code::waiver_expired));
  BOOST_TEST(!compiled.waivers.at(0).in_force());
  for (const proof::Obligation& o : compiled.proofs.obligations) BOOST_TEST(!o.waived.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_waived_is_not_proved) {
  const auto verdict = [](const std::string& text, const Beside& beside) {
    const Compiled compiled = with(text, beside);
    BOOST_REQUIRE(compiled.proofs.obligations.size() == 1U);
    // What is broken does not compile.
    BOOST_TEST((compiled.proofs.obligations[0].verdict == Verdict::broken) == !compiled.module.has_value());
    return compiled.proofs.obligations[0].verdict;
  };
  const std::string always = "forbid send when contact.visits < 3 or contact.visits >= 3";
  for (const std::string& rule :
       {std::string("forbid send between 21:00 and 08:00 otherwise defer"), always, "prove " + always,
        std::string("prove forbid send between 21:00 and 08:00"), std::string("limit messages to 0 per day")}) {
    const std::string text = asking("2099-01-31", "send welcome", rule);
    const bool guarded = rule.starts_with("forbid send between");
    BOOST_TEST((verdict(text, {}) == (guarded ? Verdict::guarded : Verdict::broken)), rule);
    BOOST_TEST((verdict(text, files(signed_line(text))) == Verdict::guarded), rule);
  }
  // One that holds anyhow is proved with and without.
  const std::string kept = asking("2099-01-31", "send welcome", "limit messages to 3 per day");
  BOOST_TEST((verdict(kept, files(signed_line(kept))) == Verdict::proved));
}

BOOST_AUTO_TEST_CASE(whom_a_waived_stop_lets_pass_goes_on) {
  // Without the waiver nobody who is free comes to the second message.
  const std::string steps = "send welcome\nif contact.plan is free { send welcome }";
  const std::string rule = "forbid send when contact.plan is free otherwise stop";
  const std::string text = asking("2099-01-31", steps, rule);
  const auto second = [](const Compiled& compiled) {
    BOOST_REQUIRE(compiled.proofs.obligations.size() == 2U);
    return compiled.proofs.obligations[1].verdict;
  };
  BOOST_TEST((second(with(text, {})) == Verdict::unreachable));
  BOOST_TEST((second(with(text, files(signed_line(text)))) == Verdict::guarded));
}

BOOST_AUTO_TEST_CASE(what_is_settled_beforehand_is_not_waived) {
  const Compiled compiled = with(asking("2099-01-31", "send welcome", "ban \"risk free\" in content"), {});
  BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
  BOOST_TEST((compiled.diagnostics[0].code == Code::not_waivable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
