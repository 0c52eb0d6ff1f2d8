"""Signed URLs that expire: whoever holds one may do its one thing until its time is over."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.refusals import EXPIRED, StoreRefused


@dataclass(frozen=True, slots=True)
class UrlSigner:
    """Makes and checks URLs of the form `http://host:port/path?X-Expires=…&X-Signature=…`."""

    secret: bytes
    clock: Clock

    def sign(self, base_url: str, method: str, path: str, valid_s: float) -> str:
        """A URL that allows `method` on `path` (unquoted, absolute) for `valid_s` seconds."""
        expires = f"{self.clock.wall() + valid_s:.0f}"
        signature = self._signature(method, path, expires)
        return f"{base_url.rstrip('/')}{quote(path)}?X-Expires={expires}&X-Signature={signature}"

    def check(self, method: str, path: str, query: Mapping[str, str]) -> None:
        """Return if the URL is ours and still valid.

        Raises:
            StoreRefused: 403 for a signature that is not ours, 400 for one whose time is over (as Google's store does).
        """
        expires = query.get("X-Expires", "")
        ours = self._signature(method, path, expires)
        if not hmac.compare_digest(ours.encode(), query.get("X-Signature", "").encode()):
            raise StoreRefused(403, "SignatureDoesNotMatch", f"The URL is not signed for {method} on this object.")
        if self.clock.wall() > float(expires):
            raise EXPIRED

    def _signature(self, method: str, path: str, expires: str) -> str:
        text = f"{method}\n{path}\n{expires}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()
