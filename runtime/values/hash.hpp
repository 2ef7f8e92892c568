// SHA-256 (OpenSSL's), and the stable hashes that are made from it. What is hashed here lasts: partitions, holdouts
// and idempotency keys are functions of it, so none of it may ever change.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

using Hash = std::array<unsigned char, 32>;

Hash sha256(std::string_view data);
/// SHA-256 over the parts, each preceded by its length (64 bits, little-endian), so that no two
/// different lists of parts hash alike.
Hash sha256(std::initializer_list<std::string_view> parts);
std::string hex(const Hash& hash);
/// The first `bytes` bytes, in hexadecimal.
std::string short_hex(const Hash& hash, std::size_t bytes = 8);
inline std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// 64 bits of SHA-256 over the parts (the first eight bytes, little-endian).
std::uint64_t stable_hash(std::initializer_list<std::string_view> parts);
/// 32-bit FNV-1a: the stable id of a field or counter from its name.
std::uint32_t name_id(std::string_view name);

/// Fresh random bytes for salts, from the operating system.
std::string random_bytes(std::size_t count);

}  // namespace fairlead
