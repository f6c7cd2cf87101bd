"""One picture or many, alone or in a batch, in one thread or eight: the same verdict."""

import dataclasses
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from casting_core import Inspection, Inspector, SettingsError, Verdict
from casting_core.data.synthetic.casting import render_casting, samples
from casting_core.evaluation.localization.labelled import FIRST
from casting_core.networks.device import fast_dtype

TOLERANCE = 1e-4 if fast_dtype(torch.device("cpu")) == torch.float32 else 0.01


def same(one: Inspection, other: Inspection) -> bool:
    assert one.verdict == other.verdict
    assert (one.probability is None) == (other.probability is None)
    if one.probability is not None and other.probability is not None:
        assert one.probability == pytest.approx(other.probability, abs=TOLERANCE)
    assert one.sha256 == other.sha256
    return True


def test_a_picture_is_judged_with_everything_that_a_result_promises(inspector: Inspector, pictures: list[bytes]):
    result = inspector.inspect(pictures[2])
    assert result.verdict in set(Verdict) - {Verdict.UNUSABLE}
    assert 0 <= result.probability <= 1
    assert result.heatmap.shape == (result.height, result.width) == (300, 300)
    assert result.heatmap.dtype == np.float32
    assert result.heatmap.min() >= 0
    assert result.heatmap.max() <= 1
    assert (result.device, result.model) == ("cpu", "castnet")
    assert [r.score for r in result.regions] == sorted((r.score for r in result.regions), reverse=True)
    assert result.seconds["total"] == pytest.approx(sum(s for k, s in result.seconds.items() if k != "total"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.verdict = Verdict.OK


def test_sources_of_every_kind_give_the_same_result(inspector: Inspector, pictures: list[bytes], tmp_path: Path):
    content = pictures[0]
    file = tmp_path / "part.png"
    file.write_bytes(content)
    image = Image.open(io.BytesIO(content))
    expected = inspector.inspect(content)
    for source in (file, str(file), io.BytesIO(content)):
        same(inspector.inspect(source), expected)
    for source in (image, np.asarray(image)):
        assert inspector.inspect(source).probability == pytest.approx(expected.probability, abs=TOLERANCE)


def test_explanation_never_changes_the_verdict(inspector: Inspector, pictures: list[bytes]):
    for content in pictures:
        with_map, without = inspector.inspect(content), inspector.inspect(content, explain=False)
        same(with_map, without)
        assert without.heatmap is None
        assert without.regions == ()


@pytest.mark.parametrize("batch_size", [1, 5, 64])
def test_batches_keep_order_and_verdicts(inspector: Inspector, pictures: list[bytes], batch_size: int):
    sources = [*pictures, b"broken", *pictures[::-1]]
    alone = [inspector.inspect(source) for source in sources]
    together = list(inspector.inspect_many(sources, batch_size=batch_size))
    assert len(together) == len(sources)
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


def test_eight_threads_give_what_one_gives(inspector: Inspector, pictures: list[bytes]):
    expected = [inspector.inspect(content) for content in pictures]
    jobs = list(islice(cycle(range(len(pictures))), 8 * len(pictures)))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda index: inspector.inspect(pictures[index]), jobs))
    for index, result in zip(jobs, results, strict=True):
        same(result, expected[index])
        assert np.abs(result.heatmap - expected[index].heatmap).max() <= 0.02
        assert len(result.regions) == len(expected[index].regions)


def test_many_reads_no_further_ahead_than_two_batches(inspector: Inspector, pictures: list[bytes]):
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        for content in cycle(pictures):
            taken += 1
            yield content

    results = inspector.inspect_many(endless(), batch_size=4, explain=False)
    for _ in range(10):
        next(results)
    results.close()
    assert taken <= 20


def test_what_cannot_be_read_is_unusable_with_a_reason(inspector: Inspector, tmp_path: Path):
    for source in (b"", tmp_path / "nowhere.png", tmp_path, np.zeros((0, 4), np.uint8), np.zeros((4, 4, 7))):
        result = inspector.inspect(source)
        assert result.verdict is Verdict.UNUSABLE
        assert result.reason
        assert result.probability is None
        assert result.heatmap is None
        assert result.regions == ()
        assert result.to_json()["sha256"] is None


def test_a_picture_without_a_part_is_never_a_silent_verdict(inspector: Inspector):
    result = inspector.inspect(np.random.default_rng(0).integers(0, 255, (300, 300), dtype=np.uint8))
    assert result.verdict is Verdict.UNUSABLE
    assert result.reason
    assert result.probability is None
    assert result.regions == ()
    assert result.sha256
    assert (result.width, result.height) == (300, 300)


