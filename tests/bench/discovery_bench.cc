// How many events about pods a second of one core's time are taken from a watch, and what it costs
// to list the pods of a node and to hold them: heap and resident set, while they are listed and
// afterwards; and the same of EndpointSlices. The pods are one that Istio's injector wrote, as it
// is and filled up to 30 kB with what API servers add.
//
// Times are of the processor: a busy machine makes no other figure.
//
//   discovery_bench [PODS]
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "discover/kube_watch.h"
#include "discover/recognise.h"
#include "model/slice_addresses.h"

namespace mesh {
namespace {

constexpr std::size_t piece_bytes = 16 * 1024;  // as net/http_stream hands them on
constexpr std::size_t large_bytes = 30 * 1024;

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::size_t heap_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// The most that was ever resident.
long resident_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

double megabytes(double bytes) { return bytes / 1e6; }

// As the API server writes it: on one line, without blanks between.
std::string sample_pod() {
  std::ifstream file(MESH_TESTS_DIR "/fixtures/pods/istio/sidecar.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) {
    std::fprintf(stderr, "no sample of a pod\n");
    std::exit(1);
  }
  std::string line;
  bool in_string = false, escaped = false;
  for (const char c : text) {
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = c == '\\' && !escaped;
    if (in_string || (c != ' ' && c != '\n')) line += c;
  }
  return line;
}

// Everywhere in the sample where another pod has something else.
void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

class Pods {
 public:
  explicit Pods(std::size_t bytes) : sample_(sample_pod()) {
    if (sample_.size() >= bytes) return;
    // managedFields, the longest part of many a pod: who set which field.
    std::string fields = R"("managedFields":[)";
    while (fields.size() + sample_.size() < bytes) {
      fields +=
          R"({"manager":"kubelet","operation":"Update","apiVersion":"v1","fieldsV1":)"
          R"({"f:status":{"f:conditions":{"k:{\"type\":\"Ready\"}":{".":{},"f:type":{}}}}}},)";
    }
    fields.back() = ']';
    sample_.insert(sample_.find(R"("metadata":{)") + 12, fields + ",");
  }

  std::string pod(int number) const {
    std::string json = sample_;
    const std::string suffix = std::to_string(100'000 + number);
    replace_all(json, "0d9c1f0e-64a7-4a0b-8a4e-7d0c4a1f9b21",
                "5b1e7c1e-0000-4000-8000-000000" + suffix);
    replace_all(json, "users-7c9d8f6b5-x2x4z", "users-7c9d8f6b5-" + suffix);
    return json;
  }

 private:
  std::string sample_;
};

// A watch and what it keeps.
struct Watched {
  std::shared_ptr<KubeObjects<Pod>> pods = std::make_shared<KubeObjects<Pod>>(pods_kind.most);
  KubeWatch watch{{pods_kind, "spec.nodeName=node-1", "", ""}, pods, 1};
};

void feed(KubeWatch& watch, std::string_view text) {
  for (; !text.empty(); text.remove_prefix(std::min(piece_bytes, text.size()))) {
    watch.arrived(text.substr(0, piece_bytes));
  }
}

void expect_pods(const Watched& watched, int pods) {
  const auto& [kept, watch] = watched;
  const std::size_t count = kept->known().size();
  if (count == static_cast<std::size_t>(pods) && watch.unreadable() == 0) return;
  std::fprintf(stderr, "%zu pods in place of %d, %llu unreadable: %s\n", count, pods,
               static_cast<unsigned long long>(watch.unreadable()), watch.trouble().c_str());
  std::exit(1);
}

