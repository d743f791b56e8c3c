"""Two users of a server, logged in side by side: neither reaches what is the other's, by any address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from engine.audit import LOG
from engine.domain import Departure
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.methods import OF_THE_STUDY
from engine.studies import shelf, store
from engine.users import find_user, workspace_of
from tests import made_up
from tests.browser.conftest import PATIENCE_S, free_port, served
from tests.browser.provider import PEOPLE, provided, secrets_of
from tests.browser.test_overview_journey import settle
from tests.made_up import TINY

pytestmark = pytest.mark.browser
SECRET = "Anas Felder"  # name of a study
HEADER = "X-Forwarded-User"
GUARDED = re.compile(r"^http://[^/]+/(media|app|_stcore)/")
FREE = re.compile(r"/(_stcore/(health|host-config|stream)$|app/static/(logo|mark)[.]svg)")
SHARED_STATE = """async ([address, kinds, bytes]) => await new Promise(done => {
  const socket = new WebSocket(address, kinds), heard = [];
  socket.binaryType = "arraybuffer";
  socket.onopen = () => socket.send(new Uint8Array(bytes));
  socket.onmessage = each => heard.push(new TextDecoder("latin1").decode(each.data));
  socket.onclose = () => done(heard.join(""));
  setTimeout(() => done(heard.join("")), 6000);
})"""


@dataclass
class Person:
    """Somebody's browser, and every address that it showed."""

    name: str
    page: Page
    context: BrowserContext
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and address
    shown: set[str] = field(default_factory=set)

    def go(self, address: str) -> None:
        self.page.goto(address)
        expect(self.page.get_by_test_id("stHeading").first).to_be_visible()
        settle(self.page)
        self.shown.add(self.page.url)


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., Person]]:
    with ExitStack() as stack:

        def come(name: str, headers: dict[str, str] | None = None) -> Person:
            context = chromium.new_context(
                viewport={"width": 1280, "height": 860}, extra_http_headers=headers or {}
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_S * 1000 / 3)
            made = Person(name, context.new_page(), context)
            made.page.on("request", lambda request: made.asked.append((request.method, request.url)))
            return made

        yield come


def log_in(who: Person, app: str, path: str) -> None:
    """By a deep link: nothing but the login is there, and it leads to a page of the app."""
    who.page.goto(app + path)
    expect(who.page.get_by_role("button", name="Log in")).to_be_visible()
    assert who.page.get_by_test_id("stMain").get_by_role("button").count() == 1
    assert "parcels" not in who.page.inner_text("body")
    who.page.get_by_role("button", name="Log in").click()
    who.page.get_by_role("link", name=who.name).click()
    expect(who.page.get_by_role("button", name="Glossary")).to_be_visible()


def own_study(workspace: Path, who: str, name: str, departure: Departure) -> Path:
    """A study on somebody's shelf; all have equal data."""
    place = workspace_of(workspace, find_user(workspace, PEOPLE[who]))
    study = replace(made_up.study(unseen_crop=True), name=name, departure=departure)
    plans = made_up.grid(
        study, "2021", departure, [20, 30], ["radius"], OF_THE_STUDY, "random-forest", TINY, repeats=1
    )
    run_plans(study, plans, Archive(place))
    return store.save_study(study, place / shelf.FOLDER / f"of-{who}")


def open_own(who: Person, app: str, name: str) -> None:
    who.go(f"{app}/study?study-view=all")
    who.page.get_by_role("button", name="Open", exact=True).first.click()
    expect(who.page.get_by_text(name).first).to_be_visible()
    settle(who.page)


def look_around(who: Person, app: str, labels: Path) -> None:
    """Maps, files of the field, a report, a job, a file of labels, and the study itself, as one sees them."""
    for name in ("Overview", "Plan", "Crop map"):
        who.page.get_by_role("link", name=name, exact=True).click()
        settle(who.page)
        who.shown.add(who.page.url)
    for name in ("Report", "Fieldwork"):
        who.page.get_by_role("link", name=name, exact=True).click()
        settle(who.page)
        who.shown.add(who.page.url)
        download(who, who.page.get_by_test_id("stDownloadButton").get_by_role("button").first)
    who.page.get_by_text("bring back", exact=True).click()
    who.page.locator("input[type=file]").first.set_input_files(labels)
    expect(who.page.get_by_text(labels.name).first).to_be_visible()
    who.page.get_by_role("link", name="Study", exact=True).click()
    settle(who.page)
    who.page.get_by_text("All studies").click()
    settle(who.page)
    download(who, who.page.get_by_role("button", name="Export"))
    who.shown.add(who.page.url)
    who.page.get_by_role("link", name="Experiments", exact=True).click()
    settle(who.page)
    who.page.get_by_role("button", name=re.compile("Run.* open plans")).click()
    expect(who.page.get_by_text(re.compile("This run"))).to_be_visible(timeout=120_000)
    who.shown.add(who.page.url)


