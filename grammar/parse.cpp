// From text to tree: runs the PEGTL rules and collects nodes in post-order. This is the only translation unit that
// includes PEGTL.
#include "grammar/rules/file.hpp"
#include "grammar/rules/template.hpp"
#include "grammar/syntax_error.hpp"

#include <tao/pegtl/contrib/analyze.hpp>

namespace fairlead::grammar {

namespace {

namespace pegtl = tao::pegtl;

/// Deeper than anyone writes, shallow enough for every stack (sanitizers included).
constexpr unsigned deepest = 100;

struct Builder {
  std::vector<TreeNode> nodes;
  std::vector<SyntaxError> errors;
  unsigned depth = 0;
  // Where the furthest token failed, and what would have been right there: only kept on the second pass, which
  // runs when the first found a mistake.
  bool explain = false;
  std::uint32_t furthest = 0;
  std::vector<std::string_view> expected;

  void begin_error(rules::Where place, std::uint32_t begin) {
    errors.push_back(
        {place, begin, std::max(furthest, begin), furthest >= begin ? expected : std::vector<std::string_view>{}});
    furthest = 0;
    expected.clear();
  }

  void note(std::uint32_t at, std::string_view label) {
    if (at < furthest) return;
    if (at > furthest) {
      furthest = at;
      expected.clear();
    }
    if (std::find(expected.begin(), expected.end(), label) == expected.end()) expected.push_back(label);
  }
};

template <class Rule>
concept Recorded = requires {
  Rule::kind;
};
template <class Rule>
concept Labelled = requires {
  Rule::label;
};
template <class Rule>
concept Nesting = requires {
  Rule::nests;
};

template <class Rule>
struct control : pegtl::normal<Rule> {
  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <class...> class Action,
            template <class...> class Control, class Input>
  static bool match(Input& in, Builder& builder) {
    using Base = pegtl::normal<Rule>;
    if constexpr (A == pegtl::apply_mode::nothing) {
      return Base::template match<A, M, Action, Control>(in, builder);
    } else {
      const std::size_t mark = builder.nodes.size();
      const auto begin = static_cast<std::uint32_t>(in.current() - in.begin());
      const std::size_t labels = builder.expected.size();
      const std::uint32_t furthest = builder.furthest;
      if constexpr (Nesting<Rule>) {
        if (++builder.depth > deepest) throw pegtl::parse_error("nested too deeply", in);
      }
      const bool matched = Base::template match<A, M, Action, Control>(in, builder);
      if constexpr (Nesting<Rule>) --builder.depth;
      if (matched) {
        if constexpr (Recorded<Rule>)
          record(builder, mark, begin, static_cast<std::uint32_t>(in.current() - in.begin()));
        return true;
      }
      // A failed alternative leaves no nodes behind.
      if (builder.nodes.size() > mark) builder.nodes.resize(mark);
      if constexpr (Labelled<Rule>) {
        if (builder.explain && !Rule::label.empty()) {
          // What a named whole expects at its start is itself, not its many possible beginnings.
          if (builder.furthest == begin && furthest == begin && builder.expected.size() > labels)
            builder.expected.resize(labels);
          if (builder.furthest == begin && furthest < begin) builder.expected.clear();
          builder.note(begin, Rule::label);
        }
      }
      return false;
    }
  }

 private:
  static void record(Builder& builder, std::size_t mark, std::uint32_t begin, std::uint32_t end) {
    // A node spans its tokens, not the gaps around them.
    if (builder.nodes.size() > mark && Rule::kind != Kind::file) {
      begin = builder.nodes[mark].begin;
      end = builder.nodes.back().end;
    }
    builder.nodes.push_back({begin, end, static_cast<std::uint32_t>(builder.nodes.size() - mark + 1), Rule::kind});
  }
};

/// Runs the grammar from its rule `Start`; where nesting is too deep, gives the offset at which it was given up.
template <class Start>
std::optional<std::uint32_t> run(const Source& source, Builder& builder) {
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, std::string_view> in(
      source.text().data(), source.text().data() + source.text().size(), std::string_view{});
  try {
    // The grammar takes any text: what it cannot read becomes error nodes.
    pegtl::parse<Start, pegtl::nothing, control>(in, builder);
    return std::nullopt;
  } catch (const pegtl::parse_error& error) {
    return static_cast<std::uint32_t>(error.positions().front().byte);
  }
}

template <class Start, class Explain>
Parsed parse_as(const Source& source, std::uint32_t file, const Explain& explain) {
  Builder builder;
  builder.nodes.reserve(source.text().size() / 4 + 16);
  std::optional<std::uint32_t> given_up = run<Start>(source, builder);
  const bool mistaken = given_up || !builder.errors.empty() ||
                        std::any_of(builder.nodes.begin(), builder.nodes.end(),
                                    [](const TreeNode& n) { return n.kind == Kind::unclosed; });
  if (mistaken) {
    builder = Builder{};
    builder.explain = true;
    given_up = run<Start>(source, builder);
  }
  if (given_up) {
    builder.nodes.clear();
    builder.nodes.push_back({0, static_cast<std::uint32_t>(source.text().size()), 1, Kind::file});
    Diagnostic deep{Code::too_deep,
                    Severity::error,
                    "this is nested more deeply than Fairlead reads",
                    {file, {*given_up, *given_up + 1}, "too deep here"},
                    {},
                    "Give the inner part a name of its own: a segment, or a workflow."};
    return {Tree(source, std::move(builder.nodes)), {std::move(deep)}};
  }
  Tree tree(source, std::move(builder.nodes));
  std::vector<Diagnostic> diagnostics = mistaken ? explain(tree, builder.errors, file) : std::vector<Diagnostic>{};
  return {std::move(tree), std::move(diagnostics)};
}

}  // namespace

Parsed parse(const Source& source, std::uint32_t file) {
  return parse_as<rules::file>(source, file, explain_errors);
}

Parsed parse_template(const Source& source, std::uint32_t file) {
  return parse_as<rules::template_file>(source, file, explain_template_errors);
}

std::size_t grammar_problems() {
  return pegtl::analyze<rules::file>() + pegtl::analyze<rules::template_file>();
}

}  // namespace fairlead::grammar
