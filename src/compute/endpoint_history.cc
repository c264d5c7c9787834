// From handshakes to the published state of one endpoint.
#include "compute/endpoint_history.h"

#include <utility>

namespace mesh {

EndpointHistory::EndpointHistory(Target whose, std::string name, Address address,
                                 Duration stale_after)
    : stale_after_(stale_after),
      certificates_(CertificateSource::handshake, name, certificate_rules(whose)) {
  state_.whose = std::move(whose);
  state_.name = std::move(name);
  state_.address = std::move(address);
}

Change EndpointHistory::record(Handshake handshake, HeldTogether chain, const PollCost& cost) {
  const bool was_up = state_.up;
  state_.up = true;
  state_.failure.reset();
  state_.last_attempt = cost.at;
  state_.handshake_seconds = seconds(cost.took);
  state_.handshake = std::move(handshake);
  CertificateLook look;
  look.held.push_back(std::move(chain));
  certificates_.enter(look, cost.at);
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
