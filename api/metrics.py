"""Figures for Prometheus."""

import time
from collections import Counter as Tally

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.jobs.job import State
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
        self._images = Gauge("vitrine_images", "Images by collection", ("collection",), registry=self._registry)
        self._jobs = Gauge("vitrine_jobs", "Jobs that have not ended, by state", ("state",), registry=self._registry)

    def text(self, space: Workspace) -> bytes:
        """Everything in Prometheus' text form."""
        self._images.clear()
        for name in space.names():
            self._images.labels(name).set(space.collection(name).count())
        states = Tally(job.state for job in space.jobs.under_way())
        for state in (State.QUEUED, State.RUNNING):
            self._jobs.labels(state.value).set(states[state])
        return generate_latest(self._registry)


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
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", UNKNOWN)
            method = scope["method"] if scope["method"] in METHODS else UNKNOWN
            self._metrics.requests.labels(route, method, status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
