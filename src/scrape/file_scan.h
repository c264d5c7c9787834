// The files that some globs match, and the work of reading them when they change: in steps of a
// millisecond or so, since a directory may have a hundred thousand files and a file ten thousand
// certificates. What is unchanged (inode, size, times) is not read again. What is read is told once
// and not kept here: whoever is told makes of it what it needs.
//
// No waiting and no events in here; scrape/certificate_files says when to look at what.
#pragma once

#include <dirent.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/owned.h"
#include "scrape/file_read.h"
#include "scrape/glob_pattern.h"
#include "scrape/watched_paths.h"
#include "wire/certificate_file.h"

namespace mesh {

// Files known at once: twice the largest number that was ever asked for. Each costs some 1.5 kB.
inline constexpr std::size_t known_files = 200'000;

struct CertificateFilePattern {
  std::string glob;           // as glob(3) has them
  std::string password_file;  // for PKCS#12; "" if there is none
};

// What has become of one file.
struct CertificateFileNews {
  enum class Kind : std::uint8_t {
    read,
    // It is there and cannot be read, so what was read before it is to stand: whoever has loaded
    // the file goes on with the old certificates, too. So it is with a file that has become empty,
    // as files are for a moment that are written anew in place.
    failed,
    no_file,  // a directory or a symlink to nothing, say: has no certificates
    gone,     // deleted
  };
  Kind kind = Kind::read;
  std::string path;
  std::size_t pattern = 0;  // the first that matches, as an index
  CertificateFile content;  // if it was read; with their `path`
  std::string error;        // of failed and no_file
};

using OnCertificateFile = std::function<void(CertificateFileNews)>;

class FileScan {
 public:
  // on_file is called in step(), for each file at first and then when it has changed.
  FileScan(std::vector<CertificateFilePattern> patterns, std::size_t most_directories,
           OnCertificateFile on_file);

  DirectoryWatch& watch() { return paths_.watch(); }

  // Everything is to be looked at.
  void rescan();
  // An entry that something has happened to: whether it concerns us.
  bool concerns(const std::string& directory, const char* name) const;
  // Such entries are to be looked at, and what is reached through them.
  void look_at(const std::set<std::string>& entries);

  // Does a piece of the work. False if there is none left.
  bool step();
  bool idle() const;

  // Whether there was something to tell since this was last asked.
  bool take_news() { return std::exchange(news_, false); }
  // Files that were written while they were read: to be looked at again in a moment.
  std::set<std::string> take_unsettled() { return std::exchange(unsettled_, {}); }

  std::size_t files() const { return files_.size(); }
  std::uint64_t reads() const { return reads_; }
  std::uint64_t read_errors() const { return read_errors_; }
  bool exhausted() const { return paths_.exhausted(); }
  // What the user should know of the globs: such as match nothing, directories without watch.
  std::vector<std::string> warnings() const;

 private:
  struct Pattern {
    CertificateFilePattern asked;
    GlobPattern glob;
    FileSignature password;
    std::size_t files = 0;
  };
  struct File {
    FileSignature signature;  // of what was read last; of none if it could not be opened
    std::uint32_t pattern = 0;
    std::uint32_t round = 0;  // the rescan that has come by
    bool has_content = false, has_certificates = false;
    std::string error;
  };
  struct Walk {
    std::string directory;
    GlobPlace place;
  };
  struct Check {
    std::string path;
    std::size_t pattern = 0;
    bool force = false;  // even if it looks unchanged
  };
  static void close_directory(DIR* directory) { closedir(directory); }

  void begin_walk(Walk walk);
  void walk_on();
  void arrive(const std::string& entry, GlobPlace place);
  void enter(const std::string& directory, GlobPlace place);
  void check(const Check& check);
  void begin_read(const Check& check);
  void read_on();
  void end_read();
  void fail(const Check& check, CertificateFileNews::Kind kind, const std::string& error,
            const FileSignature& signature);
  bool put_off(const std::string& path);
  File& enter_file(const Check& check, const FileSignature& signature);
  void tell(CertificateFileNews news);
  void remove(const std::string& path);
  void check_below(const std::string& path);
  void check_password(std::size_t pattern, bool force);
  void check_next_known();

  std::vector<Pattern> patterns_;
  WatchedPaths paths_;
  OnCertificateFile on_file_;
  std::map<std::string, File> files_;
  std::deque<Walk> walks_;
  std::deque<Check> checks_;
  Walk walk_;
  Owned<DIR, close_directory> listing_;
  Check reading_;
  std::unique_ptr<FileRead> read_;
  std::optional<std::string> known_after_;  // of a rescan: files behind this one are to be checked
  std::set<std::string> unsettled_;
  std::uint32_t round_ = 0;
  std::map<std::string, int> put_off_;  // how often in a row
  bool news_ = false, crowded_ = false;
  std::uint64_t reads_ = 0, read_errors_ = 0;
};

}  // namespace mesh
