// How the outside is reached: actions, and connectors, which say how a channel or an action is carried out over HTTP.
#pragma once

#include "grammar/rules/content.hpp"

namespace fairlead::grammar::rules {

// ---- actions --------------------------------------------------------------------------------------------------------

struct parameters : seq<sym<"(">, gap, opt<listed<parameter>, gap>, sym<")">> {};
struct effect_spend : spaced<kw<"spend">, expression> {};
struct action_effect
    : seq<kw<"effect">, hs, sor<kw<"message">, effect_spend, kw<"publish">, kw<"retract">, kw<"write">>> {
  static constexpr Kind kind = Kind::clause;
};
struct action_returns : spaced<kw<"returns">, record_type> {
  static constexpr Kind kind = Kind::clause;
};
struct action : seq<kw<"action">, hs, name, parameters, opt<gap, action_returns>, gap, action_effect> {
  static constexpr Kind kind = Kind::action;
};

// ---- connectors -----------------------------------------------------------------------------------------------------

/// `To: to`, `"X-Api-Key": token`
struct pair : seq<sor<name, text>, hs, sym<":">, gap, expression> {
  static constexpr Kind kind = Kind::argument;
};
struct request_basic : seq<kw<"basic">, hs, expression, hs, sym<",">, gap, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct request_bearer : spaced<kw<"bearer">, expression> {
  static constexpr Kind kind = Kind::clause;
};
struct request_pairs : spaced<sor<kw<"header">, kw<"query">, kw<"form">, kw<"json">, kw<"answer">>, listed<pair>> {
  static constexpr Kind kind = Kind::clause;
};
/// The header in which the provider takes our idempotency key.
struct request_key : spaced<kw<"idempotency">, kw<"header">, text> {
  static constexpr Kind kind = Kind::clause;
};
struct request_method : sor<kw<"get">, kw<"post">, kw<"put">, kw<"patch">, kw<"delete">> {};
struct request : seq<request_method, hs, text, hs,
                     block<sor<request_basic, request_bearer, request_pairs, request_key>, Where::request>> {
  static constexpr Kind kind = Kind::request;
};
struct receive_verify
    : spaced<kw<"verify">, kw<"hmac">, sor<kw<"sha1">, kw<"sha256">>, kw<"header">, text, kw<"with">, name> {
  static constexpr Kind kind = Kind::clause;
};
/// `delivered when MessageStatus == "delivered" for MessageSid`
struct callback : seq<name, maybe<kw<"when">, gap, expression>, hs, kw<"for">, hs, path> {
  static constexpr Kind kind = Kind::callback;
};
struct receive : seq<kw<"receive">, hs, text, hs, block<sor<receive_verify, callback>, Where::receive>> {
  static constexpr Kind kind = Kind::receive;
};
struct connector_secret : spaced<kw<"secret">, listed<name>> {
  static constexpr Kind kind = Kind::clause;
};
struct connector_retry
    : seq<spaced<kw<"retry">, kw<"on">, listed<number>>, maybe<kw<"up">, hs, kw<"to">, hs, number, hs, kw<"times">>> {
  static constexpr Kind kind = Kind::clause;
};
struct connector_rate : spaced<kw<"at">, kw<"most">, number, kw<"per">, period> {
  static constexpr Kind kind = Kind::clause;
};
struct connector
    : seq<kw<"connector">, hs, name, maybe<kw<"for">, hs, listed<name>>, hs,
          block<sor<connector_secret, connector_retry, connector_rate, receive, request>, Where::connector>> {
  static constexpr Kind kind = Kind::connector;
};

}  // namespace fairlead::grammar::rules
