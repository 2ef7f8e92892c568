// See hash.hpp. OpenSSL and the operating system do the work.
#include "runtime/values/hash.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace fairlead {
namespace {

/// A wrong hash would move contacts between partitions and break the journal's chain, and a salt that is no secret
/// would undo what it is for: without these two nothing may go on.
[[noreturn]] void stop(const char* what) {
  fmt::print(stderr, "fairlead: {}\n", what);
  std::abort();
}

/// One hash in the making. A thread's hashes share one context: making one takes longer than hashing a few hundred
/// bytes.
class Digest {
 public:
  Digest() : context_(context()) { check(EVP_DigestInit_ex2(context_, algorithm(), nullptr) == 1); }
  void update(std::string_view data) { check(EVP_DigestUpdate(context_, data.data(), data.size()) == 1); }
  Hash finish() {
    Hash out{};
    check(EVP_DigestFinal_ex(context_, out.data(), nullptr) == 1);
    return out;
  }

 private:
  static void check(bool good) {
    if (!good) stop("SHA-256 is not to be had from OpenSSL");
  }
  /// Looking the algorithm up takes OpenSSL 3 longer than a short hash does, so it is done once.
  static const EVP_MD* algorithm() {
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> found(EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                                       &EVP_MD_free);
    check(found != nullptr);
    return found.get();
  }

  static EVP_MD_CTX* context() {
    static const thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> made(EVP_MD_CTX_new(),
                                                                                           &EVP_MD_CTX_free);
    check(made != nullptr);
    return made.get();
  }

  EVP_MD_CTX* context_;
};

}  // namespace

Hash sha256(std::string_view data) {
  Digest digest;
  digest.update(data);
  return digest.finish();
}

Hash sha256(std::initializer_list<std::string_view> parts) {
  Digest digest;
  for (const std::string_view part : parts) {
    std::array<char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    }
    digest.update({length.data(), length.size()});
    digest.update(part);
  }
  return digest.finish();
}

std::string hex(const Hash& hash) {
  return short_hex(hash, hash.size());
}

std::string short_hex(const Hash& hash, std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes && i < hash.size(); ++i) {
    out += digits[hash[i] >> 4U];
    out += digits[hash[i] & 15U];
  }
  return out;
}

std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  const Hash hash = sha256(parts);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out |= static_cast<std::uint64_t>(hash[i]) << (8 * i);
  return out;
}

std::uint32_t name_id(std::string_view name) {
  std::uint32_t out = 2'166'136'261U;
  for (const char c : name) out = (out ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(out.data() + filled, count - filled, 0);
    if (got < 0 && errno != EINTR) stop("the operating system gives no random bytes");
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace fairlead
