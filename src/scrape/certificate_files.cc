// When to look at what: events are gathered for the collapse time, then looked at in slices,
// between which the thread does its other work.
#include "scrape/certificate_files.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace mesh {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Of work at once. A poll of a sidecar may have to wait for it.
constexpr std::chrono::milliseconds slice{2};

// Where something is always changing there is always work left; what is known is told all the same.
constexpr std::chrono::seconds longest_silence{1};

}  // namespace

// Its handlers keep it alive, and do nothing once it has stopped.
class CertificateFiles::Conductor : public std::enable_shared_from_this<Conductor> {
 public:
  Conductor(asio::any_io_executor executor, std::vector<CertificateFilePattern> patterns,
            OnCertificateFile on_file, std::function<void()> on_change,
            const CertificateFilesPace& pace)
      : executor_(std::move(executor)),
        on_change_(std::move(on_change)),
        pace_(pace),
        scan_(std::move(patterns), pace.most_directories, std::move(on_file)),
        events_(executor_),
        collapse_(executor_),
        rescan_(executor_) {}

  const FileScan& scan() const { return scan_; }

  void start() {
    if (scan_.watch().open() == 0) {
      events_.assign(scan_.watch().fd());
      wait_for_events();
    }
    scan_.rescan();
    work();
  }

  void stop() {
    stopped_ = true;
    collapse_.cancel();
    rescan_.cancel();
    // The descriptor is the watch's own.
    if (events_.is_open()) events_.release();
    scan_.watch().close();
  }

 private:
  void wait_for_events() {
    events_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](error_code error) {
                         if (!error && !self->stopped_) self->take_events();
                       });
  }

  void take_events() {
    const bool complete =
        scan_.watch().drain([this](const std::string& directory, const char* name) {
          if (scan_.concerns(directory, name)) entries_.insert(join_path(directory, name));
        });
    lost_ = lost_ || !complete;
    if (lost_ || !entries_.empty()) look_soon();
    wait_for_events();
  }

  // Not put off by further events: a directory in which something always happens has its turn too.
  void look_soon() {
    if (std::exchange(looking_soon_, true)) return;
    collapse_.expires_after(pace_.collapse);
    collapse_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->stopped_) self->look();
    });
  }

  void look() {
    looking_soon_ = false;
    if (std::exchange(lost_, false)) scan_.rescan();
    scan_.look_at(std::exchange(entries_, {}));
    work();
  }

  void work() {
    if (!std::exchange(working_, true)) post_slice();
  }

  void post_slice() {
    asio::post(executor_, [self = shared_from_this()] {
      if (!self->stopped_) self->do_slice();
    });
  }

  void do_slice() {
    const Instant end = std::chrono::steady_clock::now() + slice;
    while (scan_.step()) {
      const Instant now = std::chrono::steady_clock::now();
      if (now < end) continue;
      post_slice();
      if (told_ && now - last_told_ >= longest_silence) tell();
      return;
    }
    working_ = false;
    const auto unsettled = scan_.take_unsettled();
    entries_.insert(unsettled.begin(), unsettled.end());
    if (!entries_.empty()) look_soon();
    if (!std::exchange(rescan_due_, true)) rescan_later();
    // Files that are not settled have not been seen yet.
    if (told_ || unsettled.empty()) tell();
  }

  void tell() {
    if (!scan_.take_news() && told_) return;
    told_ = true;
    last_told_ = std::chrono::steady_clock::now();
    on_change_();
  }

  void rescan_later() {
    const bool is_blind = scan_.exhausted();
    rescan_.expires_after(is_blind ? pace_.rescan_unwatched : pace_.rescan);
    rescan_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->stopped_) return;
      self->rescan_due_ = false;
      self->scan_.rescan();
      self->work();
    });
  }

  asio::any_io_executor executor_;
  std::function<void()> on_change_;
  CertificateFilesPace pace_;
  FileScan scan_;
  asio::posix::stream_descriptor events_;
  asio::steady_timer collapse_, rescan_;
  std::set<std::string> entries_;  // to which something has happened
  bool lost_ = false;              // events that the kernel dropped
  bool looking_soon_ = false, working_ = false, rescan_due_ = false, told_ = false;
  Instant last_told_{};
  bool stopped_ = false;
};

CertificateFiles::CertificateFiles(asio::any_io_executor executor,
                                   std::vector<CertificateFilePattern> patterns,
                                   OnCertificateFile on_file, std::function<void()> on_change,
                                   CertificateFilesPace pace)
    : conductor_(std::make_shared<Conductor>(std::move(executor), std::move(patterns),
                                             std::move(on_file), std::move(on_change), pace)) {}
CertificateFiles::~CertificateFiles() { conductor_->stop(); }

void CertificateFiles::start() { conductor_->start(); }
void CertificateFiles::stop() { conductor_->stop(); }

std::size_t CertificateFiles::files_watched() const { return conductor_->scan().files(); }
std::uint64_t CertificateFiles::files_read() const { return conductor_->scan().reads(); }
std::uint64_t CertificateFiles::read_errors() const { return conductor_->scan().read_errors(); }
std::vector<std::string> CertificateFiles::warnings() const {
  return conductor_->scan().warnings();
}

}  // namespace mesh
