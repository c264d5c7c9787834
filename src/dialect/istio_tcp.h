// The families istio_tcp_*: what Istio's proxies count of connections, whatever these carry. A
// ztunnel counts nothing else; a sidecar counts with them what it does not take for HTTP.
//
// Every connection between two proxies shows once at each: `reporter` says which side counted.
//
//   opened   always with response_flags="-", also of a connection that then failed
//   closed   with how it ended. So what is open is what was opened less what was closed with
//            whatever flag
//   bytes    received: of who opened the connection; sent: back to it. The same at both sides, and
//            of what is still open as well
//   failed   (ztunnel only, "unstable") says again what `closed` says by its flags: not read
//
// A policy that refuses a connection shows as DENY at the destination only. The source sees a
// tunnel that could not be had, CONNECT, as it does where nobody listens.
//
// connection_security_policy is mutual_tls or, of plain TCP, "unknown": a ztunnel never says
// "none". The principal of the destination comes from the configuration and proves nothing.
#pragma once

#include <optional>
#include <string>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// What the sample counts, as its reporter's own; nothing where it is none of these families, or was
// counted at neither end of the connection. The upstream of what goes out is the Service that was
// addressed, as in "users.shop.svc.cluster.local"; else the workload that was reached, as in
// "users.shop"; "" where neither is told, of addresses outside of the mesh. No port is told.
std::optional<SeriesKey> istio_tcp_key(const Sample& sample);

// SeriesKey::owner of such a sample: "namespace/workload" of the side that counted, "" if that is
// not told.
std::string istio_tcp_owner(const Sample& sample);

}  // namespace mesh
