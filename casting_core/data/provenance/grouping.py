"""Which images come from one source photograph, and how much of the test split that gives away.

1. Every picture's ring is reduced to a signature that ignores rotation, mirroring and stretch
   (`data.provenance.signature`), and all pairs are compared.
2. Pairs are taken from the most alike downwards. One that would join two groups is looked at
   again, by its aligned fine detail, and joins them only if that agrees; so one chance likeness
   cannot chain two photographs together.
3. Source photographs are numbered by the first path that shows them and dealt into five folds.

Measured on the public set (`python -m casting_core data audit` repeats it): without undoing the
stretch, the same photographs fall apart into about twice as many groups.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from casting_core.data.files import write_records
from casting_core.data.images import decode
from casting_core.data.provenance.near_duplicates import Groups
from casting_core.data.provenance.signature import coarse_similarity, detail_similarity, strips
from casting_core.data.samples import (
    PROVENANCE,
    Progress,
    Sample,
    assign_folds,
    by_first_appearance,
    part_of,
    scan,
    unreported,
)
from casting_core.errors import DataError
from casting_core.labels import Label

CANDIDATE = 0.95  # least coarse similarity of a pair that is looked at
LINK = 0.55  # least detail similarity of a pair that is one photograph
TRIES = 3  # pairs looked at before two groups are held to be different
HISTOGRAM_FROM = 0.8  # the report's histogram of coarse similarity starts here

# Filed as defective, but no defect is to be seen on any of the eight pictures of this photograph, only
# faint marks; looked at by eye. Two of the eight are in the test split, six in train.
DOUBTED = ("test/def_front/cast_def_0_150.jpeg",)


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """All pairs of N pictures, compared by their coarse ring.

    `nearest` int (N,): every picture's most alike other, and `similarity` float32 (N,) to it, -1 where there is no
    other. `histogram`: counts of pairs over 40 equal bins of similarity from 0.8 to 1. `pairs` int (2, P), i < j, and
    `alike` float32 (P,): the pairs at 0.95 or more, most alike first.
    """

    nearest: np.ndarray
    similarity: np.ndarray
    histogram: np.ndarray
    pairs: np.ndarray
    alike: np.ndarray


def compare(coarse: np.ndarray, progress: Progress = unreported) -> Likeness:
    """Compare all pairs of N pictures.

    Parameters
    ----------
    coarse : float32 (N, 24, 256), from `data.provenance.signature`.
    progress : told of the rows that are done, of N.
    """
    count = len(coarse)
    nearest, best = np.full(count, -1), np.full(count, -1.0, np.float32)
    histogram = np.zeros(40, np.int64)
    found: list[np.ndarray] = []  # (3, pairs): row, column, similarity

    def take(mine: slice, others: slice, similarity: np.ndarray) -> None:
        column = similarity.argmax(1)
        value = similarity[np.arange(len(column)), column]
        better = value > best[mine]
        nearest[mine] = np.where(better, column + others.start, nearest[mine])
        best[mine] = np.where(better, value, best[mine])

    for rows, columns, similarity in coarse_similarity(coarse):
        take(rows, columns, similarity)
        take(columns, rows, similarity.T)
        histogram += np.histogram(similarity, bins=40, range=(HISTOGRAM_FROM, 1.0))[0]
        row, column = np.nonzero(similarity >= CANDIDATE)
        found.append(np.stack([row + rows.start, column + columns.start, similarity[row, column]]))
        progress(rows.start, count)
    progress(count, count)
    pairs = np.concatenate(found, axis=1) if found else np.zeros((3, 0))
    pairs = pairs[:, np.argsort(-pairs[2], kind="stable")]
    return Likeness(
        nearest=nearest,
        similarity=best,
        histogram=histogram,
        pairs=pairs[:2].astype(np.int64),
        alike=pairs[2].astype(np.float32),
    )


def group(detail: np.ndarray, likeness: Likeness, progress: Progress = unreported) -> Groups:
    """Group pictures by source photograph.

    Parameters
    ----------
    detail : float16 or float32 (N, 64, 512), from `data.provenance.signature`.
    likeness : of the same N pictures.
    progress : told of the pairs that are looked at.
    """
    # Kruskal's forest over pairs, most alike first; every new link is confirmed by detail
    joined: DisjointSet = DisjointSet(range(len(detail)))
    tries: Counter[tuple[int, int]] = Counter()
    accepted, refused = [], []
    pairs = likeness.pairs.T.tolist()
    total = max(len(pairs), 1)
    progress(0, total)
    for done, (left, right) in enumerate(pairs):
        one, other = sorted((joined[left], joined[right]))
        if one == other or tries[one, other] >= TRIES:
            continue
        progress(done, total)
        similarity = detail_similarity(detail[left].astype(np.float32), detail[right].astype(np.float32))
        if similarity < LINK:
            tries[one, other] += 1
            refused.append(similarity)
        else:
            joined.merge(one, other)
            accepted.append(similarity)
    progress(total, total)
    return Groups(
        source=by_first_appearance(np.array([joined[index] for index in range(len(detail))], np.int64)),
        accepted=np.array(accepted, np.float32),
        refused=np.array(refused, np.float32),
    )


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What `data audit` found: the samples with their provenance, and the groups behind it."""

    samples: tuple[Sample, ...]
    groups: Groups
    likeness: Likeness
    lost: tuple[str, ...]  # pictures on which no part was found; each is a source of its own

    def lines(self) -> list[str]:
        """Return the leakage report, one line of text each."""
        samples, groups, likeness = self.samples, self.groups, self.likeness
        size = Counter(s.source for s in samples)
        by_label = _labels(samples)
        defective = sum(c[Label.DEFECTIVE] * 2 >= sum(c.values()) for c in by_label.values())
        leaked = leakage(samples)
        mixed = {source: c for source, c in by_label.items() if len(c) > 1}
        largest = [count for _, count in size.most_common(6)]
        width = (1 - HISTOGRAM_FROM) / len(likeness.histogram)
        return [
            f"Pictures: {len(samples)}. Source photographs: {len(size)} "
            f"({defective} defective, {len(size) - defective} ok).",
            f"Largest groups: {', '.join(map(str, largest))} pictures.",
            f"Test pictures with a rotated, mirrored or stretched copy in train: {leaked.copied} of "
            f"{leaked.tested} ({leaked.share:.1%}).",
            f"Test pictures byte-identical to a train picture: {leaked.identical} ({leaked.identical_ok} of them ok).",
            "Nearest other picture at a coarse similarity of 0.98 or more: "
            f"{(likeness.similarity >= 0.98).mean():.2%}.",
            "Pairs by coarse similarity: "
            + ", ".join(f"{HISTOGRAM_FROM + i * width:.3f}: {n}" for i, n in enumerate(likeness.histogram)),
            f"Detail similarity of links accepted: {_quantiles(groups.accepted)}; "
            f"refused: {_quantiles(groups.refused)}.",
            f"Source photographs filed under both labels: {len(mixed)}"
            + "".join(f"; number {k}: {c[Label.DEFECTIVE]} defective, {c[Label.OK]} ok" for k, c in mixed.items()),
            f"Pictures without a part: {len(self.lost)}.",
            f"Suspects (label doubted): {sum(s.suspect for s in samples)}.",
            "Folds (pictures; photographs): "
            + "; ".join(
                f"{k}: {sum(s.fold == k for s in samples)}; {len({s.source for s in samples if s.fold == k})}"
                for k in sorted({s.fold for s in samples})
            ),
        ]


