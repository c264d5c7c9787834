// How many certificates a second of one core's time are read from PEM and entered into their
// history, and what it costs to follow a hundred thousand files of them: the first look, the
// longest time for which it keeps the thread, one change among all, a look at everything, and
// memory, of each certificate in bundles and of each file with one.
//
// Times are of the processor: a busy machine makes no other figure.
//
//   certificate_bench [FILES [DIRECTORY]]
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "app/file_watcher.h"
#include "compute/certificate_book.h"
#include "wire/certificate_file_reading.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return seconds(Clock::now() - begin); }

// As meshes issue them: a SPIFFE ID, a DNS name, usages, an hour or a day.
std::string workload(int number) {
  X509Maker maker;
  maker.serial(number + 1).subject("O", "shop").issuer("CN", "mesh root").issuer("O", "shop");
  maker.extension(NID_key_usage, "critical,digitalSignature")
      .extension(NID_ext_key_usage, "serverAuth,clientAuth")
      .extension(NID_basic_constraints, "critical,CA:FALSE")
      .alt_names({{GEN_URI, "spiffe://mesh.test/ns/shop/sa/users-" + std::to_string(number)},
                  {GEN_DNS, "users-" + std::to_string(number) + ".shop.svc.cluster.local"}});
  return pem(maker.der());
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void bench_reading(const std::vector<std::string>& texts) {
  std::string bundle;
  for (const std::string& text : texts) bundle += text;
  std::size_t read = 0;
  const double begin = processor_seconds();
  while (processor_seconds() - begin < 2) {
    CertificateFileReader reader("");
    reader.feed(bundle);
    CertificateBook book(CertificateSource::file, "bundle.pem", {});
    book.enter({{reader.finish()->certificates}}, std::chrono::system_clock::now());
    read += book.place()->known.size();
  }
  std::printf("reading and entering: %.0f certificates/s, %.0f bytes of PEM each\n",
              static_cast<double>(read) / (processor_seconds() - begin),
              static_cast<double>(bundle.size()) / static_cast<double>(texts.size()));
}

struct Run {
  double wall = 0, processor = 0, longest = 0;
};

Run run_until(boost::asio::io_context& io, const std::function<bool()>& holds) {
  Run run;
  const auto begin = Clock::now();
  const double used = processor_seconds();
  while (!holds()) {
    io.restart();
    const double before = processor_seconds();
    io.run_one();
    run.longest = std::max(run.longest, processor_seconds() - before);
  }
  run.wall = seconds_since(begin);
  run.processor = processor_seconds() - used;
  return run;
}

void print(const char* what, const Run& run) {
  std::printf("%s: %.3f s, %.3f s of processor, at most %.1f ms at once\n", what, run.wall,
              run.processor, run.longest * 1e3);
}

std::size_t heap_bytes() {
  malloc_trim(0);
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

CertificatesConfig config_of(const fs::path& directory) {
  CertificatesConfig config;
  config.files.emplace_back();
  config.files.back().paths = {directory / "*.pem"};
  return config;
}

std::size_t text_bytes(const Certificate& it) {
  std::size_t bytes = 0;
  for (const std::string* text : {&it.serial, &it.subject, &it.issuer, &it.subject_common_name,
                                  &it.fingerprint_sha256, &it.signature_digest, &it.path}) {
    bytes += text->size();
  }
  for (const SubjectAltName& name : it.sans) bytes += name.text.size();
  return bytes;
}

// What is known of the certificates of a bundle, which only one file's costs are added to.
void bench_memory(const std::vector<std::string>& texts) {
  const std::size_t before = heap_bytes();
  CertificateBook book(CertificateSource::file, "bundle.pem", {});
  {
    CertificateFileReader reader("");
    for (const std::string& one : texts) reader.feed(one);
    book.enter({{reader.finish()->certificates}}, std::chrono::system_clock::now());
  }
  const std::size_t after = heap_bytes();
  std::size_t text = 0;
  for (const KnownCertificate& known : book.place()->known) text += text_bytes(known.in_use);
  const auto count = static_cast<double>(book.place()->known.size());
  std::printf("memory of a certificate: %.0f bytes, of them %.0f of text\n",
              static_cast<double>(after - before) / count, static_cast<double>(text) / count);
}

void bench_watching(const std::vector<std::string>& texts, int files, const fs::path& directory) {
  const auto file = [&](int i) { return directory / ("users-" + std::to_string(i) + ".pem"); };
  for (int i = 0; i < files; ++i) {
    std::ofstream(file(i)) << texts[static_cast<std::size_t>(i) % texts.size()];
  }
  boost::asio::io_context io;
  const std::size_t heap = heap_bytes();
  FileWatcher watching(io.get_executor(), config_of(directory));
  watching.start();
  print("first look", run_until(io, [&] { return watching.all_looked(); }));
  const auto count = static_cast<double>(watching.files()->files);
  std::printf("%.0f files, %zu remarkable; memory of each with its certificate: %.0f bytes\n",
              count, watching.files()->remarkable.size(),
              static_cast<double>(heap_bytes() - heap) / count);

  const auto before = watching.files();
  std::ofstream(directory / "aside") << texts[0];
  fs::rename(directory / "aside", file(files / 2));
  print("one change", run_until(io, [&] { return watching.files() != before; }));
}

// Looks at everything again and again, as where the kernel tells nothing.
void bench_looking(const fs::path& directory) {
  boost::asio::io_context io;
  bool looked = false;
  CertificateFiles watching(
      io.get_executor(), {{directory / "*.pem", ""}}, [](const CertificateFileNews&) {},
      [&] { looked = true; }, {.rescan = std::chrono::seconds{3}});
  watching.start();
  run_until(io, [&] { return looked; });
  const auto read = watching.files_read();
  const double used = processor_seconds();
  const auto begin = Clock::now();
  while (seconds_since(begin) < 5) io.run_one_for(std::chrono::milliseconds{10});
  std::printf("a look at all that has not changed: %.3f s of processor, %llu of them read\n",
              processor_seconds() - used,
              static_cast<unsigned long long>(watching.files_read() - read));
}

int run(int argc, char** argv) {
  const int files = argc > 1 ? std::atoi(argv[1]) : 100'000;
  std::string name = std::string(argc > 2 ? argv[2] : "/tmp") + "/certificate_bench_XXXXXX";
  if (!mkdtemp(name.data())) return 1;
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(workload(i));
  bench_reading(texts);
  bench_memory(texts);
  bench_watching(texts, files, name);
  bench_looking(name);
  fs::remove_all(name);
  return 0;
}

}  // namespace
}  // namespace mesh

int main(int argc, char** argv) { return mesh::run(argc, argv); }
