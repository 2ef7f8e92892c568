// What happens to the people of a simulation, from a seed: who comes in when, what they do, twice or late or in another
// order, when the policy changes, and what colleagues do by hand at a bad moment. It is settled before the run begins,
// so that a run that is disturbed and one that is not have the same one.
#pragma once

#include <string>
#include <vector>

#include "tests/engine/random_project.hpp"
#include "tests/simulation/reference.hpp"

namespace fairlead::simulation {

/// Something that comes to the inbox, or a new version of the project.
struct Arrival {
  enum class What : std::uint8_t { row, deploys, undoes, lets_begin, pauses, resumes };
  Instant at;
  What what = What::row;
  audit::InFlight in_flight = audit::InFlight::stay;  // of a version
  Posted row;
  std::string of;        // an event: the content that it answers
  std::string workflow;  // a command
  engine::PersonIn::Act act = engine::PersonIn::Act::cancel;
  std::string page;
};

/// The clock on the wall from stride to stride.
struct Story {
  std::vector<Instant> wall;      // may go back
  std::vector<Arrival> arrivals;  // ascending
  std::vector<std::string> people;
};

/// The body of its row in the inbox.
std::string body_of(const Arrival& arrival, const bytecode::Module& module);

Story make_story(std::uint32_t seed, Instant start, int flows);

}  // namespace fairlead::simulation
