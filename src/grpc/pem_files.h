// The files by which a gRPC server is verified and a client shows itself, as they are at this
// moment.
#pragma once

#include <string>

#include "base/result.h"
#include "model/failure.h"
#include "model/grpc_server.h"

namespace mesh {

// As PEM; "" for what is not configured.
struct PemFiles {
  std::string roots, certificate, key;
};

// A failure names the file that cannot be read, or in which no such thing is.
Result<PemFiles, Failure> read_pem_files(const GrpcTls& tls);

}  // namespace mesh
