"""The files of control surfaces: those that ship, where they belong, and what is said about mistakes in them."""

import re
from pathlib import Path

import pytest

from tonn_bridge.errors import MappingError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping import Role, load, load_device, load_surface, load_surface_file, role_of, shipped
from tonn_bridge.mapping.files import folder
from tonn_bridge.mapping.surface import Function
from tonn_bridge.mapping.surface.compiled import compiled
from tonn_bridge.mapping.surface.model import HuiFile, MackieFile, SurfaceFile
from tonn_bridge.mapping.surface.plain import MidiFile
from tonn_bridge.protocols.surface import Awake, EncoderTurned, FaderMoved, Lamp, LampSet

SURFACES = shipped(Role.SURFACE)
WITHOUT_BUTTONS = {"midi-generic"}
JOB = {
    Function.PREVIEW,
    Function.APPLY,
    Function.COMPARE,
    Function.REVERT,
    Function.FINAL,
    Function.CONFIRM,
    Function.CANCEL,
}


@pytest.mark.parametrize("name", SURFACES)
def test_a_shipped_surface_says_what_it_is_and_from_where_it_knows(name: str) -> None:
    file = load_surface_file(name)
    surface = compiled(file)
    assert (file.role, file.protocol, file.tried) == ("surface", surface.protocol, "simulated")
    assert surface.is_osc == (file.protocol == "osc")
    assert file.source


@pytest.mark.parametrize("name", [name for name in SURFACES if not load_surface(name).caps.extends])
def test_the_whole_job_can_be_done_from_a_shipped_surface(name: str) -> None:
    functions = set(load_surface(name).caps.functions.values())
    assert name in WITHOUT_BUTTONS or functions >= JOB | {Function.SELECT}
    assert name in WITHOUT_BUTTONS or functions & {Function.BANK_LEFT, Function.BANK_RIGHT}


@pytest.mark.parametrize("name", ["mackie-extender", "x-touch-extender"])
def test_an_extender_has_eight_strips_and_nothing_beside_them(name: str) -> None:
    caps = load_surface(name).caps
    assert (caps.extends, caps.strips, caps.faders, caps.master, caps.digits) == (True, 8, 8, None, False)


def test_what_a_surface_has_follows_from_the_controls_its_file_lists() -> None:
    caps = load_surface("midimix").caps
    assert (caps.strips, caps.faders, caps.fader_steps, caps.encoders) == (8, 8, 128, "knobs")
    assert (caps.rings, caps.touch, caps.lamps, caps.blinks, caps.rows) == (False, False, True, False, 0)


# --- which file belongs where -----------------------------------------------------------------------------------------


def test_every_mapping_that_ships_has_one_role() -> None:
    every = [name for role in Role for name in shipped(role)]
    assert sorted(every) == sorted(path.stem for path in folder().glob("*.toml"))
    assert (role_of("reaper"), role_of("mackie"), role_of("logic")) == (Role.DAW, Role.SURFACE, Role.DEVICE)


@pytest.mark.parametrize(
    ("read", "name", "message"),
    [
        (load, "mackie", '"mackie" is a control surface: name it in [[surface]]. Mappings for this place: ableton, '),
        (load, "logic", '"logic" is a DAW to which tonn-bridge plays a control surface: name it under [daw].'),
        (
            load_surface,
            "reaper",
            '"reaper" is a DAW that speaks OSC: name it under [daw]. Mappings for this place: bcf',
        ),
        (load_device, "reaper", '"reaper" is a DAW that speaks OSC: name it under [daw]. Mappings for this place: ard'),
        (load_surface, "makcie", 'no mapping is called "makcie"; did you mean "mackie"? Mappings that ship: bcf2000, '),
    ],
)
def test_a_mapping_in_the_wrong_place_is_told_where_it_belongs(read, name: str, message: str) -> None:
    with pytest.raises(MappingError, match=re.escape(message)):
        read(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'role = "surfcae"',
            'mine.toml: role "surfcae" is not one of "daw", "surface" or "device"; did you mean "surf',
        ),
        ('role = "surface"', "mine.toml: protocol is missing"),
        ('role = "surface"\nprotocol = "mcu"', 'mine.toml: protocol "mcu" is not one of "mackie", "hui", "midi" or "o'),
        ('role = "surface', "mine.toml: not TOML: "),
    ],
)
def test_a_file_that_does_not_say_what_it_is_of_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(MappingError) as told:
        load_surface("mine.toml", tmp_path)
    assert str(told.value).startswith(message)


# --- mistakes ---------------------------------------------------------------------------------------------------------

PLAIN = """
name = "Box"
source = "its manual"
role = "surface"
protocol = "midi"
tried = "simulated"

[unit]
strips = 4
messages_per_s = 500

[faders]
cc = [0, 1, 2, 3]

[knobs]
cc = [16, 17, 18, 19]

[lamps.white]

[buttons]
play = { cc = 41, does = "preview", lamp = "white" }
stop = { cc = 38, does = "cancel" }
select = { note = [0, 1, 2, 3], does = "select" }
"""

