"""The wire numbers of a unit's controls: faders 0 to 16,383 by the DAW's law, pans -1 to +1, mute 0 or 1."""

from collections.abc import Mapping

from tonn_bridge.core import Param
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.links.device.panel import FADER_TOP
from tonn_bridge.links.device.pots import resolution
from tonn_bridge.mapping import Scale
from tonn_bridge.mapping.device import DeviceFile
from tonn_bridge.mapping.model import Steps
from tonn_bridge.mapping.scales import GainScale, Grid, MuteScale, PanScale


def device_scales(mapping: DeviceFile, law: FaderLaw) -> Mapping[Param, Scale]:
    """The scales of the controls that the mapping has."""
    fader = Grid(0.0, FADER_TOP, None, Steps.NEAREST, whole=True)
    scales: dict[Param, Scale] = {
        Param.GAIN: GainScale(law, FADER_TOP, fader, 0.0, 0.0, mapping.fader.tolerance),
        Param.MUTE: MuteScale(1.0, 0.0, 0.0),
    }
    if mapping.pan:
        pan = Grid(-1.0, 1.0, None, Steps.NEAREST, whole=False)
        scales[Param.PAN] = PanScale(pan, resolution(mapping.pan))
    return scales