def audit(root: Path, progress: Progress = unreported) -> Audit:
    """Decode the whole set at `root`, group it by source photograph and deal out the folds.

    Raises `DataError` where the layout is another, `ImageError` where a picture cannot be read.
    """
    samples = scan(root)
    coarse = np.zeros((len(samples), 24, 256), np.float32)
    detail = np.zeros((len(samples), 64, 512), np.float16)
    hashes, lost = [], []
    for index, sample in enumerate(samples):
        picture = decode(root / sample.path)
        hashes.append(picture.sha256)
        rings = strips(picture.pixels)
        if rings is None:
            lost.append(sample.path)
        else:
            coarse[index], detail[index] = rings
        progress(index, 3 * len(samples))
    likeness = compare(coarse, part_of(progress, 1, 3, len(samples)))
    groups = group(detail, likeness, part_of(progress, 2, 3, len(samples)))
    folds = assign_folds([(int(s), sample.label) for s, sample in zip(groups.source, samples, strict=True)])
    complete = [
        replace(sample, sha256=sha, source=int(source), fold=folds[int(source)])
        for sample, sha, source in zip(samples, hashes, groups.source, strict=True)
    ]
    return Audit(samples=tuple(mark_suspects(complete)), groups=groups, likeness=likeness, lost=tuple(lost))


def mark_suspects(samples: Sequence[Sample]) -> list[Sample]:
    """Mark the pictures whose label is doubted, by what their source photograph says of them.

    In a photograph filed under both labels the pictures of the rarer one are suspects; of a
    photograph in `DOUBTED` all are.
    """
    doubted = {s.source for s in samples if s.path in DOUBTED}
    rare = {s: min(c, key=lambda label: c[label]) for s, c in _labels(samples).items() if len(c) > 1}
    return [replace(s, suspect=s.source in doubted or rare.get(s.source) is s.label) for s in samples]


def _labels(samples: Sequence[Sample]) -> dict[int, Counter[Label]]:
    """Count the pictures of each label by source photograph."""
    labels: dict[int, Counter[Label]] = defaultdict(Counter)
    for sample in samples:
        labels[sample.source][sample.label] += 1
    return labels


def write_provenance(samples: Sequence[Sample], file: Path = PROVENANCE) -> None:
    """Write the table of facts, atomically."""
    write_records(file, Sample, samples)


def fingerprint(samples: Sequence[Sample]) -> str:
    """SHA-256 over paths, hashes and labels, sorted: the same for the same data, whatever its place."""
    if any(not s.sha256 for s in samples):
        raise DataError("Samples without a hash have no fingerprint; read them with their provenance.")
    lines = sorted(f"{s.path} {s.sha256} {s.label}" for s in samples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """How much of a test split is known from the training split, in pictures."""

    tested: int
    copied: int  # of a photograph that is in train too
    identical: int  # byte by byte to a training picture
    identical_ok: int  # the sound ones of these

    @property
    def share(self) -> float:
        """Of the test pictures, those with a copy in train; 0 where there is no test picture."""
        return self.copied / max(self.tested, 1)


def leakage(samples: Sequence[Sample]) -> Leakage:
    """Count the test pictures whose photograph, or whose very file, is in train; samples need source and hash."""
    train_sources = {s.source for s in samples if s.split == "train"}
    train_hashes = {s.sha256 for s in samples if s.split == "train"}
    test = [s for s in samples if s.split == "test"]
    identical = [s for s in test if s.sha256 in train_hashes]
    return Leakage(
        tested=len(test),
        copied=sum(s.source in train_sources for s in test),
        identical=len(identical),
        identical_ok=sum(s.label is Label.OK for s in identical),
    )


def _quantiles(values: np.ndarray) -> str:
    if not len(values):
        return "none"
    low, middle, high = np.quantile(values, [0, 0.5, 1])
    return f"{low:.2f} to {high:.2f}, median {middle:.2f} (n = {len(values)})"
