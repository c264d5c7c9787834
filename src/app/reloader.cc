// Reading the configuration again; who asks for it is told in reloader.h.
#include "app/reloader.h"

#include <chrono>

#include "base/log.h"

namespace mesh {

void warn_of(const Config& config) {
  for (const std::string& warning : config.warnings) {
    log(LogLevel::warn, "the configuration may not be what was meant", {{"what", warning}});
  }
}

void apply(const Config& config, PageOptions& page) {
  page.failure_codes = config.grpc.failure_codes;
  page.poll_interval = config.poll.interval;
  page.config = {true, std::chrono::system_clock::now()};
}

std::string Reloader::reload() {
  service_.reloading();
  read_ = look_at_file(options_.config_file).signature;
  changed_.reset();
  const Result<Config, ConfigErrors> config = options_.read_config();
  page_.config.successful = static_cast<bool>(config);
  std::string wrong;
  if (config) {
    warn_of(*config);
    const std::string anew = watchers_.change(*config);
    apply(*config, page_);
    log(LogLevel::info, "configuration reloaded",
        {{"targets", config->targets.size()}, {"begins_anew", anew.empty() ? "nothing" : anew}});
  } else {
    for (const Error& error : config.error()) {
      log(LogLevel::error, "the configuration was not reloaded, the old one goes on",
          {{"error", error.message}});
      wrong.append(wrong.empty() ? "" : "\n").append(error.message);
    }
  }
  routes_.change(page_);
  service_.ready();
  return wrong;
}

void Reloader::look() {
  const FileSignature now = look_at_file(options_.config_file).signature;
  if (now == read_) {
    changed_.reset();
  } else if (now == changed_) {
    reload();
  } else {
    changed_ = now;
  }
}

}  // namespace mesh
