// A stranger's module whose checksum fits: it is refused, or every one of its functions runs and ends. The input is
// what follows the header.
#include <cstdlib>

#include "runtime/values/bytes.hpp"
#include "runtime/vm/vm.hpp"

using namespace fairlead;

namespace {

std::string sealed(std::string_view body) {
  ByteWriter out;
  out.raw("FLBC");
  out.u32(bytecode::format_version);
  out.raw(view(sha256(body)));
  out.raw(body);
  return out.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = sealed({reinterpret_cast<const char*>(data), size});
  const Result<bytecode::Module> module = bytecode::decode(bytes);
  if (!module) return 0;
  if (bytecode::encode(*module) != bytes) std::abort();
  if (bytecode::disassemble(*module).empty()) std::abort();
  const vm::Program program(*module);
  Arena arena;
  const std::vector<Value> some(4, Value::text("DE"));
  const std::vector<Value> times{Value::of(TimeOfDay{60}), Value::of(days(1)), Value::of(Decimal::from_int(2))};
  const std::vector<std::span<const Value>> events{some, times};
  vm::World full;
  full.fields = times;
  full.events = events;
  full.parameters = some;
  full.site = times;
  full.now = Instant{1'795'000'000'000};
  full.count = [](bytecode::Index counter) { return std::uint64_t{counter}; };
  for (bytecode::Index f = 0; f < module->functions.size(); ++f) {
    (void)program.evaluate(f, vm::World(), arena);
    (void)program.evaluate(f, full, arena);
  }
  return 0;
}