def download(who: Person, button: Locator, tries: int = 3) -> None:
    """A page that is drawn anew while it is clicked may be deaf."""
    try:
        with who.page.expect_download() as found:
            button.click()
    except TimeoutError:
        if tries == 1:
            raise
        download(who, button, tries - 1)
    else:
        assert Path(found.value.path()).stat().st_size
        who.asked.append(("GET", found.value.url))


def successes(thief: Person, victim: Person) -> tuple[list[str], int]:
    """Which addresses of another's browser gave something, and how many were tried."""
    own = set(thief.asked)  # what lies beneath all maps of a region has the same name for everybody
    addresses = sorted({each for each in victim.asked if each[1].startswith("http")} - own)
    found = []
    for method, address in addresses:
        body = {"data": b"x"} if method in ("PUT", "POST") else {}
        answer = thief.context.request.fetch(address, method=method, fail_on_status_code=False, **body)
        text = answer.body()
        guarded = GUARDED.search(address) and not FREE.search(address)
        if (guarded and answer.status < 400) or SECRET.encode() in text:
            found.append(f"{method} {address}: {answer.status}")
    return found, len(addresses)


def holds(who: Person) -> None:
    """What its own browser was given is still given to its owner, so that a refusal says something."""
    asked = {address for method, address in who.asked if method == "GET" and GUARDED.search(address)}
    assert any("/media/" in address for address in asked)
    maps = [address for address in asked if "/app/maps/parcels" in address]
    assert {who.context.request.get(address).status for address in maps} == {200}


