"""The dashboard in a real browser: what was set, as it was wanted and as it was read back."""

from typing import Any

import pytest

from tests.browser.conftest import Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_COMP = 'no ReaComp on this track. Add one and rename it to "Tonn Comp".'
VALUES: dict[str, tuple[float, float, str]] = {
    "gain_db": (-11.8, -11.8, "dB"),
    "pan": (-0.5, -0.5, ""),
    "eq.1.freq_hz": (46.5, 46.6, "%"),
    "eq.1.gain_db": (-1.69, -1.69, "dB"),
    "eq.1.q": (2.66, 2.66, "%"),
    "comp.threshold_db": (-18.2, -18.2, "dB"),
    "comp.ratio": (1.8, 1.8, "%"),
    "comp.attack_s": (0.074, 0.074, "%"),
    "comp.release_s": (0.022, 0.022, "%"),
}


def track(name: str, **changes: Any) -> dict[str, Any]:
    """A track after an apply, all of it confirmed."""
    eq = [{"band": 1, "freq_hz": 46.5, "gain_db": -1.69, "q": 2.66}]
    comp = {"threshold_db": -18.2, "ratio": 1.8, "attack_s": 0.074, "release_s": 0.022}
    fader = {"gain_db": -11.8, "pan": -0.5}
    return {
        "number": 1,
        "name": name,
        "user": {"gain_db": -6.0, "pan": 0.0},
        "proposal": fader | {"trim_db": 0.0, "eq": eq, "comp": comp},
        "current": fader | {"trim_db": None, "eq": eq, "comp": comp | {"ratio": 2.5}},
        "adjust_db": 0.0,
        "muted": False,
        "limited": [],
        "plugins": [plugin("eq"), plugin("comp")],
        "proof": [row(parameter) for parameter in VALUES],
        "fault": None,
    } | changes


def plugin(slot: str, problem: str | None = None) -> dict[str, Any]:
    return {"slot": slot, "name": "", "found": problem is None, "problem": problem}


def row(parameter: str, *, verdict: str = "confirmed", got: float | None = None) -> dict[str, Any]:
    wanted, read, unit = VALUES[parameter]
    got = None if verdict == "not confirmed" else read if got is None else got
    error = None if got is None else got - wanted
    return {"parameter": parameter, "wanted": wanted, "got": got, "error": error, "unit": unit, "verdict": verdict}


async def test_each_track_says_its_proof_in_words(dashboard: Dashboard) -> None:
    off = [row("gain_db"), row("eq.1.q", verdict="off", got=0.5)]
    unread = [row("gain_db"), row("pan", verdict="not confirmed")]
    await dashboard.show(
        track("Kick"),
        track("Snare", proof=unread),
        track("Bass", proof=off),
        track("Pad", proof=[row("pan")], plugins=[plugin("comp", NO_COMP)]),
        track("Voice", fault="comp.ratio did not stay where it was put"),
        track("Lead", proof=[]),
    )
    said = ["9 confirmed", "1 confirmed, 1 not confirmed", "off: EQ 1 Q", "1 confirmed, no comp", "given back", ""]
    assert await dashboard.texts("#tracks tr:not(.details) .proof") == said
    styles = await dashboard.page.value("[...document.querySelectorAll('#tracks .proof')].map((td) => td.className)")
    assert [style.split()[-1] for style in styles[:5]] == ["good", "unsure", "bad", "unsure", "bad"]


async def test_a_click_shows_every_value_as_wanted_and_as_got(dashboard: Dashboard) -> None:
    await dashboard.show(track("Kick"), track("Bass"))
    assert await dashboard.texts(".details:not([hidden])") == []
    await dashboard.click("Bass")
    rows = [line.split("\t") for line in await dashboard.texts(".details:not([hidden]) tbody tr")]
    cells = [[cell.strip() for cell in line] for line in rows]
    assert len(cells) == 9
    assert cells[0] == ["Fader", "-6.00 dB", "-11.80 dB", "-11.80 dB", "0.00 dB", "-11.80 dB", "✓ confirmed"]
    assert cells[2] == ["EQ 1 frequency", "", "46.5 Hz", "46.6 Hz", "0.10 %", "46.5 Hz", "✓ confirmed"]
    assert cells[6] == ["Compressor ratio", "", "1.80 : 1", "1.80 : 1", "0.00 %", "2.50 : 1", "✓ confirmed"]
    assert cells[7][2] == "74.00 ms"


