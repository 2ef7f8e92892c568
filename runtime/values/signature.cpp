// Ed25519 signatures.
#include "runtime/values/signature.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <climits>
#include <memory>
#include <vector>

namespace fairlead {

namespace {

template <auto free>
struct Frees {
  template <class T>
  void operator()(T* what) const {
    free(what);
  }
};
using Bio = std::unique_ptr<BIO, Frees<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Frees<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Frees<EVP_MD_CTX_free>>;

Bio reading(std::string_view text) {
  return Bio(text.size() > INT_MAX ? nullptr : BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Key of_its_kind(EVP_PKEY* key) {
  Key out(key);
  return out != nullptr && EVP_PKEY_get_id(out.get()) == EVP_PKEY_ED25519 ? std::move(out) : nullptr;
}

Key private_key_in(std::string_view pem) {
  const Bio in = reading(pem);
  return in == nullptr ? nullptr : of_its_kind(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::vector<unsigned char>> from_hex(std::string_view text) {
  std::vector<unsigned char> out;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = OPENSSL_hexchar2int(static_cast<unsigned char>(text[i]));
    const int low = OPENSSL_hexchar2int(static_cast<unsigned char>(text[i + 1]));
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<unsigned char>(high * 16 + low));
  }
  return out;
}

}  // namespace

std::optional<std::string> sign(std::string_view private_key, std::string_view text) {
  const Key key = private_key_in(private_key);
  const Context context(EVP_MD_CTX_new());
  if (key == nullptr || context == nullptr) return std::nullopt;
  std::vector<unsigned char> out(64);
  std::size_t size = out.size();
  // Ed25519 takes the text as it is: it hashes by itself.
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, bytes(text), text.size()) != 1)
    return std::nullopt;
  std::string written;
  for (std::size_t i = 0; i < size; ++i) {
    written += "0123456789abcdef"[out[i] / 16];
    written += "0123456789abcdef"[out[i] % 16];
  }
  return written;
}

bool verify_signature(std::string_view public_key, std::string_view text, std::string_view signature) {
  const Bio in = reading(public_key);
  const Key key = in == nullptr ? nullptr : of_its_kind(PEM_read_bio_PUBKEY(in.get(), nullptr, nullptr, nullptr));
  const Context context(EVP_MD_CTX_new());
  const auto given = from_hex(signature);
  return key != nullptr && context != nullptr && given &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), given->data(), given->size(), bytes(text), text.size()) == 1;
}

std::optional<std::string> public_key_of(std::string_view private_key) {
  const Key key = private_key_in(private_key);
  const Bio out(BIO_new(BIO_s_mem()));
  if (key == nullptr || out == nullptr || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) return std::nullopt;
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace fairlead
