// People who are made up for a simulation.
#include "runtime/trial/people.hpp"

#include <fmt/format.h>

#include "runtime/values/random.hpp"

namespace fairlead::trial {

namespace {

/// No mail and no call reaches anybody: the domain is reserved (RFC 2606), and so are these numbers.
std::string made_key(const bytecode::Field& field, std::uint64_t person) {
  if (field.type.kind == TypeKind::email) return fmt::format("person.{}@people.example", person);
  if (field.type.kind == TypeKind::phone) return fmt::format("+999{:010}", person);
  return fmt::format("person-{}", person);
}

}  // namespace

Result<std::vector<engine::ContactIn>> make_people(const bytecode::Module& module,
                                                   const bytecode::Simulation& simulation) {
  const vm::Program program(module);
  Arena constants;
  std::vector<std::vector<Value>> values;
  for (const bytecode::Mixture& mixture : simulation.like) {
    std::vector<Value>& of_field = values.emplace_back();
    for (const bytecode::Portion& portion : mixture.portions) {
      const Result<Value> value = program.evaluate(portion.value, vm::World{}, constants);
      if (!value) return tl::unexpected(value.error());
      of_field.push_back(constants.keep(*value));
    }
  }
  std::vector<engine::ContactIn> out;
  for (std::uint64_t person = 1; person <= simulation.contacts; ++person) {
    Arena keys;
    std::vector<std::pair<std::uint32_t, Value>> record;
    for (const bytecode::Field& field : module.fields) {
      if (field.key && !field.type.optional)
        record.emplace_back(field.id, Value::text(keys.keep(made_key(field, person))));
    }
    // Where every key may be absent, the first of them still says who it is.
    for (const bytecode::Field& field : module.fields) {
      if (record.empty() && field.key) record.emplace_back(field.id, Value::text(keys.keep(made_key(field, person))));
    }
    for (std::size_t i = 0; i < simulation.like.size(); ++i) {
      const bytecode::Mixture& mixture = simulation.like[i];
      const bytecode::Field& field = module.fields[mixture.field];
      Dice dice(simulation.seed, stable_hash({"people", field.name}), person);
      auto drawn = static_cast<int128>(dice.below(1'000'000'000));
      for (std::size_t p = 0; p < mixture.portions.size(); ++p) {
        drawn -= mixture.portions[p].share.units();
        if (drawn >= 0) continue;
        if (values[i][p].exists()) record.emplace_back(field.id, values[i][p]);
        break;
      }
    }
    out.push_back({engine::encode_values(std::move(record))});
  }
  return out;
}

}  // namespace fairlead::trial