async def test_before_an_apply_what_tonn_proposes_is_shown_and_nothing_called_confirmed(dashboard: Dashboard) -> None:
    await dashboard.show(track("Kick", proof=[]))
    await dashboard.click("Kick")
    verdicts = await dashboard.texts(".details .verdict")
    assert verdicts == ["not set yet"] * 9
    assert "46.5 Hz" in (await dashboard.texts(".details"))[0]


async def test_what_was_given_back_and_what_was_not_read_is_not_called_confirmed(dashboard: Dashboard) -> None:
    proof = [row("comp.ratio", verdict="off", got=4.0), row("comp.attack_s", verdict="not confirmed"), row("eq.1.q")]
    await dashboard.show(track("Bass", fault="comp.ratio did not stay", proof=proof))
    await dashboard.click("Bass")
    assert await dashboard.texts(".details .verdict") == ["✗ off", "? not confirmed", "↩ given back"]
    assert await dashboard.texts(".details p") == ["comp.ratio did not stay"]


async def test_what_is_open_stays_open_and_keeps_the_focus_while_values_change(dashboard: Dashboard) -> None:
    await dashboard.show(track("Kick"), track("Bass"))
    await dashboard.page.value("button('Bass').focus()")
    await dashboard.click("Bass")
    moved = track("Bass")["current"] | {"gain_db": -9.25}
    await dashboard.show(track("Kick"), track("Bass", current=moved))
    await dashboard.page.until("texts('.details:not([hidden])').join().includes('-9.25 dB')")
    assert await dashboard.page.value("document.activeElement === button('Bass')")
    assert await dashboard.page.value("button('Bass').getAttribute('aria-expanded')") == "true"
    await dashboard.click("Bass")
    assert await dashboard.texts(".details:not([hidden])") == []


async def test_a_trouble_of_many_tracks_is_said_once_with_their_names(dashboard: Dashboard) -> None:
    missing = [plugin("comp", NO_COMP)]
    await dashboard.show(
        track("Kick", plugins=missing), track("Bass", fault="it is stuck"), track("Pad", plugins=missing)
    )
    assert await dashboard.texts("#troubles li") == [f"Kick, Pad: {NO_COMP}", "Bass: it is stuck"]
    await dashboard.show(track("Kick", plugins=missing), track("Pad", plugins=missing))
    await dashboard.page.until("texts('#troubles li').length === 1")
    assert await dashboard.texts("#troubles li") == [f"all 2 tracks: {NO_COMP}"]
    await dashboard.show(track("Kick"))
    await dashboard.page.until("texts('#troubles li').length === 0")


async def test_names_from_strangers_are_text_wherever_they_stand(dashboard: Dashboard) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">"
    limit = {"parameter": evil, "wanted": 1.0, "got": 0.5, "reason": evil}
    proof = [row("pan") | {"parameter": f"eq.{evil}.q"}, row("pan") | {"verdict": evil, "unit": evil}]
    await dashboard.show(track(evil, fault=evil, plugins=[plugin(evil, evil)], limited=[limit], proof=proof))
    await dashboard.page.value("buttons()[0].click()")
    assert evil in (await dashboard.texts("#tracks"))[0]
    assert await dashboard.page.value("document.querySelectorAll('img').length") == 0
    assert await dashboard.page.value("document.title") == "tonn-bridge"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_on_a_telephone_nothing_runs_out_at_the_side(dashboard: Dashboard, dark: bool) -> None:
    proof = [row(parameter) for parameter in VALUES] + [row("comp.ratio", verdict="not confirmed")]
    await dashboard.show(track("Kick"), track("N" * 120, proof=proof, plugins=[plugin("comp", NO_COMP)]))
    await dashboard.page.value("buttons().forEach((each) => each.click())")
    await dashboard.page.size(360, dark=dark)
    wide = await dashboard.page.value("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1] == 360
    cells = "[...document.querySelectorAll('.details:not([hidden]) td')]"
    cut = await dashboard.page.value(f"{cells}.filter((td) => td.scrollWidth > td.clientWidth + 1).length")
    assert cut == 0
    ratio = await dashboard.page.value(CONTRAST)
    assert min(ratio) >= 4.5, "words can be read"


CONTRAST = """(() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (css) => {
    const [r, g, b] = css.match(/[\\d.]+/g).slice(0, 3).map(Number).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const ground = light(getComputedStyle(probe).color);
  probe.remove();
  return ["good", "bad", "unsure"].map((style) => {
    const word = document.body.appendChild(document.createElement("i"));
    word.className = style;
    const lit = light(getComputedStyle(word).color);
    word.remove();
    return (Math.max(lit, ground) + 0.05) / (Math.min(lit, ground) + 0.05);
  });
})()"""
