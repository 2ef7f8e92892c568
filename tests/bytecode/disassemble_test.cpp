// The disassembly, and the reference's table of instructions, which is made from opcodes.def.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/bytecode/sample.hpp"

namespace fairlead::bytecode {
namespace {

std::string table_of_opcodes() {
  std::string out = "| number | name | shape | operands | meaning |\n|---|---|---|---|---|\n";
  for (unsigned op = 0; op < opcode_count; ++op) {
    const OpcodeInfo i = info(static_cast<Opcode>(op));
    std::string operands;
    for (const char letter : i.operands)
      operands += operands.empty() ? fmt::format("{}", letter) : fmt::format(" {}", letter);
    out += fmt::format("| {} | `{}` | {} | `{}` | {} |\n", op, i.name, i.shape, operands, i.meaning);
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disassembly)

BOOST_AUTO_TEST_CASE(the_sample_reads_as_it_did) {
  const std::string text = disassemble(sample_module());
  check_golden("bytecode/sample.disasm", text);
  BOOST_TEST(text == disassemble(*decode(encode(sample_module()))));
}

BOOST_AUTO_TEST_CASE(the_reference_has_the_table) {
  const std::string table = table_of_opcodes();
  const std::string page = read_file(std::string(FAIRLEAD_SOURCE_DIR) + "/docs/reference/bytecode.md");
  BOOST_TEST(page.ends_with("\n\n" + table), "docs/reference/bytecode.md must end with this table:\n" << table);
}

BOOST_AUTO_TEST_CASE(what_an_instruction_is_called) {
  BOOST_TEST(info(Opcode::load).name == "load");
  BOOST_TEST(info(Opcode::give).operands == "r.");
  BOOST_TEST(info(static_cast<Opcode>(255)).name == "unknown");
  BOOST_TEST(opcode_count == static_cast<unsigned>(Opcode::give) + 1);
  for (unsigned op = 0; op < opcode_count; ++op) {
    const OpcodeInfo i = info(static_cast<Opcode>(op));
    BOOST_TEST(i.operands.size() == (i.shape == "AX" ? 2U : 3U), i.name);
    BOOST_TEST((i.shape == "AX" || i.shape == "ABC"), i.name);
    BOOST_TEST(i.operands.find_first_not_of("rkfenjithxplsu.") == std::string_view::npos, i.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::bytecode
