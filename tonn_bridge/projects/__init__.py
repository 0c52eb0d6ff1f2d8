"""Project files of DAWs: which tracks a song has, in what order, in which colours, and which audio lies on them."""

from tonn_bridge.projects.model import Clip, Kind, Project, ProjectTrack
from tonn_bridge.projects.read import find_projects, is_project, read_project

__all__ = ["Clip", "Kind", "Project", "ProjectTrack", "find_projects", "is_project", "read_project"]
