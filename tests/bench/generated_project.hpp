// A project of about so many lines, with as many declarations of every kind as its size brings: what the compiler is
// timed with. The lines are as long as people's: 25 to 40 bytes.
#pragma once

#include <fmt/format.h>

#include <string>

namespace fairlead::bench {

inline std::string generated_project(int lines) {
  constexpr int lines_a_part = 67;
  std::string fields, rest;
  const int parts = lines / lines_a_part;
  for (int i = 0; i < parts; ++i) {
    fields += fmt::format("  spent_{0}:   Number = 0\n  nickname_{0}: Text?\n", i);
    rest += fmt::format(
        "policy care_{0} {{\n  applies to workflow flow_{0}\n  enough: forbid send when content is mail_{0} and "
        "contact.spent_{0} > {0}\n}}\n\n",
        i);
    rest += fmt::format("event happened_{0} {{ page: Text, seconds: Number? }}\n", i);
    rest += fmt::format(
        "segment keen_{0} =\n    count(happened_{0} where page == \"p{0}\", last {1} days) >= 2\n    and "
        "contact.spent_{0} > {0}\n",
        i, i % 60 + 1);
    rest += fmt::format(
        "content mail_{0} {{\n  email {{\n    subject \"Mail {0} for {{contact.nickname_{0} or \"you\"}}\"\n    body   "
        " \"How is it in "
        "{{contact.country}}?\"\n  }}\n}}\n\n/// Thanks those who did it.\nworkflow flow_{0} for contact {{\n  owner  "
        "\"ops@bench.example\"\n  toward sale\n"
        "  enter  on happened_{0} where event.page == \"p\"\n  leave  on unsubscribed\n  limit  messages to 4 per 7 "
        "days\n\n  steps {{\n",
        i);
    for (int k = 0; k < 4; ++k) {
      rest += fmt::format(
          "    send mail_{0}\n    wait {1} days\n    if contact is keen_{0} and contact.spent_{0} > {1} {{\n      set "
          "contact.spent_{0} = contact.spent_{0} + 1\n"
          "      wait up to {1} days\n        for clicked of mail_{0} {{ }}\n        otherwise {{ stop }}\n    }}\n",
          i, k + 1);
    }
    rest +=
        "    choose way {\n      learn from contact.country\n      explore at least 5%\n      option again when "
        "contact.plan is pro {\n";
    rest += fmt::format("        send mail_{}\n      }}\n      option rest {{ }}\n    }}\n  }}\n}}\n\n", i);
  }
  return "use std.channels\n\nproject bench {\n  time zone \"Europe/Oslo\"\n  currency EUR\n  under house\n}\n\nrecord "
         "contact {\n  key email: Email\n"
         "  country:   Country\n  plan:      free | pro\n" +
         fields +
         "  consent:   { email: Consent }\n}\n\nevent bought\n\ngoal sale {\n  reach bought within 14 days\n  baseline "
         "5%\n  holdout 10%\n}\n\npolicy house {\n  asked: forbid send when channel.consent is not given because "
         "\"ePrivacy Directive art. 13\"\n}\n\n" +
         rest;
}

/// As many lines of Lua of the same length, with functions, tables, conditions and texts: what `luac` is timed with.
inline std::string generated_lua(int lines) {
  constexpr int lines_a_part = 16;
  std::string out;
  for (int i = 0; i < lines / lines_a_part; ++i) {
    out += fmt::format(
        "mail_{0} = {{\n  subject = \"Mail {0} for you\",\n  body = \"How is it in \" .. country,\n  channel = "
        "\"email\",\n}}\n"
        "function flow_{0}(contact, event)\n  if event.page ~= \"p\" then return end\n  send(contact, mail_{0}, {1})\n"
        "  if contact.spent > {0} and keen(contact) then\n    contact.spent = contact.spent + 1\n"
        "    wait(contact, {1} * 86400, \"clicked\")\n  elseif contact.plan == \"pro\" then\n    send(contact, "
        "mail_{0}, {1})\n  end\n"
        "  return contact.spent + {0}\nend\n",
        i, i % 60 + 1);
  }
  return out;
}

}  // namespace fairlead::bench