def test_nobody_reaches_what_is_anothers(
    tmp_path: Path, person: Callable[..., Person], study_folder: Path
) -> None:
    """Study, job, report, map and file of labels, by every address, by the path, and by the session."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    labels = tmp_path / "anas-labels.csv"
    labels.write_text("parcel_id,crop\n1,maize\n")
    port = free_port()
    with provided() as provider:
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(secrets_of(provider, f"http://127.0.0.1:{port}"))
        settings = {"STREAMLIT_SECRETS_FILES": str(secrets)}
        with served(study_folder, workspace, "server.py", settings, port) as app:
            ana, bo, nobody = person("ana"), person("bo"), person("nobody")
            log_in(ana, app, "/plan")
            log_in(bo, app, "/report")
            hers = own_study(workspace, "ana", SECRET, Departure(19.1, 45.2, "Anas Hof"))
            own_study(workspace, "bo", "Bos polja", Departure(20.1, 45.4, "Bos Hof"))
            open_own(ana, app, SECRET)
            look_around(ana, app, labels)
            holds(ana)
            for thief in (bo, nobody):
                found, tried = successes(thief, ana)
                assert found == []
                assert tried > 20
            reach_by_pages(bo, ana, app, hers)
            reach_by_session(bo, ana, app, study_folder)
            share_and_unshare(bo, ana, app, hers)
            check_jobs_and_log(workspace, labels)


def reach_by_pages(bo: Person, ana: Person, app: str, hers: Path) -> None:
    """The address of a page holds a question, never a study; a path that is typed opens nothing."""
    open_own(bo, app, "Bos polja")  # its data are equal, so that a cache might take one for the other
    for address in [*sorted(ana.shown), f"{app}/study?study={hers}", f"{app}/plan?folder={hers}"]:
        bo.go(address)
        said = bo.page.inner_text("body")
        assert SECRET not in said
        assert "Anas Hof" not in said
        assert "Another run" not in said
    for path in (str(hers), f"{hers}/../of-ana", f"{hers.parents[2]}/{hers.parents[1].name}/studies/of-ana"):
        bo.page.get_by_role("button", name="Open another study").click()
        bo.page.get_by_label("Study folder").fill(path)
        bo.page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Open", exact=True).click()
        expect(bo.page.get_by_text("There is no such study here.")).to_be_visible()
        assert SECRET not in bo.page.inner_text("body")
        bo.go(f"{app}/study")


def reach_by_session(bo: Person, ana: Person, app: str, everybodys: Path) -> None:
    """The number of a session stands in the address of an upload; it gives nobody the session."""
    upload = next(address for method, address in ana.asked if "/_stcore/upload_file/" in address)
    session = upload.split("/upload_file/")[1].split("/")[0]
    ana.page.goto("about:blank")  # so that the session waits for somebody to come back
    ana.page.wait_for_timeout(1500)
    xsrf = next(each["value"] for each in bo.context.cookies() if each["name"] == "_streamlit_xsrf")
    message = BackMsg()
    message.rerun_script.query_string = ""
    where = app.replace("http", "ws") + "/_stcore/stream"
    kinds = ["streamlit", xsrf, session]
    said = bo.page.evaluate(SHARED_STATE, [where, kinds, list(message.SerializeToString())])
    assert store.open_study(everybodys).name in said  # a new session, with the study of the server
    assert SECRET not in said


def share_and_unshare(bo: Person, ana: Person, app: str, hers: Path) -> None:
    """Shared, it is named with its owner and opens for the other, who cannot change it; then no longer."""
    ana.go(f"{app}/study?study-view=all")
    ana.page.get_by_role("button", name="Share", exact=True).click()
    ana.page.get_by_role("button", name="Share it").click()
    expect(ana.page.get_by_role("button", name="Shared", exact=True)).to_be_visible()
    bo.go(f"{app}/study?study-view=all")
    row = bo.page.get_by_text(re.compile("shared by ana.?@example.org"))  # parted, so that it is no link
    expect(row).to_be_visible()
    bo.page.get_by_role("button", name="Open", exact=True).last.click()
    expect(bo.page.get_by_text(SECRET).first).to_be_visible()
    settle(bo.page)
    bo.page.get_by_role("link", name="Fieldwork", exact=True).click()
    bo.page.get_by_text("bring back", exact=True).click()
    expect(bo.page.get_by_text("This study is not yours, so it takes no labels")).to_be_visible()
    ana.go(f"{app}/study?study-view=all")  # the popover of before is closed then
    ana.page.get_by_role("button", name="Shared", exact=True).click()
    ana.page.get_by_role("button", name="Share no longer").click()
    expect(ana.page.get_by_role("button", name="Share", exact=True)).to_be_visible()
    bo.page.get_by_role("link", name="Plan", exact=True).click()
    expect(bo.page.get_by_text("There is no such study here.")).to_be_visible()
    assert SECRET not in bo.page.inner_text("body")


def check_jobs_and_log(workspace: Path, labels: Path) -> None:
    """The job is in its owner's workspace; the log says who sent what, and not what was in it."""
    ana, bo = (find_user(workspace, PEOPLE[who]) for who in ("ana", "bo"))
    assert list(jobs.jobs_folder(workspace_of(workspace, ana)).glob("*/request.json"))
    assert not list(jobs.jobs_folder(workspace_of(workspace, bo)).glob("*/request.json"))
    text = (workspace / LOG).read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    sent = next(row for row in rows if row["file"] == labels.name)
    assert (sent["user"], sent["bytes"]) == (ana.id, labels.stat().st_size)
    assert "maize" not in text


def test_the_header_of_a_proxy_tells_users_apart(
    tmp_path: Path, person: Callable[..., Person], study_folder: Path
) -> None:
    """Whoever comes without it gets nothing; whoever comes with another one gets nothing of the first's."""
    with served(study_folder, tmp_path, "server.py", {"GROUNDPLAN_USER_HEADER": HEADER}) as app:
        ana, bo = (person(name, {HEADER: PEOPLE[name]}) for name in ("ana", "bo"))
        nobody = person("nobody")
        assert nobody.page.goto(app).status == 403  # type: ignore[union-attr]
        ana.go(app)
        own_study(tmp_path, "ana", SECRET, Departure(19.1, 45.2, "Anas Hof"))
        open_own(ana, app, SECRET)
        ana.page.get_by_role("link", name="Plan", exact=True).click()
        settle(ana.page)
        assert any("app/maps/parcels" in address for _, address in ana.asked)
        for thief in (bo, nobody):
            found, tried = successes(thief, ana)
            assert found == []
            assert tried > 10
        bo.go(f"{app}/study?study-view=all")
        assert SECRET not in bo.page.inner_text("body")
