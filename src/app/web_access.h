// How our own pages are guarded: a web configuration (config/load_web.h) with OpenSSL set up for
// it, and how it is put in force and exchanged while the program runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settled_change.h"
#include "base/result.h"
#include "config/load.h"
#include "model/web_config.h"
#include "net/server_tls.h"

namespace mesh {

struct WebAccess {
  std::shared_ptr<const WebConfig> config = std::make_shared<const WebConfig>();
  std::shared_ptr<const ServerTls> tls;  // null: plain HTTP
};

// One reading: what came of it, and by what the files that it was made of are recognised.
struct WebAccessRead {
  Result<WebAccess, ConfigErrors> access = WebAccess{};
  std::vector<std::string> files;  // the first is the configuration itself
  SettledChange::Signatures signatures;
};

// Of this file; "" guards nothing. `known` are the files of the last reading: a change of any of
// them after this call is seen in the signatures.
WebAccessRead read_web_access(const std::string& file, std::vector<std::string> known = {});

// Where the certificate that is served is out of its time, which keeps nobody from serving it, and
// clients from taking it: a line for who checks `file`.
std::optional<std::string> expiry_warning(const std::string& file, const WebConfig& config,
                                          std::chrono::sys_seconds now);

// Not thread-safe.
class WebAccessReloader {
 public:
  using Use = std::function<void(const WebAccess&)>;

  // `read` is in force. `use` puts another one in force, and is called in reload() only.
  WebAccessReloader(WebAccessRead read, Use use);

  // Reads it again. What is wrong changes nothing, nor does what would take TLS, all passwords or
  // the guard of clients' certificates (type, CA, names) away: a file that was cut short must not
  // open what was closed; who means it starts anew. "" or what is wrong, one error a line; it is in
  // the log then. What is as before is no event.
  std::string reload();

  // One look at the files; whether it is time to reload().
  bool look();

  bool successful() const { return successful_; }  // the last reading
  // Of the web configuration; "": there is none.
  std::string file() const { return files_.empty() ? "" : files_.front(); }

 private:
  const Use use_;
  WebAccess access_;
  std::vector<std::string> files_;
  SettledChange change_;
  bool successful_ = true;
};

}  // namespace mesh
