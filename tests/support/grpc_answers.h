// What real gRPC servers answered to the questions of channelz, reflection and CSDS, as
// tests/support/record_grpc_answers.py recorded it.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

struct GrpcAnswer {
  std::string path, question;  // of the call, and its bytes
  int code = 0;
  std::string answer;
};

inline std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; hex != "-" && i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// In the order in which they were asked.
inline std::vector<GrpcAnswer> grpc_answers(const std::string& name) {
  std::ifstream file(MESH_TESTS_DIR "/fixtures/grpc/" + name);
  if (!file) throw std::runtime_error("no fixture " + name);
  std::vector<GrpcAnswer> answers;
  std::string question, answer;
  for (GrpcAnswer one; file >> one.path >> question >> one.code >> answer;) {
    one.question = from_hex(question);
    one.answer = from_hex(answer);
    answers.push_back(one);
  }
  return answers;
}

// The answers to the calls whose path ends so.
inline std::vector<std::string> answers_to(const std::string& name, std::string_view ending) {
  std::vector<std::string> found;
  for (const GrpcAnswer& one : grpc_answers(name)) {
    if (one.path.ends_with(ending)) found.push_back(one.answer);
  }
  return found;
}

}  // namespace mesh
