// Contents, models and the channels of the library, down to the module.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using bytecode::Module;
using grammar::Code;
using testing::codes_of;
using testing::project;

const std::string notice =
    "channel notice { consent not needed because \"a test\" content { text: Text up to 10 "
    "characters, page: Url } }\n";
const std::string copywriter =
    "model copywriter { connector openai_compatible, name \"large\", version \"2026-01\" }\n";

Module module_of(const std::string& text) {
  const Compiled compiled = testing::compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  const Result<void> sound = bytecode::verify(*compiled.module);
  BOOST_TEST(sound.has_value(), (sound ? "" : describe(sound.error())));
  const Result<Module> again = bytecode::decode(bytecode::encode(*compiled.module));
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == *compiled.module));
  return *again;
}

std::string text_of(const Module& module, bytecode::Index function) {
  const vm::Program program(module);
  Arena arena;
  const std::vector<Value> fields(module.fields.size(), Value::text("a&b <c>"));
  vm::World world;
  world.fields = fields;
  const Result<Value> value = program.evaluate(function, world, arena);
  return value ? std::string(value->as_text()) : "a fault";
}

std::vector<Code> codes_of_notice(const std::string& slots) {
  return codes_of(project(notice + "content n { notice { " + slots + " } }\n"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contents_test)

BOOST_AUTO_TEST_CASE(an_adaptive_slot_has_all_its_texts) {
  const Module module = module_of(
      project("content news {\n  email {\n    subject one of {\n      plain \"See it\"\n      urgent \"Seats, "
              "{contact.country}\"\n    }\n    body \"b\"\n  }\n}\n"));
  const bytecode::Slot& slot = module.contents.back().variants[0].slots[0];
  BOOST_TEST(slot.text == bytecode::none);
  BOOST_REQUIRE(slot.one_of.size() == 2U);
  BOOST_TEST(slot.one_of[0].name == "plain");
  BOOST_TEST(text_of(module, slot.one_of[0].text) == "See it");
  BOOST_TEST(text_of(module, slot.one_of[1].text) == "Seats, a&b <c>");
  BOOST_TEST(module.contents.back().file == "test.lead");
  const std::string text = module.sources[0].text;
  BOOST_TEST(slot.line ==
             1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("subject one")), '\n'));
}

