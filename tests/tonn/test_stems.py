"""What is found out about stems before anything is sent."""

import hashlib
import math
import wave
from array import array

import pytest
import soundfile

from tonn_bridge.errors import StemError
from tonn_bridge.tonn.stems import StemSource, check_stems, upload_name

RATE = 8_000


def tone(seconds: float = 0.1, level: float = 0.5, hz: float = 440.0) -> array:
    return array("f", (level * math.sin(math.tau * hz * n / RATE) for n in range(int(seconds * RATE))))


@pytest.fixture
def write(tmp_path):
    """Write samples to an audio file; `channels` of them side by side."""

    def write(name, samples, *, kind="WAV", subtype="PCM_24", channels=1, rate=RATE):
        path = tmp_path / name
        with soundfile.SoundFile(path, "w", rate, channels, subtype, format=kind) as file:
            file.buffer_write(memoryview(samples).cast("B").tobytes(), "float32")
        return path

    return write


def source(number, path, name=None):
    return StemSource(number, name or f"Track {number}", path, None)


def problems(*sources):
    with pytest.raises(StemError) as caught:
        check_stems(sources)
    return str(caught.value).splitlines()


def test_good_stems_are_measured_and_named(write):
    kick = write("Kick Drum.wav", tone())
    bass = write("bass.flac", tone(0.25, hz=55), kind="FLAC")
    first, second = check_stems([source(1, kick, "Kick"), source(2, bass, "Bass")])
    assert (first.number, first.name, first.path, first.url) == (1, "Kick", kick, None)
    assert (first.upload_name, first.content_type) == ("01-kick-drum.wav", "audio/wav")
    assert (second.upload_name, second.content_type) == ("02-bass.flac", "audio/flac")
    assert (first.size, first.sha256) == (kick.stat().st_size, hashlib.sha256(kick.read_bytes()).hexdigest())
    assert (second.seconds, second.channels, second.sample_rate) == (pytest.approx(0.25), 1, RATE)


@pytest.mark.parametrize(
    ("kind", "subtype"), [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAVEX", "PCM_24"), ("RF64", "PCM_24")]
)
def test_every_kind_of_wav_a_daw_writes_is_taken(kind, subtype, write):
    stems = [write(f"{n}.wav", tone(hz=100 * n), kind=kind, subtype=subtype) for n in (1, 2)]
    assert [stem.content_type for stem in check_stems([source(1, stems[0]), source(2, stems[1])])] == ["audio/wav"] * 2


def test_a_flac_file_that_is_called_wav_goes_up_as_what_it_is(write):
    stems = check_stems([source(1, write("a.wav", tone(), kind="FLAC")), source(2, write("b.wav", tone(hz=100)))])
    assert (stems[0].upload_name, stems[0].content_type) == ("01-a.flac", "audio/flac")


def test_every_problem_is_told_at_once_one_line_each(write, tmp_path):
    good = write("good.wav", tone())
    (tmp_path / "text.wav").write_text("not audio at all")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "folder.wav").mkdir()
    lines = problems(
        source(1, good),
        source(2, tmp_path / "gone.wav"),
        source(3, tmp_path / "text.wav"),
        source(4, tmp_path / "empty.wav"),
        source(5, tmp_path / "folder.wav"),
        source(6, write("bass.wav", tone(), kind="AIFF")),
        source(7, write("wide.wav", tone(), channels=4)),
        source(8, write("silent.wav", tone(level=0.0))),
        source(9, write("nothing.wav", array("f"))),
        source(10, write("again.wav", tone())),
    )
    expected = [
        'track 2 "Track 2" (.*gone.wav) is not there: check',
        'track 3 "Track 3" (.*text.wav) is not a WAV or FLAC file',
        'track 4 "Track 4" (.*empty.wav) is not a WAV or FLAC file',
        'track 5 "Track 5" (.*folder.wav) cannot be read',
        'track 6 "Track 6" (.*bass.wav) is AIFF by its content',
        'track 7 "Track 7" (.*wide.wav) has 4 channels',
        'track 8 "Track 8" (.*silent.wav) is silent from end to end',
        'track 9 "Track 9" (.*nothing.wav) holds no audio',
        'tracks 1 "Track 1" (.*good.wav) and 10 "Track 10" (.*again.wav) have the same content',
    ]
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert all(part in line for part in start.replace("(.*", "|").split("|")), line


