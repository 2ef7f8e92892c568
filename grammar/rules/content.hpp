// Channels, and what is said on them.
#pragma once

#include "grammar/rules/blocks.hpp"

namespace fairlead::grammar::rules {

struct channel_to : spaced<kw<"to">, path> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_consent
    : seq<kw<"consent">, hs,
          sor<seq<spaced<kw<"not">, kw<"needed">, kw<"because">, text>>, seq<path, maybe<kw<"withdrawn">, hs, kw<"on">, hs, listed<name>>>>> {
  static constexpr Kind kind = Kind::clause;
};
struct slot_declaration : seq<name, hs, sym<":">, gap, type, maybe<kw<"up">, hs, kw<"to">, hs, number, hs, kw<"characters">>> {
  static constexpr Kind kind = Kind::field;
};
struct channel_content : seq<kw<"content">, hs, block<slot_declaration, Where::slots>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_reports : spaced<kw<"reports">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_cost : spaced<kw<"cost">, money> {
  static constexpr Kind kind = Kind::clause;
};
struct channel : seq<kw<"channel">, hs, name, hs, block<sor<channel_to, channel_consent, channel_content, channel_reports, channel_cost>, Where::channel>> {
  static constexpr Kind kind = Kind::channel;
};

struct slot : seq<name, hs, text> {
  static constexpr Kind kind = Kind::slot;
};
struct variant : seq<name, hs, block<slot, Where::texts>> {
  static constexpr Kind kind = Kind::variant;
};
struct parameter : seq<name, hs, sym<":">, gap, type> {
  static constexpr Kind kind = Kind::parameter;
};
struct content : seq<kw<"content">, hs, name, opt<sym<"(">, gap, listed<parameter>, gap, sym<")">>, maybe<kw<"transactional">>, hs,
                     block<variant, Where::content>> {
  static constexpr Kind kind = Kind::content;
};

}  // namespace fairlead::grammar::rules
