"""A session file: what it may say, what it means, and how a mistake in it is told."""

from pathlib import Path

import pytest

from tonn_bridge.errors import SessionError
from tonn_bridge.session import SANDBOX, Address, Session, load_session
from tonn_bridge.tonn.wire import InstrumentGroup, MusicalStyle, PanPreference, Presence, Reverb

EXAMPLES = Path(__file__).parents[2] / "examples"

SMALLEST = """
[mix]
name = "Song"
style = "POP"
[daw]
mapping = "reaper"
[[track]]
name = "Kick"
file = "kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
file = "bass.wav"
group = "BASS_GROUP"
"""


def load(folder: Path, text: str) -> Session:
    path = folder / "session.toml"
    path.write_text(text, encoding="utf-8")
    return load_session(path)


def test_the_smallest_session_takes_the_contracts_defaults(tmp_path):
    session = load(tmp_path, SMALLEST)

    assert (session.mix.name, session.mix.style, session.mix.sample_rate) == ("Song", MusicalStyle.POP, 44100)
    assert (session.mix.gain_mode, session.mix.return_stems) == ("absolute", False)
    assert session.tonn.url == SANDBOX
    assert session.tonn.is_sandbox
    assert (session.tonn.times, session.tonn.pan, session.tonn.parallel_uploads) == ("auto", "left_negative", 4)
    assert (session.tonn.spend.fx_settings, session.tonn.spend.final) == (None, None)
    assert (session.daw.send, session.daw.listen, session.daw.glide_s) == (None, None, 0.3)
    assert session.control.osc == Address("127.0.0.1", 9123)
    assert session.control.http == Address("127.0.0.1", 8765)
    assert session.surfaces == ()
    kick = session.tracks[0]
    assert (kick.group, kick.presence, kick.pan) == (InstrumentGroup.KICK, Presence.NORMAL, PanPreference.NO_PREFERENCE)
    assert (kick.reverb, kick.daw, kick.url) == (Reverb.NONE, None, None)


