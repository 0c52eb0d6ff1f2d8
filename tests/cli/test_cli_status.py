"""`status`: a table for people, the document for programs."""

import json
import re


async def test_status_shows_each_track_and_who_is_there(run, daemon):
    async with daemon() as (_, url, _):
        ended = await run("status", "--url", url)
    assert ended.code == 0
    rows = [re.split(r"\s{2,}", line.strip()) for line in ended.out.splitlines() if line.strip()[:1] in ("#", "1", "2")]
    assert rows == [
        ["#", "Track", "DAW", "User", "Tonn", "Now", "Adjust", "Pan", "Muted", "Limited"],
        ["1", "Bass [di]", "1", "-6.0", "-11.8", "-9.8", "+2.0", "L50", "yes"],
        ["2", "Kick", "–", "–", "–", "–", "–", "–", "gain"],
    ]
    assert "state    applied, showing Tonn's mix" in ended.out
    assert "credits  25 spent\n" in ended.out
    assert "daw      connected (reaper), heard 0 s ago" in ended.out


async def test_status_shows_a_question_a_file_and_an_error(run, daemon):
    async with daemon() as (bridge, url, _):
        bridge.change(
            question={"id": 1, "text": "Pay?", "credits": 250, "expires_s": 9.0},
            running="final",
            progress=0.5,
            endpoints=[{"name": "daw", "connected": False, "last_heard_s": None, "problems": ["no track is called x"]}],
            final_file="/mixes/f\x1b[31m.wav",
            error={"code": "daw", "text": "REAPER is silent"},
            problems=["session.toml was saved with a mistake"],
        )
        ended = await run("status", "--url", url)
    assert "asks     Pay? This costs 250 credits. (tonn-bridge confirm, or tonn-bridge cancel)" in ended.out
    assert "daw      not connected\n         no track is called x\n" in ended.out
    assert "running  final, 50%" in ended.out
    assert "final    /mixes/f?[31m.wav" in ended.out
    assert "error    REAPER is silent" in ended.out
    assert "problem  session.toml was saved with a mistake" in ended.out


async def test_the_sandbox_s_credits_are_called_pretended_and_a_fader_that_is_off_is_off(run, daemon, document):
    document["tracks"][0]["current"]["gain_db"] = -150.0
    async with daemon() as (bridge, url, _):
        bridge.change(endpoints=[{"name": "tonn", "mapping": "sandbox", "connected": True, "last_heard_s": 1.0}])
        bridge.change(tracks=document["tracks"])
        ended = await run("status", "--url", url)
    assert "credits  25 spent (the sandbox only pretends)" in ended.out
    assert " off " in ended.out
    assert "-150" not in ended.out


async def test_a_console_s_signed_zero_is_zero(run_here, daemon, document):
    document["tracks"][0] |= {"user": {"gain_db": -0.0}, "adjust_db": -0.04}
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=document["tracks"])
        ended = await run_here("status", "--url", url)
    assert "+0.0" in ended.out
    assert "-0.0" not in ended.out


async def test_what_a_hand_has_tuned_is_named(run, daemon, document):
    document["tracks"][0]["tuned"] = ["eq", "comp"]
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=document["tracks"])
        ended = await run("status", "--url", url)
    assert "yes    EQ, comp" in ended.out


async def test_on_a_narrow_terminal_the_numbers_stay_whole(run, daemon, document):
    document["tracks"] = [track | {"muted": False, "limited": []} for track in document["tracks"]]
    async with daemon() as (bridge, url, _):
        bridge.change(tracks=document["tracks"])
        ended = await run("status", "--url", url, COLUMNS="50")
    assert "-11.8" in ended.out
    assert "+2.0" in ended.out
    assert "Muted" not in ended.out


async def test_status_json_is_the_document(run, daemon, document):
    async with daemon() as (_, url, _):
        ended = await run("status", "--json", "--url", url)
    assert json.loads(ended.out) == document
