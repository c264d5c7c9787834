// Files of certificates for the tests of their reader: made here, read whole and byte by byte.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/certificate_file.h"
#include "wire/x509_maker.h"

namespace mesh {

inline std::string in_base64(std::string_view bytes) {
  std::string text(bytes.size() / 3 * 4 + 5, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

inline std::string wrapped(const std::string& text, const std::string& end,
                           const std::string& indent) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); i += 64) lines += indent + text.substr(i, 64) + end;
  return lines;
}

inline std::string pem(std::string_view der, const std::string& label = "CERTIFICATE",
                       const std::string& end = "\n", const std::string& indent = "") {
  return indent + "-----BEGIN " + label + "-----" + end + wrapped(in_base64(der), end, indent) +
         indent + "-----END " + label + "-----" + end;
}

inline std::string leaf_der(const std::string& name) {
  return X509Maker().subject("CN", name).issuer("CN", "root").der();
}
inline std::string leaf(const std::string& name) { return pem(leaf_der(name)); }
inline std::string root_der(const std::string& name) {
  X509Maker maker;
  maker.subject("CN", name).issuer("CN", name);
  return maker.extension(NID_basic_constraints, "critical,CA:TRUE").der();
}

// 48 bytes in base64 that no reader may call a certificate.
inline const std::string key_text = pem(std::string(48, 'k'), "PRIVATE KEY");

inline Result<CertificateFile> try_reading(const std::string& bytes,
                                           std::string_view password = "") {
  CertificateFileReader slow(password), fast(password);
  for (const char c : bytes) slow.feed({&c, 1});
  fast.feed(bytes);
  auto one = slow.finish();
  auto other = fast.finish();
  EXPECT_EQ(one.ok(), other.ok());
  if (one && other) {
    EXPECT_EQ(*one, *other);
  } else if (!one && !other) {
    EXPECT_EQ(one.error().message, other.error().message);
  }
  return other;
}

inline CertificateFile read(const std::string& bytes, std::string_view password = "") {
  auto file = try_reading(bytes, password);
  EXPECT_TRUE(file.ok()) << (file ? "" : file.error().message);
  return file ? *file : CertificateFile{};
}

inline std::string refusal(const std::string& bytes, std::string_view password = "") {
  auto file = try_reading(bytes, password);
  return file ? "accepted" : file.error().message;
}

inline std::vector<std::string> names(const CertificateFile& file) {
  std::vector<std::string> all;
  for (const Certificate& it : file.certificates) all.push_back(it.subject_common_name);
  return all;
}

}  // namespace mesh