def test_paths_count_from_the_session_files_own_folder(tmp_path, monkeypatch):
    (tmp_path / "song").mkdir()
    (tmp_path / "song" / "session.toml").write_text(
        SMALLEST.replace('mapping = "reaper"', 'mapping = "maps/mine.toml"'), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    session = load_session(Path("song/session.toml"))

    assert session.path == tmp_path / "song" / "session.toml"
    assert session.tracks[0].file == tmp_path / "song" / "kick.wav"
    assert session.mix.output == tmp_path / "song" / "mixes"
    assert session.daw.mapping == str(tmp_path / "song" / "maps" / "mine.toml")


def test_a_mappings_name_stays_a_name(tmp_path):
    assert load(tmp_path, SMALLEST).daw.mapping == "reaper"


def test_an_absolute_stem_stays_where_it_is(tmp_path):
    stem = tmp_path / "elsewhere" / "kick.wav"
    assert load(tmp_path, SMALLEST.replace('"kick.wav"', f"'{stem}'")).tracks[0].file == stem


def test_a_loaded_session_cannot_be_changed(tmp_path):
    session = load(tmp_path, SMALLEST)
    with pytest.raises(ValueError, match="frozen"):
        session.mix.name = "Other"


def test_surfaces_are_read_in_order(tmp_path):
    session = load(
        tmp_path,
        SMALLEST
        + '[[surface]]\nmapping = "mackie"\ninput = "X-Touch"\noutput = "X-Touch"\n'
        + '[[surface]]\nmapping = "touchosc"\nsend = "192.168.1.20:9000"\nlisten = "0.0.0.0:8001"\n',
    )
    assert [s.mapping for s in session.surfaces] == ["mackie", "touchosc"]
    assert session.surfaces[1].send == Address("192.168.1.20", 9000)


def _with(table: str, line: str) -> str:
    """The smallest session with `line` in `[table]`."""
    return (
        SMALLEST.replace(f"[{table}]\n", f"[{table}]\n{line}\n", 1)
        if f"[{table}]" in SMALLEST
        else (f"[{table}]\n{line}\n" + SMALLEST)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            _with("mix", "stile = 1"), 'mix.stile is not a known key; did you mean "style"?', id="unknown-key"
        ),
        pytest.param(_with("daw", "glide = 1"), "daw.glide is not a known key", id="unknown-key-in-daw"),
        pytest.param(_with("tonn.spend", 'final = "sometimes"'), "tonn.spend.final", id="consent-of-no-kind"),
        pytest.param(_with("mix", "sample_rate = 22050"), "mix.sample_rate 22050", id="sample-rate"),
        pytest.param(SMALLEST.replace("POP", "JAZZ"), 'mix.style "JAZZ"', id="style"),
        pytest.param(SMALLEST.replace("KICK_GROUP", "KICKS"), 'track[1].group "KICKS"', id="group"),
        pytest.param(SMALLEST.replace('group = "BASS_GROUP"', ""), "track[2].group is missing", id="group-missing"),
        pytest.param(
            SMALLEST.replace('file = "kick.wav"', ""), "track[1]: needs exactly one of file and url", id="no-source"
        ),
        pytest.param(
            SMALLEST.replace('file = "kick.wav"', 'file = "kick.wav"\nurl = "https://a.example/k.wav"'),
            "track[1]: needs exactly one of file and url",
            id="two-sources",
        ),
        pytest.param(
            SMALLEST.split('[[track]]\nname = "Bass"')[0], "track: Tonn mixes 2 to 32 tracks, not 1", id="one"
        ),
        pytest.param(
            SMALLEST + '[[track]]\nname = "x"\nfile = "x.wav"\ngroup = "FX_GROUP"\n' * 31,
            "track: Tonn mixes 2 to 32 tracks, not 33",
            id="too-many",
        ),
        pytest.param(SMALLEST + "daw = 0\n", "track[2].daw: must be a track number from 1 on", id="daw-zero"),
        pytest.param(SMALLEST + "daw = true\n", "track[2].daw: must be a track number", id="daw-a-boolean"),
        pytest.param(SMALLEST + 'daw = " "\n', "track[2].daw: must be a track number", id="daw-blank"),
        pytest.param(
            SMALLEST.replace('"KICK_GROUP"', '"KICK_GROUP"\ndaw = 3') + "daw = 3\n",
            'track: "Kick" and "Bass" both have daw = 3',
            id="daw-twice",
        ),
        pytest.param(_with("tonn", 'url = "http://tonn.roexaudio.com"'), "must begin with https://", id="plain-http"),
        pytest.param(
            _with("tonn", 'url = "http://127.0.0.1.example.com"'), "must begin with https://", id="not-loopback"
        ),
        pytest.param(_with("tonn", 'url = "sandbx"'), 'tonn.url: "sandbx" is neither "sandbox" nor a URL', id="no-url"),
        pytest.param(
            _with("tonn", 'url = "https://me:pass@tonn.example"'), "is not a URL such as", id="url-with-password"
        ),
        pytest.param(_with("tonn", 'url = "https://tonn.example:port"'), "is not a URL", id="url-with-odd-port"),
        pytest.param(_with("daw", 'send = "127.0.0.1"'), 'daw.send: "127.0.0.1" is not host:port', id="no-port"),
        pytest.param(_with("daw", 'send = "127.0.0.1:0"'), "daw.send: port 0 cannot be sent to", id="send-to-port-0"),
        pytest.param(_with("daw", "listen = 9000"), "daw.listen: must be text of the form host:port", id="port-only"),
        pytest.param(_with("daw", "glide_s = nan"), "daw.glide_s", id="nan"),
        pytest.param(_with("mix", 'return_stems = "no"'), "mix.return_stems", id="not-a-boolean"),
        pytest.param(_with("tonn", "parallel_uploads = 0"), "tonn.parallel_uploads 0", id="no-uploads"),
        pytest.param(SMALLEST + '[surface]\nmapping = "x"\n', "write [[surface]], with two brackets", id="one-bracket"),
        pytest.param(
            SMALLEST + '[[surface]]\nmapping = "x"\n', "surface[1]: needs input and output", id="deaf-surface"
        ),
        pytest.param(
            SMALLEST + '[[surface]]\nmapping = "x"\ninput = "X"\nsend = "a:1"\n', "surface[1]: needs", id="two-tongues"
        ),
        pytest.param("[mix\n", "not TOML", id="not-toml"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_the_way_out(tmp_path, text, said):
    with pytest.raises(SessionError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).startswith("session.toml: ")


def test_each_mistake_has_a_line_of_its_own(tmp_path):
    with pytest.raises(SessionError) as caught:
        load(tmp_path, SMALLEST.replace("POP", "JAZZ").replace('kick.wav"', 'kick.wav"\nloud = true'))
    assert len(str(caught.value).splitlines()) == 2


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(SessionError, match='no such file; write one with "tonn-bridge init FOLDER"'):
        load_session(tmp_path / "session.toml")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9500", "http://localhost:1/", "http://[::1]:9500", "https://tonn.example/"]
)
def test_plain_http_is_for_this_machine_only(tmp_path, url):
    assert load(tmp_path, _with("tonn", f'url = "{url}"')).tonn.url == url.rstrip("/")


def test_the_words_of_tonn_may_be_written_small(tmp_path):
    assert load(tmp_path, SMALLEST.replace("POP", "pop")).mix.style is MusicalStyle.POP


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_each_example_loads(path):
    assert len(load_session(path).tracks) >= 2


def test_the_examples_are_for_reaper_live_and_ardour():
    assert {load_session(path).daw.mapping for path in EXAMPLES.glob("*.toml")} >= {"reaper", "ableton", "ardour"}


def test_the_complete_example_says_every_key():
    """A key left out of it, commented or not, would be a key nobody finds."""
    text = (EXAMPLES / "session.toml").read_text(encoding="utf-8")

    def keys(model):
        for name, field in model.model_fields.items():
            inner = field.annotation
            if hasattr(inner, "model_fields"):
                yield from keys(inner)
            elif field.alias is None:
                yield name

    session = load_session(EXAMPLES / "session.toml")
    missing = [key for key in (*keys(type(session)), *keys(type(session.tracks[0]))) if f"{key} = " not in text]
    assert missing == []
