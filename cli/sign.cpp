// fairlead sign: the waivers of a project and whether each is signed; and the signature of one.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "runtime/values/signature.hpp"

namespace fairlead::cli {

namespace {

using compiler::AskedWaiver;
using compiler::Signature;
using compiler::Standing;

struct Options {
  std::string workflow, rule, project = ".", as, key;
  bool json = false;
};

std::string standing(const AskedWaiver& asked) {
  const std::string& by = asked.waiver.signed_by;
  if (asked.run_out) return "has run out";
  switch (asked.standing) {
    case Standing::signed_: return fmt::format("signed by {} at {}", by, to_string(asked.waiver.signed_at));
    case Standing::unsigned_: return fmt::format("not signed; somebody in {} may", asked.role);
    case Standing::rule_changed: return fmt::format("stale: the rule has changed since {} signed", by);
    case Standing::workflow_changed: return fmt::format("stale: the workflow has changed since {} signed", by);
    case Standing::terms_changed: return fmt::format("stale: {} signed another reason or last day", by);
    case Standing::no_key: return fmt::format("does not count: there is no {}", compiler::key_file(by));
    case Standing::forged: return fmt::format("does not count: it is not by the key of {}", by);
    case Standing::not_in_role: return fmt::format("does not count: {} is not in {}", by, asked.role);
    case Standing::own_workflow: return fmt::format("does not count: {} owns the workflow", by);
  }
  return "?";
}

/// In a word, for programs.
std::string_view word(const AskedWaiver& asked) {
  if (asked.run_out) return "run_out";
  switch (asked.standing) {
    case Standing::signed_: return "signed";
    case Standing::unsigned_: return "unsigned";
    case Standing::rule_changed:
    case Standing::workflow_changed:
    case Standing::terms_changed: return "stale";
    default: return "invalid";
  }
}

void list(const compiler::Compiled& compiled, bool json) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const AskedWaiver& asked : compiled.waivers) {
    const grammar::Source& source = compiled.files[asked.place.file];
    if (json) {
      out.push_back({{"workflow", asked.wanted.workflow},
                     {"rule", asked.wanted.rule},
                     {"until", asked.wanted.until},
                     {"because", asked.wanted.because},
                     {"role", asked.role},
                     {"standing", word(asked)},
                     {"signed_by", asked.waiver.signed_by},
                     {"in_force", asked.in_force()},
                     {"file", source.path()},
                     {"line", source.line(asked.place.span.begin)}});
      continue;
    }
    fmt::print("{} {}  until {}  {}\n  {}:{}, because {}\n", asked.wanted.workflow, asked.wanted.rule,
               asked.wanted.until, standing(asked), source.path(), source.line(asked.place.span.begin),
               asked.wanted.because);
  }
  if (json) {
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else if (compiled.waivers.empty()) {
    fmt::print("no workflow asks to be spared a rule\n");
  }
}

std::optional<std::string> text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Signs one of them: puts a line into the file, in the place of what was signed of it before.
void sign_one(const compiler::Compiled& compiled, const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  if (options.rule.empty()) return wrong("which rule? `fairlead sign` lists the waivers");
  const auto asked = std::find_if(compiled.waivers.begin(), compiled.waivers.end(), [&](const AskedWaiver& one) {
    return one.wanted.workflow == options.workflow && one.wanted.rule == options.rule;
  });
  if (asked == compiled.waivers.end())
    return wrong(fmt::format("{} does not ask to be spared {}; `fairlead sign` lists what is asked for",
                             options.workflow, options.rule));
  if (options.as.empty()) return wrong("who signs? Add --as with your address");
  if (options.key.empty())
    return wrong(
        "with which key? Add --key with the file of your private key; `openssl genpkey -algorithm ed25519 "
        "-out lee.pem` makes one");
  if (asked->run_out) return wrong(fmt::format("{} is over: there is nothing to sign", asked->wanted.until));
  if (std::find(asked->may_sign.begin(), asked->may_sign.end(), options.as) == asked->may_sign.end())
    return wrong(fmt::format("{} is not in the role {}", options.as, asked->role));
  if (options.as == asked->owner)
    return wrong(fmt::format("{} owns the workflow {}, and who asks does not sign", options.as, options.workflow));
  const std::optional<std::string> key = text_of(options.key);
  if (!key) return wrong(fmt::format("{} cannot be read", options.key));
  const std::optional<std::string> own = public_key_of(*key);
  if (!own)
    return wrong(
        fmt::format("{} is no Ed25519 key in PEM; `openssl genpkey -algorithm ed25519` makes one", options.key));
  const std::filesystem::path folder = folder_of(options.project);
  const std::string file = compiler::key_file(options.as);
  if (file.empty()) return wrong(fmt::format("{} is no address that a file could be named after", options.as));
  Signature signature = asked->wanted;
  signature.by = options.as;
  signature.at = to_string(wall_clock());
  signature.signature = sign(*key, signature.text()).value_or("");
  const std::optional<std::string> known = text_of(folder / file);
  if (!known)
    return wrong(
        fmt::format("the project does not know your public key yet: `openssl pkey -in {} -pubout -out {}`, and "
                    "let somebody review it like code",
                    options.key, (folder / file).string()));
  if (!verify_signature(*known, signature.text(), signature.signature))
    return wrong(
        fmt::format("{} is not the key of {}: {} has another one", options.key, options.as, (folder / file).string()));

  const std::filesystem::path to = folder / compiler::signatures_file;
  std::size_t unreadable = 0;
  std::vector<Signature> all = compiler::read_signatures(text_of(to).value_or(""), &unreadable);
  if (unreadable > 0)
    return wrong(fmt::format("{} of the lines of {} cannot be read; mend the file first, so that none is lost",
                             unreadable, to.string()));
  std::erase_if(all,
                [&](const Signature& one) { return one.workflow == signature.workflow && one.rule == signature.rule; });
  all.push_back(signature);
  // By what they are about, so that two branches seldom touch the same line.
  std::sort(all.begin(), all.end(), [](const Signature& a, const Signature& b) {
    return std::tie(a.workflow, a.rule) < std::tie(b.workflow, b.rule);
  });
  std::string text;
  for (const Signature& one : all) text += one.line() + "\n";
  if (!write_whole(to.string(), text)) {
    exit_code = report({FaultCode::file_unwritable, {to.string(), "could not be written"}});
    return;
  }
  fmt::print("signed: {} is let pass in {} until {}\nCommit {}; it counts from the next deployment on.\n", options.rule,
             options.workflow, asked->wanted.until, to.string());
}

void run(const Options& options, int& exit_code) {
  const compiler::Compiled compiled = compiler::compile_path(options.project, {.lint = false});
  // What breaks a rule may be just what is to be waived: all else has to be right.
  const bool sound = std::all_of(compiled.diagnostics.begin(), compiled.diagnostics.end(), [](const auto& d) {
    using grammar::Code;
    return d.severity != grammar::Severity::error || d.code == Code::rule_broken || d.code == Code::not_proved ||
           d.code == Code::not_allowed || d.code == Code::not_waivable;
  });
  if (!sound) {
    print(compiled, false);
    exit_code = findings;
    return;
  }
  if (options.workflow.empty()) {
    if (!options.as.empty() || !options.key.empty()) {
      fmt::print(stderr, "fairlead: sign what? `fairlead sign` lists the waivers; name a workflow and a rule\n");
      exit_code = wrong_use;
      return;
    }
    return list(compiled, options.json);
  }
  sign_one(compiled, options, exit_code);
}

}  // namespace

void add_sign(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("sign", "who has signed which waiver; and your signature of one");
  command->add_option("WORKFLOW", options->workflow, "the workflow that asks (default: list all waivers)");
  command->add_option("RULE", options->rule, "the rule that it asks to be spared, like brand.night_texts");
  command->add_option("--as", options->as, "your address, as the role has it");
  command->add_option("--key", options->key, "the file of your private key: Ed25519, in PEM");
  command->add_option("--project", options->project, "the project")->capture_default_str();
  command->add_flag("--json", options->json, "print the list as JSON");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
