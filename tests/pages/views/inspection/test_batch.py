"""Many pictures: the job beside the page, the lines of the table, and stepping through them."""

import dataclasses
import threading
import time

import pytest
from PIL import Image

from casting_core import Verdict
from casting_core.data.images import decode
from casting_core.errors import ModelError
from casting_core.inspection.photograph import Photograph
from pages.shared import uploads
from pages.shared.marked import as_uri
from pages.shared.uploads import Upload
from pages.views.inspection import batch_table
from pages.views.inspection.batch_job import SIDE, Job
from pages.views.inspection.batch_table import ORDERS, WAITING, Line, arrange, counted, share_flagged
from tests.factories import inspection
from tests.pages.conftest import button, open_inspection, png, says, texts, upload


def result(p: float | None, verdict: Verdict):
    reason = None if p is not None else "broken"
    return inspection(verdict=verdict, reason=reason, probability=p)


def given(name: str) -> Upload:
    return Upload(name=name, sha256=name, data=b"")


LINES = (
    Line(upload=given("b.png"), inspection=result(0.1, Verdict.OK)),
    Line(upload=given("A.png"), inspection=result(0.9, Verdict.DEFECTIVE)),
    Line(upload=given("c.png"), inspection=result(None, Verdict.UNUSABLE)),
    Line(upload=given("d.png")),
    Line(upload=Upload(name="e.png", refusal="too large")),
    Line(upload=given("f.png"), inspection=result(0.5, Verdict.REVIEW)),
)


def names(lines) -> str:
    return "".join(line.upload.name[0] for line in lines)


def test_totals_by_hand():
    assert counted(LINES) == {"Sound": 1, "Defective": 1, "No verdict": 2, WAITING: 1, "Review": 1}
    assert share_flagged(LINES) == pytest.approx(2 / 3)
    assert share_flagged(LINES[2:5]) is None
    assert [line.note for line in LINES] == [None, None, "broken", None, "too large", None]


def test_orders_and_filters_by_hand():
    everything = {"word": None, "text": ""}
    assert names(arrange(LINES, order=ORDERS[0], **everything)) == "ceAfbd"
    assert names(arrange(LINES, order=ORDERS[1], **everything)) == "bAcdef"
    assert names(arrange(LINES, order=ORDERS[2], **everything)) == "Abcdef"
    assert names(arrange(LINES, order=ORDERS[0], word="No verdict", text="")) == "ce"
    assert names(arrange(LINES, order=ORDERS[0], word=WAITING, text="")) == "d"
    assert names(arrange(LINES, order=ORDERS[0], word=None, text=" a.P")) == "A"
    assert arrange(LINES, order=ORDERS[0], word="Sound", text="x") == []


class Judge:
    """Gives results one by one, each when `go` allows it."""

    def __init__(self, limit: int = 99) -> None:
        self.go, self.seen, self.limit = threading.Semaphore(0), [], limit

    def __call__(self, waiting):
        for one in waiting:
            self.go.acquire()
            if len(self.seen) == self.limit:
                raise ModelError("the weights are gone")
            self.seen.append(one.name)
            yield Photograph(png(0)), result(0.1, Verdict.OK)


def until(true) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come true in ten seconds")


def test_a_job_gives_each_result_as_soon_as_it_is_there():
    job = Job([given("a"), given("b"), given("a"), Upload(name="x", refusal="no")], judge := Judge())
    assert (job.total, job.done, job.running, job.seconds_left()) == (2, 0, False, None)
    job.start()
    assert job.running
    judge.go.release()
    until(lambda: job.done == 1)
    assert job.result("a")[0] is not None
    assert job.result("b")[0] is None
    assert job.seconds_left() >= 0
    judge.go.release()
    until(lambda: not job.running)
    assert job.finished
    assert judge.seen == ["a", "b"]


def test_a_job_that_is_stopped_keeps_what_it_has_and_goes_on_with_the_rest():
    job = Job([given(name) for name in "abcd"], judge := Judge())
    job.start()
    judge.go.release(2)
    until(lambda: job.done == 2)
    threading.Timer(0.05, judge.go.release).start()  # the picture that is being judged when Stop is pressed
    job.stop()
    assert not job.running
    assert job.done == 3
    judge.go.release(9)
    job.start()
    until(lambda: job.finished)
    assert judge.seen == ["a", "b", "c", "d"]


