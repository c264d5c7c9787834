// OpenSSL between two memory BIOs: nothing leaves the process unless this file hands it out.
#include "net/tls_client.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <array>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/owned.h"
#include "base/quoted.h"
#include "net/tls_chain.h"
#include "net/tls_settings.h"

namespace mesh {
namespace {

// What a server sends first in TLS: a record of the handshake or an alert, of SSL 3.0 or later.
bool begins_like_tls(std::string_view bytes) {
  const bool type = bytes[0] == SSL3_RT_HANDSHAKE || bytes[0] == SSL3_RT_ALERT;
  return type && (bytes.size() < 2 || bytes[1] == SSL3_VERSION_MAJOR);
}

// What a server of HTTP/2 sends first: a frame of type SETTINGS, shorter than 64 KiB.
bool begins_like_http2(std::string_view bytes) {
  constexpr char settings = 4;
  return bytes.size() > 3 && bytes[0] == 0 && bytes[3] == settings;
}

Failure no_tls(std::string_view bytes) {
  if (begins_like_http2(bytes)) {
    return {Reason::tls, "does not speak TLS: answered HTTP/2 in plain text"};
  }
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  return {Reason::tls, "does not speak TLS: answered " + in_quotes(line)};
}

Failure too_large() {
  return {Reason::too_large,
          "handshake longer than " + std::to_string(limits::tls_handshake_bytes) + " bytes"};
}

Failure broken_off(bool refused_certificate) {
  const TlsError error = take_tls_error();
  if (error.kind == TlsError::Kind::too_large) return too_large();
  if (error.kind != TlsError::Kind::alert) {
    return {Reason::tls, "handshake failed: " + error.words};
  }
  return {Reason::tls, (refused_certificate ? "refused the client certificate with the TLS alert "
                                            : "answered with the TLS alert ") +
                           error.words};
}

}  // namespace

struct TlsClient::State {
  Progress step(int result);
  Progress broken(Failure why) {
    failure = std::move(why);
    silent = true;
    return Progress::broken;
  }
  Progress listen();
  void certificate_message(std::string_view body);
  static void message(int sent, int version, int type, const void* bytes, std::size_t size,
                      SSL* ssl, void* state);

