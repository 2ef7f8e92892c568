// Ed25519 signatures (OpenSSL's), by keys in PEM as `openssl genpkey -algorithm ed25519` writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// In hexadecimal; none where `private_key` is no private key of this kind.
std::optional<std::string> sign(std::string_view private_key, std::string_view text);

/// Whether the owner of `public_key` has signed exactly this.
bool verify_signature(std::string_view public_key, std::string_view text, std::string_view signature);

/// The public key that belongs to a private one; none where it is none of this kind.
std::optional<std::string> public_key_of(std::string_view private_key);

}  // namespace fairlead
