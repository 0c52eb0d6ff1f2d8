"""The sandbox, asked past the daemon: what it has charged, and the stems against which a final mix is measured."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from tonn_bridge.errors import BridgeError

RENDER_S = 60.0


class Ruler:
    """Asks the sandbox at `url` for itself. Raises BridgeError where it does not answer as it should."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"x-api-key": key}

    async def charges(self) -> list[str]:
        """What has been charged for so far, in order: "fx_settings" or "final"."""
        answer = await self._ask("GET", "/sandbox/charges")
        return [charge["what"] for charge in answer["charges"]]

    async def settings_in(self, task_id: str, times: str, pan: str) -> dict[str, Any]:
        """The settings Tonn proposed in a task, told in these units, as an answer of the service would; uncharged."""
        await self._ask("PUT", "/sandbox/units", {"times": times, "pan": pan})
        settings = await self.proposal(task_id)
        await self._ask("PUT", "/sandbox/units", {})
        return settings

    async def proposal(self, task_id: str) -> dict[str, Any]:
        """The settings Tonn proposed in a task, as the sandbox keeps them."""
        task = await self._ask("GET", f"/sandbox/tasks/{task_id}")
        settings: dict[str, Any] = task["proposal"]
        return settings

    async def final_request(self, task_id: str) -> dict[str, Any]:
        """What the first final request of a task asked for; its `trackData` is in the session's order."""
        task = await self._ask("GET", f"/sandbox/tasks/{task_id}")
        body = next(r["body"] for r in task["requests"] if r["endpoint"] == "/retrievefinalmix")
        data: dict[str, Any] = body["applyAudioEffectsData"]
        return data

    async def unmoved_stems(self, task_id: str, folder: Path) -> list[Path]:
        """Each track's stem as the final mix has it but for the faders, which are not moved; in the session's order.

        The files land in `folder`, which must be there.

        This is a final mix of the demo's own, and charged as one: count the daemon's charges first.
        """
        data = await self.final_request(task_id)
        unmoved = {
            "multitrackTaskId": task_id,
            "trackData": [{k: v for k, v in track.items() if k != "gainDb"} for track in data["trackData"]],
            "returnStems": True,
            "sampleRate": data["sampleRate"],
        }
        answer = await self._ask("POST", "/retrievefinalmix", {"applyAudioEffectsData": unmoved})
        urls = answer["applyAudioEffectsResults"]["stems"]
        return [
            await self._fetch(url, folder / f"unmoved {name}") for name, url in sorted(urls.items())
        ]  # 01-kick.wav, …

    async def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._http() as http:
            response = await http.request(method, self._url + path, json=body, headers=self._headers)
        if not response.is_success:
            raise BridgeError(f"the sandbox refused {path}: {response.text}")
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    async def _fetch(self, url: str, target: Path) -> Path:
        async with self._http() as http:
            response = await http.get(url)
        if not response.is_success:
            raise BridgeError(f"the sandbox did not give {target.name}: {response.text}")
        await asyncio.to_thread(target.write_bytes, response.content)
        return target

    def _http(self) -> httpx.AsyncClient:
        # verify: loading certificates takes longer than a request, and nothing here leaves this machine
        return httpx.AsyncClient(trust_env=False, verify=False, timeout=RENDER_S)
