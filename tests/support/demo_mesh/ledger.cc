// See ledger.h. Names and codes are plain identifiers, so nothing needs escaping in the JSON.
#include "ledger.h"

#include <cstdio>
#include <fstream>
#include <string_view>

namespace mesh::demo {

void Ledger::book(Method method, const Outcome& outcome) {
  const MethodName name = name_of(method);
  const std::string service(name.service);
  const std::string bare(name.method);
  const std::string code(name_of(outcome.code));
  const std::scoped_lock lock(mutex_);
  if (!outcome.answered) {
    ++unanswered_[{service, bare, code}];
    return;
  }
  ++calls_[{service, bare, code}];
  if (outcome.requests > 0) messages_[{service, bare, "request"}] += outcome.requests;
  if (outcome.responses > 0) messages_[{service, bare, "response"}] += outcome.responses;
}

std::string Ledger::json() const {
  const std::scoped_lock lock(mutex_);
  std::string text = "{";
  append(text, "calls", "code", calls_);
  text += ',';
  append(text, "unanswered", "code", unanswered_);
  text += ',';
  append(text, "messages", "kind", messages_);
  text += '}';
  return text;
}

bool Ledger::write(const std::string& file_name) const {
  const std::string fresh = file_name + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << json() << '\n';
    file.close();
    if (!file) return false;
  }
  return std::rename(fresh.c_str(), file_name.c_str()) == 0;
}

void Ledger::append(std::string& into, std::string_view name, std::string_view third,
                    const Counts& counts) {
  into += '"';
  into += name;
  into += "\":[";
  bool first = true;
  for (const auto& [key, count] : counts) {
    const auto& [service, method, value] = key;
    if (!first) into += ',';
    first = false;
    into += "{\"service\":\"" + service + "\",\"method\":\"" + method + "\",\"";
    into += third;
    into += "\":\"" + value + "\",\"count\":" + std::to_string(count) + '}';
  }
  into += ']';
}

}  // namespace mesh::demo
