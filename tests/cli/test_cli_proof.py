"""What `status` and `run` say of the proof: counts by track, wanted and got by value, and what to do about the rest."""

import json
import re

import pytest

from tonn_bridge.cli.daemon import status_line
from tonn_bridge.cli.proof import error_text, proof_cell, proof_table, shortcomings, unproved

NO_COMP = "no ReaComp on this track. Insert one."


def row(parameter, wanted, got, *, verdict="confirmed", unit="dB"):
    error = None if got is None else got - wanted
    return {"parameter": parameter, "wanted": wanted, "got": got, "error": error, "unit": unit, "verdict": verdict}


def plugin(slot, problem=None):
    return {"slot": slot, "name": "", "found": problem is None, "problem": problem}


FINE = [row("gain_db", -11.8, -11.8), row("pan", -0.5, -0.5, unit="")]
FINE += [row("eq.1.freq_hz", 46.5, 46.6, unit="%"), row("comp.ratio", 1.8, 1.8, unit="%")]
OFF = row("eq.2.q", 2.66, 0.5, verdict="off", unit="%")
UNREAD = row("comp.attack_s", 0.074, None, verdict="not confirmed", unit="%")


def track(name="Bass", proof=(), fault=None, problems=()):
    plugins = [plugin("eq"), plugin("comp", *problems)]
    return {"name": name, "proof": list(proof), "fault": fault, "plugins": plugins}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(track(), "", id="nothing-set"),
        pytest.param({"name": "Bass"}, "", id="an-older-daemon"),
        pytest.param(track(proof=FINE), "4 ok", id="confirmed"),
        pytest.param(track(proof=[*FINE, UNREAD]), "4 ok, 1 ?", id="not-confirmed"),
        pytest.param(track(proof=[*FINE, OFF]), "off: eq.2.q", id="off"),
        pytest.param(track(proof=[OFF, OFF, OFF, UNREAD]), "off: 3, 1 ?", id="many-off"),
        pytest.param(track(proof=FINE, problems=[NO_COMP]), "4 ok, no comp", id="missing"),
        pytest.param(track(proof=[*FINE, OFF], fault="it did not stay"), "given back", id="given-back"),
    ],
)
def test_a_track_s_proof_in_a_few_words(found, said):
    assert proof_cell(found) == said


def test_tracks_with_the_same_trouble_are_named_together():
    tracks = [track("Kick", problems=[NO_COMP]), track("Pad", problems=[NO_COMP]), track("Bass", fault="it is stuck")]
    assert shortcomings({"tracks": tracks}) == [f"Kick, Pad: {NO_COMP}", "Bass: it is stuck"]
    assert shortcomings({"tracks": tracks[:2]}) == [f"all 2 tracks: {NO_COMP}"]
    assert shortcomings({"tracks": [track(proof=FINE)]}) == []


def test_values_that_were_not_read_back_are_said_with_what_to_do():
    tracks = [track("Kick", proof=[UNREAD, UNREAD]), track("Bass", proof=FINE), track("Pad", proof=[UNREAD])]
    (line,) = shortcomings({"tracks": tracks})
    assert line == "Kick, Pad: 3 values could not be read back: look at them in the DAW, or apply once more"
    (line,) = shortcomings({"tracks": tracks[1:]})
    assert line.startswith("Pad: 1 value could")


@pytest.mark.parametrize(
    ("error", "unit", "said"),
    [
        (0.0213, "dB", "+0.02 dB"),
        (-0.4, "%", "-0.40 %"),
        (-1e-9, "dB", "+0.00 dB"),
        (0.0, "", "+0.00"),
        (None, "dB", "–"),
    ],
)
def test_an_error_is_told_with_its_unit(error, unit, said):
    assert error_text({"error": error, "unit": unit}) == said


def test_there_is_no_negative_zero_in_what_was_set():
    rows = [row(name, -0.0, -0.0) for name in ("gain_db", "trim_db", "comp.threshold_db", "eq.1.gain_db")]
    cells = [list(column.cells) for column in proof_table([track(proof=rows)]).columns[2:5]]
    assert {str(cell) for column in cells for cell in column} == {"+0.00 dB", "0.00 dB"}


COUNTS = {"confirmed": 9, "off": 1, "not_confirmed": 2}