DESK = """
name = "Desk"
source = "its manual"
role = "surface"
protocol = "mackie"
tried = "simulated"

[unit]
strips = 8
messages_per_s = 500

[buttons]
f1 = "preview"
select = "select"
"""


def message_about(text: str, model: type[SurfaceFile]) -> str:
    with pytest.raises(MappingError) as told:
        parse_toml(text, "mine.toml", model, MappingError)
    [line] = str(told.value).splitlines()
    return line.removeprefix("mine.toml: ")


def test_the_least_a_surface_needs_is_enough() -> None:
    assert parse_toml(PLAIN, "mine.toml", MidiFile, MappingError).name == "Box"
    assert parse_toml(DESK, "mine.toml", MackieFile, MappingError).name == "Desk"
    assert parse_toml(DESK.replace("mackie", "hui"), "mine.toml", HuiFile, MappingError).name == "Desk"


TWICE = [
    ("cc = 38", "cc = 41", "buttons.play.cc and buttons.stop.cc are both CC 41 on channel 1: give each its own me"),
    ("cc = 38", "cc = 2", "faders.cc[3] and buttons.stop.cc are both CC 2 on channel 1"),
    ("cc = 38", "note = 3", "buttons.stop.note and buttons.select.note[4] are both note 3 on channel 1"),
    ("[16, 17, 18, 19]", "[16, 17, 18, 16]", "knobs.cc[1] and knobs.cc[4] are both CC 16 on channel 1"),
    ("cc = [0, 1, 2, 3]\n", "cc14 = [9, 10, 11, 12]\n", "faders.cc14[1] and buttons.play.cc are both CC 41 on cha"),
    ("cc = [0, 1, 2, 3]\n", "cc = [0, 1]\ntouch = { note = [1, 9] }\n", "faders.touch.note[1] and buttons.select.n"),
    ("cc = [0, 1, 2, 3]\n", "cc = 41\nchannel = [4, 3, 2, 1]\n", "faders.channel[4] and buttons.play.cc are both"),
    ("cc = [0, 1, 2, 3]\n", "nrpn = 5\nchannel = [1, 1]\n", "faders.channel[1] and faders.channel[2] are both NRPN"),
    ("cc = [0, 1, 2, 3]\n", "pitch_bend = true\nchannel = [1, 2, 2]\n", "faders.channel[2] and faders.channel[3] "),
    ("cc = [16, 17, 18, 19]", "nrpn = [300, 301]", "buttons.stop.cc is CC 38 on channel 1, which carries knobs.n"),
    ("stop = {", 'stop = { lamp = "white", lamp_at = { cc = 41 },', "buttons.play.cc and buttons.stop.lamp_at.cc "),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), TWICE, ids=[row[1] for row in TWICE])
def test_a_control_that_is_bound_twice_is_told_with_both_places(good: str, bad: str, message: str) -> None:
    assert good in PLAIN
    assert message_about(PLAIN.replace(good, bad, 1), MidiFile).startswith(message)


def test_a_button_with_two_functions_is_told_by_its_line() -> None:
    line = DESK.splitlines().index('select = "select"') + 2
    twice = message_about(DESK + 'f1 = "final"\n', MackieFile)
    assert twice == f"not TOML: Cannot overwrite a value (at line {line}, column 13)"


