// How commands that look into a store show times, steps, keys and workflows.
#pragma once

#include <string>

#include "runtime/engine/deployments.hpp"

namespace fairlead::cli {

/// `Mon 24 Nov 2026 09:00`, by that clock.
std::string moment(Instant at, const Zone& zone);
/// The first eight letters of an outbox key: enough for a person, and for `fairlead approve`.
std::string short_key(const std::string& key);
/// Without the workflow in front: `offer/wait#2`.
std::string short_step(const std::string& step);
/// The newest version's name of a workflow, else that of any that had it.
std::string workflow_name(const engine::Deployments& deployments, std::uint32_t workflow);

}  // namespace fairlead::cli
