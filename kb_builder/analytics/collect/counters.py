"""What the collector did, counted, and written the way Prometheus reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

HELP = {
    "requests_total": "Requests by status of the answer.",
    "events_total": "Events by outcome: kept, bot (kept, in a bucket of its own), duplicate, conflict, private, bad.",
    "bad_total": "Events and bodies that were not taken, by reason.",
    "bots_total": "Events of programs, by name.",
    "commits_total": "Groups of events written and synced together.",
    "commit_seconds_total": "Seconds that writing and syncing took.",
    "torn_tails_total": "Half-written lines cut off: at most one a kill.",
    "reopened_total": "Times the segment was gone, cut or replaced under the collector.",
    "waited_seconds": "How long the last request had waited when its turn came.",
    "waiting_bytes": "Events in memory that are not on disk yet.",
    "remembered_ids": "Event ids known of the last 7 days.",
    "active_addresses": "Addresses heard of in the last minute.",
    "free_bytes": "Room left on the disk.",
    "accepting": "1 while events are taken, 0 after a disk error.",
}


@dataclass(slots=True)
class Counters:
    """Counted by one label each."""

    requests: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    bots: Counter[str] = field(default_factory=Counter)

    def as_text(self, gauges: Mapping[str, float]) -> str:
        """Return everything in Prometheus' text format 0.0.4."""
        counted = {
            "requests_total": ("status", self.requests),
            "events_total": ("outcome", self.events),
            "bad_total": ("reason", self.bad),
            "bots_total": ("bot", self.bots),
        }
        lines = []
        for name, meaning in HELP.items():
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# HELP kb_collect_{name} {meaning}", f"# TYPE kb_collect_{name} {kind}"]
            if name in counted:
                label, values = counted[name]
                lines += [f'kb_collect_{name}{{{label}="{key}"}} {value}' for key, value in sorted(values.items())]
            else:
                lines.append(f"kb_collect_{name} {gauges[name]:.15g}")
        return "\n".join(lines) + "\n"
