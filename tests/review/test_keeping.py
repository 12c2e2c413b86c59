"""What is kept how long: said once, and carried out."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.review.in_a_class import OWN, Klass
from trainer.errors import TrainerError
from trainer.library.marks import note_student
from trainer.library.store import Library
from trainer.review import keeping as keeping_module
from trainer.review.comments import Comments, Said
from trainer.review.desk import Desk
from trainer.review.edits import Edit, Mark
from trainer.review.keeping import Keeping, pictures_in
from trainer.review.log import Log
from trainer.review.migrate import open_database
from trainer.review.sweeper import Sweeper, adopt, sweep
from trainer.review.viewer import ALONE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
TODAY = date.today()


def with_report(klass: Klass, session: str) -> Path:
    folder = klass.desk.room.find(session).folder
    (folder / "report.html").write_text('<!doctype html><img src="data:image/jpeg;base64,AAAA">', "utf-8")
    return folder


def test_without_pictures_nothing_shows_anybody(klass: Klass) -> None:
    session = klass.session()
    folder, url = with_report(klass, session), f"/sessions/{session}"
    client = klass.client("student")
    assert client.get(f"{url}/video").status_code == 200
    body = {"video": False, "until": None, "example": False}
    assert client.post(f"{url}/keeping", json=body, headers=OWN).status_code == 200
    assert pictures_in(folder) == [] and (folder / "scorecard.json").is_file()
    assert "data:image/jpeg" not in (folder / "report.html").read_text("utf-8")
    assert client.get(f"{url}/video").status_code == 404 and client.get(f"{url}/still.jpg?at=1").status_code == 404
    assert client.get(f"{url}/report").status_code == 200 and "<canvas" in client.get(url).text
    assert klass.desk.log.latest(1)[0].what == {"keep": "tracks", "until": None, "example": False}


def test_what_could_not_be_deleted_is_not_shown_and_tried_again(klass: Klass, monkeypatch: pytest.MonkeyPatch) -> None:
    session = klass.session()
    folder, url = with_report(klass, session), f"/sessions/{session}"

    def refuse(paths: object) -> None:
        raise TrainerError("Expected to delete it, but it is in use.")

    monkeypatch.setattr(keeping_module, "_unlink", refuse)
    body = {"video": False, "until": None, "example": False}
    client = klass.client("student")
    assert client.post(f"{url}/keeping", json=body, headers=OWN).status_code == 503
    assert client.get(f"{url}/video").status_code == 404, "agreed is agreed"
    (folder / "report.html").write_text("data:image/jpeg", "utf-8")
    assert "data:image/jpeg" not in client.get(f"{url}/report").text
    assert sweep(klass.desk, TODAY) == ["Expected to delete it, but it is in use."]
    monkeypatch.undo()
    assert sweep(klass.desk, TODAY) == [] and pictures_in(folder) == []


def test_a_damaged_session_shows_nobody_either(klass: Klass) -> None:
    session = klass.session()
    folder = with_report(klass, session)
    (folder / "scorecard.json").write_text("{", "utf-8")
    klass.desk.keepings.agree(session, Keeping(video=False))
    assert sweep(klass.desk, TODAY) == []
    assert pictures_in(folder) == [] and not (folder / "report.html").exists()


def test_after_its_last_day_a_session_is_gone(klass: Klass) -> None:
    session, other = klass.session(), klass.session()
    folder = klass.desk.room.find(session).folder
    klass.desk.marks.edit(session, [Edit("aaaaaaaa", 0, Mark("aaaaaaaa", "kneading", 0, 900))])
    klass.desk.comments.add(session, Said(0, "private"))
    klass.desk.keepings.agree(session, Keeping(True, TODAY))
    assert sweep(klass.desk, TODAY) == [] and folder.is_dir(), "the last day counts"
    assert sweep(klass.desk, TODAY + timedelta(days=1)) == []
    assert not folder.exists() and klass.client("head").get(f"/sessions/{session}").status_code == 404
    assert klass.desk.marks.labels(session) == {} and klass.desk.comments.of(session) == []
    assert klass.desk.log.of(session) == [{"session": "deleted"}] and klass.desk.log.latest(1)[0].who == "retention"
    assert klass.client("head").get(f"/sessions/{other}").status_code == 200


def test_what_is_over_is_not_shown_before_it_is_swept(klass: Klass) -> None:
    session = klass.session()
    klass.desk.keepings.agree(session, Keeping(True, TODAY - timedelta(days=1)))
    client = klass.client("head")
    assert client.get(f"/sessions/{session}").status_code == 404 and session not in client.get("/").text
    assert client.get(f"/sessions/{session}/video").status_code == 404


def test_the_sweeper_begins_at_the_start(klass: Klass) -> None:
    session = klass.session()
    folder = klass.desk.room.find(session).folder
    klass.desk.keepings.agree(session, Keeping(True, TODAY - timedelta(days=1)))
    sweeper = Sweeper(klass.desk, print, every_s=(0.05, 0.05))
    sweeper.start()
    for _ in range(200):
        if not folder.exists():
            break
        sweeper._stop.wait(0.05)
    sweeper.close()
    sweeper.close()
    assert not folder.exists()


def test_live_practice_finds_whose_it_is(klass: Klass) -> None:
    desk = klass.desk
    said, unknown, twice, nobody, given = (klass.session(None) for _ in range(5))
    desk.people.add("Ali", "Tuesday")
    desk.people.add("Ali", "Friday")
    names = {said: "  STUDENT ", unknown: "Nobody we know", twice: "Ali", given: "student"}
    for session, name in names.items():
        note_student(desk.room.find(session).folder, name)
    desk.people.give(given, klass.people["student"].id, "head")
    desk.people.give(given, "", "head")
    adopt(desk)
    owners = desk.people.owners()
    assert owners == {said: klass.people["student"].id}, "neither what nobody knows nor what a head has taken away"
    assert desk.log.latest(1)[0].who == "live practice" and nobody not in owners


@pytest.mark.parametrize(
    "wrong",
    [{"video": 1}, {"video": None}, {"example": "no"}, {"until": "soon"}, {"until": 7}, {"until": "2001-01-01"}],
)
def test_what_makes_no_sense_is_refused(klass: Klass, wrong: dict[str, object]) -> None:
    body = {"video": True, "until": None, "example": False} | wrong
    url = f"/sessions/{klass.session()}/keeping"
    assert klass.client("student").post(url, json=body, headers=OWN).status_code == 422


def test_a_session_in_ones_own_folder_is_left_alone(desk: Desk, scored: Path) -> None:
    seen = next(s for s in desk.sessions(ALONE) if s.shown.folder == scored)
    for keeping in (Keeping(video=False), Keeping(until=TODAY)):
        with pytest.raises(TrainerError, match="lies in"):
            desk.agree(seen, keeping, "")
    desk.keepings.agree(seen.shown.id, Keeping(False, TODAY))
    assert sweep(desk, TODAY) == [] and (scored / "overlay.mp4").is_file()


def test_the_library_may_be_gone_for_a_while(klass: Klass, tmp_path: Path) -> None:
    session = klass.session()
    klass.desk.keepings.agree(session, Keeping(True, TODAY - timedelta(days=1)))
    folder = klass.desk.room.find(session).folder
    shutil.move(folder, tmp_path / "away")
    assert sweep(klass.desk, TODAY) == [] and session in klass.desk.keepings.all()
    shutil.move(tmp_path / "away", folder)
    sweep(klass.desk, TODAY)
    assert not folder.exists()


def test_a_session_deleted_on_the_command_line_is_forgotten_in_the_room(tmp_path: Path) -> None:
    from trainer.commands.history import forget

    library = Library(tmp_path)
    kept = library.begin("drill", "Kneading")
    library.close()
    database = open_database(f"sqlite:///{tmp_path / 'review.sqlite'}")
    Comments(database).add(kept.id, Said(0, "private"))
    forget(tmp_path, kept.id)
    assert Comments(database).of(kept.id) == [] and Log(database).of(kept.id) == [{"session": "deleted"}]
    assert Log(database).latest(1)[0].who == "trainer history"
    database.close()
