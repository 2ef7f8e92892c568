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

namespace {

/// A project with a table beside its contacts, and a workflow for nobody that goes through it when somebody says so.
struct Tables {
  Folder folder;
  Tables() {
    folder.write("p/main.lead", quick_project() + R"lead(
record campaign {
  key id: Text
  region: Text?
  budget: Money
  live:   Bool = true
}
record price { key region: Text, key plan: Text, monthly: Money }

action set_budget(id: Text, amount: Money) effect write

workflow check {
  owner "ads@acme.example"
  enter by hand
  steps {
    for each campaign where campaign.live { do set_budget(id: campaign.id, amount: campaign.budget) }
  }
}

workflow tour for contact {
  owner "ads@acme.example"
  enter by hand
  steps {
    for each campaign { wait 1 day }
  }
}
)lead");
  }
  Ended import(const std::string& name, const std::string& text, std::vector<std::string> more) const {
    folder.write(name, text);
    more.insert(more.begin(), {"import", name, "--project", "p"});
    return run(folder, more);
  }
  Ended campaigns(const std::string& rows, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"--record", "campaign"};
    all.insert(all.end(), more.begin(), more.end());
    return import("campaigns.csv", "id,budget,live\n" + rows, all);
  }
  Ended once() const { return run(folder, {"run", "p", "--once"}); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(rows_of_a_record, Tables) {
  require(campaigns("spring,500,true\nautumn,700,true\nwinter,100,false\n"), fine,
          {"3 rows of campaign taken in, 0 rows set aside"});
  require(once(), fine, {"0 contacts, 3 of campaign, 0 of price, "});
  // The newest counts; what is as it was is no news.
  require(campaigns("spring,900,\nautumn,700,true\n"), fine, {"2 rows of campaign taken in"});
  require(run(folder, {"enter", "check", "--project", "p"}), fine, {});
  require(once(), fine, {"3 of campaign"});
  std::string calls;
  for (const nlohmann::json& call : messages(folder, "p/messages.jsonl")) {
    const nlohmann::json& said = call["arguments"];
    calls += said["id"].get<std::string>() + " " + said["amount"]["amount"].get<std::string>() + "; ";
  }
  BOOST_TEST(calls == "autumn 700; spring 900; ");
  // Where somebody is who goes through them.
  require(import("one.csv", people(0, 1), {}), fine, {});
  require(once(), fine, {"1 contacts"});
  require(run(folder, {"enter", "tour", email_of(0), "--project", "p"}), fine, {});
  require(once(), fine, {});
  require(run(folder, {"where", email_of(0), "--project", "p"}), fine, {"\n  in the round of campaign `autumn`\n"});
  require(run(folder, {"where", email_of(0), "--project", "p", "--json"}), fine,
          {"\"record\": \"campaign\"", "\"row\": \"autumn\""});
  require(run(folder, {"audit", "verify", "p/fairlead.db"}), fine, {"the chain is whole"});
  require(import("prices.jsonl",
                 "{\"region\":\"no\",\"plan\":\"pro\",\"monthly\":20}\n"
                 "{\"region\":\"no\",\"plan\":\"free\",\"monthly\":0}\n",
                 {"--record", "price"}),
          fine, {"2 rows of price taken in"});
  require(once(), fine, {"3 of campaign, 2 of price"});
}

BOOST_FIXTURE_TEST_CASE(a_file_that_has_all_rows, Tables) {
  require(campaigns("a,1,\nb,2,\nc,3,\n"), fine, {});
  require(once(), fine, {"3 of campaign"});
  // A row that cannot be used may be there already: nothing goes away.
  require(campaigns("a,1,\nb,much,\n", {"--replace"}), findings,
          {"campaigns.csv:3: `budget`", "1 row of campaign taken in, 1 row set aside",
           "no row of campaign goes away, since the file could not be taken in as a whole"});
  require(once(), fine, {"3 of campaign"});
  require(campaigns("a,1,\nd,4,\n", {"--replace"}), fine,
          {"2 rows of campaign taken in", "rows of campaign that campaigns.csv does not have go away"});
  require(once(), fine, {"2 of campaign"});
  require(campaigns("", {"--replace"}), fine, {"0 rows of campaign taken in"});
  require(once(), fine, {"0 of campaign"});
}

BOOST_FIXTURE_TEST_CASE(rows_that_do_not_fit, Tables) {
  require(import("x.csv", "id\n", {"--record", "no_such"}), wrong_use,
          {"the project has no `record no_such`; it has `contact`, `campaign`, `price`"});
  require(import("x.csv", "id,budget,colour\n", {"--record", "campaign"}), failed,
          {"x.csv has a column `colour`, which `record campaign` does not have; it has id, region, budget, live"});
  require(import("x.csv", "id,budget,colour\na,1,red\n", {"--record", "campaign", "--ignore-unknown"}), fine, {});
  require(import("x.csv", "id\n", {"--record", "campaign"}), failed,
          {"x.csv has no column `budget`, which `record campaign` needs"});
  require(import("x.csv", "email\n", {"--replace"}), wrong_use, {"--replace is for rows of another record"});
  require(campaigns(std::string(150, 'x') + ",1,\n"), findings,
          {"its key takes 153 bytes, and 120 is the most", "0 rows of campaign taken in, 1 row set aside"});
  require(run(folder, {"import", "--rejected", "--project", "p"}), fine, {"campaigns.csv:2: its key takes"});
}

}  // namespace fairlead::cli::test
