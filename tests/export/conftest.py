"""Sessions to export."""

from pathlib import Path

import pytest

from tonn_bridge.session import Session

GROUPS = ("KICK_GROUP", "BASS_GROUP", "VOCAL_GROUP", "SYNTH_GROUP")


@pytest.fixture
def session(tmp_path):
    """A session with these tracks (their names, or how many), and these further tables."""

    def _session(tracks: int | list[str], folder: Path = tmp_path, title: str = "Song", **tables) -> Session:
        names = [f"Track {number}" for number in range(1, tracks + 1)] if isinstance(tracks, int) else tracks
        found = {
            "mix": {"name": title, "style": "POP"},
            "daw": {"mapping": "reaper"},
            "track": [
                {"name": name, "file": f"{number}.wav", "group": GROUPS[number % len(GROUPS)]}
                for number, name in enumerate(names)
            ],
            **tables,
        }
        return Session.model_validate(found).at(folder / "session.toml")

    return _session
