"""Figures for Prometheus."""

import threading
import time
from collections import Counter as Tally
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.jobs.job import State
from core.timings.asker import asking
from core.timings.store import Wanted
from core.workspace import Workspace

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "unknown"  # routes nobody has; their paths are not kept, since anybody may make them up


class Metrics:
    """One API's counters."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "vitrine_requests", "Requests answered", ("route", "method", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "vitrine_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=self._registry
        )
        self.answers = Histogram(
            "vitrine_answer_seconds",
            "Wall time of answers and work by kind, those of every process of the workspace since this server began",
            ("kind",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self.steps = Histogram(
            "vitrine_step_seconds",
            "Time of the steps of answers and work by kind; inner steps stand beside those that they ran inside of",
            ("kind", "step"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._observing = threading.Lock()
        self._since = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._seen = 0  # id of the last record that was counted
        self._images = Gauge("vitrine_images", "Images by collection", ("collection",), registry=self._registry)
        self._jobs = Gauge("vitrine_jobs", "Jobs that have not ended, by state", ("state",), registry=self._registry)

    def text(self, space: Workspace) -> bytes:
        """Everything in Prometheus' text form."""
        self._observe(space)
        self._images.clear()
        for name in space.names():
            self._images.labels(name).set(space.collection(name).count())
        states = Tally(job.state for job in space.jobs.under_way())
        for state in (State.QUEUED, State.RUNNING):
            self._jobs.labels(state.value).set(states[state])
        return generate_latest(self._registry)

    def _observe(self, space: Workspace) -> None:
        """Count what has been recorded since the last time."""
        with self._observing:
            for record in space.timings.records(Wanted(since=self._since, after=self._seen)):
                self._seen = max(self._seen, record.id)
                self.answers.labels(record.kind).observe(record.milliseconds / 1000)
                for step in record.steps:
                    self.steps.labels(record.kind, step.name).observe(step.milliseconds / 1000)


class Measured:
    """Counts and times every request by its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the API does, and note what it took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with asking("api"):
                await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", UNKNOWN)
            method = scope["method"] if scope["method"] in METHODS else UNKNOWN
            self._metrics.requests.labels(route, method, status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
