"""Why a preview and its settings differ: what no setting holds, as far as it shows."""

from collections.abc import Iterator

from tonn_bridge.fidelity.codec import Coded
from tonn_bridge.fidelity.compare import bend_db, decibels
from tonn_bridge.fidelity.evidence import Evidence
from tonn_bridge.fidelity.render import Audio
from tonn_bridge.fidelity.verdict import Fit
from tonn_bridge.tonn import Reverb

GAIN_DB = 0.25
"""An overall gain that is worth a word, beside what the MP3 has of its own: it leaves things out."""

BENT_DB = -0.5
"""So much less where the mix is loudest is a limiter's doing."""


def causes(evidence: Evidence, best: Fit, heard: Audio, rate: int, coded: Coded | None) -> Iterator[str]:
    """What is known to stand between the settings and the preview, a line each."""
    gain_db = decibels(best.gain**2)
    if min(abs(gain_db), abs(gain_db - (coded.gain_db if coded else 0.0))) >= GAIN_DB:
        how = "softer" if gain_db < 0.0 else "louder"
        yield (
            f"the whole preview is {abs(gain_db):.1f} dB {how} than the settings say (a master gain, or a guard "
            "against clipping); that was taken out before comparing"
        )
    bent_db = bend_db(heard, best.mix, rate)
    if bent_db is not None and bent_db <= BENT_DB:
        yield f"where the mix is loudest the preview is held back by {-bent_db:.1f} dB: a limiter on the master"
    if wet := [
        f'"{track.name}" ({track.reverb.lower()})' for track in evidence.tracks if track.reverb is not Reverb.NONE
    ]:
        yield f"reverb was asked for on {', '.join(wet)}, and comes back in no setting"
    if urls := [f'"{track.name}"' for track in evidence.tracks if track.file is None]:
        yield f"{', '.join(urls)} could not be rendered: the stem is a URL, not a file here"
    since = evidence.preview.stat().st_mtime
    if newer := [f'"{t.name}"' for t in evidence.tracks if t.file is not None and t.file.stat().st_mtime > since]:
        yield f"the stems of {', '.join(newer)} are newer than the preview: ask for a new one"
