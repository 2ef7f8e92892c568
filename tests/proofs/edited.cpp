#include "tests/proofs/edited.hpp"

#include <utility>

namespace fairlead::soundness {

std::string edited_rules(const std::string& text, Dice& dice) {
  static const std::vector<std::pair<std::string, std::string>> edits = {
      {" >= ", " > "},
      {" < ", " <= "},
      {" > ", " >= "},
      {"free", "pro"},
      {"\"DE\"", "\"FR\""},
      {"21:00", "22:00"},
      {"$50", "$60"},
      {"7 days", "3 days"},
      {" and ", " or "},
      {"not ", ""},
      {" otherwise stop", ""},
      {" otherwise skip", " otherwise stop"},
      {"is given", "is not given"},
      {" by email", ""},
      {"forbid send when", "forbid send by sms when"},
      {" or ", " and "},
      {" otherwise defer", " otherwise skip // defer"}};
  const std::size_t begin = text.find("policy house {\n") + 15, end = text.find("\n}\n", begin) + 1;
  std::string rules;
  for (std::size_t at = begin; at < end;) {
    const std::size_t next = text.find('\n', at) + 1;
    std::string line = text.substr(at, next - at);
    at = next;
    if (dice.likely(15)) continue;
    if (dice.likely(45)) {
      std::vector<std::pair<std::string, std::string>> fit;
      for (const auto& edit : edits) {
        if (line.find(edit.first) != std::string::npos) fit.push_back(edit);
      }
      if (!fit.empty()) {
        const auto& [what, by] = dice.any(fit);
        line.replace(line.find(what), what.size(), by);
      }
    }
    if (dice.likely(10) && line.starts_with("r")) line[0] = 'x';
    rules += line;
  }
  return text.substr(0, begin) + rules + text.substr(end);
}

std::string edited_steps(const std::string& text, Dice& dice) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = text.find('\n', at) + 1;
    const std::string line = text.substr(at, next - at);
    at = next;
    // An arm belongs to the wait before it.
    const bool send = line.starts_with("send ") && line.find('(') == std::string::npos;
    const bool wait = line.starts_with("wait ") && !line.starts_with("wait up to");
    if ((send || wait) && dice.likely(15)) continue;
    if ((send || wait) && dice.likely(15))
      out += dice.one({"send receipt\n", "send welcome\n", "wait 2 hours\n", "send ping\n"});
    out += line;
  }
  return out;
}

}  // namespace fairlead::soundness
