"""`export dawproject | rpp | mix` and `import`: from the daemon while one runs, from the journal when none does."""

import json
import zipfile

import pytest
from jsonschema import Draft202012Validator

from tests.daemon import free_address, make_session, running_daemon
from tests.export.session_files import read_dawproject, read_rpp
from tests.mixes import BASS, mix_of
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.core.portable import PortableTrack
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.mixfile import read, schema, to_json
from tonn_bridge.sandbox import SandboxSettings

NAMES = ["Kick", "Bass"]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.01))
    yield server
    server.close()


@pytest.fixture
async def reaper():
    reaper = SimulatedReaper(NAMES, SystemClock(), free_address())
    await reaper.start()
    yield reaper
    await reaper.stop()


@pytest.fixture
def session(tmp_path, sandbox, reaper):
    return make_session(tmp_path, NAMES, "reaper", send=reaper.address, listen=reaper.feedback, tonn=sandbox.url)


@pytest.fixture
def kept(tmp_path):
    """Where `run_here` keeps the journal."""
    return tmp_path / "kept"


async def mixed(daemon):
    """Tonn's mix applied, and a fader ridden; the document."""
    await daemon.connected()
    await daemon.does("preview")
    await daemon.does("apply")
    await daemon.move(1, adjust_db=2.0)
    await daemon.until_track(1, lambda track: track["adjust_db"] == pytest.approx(2.0, abs=0.1))
    return await daemon.document()


async def test_what_stands_is_exported_from_the_daemon_and_the_last_proposal_without_one(
    run_here, session, kept, tmp_path
):
    async with running_daemon(session, kept) as daemon:
        document = await mixed(daemon)
        ended = await run_here("export", "mix", "--url", daemon.listening.http)
        assert ended.code == 0, ended.err
        assert f'the mix of the tonn-bridge at {daemon.listening.http}, with the hand\'s moves on "Kick"' in ended.err
        text = (tmp_path / "session.mix.tonn.json").read_bytes()
        standing = read(text, "mix")
        Draft202012Validator(schema()).validate(json.loads(text))
        assert standing.tracks[0].hand.gain_db == pytest.approx(2.0, abs=0.1)
        assert standing.provenance.task_id == document["task_id"]
        assert (standing.provenance.service, standing.provenance.program[:11]) == ("127.0.0.1", "tonn-bridge")
        assert [track.stem.file for track in standing.tracks] == ["stems/0.wav", "stems/1.wav"]
    ended = await run_here("export", "mix", "-o", "-", "--url", daemon.listening.http)
    assert f"no tonn-bridge answers at {daemon.listening.http}: this is the last proposal, of 20" in ended.err
    written = read(ended.out.encode(), "mix")
    assert [track.settings for track in written.tracks] == [track.settings for track in standing.tracks]
    assert not any(track.hand.moved for track in written.tracks)
    assert written.provenance == standing.provenance


async def test_the_same_mix_stands_in_every_kind_of_file(run_here, session, kept, tmp_path, sandbox):
    async with running_daemon(session, kept) as daemon:
        await mixed(daemon)
        charged = sandbox.charges()
        for format in ("dawproject", "rpp"):
            ended = await run_here("export", format, "--url", daemon.listening.http)
            assert ended.code == 0, ended.err
        assert sandbox.charges() == charged
    project = read_dawproject((tmp_path / "session.dawproject").read_bytes())
    reaper = read_rpp((tmp_path / "session.rpp").read_bytes())
    mix = read((tmp_path / "session.mix.tonn.json").read_bytes(), "beside the project")
    assert [track.name for track in project] == [track.name for track in reaper] == NAMES
    for ours, theirs, track in zip(project, reaper, mix.tracks, strict=True):
        heard = track.heard
        assert ours.pan == pytest.approx(theirs.pan) == pytest.approx(heard.pan.position)
        assert len(ours.eq) == len(heard.eq)
        for band, same in zip(ours.eq, theirs.eq, strict=False):
            assert band == pytest.approx(same, rel=1e-9)
        if heard.comp is not None and heard.eq:
            assert ours.comp["threshold_db"] == pytest.approx(heard.comp.threshold_db)
    assert [track.file for track in reaper] == ["stems/0.wav", "stems/1.wav"]


async def test_stems_are_linked_where_that_is_wished(run_here, session, kept, tmp_path):
    async with running_daemon(session, kept) as daemon:
        await daemon.connected()
        await daemon.does("preview")
    ended = await run_here("export", "dawproject", "--link", "-o", "a.dawproject")
    assert ended.code == 0, ended.err
    assert "the stems are linked, not in the file" in ended.out
    with zipfile.ZipFile(tmp_path / "a.dawproject") as archive:
        assert sorted(archive.namelist()) == ["metadata.xml", "project.xml"]
    refused = await run_here("export", "rpp", "--embed")
    assert refused.code == 2
    assert "rpp never has the stems in it" in " ".join(refused.err.replace("│", " ").split())


async def test_without_any_mix_it_says_to_press_preview_first(run_here, session, tmp_path):
    for format in ("dawproject", "rpp", "mix"):
        ended = await run_here("export", format)
        assert ended.code == 1
        assert "press preview" in ended.err
    assert not list(tmp_path.glob("session.*[!l]"))


