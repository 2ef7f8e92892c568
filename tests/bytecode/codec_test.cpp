// Modules as bytes: what is written is read, and nothing else is.
#include <boost/test/unit_test.hpp>

#include "runtime/values/bytes.hpp"
#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

std::string problem_of(std::string_view bytes) {
  const auto module = decode(bytes);
  if (module) return "";
  BOOST_TEST((module.error().code == FaultCode::module_damaged));
  return module.error().args.at(0);
}

std::string body_of(const Module& module) {
  return encode(module).substr(header_bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const Module sample = sample_module();
  const std::string bytes = encode(sample);
  const auto read = decode(bytes);
  BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().args.at(0)));
  BOOST_TEST((*read == sample));
  BOOST_TEST((encode(*read) == bytes));
}

BOOST_AUTO_TEST_CASE(a_version_is_known_by_its_body) {
  Module sample = sample_module();
  const auto first = fingerprint(sample);
  BOOST_TEST((first == sha256(body_of(sample))));
  BOOST_TEST((view(first) == encode(sample).substr(8, 32)));
  sample.steps[0].line = 11;
  BOOST_TEST((fingerprint(sample) != first));
}

BOOST_AUTO_TEST_CASE(every_flip_of_a_byte_is_refused) {
  std::string bytes = encode(sample_module());
  for (char& byte : bytes) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      byte = static_cast<char>(byte ^ flip);
      BOOST_REQUIRE(!decode(bytes));
      byte = static_cast<char>(byte ^ flip);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_shorter_file_is_refused) {
  const std::string bytes = encode(sample_module());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_REQUIRE(!decode(std::string_view(bytes).substr(0, size)));
  const std::string_view body = std::string_view(bytes).substr(header_bytes);
  for (std::size_t size = 0; size < body.size(); ++size) BOOST_REQUIRE(!decode(seal(body.substr(0, size))));
}

BOOST_AUTO_TEST_CASE(each_damage_is_told_apart) {
  const std::string bytes = encode(sample_module());
  BOOST_TEST(problem_of("") == "it is not a compiled Fairlead project");
  BOOST_TEST(problem_of("workflow x { }") == "it is not a compiled Fairlead project");
  BOOST_TEST(problem_of(bytes.substr(0, 39)) == "it ends too early");
  BOOST_TEST(problem_of(bytes.substr(0, bytes.size() - 1)) == "its checksum does not match");
  const std::string body = bytes.substr(header_bytes);
  BOOST_TEST(problem_of(seal(body.substr(0, body.size() - 1))) == "it ends too early");
  BOOST_TEST(problem_of(seal(body + "x")) == "it goes on after its end");
}

BOOST_AUTO_TEST_CASE(another_version_says_so) {
  std::string bytes = encode(sample_module());
  bytes[4] = 99;
  const auto module = decode(bytes);
  BOOST_REQUIRE(!module);
  BOOST_TEST((module.error() == Fault{FaultCode::module_version, {"99", std::to_string(format_version)}}));
}

BOOST_AUTO_TEST_CASE(a_table_may_not_claim_more_than_is_there) {
  ByteWriter body;
  body.bytes("acme");
  body.bytes("UTC");
  body.bytes("EUR");
  body.varint(std::uint64_t{1} << 62U);  // constants
  BOOST_TEST(problem_of(seal(body.str())) == "a table is longer than the module");
}

BOOST_AUTO_TEST_CASE(a_kind_that_there_is_not_is_refused) {
  Module sample = sample_module();
  sample.steps[0].kind = static_cast<StepKind>(200);
  BOOST_TEST(problem_of(encode(sample)) == "a kind is not one of those there are");
  sample = sample_module();
  sample.constants[0].tag = static_cast<Tag>(10);
  BOOST_TEST(problem_of(encode(sample)) == "a kind is not one of those there are");
}

BOOST_AUTO_TEST_CASE(a_truth_value_is_zero_or_one) {
  // Nothing but the flag of the one event differs between the two bodies.
  Module m;
  m.project = "acme";
  m.zone = "UTC";
  m.events = {{"e", {}, false}};
  std::string body = body_of(m);
  m.events[0].of_message = true;
  const std::string other = body_of(m);
  const auto differs = std::mismatch(body.begin(), body.end(), other.begin()).first;
  *differs = 2;
  BOOST_TEST(problem_of(seal(body)) == "a truth value is neither true nor false");
}

BOOST_AUTO_TEST_CASE(lists_nest_eight_deep_and_no_deeper) {
  Module m = sample_module();
  const auto nested = [](int lists) {
    Constant c = text_constant("core");
    for (int i = 0; i < lists; ++i) {
      Constant list = constant(Tag::list, 0);
      list.items.push_back(std::move(c));
      c = std::move(list);
    }
    return c;
  };
  m.constants.push_back(nested(8));
  BOOST_TEST(problem_of(encode(m)) == "");
  m.constants.back() = nested(9);
  BOOST_TEST(problem_of(encode(m)) == "lists are nested too deep");
  m.constants.back() = nested(5'000);
  BOOST_TEST(problem_of(encode(m)) == "lists are nested too deep");

  m = sample_module();
  FieldType type = type_of(TypeKind::text);
  for (int i = 0; i < 5'000; ++i) {
    FieldType list = type_of(TypeKind::list);
    list.element.push_back(std::move(type));
    type = std::move(list);
  }
  m.fields[0].type = std::move(type);
  BOOST_TEST(problem_of(encode(m)) == "lists are nested too deep");
}

BOOST_AUTO_TEST_CASE(what_is_read_is_verified) {
  Module sample = sample_module();
  sample.workflows[0].first = none;
  BOOST_TEST(problem_of(encode(sample)) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
