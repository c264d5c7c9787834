// Reads the configuration again, and puts it in force: because somebody asked (SIGHUP, POST
// /-/reload) or because its file is another one than was read last.
#pragma once

#include <optional>
#include <string>

#include "app/app.h"
#include "app/service_manager.h"
#include "app/watchers.h"
#include "expose/page.h"
#include "expose/routes.h"
#include "scrape/file_read.h"

namespace mesh {

// Borrows all that it is made with. Not thread-safe.
class Reloader {
 public:
  Reloader(const AppOptions& options, const ServiceManager& service, Watchers& watchers,
           PageOptions& page, Routes& routes)
      : options_(options),
        service_(service),
        watchers_(watchers),
        page_(page),
        routes_(routes),
        read_(options.read) {}

  // A configuration that is wrong leaves everything as it is. Whose history ends is told in the
  // log. "" or what is wrong, one error a line.
  std::string reload();

  // Reloads once the file has changed and then been the same for two looks: editors and copies
  // write a file piece by piece.
  void look();

 private:
  const AppOptions& options_;
  const ServiceManager& service_;
  Watchers& watchers_;
  PageOptions& page_;
  Routes& routes_;
  FileSignature read_;                    // as it was when it was read
  std::optional<FileSignature> changed_;  // as it was at the last look, if not like that
};

// What a configuration says about pages.
void apply(const Config& config, PageOptions& page);

void warn_of(const Config& config);

}  // namespace mesh
