// What can be read is laid out without losing a token, and laying it out again changes nothing.
#include <cstdlib>

#include "grammar/format.hpp"

using namespace fairlead::grammar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Source source("fuzz.lead", std::string(reinterpret_cast<const char*>(data), size));
  const Parsed parsed = parse(source, 0);
  if (!parsed.diagnostics.empty()) return 0;
  // `format` would hide a lost token by giving back the author's text.
  const Source laid_out("fuzz.lead", lay_out(parsed.tree));
  const Parsed again = parse(laid_out, 0);
  if (!again.diagnostics.empty() || !same_but_for_blanks(parsed.tree, again.tree)) std::abort();
  if (lay_out(again.tree) != laid_out.text()) std::abort();
  return 0;
}
