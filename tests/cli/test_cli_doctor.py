"""`doctor` and `ports`: what is wrong, and what to do about it."""

import asyncio
import json
import socket

import numpy as np
import pytest
import soundfile

from tests.peers.dials import keep_learnt
from tonn_bridge.cli.daw_check import check_daw
from tonn_bridge.cli.plugin_check import check_plugins
from tonn_bridge.mapping import load_device
from tonn_bridge.protocols import osc
from tonn_bridge.session import load_session

SONG = ("Kick", "Bass")


@pytest.fixture
async def song(tmp_path, session_text):
    """A good session with its stems; takes extra lines for [daw] and extra tables, and gives free ports to all."""

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(AnsweringDaw, ("127.0.0.1", 0))
    answering = 'send = "127.0.0.1:{}"'.format(transport.get_extra_info("sockname")[1])

    def write(daw: str = answering, tables: str = "", http: str = "127.0.0.1:0") -> None:
        for number, name in enumerate(("kick", "bass"), start=1):
            tone = np.sin(np.arange(4410) * number / 50)
            soundfile.write(tmp_path / f"{name}.wav", tone, 44100)
        text = session_text.replace('mapping = "reaper"\n', f'mapping = "reaper"\nlisten = "127.0.0.1:0"\n{daw}\n')
        control = f'[control]\nosc = "127.0.0.1:0"\nhttp = "{http}"\n'
        (tmp_path / "session.toml").write_text(text + control + tables, encoding="utf-8")

    yield write
    transport.close()


async def examine(run_here):
    ended = await run_here("doctor", "--json")
    return ended.code, {check["name"]: check for check in json.loads(ended.out)}


