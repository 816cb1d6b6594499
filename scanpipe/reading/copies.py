"""Owns the scans that a cluster's worker was sent because it does not see them: private copies."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

MOST_BYTES = 4_000_000_000
"""What one worker keeps; the scan not used for the longest time goes first."""


class Copies:
    """Copies of scans in a private folder inside `folder`, by the SHA-256 of their content."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._home = tempfile.TemporaryDirectory(
            prefix="scanpipe-", dir=folder, ignore_cleanup_errors=True
        )
        self._most_bytes = most_bytes
        self._whole: dict[str, Path] = {}
        self._begun: dict[str, tuple[IO[bytes], hashlib._Hash]] = {}

    @property
    def folder(self) -> Path:
        """The private folder, for other temporary files too."""
        return Path(self._home.name)

    def find(self, sha256: str) -> Path | None:
        """Return the copy of this content, None if there is none."""
        path = self._whole.pop(sha256, None)
        if path is not None:
            self._whole[sha256] = path
        return path

    def begin(self, sha256: str, size_bytes: int) -> None:
        """Make room for a scan that comes in pieces."""
        self._drop_begun(sha256)
        self._make_room(size_bytes)
        file = tempfile.NamedTemporaryFile(dir=self.folder, delete=False)  # noqa: SIM115
        self._begun[sha256] = (file, hashlib.sha256())

    def take(self, sha256: str, piece: bytes) -> None:
        """Take the next piece; raise OSError if there is no room."""
        file, digest = self._begun[sha256]
        file.write(piece)
        digest.update(piece)

    def finish(self, sha256: str) -> bool:
        """Keep what came, if it is what it should be; tell whether it is."""
        file, digest = self._begun[sha256]
        if digest.hexdigest() != sha256:
            self._drop_begun(sha256)
            return False
        del self._begun[sha256]
        file.close()
        self._whole[sha256] = Path(file.name)
        return True

    def link(self, sha256: str, other: Path) -> bool:
        """Share the copy of another worker on this computer; tell whether that can be done."""
        path = self.folder / sha256
        try:
            os.link(other, path)
        except OSError:
            return False
        self._whole[sha256] = path
        return True

    def close(self) -> None:
        """Remove everything."""
        for sha256 in list(self._begun):
            self._drop_begun(sha256)
        self._whole.clear()
        self._home.cleanup()

    def _drop_begun(self, sha256: str) -> None:
        if sha256 in self._begun:
            file, _ = self._begun.pop(sha256)
            file.close()
            Path(file.name).unlink(missing_ok=True)

    def _make_room(self, size_bytes: int) -> None:
        kept = {sha256: path.stat().st_size for sha256, path in self._whole.items()}
        for sha256, size in list(kept.items()):
            if sum(kept.values()) + size_bytes <= self._most_bytes:
                break
            with contextlib.suppress(OSError):  # Windows keeps what somebody has open
                self._whole.pop(sha256).unlink()
            kept[sha256] -= size
