"""A real Ardour with twenty tracks that takes us for a Mackie Control with two extenders."""

from collections.abc import Iterator

import pytest

from tests.integration.mackie_studio import EXTENDERS, GAIN, MAIN, apply, proposal, stands_as_proposed, studio
from tests.peers.ardour import Ardour, ardour_with_mackie
from tests.peers.require import require

TWENTY = tuple(f"{what} {which}" for what in ("Kick", "Bass", "Gtr", "Keys", "Vox") for which in ("A", "B", "C", "D"))

pytestmark = pytest.mark.timeout(300)  # Ardour may need several starts to keep JACK


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    """Twenty tracks behind a main unit and two extenders."""
    require("ardour")
    require("jack")
    device = "Mackie Control with Two Extenders"
    with ardour_with_mackie(tmp_path_factory.mktemp("twenty"), TWENTY, device) as running:
        yield running


async def test_a_proposal_for_twenty_tracks_reaches_all_of_them_through_extenders(twenty: Ardour) -> None:
    async with studio(twenty, MAIN, *EXTENDERS) as at:
        assert {number: strip.place for number, strip in at.mixer.strips.items()} == {n: n for n in range(1, 21)}
        at.mixer.set_proposal(proposal(TWENTY))
        await apply(at)
        await stands_as_proposed(at)
        await at.do(twenty.set_gain_db, TWENTY[-1], -3.0)
        await at.until(lambda: at.reading(TWENTY[-1], GAIN) == pytest.approx(-3.0, abs=0.01))
