// Two ways to the same report; see report_command.h.
#include "app/report_command.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "app/ask_agent.h"
#include "app/complain.h"
#include "app/watchers.h"
#include "base/rethrow.h"
#include "expose/diagnosis.h"
#include "expose/page.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Everything that the configuration names, looked at for so long: that is the window.
std::shared_ptr<const Snapshot> look(Config config, milliseconds look_for) {
  PollConfig& poll = config.poll;
  poll.interval = std::min(poll.interval, look_for / 5);
  poll.timeout = std::min(poll.timeout, poll.interval);
  poll.window = look_for;
  boost::asio::io_context io(1);
  Watchers watchers(io.get_executor(), config);
  watchers.start(rethrow);
  const Instant end = steady_clock::now() + look_for;
  while (steady_clock::now() < end || !watchers.all_looked()) io.run_one_until(end + poll.timeout);
  return watchers.judged_now();
}

ReportOutcome tell(const Diagnosis& diagnosis, bool json, bool colours, std::ostream& out) {
  out << (json ? diagnosis_json(diagnosis) : diagnosis_text(diagnosis, colours));
  if (!diagnosis.found.empty()) return ReportOutcome::something_found;
  const bool blind = diagnosis.seen == 0 || !diagnosis.unseen.empty();
  return blind || !diagnosis.pending.empty() ? ReportOutcome::could_not_look : ReportOutcome::fine;
}

std::string path_of(std::string_view command, const ReportFlags& flags) {
  std::string path = "/api/v1/";
  path += command == diagnose_command ? "diagnosis" : command;
  const std::string query = report_query(flags.filter);
  return query.empty() ? path : path + "?" + query;
}

constexpr std::string_view instead =
    "; name another one with --agent, or what to look at with --config.file";

ReportOutcome show_agents(std::string_view command, const ReportFlags& flags, bool colours,
                          std::ostream& out, std::ostream& err) {
  const auto refuse = [&](const Error& error) {
    err << "mesh_exporter: " << error.message << "\n";
    return ReportOutcome::could_not_look;
  };
  const Result<std::string> answer = ask_agent(flags.agent, path_of(command, flags), instead);
  if (!answer) return refuse(answer.error());
  if (command != diagnose_command) {
    const Result<Table> table = parse_answer(*find_report(command), *answer);
    if (!table) return refuse(not_an_agent(flags.agent, instead));
    out << (flags.json ? *answer : table_text(*table));
    return ReportOutcome::fine;
  }
  // In what way it is no diagnosis tells nobody whom to ask instead.
  const Result<Diagnosis> diagnosis = parse_diagnosis(*answer);
  return diagnosis ? tell(*diagnosis, flags.json, colours, out)
                   : refuse(not_an_agent(flags.agent, instead));
}

// A line for each target of which the tables have nothing, or not its endpoints.
ReportOutcome tell_unseen(const Snapshot& snapshot, const ReportFilter& filter, std::ostream& err) {
  std::size_t seen = 0, unseen = 0;
  for (const auto& state : snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    const std::string who = target_id(state->target);
    bool whole = state->up;
    if (state->failure) complain(who, state->failure->message, err);
    for (const Unanswered& one : state->unanswered) {
      if (!one.question.starts_with("/clusters")) continue;
      complain(who, one.failure.message, err);
      whole = false;
    }
    seen += state->up ? 1 : 0;
    unseen += whole ? 0 : 1;
  }
  if (unseen == 0) return ReportOutcome::fine;
  return seen > 0 ? ReportOutcome::incomplete : ReportOutcome::could_not_look;
}

}  // namespace

ReportOutcome show_report(std::string_view command, const ReportFlags& flags,
                          const std::optional<Config>& config, bool colours, std::ostream& out,
                          std::ostream& err) {
  if (!config) return show_agents(command, flags, colours, out, err);
  PageOptions options;
  options.failure_codes = config->grpc.failure_codes;
  const auto snapshot = look(*config, flags.look_for);
  const SelfNumbers self{std::chrono::system_clock::now(), {}};
  const Page page{*snapshot, self, options};
  if (command == diagnose_command) {
    return tell(diagnose(page, flags.filter), flags.json, colours, out);
  }
  const Report& report = *find_report(command);
  const Table table = report.make(page, flags.filter);
  out << (flags.json ? table_json(table) : table_text(table));
  // The table of the targets itself says which of them cannot be reached.
  return report.by_upstream ? tell_unseen(*snapshot, flags.filter, err) : ReportOutcome::fine;
}

}  // namespace mesh
