"""The one owner of the mix, and the workflow of the job."""

from tonn_bridge.engine.bridge import Bridge, Notices
from tonn_bridge.engine.job import Job, JobTrack, Spending, Webhook
from tonn_bridge.engine.journal import Past, Step, recall_past
from tonn_bridge.engine.keeper import Keeper
from tonn_bridge.engine.memory import recall, remember
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.questions import Questions
from tonn_bridge.engine.workflow import Workflow

__all__ = [
    "Bridge",
    "Job",
    "JobTrack",
    "Keeper",
    "Mixer",
    "Notices",
    "Past",
    "Questions",
    "Spending",
    "Step",
    "Webhook",
    "Workflow",
    "recall",
    "recall_past",
    "remember",
]
