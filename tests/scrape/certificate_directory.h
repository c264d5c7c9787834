// A temporary directory of certificate files, and CertificateFiles that watch it. The certificates
// are short but real; each tells its name by its common name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scrape/certificate_files.h"
#include "wire/certificate_file_reading.h"

namespace mesh {

namespace fs = std::filesystem;

class CertificateDirectory : public testing::Test {
 protected:
  CertificateDirectory() {
    std::string name = testing::TempDir() + "certificate_files_XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~CertificateDirectory() override {
    watching_.reset();
    io_.restart();
    io_.poll();
    fs::remove_all(root_);
  }

  std::string path(const std::string& name) const { return (root_ / name).string(); }

  // In place, as an editor does: whoever has it open sees it change.
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  void write_elsewhere_and_move(const std::string& name, const std::string& text) {
    write("aside/" + fs::path(name).filename().string(), text);
    fs::rename(root_ / "aside" / fs::path(name).filename(), root_ / name);
  }

  void watch(std::vector<CertificateFilePattern> patterns, CertificateFilesPace pace = {}) {
    for (CertificateFilePattern& pattern : patterns) {
      pattern.glob = path(pattern.glob);
      if (!pattern.password_file.empty()) pattern.password_file = path(pattern.password_file);
    }
    watching_ = std::make_unique<CertificateFiles>(
        io_.get_executor(), std::move(patterns),
        [this](CertificateFileNews news) { take(std::move(news)); }, [this] { ++changes_; }, pace);
    watching_->start();
    run_until([this] { return changes_ > 0; });
  }

  // Runs what is to be run until the condition holds; false if it does not within a minute.
  template <class Condition>
  bool run_until(Condition holds, std::chrono::milliseconds at_most = std::chrono::seconds{60}) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!holds()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds{10});
    }
    return true;
  }

  // As whoever is told makes a picture of the files.
  struct State {
    std::size_t pattern = 0;
    std::vector<Certificate> certificates;
    std::string error;
    int told = 0;
  };

  void take(CertificateFileNews news) {
    using Kind = CertificateFileNews::Kind;
    if (news.kind == Kind::gone) {
      states_.erase(news.path);
      return;
    }
    State& state = states_[news.path];
    if (news.kind != Kind::failed) state.certificates = std::move(news.content.certificates);
    state.pattern = news.pattern;
    state.error = news.error;
    ++state.told;
  }

  using Shown = std::map<std::string, std::string>;

  // The names of the certificates by file, or its error: "a b", "a (is empty)", "(is a FIFO)".
  Shown shown() const {
    Shown all;
    for (const auto& [path, state] : states_) {
      std::string text;
      for (const Certificate& it : state.certificates) {
        text += (text.empty() ? "" : " ") + it.subject_common_name;
      }
      if (!state.error.empty()) text += (text.empty() ? "(" : " (") + state.error + ")";
      all[fs::path(path).lexically_relative(root_)] = text;
    }
    return all;
  }

  void expect_soon(const Shown& expected) {
    run_until([&] { return shown() == expected; });
    EXPECT_EQ(shown(), expected);
  }

  fs::path root_;
  boost::asio::io_context io_;
  int changes_ = 0;
  std::map<std::string, State> states_;
  std::unique_ptr<CertificateFiles> watching_;
};

}  // namespace mesh
