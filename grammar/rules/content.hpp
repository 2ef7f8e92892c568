// Channels, what is said on them, and the models that may write it.
#pragma once

#include "grammar/rules/blocks.hpp"

namespace fairlead::grammar::rules {

// ---- channels -----------------------------------------------------------------------------------------------------

struct channel_to : spaced<kw<"to">, path> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_consent : seq<kw<"consent">, hs,
                             sor<seq<spaced<kw<"not">, kw<"needed">, kw<"because">, text>>,
                                 seq<path, maybe<kw<"withdrawn">, hs, kw<"on">, hs, listed<name>>>>> {
  static constexpr Kind kind = Kind::clause;
};
struct slot_declaration
    : seq<name, hs, sym<":">, gap, type, maybe<kw<"up">, hs, kw<"to">, hs, number, hs, kw<"characters">>> {
  static constexpr Kind kind = Kind::field;
};
struct channel_content : seq<kw<"content">, hs, block<slot_declaration, Where::slots>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_reports : spaced<kw<"reports">, item_list<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct channel_cost : spaced<kw<"cost">, money> {
  static constexpr Kind kind = Kind::clause;
};
struct channel
    : seq<kw<"channel">, hs, name, hs,
          block<sor<channel_to, channel_consent, channel_content, channel_reports, channel_cost>, Where::channel>> {
  static constexpr Kind kind = Kind::channel;
};

// ---- texts --------------------------------------------------------------------------------------------------------

/// `file "demo_invite.html"`
struct file_text : spaced<kw<"file">, text> {
  static constexpr Kind kind = Kind::file_text;
};
/// A text that is there as it is: in quotes, or in a file.
struct fixed_text : sor<text, file_text> {};

/// `one of { plain "…"  urgent "…" }`
struct named_text : seq<name, hs, fixed_text> {
  static constexpr Kind kind = Kind::named_text;
};
struct one_of : seq<kw<"one">, hs, kw<"of">, hs, block<named_text, Where::one_of>> {
  static constexpr Kind kind = Kind::one_of;
};

/// `write with copywriter { prompt "…"  at most 900 characters  otherwise file "…" }`
struct written_prompt : spaced<kw<"prompt">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct written_length : spaced<kw<"at">, kw<"most">, number, kw<"characters">> {
  static constexpr Kind kind = Kind::clause;
};
struct written_otherwise : spaced<kw<"otherwise">, fixed_text> {
  static constexpr Kind kind = Kind::clause;
};
struct generated : seq<spaced<kw<"write">, kw<"with">, name>, hs,
                       block<sor<written_prompt, written_length, written_otherwise>, Where::writing>> {
  static constexpr Kind kind = Kind::generated;
};

struct slot : seq<name, hs, sor<text, file_text, one_of, generated>> {
  static constexpr Kind kind = Kind::slot;
};
struct variant : seq<name, hs, block<slot, Where::texts>> {
  static constexpr Kind kind = Kind::variant;
};
struct parameter : seq<name, hs, sym<":">, gap, type> {
  static constexpr Kind kind = Kind::parameter;
};
struct content : seq<kw<"content">, hs, name, opt<sym<"(">, gap, listed<parameter>, gap, sym<")">>,
                     maybe<kw<"transactional">>, hs, block<variant, Where::content>> {
  static constexpr Kind kind = Kind::content;
};

// ---- models -------------------------------------------------------------------------------------------------------

struct model_connector : spaced<kw<"connector">, name> {
  static constexpr Kind kind = Kind::clause;
};
struct model_text : spaced<sor<kw<"name">, kw<"version">>, text> {
  static constexpr Kind kind = Kind::clause;
};
struct model : seq<kw<"model">, hs, name, hs, block<sor<model_connector, model_text>, Where::model>> {
  static constexpr Kind kind = Kind::model;
};

}  // namespace fairlead::grammar::rules
