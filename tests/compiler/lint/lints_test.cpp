// Lints: their pages (docs/errors/FL09*.md: one project that a lint speaks of, and its twin that is fine), their
// levels, and their silences.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "compiler/lint/lints.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

namespace fs = std::filesystem;
using grammar::Code;
using grammar::Diagnostic;
using grammar::Severity;

const std::string root = FAIRLEAD_SOURCE_DIR;

std::string page_of(const lint::Lint& lint) {
  return testing::read_text(root + "/docs/errors/" + grammar::to_string(lint.code) + ".md");
}

/// The only block that is fenced as ```KIND.
std::string snippet(const std::string& page, const std::string& kind) {
  const std::string fence = "\n```" + kind + "\n";
  const std::size_t at = page.find(fence);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + fence.size();
  return page.substr(begin, page.find("\n```", begin) - begin + 1);
}

/// Some lints look for files beside the project.
Compiled lint_in_folder(const std::string& text) {
  return compile({grammar::Source("test.lead", text)}, {}, {.lint = true, .folder = root});
}

/// A project that is fine, with something in its settings, and with its steps.
std::string tea(const std::string& settings, const std::string& steps, const std::string& more = "") {
  return "use std.channels\nproject tea {\n  time zone \"Europe/Oslo\"\n  under kind\n" + settings +
         "}\nrecord contact {\n  key email: Email\n  consent: { email: Consent }\n}\nevent ordered\n"
         "content thanks { email { subject \"Thanks\" body \"It is on its way.\" } }\n"
         "policy kind { asked: forbid send when channel.consent is not given because \"ePrivacy\" }\n" +
         more +
         "workflow after_order for contact {\n  owner \"ana@tea.example\"\n  enter on ordered\n  leave on "
         "unsubscribed\n  steps {\n" +
         steps + "\n  }\n}\n";
}

const std::string twice = "    send thanks\n    send thanks";

}  // namespace

BOOST_AUTO_TEST_SUITE(lints_test)