PLAIN_MISTAKES = [
    ("[faders]", "[fadres]", 'fadres is not a known key; did you mean "faders"?'),
    ('tried = "simulated"', "", "tried is missing"),
    ('tried = "simulated"', 'tried = "yes"', 'tried "yes" is not one of "hardware" or "simulated"'),
    ('does = "preview"', 'does = "preveiw"', 'buttons.play.does "preveiw" is not one of "preview", "apply", '),
    ("does = ", "dose = ", 'buttons.play.dose is not a known key; did you mean "does"?'),
    ('lamp = "white"', 'lamp = "whit"', 'buttons.play.lamp: there is no "whit" under [lamps]; did you mean "white"?'),
    ('lamp = "white"', "lamp_at = { cc = 1 }", 'buttons.play: "lamp_at" needs "lamp"'),
    ('"white" }', '"white", lamp_at = { note = [7, 8] } }', "buttons.play: 1 buttons and 2 lamps make no row"),
    ("cc = 41", "cc = 128", "buttons.play.cc[1] 128: input should be less than or equal to 127"),
    ("cc = 41, ", "", "buttons.play: needs one of note, cc"),
    ("cc = 41", "cc = 41, note = 41", "buttons.play: needs one of note, cc, and not note and cc"),
    ("cc = 41", "cc = [41, 43]", 'buttons.play: "preview" is for a single button; a row of them does "reset" or "se'),
    ("cc = 41", "cc = 41, channel = 0", "buttons.play.channel[1] 0: input should be greater than or equal to 1"),
    ("cc = [0, 1, 2, 3]\n", "cc = [0, 1]\nchannel = [1, 2, 3]\n", "faders: 2 numbers and 3 channels make no row"),
    ("cc = [0, 1, 2, 3]\n", "cc = [0, 1, 2, 3, 4]\n", "faders: 5 of them cannot stand on 4 strips"),
    ("[0, 1, 2, 3], does", "[0, 1, 2, 3, 4], does", "buttons.select: 5 of them cannot stand on 4 strips"),
    ("[faders]", '[encoders]\ncc = 20\nrelative = "offset"\n[faders]', 'the strips have "knobs" or "encoders", not '),
    ("strips = 4", 'strips = 4\nmaster = "none"', '"unit.master" says what the fader under [master] does: one nee'),
    ("[faders]", "[master]\ncc = 9\n[faders]", '"unit.master" says what the fader under [master] does: one needs'),
    ("strips = 4", 'strips = 4\nmotors = "on_release"', 'motors = "on_release" needs faders that tell "touch"; wit'),
    ("[unit]", 'greeting = ["F0 00"]\n[unit]', 'greeting[1]: "F0 00" is not one complete MIDI message: '),
    ("[unit]", 'greeting = ["hello"]\n[unit]', 'greeting[1]: "hello" is not written in hexadecimal bytes, such as'),
    ("[faders]", "[knobs.rings]\ncc = 9\nfirst = 5\nlast = 5\n[faders]", 'knobs.rings: "first" is not below "last"'),
    ("[faders]", "[knobs.rings]\ncc = 9\nfirst = 0\nlast = 5\nmode_cc = 8\n[faders]", 'knobs.rings: "mode_cc" and "m'),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), PLAIN_MISTAKES, ids=[row[1] for row in PLAIN_MISTAKES])
def test_a_mistake_in_a_plain_controller_is_told_in_one_line(good: str, bad: str, message: str) -> None:
    assert good in PLAIN
    assert message_about(PLAIN.replace(good, bad, 1), MidiFile).startswith(message)


DESK_MISTAKES = [
    ("f1 =", "flipp =", 'buttons.flipp: this unit has no such button; did you mean "flip"?'),
    ("f1 =", "f9 =", "buttons.f9: this unit has no such button; it has alt, audio_instruments, "),
    ("strips = 8", "strips = 8\nextends = true", "buttons.f1: this unit has no such button; it has mute, rec, select"),
    ('select = "select"', 'select = "final"', 'buttons.select: it stands on every strip, and can do "reset" or "sel'),
    ('f1 = "preview"', 'f1 = "select"', 'buttons.f1: "select" needs a button that stands on every strip'),
    ("strips = 8", "strips = 9", "unit.strips 9: its protocol knows 8 on a unit"),
    ("strips = 8", 'strips = 8\ndisplays = "cells"\ncell = 8', "unit.cell 8: its protocol knows 7 on a strip"),
    ("strips = 8", "strips = 8\nrings = true", 'unit: "rings" are lamps around encoders: it needs encoders = "end'),
    ("strips = 8", "strips = 8\nblinks = true", 'unit: "blinks" needs lamps = true'),
    ("strips = 8", 'strips = 8\nmotors = "on_release"', 'unit: motors = "on_release" needs touch = true; without it,'),
    ("strips = 8", "strips = 4\nfaders = 5", "unit: 5 faders cannot stand on 4 strips"),
    ("strips = 8", 'strips = 8\nencoders = "knobs"', 'unit.encoders "knobs" is not one of'),
    ("[buttons]", "[mackie]\ndevice = 20\n[buttons]", 'mackie.device is not a known key; did you mean "device_id"?'),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), DESK_MISTAKES, ids=[row[1] for row in DESK_MISTAKES])
def test_a_mistake_in_a_mackie_unit_is_told_in_one_line(good: str, bad: str, message: str) -> None:
    assert good in DESK
    assert message_about(DESK.replace(good, bad, 1), MackieFile).startswith(message)


def test_the_example_in_the_readme_is_a_surface() -> None:
    chapter = (folder() / "README.md").read_text("utf-8").partition("\n## Control surfaces")[2]
    [example] = re.findall(r"```toml\n(name = .*?)```", chapter, re.DOTALL)
    fadewell = compiled(parse_toml(example, "README.md", MidiFile, MappingError))
    language = fadewell.language()
    assert [language.read(half) for half in (b"\xb0\x02\x40", b"\xb0\x22\x08")] == [
        (FaderMoved(2, 8192 / 16383),),
        (FaderMoved(2, 8200 / 16383),),
    ]
    assert language.read(b"\xb0\x10\x3f") == (EncoderTurned(0, -1),)
    assert language.write(LampSet("confirm", Lamp.BLINK)) == [b"\x90\x0d\x41"]
    assert language.greeting()[0] == b"\xf0\x7d\x01\xf7"
    assert language.farewell()[-1] == b"\xf0\x7d\x00\xf7"
    assert Awake() not in language.read(b"\xf0\x7d\x01\xf7")
