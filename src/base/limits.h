// Every fixed bound of the program in one place, each with its reason. What a user may need to
// change is in the configuration (config/config.h) instead. Everything that arrives from the
// network is hostile until parsed: it has a size, a time and a count that it may not pass.
#pragma once

#include <chrono>
#include <cstddef>

namespace mesh::limits {

// One line of a stats answer. The longest honest line is a histogram with detailed buckets under a
// long cluster name (a few kB); a line beyond this is counted as unreadable and skipped.
inline constexpr std::size_t line_bytes = 64 * 1024;

// The path and query of one question. Envoy accepts 60 KiB of headers in all; staying well below
// leaves room and keeps the proxy's regex compilation cheap.
inline constexpr std::size_t request_target_bytes = 8 * 1024;

// Response headers of a proxy, request headers of a scraper.
inline constexpr std::size_t http_header_bytes = 16 * 1024;

// Raw series remembered per target. Beyond it a series is only counted within its sum `other`.
inline constexpr std::size_t raw_series_per_target = 50'000;

// The bytes of their names: 335 for each, where honest ones have 80. A single name may be almost as
// long as a line.
inline constexpr std::size_t raw_series_bytes_per_target = 16 * 1024 * 1024;

// The names of a target's statistics that are remembered from answer to answer, to be recognised
// without being taken apart again. What is beyond has no series of its own anyhow: it is read anew
// from every answer, more slowly and just as exactly. Each costs itself and some 60 bytes; a
// hundred upstreams of 13 methods are 8 000. A name may be almost as long as a line, hence the
// second bound: it leaves 256 bytes to each, and honest ones have 80.
inline constexpr std::size_t stat_names_per_target = 64 * 1024;
inline constexpr std::size_t stat_name_bytes_per_target = 16 * 1024 * 1024;

// Totals kept of series that disappeared, so that a series that returns goes on where it stopped.
inline constexpr std::size_t retired_series_per_target = 10'000;

// Checkpoints of the window per target: a window of 300 s at 100 ms would otherwise keep 3 000
// copies of every counter. Rates stay exact (they divide by the time that really passed); only
// the start of the window is then up to 1/60 of it late.
inline constexpr std::size_t window_checkpoints = 60;

// Scrapers, people and probes connected to our own server at once. Beyond it the connection that
// has waited longest for a request gives way to the new one.
inline constexpr std::size_t server_connections = 512;

// For the whole of a request to arrive. Prometheus keeps its connection from scrape to scrape: at
// the usual 15 s or 30 s it is not made to dial anew.
inline constexpr std::chrono::seconds server_idle{60};

// A client that took nothing of its answer for this long has given up, or never meant to read: it
// is Prometheus' default scrape timeout.
inline constexpr std::chrono::seconds server_stall{10};

// For the whole of an answer to be taken. A page of 6 MB at 100 kB/s is still taken in time; who
// takes it in ever smaller sips does not hold his slot for ever.
inline constexpr std::chrono::seconds server_answer{60};

// Bytes of answers that are rendered and not yet taken, beyond which nothing more is rendered
// before some are taken, or who is slow is cut off: with one of 25 MB, the largest that is known, a
// process has some 40 MB at most, a third of the 128 MiB that the manifests grant. Answers of a
// usual node have 0.1 to 2 MB.
inline constexpr std::size_t answer_bytes_in_hand = 16 * 1024 * 1024;

// The same of scrapes that take compressed answers, which have 10 kB to 1 MB.
inline constexpr std::size_t scrape_bytes_in_hand = 8 * 1024 * 1024;

// Pages and answers of the API that wait for those before them. The largest takes half a second:
// the last one is still there while somebody looks.
inline constexpr std::size_t pages_waiting = 16;

// Where all connections are in use, or too much is not taken yet, who has been in the midst of an
// answer for so long makes room. Until then it has a right to its answer; and who is turned away
// meanwhile comes again.
inline constexpr std::chrono::seconds server_yield{2};

// After SIGTERM open responses may finish this long (Kubernetes grants 30 s by default).
inline constexpr std::chrono::seconds shutdown_grace{4};

// One certificate in DER. Honest ones have 1 to 3 kB; one for a hundred names may have 10 kB.
inline constexpr std::size_t certificate_bytes = 64 * 1024;

// Names kept of one certificate; those behind are left out. Its identity is one of the first.
inline constexpr std::size_t names_per_certificate = 100;

// One name, subject or serial of a certificate. A SPIFFE ID has at most 2 048 bytes, a DNS name
// 253; what is longer is cut. Each becomes a label of several series.
inline constexpr std::size_t certificate_name_bytes = 2'048;

// Certificates known at one place (a sidecar, an endpoint, a file). A gateway for a thousand hosts
// has a thousand; of a bundle with more, those that expire first are kept.
inline constexpr std::size_t certificates_per_place = 2'000;

// A file of certificates. The bundle of every public root has 0.2 MB; ten thousand certificates
// have 16 MB.
inline constexpr std::size_t certificate_file_bytes = 16 * 1024 * 1024;

// Certificates read of one file, before those that expire last are left out: five times
// certificates_per_place, so that what is left out is chosen by its date.
inline constexpr std::size_t certificates_per_file = 10'000;

// A PKCS#12 file, which must be held as a whole. Java's store of all public roots has 0.2 MB.
inline constexpr std::size_t pkcs12_bytes = 4 * 1024 * 1024;

// Certificates of all files together that are shown, those that expire first: each is a series in
// nine families, some 3 kB of every scrape, and nobody reads a table of more rows. A node has a few
// hundred, a store of a whole fleet's certificates a hundred thousand.
inline constexpr std::size_t file_certificates_shown = 5'000;

// What is read of one TLS handshake. An honest one has 2 to 10 kB; one hundred certificates of the
// largest honest size fill this. It is also the bound of the chain itself.
inline constexpr std::size_t tls_handshake_bytes = 1024 * 1024;

// A name to ask a TLS server for (TLSEXT_MAXLEN_host_name of OpenSSL), and a protocol to offer (RFC
// 7301).
inline constexpr std::size_t server_name_bytes = 255;
inline constexpr std::size_t alpn_bytes = 255;

// Certificates of one chain. Honest ones have one to five.
inline constexpr std::size_t tls_chain_certificates = 128;

// In TLS 1.3 the client is done before the server has looked at its certificate; an alert in the
// place of the end tells that it refused it. A server that neither sends nor closes is not waited
// for any longer than this, and taken to be content.
inline constexpr std::chrono::milliseconds tls_verdict{500};

// Certificates that are known of Kubernetes Secrets, each Secret counted as one more. A large
// cluster has some thousands of Secrets, most of them Helm releases, which have none.
inline constexpr std::size_t secret_certificates = 20'000;

// Certificates of all Secrets together that are shown, as of files.
inline constexpr std::size_t secret_certificates_shown = file_certificates_shown;

// Secrets, and likewise clusters and listeners that speak TLS, of which a target's renewals and old
// connections are followed. As many as a large mesh has upstreams.
inline constexpr std::size_t tls_contexts_per_target = 2'000;

// Clusters of a target whose connection pools are followed: 200 bytes and its name each. A mesh
// that is not told which services a workload calls sends it all of them.
inline constexpr std::size_t pools_per_target = 5'000;

// Secrets, route tables and clusters of which the updates by a control plane are followed, and the
// connections they come by. As many as a large mesh has upstreams.
inline constexpr std::size_t config_resources_per_target = 2'000;

// Certificates of one page of an agent's metrics that are held, those that expire first, and the
// bytes of such a name. Istio's agent knows one or two, and as many again as there are files it was
// told to read.
inline constexpr std::size_t agent_certificates_per_page = 100;
inline constexpr std::size_t agent_certificate_name_bytes = 1024;

// Versions of proxies that a control plane's page tells apart, and the bytes of one: it is what the
// proxies say. A mesh in the midst of an upgrade has three; what is beyond is one more, `other`.
inline constexpr std::size_t proxy_versions_per_plane = 20;
inline constexpr std::size_t version_bytes = 100;

// What a ztunnel's configuration dump says of certificates. A node has some hundred identities of
// some 6 kB each; the rest of the dump, which tells of the whole mesh, is passed over.
inline constexpr std::size_t ztunnel_certificates_bytes = 8 * 1024 * 1024;

// One answer about a proxy's own configuration. The listeners of a sidecar that knows a thousand
// services are the largest that is asked for: 3 to 5 MB. More than this would cost us five times
// its size while it is taken apart, for an audit that wakes nobody.
inline constexpr std::size_t config_dump_bytes = 8 * 1024 * 1024;

// Upstreams in use, and listeners, of a target whose settings are judged. A mesh that is not told
// which services a workload calls sends it thousands, of which it calls a few.
inline constexpr std::size_t audited_upstreams_per_target = 50;
inline constexpr std::size_t audited_listeners_per_target = 100;

// Upstreams of a target that are told one by one of each finding about settings: a default that is
// not good is the same at all of them. The rest is counted in one line.
inline constexpr std::size_t audit_findings_per_target = 5;

// One file of a control group. The longest, memory.stat, has 2 kB.
inline constexpr std::size_t cgroup_file_bytes = 64 * 1024;

// A kubelet's page of resource metrics: 1 kB for each container. A node of 500 pods with four each
// has 2 MB. And the time for it; it is asked again after 15 s at the earliest.
inline constexpr std::size_t kubelet_page_bytes = 8 * 1024 * 1024;
inline constexpr std::chrono::seconds kubelet_answer{10};

// One object as the API server writes it, or an event about one. etcd holds no object of more than
// 1.5 MiB; an honest Pod has 5 to 30 kB.
inline constexpr std::size_t kube_object_bytes = 2 * 1024 * 1024;

// What surrounds the items of a list: its kind, its resourceVersion, where it goes on.
inline constexpr std::size_t list_frame_bytes = 64 * 1024;

// Pods of one node that are known. Kubernetes is built for 110, large nodes are given 250 and, by
// one vendor, 512.
inline constexpr std::size_t pods_per_node = 2'000;

// Endpoints of one EndpointSlice; Kubernetes allows a thousand.
inline constexpr std::size_t endpoints_per_slice = 1'000;

// Addresses of pods anywhere in the cluster that are known by EndpointSlices; a pod of several
// Services counts for each. Each costs some 190 bytes: 19 MB in all,
// and as much again while they are listed anew.
inline constexpr std::size_t slice_addresses = 100'000;

// What is kept of one Pod: containers, ports and arguments of each, and the bytes of a text. A
// longer text is left out: half an argument or half a JSON says something else. PROXY_CONFIG of
// Istio's sidecar, the longest that is of use, has 1 to 3 kB.
inline constexpr std::size_t containers_per_pod = 64;
inline constexpr std::size_t ports_per_container = 64;
inline constexpr std::size_t args_per_container = 64;
inline constexpr std::size_t pod_text_bytes = 4 * 1024;

// A configuration file. Ten thousand targets are about 2 MiB.
inline constexpr std::size_t config_bytes = 8 * 1024 * 1024;

// Targets that are watched, from wherever: those of a large node twenty times over. One that
// answers costs some 100 kB.
inline constexpr std::size_t targets = 5'000;

// Targets of one file that lists them, and such files. Each target costs some 100 kB.
inline constexpr std::size_t targets_per_file = 5'000;
inline constexpr std::size_t target_files = 1'000;

// One message of a gRPC server. An honest answer of Health has two bytes; a page of channelz, a
// file descriptor and a client's configuration have up to some megabytes.
inline constexpr std::size_t grpc_message_bytes = 8 * 1024 * 1024;

// A connection to a gRPC server that was not used for this long is closed: what is asked each 15 s
// keeps it, what is asked each minute is dialled anew.
inline constexpr std::chrono::seconds grpc_idle{45};

// Services of gRPC servers that are found in pods and asked for their health, of a pod and in all.
// A node has 250 pods, of which most opt in to none; each that is asked costs some 20 to 60 kB.
inline constexpr std::size_t grpc_services_per_pod = 16;
inline constexpr std::size_t grpc_services_found = 1'000;

// Servers that are asked at once because somebody asks for /probe. A scraper that has one for each
// configured server asks for them one after the other, or spread over its interval. Who asks for
// the same at the same time is one.
inline constexpr std::size_t grpc_probes_now = 32;

// Services of a server whose methods are asked for, one question each, and of them so many in one
// poll; what is beyond is counted. A large server has thirty. Methods of all of them, and the bytes
// of a service's name with a method's: a path of HTTP/2 may have 8 kB, an honest one has 60.
inline constexpr std::size_t reflected_services = 500;
inline constexpr std::size_t reflected_services_per_poll = 20;
inline constexpr std::size_t reflected_methods = 5'000;
inline constexpr std::size_t grpc_name_bytes = 512;

// channelz: elements that are asked for in one page, pages of one list, and all questions of a
// poll, of which each subchannel needs one. A client that balances over 200 pods itself has 200.
// The bytes of a channel's target, which is a name or a list of addresses.
inline constexpr std::size_t channelz_page = 100;
inline constexpr std::size_t channelz_pages = 20;
inline constexpr std::size_t channelz_questions_per_poll = 500;
inline constexpr std::size_t channelz_target_bytes = 2'048;

// Connections of a process's servers of which each is asked for its calls, a question each and
// poll. Meshed or balanced clients have one each to a server; of one with more nothing is told by
// connection.
inline constexpr std::size_t channelz_connections = 100;

// A text that an xDS client tells of what it refused, for people.
inline constexpr std::size_t csds_details_bytes = 500;

// Versions of one kind of configuration that are told apart, those that most have. A control plane
// sends one at a time, or each configuration has its own; what is beyond is one more, `other`.
inline constexpr std::size_t config_versions_per_kind = 5;

}  // namespace mesh::limits
