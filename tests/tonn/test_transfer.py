"""Stems up and mixes down over real HTTP: streams, faults, and addresses that nothing is sent to or fetched from."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.tonn.service import Reply, running_service
from tonn_bridge.errors import KeyRefused, StemError, StoreError, TonnError, TonnRejected, TonnUnavailable, UrlExpired
from tonn_bridge.tonn.client import TonnClient

AUDIO = bytes(range(256)) * 4000
CERTIFICATE = Path(__file__).parent / "files.test.pem"
"""Self-signed for the name files.test, with its key, valid until 2126: for these tests alone."""


def quiet(*_):
    """Nobody looks at the progress."""


def offer(service, spelling=("signed_url", "readable_url")):
    """The service hands out a fresh signed URL for each request."""
    count = iter(range(1, 1000))

    def answer(request):
        name = request.json["filename"]
        urls = service.url(f"/put/{name}?sig={next(count)}"), f"https://files/{name}?sig=read"
        return Reply(200, dict(zip(spelling, urls, strict=True)))

    service.on("/upload", answer)


# up


@pytest.mark.parametrize("spelling", [("signed_url", "readable_url"), ("signedUrl", "readableUrl")])
async def test_a_stem_goes_up_whole_and_without_the_key(spelling, client, service, make_stem):
    stem = make_stem(3, AUDIO)
    offer(service, spelling)
    service.on(f"/put/{stem.upload_name}", Reply(200))
    sent = []
    assert await client.upload(stem, sent.append) == f"https://files/{stem.upload_name}?sig=read"
    ask, put = service.requests
    assert ask.json == {"filename": stem.upload_name, "contentType": "audio/wav"}
    assert put.body == AUDIO
    assert put.headers["content-type"] == "audio/wav"
    assert put.headers["content-length"] == str(len(AUDIO))
    assert "transfer-encoding" not in put.headers
    assert "x-api-key" not in put.headers
    assert sent == sorted(sent)
    assert sent[-1] == len(AUDIO)
    assert len(sent) > 2


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Reply(403), id="expired"),
        pytest.param(Reply(400, b"<Code>ExpiredToken</Code>"), id="expired, in another dialect"),
        pytest.param(Reply(500), id="server error"),
        pytest.param(Reply(503, headers={"Retry-After": "3"}), id="busy"),
        pytest.param(Reply(cut_after=-1), id="cut connection"),
    ],
)
async def test_a_failed_upload_is_tried_again_with_a_fresh_url(fault, client, service, make_stem, eager):
    stem = make_stem()
    offer(service)
    service.on(f"/put/{stem.upload_name}", fault, fault, Reply(200))
    await client.upload(stem, quiet)
    puts = service.seen(f"/put/{stem.upload_name}")
    assert [put.path.partition("?")[2] for put in puts] == ["sig=1", "sig=2", "sig=3"]
    assert len(eager.pauses) == 2


async def test_an_upload_ends_after_five_tries(client, service, make_stem):
    stem = make_stem()
    offer(service)
    service.on(f"/put/{stem.upload_name}", Reply(403))
    with pytest.raises(UrlExpired, match=rf"upload of {stem.upload_name}.*403"):
        await client.upload(stem, quiet)
    assert len(service.seen("/upload")) == 5


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(Reply(401), KeyRefused, id="wrong key"),
        pytest.param(Reply(200, {"error": True, "message": "type not allowed"}), TonnRejected, id="refused"),
        pytest.param(
            Reply(200, {"signed_url": "http://10.0.0.1/x", "readable_url": "x"}), TonnRejected, id="plain http"
        ),
        pytest.param(Reply(200, {"signed_url": "https://10.0.0.1/x", "readable_url": "x"}), TonnRejected, id="private"),
    ],
)
async def test_a_refused_upload_is_not_tried_again(reply, kind, client, service, make_stem):
    service.on("/upload", reply)
    with pytest.raises(kind):
        await client.upload(make_stem(), quiet)
    assert len(service.requests) == 1


@pytest.mark.parametrize("change", [b"", b"longer" * 2000], ids=["shorter", "longer"])
async def test_a_stem_that_changed_since_it_was_checked_is_not_sent_as_the_old_one(change, client, service, make_stem):
    stem = make_stem()
    stem.path.write_bytes(change)
    offer(service)
    service.on(f"/put/{stem.upload_name}", Reply(200))
    with pytest.raises(StemError, match="changed while it was being sent"):
        await client.upload(stem, quiet)


async def test_a_stem_that_is_gone_is_named(client, service, make_stem):
    stem = make_stem()
    stem.path.unlink()
    offer(service)
    with pytest.raises(StemError, match=str(stem.path)):
        await client.upload(stem, quiet)


async def test_32_stems_go_up_four_at_a_time(client, service, make_stem):
    stems = [make_stem(number, bytes([number]) * 5000) for number in range(1, 33)]
    offer(service)
    together = 0

    async def slow(_):
        nonlocal together
        together = max(together, service.busy)
        for _ in range(20):
            await asyncio.sleep(0)
        return Reply(200)

    for stem in stems:
        service.on(f"/put/{stem.upload_name}", slow)
    progress, done = [], {}

    async def on_done(stem, url):
        done[stem.number] = url

    await client.upload_all(stems, lambda sent, total: progress.append((sent, total)), on_done)
    assert together == service.most_busy == 4
    assert done == {stem.number: f"https://files/{stem.upload_name}?sig=read" for stem in stems}
    assert progress[-1] == (32 * 5000, 32 * 5000)


async def test_the_first_failure_ends_the_other_uploads_and_is_raised_as_itself(client, service, make_stem):
    stems = [make_stem(number, bytes([number]) * 100) for number in (1, 2, 3)]
    offer(service)

    async def stuck(_):
        await asyncio.Event().wait()

    service.on(f"/put/{stems[0].upload_name}", stuck)
    service.on(f"/put/{stems[1].upload_name}", Reply(404))
    service.on(f"/put/{stems[2].upload_name}", stuck)
    async with asyncio.timeout(5):
        with pytest.raises(TonnRejected, match=r"02-stem\.wav.*404"):
            await client.upload_all(stems, quiet, quiet)


async def test_a_stem_that_is_a_url_already_needs_no_upload(client, service, make_stem):
    stem = replace(make_stem(), path=None, url="https://files/a.wav", size=0)
    done = []

    async def on_done(stem, url):
        done.append(url)

    await client.upload_all([stem], quiet, on_done)
    assert done == ["https://files/a.wav"]
    assert service.requests == []


# down


async def test_a_mix_comes_down_whole_and_without_the_key(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    heard = []
    target = tmp_path / "mixes" / "final.wav"
    assert await client.download(service.url("/mix.wav?sig=1"), target, on_bytes=heard.append) == target
    assert target.read_bytes() == AUDIO
    assert heard[-1] == len(AUDIO)
    assert "x-api-key" not in service.requests[0].headers
    assert list(target.parent.iterdir()) == [target]
    assert target.stat().st_mode & 0o600 == 0o600


async def test_nothing_is_overwritten(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    (tmp_path / "final.wav").write_text("mine")
    (tmp_path / "final 2.wav").mkdir()
    place = await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    assert place == tmp_path / "final 3.wav"
    assert place.read_bytes() == AUDIO
    assert (tmp_path / "final.wav").read_text() == "mine"


async def test_a_disk_without_hard_links_overwrites_nothing_either(client, service, tmp_path, monkeypatch):
    def refuse(self, target):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    service.on("/mix.wav", Reply(200, AUDIO))
    (tmp_path / "final.wav").write_text("mine")
    place = await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    assert place == tmp_path / "final 2.wav"
    assert place.read_bytes() == AUDIO
    assert (tmp_path / "final.wav").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


async def test_two_downloads_to_one_name_both_arrive(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    url, target = service.url("/mix.wav"), tmp_path / "final.wav"
    places = await asyncio.gather(client.download(url, target), client.download(url, target))
    assert {place.name for place in places} == {"final.wav", "final 2.wav"}
    assert all(place.read_bytes() == AUDIO for place in places)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Reply(200, AUDIO, cut_after=5000), id="truncated"),
        pytest.param(Reply(200, b"", {"Content-Length": "10"}), id="wrong length"),
        pytest.param(Reply(502), id="server error"),
        pytest.param(Reply(cut_after=-1), id="cut connection"),
    ],
)
async def test_a_broken_download_is_tried_again_and_leaves_no_rest(fault, client, service, tmp_path):
    service.on("/mix.wav", fault, fault, Reply(200, AUDIO))
    place = await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    assert place.read_bytes() == AUDIO
    assert list(tmp_path.iterdir()) == [place]
    service.on("/mix.wav", fault)
    with pytest.raises(TonnUnavailable, match=r"download of other\.wav"):
        await client.download(service.url("/mix.wav"), tmp_path / "other.wav")
    assert list(tmp_path.iterdir()) == [place]
    assert len(service.requests) == 6


@pytest.mark.parametrize("status", [400, 403])
async def test_an_expired_url_is_told_apart(status, client, service, tmp_path):
    service.on("/mix.wav", Reply(status))
    with pytest.raises(UrlExpired):
        await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    assert len(service.requests) == 1
    assert list(tmp_path.iterdir()) == []


async def test_a_download_larger_than_allowed_is_stopped(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    with pytest.raises(TonnRejected, match="larger than"):
        await client.download(service.url("/mix.wav"), tmp_path / "final.wav", limit_bytes=1000)
    assert list(tmp_path.iterdir()) == []


async def test_a_download_slower_than_allowed_is_stopped(client, service, tmp_path, eager):
    service.on("/mix.wav", Reply(200, AUDIO))
    with pytest.raises(TonnRejected, match="longer than 60 s"):
        await client.download(
            service.url("/mix.wav"), tmp_path / "final.wav", on_bytes=lambda _: eager.advance(61), limit_s=60
        )
    assert list(tmp_path.iterdir()) == []


async def test_a_cancelled_download_leaves_no_rest(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    begun = asyncio.Event()
    task = asyncio.create_task(
        client.download(service.url("/mix.wav"), tmp_path / "final.wav", on_bytes=lambda _: begun.set())
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


async def test_a_disk_that_takes_no_more_is_said_and_the_rest_removed(client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreError, match=r"cannot write .*final\.wav.*free some space"):
            await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
    assert len(service.requests) == 1


async def test_a_folder_that_cannot_be_made_is_said(client, service, tmp_path):
    (tmp_path / "mixes").write_text("a file")
    with pytest.raises(StoreError, match="output"):
        await client.download(service.url("/mix.wav"), tmp_path / "mixes" / "final.wav")
    assert service.requests == []


@pytest.mark.parametrize("name", ["x" * 300 + ".wav", "nul\0.wav"])
async def test_a_name_no_file_can_have_is_said(name, client, service, tmp_path):
    service.on("/mix.wav", Reply(200, AUDIO))
    with pytest.raises(StoreError, match="cannot write"):
        await client.download(service.url("/mix.wav"), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


# where from


def leading_to(*addresses):
    async def resolve(host, port):
        resolve.asked.append(host)
        return list(addresses)

    resolve.asked = []
    return resolve


async def test_redirects_are_followed_three_times(client, service, tmp_path):
    def to(path):
        return Reply(302, headers={"Location": path})

    service.on("/a", to("/b"))
    service.on("/b", to(service.url("/c")))
    service.on("/c", to("/mix.wav"))
    service.on("/mix.wav", Reply(200, AUDIO))
    place = await client.download(service.url("/a"), tmp_path / "final.wav")
    assert place.read_bytes() == AUDIO
    service.on("/first", to("/a"))
    with pytest.raises(TonnRejected, match="more than 3"):
        await client.download(service.url("/first"), tmp_path / "other.wav")


@pytest.mark.parametrize("url", ["http://192.168.0.1/x", "https://10.0.0.1/x", "file:///etc/passwd", "https://", "x:["])
async def test_a_redirect_is_held_to_the_same_rules(url, client, service, tmp_path):
    service.on("/mix.wav", Reply(302, headers={"Location": url}))
    with pytest.raises(TonnRejected):
        await client.download(service.url("/mix.wav"), tmp_path / "final.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
async def test_a_public_service_never_sends_us_to_a_private_address(address, eager, tmp_path):
    resolve = leading_to(address)
    async with TonnClient("https://tonn.example", SecretStr("k"), clock=eager, resolve=resolve) as client:
        with pytest.raises(TonnRejected, match=r"files\.example leads to a private address"):
            await client.download("https://files.example/mix.wav?sig=1", tmp_path / "final.wav")
    assert resolve.asked == ["files.example"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://files.example/mix.wav", "http://127.0.0.1/mix.wav", "ftp://files.example/a", "mix"]
)
async def test_a_public_service_never_sends_us_to_anything_but_https(url, eager, tmp_path):
    async with TonnClient("https://tonn.example", None, clock=eager, resolve=leading_to("1.1.1.1")) as client:
        with pytest.raises(TonnRejected):
            await client.download(url, tmp_path / "final.wav")


async def test_a_name_that_leads_nowhere_now_is_tried_again_later(service, eager, tmp_path):
    async def resolve(host, port):
        raise OSError("temporary failure in name resolution")

    async with TonnClient(service.url(), None, clock=eager, resolve=resolve) as client:
        with pytest.raises(TonnUnavailable, match=r"cannot find the address of files\.test"):
            await client.download("https://files.test/mix.wav", tmp_path / "final.wav")
    assert len(eager.pauses) == 2


async def test_the_connection_goes_to_the_address_that_was_checked_under_the_name_in_the_url(
    service, eager, tmp_path, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)
    names = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    resolve = leading_to("127.0.0.9", "127.0.0.1")  # nobody listens at the first
    async with (
        running_service(tls) as files,
        TonnClient(service.url(), None, clock=eager, resolve=resolve) as client,
    ):
        files.on("/mix.wav", Reply(200, AUDIO))
        place = await client.download(files.url("/mix.wav?sig=1", host="files.test"), tmp_path / "final.wav")
        with pytest.raises(TonnError, match="certificate"):
            await client.download(files.url("/mix.wav", host="other.test"), tmp_path / "other.wav")
    assert place.read_bytes() == AUDIO
    assert resolve.asked[0] == "files.test"
    assert names[0] == "files.test"
    assert [request.headers["host"] for request in files.requests] == [f"files.test:{files.port}"]
