// From handshakes to the published state of one endpoint.
#include "compute/endpoint_history.h"

namespace mesh {

EndpointHistory::EndpointHistory(const CertificateEndpoint& endpoint, Duration stale_after)
    : stale_after_(stale_after),
      certificates_(CertificateSource::handshake, endpoint.name,
                    {endpoint.mesh, endpoint.rotation_point}) {
  state_.whose.mesh = endpoint.mesh;
  state_.whose.ns = endpoint.ns;
  state_.whose.workload = endpoint.workload;
  state_.name = endpoint.name;
  state_.address = endpoint.address;
}

Change EndpointHistory::record(const Handshake& handshake, const PollCost& cost) {
  const bool was_up = state_.up;
  state_.up = true;
  state_.failure.reset();
  state_.last_attempt = cost.at;
  state_.handshake_seconds = seconds(cost.took);
  state_.unreadable = handshake.unreadable;
  state_.unreadable_sample = handshake.unreadable_sample;
  state_.version = handshake.version;
  state_.cipher = handshake.cipher;
  state_.alpn = handshake.alpn;
  state_.completed = handshake.completed;
  state_.trust = handshake.trust;
  certificates_.enter({{handshake.chain}}, cost.at);
  seen_ = cost.ended;
  return was_up ? Change::none : Change::came_up;
}

Change EndpointHistory::record(const Failure& failure, const PollCost& cost) {
  const Change change = change_by(failure, state_.up, !state_.last_attempt, state_.failure);
  state_.up = false;
  state_.failure = failure;
  state_.last_attempt = cost.at;
  state_.handshake_seconds = seconds(cost.took);
  return change;
}

std::shared_ptr<const TlsEndpointState> EndpointHistory::state(Instant now) const {
  auto state = std::make_shared<TlsEndpointState>(state_);
  if (seen_ && now - *seen_ <= stale_after_) state->certificates = certificates_.place();
  return state;
}

}  // namespace mesh
