// From our words to OpenSSL's. Security levels: 1, as Go's TLS takes what has 80 bits of strength;
// 0 where somebody asks for TLS 1.0 or 1.1, whose signatures have less.
#include "net/server_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "model/tls_names.h"
#include "net/tls_settings.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;

constexpr std::uint16_t tls_1_2 = 0x0303;
constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

struct NamesFree {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// As people write it; "" of a kind that has no such form.
std::string name_text(const GENERAL_NAME& name) {
  const bool is_text = name.type == GEN_DNS || name.type == GEN_EMAIL || name.type == GEN_URI;
  if (!is_text && name.type != GEN_IPADD) return "";
  const auto* const bytes = ASN1_STRING_get0_data(name.d.ia5);
  const int size = ASN1_STRING_length(name.d.ia5);
  if (is_text) return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = size == 4 ? AF_INET : AF_INET6;
  if (size != 4 && size != 16) return "";
  return ::inet_ntop(family, bytes, text.data(), text.size()) ? text.data() : "";
}

bool has_one_of(const X509* certificate, const std::vector<std::string>& allowed) {
  const std::unique_ptr<GENERAL_NAMES, NamesFree> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = name_text(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty() && std::ranges::find(allowed, name) != allowed.end()) return true;
  }
  return false;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int outcome =
      SSL_select_next_proto(&found, size, http_1_1.data(), http_1_1.size(), offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : ":").append(name);
  return list;
}

std::vector<std::string> usual_suites() {
  std::vector<std::string> names;
  for (const TlsName& suite : tls_cipher_suites) {
    if (!suite.openssl.empty()) names.emplace_back(suite.openssl);
  }
  return names;
}

Error fault(std::string_view key) {
  return Error{std::string(key).append(": ").append(take_tls_error().words)};
}

std::optional<Error> use_certificate(ssl::context& context, const ServedTls& settings) {
  error_code error;
  // A program without a terminal has nobody to ask for a password. The context keeps the callback.
  const auto encrypted = std::make_shared<bool>(false);
  context.set_password_callback(
      [encrypted](std::size_t, ssl::context::password_purpose) {
        *encrypted = true;
        return std::string();
      },
      error);
  clear_tls_errors();
  context.use_certificate_chain(asio::buffer(settings.certificate), error);
  if (error) return Error{"cert: " + error.message()};
  context.use_private_key(asio::buffer(settings.key), ssl::context::pem, error);
  if (*encrypted) return Error{"key: it is encrypted"};
  if (error) return Error{"key: " + error.message()};
  // OpenSSL keeps a key of another algorithm beside the certificate, and serves neither.
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    clear_tls_errors();
    return Error{"key: it is not that of the certificate"};
  }
  return std::nullopt;
}

std::optional<Error> choose_ciphers(SSL_CTX* context, const ServedTls& settings) {
  const bool weak = settings.min_version < tls_1_2;
  const std::string suites =
      joined(settings.cipher_suites.empty() ? usual_suites() : settings.cipher_suites) +
      (weak ? ":@SECLEVEL=0" : ":@SECLEVEL=1");
  SSL_CTX_set_options(context,
                      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
  if (settings.prefer_server_cipher_suites) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  } else {
    SSL_CTX_clear_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  if (SSL_CTX_set_min_proto_version(context, settings.min_version) != 1 ||
      SSL_CTX_set_max_proto_version(context, settings.max_version) != 1) {
    return fault("min_version");
  }
  if (SSL_CTX_set_cipher_list(context, suites.c_str()) != 1) return fault("cipher_suites");
  const std::string curves = joined(settings.curves);
  if (!curves.empty() && SSL_CTX_set1_groups_list(context, curves.c_str()) != 1) {
    return fault("curve_preferences");
  }
  return std::nullopt;
}

// Up to TLS 1.2 a suite is for keys of one kind; a list of others would serve nobody.
std::optional<Error> wrong_with_suites(SSL_CTX* context, const ServedTls& settings) {
  if (settings.max_version > tls_1_2) return std::nullopt;
  const EVP_PKEY* const key = SSL_CTX_get0_privatekey(context);
  const int kind = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
  const int wanted =
      kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS ? NID_auth_rsa : NID_auth_ecdsa;
  const Owned<SSL, SSL_free> one(SSL_new(context));
  if (!one) return std::nullopt;
  STACK_OF(SSL_CIPHER)* const suites = SSL_get1_supported_ciphers(one.get());  // by these versions
  bool usable = false;
  for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
    usable |= SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(suites, i)) == wanted;
  }
  sk_SSL_CIPHER_free(suites);
  if (usable) return std::nullopt;
  return Error{"cipher_suites: none can be used by these versions with a key of this kind"};
}

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::none: return SSL_VERIFY_NONE;
    case ClientAuth::request:
    case ClientAuth::verify_if_given: return SSL_VERIFY_PEER;
    case ClientAuth::require_any:
    case ClientAuth::verify: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

