// Texts that would look careless in somebody's inbox.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

namespace {

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

/// A stretch of a token, by offsets into it.
Place part(const Subject& subject, Node token, std::size_t from, std::size_t to) {
  const Place whole = place_of(subject, token);
  return {whole.file,
          {whole.span.begin + static_cast<std::uint32_t>(from), whole.span.begin + static_cast<std::uint32_t>(to)}};
}

void blanks(const Subject& subject, Node text, Findings& found) {
  const grammar::Nodes parts = text.children();
  const bool lines = parts.front().text().size() == 3;  // between """, where lines are indented
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (!parts[i].is(Kind::chunk)) continue;
    const std::string_view chunk = parts[i].text();
    if (chunk.find("</") != std::string_view::npos) return;  // HTML reads any blanks as one
    const std::size_t last = chunk.find_last_not_of(' ');
    for (std::size_t at = chunk.find("  "); at != std::string_view::npos && at < last && last != std::string_view::npos;
         at = chunk.find("  ", chunk.find_first_not_of(' ', at))) {
      if (at == 0 ? i == 1 : chunk[at - 1] == '\n') continue;  // an indentation, or the beginning
      found.add(Code::stray_blank, part(subject, parts[i], at, chunk.find_first_not_of(' ', at)),
                "two blanks stand side by side in this text", "one too many", "Keep one of them.");
      return;
    }
    if (lines) continue;
    const bool begins = i == 1 && chunk.starts_with(' ');
    const bool ends = i + 2 == parts.size() && chunk.ends_with(' ');
    if (last == std::string_view::npos || (!begins && !ends)) continue;
    found.add(Code::stray_blank,
              begins ? part(subject, parts[i], 0, 1) : part(subject, parts[i], last + 1, chunk.size()),
              fmt::format("this text {} with a blank", begins ? "begins" : "ends"), "not seen, but sent", "Remove it.");
    return;
  }
}

void glued(const Subject& subject, Node text, Findings& found) {
  const grammar::Nodes parts = text.children();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!parts[i].is(Kind::hole) || !parts[i - 1].is(Kind::chunk)) continue;
    const std::string_view chunk = parts[i - 1].text();
    const std::string_view word = chunk.substr(chunk.find_last_of(" \n") + 1);
    // An address has its values glued on, and `\n` is no letter.
    if (!letter(chunk.back()) || word.find_first_of("/=?&#@\\") != std::string_view::npos) continue;
    const Place hole = place_of(subject, parts[i]);
    found.add(Code::glued_hole, {hole.file, {hole.span.begin - static_cast<std::uint32_t>(word.size()), hole.span.end}},
              fmt::format("what stands in the braces follows `{}` without a blank", word), "no blank between",
              "Put a blank before the brace.");
    return;
  }
}

void leftovers(const Subject& subject, Node text, Findings& found) {
  for (const Node& chunk : text.children(Kind::chunk)) {
    const std::string_view said = chunk.text();
    std::size_t at = lower(said).find("lorem ipsum");
    std::size_t size = 11;
    for (const std::string_view word : {"TODO", "TBD", "XXX", "FIXME"}) {
      const std::size_t here = said.find(word);
      if (at != std::string_view::npos || here == std::string_view::npos) continue;
      const bool whole = (here == 0 || !letter(said[here - 1])) &&
                         (here + word.size() == said.size() || !letter(said[here + word.size()]));
      if (whole) at = here, size = word.size();
    }
    // [FIRST NAME], %FIRST_NAME%, *|FNAME|*: how other tools write holes.
    for (const auto& [open, close] :
         {std::pair<std::string_view, std::string_view>{"[", "]"}, {"%", "%"}, {"*|", "|*"}}) {
      for (std::size_t begin = said.find(open); at == std::string_view::npos && begin != std::string_view::npos;
           begin = said.find(open, begin + 1)) {
        const std::size_t from = begin + open.size();
        const std::size_t end = said.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_ ", from);
        if (end == std::string_view::npos || end < from + 3 || said.substr(end, close.size()) != close) continue;
        at = begin, size = end + close.size() - begin;
      }
    }
    if (at == std::string_view::npos) continue;
    found.add(Code::left_over_text, part(subject, chunk, at, at + size),
              fmt::format("`{}` looks as if somebody still meant to fill it in", said.substr(at, size)),
              "would be sent as it is",
              "Write what should stand there. A value of the contact is written `{contact.…}`.");
    return;
  }
}

void subject_line(const Subject& subject, Node text, Findings& found) {
  constexpr std::size_t most = 60;
  const std::string fixed = fixed_text(text);
  const auto letters = std::count_if(fixed.begin(), fixed.end(), letter);
  const bool capitals =
      letters >= 8 && std::none_of(fixed.begin(), fixed.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (std::count(fixed.begin(), fixed.end(), '!') > 1 || capitals) {
    found.add(Code::shouting, place_of(subject, text), "this subject shouts, and mail filters dislike that",
              capitals ? "all in capitals" : "more than one `!`",
              capitals ? "Write it in small letters." : "Keep one at most.");
  } else if (characters(fixed) > most) {
    found.add(Code::long_subject, place_of(subject, text),
              fmt::format("this subject has {} characters, and most inboxes cut it off at {}", characters(fixed), most),
              "long", "Put what matters first, or shorten it.");
  }
}

void slot_text(const Subject& subject, std::string_view channel, std::string_view slot, Node text, Findings& found) {
  const std::string fixed = fixed_text(text);
  if (!text.child(Kind::hole) && fixed.find_first_not_of(" \n\t") == std::string::npos) {
    found.add(Code::empty_text, place_of(subject, text), fmt::format("the `{}` for {} is empty", slot, channel),
              "says nothing", "Write what it should say.");
    return;
  }
  if (slot == "subject") subject_line(subject, text, found);
  blanks(subject, text, found);
  glued(subject, text, found);
  leftovers(subject, text, found);
}

}  // namespace

void careless_texts(const Subject& subject, Findings& found) {
  std::map<std::string, Node> contents;
  for (const Node& content : declarations(subject, Kind::content)) {
    const Node name = content.child(Kind::name);
    for (const Node& variant : content.child(Kind::block).children(Kind::variant)) {
      for (const Node& slot : variant.child(Kind::block).children(Kind::slot)) {
        const auto look = [&](const Node& text) {
          slot_text(subject, variant.child(Kind::name).text(), slot.child(Kind::name).text(), text, found);
        };
        if (const Node text = slot.child(Kind::text)) look(text);
        for (const Node& one : slot.child(Kind::one_of).child(Kind::block).children(Kind::named_text)) {
          if (const Node text = one.child(Kind::text)) look(text);
        }
      }
    }
    each_node(content, [&](const Node& node) {
      const std::size_t at = node.is(Kind::chunk) ? node.text().find("http://") : std::string_view::npos;
      if (at != std::string_view::npos)
        found.add(Code::plain_http, part(subject, node, at, at + 7),
                  "this address is not secured, and browsers warn of it", "not https", "Write `https://`.");
    });
    const auto [first, fresh] = contents.emplace(words(content.child(Kind::block)), name);
    if (fresh) continue;
    Diagnostic& d = found.add(Code::identical_contents, place_of(subject, name),
                              fmt::format("`{}` says word for word what `{}` says", name.text(), first->second.text()),
                              "the same texts",
                              fmt::format("Send `{}` in both places, or change one of them.", first->second.text()));
    const Place at = place_of(subject, first->second);
    d.secondary.push_back({at.file, at.span, "as here"});
  }
}

}  // namespace fairlead::compiler::lint