BOOST_AUTO_TEST_CASE(a_written_slot_has_its_model_prompt_and_substitute) {
  const Module module = module_of(project(
      copywriter +
      "content news { email { subject \"a\" body write with copywriter {\n  prompt \"For {contact.country}\"\n  "
      "at most 900 characters\n  otherwise \"1 < 2, {contact.country}\"\n} } }\n"));
  const bytecode::Slot& slot = module.contents.back().variants[0].slots[1];
  BOOST_REQUIRE(slot.generated.has_value());
  const bytecode::Model& model = module.models[slot.generated->model];
  BOOST_TEST(model.name == "copywriter");
  BOOST_TEST(model.connector == "openai_compatible");
  BOOST_TEST(model.provider_name == "large");
  BOOST_TEST(model.version == "2026-01");
  BOOST_TEST(slot.generated->at_most == 900U);
  BOOST_TEST(text_of(module, slot.generated->prompt) == "For a&b <c>");
  BOOST_TEST(text_of(module, slot.text) == "1 &lt; 2, a&amp;b &lt;c&gt;");
  const std::string listing = bytecode::disassemble(module);
  BOOST_TEST(listing.find("body written by copywriter, at most 900") != std::string::npos);
  BOOST_TEST(listing.find("model copywriter\n  connector openai_compatible, name \"large\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(quotes_hold_plain_text_also_for_html) {
  const Module module =
      module_of(project("content n { email { subject \"<{contact.country}>\" body \"\"\"a & b\n"
                        "{contact.country}\"\"\" } }\n"));
  const auto& slots = module.contents.back().variants[0].slots;
  BOOST_TEST(text_of(module, slots[0].text) == "<a&b <c>>");
  BOOST_TEST(text_of(module, slots[1].text) == "a &amp; b<br>\na&amp;b &lt;c&gt;");
}

BOOST_AUTO_TEST_CASE(texts_that_are_too_long) {
  const std::string page = "page \"https://a.example\"";
  const std::vector<Code> fine;
  BOOST_TEST((codes_of_notice("text \"0123456789\" " + page) == fine));
  BOOST_TEST((codes_of_notice("text \"ääääääääää\" " + page) == fine));
  BOOST_TEST((codes_of_notice("text \"01234{contact.country}56789\" " + page) == fine));
  BOOST_TEST((codes_of_notice("text \"0123456789a\" " + page) == std::vector{Code::text_too_long}));
  BOOST_TEST((codes_of_notice("text \"01234{contact.country}56789a\" " + page) == std::vector{Code::text_too_long}));
  BOOST_TEST((codes_of_notice("text one of { a \"short\", b \"much too long\" } " + page) ==
              std::vector{Code::text_too_long}));
}

BOOST_AUTO_TEST_CASE(slots_that_are_addresses) {
  const auto codes = [](const std::string& page) { return codes_of_notice("text \"a\" page " + page); };
  const std::vector<Code> fine;
  BOOST_TEST((codes("\"https://acme.example/demo?c={contact.country}\"") == fine));
  BOOST_TEST((codes("\"{link(\"https://acme.example\")}\"") == fine));
  BOOST_TEST((codes("\"acme.example\"") == std::vector{Code::not_a_literal}));
  BOOST_TEST((codes("\"https://{contact.country}/demo\"") == std::vector{Code::unsafe_hole}));
  BOOST_TEST((codes("\"{contact.country}\"") == std::vector{Code::unsafe_hole}));
  BOOST_TEST((codes("file \"a.txt\"") == std::vector{Code::type_mismatch}));
  const Module module = module_of(
      project(notice + "content n { notice { text \"a\" page \"https://acme.example/?c={contact.country}\" } }\n"));
  BOOST_TEST(text_of(module, module.contents.back().variants[0].slots[1].text) ==
             "https://acme.example/?c=a%26b%20%3Cc%3E");
}

BOOST_AUTO_TEST_CASE(mistakes_in_slots_and_models) {
  const auto email = [](const std::string& body) {
    return codes_of(project(copywriter + "content n { email { subject \"a\" body " + body + " } }\n"));
  };
  BOOST_TEST((email("one of { a \"x\" }") == std::vector{Code::too_few_options}));
  BOOST_TEST((email("one of { }") == std::vector{Code::too_few_options}));
  BOOST_TEST((email("one of { a \"x\", a \"y\" }") == std::vector{Code::duplicate_option}));
  BOOST_TEST((email("write with nobody { prompt \"x\", otherwise \"y\" }") == std::vector{Code::unknown_name}));
  BOOST_TEST((email("write with copywriter { otherwise \"y\" }") == std::vector{Code::missing_clause}));
  BOOST_TEST((email("write with copywriter { prompt \"x\" }") == std::vector{Code::missing_clause}));
  BOOST_TEST((email("write with copywriter { prompt \"x\", at most 0 characters, otherwise \"y\" }") ==
              std::vector{Code::number_range}));
  BOOST_TEST(
      (codes_of(project("model m { connector c, name \"\", version \"1\" }\n")) == std::vector{Code::not_a_literal}));
  BOOST_TEST((codes_of(project("model m { connector c, name \"n\" }\n")) == std::vector{Code::missing_clause}));
  BOOST_TEST((codes_of(project("channel c { consent not needed because \"x\" content { a: Number } }\n")) ==
              std::vector{Code::type_mismatch}));
  BOOST_TEST((codes_of(project("channel c { consent not needed because \"x\" content { a: Text up to 0 characters } "
                               "}\n")) == std::vector{Code::number_range}));
}

BOOST_AUTO_TEST_CASE(a_channel_of_the_library_sleeps_until_it_is_named) {
  // The contact of these projects has neither a phone nor a consent for sms.
  const auto names = [](const Module& module) {
    std::vector<std::string> out;
    for (const bytecode::Channel& c : module.channels) out.push_back(c.name);
    return out;
  };
  BOOST_TEST((names(module_of(project(""))) == std::vector<std::string>{"email"}));
  // Each stays what it was when another wakes up.
  const Module three = module_of(
      project(notice +
              "content n { sales_task { title \"call\" note \"{contact.email}\" } webhook { payload \"p\" } notice { "
              "text \"t\" page \"https://a.example\" } }\n"));
  BOOST_TEST((names(three) == std::vector<std::string>{"notice", "email", "sales_task", "webhook"}));
  for (const bytecode::Variant& v : three.contents.back().variants) {
    const std::string& name = three.channels[v.channel].name;
    BOOST_TEST(v.slots[0].name == (name == "sales_task" ? "title" : name == "webhook" ? "payload" : "text"));
    BOOST_TEST((three.channels[v.channel].to == bytecode::none));
  }
  for (const std::string use : {"content n { sms { text \"a\" } }\n", "policy p { r: forbid send by sms }\n",
                                "workflow w for contact { enter on downloaded\nsteps { send welcome by sms } }\n"}) {
    const Compiled compiled = testing::compile_text(project(use, "", use.starts_with("policy") ? "under p\n" : ""));
    BOOST_TEST_CONTEXT(use << testing::rendered(compiled)) {
      BOOST_TEST(!compiled.module.has_value());
      BOOST_REQUIRE(compiled.diagnostics.size() >= 2U);
      BOOST_TEST(compiled.diagnostics[0].message ==
                 "the channel `sms` sends to `contact.phone`, which the contact does not have");
      BOOST_TEST(compiled.diagnostics[1].message ==
                 "the channel `sms` asks for `contact.consent.sms`, which the contact does not have");
      BOOST_TEST(compiled.diagnostics[0].secondary.size() == 2U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_channel_of_the_project_stands_in_for_the_librarys) {
  const Module module = module_of(
      project("channel sms { to contact.email consent not needed because \"a test\" content { words: Text } }\n"
              "content n { sms { words \"a\" } }\n"));
  BOOST_TEST(std::count_if(module.channels.begin(), module.channels.end(),
                           [](const bytecode::Channel& c) { return c.name == "sms"; }) == 1);
  BOOST_TEST(module.contents.back().variants[0].slots[0].name == "words");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
