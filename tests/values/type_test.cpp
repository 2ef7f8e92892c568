// Types as text, and values from outside text: good and bad ones of every type.
#include "runtime/values/type.hpp"
#include "runtime/values/limits.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

namespace fairlead {
namespace {

FieldType of(TypeKind kind) {
  FieldType out;
  out.kind = kind;
  return out;
}
FieldType money(std::string currency) {
  FieldType out = of(TypeKind::money);
  out.currency = std::move(currency);
  return out;
}
FieldType choice(std::vector<std::string> members) {
  FieldType out = of(TypeKind::enumeration);
  out.members = std::move(members);
  return out;
}
FieldType list(FieldType element) {
  FieldType out = of(TypeKind::list);
  out.element.push_back(std::move(element));
  return out;
}
FieldType maybe(FieldType type) {
  type.optional = true;
  return type;
}

/// The value as it renders, or `!` and what was expected.
std::string read(std::string_view text, const FieldType& type) {
  Arena arena;
  const auto value = parse_value(text, type, arena);
  if (value) return render(*value, type.currency);
  BOOST_TEST((value.error().code == FaultCode::not_a_value));
  BOOST_TEST(value.error().args.size() == 2U);
  return "!" + value.error().args.at(1);
}

bool refused(std::string_view text, const FieldType& type) {
  return read(text, type).starts_with('!');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types)

BOOST_AUTO_TEST_CASE(names) {
  BOOST_TEST(to_string(of(TypeKind::boolean)) == "Bool");
  BOOST_TEST(to_string(maybe(of(TypeKind::timezone))) == "TimeZone?");
  BOOST_TEST(to_string(of(TypeKind::money)) == "Money");
  BOOST_TEST(to_string(money("EUR")) == "Money in EUR");
  BOOST_TEST(to_string(maybe(money("EUR"))) == "Money in EUR?");
  BOOST_TEST(to_string(choice({"free", "pro"})) == "free | pro");
  BOOST_TEST(to_string(maybe(choice({"free", "pro"}))) == "(free | pro)?");
  BOOST_TEST(to_string(list(of(TypeKind::text))) == "List of Text");
  BOOST_TEST(to_string(list(maybe(of(TypeKind::text)))) == "List of Text?");
  BOOST_TEST(to_string(maybe(list(of(TypeKind::text)))) == "(List of Text)?");
  BOOST_TEST(to_string(list(choice({"a", "b"}))) == "List of (a | b)");
  BOOST_TEST(to_string(list(maybe(choice({"a", "b"})))) == "List of (a | b)?");
}

BOOST_AUTO_TEST_CASE(optional_and_required) {
  for (const TypeKind kind : {TypeKind::boolean, TypeKind::number, TypeKind::text, TypeKind::money, TypeKind::duration,
                              TypeKind::instant, TypeKind::date, TypeKind::time, TypeKind::timezone, TypeKind::country,
                              TypeKind::email, TypeKind::phone, TypeKind::url, TypeKind::html}) {
    const bool may_be_empty = kind == TypeKind::text || kind == TypeKind::html;
    BOOST_TEST(read("", maybe(of(kind))) == "none");
    BOOST_TEST(refused("", of(kind)) == !may_be_empty, to_string(of(kind)));
    BOOST_TEST(refused("\xFF\xFE", maybe(of(kind))), to_string(of(kind)));
  }
  BOOST_TEST(read("", maybe(choice({"a"}))) == "none");
  BOOST_TEST(read("", maybe(list(of(TypeKind::text)))) == "none");
  BOOST_TEST(refused("", choice({"a"})));
}

BOOST_AUTO_TEST_CASE(the_fault_says_what_was_expected) {
  Arena arena;
  const auto got = parse_value("gold", choice({"free", "pro"}), arena);
  BOOST_TEST((got.error() == Fault{FaultCode::not_a_value, {"gold", "one of free, pro"}}));
  BOOST_TEST(describe(got.error()) == "\"gold\" is not one of free, pro");
}

BOOST_AUTO_TEST_CASE(plain_kinds) {
  for (const char* t : {"true", "1", "yes", "TRUE", "Yes"}) BOOST_TEST(read(t, of(TypeKind::boolean)) == "true", t);
  for (const char* f : {"false", "0", "no", "False"}) BOOST_TEST(read(f, of(TypeKind::boolean)) == "false", f);
  for (const char* bad : {"y", "2", "on", "true "}) BOOST_TEST(refused(bad, of(TypeKind::boolean)), bad);

  BOOST_TEST(read("-1234.50", of(TypeKind::number)) == "-1234.5");
  for (const char* bad : {"1,000", "abc", "1e5", "999999999999999999999999999999999"}) {
    BOOST_TEST(refused(bad, of(TypeKind::number)), bad);
  }
  BOOST_TEST(read("Zoë, \"x\"", of(TypeKind::text)) == "Zoë, \"x\"");
  BOOST_TEST(refused("caf\xE9", of(TypeKind::text)));       // Latin-1
  BOOST_TEST(refused("\xC0\xAF", of(TypeKind::html)));      // overlong
  BOOST_TEST(refused("\xED\xA0\x80", of(TypeKind::text)));  // a surrogate
  BOOST_TEST(read("<b>\U0001F600</b>", of(TypeKind::html)) == "<b>\U0001F600</b>");

  BOOST_TEST(read("2026-11-23T09:00Z", of(TypeKind::instant)) == "2026-11-23T09:00:00Z");
  BOOST_TEST(refused("yesterday", of(TypeKind::instant)));
  BOOST_TEST(read("2026-11-23", of(TypeKind::date)) == "2026-11-23");
  BOOST_TEST(refused("23/11/2026", of(TypeKind::date)));
  BOOST_TEST(read("09:00", of(TypeKind::time)) == "09:00");
  BOOST_TEST(refused("9am", of(TypeKind::time)));
  BOOST_TEST(read("Europe/Oslo", of(TypeKind::timezone)) == "Europe/Oslo");
  BOOST_TEST(refused("localtime", of(TypeKind::timezone)));
  BOOST_TEST(read("NO", of(TypeKind::country)) == "NO");
  for (const char* bad : {"no", "NOR", "UK", "EU", "ZZ", "Norway"})
    BOOST_TEST(refused(bad, of(TypeKind::country)), bad);
}

BOOST_AUTO_TEST_CASE(durations) {
  const FieldType type = of(TypeKind::duration);
  BOOST_TEST(read("3 days", type) == "3 days");
  BOOST_TEST(read("1 day", type) == "1 day");
  BOOST_TEST(read("2 weeks", type) == "14 days");
  BOOST_TEST(read("90 minutes", type) == "90 minutes");
  BOOST_TEST(read("250 ms", type) == "250 ms");
  for (const char* bad : {"3", "days", "3days", "3  days", "1.5 days", "3 months", "3 dayss", "3 Days", "+3 days",
                          "9223372036854775807 weeks", "99999999999999999999 days", "3 days ago"}) {
    BOOST_TEST(refused(bad, type), bad);
  }
  // More than a record keeps (runtime/values/limits.hpp).
  BOOST_TEST(refused("11574075 days", type));
  BOOST_TEST(read("11574074 days", type) == "11574074 days");
  BOOST_TEST(rc::check("there and back", [&] {
    const Duration d{*rc::gen::arbitrary<std::int64_t>() % longest_on_record_ms};
    Arena arena;
    RC_ASSERT(parse_value(to_string(d), type, arena).value() == Value::of(d));
  }));
}

BOOST_AUTO_TEST_CASE(amounts) {
  for (const char* good : {"5", "5.00", "$5", "$ 5", "USD 5", "USD5", "5 USD", "5USD", "5$"}) {
    BOOST_TEST(read(good, money("USD")) == "$5", good);
  }
  for (const char* good : {"-5.5", "-$5.5", "$-5.5", "-5.50 USD"})
    BOOST_TEST(read(good, money("USD")) == "-$5.50", good);
  BOOST_TEST(read("2000.50 €", money("EUR")) == "€2000.50");
  BOOST_TEST(read("JPY 500", money("JPY")) == "JPY 500");
  for (const char* bad : {"€5", "EUR 5", "5 EUR", "$", "USD", "$$5", "$5 USD", "--5", "-$-5", "5,00", "$1,000", "usd 5",
                          "5  USD", " 5", "US$5"}) {
    BOOST_TEST(refused(bad, money("USD")), bad);
  }
  BOOST_TEST(refused("$5", money("CAD")));
  BOOST_TEST(refused("$5", money("")));
  BOOST_TEST(read("€5", money("USD")) == "!an amount of money in USD such as $5");
}

BOOST_AUTO_TEST_CASE(emails) {
  const std::string local64(64, 'a');
  const std::string label63(63, 'b');
  for (const std::string& good :
       {std::string("kim@example.com"), std::string("k.i+m/x=y@mail.example.co.uk"),
        std::string("\"kim a\"@example.com"), std::string("\"a@b\"@example.com"),
        std::string("o'neil@xn--bcher-kva.example"), local64 + "@example.com", "a@" + label63 + ".no"}) {
    BOOST_TEST(is_email(good), good);
  }
  for (const std::string& bad : {std::string(""),
                                 std::string("kim"),
                                 std::string("@example.com"),
                                 std::string("kim@"),
                                 std::string("kim@example"),
                                 std::string(".kim@example.com"),
                                 std::string("kim.@example.com"),
                                 std::string("k..m@example.com"),
                                 std::string("kim@.com"),
                                 std::string("kim@example..com"),
                                 std::string("kim@example.com."),
                                 std::string("kim@-example.com"),
                                 std::string("kim@example-.com"),
                                 std::string("kim@exam_ple.com"),
                                 std::string("kim a@example.com"),
                                 std::string("kim@example.com "),
                                 std::string("kim@exa mple.com"),
                                 std::string("kim@ola@example.com"),
                                 std::string("Kim <kim@example.com>"),
                                 std::string("\"kim@example.com"),
                                 std::string("\"a\"b\"@example.com"),
                                 std::string("\"a\\\"@example.com"),
                                 std::string("kim@1.2.3.4"),
                                 std::string("kim\n@example.com"),
                                 std::string("kïm@example.com"),
                                 local64 + "a@example.com",
                                 "a@b" + label63 + ".no",
                                 "a@" + label63 + "." + label63 + "." + label63 + "." + label63 + ".no"}) {
    BOOST_TEST(!is_email(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(phones) {
  for (const char* good : {"+4712345678", "+15551234567", "+123456789012345"}) BOOST_TEST(is_phone(good), good);
  for (const char* bad : {"", "+", "+1", "4712345678", "+0471234567", "+47 12345678", "+1234567890123456",
                          "+47-1234567", "+47123456x", "0047123456"}) {
    BOOST_TEST(!is_phone(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(urls) {
  for (const char* good : {"https://example.com", "http://example.com/", "HTTPS://Example.com/a?b=c&d=%C3%A9#e",
                           "https://localhost:8080/x", "http://192.0.2.1/", "http://[2001:db8::1]:80/x",
                           "https://example.com?x", "https://example.com/a@b"}) {
    BOOST_TEST(is_url(good), good);
  }
  for (const char* bad : {"",
                          "example.com",
                          "ftp://example.com",
                          "https://",
                          "https:///x",
                          "https:/example.com",
                          "javascript:alert(1)",
                          "https://exa mple.com",
                          "https://example.com/a b",
                          "https://example.com/é",
                          "https://example.com/%zz",
                          "https://example.com/%4",
                          "https://bank.example@evil.example/",
                          "https://example.com:0",
                          "https://example.com:",
                          "https://example.com:99999",
                          "https://-x.com",
                          "https://a..b",
                          "http://[::1",
                          "http://[]/",
                          "http://[zz::1]/",
                          "https://example.com/<script>",
                          " https://example.com",
                          "https://example.com\n"}) {
    BOOST_TEST(!is_url(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(codes) {
  for (const char* good : {"US", "NO", "GB", "AX", "ZW", "AD"}) BOOST_TEST(is_country(good), good);
  for (const char* bad : {"", "XK", "UK", "us", "AN", "USA", "U"}) BOOST_TEST(!is_country(bad), bad);
  for (const char* good : {"USD", "EUR", "GBP", "JPY", "NOK", "AED", "ZWG", "XCG", "SLE", "VES", "XOF"}) {
    BOOST_TEST(is_currency(good), good);
  }
  for (const char* bad : {"", "usd", "US", "DEM", "HRK", "BGN", "ZWL", "ANG", "XXX", "XTS", "XAU", "BTC", "$"}) {
    BOOST_TEST(!is_currency(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(lists) {
  const FieldType texts = list(of(TypeKind::text));
  BOOST_TEST(read("", texts) == "[]");
  BOOST_TEST(read("[]", texts) == "[]");
  BOOST_TEST(read("[a, b]", texts) == "[a, b]");
  BOOST_TEST(read("a,b", texts) == "[a, b]");
  BOOST_TEST(read("a b , c", texts) == "[a b, c]");
  BOOST_TEST(read("\"a, b\", c", texts) == "[a, b, c]");
  BOOST_TEST(read("[\"say \"\"hi\"\"\"]", texts) == "[say \"hi\"]");
  BOOST_TEST(read("5\", 6\"", texts) == "[5\", 6\"]");
  BOOST_TEST(read("\"\", a", texts) == "[, a]");
  for (const char* bad : {"[a", "a,,b", "a,", ",", "\"a", "\"a\"b, c", "a, \"b"}) BOOST_TEST(refused(bad, texts), bad);
  BOOST_TEST(read("1, 2.50", list(of(TypeKind::number))) == "[1, 2.5]");
  BOOST_TEST(read("1, x", list(of(TypeKind::number))) == "!a number such as 1234.5");
  BOOST_TEST(read("1, , 2", list(maybe(of(TypeKind::number)))) == "[1, none, 2]");
  BOOST_TEST(read("[[a, b], []]", list(texts)) == "[[a, b], []]");
  BOOST_TEST(read("[[\"],\", b]]", list(texts)) == "[[],, b]]");
  for (const char* bad : {"[a], [b]", "[[a]", "[[a]]]", "[a]]"}) BOOST_TEST(refused(bad, list(texts)), bad);
}

BOOST_AUTO_TEST_CASE(the_bytes_belong_to_the_arena) {
  Arena arena;
  std::string text = "NO";
  const Value v = parse_value(text, of(TypeKind::country), arena).value();
  text = "SE";
  BOOST_TEST(v.as_text() == "NO");
}

BOOST_AUTO_TEST_CASE(noise_does_no_harm) {
  const std::vector<FieldType> all = {
      of(TypeKind::boolean),  of(TypeKind::number),     money("USD"),
      of(TypeKind::duration), of(TypeKind::instant),    of(TypeKind::date),
      of(TypeKind::time),     of(TypeKind::timezone),   of(TypeKind::email),
      of(TypeKind::url),      list(of(TypeKind::text)), list(list(of(TypeKind::number)))};
  BOOST_TEST(rc::check("any text gives a value or the fault", [&] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::elementOf(std::string("0123456789-+:TZ.,\"[] $@/")), rc::gen::arbitrary<char>()));
    for (const FieldType& type : all) {
      Arena arena;
      const auto value = parse_value(text, type, arena);
      RC_ASSERT(value || value.error().code == FaultCode::not_a_value);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
