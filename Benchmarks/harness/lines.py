"""The lines of the table: what is compared, what must be reached and what is the goal.

A ratio above 1 is better than nginx where more is better (requests, chunks), worse where less is better (CPU, memory, time).
Requests and chunks a second on one core are taken as the inverse of CPU time each, which other programs on the machine
disturb least; the wall clock's figures stand beside them.
"""

from dataclasses import dataclass


@dataclass
class Line:
    key: str
    name: str
    must: float | None
    """None, as is `goal`, for a line that has no limit and is compared with what was recorded only."""
    goal: float | None
    more_is_better: bool
    unit: str = ""
    """Empty for a ratio to nginx."""
    tls_must: float | None = None
    tls_goal: float | None = None

    def limits(self, tls):
        if tls and self.tls_must is not None:
            return self.tls_must, self.tls_goal
        return self.must, self.goal

    def meets(self, value, limit):
        if limit is None:
            return False
        return value >= limit if self.more_is_better else value <= limit


LINES = [
    Line("small", "small chat, requests/s", 0.40, 0.80, True),
    Line("renew", "new connection for each request, requests/s", 0.35, 0.70, True),
    Line("large", "200 KB chat, requests/s", 0.50, 0.90, True),
    Line("coding-chat", "200 KB coding session, Chat, requests/s", None, None, True),
    Line("coding-messages", "200 KB coding session, Messages, requests/s", None, None, True),
    Line("coding-native", "200 KB coding session, Gemini, requests/s", None, None, True),
    Line("paced100", "100 paced streams: CPU per event", 1.7, 1.0, False),
    Line("paced1000", "1000 paced streams: CPU per event", 1.7, 1.0, False),
    Line("paced-responses", "100 paced Responses streams: CPU per event", None, None, False),
    Line("firehose", "one firehose stream, chunks/s", 0.25, 0.60, True),
    Line("firehose-messages", "one firehose Messages stream, chunks/s", None, None, True),
    Line("first", "added time to first event, 100 streams", 1.8, 1.1, False),
    Line("stream", "memory per open stream", 27, 14, False, "KiB", 75, 52),
    Line("idle", "idle, all processes (PSS), two workers", 30, 12, False, "MB"),
    Line("cold", "cold start to first answer", 250, 60, False, "ms"),
    Line("lease", "99 of 100 leases, one at a time, within", 1000, 200, False, "us"),
    Line("schedule-known", "a decision on a known conversation", 5000, 1000, False, "ns"),
    Line("schedule-new", "a decision among 200 accounts", 5000, 2000, False, "ns"),
    Line("schedule-crowded", "a decision with the best tier full", 5000, 3000, False, "ns"),
    Line("index", "JSON index of a 1 MB request", 500, 1000, True, "MB/s"),
]