  Owned<SSL, SSL_free> ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
  bool hold_back = true;
  bool completed = false;
  bool ticket = false;  // for a later session: the server is content with this one
  bool certificate_sent = false;
  bool certificate_asked_for = false;
  bool silent = false;  // nothing is sent any more
  std::string begin;    // what came first, at least two bytes of it
  std::size_t bytes = 0;
  std::string version, cipher;  // as agreed when the chain came
  std::vector<std::string> chain;
  std::optional<Failure> bad_chain;
  Failure failure{Reason::tls, ""};
};

// What OpenSSL says of version and cipher later may be otherwise: the version of a record that it
// refused, and no cipher where the rest of the server's flight has not come yet.
void TlsClient::State::certificate_message(std::string_view body) {
  version = SSL_get_version(ssl.get());
  cipher = SSL_CIPHER_get_name(SSL_get_pending_cipher(ssl.get()));
  const bool tls13 = SSL_version(ssl.get()) == TLS1_3_VERSION;
  const auto form = tls13 ? CertificateMessageForm::tls13 : CertificateMessageForm::up_to_tls12;
  auto read = read_certificate_message(body, form, limits::tls_chain_certificates);
  if (read) {
    chain = std::move(*read);
  } else {
    bad_chain = read.error();
  }
}

// OpenSSL shows every message here before it looks into it.
void TlsClient::State::message(int sent, int, int type, const void* bytes, std::size_t size, SSL*,
                               void* state) {
  constexpr std::size_t header = 4;  // type, length
  const std::string_view text(static_cast<const char*>(bytes), size);
  if (type != SSL3_RT_HANDSHAKE || size < header) return;
  auto& self = *static_cast<State*>(state);
  if (text[0] == SSL3_MT_NEWSESSION_TICKET) self.ticket = true;
  if (text[0] == SSL3_MT_CERTIFICATE_REQUEST) self.certificate_asked_for = true;
  if (text[0] != SSL3_MT_CERTIFICATE) return;
  if (sent != 0) {
    self.certificate_sent = true;
  } else {
    self.certificate_message(text.substr(header));
  }
}

TlsClient::Progress TlsClient::State::step(int result) {
  const int why = SSL_get_error(ssl.get(), result);
  if (bad_chain) return broken(*bad_chain);
  if (bytes > limits::tls_handshake_bytes) return broken(too_large());
  if (hold_back && !chain.empty()) {
    silent = true;
    clear_tls_errors();  // a chain that OpenSSL dislikes is still the chain that was served
    return Progress::done;
  }
  if (result == 1) {
    if (chain.empty()) return broken({Reason::tls, "the server showed no certificate"});
    completed = true;
    return Progress::done;
  }
  if (why == SSL_ERROR_WANT_READ) return Progress::more;
  if (why == SSL_ERROR_ZERO_RETURN) {
    return broken({Reason::connect, "said goodbye in the middle of the handshake"});
  }
  return broken(broken_off(certificate_sent));
}

// The server that sends anything at all behind the handshake has taken the certificate; what it is,
// nobody wants to know.
TlsClient::Progress TlsClient::State::listen() {
  std::array<char, 4096> unread;
  const int got = SSL_read(ssl.get(), unread.data(), unread.size());
  if (got > 0 || ticket) return Progress::done;
  const int why = SSL_get_error(ssl.get(), got);
  if (why == SSL_ERROR_ZERO_RETURN || bytes > limits::tls_handshake_bytes) return Progress::done;
  if (why == SSL_ERROR_WANT_READ) return Progress::more;
  return broken(broken_off(true));
}

TlsClient::TlsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsClient::~TlsClient() = default;
TlsClient::TlsClient(TlsClient&&) noexcept = default;
TlsClient& TlsClient::operator=(TlsClient&&) noexcept = default;

Result<TlsClient, Failure> TlsClient::start(const TlsQuestion& question) {
  auto state = std::make_unique<State>();
  auto ssl = make_tls(question);
  if (!ssl) return ssl.error();
  state->ssl = std::move(*ssl);
  state->hold_back = question.client_certificate_file.empty();
  state->in = BIO_new(BIO_s_mem());
  state->out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(state->in, -1);  // no bytes means not yet
  SSL_set_bio(state->ssl.get(), state->in, state->out);
  SSL_set_msg_callback(state->ssl.get(), State::message);
  SSL_set_msg_callback_arg(state->ssl.get(), state.get());
  if (state->step(SSL_connect(state->ssl.get())) != Progress::more) return state->failure;
  return TlsClient(std::move(state));
}

std::string TlsClient::take_output() {
  if (state_->silent) return {};
  std::string output(BIO_ctrl_pending(state_->out), '\0');
  BIO_read(state_->out, output.data(), static_cast<int>(output.size()));
  return output;
}

TlsClient::Progress TlsClient::arrived(std::string_view bytes) {
  State& s = *state_;
  if (s.begin.size() < 2) {
    s.begin += bytes;
    if (!begins_like_tls(s.begin)) return s.broken(no_tls(s.begin));
  }
  s.bytes += bytes.size();
  BIO_write(s.in, bytes.data(), static_cast<int>(bytes.size()));
  clear_tls_errors();
  return s.completed ? s.listen() : s.step(SSL_do_handshake(s.ssl.get()));
}

TlsClient::Progress TlsClient::ended() {
  State& s = *state_;
  if (s.completed) return Progress::done;
  std::string why = "closed in the middle of the handshake";
  if (s.bytes == 0) why = "closed without an answer";
  return s.broken({Reason::connect, std::move(why)});
}

bool TlsClient::is_taken() const {
  return state_->ticket || SSL_version(state_->ssl.get()) != TLS1_3_VERSION;
}

void TlsClient::say_goodbye() {
  SSL_shutdown(state_->ssl.get());
  clear_tls_errors();
}

const Failure& TlsClient::failure() const { return state_->failure; }

TlsAnswer TlsClient::answer() const {
  const SSL* ssl = state_->ssl.get();
  TlsAnswer answer;
  answer.version = state_->version;
  answer.cipher = state_->cipher;
  const unsigned char* alpn = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &length);
  if (length > 0) answer.alpn.assign(reinterpret_cast<const char*>(alpn), length);
  answer.chain = state_->chain;
  answer.completed = state_->completed;
  answer.asks_for_certificate = state_->certificate_asked_for;
  return answer;
}

}  // namespace mesh