def test_mp3_is_refused_by_its_content(write):
    mp3 = write("a.wav", tone(1.0), kind="MP3", subtype="MPEG_LAYER_III", rate=RATE)
    assert "is MP3 by its content, and Tonn mixes WAV and FLAC only" in problems(source(1, mp3), source(2, mp3))[0]


@pytest.mark.parametrize(("seconds", "ok"), [(480, True), (481, False)])
def test_a_stem_may_last_eight_minutes(seconds, ok, tmp_path, write):
    long = tmp_path / "long.wav"
    with wave.open(str(long), "wb") as file:
        file.setparams((1, 1, 100, 0, "NONE", ""))
        file.writeframes(bytes([128, 255]) * (seconds * 50))
    sources = [source(1, long), source(2, write("a.wav", tone()))]
    if ok:
        assert check_stems(sources)[0].seconds == 480.0
    else:
        assert "is 8 min 1 s long, and Tonn takes 8 minutes at most" in problems(*sources)[0]


@pytest.mark.parametrize(("level", "ok"), [(10 ** (-89 / 20), True), (10 ** (-91 / 20), False)])
@pytest.mark.parametrize("channels", [1, 2])
def test_silence_ends_at_minus_90_dbfs_wherever_the_sound_comes(level, ok, channels, write):
    samples = array("f", [0.0] * 40_000)
    samples[-channels] = -level  # in the last frame only, and below zero
    sources = [source(1, write("late.wav", samples, channels=channels)), source(2, write("a.wav", tone()))]
    if ok:
        check_stems(sources)
    else:
        assert "silent" in problems(*sources)[0]


@pytest.mark.parametrize(("count", "says"), [(0, "at least 2"), (1, "at least 2"), (33, "at most 32")])
def test_tonn_mixes_2_to_32_tracks(count, says):
    lines = problems(*(StemSource(n, f"T{n}", None, f"https://files/{n}.wav") for n in range(1, count + 1)))
    assert len(lines) == 1
    assert says in lines[0]


def test_a_url_is_taken_as_it_is_when_it_is_https():
    given = [StemSource(n, f"T{n}", None, f"https://files/{n}.flac?sig=secret") for n in (1, 2)]
    stems = check_stems(given)
    assert [stem.url for stem in stems] == [item.url for item in given]
    assert (stems[0].path, stems[0].upload_name, stems[0].content_type) == (None, "1.flac", "audio/flac")
    assert "secret" not in repr(given) + repr(stems)


def test_a_url_over_plain_http_is_refused_without_its_signature():
    lines = problems(
        StemSource(1, "A", None, "http://files.example/a.wav?sig=x"), StemSource(2, "B", None, "http://[::1]/b")
    )
    assert lines == ['track 1 "A" cannot be read by Tonn from files.example/…/a.wav: `url` must be https']


def test_urls_with_one_file_name_are_refused_before_anything_is_paid():
    lines = problems(*(StemSource(n, f"T{n}", None, f"https://files/{n}/kick.wav") for n in (1, 2)))
    assert lines == [
        'tracks 1 "T1" and 2 "T2" share the file name kick.wav, by which Tonn tells tracks apart: give each its own'
    ]


def test_one_url_for_two_tracks_is_refused_once():
    lines = problems(*(StemSource(n, f"T{n}", None, "https://files/kick.wav") for n in (1, 2)))
    assert len(lines) == 1
    assert "have the same content" in lines[0]


@pytest.mark.parametrize(
    ("stem", "sent"),
    [
        ("kick", "07-kick.wav"),
        ("Kick (In) #2.v3", "07-kick-in-2-v3.wav"),
        ("Fläche é", "07-flache-e.wav"),
        ("キック", "07-stem.wav"),
        ("../../etc/passwd", "07-etc-passwd.wav"),
        ("x" * 300, "07-" + "x" * 80 + ".wav"),
    ],
)
def test_upload_names_are_plain_and_tell_the_track(stem, sent):
    assert upload_name(7, stem, ".wav") == sent
