// Blocks and recovery. A block reads its items one by one; an item that cannot be read becomes an error node up to the
// end of its line (its own braces included), and the next item is read as if nothing had happened: one mistake,
// one message. A block whose closing brace is missing ends where the next declaration begins in the first column.
#pragma once

#include "grammar/rules/expressions.hpp"
#include "grammar/skim.hpp"
#include "grammar/where.hpp"

namespace fairlead::grammar::rules {

/// Skips what could not be read and records an error node.
template <Where Place>
struct recover {
  using rule_t = recover;
  static constexpr Kind kind = Kind::error;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <class...> class Action,
            template <class...> class Control, class Input, class Builder>
  static bool match(Input& in, Builder& builder) {
    const std::string_view s = rest(in);
    if (s.empty() || (Place != Where::declaration && s[0] == '}')) return false;
    builder.begin_error(Place, static_cast<std::uint32_t>(in.current() - in.begin()));
    // At least one byte, so that reading moves on.
    in.bump(std::max<std::size_t>(skim_item(s, Place), 1));
    return true;
  }
};

/// The closing brace, or its absence: at the end of the file, or where a declaration begins.
struct missing_close : sor<eof, at<declaration_start>> {
  static constexpr Kind kind = Kind::unclosed;
};
struct close : sor<sym<"}">, missing_close> {};

template <class Item, Where Place>
struct items
    : star<not_at<sor<sym<"}">, declaration_start>>, sor<Item, recover<Place>>, hs, opt<quiet<sym<",">>>, gap> {};

template <class Item, Where Place>
struct block : seq<sym<"{">, gap, items<Item, Place>, close> {
  static constexpr Kind kind = Kind::block;
  static constexpr bool nests = true;
};

/// `{ city: "Oslo", code: "0150" }`: only where no block could stand.
struct record_part : seq<name, hs, sym<":">, gap, sor<record_value, expression>> {
  static constexpr Kind kind = Kind::argument;
};
struct record_value : block<record_part, Where::given> {};

}  // namespace fairlead::grammar::rules

namespace tao::pegtl {

template <class Name, fairlead::grammar::rules::Where Place>
struct analyze_traits<Name, fairlead::grammar::rules::recover<Place>> : analyze_any_traits<> {};

}  // namespace tao::pegtl
