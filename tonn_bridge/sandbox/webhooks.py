"""Call-backs: sent as Tonn sends them, or in one of the ways the internet brings them."""

import ipaddress
import logging
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.records import APPLY_FX

log = logging.getLogger(__name__)
_TIMEOUT_S = 5.0


class WebhookMode(BaseModel):
    """How call-backs arrive: once at the end; 10 stages later; twice; an earlier state after the last; never."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["normal", "late", "twice", "out_of_order", "never"] = "normal"


class Webhooks:
    """Posts call-backs to loopback addresses, and to no other: the sandbox never speaks to the internet."""

    def __init__(self, clock: Clock, late_s: float) -> None:
        self.mode = WebhookMode()
        self._clock = clock
        self._late_s = late_s

    async def send(self, url: str, body: dict[str, Any]) -> None:
        """Deliver one call-back in the present mode; what goes wrong is logged and forgotten."""
        mode = self.mode.mode
        if mode == "never" or not is_loopback(url):
            return
        if mode == "late":
            await self._clock.sleep(self._late_s)
        bodies = [body]
        if mode == "twice":
            bodies.append(body)
        if mode == "out_of_order":
            bodies.append({"multitrack_task_id": body["multitrack_task_id"], "state": APPLY_FX})
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False, verify=False) as client:  # loopback only
            for each in bodies:
                try:
                    await client.post(url, json=each)
                except (httpx.HTTPError, httpx.InvalidURL) as exc:
                    log.info("a call-back was not delivered: %s", exc)


def is_loopback(url: str) -> bool:
    """Whether a URL is http(s) on this machine's loopback."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
