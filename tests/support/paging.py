"""The way of a page from agents to whoever is told: a real Prometheus with the quick rules, a real
Alertmanager with the example configuration, and a receiver."""

from agent import Prometheus
from alerting import Alertmanager, Receiver, write_quick_rules


class Paging:
    """start() … stop(); then `receiver`, `alertmanager` and `prometheus` are there."""

    def __init__(self, directory, scrapes):
        """`scrapes`: one address of an agent, or {job: addresses}."""
        self.receiver = Receiver()
        self.alertmanager = Alertmanager(directory, self.receiver.url)
        self.prometheus = Prometheus(directory, scrapes, write_quick_rules(directory),
                                     self.alertmanager.listens_on)
        self._parts = (self.receiver, self.alertmanager, self.prometheus)

    def start(self):
        for part in self._parts:
            part.start()
        return self

    def stop(self):
        for part in reversed(self._parts):
            part.stop()

    @property
    def children(self):
        return [self.alertmanager.child, self.prometheus.child]

    def told(self):
        """{(receiver, name of the alert)…} of all that arrived."""
        return {(receiver, alert["labels"]["alertname"])
                for receiver, alert in list(self.receiver.pages)}

    def all_told(self):
        """Whether something fires, and somebody was told of all that does."""
        firing = self.prometheus.query('ALERTS{alertstate="firing"}')
        told = {alert["fingerprint"] for _, alert in list(self.receiver.pages)}
        return bool(firing) and len(told) == len(firing)

    def quiet(self):
        """The names of alerts that fire and of which nobody is told, since they are kept quiet now."""
        return self.inhibited() - {name for _, name in self.told()}

    def inhibited(self):
        """The names of alerts that are kept quiet now, whether somebody was told of them before or not."""
        return {one["labels"]["alertname"] for one in self.alertmanager.alerts()
                if one["status"]["inhibitedBy"]}

    def fired(self):
        """The names of all alerts that ever fired."""
        return {labels["alertname"] for labels, _ in self.prometheus.query(
            'max by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))')}

    def pending(self):
        """The names of alerts that may fire soon."""
        return {labels["alertname"]
                for labels, _ in self.prometheus.query('ALERTS{alertstate="pending"}')}
