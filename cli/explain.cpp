// fairlead explain: the page of a code, from docs/errors, as it lies in this binary.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/command.hpp"
#include "cli/markdown.hpp"
#include "cli/proofs.hpp"
#include "compiler/report/pages.hpp"

namespace fairlead::cli {

namespace {

using grammar::CodeInfo;

std::string small_letters(std::string text) {
  for (char& c : text) c = c == '-' || c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// By its code in either case, by its number with or without zeros, or by its name.
const CodeInfo* find(const std::string& asked) {
  const std::string word = small_letters(asked);
  std::string digits = word.starts_with("fl") ? word.substr(2) : word;
  const bool number =
      !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  for (const CodeInfo& info : grammar::codes()) {
    if (word == info.name || (number && digits == std::to_string(static_cast<unsigned>(info.code)))) return &info;
  }
  return nullptr;
}

int unknown(const std::string& asked) {
  std::vector<std::string> codes;
  for (const CodeInfo& info : grammar::codes()) codes.push_back(grammar::to_string(info.code));
  std::vector<std::string_view> candidates(codes.begin(), codes.end());
  for (const CodeInfo& info : grammar::codes()) candidates.push_back(info.name);
  const std::string_view near = grammar::closest(small_letters(asked), candidates);
  fmt::print(stderr, "fairlead: there is no code `{}`; {}\n", asked,
             near.empty() ? "`fairlead explain` lists them" : fmt::format("did you mean `{}`?", near));
  return wrong_use;
}

void list(bool colour) {
  for (const CodeInfo& info : grammar::codes()) {
    const std::string code = grammar::to_string(info.code);
    fmt::print("{}  {:<20}  {}\n", colour ? fmt::format("\x1b[1m{}\x1b[0m", code) : code, info.name, info.about);
  }
}

void run(const std::string& asked, int& exit_code) {
  const bool colour = colours(STDOUT_FILENO);
  if (asked.empty()) {
    list(colour);
    return;
  }
  const CodeInfo* info = find(asked);
  if (info == nullptr) {
    exit_code = unknown(asked);
    return;
  }
  const std::string_view page = compiler::page_of(info->code);
  if (page.empty()) {
    fmt::print("{}: {}\n", grammar::to_string(info->code), info->about);
  } else {
    fmt::print("{}", colour ? on_terminal(page) : std::string(page));
  }
}

}  // namespace

void add_explain(Session& session) {
  auto asked = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      session.app.add_subcommand("explain", "tell what a code such as FL0412 means, or why a rule is kept at a place");
  command->add_option(
      "WHAT", *asked,
      "`FL0302`, `302`, or a name such as `optional_used`; or `RULE at FILE:LINE`, like `brand.nights at "
      "nurture.lead:12`; left out: all codes");
  command->callback([asked, &session] {
    if (asked->size() == 3 && (*asked)[1] == "at") {
      session.exit_code = explain_proof((*asked)[0], (*asked)[2]);
    } else if (asked->size() > 1) {
      fmt::print(stderr, "fairlead: write `fairlead explain CODE` or `fairlead explain RULE at FILE:LINE`\n");
      session.exit_code = wrong_use;
    } else {
      run(asked->empty() ? std::string() : asked->front(), session.exit_code);
    }
  });
}

}  // namespace fairlead::cli
