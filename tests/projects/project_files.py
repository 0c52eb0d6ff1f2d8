"""Project files as DAWs write them, made in the test that reads them."""

import gzip
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

RPP_HEAD = (
    '<REAPER_PROJECT 0.1 "7.16/linux-x86_64" 1716000000\n  RIPPLE 0\n  RECORD_PATH "Takes" ""\n  SAMPLERATE 48000 0 0\n'
)


def rpp_item(file: str, *lines: str, start: float = 0, length: float = 1, source: str = "WAVE") -> str:
    """An item of a REAPER track; `lines` stand behind its position and length."""
    body = "\n".join(lines)
    return (
        f'<ITEM\nPOSITION {start}\nLENGTH {length}\nLOOP 1\nMUTE 0 0\n{body}\n<SOURCE {source}\nFILE "{file}"\n>\n>\n'
    )


def rpp_track(name: str, *lines: str, items: str = "") -> str:
    return (
        f'<TRACK {{F00}}\nNAME "{name}"\nPEAKCOL 16576\nVOLPAN 1 0 -1 -1 1\nMUTESOLO 0 0 0\nISBUS 0 0\n'
        + "".join(f"{line}\n" for line in lines)
        + '<FXCHAIN\n<VST "VST: ReaEQ (Cockos)" reaeq.dll 0 "" 1919247729<565354>\nNAME "not me"\n>\n>\n'
        + items
        + ">\n"
    )


def rpp(*tracks: str) -> bytes:
    return (RPP_HEAD + "".join(tracks) + ">\n").encode()


def als_clip(file: str, *, start: float = 0, end: float = 2, more: str = "", warped: str = "false") -> str:
    return (
        f'<AudioClip Id="0" Time="{start}"><CurrentStart Value="{start}"/><CurrentEnd Value="{end}"/>'
        '<Loop><LoopStart Value="0"/><LoopEnd Value="9"/><StartRelative Value="0"/><LoopOn Value="false"/></Loop>'
        f'<IsWarped Value="{warped}"/>{more}<SampleRef><FileRef><RelativePath Value={quoteattr(file)}/>'
        f"<Path Value={quoteattr('C:/Users/me/' + file)}/></FileRef></SampleRef></AudioClip>"
    )


def als_track(
    name: str, clips: str = "", *, kind: str = "AudioTrack", id: int = 1, group: int = -1, more: str = ""
) -> str:
    return (
        f'<{kind} Id="{id}"><Name><EffectiveName Value={quoteattr(name)}/><UserName Value="#"/></Name>'
        f'<TrackGroupId Value="{group}"/>{more}'
        '<DeviceChain><Mixer><Volume><Manual Value="0.5"/></Volume><Pan><Manual Value="-0.25"/></Pan>'
        '<Speaker><Manual Value="true"/></Speaker></Mixer>'
        f"<MainSequencer><Sample><ArrangerAutomation><Events>{clips}</Events></ArrangerAutomation></Sample></MainSequencer>"
        "<FreezeSequencer><Sample><ArrangerAutomation><Events>"
        f"{als_clip('frozen.wav')}</Events></ArrangerAutomation></Sample></FreezeSequencer></DeviceChain></{kind}>"
    )


def als(*tracks: str, tempo: float = 120, main: str = "MainTrack", envelope: str = "") -> bytes:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><Ableton Creator="Ableton Live 12.0.5"><LiveSet><Tracks>'
        f"{''.join(tracks)}</Tracks><{main}><AutomationEnvelopes><Envelopes>{envelope}</Envelopes></AutomationEnvelopes>"
        f'<DeviceChain><Mixer><Tempo><Manual Value="{tempo}"/><AutomationTarget Id="8"/></Tempo></Mixer></DeviceChain>'
        f"</{main}></LiveSet></Ableton>"
    )
    return gzip.compress(text.encode())


DAWPROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<Project version="1.0">
  <Application name="Bitwig Studio" version="5.2"/>
  <Transport><Tempo unit="bpm" value="120" id="t"/></Transport>
  <Structure>{tracks}
    <Track contentType="audio notes" id="m" name="Master"><Channel role="master" id="mc"/></Track>
  </Structure>
  <Arrangement id="a"><Lanes timeUnit="beats" id="l">{lanes}</Lanes></Arrangement>
</Project>"""


def dawproject_track(id: str, name: str, more: str = "", *, role: str = "regular", content: str = "audio") -> str:
    return (
        f'<Track contentType="{content}" id="{id}" name={quoteattr(name)} color="#D92E24">'
        f'<Channel role="{role}" id="c{id}"><Mute value="false"/><Pan unit="normalized" value="0.25"/>'
        f'<Volume unit="linear" value="0.5"/></Channel>{more}</Track>'
    )


def dawproject_clip(file: str, *, start: float = 0, beats: float = 2, audio_s: float = 1, external: str = "") -> str:
    """A clip as Bitwig writes it: a clip in a clip, whose warps say where the file's seconds stand in beats."""
    return (
        f'<Clip time="{start}" duration="{beats}" playStart="0"><Clips><Clip time="0" duration="{beats}">'
        f'<Warps timeUnit="beats" contentTimeUnit="seconds">'
        f'<Audio duration="{audio_s}" sampleRate="48000" channels="2">'
        f'<File path={quoteattr(file)} {external}/></Audio><Warp time="0" contentTime="0"/>'
        f'<Warp time="{beats}" contentTime="{audio_s}"/></Warps></Clip></Clips></Clip>'
    )


def dawproject_lanes(track: str, clips: str) -> str:
    return f'<Lanes track="{track}" id="lane{track}"><Clips id="clips{track}">{clips}</Clips></Lanes>'


def dawproject(path: Path, tracks: str, lanes: str = "", files: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.xml", DAWPROJECT.format(tracks=tracks, lanes=lanes))
        archive.writestr("metadata.xml", "<MetaData/>")
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return path


ARDOUR = """<?xml version="1.0" encoding="UTF-8"?>
<Session version="{version}" name="song" sample-rate="48000">
  <Sources>{sources}</Sources>
  <Routes>
    <Route id="1" name="Master"><PresentationInfo order="0" flags="MasterOut,OrderSet" color="0"/></Route>{routes}
  </Routes>
  <Playlists>{playlists}</Playlists>
</Session>"""


def ardour(routes: str, sources: str = "", playlists: str = "", version: int = 7002) -> bytes:
    return ARDOUR.format(routes=routes, sources=sources, playlists=playlists, version=version).encode()
