// Reading the configuration again; who asks for it is told in reloader.h.
#include "app/reloader.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "scrape/file_read.h"

namespace mesh {

void warn_of(const Config& config) {
  for (const std::string& warning : config.warnings) {
    log(LogLevel::warn, "the configuration may not be what was meant", {{"what", warning}});
  }
}

void apply(const Config& config, PageOptions& page) {
  page.failure_codes = config.grpc.failure_codes;
  page.poll_interval = config.poll.interval;
  page.config.last_success = std::chrono::system_clock::now();
  page.in_force = std::make_shared<const Config>(config);
}

std::string Reloader::read_config() {
  change_.was_read({look_at_file(options_.config_file).signature});
  const Result<Config, ConfigErrors> config = options_.read_config();
  successful_ = static_cast<bool>(config);
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
  return wrong;
}

void Reloader::tell_pages() {
  std::vector<std::string>& refused = page_.config.refused;
  refused.clear();
  if (!successful_) refused.push_back(options_.config_file);
  if (!web_.successful()) refused.push_back(web_.file());
  routes_.change(page_);
}

std::string Reloader::reload() {
  service_.reloading();
  std::string wrong = read_config();
  const std::string wrong_web = web_.reload();
  wrong.append(wrong.empty() || wrong_web.empty() ? "" : "\n").append(wrong_web);
  tell_pages();
  service_.ready();
  return wrong;
}

void Reloader::look() {
  const bool config = change_.look({look_at_file(options_.config_file).signature});
  const bool web = web_.look();
  if (config) {
    reload();
  } else if (web) {
    web_.reload();
    tell_pages();
  }
}

}  // namespace mesh
