// Waivers of rules that their workflow keeps anyhow.
#include "compiler/lint/families.hpp"

namespace fairlead::compiler::lint {

void needless_waivers(const Subject& subject, Findings& found) {
  if (subject.proofs == nullptr) return;
  using proof::Verdict;
  for (const AskedWaiver& asked : subject.program.waivers) {
    // Of one that has run out it is said that it has.
    if (asked.run_out || !own(subject, asked.place)) continue;
    std::size_t about = 0, open = 0;
    for (const proof::Obligation& o : subject.proofs->obligations) {
      if (o.rule != asked.waiver.rule || o.site.workflow != asked.workflow) continue;
      ++about;
      open += o.verdict == Verdict::guarded || o.verdict == Verdict::broken ? 1 : 0;
    }
    if (open > 0) continue;
    // There is nothing to sign either.
    found.instead_of(Code::waiver_unsigned, asked.place);
    Diagnostic& d = found.add(
        Code::needless_waiver, asked.place,
        about == 0 ? fmt::format("`{}` is about nothing that `{}` does", asked.wanted.rule, asked.wanted.workflow)
                   : fmt::format("`{}` cannot be broken in `{}`", asked.wanted.rule, asked.wanted.workflow),
        "waives nothing", "Remove it: an exception that nobody needs is one that somebody has to explain.");
    const Place rule = subject.program.rule_sources[asked.waiver.rule].place;
    d.secondary.push_back({rule.file, rule.span, about == 0 ? "the rule" : "proved wherever it is asked there"});
  }
}

}  // namespace fairlead::compiler::lint
