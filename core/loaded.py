"""The encoders that are loaded: few at a time, each once, and anew when its weights change."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from core.collection.schema import EncoderFact
from core.collection.vectors import check_same, embed_command, fact_of
from core.encoders.protocol import Encoder
from core.encoders.registry import load_encoder, locate, whole_name
from core.encoders.weights import Stamp, fingerprint, stamp
from core.errors import EncoderError, VitrineError
from core.settings import Settings

MOST_ENCODERS = 2  # loaded at once
WARM_AFTER_SECONDS = 1.5  # after the first page, so that it comes first


class Encoders:
    """Loads encoders by name and keeps the latest. Safe to share between threads."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self._settings = settings
        self._folder = settings.workspace
        self._held: OrderedDict[tuple[str, Stamp], Encoder] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}  # by name: one that takes long does not hold up another
        self._weights: dict[tuple[str, Stamp], str] = {}  # fingerprints
        self._warming: threading.Timer | None = None
        self._lock = threading.Lock()
        if encoder is not None:
            self._held[self._key(self._whole(None))] = encoder

    def get(self, name: str | None = None) -> Encoder:
        """An encoder by name, or the one for new collections; loaded at first use and when its weights change."""
        name = self._whole(name)
        key = self._key(name)
        with self._lock:
            loading = self._loading.setdefault(name, threading.Lock())
        with loading:
            if key not in self._held:
                for old in [held for held in self._held if held[0] == name]:
                    self._held.pop(old, None)
                self._held[key] = load_encoder(name, self._folder)
            with self._lock:
                self._held.move_to_end(key)
                while len(self._held) > MOST_ENCODERS:
                    self._held.popitem(last=False)
                return self._held[key]

    def that_made(self, collection: str, made_by: EncoderFact) -> Encoder:
        """The encoder that made a collection's vectors, whatever new collections get."""
        with self._naming_a_way_on(collection, made_by):
            encoder = self.get(made_by.name)
        check_same(collection, made_by, fact_of(encoder))
        return encoder

    def problem(self, collection: str, made_by: EncoderFact) -> EncoderError | None:
        """Why a collection's vectors cannot be searched, told without loading an encoder; None when they can."""
        try:
            with self._naming_a_way_on(collection, made_by):
                location = locate(made_by.name, self._folder)
                key = (made_by.name, stamp(location))
                if key not in self._weights:
                    self._weights[key] = fingerprint(location)
                own = EncoderFact(made_by.name, made_by.dimension, self._weights[key])
            check_same(collection, made_by, own)
        except EncoderError as error:
            return error
        return None

    def warm(self, name: Callable[[], str | None]) -> None:
        """Begin to load an encoder in the background, once; which one it is is asked there as well."""
        with self._lock:
            if self._warming is None:
                self._warming = threading.Timer(WARM_AFTER_SECONDS, self._load_quietly, (name,))
                self._warming.daemon = True
                self._warming.start()

    def is_loaded(self, name: str | None = None) -> bool:
        """Whether an encoder, or that of new collections, is ready."""
        return self._key(self._whole(name)) in self._held

    def _load_quietly(self, name: Callable[[], str | None]) -> None:
        with suppress(VitrineError):  # the search that needs the encoder tells what is wrong
            self.get(name())

    def _whole(self, name: str | None) -> str:
        return whole_name(self._settings.encoder if name is None else name, self._folder)

    def _key(self, name: str) -> tuple[str, Stamp]:
        """What a loaded encoder is kept under: its name and the state of its files."""
        try:
            return name, stamp(locate(name, self._folder))
        except EncoderError:
            return name, ()

    @contextmanager
    def _naming_a_way_on(self, collection: str, made_by: EncoderFact) -> Iterator[None]:
        """Where a collection's encoder cannot be had, say which collection wants it and what else would work."""
        try:
            yield
        except EncoderError as error:
            raise EncoderError(
                f"The vectors of “{collection}” were made by “{made_by.name}”, which cannot be had.",
                " ".join(part for part in (error.title, error.detail) if part),
                "Put the encoder back, or make the vectors anew: " + embed_command(collection, self._settings.encoder),
            ) from error
