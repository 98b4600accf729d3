"""Downloads known data sets: resumed, verified, and put in place only when complete."""

from __future__ import annotations

import hashlib
import http.client
import os
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from harmonium.catalogue.find import home
from harmonium.catalogue.known import KnownSet, check_sum, known_set, locate
from harmonium.data.expand import opened
from harmonium.errors import DataError
from harmonium.files import expanded

try:
    import fcntl
except ImportError:  # Windows has no such module
    fcntl = None  # type: ignore[assignment]

__all__ = ["Progress", "get"]

Progress = Callable[[str, int, int | None], None]
"""Called with file name, bytes so far, and total bytes if known."""

_ATTEMPTS = 5
_PAUSE = 1.0  # seconds after the first broken connection, then doubled
_TIMEOUT = 30.0  # seconds without a byte, and those over which the pace counts
_PACE = 1024  # bytes a second that a mirror must send on average
_LONGEST = 3600.0  # seconds for one file
_MOST = 2**30  # bytes of one file
_CHUNK = 1 << 16


def get(
    name: str,
    directory: str | PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
) -> str:
    """Downloads a known data set; returns its place.

    Files go to `directory`, or to `$HARMONIUM_DATA/<name>`, or to the user cache; a set that is
    already on this computer is not downloaded. Bytes are written to a file `.part`; a broken
    connection is resumed, also by a later call. A file gets its name only after its checksum is
    verified. A mirror that sends less than 1 KiB a second over 30 seconds, or needs more than an
    hour for a file, is given up. Proxies of the environment (http_proxy, https_proxy) are used.

    Raises:
        ValueError: there is no such set, it cannot be downloaded, or a received file is not the
            published one (it is removed).
        ConnectionError: the network fails; the message lists every file to fetch by hand, with
            source and destination.

    >>> get("digits")
    'in sklearn'
    """
    known = known_set(name)
    if directory is None and (place := locate(name)) is not None:
        return place
    if known.url is None:
        by_hand = f"bring {', '.join(known.files)}: {known.where}" if known.files else known.where
        raise DataError(f"{known.title} cannot be fetched: {by_hand}")
    folder = home(name) if directory is None else expanded(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for file in known.files:
        path, plain = folder / f"{file}.gz", folder / file
        part = path.with_name(f"{path.name}.part")
        if not (plain.is_file() or path.is_file()):
            with _claimed(part):
                if not path.is_file():  # another process may have downloaded it
                    _bring(known, path, part=part, progress=progress)
                    continue
        _check(plain if plain.is_file() else path, file, known=known)
    return str(folder)


def _bring(known: KnownSet, path: Path, *, part: Path, progress: Progress | None) -> None:
    """Downloads one file to its part, verifies it and renames it."""
    try:
        _fetch(f"{known.url}{path.name}", part, progress=progress)
        _check(part, path.stem, known=known)
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(_by_hand(known, path.parent, error=error)) from error
    except ValueError as error:
        part.unlink()
        raise DataError(
            f"{known.url}{path.name} is not the published file, and was removed: {error}"
        ) from error
    part.replace(path)


@contextmanager
def _claimed(part: Path) -> Iterator[None]:
    """Locks a part against other processes of this computer; waits for one that holds the lock.

    The lock is one of the system on the file; it ends with its process.
    """
    if fcntl is None:
        yield
        return
    while True:
        with part.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                warnings.warn(f"{part}: another process fetches it; waiting", stacklevel=4)
                fcntl.flock(file, fcntl.LOCK_EX)
            if not part.exists() or not os.path.samestat(part.stat(), os.fstat(file.fileno())):
                if part.with_suffix("").exists():  # renamed: complete
                    yield
                    return
                continue  # removed: this locks a deleted file
            try:
                yield
            finally:
                if part.exists() and not part.stat().st_size:
                    part.unlink()
            return


def _by_hand(known: KnownSet, folder: Path, *, error: Exception) -> str:
    lines = [f"{known.url}{file}.gz" for file in known.files]
    return "\n  ".join(
        [
            f"{known.title} could not be fetched ({error}).",
            "Try again: what has come is kept. Or bring these files by hand:",
            *lines,
            f"and put them into {folder.resolve()}",
        ]
    )


def _check(path: Path, file: str, *, known: KnownSet) -> None:
    """Verifies the checksum of a file's content, after decompression."""
    digest = hashlib.md5(usedforsecurity=False)
    with opened(path, packed=path.name != file) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    check_sum(path, digest.hexdigest(), file=file, known=known)


def _fetch(url: str, part: Path, *, progress: Progress | None) -> None:
    """Appends to `part` until it is complete; repeats after attempts that received bytes."""
    pause = _PAUSE
    for attempt in range(1, _ATTEMPTS + 1):
        before = _size(part)
        problem: Exception = ConnectionError(f"{url}: the connection broke {attempt} times")
        try:
            if _appended(url, part, progress=progress):
                return
        except urllib.error.HTTPError as error:
            error.close()  # keeps the connection open otherwise
            if error.code == 416:  # no more bytes: complete, or another file
                return
            if error.code < 500:
                raise
            problem = error
        except _TooSlow:
            raise
        except (OSError, http.client.HTTPException) as error:
            if _size(part) == before:
                raise
            problem = error
        if attempt < _ATTEMPTS:
            time.sleep(pause)
            pause *= 2
    raise problem


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _appended(url: str, part: Path, *, progress: Progress | None) -> bool:
    """Requests the missing bytes of `part` and appends them; returns whether it is complete.

    A thread does the work and is abandoned if it stalls: the timeout of a socket restarts with
    every byte, so that a mirror that sends single bytes would hold it forever.
    """
    attempt = _Attempt(url, part, progress=progress)
    worker = threading.Thread(target=attempt.run, daemon=True)
    began = time.monotonic()
    worker.start()
    try:
        while worker.is_alive():
            before = attempt.came
            worker.join(_TIMEOUT)
            if not worker.is_alive():
                break
            if attempt.came - before < _PACE * _TIMEOUT:
                raise _TooSlow(
                    f"{url}: {attempt.came - before} bytes came in {_TIMEOUT:g} seconds; at least "
                    f"{_PACE} a second are needed"
                )
            if time.monotonic() - began > _LONGEST:
                raise _TooSlow(f"{url}: not whole after {_LONGEST:g} seconds")
    finally:
        attempt.give_up()
    if attempt.error is not None:
        raise attempt.error
    return attempt.whole


class _TooSlow(TimeoutError):
    """A mirror that is slower than any real one; another attempt would not help."""


class _Attempt:
    """One response of a server, appended to a file; `came` counts its bytes so far."""

    def __init__(self, url: str, part: Path, *, progress: Progress | None) -> None:
        self.url, self.part, self.progress = url, part, progress
        self.came, self.whole = 0, False
        self.error: BaseException | None = None
        self._given_up, self._lock = False, threading.Lock()

    def run(self) -> None:
        """Runs the download; an error is kept in `error`."""
        try:
            self.whole = self._append()
        except BaseException as error:  # raised again by the waiting thread
            self.error = error

    def give_up(self) -> None:
        """Writes no more bytes from now on."""
        with self._lock:
            self._given_up = True

    def _append(self) -> bool:
        start = _size(self.part)
        request = urllib.request.Request(self.url, headers={"User-Agent": "harmonium"})
        if start:
            request.add_header("Range", f"bytes={start}-")
        opener = urllib.request.build_opener()  # with the current proxies
        with opener.open(request, timeout=_TIMEOUT) as response:
            answer = _Answer.of(response, start)
            return self._written(response, answer)

    def _written(self, response: http.client.HTTPResponse, answer: _Answer) -> bool:
        size = answer.start
        with self._lock:
            if self._given_up:
                return False
            file = self.part.open("ab" if size else "wb")
        with file:
            while chunk := response.read1(_CHUNK):
                with self._lock:
                    if self._given_up:
                        return False
                    file.write(chunk)
                    file.flush()  # keeps all received bytes, and no later ones
                size, self.came = size + len(chunk), self.came + len(chunk)
                if size > _MOST:
                    raise DataError(f"more than {_MOST} bytes came")
                if self.progress is not None:
                    self.progress(self.part.name.removesuffix(".part"), size, answer.total)
        return answer.total is None or size >= answer.total


class _Answer(NamedTuple):
    """First byte of a response, and total number of bytes of the file if given."""

    start: int
    total: int | None

    @classmethod
    def of(cls, response: http.client.HTTPResponse, start: int) -> _Answer:
        length = response.headers.get("Content-Length", "")
        if response.status != 206:  # the whole file, not the requested part
            return cls(0, int(length) if length.isdigit() else None)
        span, _, total = response.headers.get("Content-Range", "").partition("/")
        if not span.startswith(f"bytes {start}-"):
            raise OSError(f"the server sent {span or 'an unknown range'}, not bytes {start}-")
        return cls(start, int(total) if total.isdigit() else None)