def test_the_live_line_says_how_much_is_not_proved():
    document = {"state": "applied", "credits": {"spent": 0}, "text": "", "proof": COUNTS}
    assert unproved(document) == "1 off, 2 not confirmed"
    assert status_line(document) == "applied · 1 off, 2 not confirmed (tonn-bridge status --proof) · credits spent 0"
    said = document | {"text": "2 values not confirmed"}
    assert status_line(said) == "applied · 2 values not confirmed · credits spent 0"
    proved = document | {"proof": COUNTS | {"off": 0, "not_confirmed": 0}}
    assert status_line(proved) == "applied · credits spent 0"


@pytest.fixture
def proved(document):
    """The document after an apply: Bass is proved but for one value, Kick has no compressor."""
    document["tracks"][0] |= track(document["tracks"][0]["name"], [*FINE, OFF, UNREAD])
    document["tracks"][1] |= track("Kick [x]", problems=[NO_COMP])
    return document


async def test_status_counts_by_track_and_says_below_what_is_missing(run, daemon, proved):
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=proved["tracks"])
        ended = await run("status", "--url", url)
    assert re.search(r"1 +Bass \[di\] .* off: eq.2.q, 1 \? ", ended.out)
    assert re.search(r"2 +Kick \[x\] .* no comp ", ended.out)
    table, _, below = ended.out.rpartition("Kick [x]:")
    assert f"Kick [x]:{below}".splitlines()[0] == f"Kick [x]: {NO_COMP}"
    assert "Bass [di]: 1 value could not be read back" in ended.out
    assert table.count(NO_COMP) == 0


async def test_every_value_is_shown_as_wanted_and_as_got(run, daemon, proved):
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=proved["tracks"])
        ended = await run("status", "--proof", "--url", url)
        named = await run("status", "--proof", "kick [x]", "--url", url)
        numbered = await run("status", "--proof", "1", "--url", url)
        wrong = await run("status", "--proof", "Oboe", "--url", url)
        alone = await run("status", "Bass", "--url", url)
    lines = [re.split(r"\s{2,}", line.strip()) for line in ended.out.splitlines()]
    assert ["Bass [di]", "gain_db", "-11.80 dB", "-11.80 dB", "+0.00 dB", "confirmed"] in lines
    assert ["pan", "L50", "L50", "+0.00", "confirmed"] in lines
    assert ["eq.1.freq_hz", "46.5 Hz", "46.6 Hz", "+0.10 %", "confirmed"] in lines
    assert ["eq.2.q", "2.660", "0.500", "-2.16 %", "off"] in lines
    assert ["comp.attack_s", "74.00 ms", "–", "–", "not confirmed"] in lines
    assert named.out.splitlines()[0].startswith("nothing of Tonn's mix is set")
    assert NO_COMP in named.out
    assert "Bass" not in named.out
    assert "eq.2.q" in numbered.out
    assert "Kick" not in numbered.out
    assert (wrong.code, wrong.err.count("\n")) == (1, 1)
    assert 'there is no track "Oboe"; there are "Bass [di]", "Kick [x]"' in wrong.err
    assert alone.code == 2


async def test_what_was_given_back_is_not_called_confirmed(run, daemon, proved):
    proved["tracks"][0]["fault"] = "eq.2.q did not stay where it was put"
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=proved["tracks"])
        ended = await run("status", "--proof", "1", "--url", url)
    verdicts = [
        re.split(r"\s{2,}", line.strip())[-1] for line in ended.out.splitlines() if " dB " in line or " % " in line
    ]
    assert verdicts == ["given back", "given back", "given back", "off"]


async def test_a_name_from_elsewhere_cannot_drive_the_terminal(run, daemon, proved):
    proved["tracks"][0]["name"] = "Bass\x1b[2J"
    proved["tracks"][0]["fault"] = "it\x07 is stuck"
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=proved["tracks"])
        for arguments in (("status",), ("status", "--proof")):
            ended = await run(*arguments, "--url", url)
            assert "\x1b" not in ended.out
            assert "Bass?[2J: it? is stuck" in ended.out
        assert json.loads((await run("status", "--json", "--url", url)).out)["tracks"][0]["name"] == "Bass\x1b[2J"
