#include "compiler/proof/kept.hpp"

#include <algorithm>

namespace fairlead::compiler::proof {

namespace {

std::size_t index_of(const std::vector<Index>& all, Index one) {
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), one) - all.begin());
}

class Writing {
 public:
  Writing(const bytecode::Module& module, Index workflow, const Portrait& portrait)
      : w_(module.workflows[workflow]), steps_(module.steps), portrait_(portrait) {
    for (const Index s : w_.steps) position_.emplace(s, position_.size());
  }

  std::optional<std::string> write(const Looked& looked, const KnownCounts& counts) {
    out_.varint(looked.nobody.size());
    for (const Index s : looked.nobody) step(s);
    const Solver::Count& count = looked.count;
    for (const std::size_t number : {count.asked, count.by_looking, count.by_z3, count.unknown}) out_.varint(number);
    out_.varint(looked.effects.size());
    for (const LookedEffect& effect : looked.effects) this->effect(effect);
    out_.varint(counts.size());
    for (const auto& [question, answer] : counts) {
      out_.signed_varint(question.window);
      out_.bytes({reinterpret_cast<const char*>(question.adds.data()), question.adds.size()});
      out_.u8(answer.all ? 1 : 0);
      if (answer.all) out_.varint(*answer.all);
      out_.varint(answer.up_to.size());
      for (const auto& [at, most] : answer.up_to) {
        out_.varint(at);
        out_.varint(most);
      }
    }
    return whole_ ? std::optional(out_.take()) : std::nullopt;
  }

 private:
  void step(Index s) { out_.varint(position_.at(s)); }

  void effect(const LookedEffect& effect) {
    step(effect.step);
    out_.varint(effect.channel == none ? 0 : 1 + index_of(channels_of(steps_[effect.step]), effect.channel));
    out_.u8(effect.nobody ? 1 : 0);
    out_.u8(effect.amount ? 1 : 0);
    if (effect.amount) out_.int128(*effect.amount);
    out_.varint(effect.findings.size());
    for (const Finding& finding : effect.findings) {
      out_.varint(index_of(w_.rules, finding.rule));
      out_.u8(static_cast<std::uint8_t>(finding.verdict));
      out_.bytes(finding.because);
      notes(finding.facts);
      notes(finding.way);
      out_.varint(finding.example.size());
      for (const Note& note : finding.example) out_.bytes(note.words);
    }
  }

  void notes(const std::vector<Note>& notes) {
    out_.varint(notes.size());
    for (const Note& note : notes) {
      const std::optional<std::uint32_t> place = portrait_.number(note.place);
      whole_ = whole_ && place;
      out_.varint(place.value_or(0));
      out_.bytes(note.words);
    }
  }

  const bytecode::Workflow& w_;
  const std::vector<bytecode::Step>& steps_;
  const Portrait& portrait_;
  std::map<Index, std::size_t> position_;
  ByteWriter out_;
  bool whole_ = true;
};

class Reading {
 public:
  Reading(const bytecode::Module& module, Index workflow, const Portrait& portrait, std::string_view bytes)
      : w_(module.workflows[workflow]), steps_(module.steps), portrait_(portrait), in_(bytes) {}

  std::optional<Kept> read() {
    Kept out;
    for (std::size_t i = count(); i > 0; --i) out.looked.nobody.push_back(one_of(w_.steps));
    Solver::Count& numbers = out.looked.count;
    for (std::size_t* number : {&numbers.asked, &numbers.by_looking, &numbers.by_z3, &numbers.unknown})
      *number = in_.varint();
    for (std::size_t i = count(); i > 0; --i) out.looked.effects.push_back(effect());
    for (std::size_t i = count(); i > 0; --i) {
      CountQuestion question{in_.signed_varint(), {}};
      const std::string_view adds = in_.bytes();
      question.adds.assign(adds.begin(), adds.end());
      if (question.adds.size() != w_.steps.size()) in_.fail();
      CountAnswer answer;
      if (in_.u8() != 0) answer.all = in_.varint();
      for (std::size_t k = count(); k > 0; --k) {
        const auto at = static_cast<std::uint32_t>(in_.varint());
        if (at >= w_.steps.size()) in_.fail();
        answer.up_to.emplace_back(at, in_.varint());
      }
      out.counts.emplace(std::move(question), std::move(answer));
    }
    return in_.ok() && in_.at_end() ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  /// How many come; none of them is shorter than a byte.
  std::size_t count() {
    const std::uint64_t out = in_.varint();
    if (out > in_.left()) in_.fail();
    return in_.ok() ? out : 0;
  }

  Index one_of(const std::vector<Index>& all) {
    const std::uint64_t at = in_.varint();
    if (at >= all.size()) in_.fail();
    return in_.ok() ? all[at] : none;
  }

  LookedEffect effect() {
    LookedEffect out{.step = one_of(w_.steps)};
    const std::vector<Index> channels = in_.ok() ? channels_of(steps_[out.step]) : std::vector<Index>{};
    const std::uint64_t channel = in_.varint();
    if (channel > channels.size()) in_.fail();
    if (in_.ok() && channel > 0) out.channel = channels[channel - 1];
    out.nobody = in_.u8() != 0;
    if (in_.u8() != 0) out.amount = in_.int128();
    for (std::size_t i = count(); i > 0; --i) {
      Finding finding{.rule = one_of(w_.rules)};
      const std::uint8_t verdict = in_.u8();
      if (verdict > static_cast<std::uint8_t>(Verdict::unreachable)) in_.fail();
      finding.verdict = static_cast<Verdict>(verdict);
      finding.because = in_.bytes();
      finding.facts = notes();
      finding.way = notes();
      for (std::size_t k = count(); k > 0; --k) finding.example.push_back({{}, std::string(in_.bytes())});
      out.findings.push_back(std::move(finding));
    }
    return out;
  }

  std::vector<Note> notes() {
    std::vector<Note> out;
    for (std::size_t i = count(); i > 0; --i) {
      const std::uint64_t place = in_.varint();
      if (place >= portrait_.places.size()) in_.fail();
      const std::string_view words = in_.bytes();
      if (in_.ok()) out.push_back({portrait_.places[place], std::string(words)});
    }
    return out;
  }

  const bytecode::Workflow& w_;
  const std::vector<bytecode::Step>& steps_;
  const Portrait& portrait_;
  ByteReader in_;
};

}  // namespace

std::optional<std::string> write_kept(const bytecode::Module& module, Index workflow, const Portrait& portrait,
                                      const Looked& looked, const KnownCounts& counts) {
  return Writing(module, workflow, portrait).write(looked, counts);
}

std::optional<Kept> read_kept(const bytecode::Module& module, Index workflow, const Portrait& portrait,
                              std::string_view bytes) {
  return Reading(module, workflow, portrait, bytes).read();
}

}  // namespace fairlead::compiler::proof
