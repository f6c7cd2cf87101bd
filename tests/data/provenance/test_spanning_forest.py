"""The forest of the strongest links: at any threshold it holds together what all links together do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from casting_core.data.provenance.spanning_forest import Forest, spanning_forest


def forest_of(count: int, *links: tuple[int, int, float], source: list[int] | None = None) -> Forest:
    pairs = np.array([(i, j) for i, j, _ in links], np.int64).reshape(-1, 2).T
    alike = np.array([value for *_, value in links], np.float32)
    return spanning_forest(pairs, alike, np.array([0] * count if source is None else source))


TRIANGLE = ((0, 1, 0.96), (1, 2, 0.99), (0, 2, 0.97), (3, 4, 0.98))


def test_the_weakest_link_of_a_circle_is_left_out() -> None:
    forest = forest_of(5, *TRIANGLE)
    pairs = map(tuple, forest.links.T.tolist())
    assert dict(zip(pairs, forest.likeness.round(2).tolist(), strict=True)) == {
        pair: np.float32(value) for pair, value in (((1, 2), 0.99), ((0, 2), 0.97), ((3, 4), 0.98))
    }
    assert (forest.links[0] < forest.links[1]).all()


def test_photographs_by_hand() -> None:
    forest = forest_of(6, *TRIANGLE)
    assert forest.photographs(0.95).tolist() == [0, 0, 0, 1, 1, 2]
    assert forest.photographs(0.97).tolist() == [0, 0, 0, 1, 1, 2]  # a link of the threshold itself holds
    assert forest.photographs(0.975).tolist() == [0, 1, 1, 2, 2, 3]
    assert forest.photographs(0.985).tolist() == [0, 1, 1, 2, 3, 4]
    assert forest.photographs(0.995).tolist() == [0, 1, 2, 3, 4, 5]


def test_numbers_go_by_first_appearance() -> None:
    forest = forest_of(6, (1, 5, 0.99), (0, 3, 0.96))
    assert forest.photographs(0.95).tolist() == [0, 1, 2, 0, 3, 1]
    assert forest.photographs(0.97).tolist() == [0, 1, 2, 3, 4, 1]


def test_links_between_photographs_are_left_out() -> None:
    forest = forest_of(4, (0, 1, 1.0), (1, 2, 0.99), (2, 3, 0.98), source=[0, 0, 5, 5])
    assert forest.photographs(0.95).tolist() == [0, 0, 1, 1]
    assert forest.photographs(1.0).tolist() == [0, 0, 1, 2]  # a likeness of 1 is a link, not the lack of one


def test_without_links_every_picture_is_a_photograph() -> None:
    assert forest_of(3).photographs(-1).tolist() == [0, 1, 2]
    assert forest_of(0).photographs(0.95).tolist() == []


@st.composite
def likenesses(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, float]], list[int]]:
    count = draw(st.integers(1, 9))
    every = [(i, j) for j in range(count) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    # few values, so that many links are equally strong
    values = draw(st.lists(st.integers(950, 1000), min_size=len(chosen), max_size=len(chosen)))
    source = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    links = [(i, j, float(np.float32(value / 1000))) for (i, j), value in zip(chosen, values, strict=True)]
    return count, sorted(links, key=lambda link: -link[2]), source


def reached(count: int, links: list[tuple[int, int, float]], threshold: float) -> np.ndarray:
    """Which pictures a walk over the links reaches from which, bool (N, N)."""
    table = np.eye(count, dtype=bool)
    for i, j, value in links:
        table[i, j] |= value >= np.float32(threshold)
        table[j, i] |= table[i, j]
    for _ in range(count):  # as many steps as there could be
        table = table @ table
    return table


@given(likenesses())
def test_it_holds_together_what_all_links_do(drawn: tuple[int, list[tuple[int, int, float]], list[int]]) -> None:
    count, links, source = drawn
    forest = forest_of(count, *links, source=source)
    assert forest.links.shape[1] <= max(count - 1, 0)
    within = [link for link in links if source[link[0]] == source[link[1]]]
    for threshold in sorted({value for *_, value in links} | {0.95, 0.9855, 1.0}):
        held = forest.photographs(threshold)
        assert ((held[:, None] == held) == reached(count, within, threshold)).all()
        assert list(dict.fromkeys(held.tolist())) == list(range(held.max() + 1))