// Each CA is trusted as it stands, whether or not another one has signed it.
std::optional<Error> trust(ssl::context& context, const ServedTls& settings) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context.native_handle());
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  error_code error;
  if (settings.client_ca.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.add_certificate_authority(asio::buffer(settings.client_ca), error);
  }
  if (error) return Error{"client_ca: " + error.message()};
  if (settings.client_ca.empty()) return std::nullopt;
  // Which of its certificates a client shows depends on the names it is told.
  const STACK_OF(X509_OBJECT)* const known = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(known); ++i) {
    X509* const ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(known, i));
    if (ca != nullptr) SSL_CTX_add_client_CA(context.native_handle(), ca);
  }
  return std::nullopt;
}

}  // namespace

struct ServerTls::State {
  ssl::context context{ssl::context::tls_server};
  bool verifies = false;
  std::vector<std::string> allowed_sans;

  static int judge(X509_STORE_CTX* chain, void* state);
};

// Called with what a client shows, which is not called for who shows nothing.
int ServerTls::State::judge(X509_STORE_CTX* chain, void* state) {
  const auto& self = *static_cast<const State*>(state);
  if (self.verifies && X509_verify_cert(chain) != 1) return 0;
  const X509* const leaf = X509_STORE_CTX_get0_cert(chain);
  if (self.allowed_sans.empty() || has_one_of(leaf, self.allowed_sans)) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

Result<std::shared_ptr<const ServerTls>> ServerTls::make(const ServedTls& settings) {
  auto state = std::make_unique<State>();
  SSL_CTX* const native = state->context.native_handle();
  if (auto error = choose_ciphers(native, settings)) return *error;
  if (auto error = use_certificate(state->context, settings)) return *error;
  if (auto error = wrong_with_suites(native, settings)) return *error;
  state->verifies = settings.client_auth == ClientAuth::verify ||
                    settings.client_auth == ClientAuth::verify_if_given;
  state->allowed_sans = settings.client_allowed_sans;
  if (state->verifies) {
    if (auto error = trust(state->context, settings)) return *error;
  }
  SSL_CTX_set_verify(native, verify_mode(settings.client_auth), nullptr);
  SSL_CTX_set_cert_verify_callback(native, State::judge, state.get());
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  constexpr std::array<unsigned char, 3> session_context{'w', 'e', 'b'};
  SSL_CTX_set_session_id_context(native, session_context.data(), session_context.size());
  // A page is written piece by piece, from wherever it stands by then; what is read leaves no
  // buffers behind on a connection that waits; and each record that is no request gives others
  // their turn.
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_clear_mode(native, SSL_MODE_AUTO_RETRY);
  // Sessions are in the tickets that clients keep: nobody fills our memory with them.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  return std::shared_ptr<const ServerTls>(new ServerTls(std::move(state)));
}

ServerTls::ServerTls(std::unique_ptr<State> state) : state_(std::move(state)) {}
ServerTls::~ServerTls() = default;

Owned<SSL, SSL_free> ServerTls::accept(int socket) const {
  Owned<SSL, SSL_free> one(SSL_new(state_->context.native_handle()));
  if (!one || SSL_set_fd(one.get(), socket) != 1) return nullptr;
  SSL_set_accept_state(one.get());
  return one;
}

}  // namespace mesh
