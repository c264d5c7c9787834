// One SSL_CTX for the process. Everything that could refuse a server for being old or weak is off:
// this client is never used to send anything, so there is nothing to protect.
#include "net/tls_settings.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sslerr.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "base/limits.h"
#include "net/error_words.h"

namespace mesh {
namespace {

using Ssl = Owned<SSL, SSL_free>;

// Without those ciphers by which a server shows no certificate.
constexpr const char* ciphers = "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0";

// Keys are read by a program without a terminal, on which OpenSSL would ask for the password.
int no_password(char*, int, int, void* asked) {
  if (asked) *static_cast<bool*>(asked) = true;
  return -1;
}

// Any chain will do. Without a certificate of our own the handshake stops at it, whatever else of
// the server's flight is there: to go on is to compute in a group of the server's choice, which may
// take seconds, for a last flight that is never sent.
int accept_any(X509_STORE_CTX* context, void*) {
  const int index = SSL_get_ex_data_X509_STORE_CTX_idx();
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, index));
  if (!SSL_get_certificate(ssl)) SSL_set_retry_verify(ssl);
  return 1;
}

Owned<SSL_CTX, SSL_CTX_free> make_context() {
  Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return nullptr;
  // 0 is the lowest version that this OpenSSL was built with, whatever openssl.cnf says.
  if (SSL_CTX_set_min_proto_version(context.get(), 0) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), 0) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), ciphers) != 1) {
    return nullptr;
  }
  SSL_CTX_set_options(context.get(), SSL_OP_ALL | SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cert_verify_callback(context.get(), accept_any, nullptr);
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  SSL_CTX_set_max_cert_list(context.get(), limits::tls_handshake_bytes);
  return context;
}

SSL_CTX* context() {
  static const auto one = make_context();
  return one.get();
}

Failure failed(const std::string& what) {
  return {Reason::tls, what + ": " + take_tls_error().words};
}

// RFC 7301: each with its length in front. Nothing if one has a length that does not fit.
bool offer(SSL* ssl, const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) return false;
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  // The list's length has two bytes in the extension, and the extension's own two more around it.
  if (wire.size() > 65'533) return false;
  return wire.empty() ||
         SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(wire.data()),
                             static_cast<unsigned int>(wire.size())) == 0;
}

// To open a FIFO is to wait for whoever writes to it. What is not there is OpenSSL's to tell.
bool may_be_opened(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

// Nothing, or which file is at fault.
std::optional<Failure> use_certificate(SSL* ssl, const TlsQuestion& question) {
  const std::string& certificate = question.client_certificate_file;
  const std::string& key = question.client_key_file;
  for (const std::string& path : {certificate, key}) {
    if (!may_be_opened(path)) return Failure{Reason::tls, "cannot use " + path + ": it is no file"};
  }
  if (SSL_use_certificate_chain_file(ssl, certificate.c_str()) != 1) {
    return failed("cannot use the client certificate " + certificate);
  }
  ERR_clear_error();
  bool encrypted = false;
  SSL_set_default_passwd_cb_userdata(ssl, &encrypted);
  // The check against the certificate is part of it.
  const bool used = SSL_use_PrivateKey_file(ssl, key.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_set_default_passwd_cb_userdata(ssl, nullptr);
  if (encrypted) {
    return Failure{Reason::tls, "cannot use the client key " + key + ": it is encrypted"};
  }
  if (!used) {
    return failed("cannot use the client key " + key);
  }
  return std::nullopt;
}

}  // namespace

Result<Ssl, Failure> make_tls(const TlsQuestion& question) {
  clear_tls_errors();
  Ssl ssl(context() ? SSL_new(context()) : nullptr);
  if (!ssl) return failed("cannot set up OpenSSL");
  if (!question.sni.empty() && SSL_set_tlsext_host_name(ssl.get(), question.sni.c_str()) != 1) {
    return failed("cannot ask for the server name");
  }
  if (!offer(ssl.get(), question.alpn)) {
    return Failure{Reason::tls, "a protocol name of ALPN has 1 to 255 bytes, all of them 65533"};
  }
  if (!question.client_certificate_file.empty()) {
    if (auto why = use_certificate(ssl.get(), question)) return *why;
  }
  return ssl;
}

TlsError take_tls_error() {
  const unsigned long code = ERR_peek_error();
  TlsError error;
  const int reason = ERR_GET_REASON(code);
  // Beyond these 256 stand reasons of OpenSSL's own, which no peer has sent.
  const bool alert_came = reason >= SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255;
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && alert_came) {
    const int alert = reason - SSL_AD_REASON_OFFSET;
    error.kind = TlsError::Kind::alert;
    error.words = std::to_string(alert) + " (" + SSL_alert_desc_string_long(alert) + ")";
  } else {
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason == SSL_R_EXCESSIVE_MESSAGE_SIZE) {
      error.kind = TlsError::Kind::too_large;
    }
    const char* words = ERR_reason_error_string(code);
    error.words = words ? words : "error " + std::to_string(code);
    // Of the system: a file that cannot be opened.
    if (ERR_SYSTEM_ERROR(code)) {
      error.words = in_words({reason, boost::system::system_category()});
    }
  }
  clear_tls_errors();
  return error;
}

void clear_tls_errors() { ERR_clear_error(); }

}  // namespace mesh
