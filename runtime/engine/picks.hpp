// The choices inside a `send`: by which channel of `by best of`, at which of the hours of `at best hour`, and in which
// of a slot's `one of` words. Each is a choice like any other (options, probabilities, a learner), but nobody wrote it
// out, and none of its options leads to a step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace fairlead::engine {

/// All that the sends of a module's workflows make, each once, in the order of their steps. Each is learned toward the
/// goal of its workflow.
std::vector<bytecode::Choice> picks_of(const bytecode::Module& module);

/// What they are called: `nurture/offer/send demo#1/channel`, `nurture/offer/send demo#1/hour`, and
/// `nurture/send demo/email/subject`, which all steps of a workflow share that send the content by that channel.
std::string channel_key(const bytecode::Step& step);
std::string hour_key(const bytecode::Step& step);
std::string words_key(const bytecode::Module& module, std::string_view workflow, const bytecode::Step& step,
                      bytecode::Index channel, const bytecode::Slot& slot);

/// The hours from which one is picked, by when they begin. The last may be a part of one.
std::vector<TimeOfDay> hours_of(const bytecode::Hours& hours);
/// Whether a time of day lies in the one that begins at `hour`.
bool in_hour(const bytecode::Hours& hours, TimeOfDay hour, TimeOfDay time);

/// The channels by which a step can send.
std::vector<bytecode::Index> channels_of(const bytecode::Step& step);

}  // namespace fairlead::engine
