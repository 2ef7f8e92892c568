// What the compiler's tests share: small projects in memory, the files of the repository, and values of expressions.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "runtime/vm/vm.hpp"

namespace fairlead::compiler::testing {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every diagnostic as a person reads it, with an empty line between.
inline std::string rendered(const Compiled& compiled) {
  std::string out;
  for (const grammar::Diagnostic& d : compiled.diagnostics) {
    if (!out.empty()) out += '\n';
    out += grammar::render(d, compiled.files, false);
  }
  return out;
}

/// Without lints and proofs: small projects leave out much that they would ask for, and break what they like.
inline Compiled compile_text(std::string text) {
  return compile({grammar::Source("test.lead", std::move(text))}, {}, {.lint = false, .prove = false, .folder = {}});
}

inline Compiled lint_text(std::string text) {
  return compile({grammar::Source("test.lead", std::move(text))});
}

/// What most projects have. A test adds the rest.
inline std::string project(const std::string& rest, const std::string& fields = "", const std::string& settings = "") {
  return "use std.channels\nproject acme {\n  time zone \"Europe/Oslo\"\n  currency USD\n" + settings +
         "}\nrecord contact {\n  key email: Email\n  first_name: Text?\n  country: Country\n  plan: free | pro | "
         "enterprise\n"
         "  mrr: Money?\n  visits: Number\n  vip: Bool\n  signed_up: Date\n  renews: Instant?\n  consent: { email: "
         "Consent }\n" +
         fields +
         "}\nevent downloaded { asset: Text, pages: Number? }\nevent visited { page: Text }\nevent became_mql\n"
         "goal qualified { reach became_mql within 14 days }\n"
         "content welcome { email { subject \"Welcome\" body \"Here it is.\" } }\n" +
         rest;
}

inline std::string workflow(const std::string& steps, const std::string& head = "enter on downloaded\n") {
  return "workflow nurture for contact {\n" + head + "steps {\n" + steps + "\n}\n}\n";
}

/// The value of an expression as a text shows it, or what is wrong with it.
struct Shown {
  std::string text;
  std::vector<grammar::Diagnostic> diagnostics;
};

inline Shown show(const std::string& expression, const std::map<std::string, Value>& contact = {},
                  const std::string& fields = "") {
  const Compiled compiled =
      compile_text(project("channel probe { consent not needed because \"a test\" content { text: Text } }\n"
                           "content shown { probe { text \"{" +
                               expression + "}\" } }\n",
                           fields));
  if (!compiled.module) return {rendered(compiled), compiled.diagnostics};
  const bytecode::Module& module = *compiled.module;
  std::vector<Value> values(module.fields.size());
  for (std::size_t i = 0; i < module.fields.size(); ++i) {
    const auto given = contact.find(module.fields[i].name);
    if (given != contact.end()) values[i] = given->second;
  }
  const vm::Program program(module);
  vm::World world;
  world.fields = values;
  world.now = Instant{1'795'435'200'000};  // 2026-11-23T12:00:00Z
  world.count = [](bytecode::Index) { return 3U; };
  Arena arena;
  const bytecode::Index function = module.contents.back().variants.front().slots.front().text;
  const Result<Value> value = program.evaluate(function, world, arena);
  return {value ? std::string(value->as_text()) : "a fault", {}};
}

/// Whether a condition holds, as the segment that asks it.
inline std::string holds(const std::string& condition, const std::map<std::string, Value>& contact = {}) {
  const Compiled compiled = compile_text(project("segment asked = " + condition + "\n"));
  if (!compiled.module) return rendered(compiled);
  const bytecode::Module& module = *compiled.module;
  std::vector<Value> values(module.fields.size());
  for (std::size_t i = 0; i < module.fields.size(); ++i) {
    const auto given = contact.find(module.fields[i].name);
    if (given != contact.end()) values[i] = given->second;
  }
  const vm::Program program(module);
  vm::World world;
  world.fields = values;
  world.now = Instant{1'795'435'200'000};
  world.count = [](bytecode::Index) { return 3U; };
  Arena arena;
  const Result<Value> value = program.evaluate(module.segments.front().when, world, arena);
  if (!value) return "a fault";
  return value->as_bool() ? "yes" : "no";
}

/// The codes of what is wrong with a text, in the order of their places.
inline std::vector<grammar::Code> codes_of(const std::string& text) {
  std::vector<grammar::Code> out;
  for (const grammar::Diagnostic& d : compile_text(text).diagnostics) out.push_back(d.code);
  return out;
}

}  // namespace fairlead::compiler::testing
