// Reads the configuration again, and that of the web server, and puts them in force: because
// somebody asked (SIGHUP, POST /-/reload) or because files are others than were read last.
#pragma once

#include <string>

#include "app/app.h"
#include "app/service_manager.h"
#include "app/settled_change.h"
#include "app/watchers.h"
#include "app/web_access.h"
#include "expose/page.h"
#include "expose/routes.h"

namespace mesh {

// Borrows all that it is made with. Not thread-safe.
class Reloader {
 public:
  Reloader(const AppOptions& options, const ServiceManager& service, Watchers& watchers,
           WebAccessReloader& web, PageOptions& page, Routes& routes)
      : options_(options),
        service_(service),
        watchers_(watchers),
        web_(web),
        page_(page),
        routes_(routes),
        change_({options.read}) {}

  // Of the two each by itself: one that is wrong leaves everything as it is. Whose history ends is
  // told in the log. "" or what is wrong, one error a line.
  std::string reload();

  // Reloads what has changed and settled since.
  void look();

 private:
  std::string read_config();
  void tell_pages();

  const AppOptions& options_;
  const ServiceManager& service_;
  Watchers& watchers_;
  WebAccessReloader& web_;
  PageOptions& page_;
  Routes& routes_;
  SettledChange change_;
  bool successful_ = true;  // the last reading of the configuration
};

// What a configuration says about pages.
void apply(const Config& config, PageOptions& page);

void warn_of(const Config& config);

}  // namespace mesh