def test_a_batch_size_below_one_is_refused(inspector: Inspector):
    with pytest.raises(SettingsError, match="batch size"):
        inspector.inspect_many([], batch_size=0)


def test_no_pictures_give_no_results(inspector: Inspector):
    assert list(inspector.inspect_many([])) == []


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(SettingsError, match="device"):
        Inspector.load(device="abacus")


def test_out_of_memory_halves_the_batch_and_says_so(inspector: Inspector, pictures: list[bytes], monkeypatch, caplog):
    expected = list(inspector.inspect_many(pictures[:4], batch_size=4))
    judge = inspector._inference.runtime.judge

    def small_memory(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        if len(x) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return judge(x)

    monkeypatch.setattr(inspector._inference.runtime, "judge", small_memory)
    results = list(inspector.inspect_many(pictures[:4], batch_size=4))
    assert all(same(a, b) for a, b in zip(expected, results, strict=True))
    assert "ran out of memory" in caplog.text


def test_the_settings_file_moves_the_thresholds(tmp_path: Path, pictures: list[bytes]):
    file = tmp_path / "settings.json"
    file.write_text('{"threshold_pass": 0.0, "threshold_reject": 0.0}')
    assert Inspector.load(settings=file, device="cpu").inspect(pictures[0]).verdict is Verdict.DEFECTIVE
    file.write_text('{"threshold_pass": 0.9, "threshold_reject": 0.1}')
    with pytest.raises(SettingsError, match="pass <= reject"):
        Inspector.load(settings=file)
    for wrong in ('{"threshold": 1}', "[]", "{", '{"threshold_pass": "low"}', '{"threshold_pass": true}'):
        file.write_text(wrong)
        with pytest.raises(SettingsError):
            Inspector.load(settings=file)


@pytest.mark.parametrize(("side", "shape"), [(None, (1500, 1800)), (1024, (853, 1024)), (4000, (1500, 1800))])
def test_the_heatmap_of_a_large_picture_is_made_as_small_as_asked_for(inspector: Inspector, side: int | None, shape):
    large = np.kron(samples()[2].render().pixels, np.ones((6, 6), np.uint8))[150:1650]
    asked, whole = inspector.inspect(large, map_side=side), inspector.inspect(large)
    (listed,) = inspector.inspect_many([large], map_side=side)
    boxes = [[(r.x, r.y, r.width, r.height, r.area) for r in each.regions] for each in (asked, whole, listed)]
    assert boxes[0] == boxes[1] == boxes[2] != []  # scores differ by rounding, as other steps are compiled
    assert asked.heatmap.shape == listed.heatmap.shape == shape
    assert asked.heatmap.max() == pytest.approx(whole.heatmap.max(), abs=0.02)


def test_the_heatmap_points_at_a_defect_of_known_place(inspector: Inspector):
    rendered = next(sample for sample in samples() if sample.name == "Blow hole").render()
    result = inspector.inspect(rendered.pixels)
    row, column = np.unravel_index(result.heatmap.argmax(), result.heatmap.shape)
    rows, columns = np.nonzero(rendered.defect_mask)
    assert np.hypot(rows - row, columns - column).min() <= 12


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_every_sample_gets_its_verdict_and_is_marked_where_its_defect_is(inspector: Inspector, sample):
    rendered = sample.render()
    result = inspector.inspect(rendered.pixels)
    assert result.verdict is (Verdict.DEFECTIVE if sample.defects else Verdict.OK)
    if not sample.defects:
        assert result.heatmap.max() < 0.1, "the map of a sound part stays dark"
        assert result.regions == ()
        return
    first = result.regions[0]
    assert rendered.defect_mask[first.y : first.y + first.height, first.x : first.x + first.width].any()


def test_rendered_castings_are_judged_right_and_the_card_says_how_often(inspector: Inspector):
    rendered = [render_casting(seed=FIRST + number, defects="random") for number in range(40)]
    results = inspector.inspect_many([one.pixels for one in rendered])
    right = [(result.probability >= 0.5) == one.label.positive for result, one in zip(results, rendered, strict=True)]
    assert sum(right) >= 36  # 95 % of them or more, but for chance
    assert inspector.card.metrics.rendered.right.value >= 0.95
    assert inspector.card.metrics.rendered.peak_of_sound.median < 0.1
