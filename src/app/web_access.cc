// Reading and exchanging; see web_access.h.
#include "app/web_access.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "config/load_web.h"
#include "scrape/file_read.h"
#include "wire/certificate_file.h"
#include "wire/x509_key_pair.h"

namespace mesh {
namespace {

SettledChange::Signatures look_at(const std::vector<std::string>& files) {
  SettledChange::Signatures signatures;
  for (const std::string& file : files) signatures.push_back(look_at_file(file).signature);
  return signatures;
}

// Why a key of tls_server_config cannot be used, under the name that it has in the file: "key" or
// "key_file".
Error complaint(const ServedTls& tls, std::string_view key, std::string_view why) {
  std::string_view file;
  if (key == "cert") file = tls.certificate_file;
  if (key == "key") file = tls.key_file;
  if (key == "client_ca") file = tls.client_ca_file;
  std::string words(key);
  if (!file.empty()) words.append("_file: cannot use ").append(file);
  return Error{words.append(": ").append(why)};
}

// What OpenSSL has no words for.
std::optional<Error> fault_in_texts(const ServedTls& tls) {
  const bool inlined = tls.certificate_file.empty();
  if (const auto why = wrong_with_certificates(tls.certificate)) {
    return complaint(tls, "cert", *why);
  }
  if (const auto why =
          wrong_with_key(tls.key, tls.certificate, inlined ? "cert" : tls.certificate_file)) {
    return complaint(tls, "key", *why);
  }
  const bool verifies =
      tls.client_auth == ClientAuth::verify || tls.client_auth == ClientAuth::verify_if_given;
  if (!verifies || (tls.client_ca.empty() && tls.client_ca_file.empty())) return std::nullopt;
  const auto why = wrong_with_certificates(tls.client_ca);
  return why ? std::optional(complaint(tls, "client_ca", *why)) : std::nullopt;
}

Result<std::shared_ptr<const ServerTls>> make_tls(const ServedTls& settings) {
  if (auto fault = fault_in_texts(settings)) return *fault;
  auto tls = ServerTls::make(settings);
  if (tls) return tls;
  std::string_view why = tls.error().message;
  const std::string_view key = take_piece(why, ':');
  return complaint(settings, key, why.substr(why.find_first_not_of(' ')));
}

Result<WebAccess, ConfigErrors> set_up(const std::string& file, WebConfig config) {
  WebAccess access;
  if (config.tls) {
    Result<std::shared_ptr<const ServerTls>> tls = make_tls(*config.tls);
    if (!tls) return ConfigErrors{Error{file + ": tls_server_config." + tls.error().message}};
    access.tls = std::move(*tls);
  }
  access.config = std::make_shared<const WebConfig>(std::move(config));
  return access;
}

bool wants_certificates(ClientAuth auth) {
  return auth == ClientAuth::require_any || auth == ClientAuth::verify;
}

// Who was refused for want of a certificate, or of one that is valid, still is.
bool asks_as_much(ClientAuth before, ClientAuth now) {
  return now == ClientAuth::verify || before == now || !wants_certificates(before);
}

// By which the guard of clients' certificates lets in who it did not.
void tell_opened(const ServedTls& before, const ServedTls& now, std::vector<std::string>& opened) {
  if (!asks_as_much(before.client_auth, now.client_auth)) {
    opened.emplace_back("tls_server_config.client_auth_type asks less of clients");
  } else if (before.client_auth == ClientAuth::verify && !before.client_ca.empty() &&
             now.client_ca.empty()) {
    opened.emplace_back("tls_server_config.client_ca is gone");
  }
  if (!before.client_allowed_sans.empty() && now.client_allowed_sans.empty()) {
    opened.emplace_back("tls_server_config.client_allowed_sans is gone");
  }
}

// What must not go while the program runs.
ConfigErrors taken_away(const std::string& file, const WebConfig& before, const WebConfig& now) {
  std::vector<std::string> opened;
  if (before.tls && !now.tls) opened.emplace_back("tls_server_config is gone");
  if (before.tls && now.tls) tell_opened(*before.tls, *now.tls, opened);
  if (!before.users.empty() && now.users.empty()) opened.emplace_back("basic_auth_users is gone");
  ConfigErrors errors;
  for (const std::string& what : opened) {
    errors.push_back(
        {file + ": " + what + ", and no guard is given up while the program runs; restart it"});
  }
  return errors;
}

}  // namespace

WebAccessRead read_web_access(const std::string& file, std::vector<std::string> known) {
  WebAccessRead read;
  if (file.empty()) return read;
  read.files = known.empty() ? std::vector<std::string>{file} : std::move(known);
  read.signatures = look_at(read.files);
  Result<WebConfig, ConfigErrors> config = load_web_config(file);
  if (config) {
    std::vector<std::string> files{file};
    files.insert(files.end(), config->files.begin(), config->files.end());
    // The signatures must be older than what is read.
    if (files != read.files) {
      read.files = std::move(files);
      read.signatures = look_at(read.files);
      config = load_web_config(file);
    }
  }
  if (config) {
    read.access = set_up(file, std::move(*config));
  } else {
    read.access = config.error();
  }
  return read;
}

std::optional<std::string> expiry_warning(const std::string& file, const WebConfig& config,
                                          std::chrono::sys_seconds now) {
  if (!config.tls) return std::nullopt;
  CertificateFileReader reader("");
  reader.feed(config.tls->certificate);
  const Result<CertificateFile> read = reader.finish();
  if (!read || read->certificates.empty()) return std::nullopt;
  const Certificate& leaf = read->certificates.front();
  std::string when;
  if (leaf.not_after < now) when = "has expired: it was valid until " + to_rfc3339(leaf.not_after);
  if (leaf.not_before && *leaf.not_before > now) {
    when = "is not valid before " + to_rfc3339(*leaf.not_before);
  }
  if (when.empty()) return std::nullopt;
  const std::string& from = config.tls->certificate_file;
  return file + ": tls_server_config.cert" + (from.empty() ? ": it " : "_file: " + from + " ") +
         when;
}

WebAccessReloader::WebAccessReloader(WebAccessRead read, Use use)
    : use_(std::move(use)),
      access_(std::move(*read.access)),
      files_(std::move(read.files)),
      change_(std::move(read.signatures)) {}

std::string WebAccessReloader::reload() {
  if (files_.empty()) return "";
  const std::string file = files_.front();
  WebAccessRead read = read_web_access(file, files_);
  files_ = std::move(read.files);
  change_.was_read(std::move(read.signatures));
  ConfigErrors errors;
  if (!read.access) {
    errors = read.access.error();
  } else {
    errors = taken_away(file, *access_.config, *read.access->config);
  }
  const bool was_successful = std::exchange(successful_, errors.empty());
  std::string wrong;
  for (const Error& error : errors) {
    log(LogLevel::error, "the web configuration was not reloaded, the old one goes on",
        {{"error", error.message}});
    wrong.append(wrong.empty() ? "" : "\n").append(error.message);
  }
  if (!successful_) return wrong;
  // SIGHUP is for both configurations, and files are touched that say the same.
  const bool same = *access_.config == *read.access->config;
  if (same && was_successful) return "";
  // Connections live on where nothing about TLS has changed.
  if (access_.config->tls == read.access->config->tls) read.access->tls = access_.tls;
  access_ = std::move(*read.access);
  use_(access_);
  log(LogLevel::info, "web configuration reloaded",
      {{"tls", access_.tls ? "on" : "off"}, {"users", access_.config->users.size()}});
  return "";
}

bool WebAccessReloader::look() { return change_.look(look_at(files_)); }

}  // namespace mesh
