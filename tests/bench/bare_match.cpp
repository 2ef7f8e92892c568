// The grammar's rules matched by PEGTL and nothing kept.
#include "tests/bench/bare_match.hpp"

#include "grammar/rules/file.hpp"

namespace fairlead::bench {

namespace {

/// Recovery asks for somebody to tell; here it is a failure.
struct Listener {
  bool recovered = false;
  void begin_error(grammar::rules::Where, std::uint32_t) { recovered = true; }
};

}  // namespace

bool bare_match(std::string_view text) {
  namespace pegtl = tao::pegtl;
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, std::string_view> in(
      text.data(), text.data() + text.size(), std::string_view{});
  Listener listener;
  return pegtl::parse<grammar::rules::file>(in, listener) && !listener.recovered;
}

}  // namespace fairlead::bench
