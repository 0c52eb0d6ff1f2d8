"""Two ways to send 32 stems to the service, each run as a process of its own, which tells its time and memory.

python benchmarks/uploaders.py {bridge,vendor} URL FOLDER
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from load import memory_mb

PARALLEL = 4
KEY = "benchmark"


def bridge(url: str, stems: list[Path]) -> float:
    """Our client: a few at a time. The check of every stem, which the vendor's does not make, is not in the time."""
    from pydantic import SecretStr

    from tonn_bridge.clock import SystemClock
    from tonn_bridge.tonn import Stem, StemSource, TonnClient, check_stems

    checked = check_stems([StemSource(n, path.stem, path, None) for n, path in enumerate(stems, 1)])

    async def note(stem: Stem, readable_url: str) -> None:
        pass

    async def send() -> float:
        async with TonnClient(url, SecretStr(KEY), clock=SystemClock(), parallel=PARALLEL) as client:
            began = perf_counter()
            await client.upload_all(checked, lambda sent, total: None, note)
            return perf_counter() - began

    return asyncio.run(send())


def vendor(url: str, stems: list[Path]) -> float:
    """The vendor's client as its examples use it: one after the other."""
    from roex_python.client import RoExClient
    from roex_python.utils import upload_file

    client = RoExClient(KEY, url)
    began = perf_counter()
    for path in stems:
        upload_file(client, str(path))
    return perf_counter() - began


UPLOADERS: dict[str, Callable[[str, list[Path]], float]] = {"bridge": bridge, "vendor": vendor}

if __name__ == "__main__":
    kind, url, folder = sys.argv[1:]
    seconds = UPLOADERS[kind](url, sorted(Path(folder).glob("*.wav")))
    print(json.dumps({"seconds": seconds, "memory_mb": memory_mb("self", "VmHWM")}))