def test_a_job_that_fails_says_why():
    job = Job([given("a"), given("b")], judge := Judge(limit=1))
    judge.go.release(9)
    job.start()
    until(lambda: not job.running)
    assert (job.done, job.finished, job.error) == (1, False, "the weights are gone")


def test_a_job_without_pictures_is_finished():
    job = Job([Upload(name="x", refusal="no")], Judge())
    job.start()
    assert (job.finished, job.running) == (True, False)


def test_thumbnails_are_small():
    picture = Image.fromarray(decode(png(0)).pixels)
    small = as_uri(picture, side=SIDE)
    assert small.startswith("data:image/jpeg;base64,")
    assert len(small) < 6000
    assert max(picture.size) > SIDE  # it is as it was


def test_many_files_with_a_broken_one(wait_for):
    files = [("a.png", png(0)), ("broken.jpg", b"\xff\xd8\xff no"), ("b.png", png(2)), ("copy of a.png", png(0))]
    app = upload(open_inspection(), *files)
    wait_for(app, lambda app: not app.session_state["job"][1].running)
    app.run()
    shown = app.dataframe[0].value
    assert next(iter(shown["file"])) == "broken.jpg"  # the most suspicious first
    assert set(shown["file"]) == {name for name, _ in files}
    assert "damaged" in shown["note"][0]
    assert shown["probability"].isna().tolist() == [True, False, False, False]
    totals = {metric.label: metric.value for metric in app.metric}
    assert totals == {"Sound": "2", "Review": "0", "Defective": "1", "No verdict": "1", "Flagged": "33.3 %"}


def test_filter_open_next_previous_and_back(wait_for):
    app = upload(open_inspection(), ("a.png", png(0)), ("b.png", png(2)), ("c.png", png(3)))
    wait_for(app, lambda app: not app.session_state["job"][1].running)
    app.selectbox(key="order").set_value("By file name").run()
    app.session_state["opened"] = app.session_state["uploads"][1][1]
    app.run()
    says(app, "2 of 3", "b.png")
    button(app, "Next").click().run()
    says(app, "3 of 3", "c.png")
    assert button(app, "Next").disabled
    button(app, "Previous").click().run()
    button(app, "Previous").click().run()
    assert "1 of 3" in texts(app)
    assert button(app, "Previous").disabled
    button(app, "Back to the table").click().run()
    assert list(app.dataframe[0].value["file"]) == ["a.png", "b.png", "c.png"]  # the order was kept
    app.text_input(key="search").set_value("nothing").run()
    assert "No line fits this filter" in texts(app)


def test_a_file_over_the_limit_is_named_with_its_reason(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_FILES", 1)
    app = upload(open_inspection(), ("a.png", png(0)), ("b.png", png(2)))
    assert "Only 1 files" in next(iter(app.dataframe[0].value["note"]))


def test_stop_keeps_what_is_done_and_go_on_finishes(wait_for, monkeypatch):
    judge = Judge()
    monkeypatch.setattr("pages.shared.resources.judge_many", lambda waiting, model: judge(waiting))
    app = upload(open_inspection(), ("a.png", png(0)), ("b.png", png(2)), ("c.png", png(3)))
    job = app.session_state["job"][1]
    judge.go.release()
    until(lambda: job.done == 1)
    threading.Timer(0.2, judge.go.release).start()
    button(app, "Stop").click().run()
    assert "1 not judged yet" in texts(app)
    assert WAITING in list(app.dataframe[0].value["verdict"])
    judge.go.release(5)
    button(app, "Go on").click().run()
    wait_for(app, lambda app: not job.running)
    app.run()
    assert not [each for each in app.button if each.label in ("Stop", "Go on")]
    assert WAITING not in list(app.dataframe[0].value["verdict"])


def test_the_list_can_be_cleared():
    app = upload(open_inspection(), ("a.png", png(0)), ("b.png", png(2)))
    button(app, "Clear the list").click().run()
    assert "Nothing to judge yet" in texts(app)


def test_a_line_is_never_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        LINES[0].thumbnail = None
    assert batch_table.ORDERS[0] == "Most suspicious first"
