"""Project files of DAWs: which tracks a song has, in what order, in which colours, and which audio lies on them."""

from tonn_bridge.projects.dawproject import unpack
from tonn_bridge.projects.model import SAME_LENGTH_S, Clip, Kind, Project, ProjectTrack
from tonn_bridge.projects.paths import exists
from tonn_bridge.projects.read import KINDS, find_projects, is_project, read_project

__all__ = [
    "KINDS",
    "SAME_LENGTH_S",
    "Clip",
    "Kind",
    "Project",
    "ProjectTrack",
    "exists",
    "find_projects",
    "is_project",
    "read_project",
    "unpack",
]