class AnsweringDaw(asyncio.DatagramProtocol):
    """Says to whoever speaks where its first fader stands, as REAPER would."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, sender):
        self.transport.sendto(osc.encode("/track/1/volume", "f", 0.716), sender)


async def test_a_good_set_up_is_ok_throughout(run_here, song):
    song()
    code, checks = await examine(run_here)
    assert {name: it["verdict"] for name, it in checks.items() if name not in ("MIDI", "Plug-ins")} == dict.fromkeys(
        ["Python", "Packages", "State", "Session", "Stems", "Addresses", "Key", "Service", "DAW"], "ok"
    )
    assert code == 0


async def test_dials_that_have_not_been_learnt_are_named_with_what_to_do(run_here, song, tmp_path):
    song()
    code, checks = await examine(run_here)
    assert (code, checks["Plug-ins"]["verdict"]) == (0, "warn")
    assert "ReaEQ: freq, gain, q; ReaComp: threshold, ratio, attack, release." in checks["Plug-ins"]["text"]
    assert checks["Plug-ins"]["text"].endswith("tonn-bridge learn plugin")


async def test_dials_that_are_learnt_or_known_are_well(run_here, song, tmp_path):
    song()
    keep_learnt(tmp_path / "kept", "reaper")
    _, checks = await examine(run_here)
    assert checks["Plug-ins"]["verdict"] == "ok"
    assert checks["Plug-ins"]["text"].startswith("ReaEQ, ReaComp: every dial is known.")


async def test_a_damaged_file_of_what_was_learnt_is_named(run_here, song, tmp_path):
    song()
    laws = tmp_path / "kept" / "state" / "laws"
    laws.mkdir(parents=True)
    (laws / "reaper 7.65 ReaEQ.toml").write_text("mapping = 1")
    code, checks = await examine(run_here)
    assert (code, checks["Plug-ins"]["verdict"]) == (1, "fail")
    assert "reaper 7.65 ReaEQ.toml" in checks["Plug-ins"]["text"]


def test_a_daw_of_whose_plug_ins_nothing_is_known_is_not_asked_for_any(song, tmp_path):
    song()
    file = tmp_path / "session.toml"
    file.write_text(file.read_text().replace('mapping = "reaper"', 'mapping = "osc"'))
    assert list(check_plugins(load_session(file))) == []


NO_COMP = {"slot": "comp", "name": "ReaComp", "found": False, "problem": "no ReaComp on this track. Insert one."}
COMP = NO_COMP | {"found": True, "problem": None}


@pytest.mark.parametrize(
    ("plugins", "proof", "verdict", "text"),
    [
        ([COMP, COMP], (40, 0, 0), "ok", "40 values confirmed"),
        ([COMP, COMP], (0, 0, 0), "ok", "nothing of Tonn's mix is set now"),
        ([COMP, COMP], (39, 1, 0), "warn", "39 values confirmed, 1 off"),
        ([COMP, NO_COMP], (40, 0, 0), "warn", "40 values confirmed\nBass: no ReaComp on this track. Insert one."),
        ([NO_COMP, NO_COMP], (0, 0, 0), "warn", "nothing of Tonn's mix is set now\nall 2 tracks: no ReaComp on this"),
    ],
)
async def test_the_running_daemon_is_asked_about_plug_ins(run_here, song, daemon, plugins, proof, verdict, text):
    async with daemon() as (bridge, url, _):
        song(http=url[7:])
        tracks = [
            track | {"name": name, "plugins": [plugin]}
            for track, name, plugin in zip(bridge.now["tracks"], SONG, plugins, strict=True)
        ]
        counts = dict(zip(("confirmed", "off", "not_confirmed"), proof, strict=True))
        bridge.change(tracks=tracks, proof=counts)
        code, checks = await examine(run_here)
    assert (code, checks["Plug-ins"]["verdict"]) == (0, verdict)
    assert checks["Plug-ins"]["text"].startswith(text)


async def test_a_silent_daw_fails_and_is_named(song, tmp_path, free_port):
    song(daw=f'send = "127.0.0.1:{free_port}"')
    check = await check_daw(load_session(tmp_path / "session.toml"), answer_s=0.05)
    assert check.verdict == "fail"
    assert f"asked at 127.0.0.1:{free_port}" in check.text


async def test_the_running_daemon_is_asked_about_its_daw_and_its_ports(run_here, song, daemon):
    async with daemon() as (bridge, url, _):
        song(http=url[7:])
        bridge.change(tracks=[track | {"name": name} for track, name in zip(bridge.now["tracks"], SONG, strict=True)])
        good, checks = await examine(run_here)
        bridge.change(endpoints=[{"name": "daw", "mapping": "reaper", "connected": False, "last_heard_s": None}])
        bad, worse = await examine(run_here)
    assert (good, checks["Addresses"]["text"]) == (0, "held by the tonn-bridge that is running")
    assert "connected (reaper)" in checks["DAW"]["text"]
    assert (bad, worse["DAW"]["verdict"]) == (1, "fail")


async def test_the_daemon_of_another_song_is_not_asked(run_here, song, daemon):
    async with daemon() as (_, url, _):
        song(http=url[7:])
        code, checks = await examine(run_here)
    assert code == 1
    assert f"[control] http {url[7:]} (Address already in use)" in checks["Addresses"]["text"]
    assert "says the running" not in checks["DAW"]["text"]


async def test_a_taken_port_is_named(run_here, song, tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{holder.getsockname()[1]}"
        song(http=where)
        code, checks = await examine(run_here)
    assert code == 1
    assert checks["Addresses"]["verdict"] == "fail"
    assert f"[control] http {where} (Address already in use)" in checks["Addresses"]["text"]


async def test_bad_stems_a_missing_key_and_an_unreachable_service_are_told_at_once(run_here, song, tmp_path, free_port):
    song(tables=f'[tonn]\nurl = "https://127.0.0.1:{free_port}"\n')
    (tmp_path / "bass.wav").unlink()
    code, checks = await examine(run_here)
    assert code == 1
    assert {name for name, check in checks.items() if check["verdict"] == "fail"} >= {"Stems", "Key", "Service"}
    assert "bass.wav" in checks["Stems"]["text"]
    assert "tonn-bridge key set" in checks["Key"]["text"]
    assert "does not answer" in checks["Service"]["text"]


async def test_a_key_is_found_but_never_shown(run_here, song, free_port, monkeypatch):
    monkeypatch.setenv("TONN_API_KEY", "s3cret")
    song(tables=f'[tonn]\nurl = "http://127.0.0.1:{free_port}"\n')
    ended = await run_here("doctor")
    assert "from the environment variable TONN_API_KEY" in ended.out
    assert "s3cret" not in ended.out + ended.err


async def test_without_a_session_the_rest_is_still_checked(run_here):
    code, checks = await examine(run_here)
    assert code == 1
    assert checks["Python"]["verdict"] == "ok"
    assert "tonn-bridge init FOLDER" in checks["Session"]["text"]


async def test_a_state_folder_that_cannot_be_made_is_told(run_here, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TONN_BRIDGE_STATE", str(tmp_path / "file"))
    _, checks = await examine(run_here)
    assert checks["State"]["verdict"] == "fail"
    assert "set TONN_BRIDGE_STATE to a folder that can be written" in checks["State"]["text"]


async def test_ports_lists_the_sessions_addresses_even_without_midi(run_here, song):
    song(daw='send = "10.0.0.7:8000"')
    ended = await run_here("ports")
    assert ended.code == 0
    assert "DAW send     10.0.0.7:8000\nDAW listen   127.0.0.1:0\n" in ended.out
    assert "MIDI" in ended.out + ended.err


async def test_ports_without_a_session_says_so(run_here):
    ended = await run_here("ports")
    assert ended.code == 0
    assert "no session.toml here" in ended.err


async def test_a_wrong_surface_is_said(run_here, song):
    song(tables='[[surface]]\nmapping = "mackei"\ninput = "X-Touch"\noutput = "X-Touch"\n')
    code, checks = await examine(run_here)
    assert code == 1
    assert 'did you mean "mackie"' in checks["Session"]["text"]


async def test_a_surface_that_is_not_there_is_a_warning(run_here, song):
    song(
        tables='[[surface]]\nmapping = "x-touch"\ninput = "X-Touch"\noutput = "X-Touch"\n'
        '[[surface]]\nmapping = "touchosc"\nsend = "127.0.0.1:9201"\nlisten = "127.0.0.1:0"\n'
    )
    code, checks = await examine(run_here)
    assert (code, checks["Surface x-touch"]["verdict"]) == (0, "warn")
    assert "MIDI" in checks["Surface x-touch"]["text"]
    assert "is sent to 127.0.0.1:9201" in checks["Surface touchosc"]["text"]


async def test_the_running_daemon_is_asked_about_its_surfaces(run_here, song, daemon):
    surface = {"name": "surface", "last_heard_s": None}
    async with daemon() as (bridge, url, _):
        song(http=url[7:])
        bridge.change(
            tracks=[track | {"name": name} for track, name in zip(bridge.now["tracks"], SONG, strict=True)],
            endpoints=[
                {"name": "daw", "mapping": "reaper", "connected": False, "last_heard_s": None},
                surface | {"mapping": "x-touch", "connected": True, "problems": []},
                surface | {"mapping": "nano", "connected": False, "problems": ["it was unplugged"]},
            ],
        )
        _, checks = await examine(run_here)
    assert checks["DAW"]["text"].endswith("is its OSC set up and switched on?")
    assert checks["Surface x-touch"]["verdict"] == "ok"
    assert (checks["Surface nano"]["verdict"], checks["Surface nano"]["text"]) == ("warn", "it was unplugged")


@pytest.mark.parametrize(
    ("mapping", "verdict", "words"),
    [
        pytest.param("ardour-mackie", "ok", "its fader law is known", id="its-law-ships"),
        pytest.param("logic", "fail", "tonn-bridge learn law", id="its-law-has-to-be-learnt"),
    ],
)
async def test_a_daw_that_is_spoken_to_over_midi(run_here, song, tmp_path, mapping, verdict, words):
    song(daw="")
    text = (tmp_path / "session.toml").read_text("utf-8")
    midi = text.replace('mapping = "reaper"\nlisten = "127.0.0.1:0"\n', f'mapping = "{mapping}"\n')
    (tmp_path / "session.toml").write_text(midi, "utf-8")
    _, checks = await examine(run_here)
    assert checks["DAW"]["verdict"] == verdict
    assert words in checks["DAW"]["text"]
    assert load_device(mapping).setup in checks["DAW"]["text"]
    assert checks["Addresses"]["verdict"] == "ok"
