"""`tonn-bridge demo`: the steps in their order, what comes of them, and the end of everything that was started."""

import asyncio
import importlib.util
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tonn_bridge import places
from tonn_bridge.clock import SystemClock
from tonn_bridge.errors import BridgeError

if TYPE_CHECKING:
    from tonn_bridge.demo.report import Report
    from tonn_bridge.demo.screen import Screen
    from tonn_bridge.demo.stage import Stage, Teach

AUDIO_PACKAGES = ("numpy", "scipy", "soundfile", "pyloudnorm")


async def run_demo(*, json_output: bool, keep: bool, console: Console, teach: "Teach") -> bool:
    """Do the whole job and tell `console` about it; with `json_output`, print the result as one JSON object as well.

    Returns whether every check holds. With `keep` everything runs on at the end, until cancelled. `teach` is what
    `tonn-bridge learn plugin` does.

    Raises:
        BridgeError: a part is missing, did not start, or broke off.
    """
    for package in AUDIO_PACKAGES:
        if importlib.util.find_spec(package) is None:
            raise BridgeError(f'the demo needs {package}: pip install "tonn-bridge[demo]"')
    from tonn_bridge.demo.report import Report  # these need the packages just looked for
    from tonn_bridge.demo.screen import Screen

    if json_output and not console.is_terminal:
        console = Console(quiet=True)
    with Screen(console) as screen:
        report = Report(told=screen.check)
        try:
            await _perform(screen, report, teach, keep=keep, json_output=json_output)
        except BridgeError as exc:
            report.broke_off(exc)
            _tell(screen, report, json_output=json_output)
            raise
    return report.ok


async def _perform(screen: "Screen", report: "Report", teach: "Teach", *, keep: bool, json_output: bool) -> None:
    from tonn_bridge.demo.report import Finding
    from tonn_bridge.demo.stage import open_stage
    from tonn_bridge.demo.steps import STEPS

    screen.opens()
    report.step = "Stage"
    screen.step("Stage", "eight stems, the sandbox, a simulated REAPER with plug-ins")
    async with open_stage(SystemClock(), teach) as stage:
        screen.set(stage)
        where = f"{stage.sandbox_url}, REAPER on port {stage.daw.address[1]}"
        report.check("all of it runs", Finding(True, f"the sandbox at {where}"))
        for step in STEPS:
            report.step = step.name
            screen.step(step.name, step.does)
            try:
                await step.run(stage, report)
            except BridgeError as exc:
                if stage.daemon.has_ended:
                    raise BridgeError(f"the daemon has ended: {stage.daemon.last_words()}") from exc
                raise
        mixes = await asyncio.to_thread(_keep_mixes, stage)
        _tell(screen, report, json_output=json_output)
        screen.say(f"listen to it: {mixes}")
        if keep:
            await _keep_running(screen, stage)


def _tell(screen: "Screen", report: "Report", *, json_output: bool) -> None:
    screen.closes(report)
    if json_output:
        print(json.dumps(report.as_json()), flush=True)


def _keep_mixes(stage: "Stage") -> Path:
    """Put preview and final mix where they can be listened to afterwards, in place of those of the last time."""
    folder = places.cache_dir() / "demo-mixes"
    folder.mkdir(exist_ok=True)
    for key in ("preview_file", "final_file"):
        shutil.copy(stage.bridge.document[key], folder)
    return folder


async def _keep_running(screen: "Screen", stage: "Stage") -> None:
    """Say how everything is reached, and wait to be stopped; that it was is no failure."""
    for line in (
        "",
        "everything is still running:",
        f"  dashboard   {stage.ports.url}",
        f"  state       tonn-bridge status --url {stage.ports.url}",
        f"  proof       tonn-bridge status --proof --url {stage.ports.url}",
        f"  OSC         127.0.0.1:{stage.ports.osc}  (/tonn/compare, /tonn/morph 0.5, ...)",
        f"  REAPER      {stage.daw.address[0]}:{stage.daw.address[1]}  (simulated; its OSC input)",
        f"  sandbox     {stage.sandbox_url}/sandbox/charges",
        f"  files       {stage.folder}",
        "press Ctrl-C to stop it all",
    ):
        screen.say(line)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        assert task is not None
        task.uncancel()  # Ctrl-C is how this is meant to end
