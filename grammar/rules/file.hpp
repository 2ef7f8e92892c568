// A whole file.
#pragma once

#include "grammar/rules/connections.hpp"
#include "grammar/rules/measures.hpp"
#include "grammar/rules/trials.hpp"

namespace fairlead::grammar::rules {

struct declaration : sor<use, project, type_alias, record, event, segment, role, team, goal, score, points, channel,
                         content, model, action, connector, policy, workflow, test, simulate> {};
struct file
    : seq<opt<pegtl::utf8::bom>, gap, star<not_at<eof>, sor<declaration, recover<Where::declaration>>, gap>, eof> {
  static constexpr Kind kind = Kind::file;
};

}  // namespace fairlead::grammar::rules
