// What is known to be there: from `exists`, along the flow, and no longer than it is sure to be true.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;
using testing::compile_text;
using testing::project;
using testing::workflow;

/// Whether steps compile; `mrr`, `first_name` and `renews` may be absent.
bool fine(const std::string& steps, const std::string& fields = "") {
  const Compiled compiled = compile_text(project(workflow(steps), fields));
  BOOST_TEST_MESSAGE(testing::rendered(compiled));
  return compiled.errors() == 0;
}

bool may_be_absent(const std::string& steps, const std::string& fields = "") {
  const Compiled compiled = compile_text(project(workflow(steps), fields));
  BOOST_TEST_MESSAGE(testing::rendered(compiled));
  return compiled.diagnostics.size() == 1 && compiled.diagnostics[0].code == Code::optional_used;
}

constexpr const char* use = "if contact.mrr > $5 { send welcome }\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(facts_test)

BOOST_AUTO_TEST_CASE(exists_tells_the_branch) {
  BOOST_TEST(may_be_absent(use));
  BOOST_TEST(fine(std::string("if contact.mrr exists { ") + use + "}"));
  BOOST_TEST(fine(std::string("if contact.vip and contact.mrr exists and contact.mrr > $1 { ") + use + "}"));
  BOOST_TEST(fine(std::string("if contact.mrr == $5 { ") + use + "}"));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr exists or contact.vip { ") + use + "}"));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr exists { } else { ") + use + "}"));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr exists { }\n") + use));
}

BOOST_AUTO_TEST_CASE(so_does_its_negation) {
  BOOST_TEST(fine(std::string("if not contact.mrr exists { stop }\n") + use));
  BOOST_TEST(fine(std::string("if not contact.mrr exists or contact.vip { stop } else { ") + use + "}"));
  BOOST_TEST(fine(std::string("if not contact.mrr exists { } else { ") + use + "}"));
  BOOST_TEST(may_be_absent(std::string("if not contact.mrr exists and contact.vip { stop }\n") + use));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr != $5 { ") + use + "}"));
}

BOOST_AUTO_TEST_CASE(branches_keep_what_all_of_them_know) {
  BOOST_TEST(fine(std::string("if contact.mrr exists { } else { stop }\n") + use));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr exists { wait 1 day } else { stop }\n") + use));
  BOOST_TEST(fine(std::string("if not contact.mrr exists { stop }\nif contact.vip { send welcome }\n") + use));
  BOOST_TEST(may_be_absent(
      std::string("if not contact.mrr exists { stop }\nif contact.vip { set contact.mrr = none }\n") + use));
}

BOOST_AUTO_TEST_CASE(options_and_arms_have_facts_of_their_own) {
  BOOST_TEST(fine(std::string("choose c toward qualified {\noption a when contact.mrr exists { ") + use +
                  "}\noption b { } }"));
  BOOST_TEST(may_be_absent(
      std::string("choose c toward qualified {\noption a when contact.mrr exists { }\noption b { ") + use + "} }"));
  BOOST_TEST(may_be_absent(std::string("if contact.mrr exists {\nwait up to 1 day\nfor visited { ") + use +
                           "}\notherwise { } }"));
}

BOOST_AUTO_TEST_CASE(a_wait_makes_facts_old_and_the_message_says_which) {
  const std::string steps =
      "if contact.mrr exists {\n  send welcome\n  wait 2 days\n  send welcome\n  wait 1 day\n" + std::string(use) + "}";
  const Compiled compiled = compile_text(project(workflow(steps)));
  BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
  const grammar::Diagnostic& d = compiled.diagnostics[0];
  BOOST_TEST((d.code == Code::optional_used));
  BOOST_REQUIRE(d.secondary.size() == 1U);
  // The first wait is the one that lost it.
  BOOST_TEST(compiled.files[d.secondary[0].file].text(d.secondary[0].span) == "wait 2 days");
  // Also through a branch, and for a wait for events.
  const Compiled inner = compile_text(project(workflow(
      "if not contact.mrr exists { stop }\nif contact.vip {\nwait up to 1 day\nfor visited { }\notherwise { }\n}\n" +
      std::string(use))));
  BOOST_REQUIRE(inner.diagnostics.size() == 1U);
  BOOST_REQUIRE(inner.diagnostics[0].secondary.size() == 1U);
  BOOST_TEST(inner.files[inner.diagnostics[0].secondary[0].file]
                 .text(inner.diagnostics[0].secondary[0].span)
                 .starts_with("wait up to"));
  // Where it never was known, no wait is blamed.
  const Compiled never = compile_text(project(workflow("wait 2 days\n" + std::string(use))));
  BOOST_REQUIRE(never.diagnostics.size() == 1U);
  BOOST_TEST(never.diagnostics[0].secondary.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_change_stays_known) {
  BOOST_TEST(fine("if contact.joined exists {\nwait 2 days\nif contact.joined > 2026-01-01 { send welcome }\n}",
                  "joined: Date? fixed\n"));
  BOOST_TEST(
      may_be_absent("if contact.joined exists {\nwait 2 days\nif contact.joined > 2026-01-01 { send welcome }\n}",
                    "joined: Date?\n"));
  BOOST_TEST(fine("if event.pages exists {\nwait 2 days\nif event.pages > 3 { send welcome }\n}"));
}

BOOST_AUTO_TEST_CASE(the_innermost_event_of_a_name_is_meant) {
  // The outer one has no `page`, the inner one has no `asset`.
  BOOST_TEST(
      fine("wait up to 1 day\nfor downloaded as it {\nwait up to 1 day\nfor visited as it { if it.page == \"a\" { stop "
           "} }\notherwise { if it.asset == \"a\" { stop } }\n}\notherwise { }"));
  // What was known of one is not known of the other.
  const std::string known =
      "wait up to 1 day\nfor downloaded as it { if not it.pages exists { stop } }\notherwise { stop }\n";
  BOOST_TEST(
      may_be_absent(known + "wait up to 1 day\nfor downloaded as it { if it.pages > 3 { stop } }\notherwise { }"));
}

BOOST_AUTO_TEST_CASE(what_is_set_is_there) {
  BOOST_TEST(fine(std::string("set contact.mrr = $5\n") + use));
  BOOST_TEST(may_be_absent(std::string("if not contact.mrr exists { stop }\nset contact.mrr = none\n") + use));
}

BOOST_AUTO_TEST_CASE(a_segment_brings_its_facts) {
  const std::string segments = "segment paying = contact.mrr exists and contact.mrr > $0\n";
  BOOST_TEST(compile_text(project(segments + workflow(std::string("if contact is paying { ") + use + "}"))).errors() ==
             0U);
  BOOST_TEST(
      compile_text(project(segments + workflow(std::string("if contact is not paying { ") + use + "}"))).errors() ==
      1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
