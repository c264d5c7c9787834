// The flags of `mesh_exporter certificates`, the table of all certificates and the quick look at
// one. Only parsing: main and app do what they say.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/shared_flags.h"
#include "compute/certificate_rows.h"
#include "model/target.h"

namespace mesh {

struct CertificatesFlags {
  // Who is asked: files and servers if any are named; else what the configuration names, in a pass
  // of its own; else the running agent.
  std::vector<std::string> files;
  std::vector<Address> connect;
  std::string config_file;
  AgentFlags agent;

  std::string sni;                // for all of `connect`; "": the name that is dialled
  std::vector<std::string> alpn;  // likewise
  std::string password_file;      // of PKCS#12 files
  ReportFilter filter;            // namespace and pod
  RowOrder sort = RowOrder::where;
  bool all = false;  // with those that are draining
  bool json = false;
  bool help = false;
};

// `arguments` without the program's name and the command's. The error is one line that names the
// flag.
Result<CertificatesFlags> parse_certificates_flags(std::span<const char* const> arguments);

std::string certificates_help_text();  // ends with a newline

}  // namespace mesh
