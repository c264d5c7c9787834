// The two sections of such a file; see load_http_access.h.
#include "config/load_http_access.h"

#include <array>
#include <filesystem>
#include <utility>

#include "base/regular_file.h"
#include "config/fields.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 2> root_keys{"basic_auth", "tls_config"};
constexpr std::array<std::string_view, 3> auth_keys{"username", "password", "password_file"};
constexpr std::array<std::string_view, 5> tls_keys{"ca_file", "cert_file", "key_file",
                                                   "server_name", "insecure_skip_verify"};

// More than bcrypt looks at.
constexpr std::size_t password_bytes = 4 * 1024;

struct HttpReading {
  std::filesystem::path directory;
  const FileReader& read;
  Problems& problems;
  ServerAccess& access;

  Fields fields(Field field, std::span<const std::string_view> known) const {
    return Fields(std::move(field), known, no_variables, problems);
  }
  std::string path(const Fields& keys, std::string_view key) const {
    const auto name = keys.text(key, "the path of a file");
    return name && !name->empty() ? (directory / *name).string() : "";
  }
};

void read_password(const Fields& fields, const HttpReading& reading) {
  const auto text = fields.find("password"), file = fields.find("password_file");
  if (text && file) {
    fields.complain(*text, "beside password_file; expected one of them");
  } else if (text && text->node->kind != YamlNode::Kind::scalar) {
    fields.complain(*text, "is no text; expected a password, in quotes if need be");
  } else if (text) {
    reading.access.password = text->node->text;
  } else if (file) {
    const std::string path = reading.path(fields, "password_file");
    Result<std::string> content = reading.read(path);
    if (!content) {
      fields.complain(*file, path, "cannot be read: " + content.error().message, "a file");
      return;
    }
    while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
    reading.access.password = std::move(*content);
  }
}

void read_auth(const Field& field, const HttpReading& reading) {
  const Fields fields = reading.fields(field, auth_keys);
  reading.access.user = fields.text("username", "a name").value_or("");
  if (reading.access.user.empty()) {
    fields.complain(fields.self(), "the key \"username\" is missing; expected a name");
  }
  read_password(fields, reading);
}

void read_tls(const Field& field, const HttpReading& reading) {
  const Fields fields = reading.fields(field, tls_keys);
  ServerAccess& access = reading.access;
  access.tls = true;
  access.ca_file = reading.path(fields, "ca_file");
  access.certificate_file = reading.path(fields, "cert_file");
  access.key_file = reading.path(fields, "key_file");
  access.server_name = fields.text("server_name", "a host name").value_or("");
  access.verified = !fields.loose_truth("insecure_skip_verify").value_or(false);
  if (access.certificate_file.empty() == access.key_file.empty()) return;
  fields.complain(fields.self(), "cert_file or key_file alone; expected both or none");
}

}  // namespace

Result<ServerAccess, ConfigErrors> parse_http_access(std::string_view yaml,
                                                     std::string_view file_name,
                                                     const FileReader& read) {
  Problems problems;
  ServerAccess access;
  access.tls = false;
  const YamlTree tree = parse_yaml(yaml, problems, Citing::nothing);
  if (tree.root != nullptr && tree.root->kind != YamlNode::Kind::null) {
    const HttpReading reading{std::filesystem::path(file_name).parent_path(), read, problems,
                              access};
    const Fields fields = reading.fields({tree.root, tree.root->at, ""}, root_keys);
    if (const auto auth = fields.find("basic_auth")) read_auth(*auth, reading);
    if (const auto tls = fields.find("tls_config")) read_tls(*tls, reading);
  }
  if (!problems.empty()) return problems.to_errors(file_name);
  return access;
}

Result<ServerAccess, ConfigErrors> load_http_access(const std::string& file_name) {
  const FileReader read = [](const std::string& path) {
    return read_regular_file(path, password_bytes);
  };
  const Result<std::string, ConfigErrors> yaml = read_config_text(file_name);
  if (!yaml) return yaml.error();
  return parse_http_access(*yaml, file_name, read);
}

}  // namespace mesh
