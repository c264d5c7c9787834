// The files that some globs match, as they were last read, and the work that brings this up to
// date: in steps of a millisecond or so, since a directory may have a hundred thousand files and a
// file ten thousand certificates. What is unchanged (inode, size, times) is not read again.
//
// No waiting and no events in here; scrape/certificate_files says when to look at what.
#pragma once

#include <dirent.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
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

// Files known at once: twice the largest number that was ever asked for. Each costs some 3 kB.
inline constexpr std::size_t known_files = 200'000;

struct CertificateFilePattern {
  std::string glob;           // as glob(3) has them
  std::string password_file;  // for PKCS#12; "" if there is none
};

// Immutable: a file that was not read since has the same state as before, pointer and all.
struct CertificateFileState {
  std::string path;
  std::size_t pattern = 0;  // the first that matches, as an index
  // The last reading that succeeded. A file that is there and cannot be read any longer keeps it:
  // whoever has loaded the file goes on with the old certificates, too. So does one that has become
  // empty, as files are for a moment that are written anew in place. What was deleted has no state
  // at all, and what has become a directory or a symlink to nothing has a state without content.
  std::optional<WallTime> read_at;
  std::optional<CertificateFile> content;  // with their `path`
  std::string error;                       // why the last look failed; "" if it did not
};

class FileScan {
 public:
  FileScan(std::vector<CertificateFilePattern> patterns, std::size_t most_directories);

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

  // Whether a state is new or gone since this was last asked.
  bool take_news() { return std::exchange(news_, false); }
  // Files that were written while they were read: to be looked at again in a moment.
  std::set<std::string> take_unsettled() { return std::exchange(unsettled_, {}); }

  std::vector<std::shared_ptr<const CertificateFileState>> states() const;
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
    std::shared_ptr<const CertificateFileState> state;
    FileSignature signature;  // of what was read last; of none if it could not be opened
    std::uint32_t round = 0;  // the rescan that has come by
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
  void fail(const Check& check, const std::string& error, bool keep_content,
            const FileSignature& signature);
  bool put_off(const std::string& path);
  void publish(const Check& check, CertificateFileState state, const FileSignature& signature);
  void remove(const std::string& path);
  void check_below(const std::string& path);
  void check_password(std::size_t pattern, bool force);
  void check_next_known();

  std::vector<Pattern> patterns_;
  WatchedPaths paths_;
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
