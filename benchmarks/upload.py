"""Sending 32 stems to the service: our parallel upload against a sequential one by the vendor's client.

    python benchmarks/upload.py [--minutes 1] [--limits 10 none]

The sandbox takes no more than the limit (MB/s) on one connection, as a cloud's storage far away does. A whole song is
`--minutes 8`: 2.7 GB of stems, and as much again for what arrives; the vendor's client takes 4.5 minutes for it at
10 MB/s.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bridge import RATE, sandbox, write_noise
from load import FADERS
from rich.console import Console
from rich.table import Table
from uploaders import PARALLEL

NAMES = {"vendor": "vendor's client, one by one", "bridge": f"tonn-bridge, {PARALLEL} at a time"}


@dataclass(frozen=True)
class Upload:
    """One upload of all stems; memory is the process's peak, None where there is no /proc."""

    seconds: float
    memory_mb: float | None


def main() -> None:
    """Upload everything with both clients at every limit, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--limits", nargs="+", default=["10", "none"], help="MB/s for one connection")
    options = parser.parse_args()
    megabytes = FADERS * 4 * RATE * options.minutes * 60 / 1e6
    table = Table(title=f"Upload of {FADERS} stems of {options.minutes:g} min, {megabytes:,.0f} MB")
    for heading in ("a line", "client", "s", "MB/s", "ratio", "peak memory"):
        table.add_column(heading, justify="left" if heading == "client" else "right", no_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        check_room(Path(folder), 2.2 * megabytes)
        stems = Path(folder, "stems")
        stems.mkdir()
        for n in range(1, FADERS + 1):
            write_noise(stems / f"{n:02d}.wav", options.minutes * 60)
        for limit in options.limits:
            found = {kind: upload(kind, stems, limit) for kind in NAMES}
            for kind, name in NAMES.items():
                seconds, memory = found[kind].seconds, found[kind].memory_mb
                table.add_row(
                    "" if kind != "vendor" else "no limit" if limit == "none" else f"{limit} MB/s",
                    name,
                    f"{seconds:.1f}",
                    f"{megabytes / seconds:.0f}",
                    f"{found['vendor'].seconds / seconds:.2f}",
                    "–" if memory is None else f"{memory:.0f} MB",
                )
            table.add_section()
    Console().print(table)


def check_room(folder: Path, megabytes: float) -> None:
    """Exit where the stems and what arrives of them do not fit."""
    free = shutil.disk_usage(folder).free / 1e6
    if free < megabytes:
        raise SystemExit(f"{folder} has {free:,.0f} MB left, and this needs {megabytes:,.0f}: fewer --minutes")


def upload(kind: str, stems: Path, limit: str) -> Upload:
    """Upload all stems to a sandbox of their own."""
    options = [] if limit == "none" else ["--upload-limit", str(float(limit) * 1e6)]
    with tempfile.TemporaryDirectory(dir=stems.parent) as folder, sandbox(Path(folder), *options) as url:
        command = [sys.executable, str(Path(__file__).with_name("uploaders.py")), kind, url, str(stems)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        return Upload(**json.loads(done.stdout))


if __name__ == "__main__":
    main()
