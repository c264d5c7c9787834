// The files by which a gRPC server is verified and a client shows itself, as they are at this
// moment.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/failure.h"
#include "model/grpc_server.h"
#include "model/tls_file_fault.h"

namespace mesh {

// As PEM; "" for what is not configured.
struct PemFiles {
  std::string roots, certificate, key;
};

// A fault names the file that cannot be read, in which no such thing is, or whose key is another
// certificate's: the library says of none of these what it is.
Result<PemFiles, TlsFileFault> read_pem_files(const GrpcTls& tls);

// The same for who does not need what is in them.
std::optional<TlsFileFault> fault_in_files(const GrpcTls& tls);

// "cannot use FILE: WHY"; ours.
Failure failure_of(const TlsFileFault& fault);

}  // namespace mesh
