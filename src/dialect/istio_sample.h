// A sample of the families that Istio's own filter counts in every sidecar, gateway and waypoint,
// by default and without any switch: what it counts, in mesh-neutral words. Read in the sources of
// that filter (istio_stats.cc of istio/proxy, release-1.30, and of Envoy's contrib since).
//
//   istio_requests_total                     a request, when its stream has ended
//   istio_request_duration_milliseconds      its time, from the first byte of the request until
//                                            the stream was over for the one who sent it
//   istio_request_messages_total, istio_response_messages_total
//                                            gRPC messages, every five seconds of a stream, and at
//                                            its end; of all labels below only who and whom
//
// reporter: `source` is a sidecar's outbound listener, or a gateway: it sent the request on.
// `waypoint` received it and sent it on, and counts it once: it is told as sent, for that way it
// keeps whom it was for. `destination` is a sidecar's inbound listener.
//
// Whom: `destination_service` is the host of the Service, which has no port; of clusters that are
// no Service's it is what the caller wrote into the Host header, or "unknown". Where Istio had no
// route for that (`destination_service_name` is PassthroughCluster, BlackHoleCluster), that is the
// upstream: the same name as the cluster has in Envoy, and one name for whatever callers wrote.
//
// How it ended: `grpc_response_status` is a number. For a stream that was cut short before its
// status came the filter makes one of the HTTP status, 2 (UNKNOWN) of 200, and "" where not even
// that came. A server's own UNKNOWN has "-" among `response_flags`, a stream that was cut says by
// whom. So these are resets here and no calls. What Envoy answers by itself (no route, no endpoint,
// overflow, rate limit) has the status that the caller was sent.
//
// How it came: `connection_security_policy` is about the connection of the caller. The filter sets
// it where requests are received; at `reporter="source"` it is "unknown", always, and is not
// counted.
//
// The method is told by no label of Istio's own. Users who want it add one by the Telemetry API,
// under a name of their choice (request_operation in the documentation): any label counts whose
// value is the path of a gRPC method. Only gRPC is read: request_protocol="grpc", or a status.
#pragma once

#include <optional>
#include <string_view>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

struct IstioSample {
  // Calls, resets, messages or times: the key of the buckets also for a sum. Nothing for a request
  // that is no gRPC, and the times of streams that were cut short.
  std::optional<SeriesKey> key;
  std::optional<SeriesKey> security;  // what the same sample counts by security
};

// Whether a sample of this name is Envoy's word about Istio, be it read here or not: these
// families, those of connections (istio_tcp.h) and istio_build.
bool is_of_istios_filter(std::string_view sample_name);

// Empty of both if the sample is none of these families.
IstioSample read_istio_sample(const Sample& sample);

// An RE2 that finds the statistics of these families, and of istio_build, by their raw names.
std::string_view istio_families_filter();

}  // namespace mesh
