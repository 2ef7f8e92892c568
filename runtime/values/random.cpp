// Philox 4x32-10 and the draws that are made from it.
//
// What a Dice draws is recorded in journals and replayed for years, so all of this is for ever:
//
//   key      = seed, low word first
//   origin   = philox({index low, index high, purpose low, purpose high}, key)
//   stream   = key {origin[0], origin[1]}
//   counter  = {block low, block high, origin[2], origin[3]}, block = 0, 1, 2, …
//   words    = each block's four words, from the first to the last
//   next64   = two words, the low one first
//
// For one seed philox is a bijection of its counter, so no two pairs of purpose and index share an origin: their
// streams never overlap, with 2^64 blocks to each.
#include "runtime/values/random.hpp"

#include "runtime/values/decimal.hpp"

namespace fairlead {
namespace {

std::uint32_t low_word(std::uint64_t v) {
  return static_cast<std::uint32_t>(v);
}
std::uint32_t high_word(std::uint64_t v) {
  return static_cast<std::uint32_t>(v >> 32);
}

}  // namespace

// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011: section 3.3 and the
// constants of its table.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high_word(b) ^ counter[1] ^ key[0], low_word(b), high_word(a) ^ counter[3] ^ key[1], low_word(a)};
    key[0] += 0x9E3779B9;  // the golden ratio
    key[1] += 0xBB67AE85;  // the root of three, less one
  }
  return counter;
}

Dice::Dice(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index) {
  const std::array<std::uint32_t, 4> origin = philox(
      {low_word(index), high_word(index), low_word(purpose), high_word(purpose)}, {low_word(seed), high_word(seed)});
  key_ = {origin[0], origin[1]};
  counter_ = {0, 0, origin[2], origin[3]};
}

std::uint32_t Dice::next32() {
  if (used_ == block_.size()) {
    block_ = philox(counter_, key_);
    used_ = 0;
    if (++counter_[0] == 0) ++counter_[1];
  }
  return block_[used_++];
}

std::uint64_t Dice::next64() {
  const std::uint64_t low = next32();
  return low | static_cast<std::uint64_t>(next32()) << 32;
}

// Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019), algorithm 5.
std::uint64_t Dice::below(std::uint64_t bound) {
  uint128 product = static_cast<uint128>(next64()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (std::uint64_t{0} - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<uint128>(next64()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Dice::uniform() {
  return static_cast<double>(next64() >> 11) * 0x1.0p-53;
}

}  // namespace fairlead
