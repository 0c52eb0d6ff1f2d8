"""What can go wrong, as a small tree: callers choose by type, people read the message.

`code` is the word that goes out with the message (`/tonn/error`, the state document); it never changes.
"""

from typing import ClassVar


class BridgeError(Exception):
    """Anything tonn-bridge reports to a person: what happened, where, and what to do about it."""

    code: ClassVar[str] = "internal"


class RangeError(BridgeError, ValueError):
    """A value lies outside what its unit allows."""

    code = "range"

    def __init__(self, what: str, value: object, allowed: str) -> None:
        super().__init__(f"{what} {value} is outside {allowed}")


class DecodeError(BridgeError):
    """Bytes that break a protocol; `data` holds them."""

    code = "decode"

    def __init__(self, reason: str, data: bytes) -> None:
        super().__init__(reason)
        self.data = data


class FileError(BridgeError):
    """A file a person wrote is wrong; the message names the file and the key."""

    code = "file"


class SessionError(FileError):
    """The session file is wrong."""

    code = "session"


class MappingError(FileError):
    """A mapping file is wrong."""

    code = "mapping"


class StemError(BridgeError):
    """A stem cannot be sent: missing, unreadable, too long, silent, twice the same."""

    code = "stem"


class PortError(BridgeError):
    """A UDP, MIDI or HTTP port cannot be opened or was lost."""

    code = "port"


class StoreError(BridgeError):
    """The journal cannot be read or written (disk full, no permission, damaged file)."""

    code = "store"


class NotPossible(BridgeError):
    """The action does not fit the present state; the message says why."""

    code = "not_possible"


class UnknownTrack(BridgeError):
    """The session has no such track."""

    code = "track"


class MixMisfit(BridgeError):
    """A mix out of a file has nothing to do with this session."""

    code = "mix"


class TonnError(BridgeError):
    """Tonn, or the way to it, failed."""

    code = "tonn"


class TonnUnavailable(TonnError):
    """Try again: the service is busy, down or out of reach. `retry_after_s` is its own wish, if it had one."""

    code = "tonn_unavailable"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TonnRejected(TonnError):
    """Do not try again as it is: the request was refused. `status` is the HTTP status, 0 where there was none."""

    code = "tonn_rejected"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class KeyRefused(TonnRejected):
    """The API key is missing or wrong (401, 403)."""

    code = "key"


class NoCredits(TonnRejected):
    """The account cannot pay for the request (402)."""

    code = "credits"


class UrlExpired(TonnRejected):
    """A signed URL is no longer valid; ask for a fresh one."""

    code = "url_expired"


class PaidOutcomeUnknown(TonnError):
    """A request that may cost credits was sent and its answer never came: only a person may decide to repeat it."""

    code = "paid_unknown"
