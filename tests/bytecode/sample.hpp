// A module made by hand that has something of everything, and what its functions are made with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::bytecode {

Constant text_constant(std::string text);
Constant constant(Tag tag, int128 units);
/// Each instruction on a line of its own.
Function function_of(std::string name, std::uint32_t registers, std::vector<Instruction> code);
FieldType type_of(TypeKind kind);

/// Every struct of module.hpp occurs, and every member is different from its initial value somewhere.
Module sample_module();

/// The same file with `body` in it and a checksum that fits.
std::string seal(std::string_view body);
constexpr std::size_t header_bytes = 40;

std::string read_file(const std::string& path);
/// Compares with a file below tests/; with FAIRLEAD_UPDATE set in the environment, writes it instead.
void check_golden(const std::string& path, const std::string& text);

}  // namespace fairlead::bytecode
