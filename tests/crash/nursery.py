"""Real daemons on demand: `python -m tests.crash.nursery` forks one for each line on stdin, its modules loaded already.

A line is JSON: `session`, `state`, and `point` as [kind, when] or null. The daemon answers with a line when it
listens, and the nursery with one when it has ended.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from tonn_bridge.app import Listening, run_daemon
from tonn_bridge.clock import SystemClock
from tonn_bridge.session import load_session
from tonn_bridge.store import Store

SPEED = 4.0
"""The daemon's seconds pass this much faster, so that its pauses do not make the tests long."""


class HurriedClock(SystemClock):
    def now(self) -> float:
        return SPEED * time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / SPEED)

    def call_later(self, seconds, callback):
        return super().call_later(seconds / SPEED, callback)


class FatalStore(Store):
    """Kills its own process right before or after the first write of a kind is on the disk.

    Kinds are the journal's steps, `upload`, and `mix`, of which there are many: it counts from SIGUSR1 on.
    """

    point: tuple[str, str] | None = None
    armed = False

    def _meet(self, kind: str, when: str) -> None:
        if FatalStore.point == (kind, when) and (kind != "mix" or FatalStore.armed):
            os.kill(os.getpid(), signal.SIGKILL)

    async def journal(self, session, kind, data, at, charge=None):
        self._meet(kind, "before")
        entry = await super().journal(session, kind, data, at, charge)
        self._meet(kind, "after")
        return entry

    async def save_mix(self, session, document, at):
        self._meet("mix", "before")
        await super().save_mix(session, document, at)
        self._meet("mix", "after")

    async def remember_upload(self, *upload):
        self._meet("upload", "before")
        await super().remember_upload(*upload)
        self._meet("upload", "after")


def say(**news: object) -> None:
    os.write(sys.stdout.fileno(), (json.dumps(news) + "\n").encode())


async def daemon(session: Path) -> None:
    this = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: setattr(FatalStore, "armed", True))

    def ready(listening: Listening) -> None:
        say(pid=os.getpid(), http=listening.http, control=listening.control)

    await run_daemon(load_session(session), on_ready=ready, clock=HurriedClock(), open_store=FatalStore.open)


def be_born(order: dict) -> None:
    os.environ["TONN_BRIDGE_STATE"] = order["state"]
    FatalStore.point = tuple(order["point"]) if order["point"] else None
    code = 1
    try:
        asyncio.run(daemon(Path(order["session"])))
    except asyncio.CancelledError:
        code = 0
    except Exception as exc:
        print(f"{type(exc).__name__}: {exc}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            be_born(json.loads(line))
        _, status = os.waitpid(child, 0)
        say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
