"""Mapping files of DAWs that see a control surface in us, the words they print, and the laws that are learnt."""

import math
import os
from pathlib import Path
from typing import Any

import pytest

from tonn_bridge.core.calibration import same_law
from tonn_bridge.core.laws import ArdourLaw, TableLaw
from tonn_bridge.errors import MappingError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping.device import (
    DeviceFile,
    LearntLaw,
    PanText,
    TextPan,
    find_law,
    gain_text,
    keep_law,
    law_of,
    load_law,
    pan_text,
)
from tonn_bridge.mapping.files import load_device, shipped
from tonn_bridge.mapping.role import Role

LEAST = """
role = "device"
name = "Cakemix"
source = "its manual"
protocol = "mackie"
[units]
most = 2
[fader]
text_row = 1
[names]
characters = 6
[echo]
form = "same"
"""


@pytest.mark.parametrize("name", shipped(Role.DEVICE))
def test_each_that_ships_loads_and_says_how_to_set_the_daw_up(name: str) -> None:
    mapping = load_device(name)
    assert mapping.setup
    assert mapping.fader.fader_law() is None or name in ("ardour-mackie", "reaper-mackie")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('[fader]\nlaw = "ardur"', 'no law is called "ardur"; did you mean "ardour"?'),
        ('[fader]\nlaw = "decibel"', 'no law is called "decibel"'),
        ('[fader]\nlaw = "ardour"\npoints = [[0.0, -90.0], [1.0, 6.0]]', 'needs "law" or "points", and not both'),
        ("[fader]\npoints = [[0.0, -90.0], [0.5, -90.0], [1.0, 6.0]]", "points that rise in both columns"),
        ("[fader]\ntuch = true", 'fader.tuch is not a known key; did you mean "touch"?'),
    ],
)
def test_mistakes_are_told(wrong: str, says: str) -> None:
    text = LEAST.replace("[fader]\ntext_row = 1", wrong)
    with pytest.raises(MappingError) as told:
        parse_toml(text, "cakemix.toml", DeviceFile, MappingError)
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("text", "db"),
    [
        ("  -5.9 ", -5.9),
        ("-6.5dB", -6.5),
        ("-6.5 dB", -6.5),
        ("+0,0", 0.0),
        ("  -0.0 ", 0.0),
        ("   6.0 ", 6.0),
        ("-12dB", -12.0),
        ("-133.6", -133.6),
        ("+12", 12.0),
        ("-oo", -math.inf),
        (" -inf  ", -math.inf),
        ("-∞", -math.inf),
        ("Pan    ", None),
        ("L48R52", None),
        ("C", None),
        ("12", None),
        ("", None),
        ("Kick 2", None),
        ("99.9", None),
    ],
)
def test_a_printed_gain_is_read(text: str, db: float | None) -> None:
    assert gain_text(text) == db


@pytest.mark.parametrize(
    ("text", "form", "full", "bounds"),
    [
        ("L48R52 ", PanText.BALANCE, 100, (0.03, 0.05)),
        ("L0R100", PanText.BALANCE, 100, (0.99, 1.0)),
        ("L48R53", PanText.BALANCE, 100, None),
        ("Pan", PanText.BALANCE, 100, None),
        ("L23", PanText.SIDE, 100, (-0.235, -0.225)),
        ("23R", PanText.SIDE, 100, (0.225, 0.235)),
        ("<23", PanText.SIDE, 100, (-0.235, -0.225)),
        ("32 R", PanText.SIDE, 64, (0.4921875, 0.5078125)),
        ("C", PanText.SIDE, 100, (-0.005, 0.005)),
        ("<C>", PanText.SIDE, 100, (-0.005, 0.005)),
        ("L101", PanText.SIDE, 100, None),
        ("-6.5dB", PanText.SIDE, 100, None),
        ("C", PanText.NONE, 100, None),
    ],
)
def test_a_printed_pan_is_read(text: str, form: PanText, full: float, bounds: tuple[float, float] | None) -> None:
    found = pan_text(text, form, full)
    assert (found is None) == (bounds is None)
    if found is not None and bounds is not None:
        assert found == TextPan(pytest.approx(bounds[0]), pytest.approx(bounds[1]))


POINTS = ((0.0, -70.0), (0.25, -40.0), (0.75, 0.0), (1.0, 10.0))


def learnt(mapping: str = "cakemix", version: str = "", **changes: Any) -> LearntLaw:
    return LearntLaw(
        mapping=mapping, version=version, learnt="2026-11-22", error_db=0.06, **({"points": POINTS} | changes)
    )


def cakemix(fader: str = "text_row = 1") -> DeviceFile:
    return parse_toml(LEAST.replace("text_row = 1", fader), "cakemix.toml", DeviceFile, MappingError)


def test_a_learnt_law_is_kept_and_found_for_its_daw_and_version(tmp_path: Path) -> None:
    folder = tmp_path / "laws"
    assert find_law(folder, "cakemix") is None
    old = keep_law(folder, learnt(version="1.0"))
    new = keep_law(folder, learnt(version='2 "beta"/..', points=((0.0, -60.0), (1.0, 6.0))))
    os.utime(old, (1, 1))
    keep_law(folder, learnt("cakemixer"))
    assert find_law(folder, "cakemix") == new
    assert find_law(folder, "cakemix", "1.0") == old
    assert find_law(folder, "cakemix", "3.0") is None
    assert load_law(old) == learnt(version="1.0")
    assert law_of(cakemix(), "cakemix", folder) == TableLaw(((0.0, -60.0), (1.0, 6.0)))
    assert law_of(cakemix(), "cakemix", folder, old) == TableLaw(POINTS)
    assert sorted(path.name for path in folder.iterdir()) == [
        "cakemix 1.0.toml",
        "cakemix 2-beta.toml",
        "cakemixer.toml",
    ]


def test_a_law_nobody_knows_says_how_it_is_learnt(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="tonn-bridge learn law"):
        law_of(cakemix(), "cakemix", tmp_path)


def test_a_law_that_agrees_with_the_mappings_own_leaves_that_in_force(tmp_path: Path) -> None:
    own = ArdourLaw()
    fine = tuple((step / 256, own.gain(step / 256).db - 0.05) for step in range(1, 257))
    keep_law(tmp_path, learnt(points=((0.0, -120.0), *fine)))
    mapping = cakemix('law = "ardour"')
    assert law_of(mapping, "cakemix", tmp_path) == own
    keep_law(tmp_path, learnt(points=POINTS))
    assert law_of(mapping, "cakemix", tmp_path) == TableLaw(POINTS)
    assert same_law(TableLaw(POINTS), own) > 1.0


@pytest.mark.parametrize("text", ["", 'mapping = "x"', LEAST], ids=["empty", "cut", "something-else"])
def test_a_broken_law_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cakemix.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=r"cakemix\.toml"):
        law_of(cakemix(), "cakemix", tmp_path)