void list(Watched& watched, const Pods& pods, int count, std::size_t& most_heap) {
  KubeWatch& watch = watched.watch;
  watch.next();
  watch.answered(200);
  feed(watch,
       R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[)");
  for (int i = 0; i < count; ++i) {
    const std::string pod = pods.pod(i) + (i + 1 < count ? "," : "]}");
    feed(watch, pod);
    most_heap = std::max(most_heap, heap_bytes());
  }
  watch.ended(Duration{}, std::nullopt);
  expect_pods(watched, count);
}

void bench_memory(int count) {
  const Pods pods(large_bytes);
  const std::size_t pod_bytes = pods.pod(0).size();
  Watched watched;
  const std::size_t before = heap_bytes();
  const long resident = resident_kib();
  std::size_t most = before;
  list(watched, pods, count, most);
  std::printf("%d pods of %zu bytes: heap %.2f MB while listed, %.2f MB held (%.0f bytes a pod), ",
              count, pod_bytes, megabytes(static_cast<double>(most - before)),
              megabytes(static_cast<double>(heap_bytes() - before)),
              static_cast<double>(heap_bytes() - before) / count);
  std::printf("resident %.2f MB at most\n",
              megabytes(static_cast<double>(resident_kib() - resident) * 1024));
  // What a list anew costs beside the pods of before, which stay until it is whole.
  KubeWatch& watch = watched.watch;
  watch.next();
  watch.answered(410);
  watch.ended(Duration{}, std::nullopt);
  most = before;
  list(watched, pods, count, most);
  std::printf("listed anew: heap %.2f MB, resident %.2f MB at most\n",
              megabytes(static_cast<double>(most - before)),
              megabytes(static_cast<double>(resident_kib() - resident) * 1024));
}

void bench_events(const char* what, std::size_t bytes, int count) {
  const Pods pods(bytes);
  Watched watched;
  KubeWatch& watch = watched.watch;
  std::size_t unused = 0;
  list(watched, pods, count, unused);
  watch.next();
  watch.answered(200);
  std::string events;
  for (int i = 0; i < count; ++i) {
    events += R"({"type":"MODIFIED","object":)" + pods.pod(i) + "}\n";
  }
  std::size_t heard = 0;
  const double begin = processor_seconds();
  while (processor_seconds() - begin < 2) {
    feed(watch, events);
    heard += static_cast<std::size_t>(count);
  }
  const double took = processor_seconds() - begin;
  expect_pods(watched, count);
  std::printf("%s, %zu bytes each: %.0f events/s\n", what,
              events.size() / static_cast<std::size_t>(count), static_cast<double>(heard) / took);

  constexpr std::array<std::string_view, 1> meshes{"istio"};
  std::size_t recognised = 0;
  const double since = processor_seconds();
  while (processor_seconds() - since < 1) {
    for (const auto& [uid, pod] : watched.pods->known()) {
      recognised += recognise(*pod, meshes).found.size();
    }
  }
  std::printf("recognised: %.0f pods/s\n",
              static_cast<double>(recognised) / (processor_seconds() - since));
}

// As the endpoint slice controller writes one, of ten pods of a Service.
std::string slice(int number) {
  constexpr int pods = 10;
  std::string service = "service-";
  service.append(std::to_string(number));
  std::string json = R"({"metadata":{"name":")" + service + R"(-x2x4z","generateName":")" +
                     service +
                     R"(-","namespace":"shop","uid":"5b1e7c1e-0000-4000-8000-000000100000",)" +
                     R"("resourceVersion":"48200","generation":7,"labels":{)" +
                     R"("kubernetes.io/service-name":")" + service +
                     R"("}},"addressType":"IPv4","ports":[{"name":"grpc","protocol":"TCP",)" +
                     R"("port":50051}],"endpoints":[)";
  for (int i = 0; i < pods; ++i) {
    const int pod = number * pods + i;
    json.append(i == 0 ? "" : ",").append(R"({"addresses":["10.)");
    json.append(std::to_string(pod >> 16)).append(".").append(std::to_string(pod >> 8 & 255));
    json.append(".").append(std::to_string(pod & 255)).append(R"("],"conditions":{"ready":true,)");
    json.append(R"("serving":true,"terminating":false},"nodeName":"node-1","zone":"a",)");
    json.append(R"("targetRef":{"kind":"Pod","namespace":"shop","name":")").append(service);
    json.append("-7c9d8f6b5-").append(std::to_string(100'000 + pod));
    json.append(R"(","uid":"0d9c1f0e-64a7-4a0b-8a4e-7d0c4a1f9b21"}})");
  }
  return json + "]}";
}

// What the names of pods on other nodes cost: in memory, over the wire, and whenever some change.
void bench_slices(int addresses) {
  const int count = addresses / 10;
  const std::size_t before = heap_bytes();
  KubeObjects<EndpointSlice> slices(slices_kind.most);
  std::size_t bytes = 0;
  slices.begin_list();
  for (int i = 0; i < count; ++i) {
    const std::string json = slice(i);
    bytes += json.size();
    if (!*slices.list_item(json)) std::exit(1);
  }
  slices.list_is_whole();
  SliceAddresses::Slices all;
  for (const auto& [key, one] : slices.known()) all.push_back(one);
  const double begin = processor_seconds();
  const SliceAddresses index(std::move(all));
  const double took = processor_seconds() - begin;
  std::printf("%d addresses in %d slices: %.1f MB of JSON, heap %.2f MB held, indexed in %.1f ms\n",
              addresses, count, megabytes(static_cast<double>(bytes)),
              megabytes(static_cast<double>(heap_bytes() - before)), took * 1000);
}

}  // namespace
}  // namespace mesh

int main(int argc, char** argv) {
  const int pods = argc > 1 ? std::atoi(argv[1]) : 250;
  mesh::bench_memory(pods);
  mesh::bench_slices(10'000);
  mesh::bench_events("a pod as it is injected", 0, pods);
  mesh::bench_events("a large pod", mesh::large_bytes, pods);
}
