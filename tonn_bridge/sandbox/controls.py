"""The sandbox's own endpoints: what was charged, what was asked, and what shall go wrong."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tonn_bridge.sandbox.bodies import parse, read_json
from tonn_bridge.sandbox.faults import FaultList, Faults
from tonn_bridge.sandbox.records import Records, Task
from tonn_bridge.sandbox.refusals import Refused
from tonn_bridge.sandbox.tonn_api import TonnApi
from tonn_bridge.sandbox.units import Units, mix_output_settings
from tonn_bridge.sandbox.webhooks import WebhookMode, Webhooks


@dataclass(frozen=True, slots=True)
class Controls:
    """Endpoints below `/sandbox`; they ask for no key and suffer no faults."""

    records: Records
    faults: Faults
    webhooks: Webhooks
    api: TonnApi

    async def charges(self, _: Request) -> Response:
        """Every charge in order, and their sum."""
        charges = [
            {"task_id": task_id, "what": charge.what, "credits": charge.credits}
            for task_id, charge in self.records.charges()
        ]
        return JSONResponse({"total": sum(charge["credits"] for charge in charges), "charges": charges})

    async def tasks(self, _: Request) -> Response:
        """Every task in the order they came."""
        return JSONResponse([self._task(task) for task in self.records.tasks.values()])

    async def task(self, request: Request) -> Response:
        task = self.records.tasks.get(request.path_params["task_id"])
        if task is None:
            raise Refused(404, f"task {request.path_params['task_id']} not found")
        return JSONResponse(self._task(task))

    async def put_faults(self, request: Request) -> Response:
        """Replace the faults still to come."""
        self.faults.waiting = parse(FaultList, await read_json(request)).root
        return Response(status_code=204)

    async def delete_faults(self, _: Request) -> Response:
        self.faults.waiting = []
        return Response(status_code=204)

    async def put_webhooks(self, request: Request) -> Response:
        self.webhooks.mode = parse(WebhookMode, await read_json(request))
        return Response(status_code=204)

    async def put_units(self, request: Request) -> Response:
        """Change how answers are spelled; what is left out goes back to its default."""
        self.api.units = parse(Units, await read_json(request))
        return Response(status_code=204)

    def _task(self, task: Task) -> dict[str, Any]:
        names = [track.file_name for track in task.tracks]
        strips = None if task.proposal is None else zip(names, task.proposal, strict=True)
        return {
            "task_id": task.task_id,
            "state": task.state,
            "message": task.message,
            "requests": task.requests,
            "proposal": None if strips is None else mix_output_settings(strips, self.api.units),
        }