BOOST_AUTO_TEST_CASE(each_has_a_page_whose_project_it_speaks_of_and_whose_twin_is_fine) {
  for (const lint::Lint& lint : lint::lints()) {
    if (static_cast<unsigned>(lint.code) < 900) continue;
    BOOST_TEST_CONTEXT(grammar::to_string(lint.code) << " " << lint.name()) {
      const std::string page = page_of(lint);
      const Compiled bad = lint_in_folder(snippet(page, "lead-bad"));
      BOOST_REQUIRE_MESSAGE(bad.diagnostics.size() == 1U, testing::rendered(bad));
      BOOST_TEST((bad.diagnostics[0].code == lint.code), testing::rendered(bad));
      BOOST_TEST((bad.diagnostics[0].severity == lint.level));
      const std::string twin = snippet(page, "lead");
      BOOST_TEST(!twin.empty());
      const Compiled good = lint_in_folder(twin);
      BOOST_TEST(good.diagnostics.empty(), testing::rendered(good));
      BOOST_TEST(good.module.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(each_has_a_row_in_the_reference) {
  const std::string reference = testing::read_text(root + "/docs/reference/lints.md");
  for (const lint::Lint& lint : lint::lints()) {
    const std::string row = fmt::format("| {} | `{}` | {} | {} |\n", grammar::to_string(lint.code), lint.name(),
                                        grammar::to_string(lint.level), lint.about());
    BOOST_TEST(reference.find(row) != std::string::npos, "docs/reference/lints.md has no row\n" << row);
  }
}

BOOST_AUTO_TEST_CASE(the_examples_are_clean) {
  for (const std::string folder : {"/examples/whitepaper_nurture", "/examples/hillstrom", "/tests/stdlib"}) {
    const Compiled compiled = compile_path(root + folder);
    BOOST_TEST(compiled.diagnostics.empty(), testing::rendered(compiled));
  }
}

BOOST_AUTO_TEST_CASE(a_project_sets_their_levels) {
  const auto severity = [](const std::string& level) {
    const Compiled compiled = testing::lint_text(tea("  lint sent_twice " + level + "\n", twice));
    BOOST_REQUIRE_MESSAGE(compiled.diagnostics.size() == 1U, testing::rendered(compiled));
    BOOST_TEST((compiled.diagnostics[0].code == Code::sent_twice));
    BOOST_TEST(compiled.module.has_value() == (compiled.errors() == 0));
    return compiled.diagnostics[0].severity;
  };
  BOOST_TEST((severity("note") == Severity::note));
  BOOST_TEST((severity("warning") == Severity::warning));
  BOOST_TEST((severity("error") == Severity::error));
  const Compiled off = testing::lint_text(tea("  lint sent_twice off because \"for luck\"\n", twice));
  BOOST_TEST(off.diagnostics.empty(), testing::rendered(off));
  // What the checks themselves warn of has a level too.
  const std::string unreachable = "    send thanks\n    stop\n    send thanks";
  const Compiled raised = testing::lint_text(tea("  lint unreachable_step error\n", unreachable));
  BOOST_REQUIRE_MESSAGE(raised.diagnostics.size() == 1U, testing::rendered(raised));
  BOOST_TEST((raised.diagnostics[0].severity == Severity::error));
  BOOST_TEST(!raised.module.has_value());
}

BOOST_AUTO_TEST_CASE(a_comment_silences_one_place) {
  for (const std::string& steps :
       {std::string("    send thanks\n    send thanks  // lint off sent_twice: for luck"),
        std::string("    send thanks\n    // lint off sent_twice: for luck\n    send thanks"),
        std::string(
            "    send thanks\n    // lint off sent_twice: for luck\n    // and more of it\n\n    send thanks")}) {
    const Compiled compiled = testing::lint_text(tea("", steps));
    BOOST_TEST(compiled.diagnostics.empty(), testing::rendered(compiled));
  }
  // Several at once; and one that stands a line too high says so.
  const Compiled both = testing::lint_text(
      tea("", "    send thanks\n    // lint off sent_twice, stop_at_end: for luck\n    send thanks\n    stop"));
  BOOST_REQUIRE_MESSAGE(both.diagnostics.size() == 2U, testing::rendered(both));
  BOOST_TEST((both.diagnostics[0].code == Code::stop_at_end || both.diagnostics[1].code == Code::stop_at_end));
  BOOST_TEST((both.diagnostics[0].code == Code::unused_silence || both.diagnostics[1].code == Code::unused_silence));
  // In a text it is no comment.
  const Compiled text = testing::lint_text(
      tea("", "    send thanks\n    wait 1 day\n    send note",
          "content note { email { subject \"A note\" body \"Write // lint off sent_twice: so\" } }\n"));
  BOOST_TEST(text.diagnostics.empty(), testing::rendered(text));
}

BOOST_AUTO_TEST_CASE(a_silence_needs_a_reason_and_a_known_name) {
  for (const std::string& comment : {std::string("// lint off sent_twice"), std::string("// lint off sent_twice:  "),
                                     std::string("// lint off sent_twise: for luck"), std::string("// lint off")}) {
    const Compiled compiled = testing::lint_text(tea("", "    send thanks  " + comment));
    BOOST_REQUIRE_MESSAGE(compiled.diagnostics.size() == 1U, testing::rendered(compiled));
    BOOST_TEST((compiled.diagnostics[0].code == Code::unused_silence));
  }
}

BOOST_AUTO_TEST_CASE(a_project_with_errors_is_not_linted) {
  const Compiled compiled = testing::lint_text(tea("", twice + "\n    send nothing_of_that_name"));
  BOOST_REQUIRE_MESSAGE(compiled.diagnostics.size() == 1U, testing::rendered(compiled));
  BOOST_TEST((compiled.diagnostics[0].code == Code::unknown_name));
}

BOOST_AUTO_TEST_CASE(what_is_known_ends_when_time_passes) {
  const std::string head =
      "use std.channels\nproject tea {\n  time zone \"Europe/Oslo\"\n  under kind\n}\nrecord contact {\n  key email: "
      "Email\n  plan: free | pro\n  visits: Number\n  since: Date fixed\n  consent: { email: Consent }\n}\nevent "
      "ordered { pot: small | large }\ncontent thanks { email { subject \"Thanks\" body \"It is on its way.\" } }\n"
      "policy kind { asked: forbid send when channel.consent is not given because \"ePrivacy\" }\n"
      "workflow after_order for contact {\n  owner \"ana@tea.example\"\n  enter on ordered where pot is small\n  leave "
      "on unsubscribed\n  steps {\n";
  const auto constant = [&](const std::string& steps) {
    const Compiled compiled = testing::lint_text(
        head + steps +
        "\n  if contact.visits > 1 and contact.since < 2026-01-01 and contact.plan is pro { send thanks }\n}\n}\n");
    for (const Diagnostic& d : compiled.diagnostics)
      BOOST_TEST((d.code == Code::constant_condition), testing::rendered(compiled));
    return compiled.diagnostics.size();
  };
  // Settled by what stands around it.
  BOOST_TEST(constant("if contact.plan is free { if contact.plan is pro { send thanks } }") == 1U);
  BOOST_TEST(
      constant("if contact.plan is free { wait 1 day\nsend thanks } else if contact.plan is pro { send thanks }") ==
      1U);
  BOOST_TEST(constant("if contact.visits > 5 { if contact.visits >= 3 { send thanks } }") == 1U);
  BOOST_TEST(constant("if event.pot is large { send thanks }") == 1U);
  BOOST_TEST(constant("wait 1 day\nif event.pot is large { send thanks }") == 1U);
  BOOST_TEST(constant("if contact.visits > 5 and contact.visits < 5 { send thanks }") == 1U);
  BOOST_TEST(constant("if contact.visits between 5 and 3 { send thanks }") == 1U);
  BOOST_TEST(constant("if count(ordered, last 7 days) >= 0 { send thanks }") == 1U);
  BOOST_TEST(constant("if not (contact.plan is free or contact.plan is pro) { send thanks }") == 1U);
  BOOST_TEST(constant("if contact.plan in [free, pro] { send thanks }") == 1U);
  // Not settled.
  BOOST_TEST(constant("if contact.plan is free { wait 1 day\nif contact.plan is pro { send thanks } }") == 0U);
  BOOST_TEST(constant("if contact.plan is free { set contact.plan = pro\nif contact.plan is pro { send thanks } }") ==
             0U);
  BOOST_TEST(constant("if contact.plan is free { send thanks }\nif contact.plan is pro { send thanks }") == 0U);
  BOOST_TEST(constant("if contact.visits > 5 { if contact.visits > 8 { send thanks } }") == 0U);
  BOOST_TEST(constant("if contact.visits >= 5 and contact.visits <= 5 { send thanks }") == 0U);
  BOOST_TEST(constant("if contact.visits != 5 or contact.plan is pro { send thanks }") == 0U);
}

BOOST_AUTO_TEST_CASE(every_name_knows_where_it_is_used) {
  // A segment that asks for another, and a type that an event has: both are uses.
  const std::string more =
      "type size = small | large\nsegment one = seen(ordered, last 7 days)\nsegment two = contact is one\n";
  const Compiled compiled = testing::lint_text(tea("", "    if contact is two { send thanks }", more));
  BOOST_REQUIRE_MESSAGE(compiled.diagnostics.size() == 1U, testing::rendered(compiled));
  BOOST_TEST((compiled.diagnostics[0].code == Code::unused_type));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
