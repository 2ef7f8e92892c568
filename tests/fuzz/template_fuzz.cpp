// Any bytes as a template: read, or refused with a reason; and a project that shows one compiles or says why not.
#include <cstdlib>

#include "compiler/compile.hpp"

using namespace fairlead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const std::string project =
      "use std.channels\nproject p { time zone \"Europe/Oslo\" }\nrecord contact {\n  key email: Email\n  name: Text\n "
      " site: Url\n"
      "  consent: { email: Consent }\n}\ncontent c { email { subject \"s\" body file \"page.html\" } }\n";
  const compiler::ProjectFiles files{
      "", [&](const std::string&) -> tl::expected<std::string, compiler::Unread> { return text; }};
  const compiler::Compiled compiled = compiler::compile({grammar::Source("main.lead", project)}, files);
  if (compiled.module.has_value() != (compiled.errors() == 0)) std::abort();
  if (compiled.module && !bytecode::verify(*compiled.module)) std::abort();
  for (const grammar::Diagnostic& d : compiled.diagnostics) {
    if (grammar::render(d, compiled.files, false).empty()) std::abort();
  }
  return 0;
}
