"""GET and POST /api/mix: the mix that stands, and one out of a file; strict with what is none."""

import json

import pytest

from tests.mixes import BASS, KICK, mix_of
from tonn_bridge.core.portable import PortableTrack
from tonn_bridge.engine.mixes import Placed
from tonn_bridge.errors import MixMisfit, NotPossible
from tonn_bridge.mixfile import MAX_BYTES, to_json

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIX = mix_of(PortableTrack(1, "Bass", BASS), PortableTrack(2, "Kick", KICK))


@pytest.fixture
def shelf(bridge):
    """A bridge with a mix, which takes others."""
    taken = []

    async def take(mix):
        if bridge.refusal:
            raise bridge.refusal
        taken.append(mix)
        return Placed({2: mix.tracks[0]}, ('the session has nothing for "Kick"',))

    def mix():
        if bridge.refusal:
            raise bridge.refusal
        return MIX

    bridge.mix, bridge.take = mix, take
    return taken


async def test_the_mix_is_answered_as_the_file_has_it(client, shelf):
    answer = await client.get("/api/mix")
    assert (answer.status_code, answer.json()) == (200, to_json(MIX))


async def test_without_a_mix_409_says_why(client, bridge, shelf):
    bridge.refusal = NotPossible("there is no mix yet: ask for a preview first")
    answer = await client.get("/api/mix")
    assert answer.status_code == 409
    assert answer.json()["error"]["text"].endswith("ask for a preview first")


async def test_a_mix_is_taken_and_its_places_are_told(client, shelf):
    answer = await client.post("/api/mix", json=to_json(MIX))
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": "mix",
        "tracks": [{"number": 2, "name": "Bass"}],
        "notes": ['the session has nothing for "Kick"'],
    }
    assert shelf == [MIX]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("{}", "is no mix.tonn.json; write one", id="nothing-in-it"),
        pytest.param("[1]", "is no mix.tonn.json", id="a-list"),
        pytest.param("", "is no mix.tonn.json", id="no-body"),
        pytest.param("{", "is no mix.tonn.json", id="a-bit"),
        pytest.param(
            json.dumps(to_json(MIX)).replace("-11.8", "99"), "the mix: tracks[1].tonn.gain_db: ", id="too-loud"
        ),
        pytest.param(
            json.dumps(to_json(MIX)).replace("-11.8", "NaN"), "the mix: tracks[1].tonn.gain_db: ", id="not-a-number"
        ),
        pytest.param(json.dumps(to_json(MIX) | {"more": 1}), "more: Extra inputs", id="unknown-key"),
    ],
)
async def test_what_is_no_mix_is_refused_with_what_is_wrong(client, shelf, body, said):
    answer = await client.post("/api/mix", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert said in answer.json()["error"]["text"]
    assert shelf == []


async def test_a_mix_for_another_song_is_422_and_one_at_the_wrong_time_409(client, bridge, shelf):
    bridge.refusal = MixMisfit("the mix has nothing for this session")
    answer = await client.post("/api/mix", json=to_json(MIX))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "mix")
    bridge.refusal = NotPossible("a preview is under way; cancel it first")
    assert (await client.post("/api/mix", json=to_json(MIX))).status_code == 409


async def test_a_large_mix_fits_and_one_without_end_does_not(client, shelf):
    many = mix_of(*(PortableTrack(n, f"Track {n}", BASS) for n in range(1, 33)))
    text = json.dumps(to_json(many), indent=8)
    assert (
        await client.post("/api/mix", content=text, headers={"content-type": "application/json"})
    ).status_code == 200
    endless = b" " * (MAX_BYTES + 1)
    answer = await client.post("/api/mix", content=endless, headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_a_form_on_a_foreign_page_cannot_send_one(client, shelf):
    answer = await client.post("/api/mix", content=json.dumps(to_json(MIX)), headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    answer = await client.post("/api/mix", json=to_json(MIX), headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert shelf == []
