"""The books of a test beside a real mesh: what was called in each of its parts, as the callers saw it, and
what agents counted meanwhile."""

from collections import Counter

from real_mesh import ledger_calls


def by_status(calls):
    """{status: calls}, as of a mesh that does not tell the methods."""
    sums = Counter()
    for (_, _, code), count in calls.items():
        sums[code] += count
    return sums


class Books:
    def __init__(self, *agents):
        self._agents = agents
        self._ledgers = {}
        self._before, self._after = {}, {}  # part: {agent: page}

    def keep(self, part, calls):
        """calls() gives the ledgers of what was called in this part, one after the other."""
        self._before[part] = self._look()
        self._ledgers[part] = list(calls())
        self._after[part] = self._look()

    def _look(self):
        return {agent: agent.page_after_polls() for agent in self._agents}

    def ledgers(self, part):
        return self._ledgers[part]

    def booked(self, part):
        """What the callers were answered, in the form of Page.calls."""
        return sum((ledger_calls(ledger) for ledger in self._ledgers[part]), Counter())

    def unanswered(self, part):
        return sum(row["count"] for ledger in self._ledgers[part] for row in ledger["unanswered"])

    def page(self, part, agent=None):
        """The agent's after that part; without one that of the first."""
        return self._after[part][agent or self._agents[0]]

    def counted(self, part, pod, direction, agent=None):
        """In this part, likewise."""
        after, before = (pages[part][agent or self._agents[0]].calls(pod=pod, direction=direction)
                         for pages in (self._after, self._before))
        return after - before

    def grown(self, part, metric, **labels):
        """By how much these series of the first agent did."""
        after, before = (
            sum(value for _, value in pages[part][self._agents[0]].rows(metric, **labels))
            for pages in (self._after, self._before))
        return after - before