async def test_a_daemon_with_another_session_is_not_asked(run_here, session, kept, tmp_path, daemon):
    async with running_daemon(session, kept) as running:
        await running.connected()
        await running.does("preview")
    async with daemon() as (bridge, url, _):
        bridge.mix = lambda: mix_of(PortableTrack(1, "Flute", BASS))
        ended = await run_here("export", "mix", "--url", url)
    assert ended.code == 0, ended.err
    assert f"the tonn-bridge at {url} has another session: this is the last proposal" in ended.err


async def test_nothing_is_overwritten_unasked_and_nothing_is_left_half_written(run_here, session, kept, tmp_path):
    async with running_daemon(session, kept) as daemon:
        await daemon.connected()
        await daemon.does("preview")
    (tmp_path / "a.mix.tonn.json").write_text("mine")
    refused = await run_here("export", "rpp", "-o", "a.rpp")
    assert (refused.code, refused.err) == (
        2,
        "tonn-bridge: a.mix.tonn.json is there already; add --force to overwrite it\n",
    )
    assert not (tmp_path / "a.rpp").exists()
    assert (await run_here("export", "rpp", "-o", "a.rpp", "--force")).code == 0
    assert (tmp_path / "a.mix.tonn.json").read_text() != "mine"
    assert not list(tmp_path.glob("*.part"))


async def test_the_schema_is_there_without_a_session(run_here, tmp_path):
    ended = await run_here("export", "mix-schema")
    assert (ended.code, json.loads(ended.out)) == (0, schema())
    assert (await run_here("export", "mix-schema", "-o", "schema.json")).code == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == schema()


# --- import -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def elsewhere(tmp_path, sandbox):
    """Another DAW with the same song, in which the tracks have another order."""
    reaper = SimulatedReaper(NAMES[::-1], SystemClock(), free_address())
    await reaper.start()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "stems").mkdir()
    for place in (0, 1):
        (folder / "stems" / f"{1 - place}.wav").write_bytes((tmp_path / "stems" / f"{place}.wav").read_bytes())
    yield make_session(folder, NAMES[::-1], "reaper", send=reaper.address, listen=reaper.feedback, tonn=sandbox.url)
    await reaper.stop()


async def test_a_mix_goes_from_one_session_into_another_and_is_applied_there(
    run_here, session, kept, tmp_path, elsewhere, sandbox
):
    async with running_daemon(session, kept) as daemon:
        document = await mixed(daemon)
        assert (await run_here("export", "mix", "--url", daemon.listening.http)).code == 0
    charged = sandbox.charges()
    async with running_daemon(elsewhere, tmp_path / "other") as daemon:
        await daemon.connected()
        ended = await run_here("import", "session.mix.tonn.json", "--url", daemon.listening.http)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[0] == "proposed for 2 tracks: Bass, Kick"
        assert 'a hand had moved "Kick" since: that is left out; --with-hand takes it along' in ended.out
        applied = await daemon.does("apply")
        for track, other in zip(document["tracks"], applied["tracks"][::-1], strict=True):
            assert other["proposal"]["gain_db"] == pytest.approx(track["proposal"]["gain_db"], abs=1e-9)
            assert other["proposal"]["eq"] == track["proposal"]["eq"]
            assert other["current"]["pan"] == pytest.approx(track["proposal"]["pan"], abs=0.01)
        refused = await daemon.act("final")
        assert refused.status_code == 409
        assert "came from a file" in refused.json()["error"]["text"]
        ended = await run_here("import", "session.mix.tonn.json", "--with-hand", "--url", daemon.listening.http)
        kick = (await daemon.document())["tracks"][1]
        assert kick["proposal"]["gain_db"] == pytest.approx(document["tracks"][0]["proposal"]["gain_db"] + 2.0, abs=0.1)
    assert sandbox.charges() == charged


async def test_a_mix_for_another_song_is_refused(run_here, session, kept, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(to_json(mix_of(PortableTrack(1, "Flute", BASS)))))
    async with running_daemon(session, kept) as daemon:
        ended = await run_here("import", "x.json", "--url", daemon.listening.http)
    assert ended.code == 1
    assert 'the mix "Masks" has nothing for this session: the session has nothing for "Flute"' in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "x.json: "),
        (
            json.dumps(to_json(mix_of(PortableTrack(1, "Bass", BASS)))).replace("-0.5", "-5"),
            "x.json: tracks[1].tonn.pan: ",
        ),
    ],
)
async def test_a_file_that_is_no_mix_never_gets_to_the_daemon(run_here, tmp_path, content, said):
    (tmp_path / "x.json").write_text(content)
    ended = await run_here("import", "x.json", "--url", "http://127.0.0.1:9")
    assert ended.code == 2
    assert said in ended.err


async def test_a_file_that_is_not_there_and_a_daemon_that_is_not_are_told_apart(run_here, tmp_path, free_port):
    assert "x.json: cannot be read (No such file or directory)" in (await run_here("import", "x.json")).err
    (tmp_path / "x.json").write_text(json.dumps(to_json(mix_of(PortableTrack(1, "Bass", BASS)))))
    ended = await run_here("import", "x.json", "--url", f"http://127.0.0.1:{free_port}")
    assert ended.code == 1
    assert "start it with `tonn-bridge run`" in ended.err
