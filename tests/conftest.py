"""Settings for the whole suite."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
settings.register_profile("wide", max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))

ON_JACK = ("jack", "mackie", "benchmark_midi", "surface_job")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what plays over a JACK server, which does not live on a machine that is busy with other tests."""
    for item in items:
        if any(word in item.path.name for word in ON_JACK):
            item.add_marker(pytest.mark.jack)
