// Importing people: what is taken, what is set aside with its line and reason, and that nothing is taken twice.
#include <boost/test/unit_test.hpp>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;
constexpr const char* header = "email,first_name,country,plan,consent.email\n";

struct World {
  Folder folder;
  World() { folder.write("p/main.lead", quick_project()); }
  Ended import(const std::string& name, const std::string& text, std::vector<std::string> more = {}) const {
    folder.write(name, text);
    more.insert(more.begin(), {"import", name, "--project", "p"});
    return run(folder, more);
  }
  /// How many people the engine knows after it has taken in what lies in the inbox.
  Ended known() const { return run(folder, {"run", "p", "--once"}); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(columns_that_do_not_fit, World) {
  require(import("a.csv", "email,age,country,consent.email\na@b.example,9,DE,given\n"), failed,
          {"a.csv has a column `age`", "`record contact` does not have", "first_name", "--ignore-unknown"});
  require(import("a.csv", "email,age,country,consent.email\na@b.example,9,DE,given\n", {"--ignore-unknown"}), fine,
          {"1 contact taken in"});
  require(import("b.csv", "first_name,country,consent.email\nAda,DE,given\n"), failed, {"b.csv has no column `email`"});
  require(import("c.csv", "email,email,country,consent.email\n"), failed, {"c.csv has the column `email` twice"});
  require(import("d.csv", ""), failed, {"d.csv is empty"});
  require(import("e.csv", header), fine, {"0 contacts taken in"});
  const Ended missing = run(folder, {"import", "none.csv", "--project", "p"});
  require(missing, failed, {"none.csv could not be read: No such file or directory"});
  BOOST_TEST((missing.err.find("taken in") == std::string::npos), missing.err);
  require(run(folder, {"import", "p", "--project", "p"}), failed, {"p could not be read: it is a folder"});
  require(run(folder, {"import", "--project", "p"}), wrong_use, {"which file?"});
  require(known(), fine, {"1 contacts"});
}

BOOST_FIXTURE_TEST_CASE(rows_that_cannot_be_used_are_set_aside_with_their_line, World) {
  const Ended ended =
      import("rows.csv", std::string(header) +
                             "one@x.example,Ada,DE,pro,given\n"                                // 2
                             "not an address,Ada,DE,pro,given\n"                               // 3
                             "\"two@x.example\",\"Lovelace, Ada\nof London\",DE,free,given\n"  // 4 and 5
                             "three@x.example,Ada,DE,gold,given\n"                             // 6
                             "four@x.example,Ada,DE\n"                                         // 7
                             "five@x.example,Ada,DE,free,given,more\n"                         // 8
                             "\n"                                                              // 9
                             "six@x.example,,DE,,given\n"                                      // 10
                             "seven@x.example,Ada,,free,given\n"                               // 11
                             "eight@x.example,\"Ada\"b,DE,free,given\n"                        // 12
                             "nine@x.example,Ada,DE,free,given\n");                            // 13
  require(ended, findings,
          {"4 contacts taken in, 6 rows set aside", "rows.csv:3: `email`: \"not an address\" is not",
           "rows.csv:6: `plan`: \"gold\" is not", "rows.csv:7: it has 3 values, the header has 5 columns",
           "rows.csv:8: it has 6 values", "rows.csv:11: `country`", "rows.csv:12: its quotes do not match"});
  BOOST_TEST((ended.err.find("rows.csv:10") == std::string::npos), ended.err);
  const Ended aside = run(folder, {"import", "--rejected", "--project", "p"});
  require(aside, fine, {"6 rows set aside", "rows.csv:6: `plan`", "three@x.example,Ada,DE,gold,given", "rows.csv:12:"});
  require(known(), fine, {"4 contacts"});
}

BOOST_FIXTURE_TEST_CASE(a_quote_that_is_never_closed_costs_no_row_before_it, World) {
  const Ended ended = import(
      "open.csv",
      std::string(header) +
          "one@x.example,Ada,DE,pro,given\ntwo@x.example,\"Ada,DE,pro,given\nthree@x.example,Ada,DE,pro,given\n");
  require(ended, findings,
          {"1 contact taken in, 1 row set aside", "open.csv:3: a quote that is opened here is never closed"});
  // The text of the whole rest is kept.
  require(run(folder, {"import", "--rejected", "--project", "p"}), fine, {"three@x.example"});
}

BOOST_FIXTURE_TEST_CASE(files_as_other_programs_write_them, World) {
  require(import("bom.csv", "\xef\xbb\xbf" + std::string(header) + "one@x.example,Ada,DE,pro,given\n"), fine,
          {"1 contact taken in"});
  require(import("crlf.csv",
                 "email,country,consent.email\r\ntwo@x.example,DE,given\r\n\"three@x.example\",DE,\"given\"\r\n"),
          fine, {"2 contacts taken in"});
  require(import("no_end.csv", std::string(header) + "four@x.example,Ada,DE,pro,given"), fine, {"1 contact taken in"});
  require(import("quoted.csv", "\"email\",\"country\",\"consent.email\"\n\"five@x.example\",\"DE\",\"given\"\n"), fine,
          {"1 contact taken in"});
  // In Latin-1, and with a NUL: no text of ours, and nothing that may reach a message or a terminal.
  const Ended latin =
      import("latin.csv", std::string(header) + "six@x.example,Ren\xe9,DE,pro,given\nseven@x.example,A" +
                              std::string(1, '\0') + "da,DE,pro,given\n");
  BOOST_TEST((latin.code == fine || latin.code == findings), latin.err);
  BOOST_TEST((latin.err.find('\xe9') == std::string::npos), "a byte that is no UTF-8 was printed");
  require(import("escape.csv", std::string(header) + "eight@x.example,Ada,DE,\x1b[31mred,given\n"), findings,
          {"\\x1b"});
  const Ended aside = run(folder, {"import", "--rejected", "--project", "p"});
  BOOST_TEST((aside.out.find('\x1b') == std::string::npos), "a control character was printed");
  require(known(), fine, {});
}

BOOST_FIXTURE_TEST_CASE(text_that_is_no_utf8_never_reaches_a_message, World) {
  import("latin.csv",
         "email,first_name,country,consent.email\nsix@x.example,Ren\xe9,DE,given\nsix@x.ex\xe9mple,Ada,DE,given\n");
  run(folder, {"send-event", "joined", "six@x.example", "source=Ren\xe9", "--project", "p"});
  require(known(), fine, {});
  for (const nlohmann::json& message : messages(folder, "p/messages.jsonl"))
    BOOST_TEST(message["to"] == "six@x.example");
}

BOOST_FIXTURE_TEST_CASE(json_lines, World) {
  const Ended ended =
      import("people.jsonl",
             "{\"email\":\"one@x.example\",\"country\":\"DE\",\"consent\":{\"email\":\"given\"}}\n"
             "\n"
             "[1, 2]\n"
             "{\"email\":\"two@x.example\",\"country\":\"DE\",\n"
             "{\"email\":\"three@x.example\",\"country\":\"DE\",\"consent\":{\"email\":\"given\"},\"age\":3}\r\n"
             "{\"country\":\"DE\",\"consent\":{\"email\":\"given\"}}\n"
             "{\"email\":\"four@x.example\",\"country\":\"DE\",\"plan\":null,\"consent\":{\"email\":\"given\"}}\n"
             "{\"email\":17,\"country\":\"DE\",\"consent\":{\"email\":\"given\"}}\n"
             "{\"email\":[\"a\"],\"country\":\"DE\",\"consent\":{\"email\":\"given\"}}");
  require(ended, findings,
          {"2 contacts taken in, 6 rows set aside", "people.jsonl:3: it is not a JSON object",
           "people.jsonl:4: it is not a JSON object", "people.jsonl:5: `age` is not a field",
           "people.jsonl:6: `email` is missing", "people.jsonl:8: `email`", "people.jsonl:9: `email`"});
  require(known(), fine, {"2 contacts"});
}

BOOST_FIXTURE_TEST_CASE(once_more_changes_nothing, World) {
  const std::string text = people(0, 50);
  require(import("people.csv", text), fine, {"50 contacts taken in"});
  require(import("people.csv", text), fine, {"50 contacts taken in"});
  require(known(), fine, {"50 contacts"});
  require(import("people.csv", text), fine, {"50 contacts taken in"});
  require(known(), fine, {"50 contacts"});
  // An address is the same in capitals; and what changed is changed.
  require(import("people.csv", std::string(header) + "PERSON.1@people.example,Eve,DE,pro,withdrawn\n"), fine, {});
  require(run(folder, {"send-event", "joined", email_of(1), "source=x", "--project", "p"}), fine, {});
  require(known(), fine, {"50 contacts"});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
}

BOOST_FIXTURE_TEST_CASE(many_bad_rows_are_counted_and_not_all_printed, World) {
  std::string text = header;
  for (int i = 0; i < 2'500; ++i) text += fmt::format("{},Ada,DE,pro,given\n", i % 2 == 0 ? "nobody" : email_of(i));
  const Ended ended = import("many.csv", text);
  require(ended, findings, {"1250 contacts taken in, 1250 rows set aside", "… and 1240 more"});
  require(run(folder, {"import", "--rejected", "--project", "p"}), fine, {"many.csv:2500:", "1250 rows set aside"});
}

}  // namespace fairlead::cli::test
