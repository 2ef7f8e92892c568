// What a value is about a person, as far as policies speak of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::bytecode {

/// What a value says about a person, and what may not be done with it: a set, carried from fields through expressions.
enum class Label : std::uint8_t { personal, sensitive, guarded };
constexpr unsigned label_count = 3;

class Labels {
 public:
  constexpr Labels() = default;
  constexpr explicit Labels(std::uint32_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr bool has(Label label) const { return (bits_ >> static_cast<unsigned>(label) & 1U) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  constexpr void add(Label label) { bits_ |= 1U << static_cast<unsigned>(label); }
  constexpr Labels& operator|=(Labels other) {
    bits_ |= other.bits_;
    return *this;
  }
  bool operator==(const Labels&) const = default;

 private:
  std::uint32_t bits_ = 0;
};
/// As the language writes it: `private`, `sensitive`, `protected`.
std::string_view to_string(Label label);
/// All of them, with blanks between: `private sensitive`; empty where there are none.
std::string to_string(Labels labels);

}  // namespace fairlead::bytecode
