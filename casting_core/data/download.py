"""Gets the public data set and checks that it is whole.

The pictures belong to others and are not part of this project: everybody fetches them
from Kaggle. A download is copied beside its destination, checked there against the table
of known pictures (`provenance.csv`), and only then renamed into place, so the destination
is always either untouched or complete.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from casting_core.data.images import decode
from casting_core.data.samples import FOLDERS, SPLITS, Sample, read_provenance
from casting_core.errors import DataError, ImageError
from casting_core.labels import Label

HANDLE = "ravirajsinh45/real-life-industrial-dataset-of-casting-product"
BY_HAND = (
    f"To do it by hand, download https://www.kaggle.com/datasets/{HANDLE} in a browser, unzip it, "
    "and set CASTING_DATA to the folder casting_data."
)

Report = Callable[[str], None]  # takes one line of text


def say_nothing(line: str) -> None:
    """Report to nobody."""


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What lies in a data folder, beside what should.

    `counts` and `expected` give pictures per (split, label). The lists hold POSIX paths relative to
    the data root, sorted: `missing` (known, not there), `altered` (readable, other bytes than known),
    `unknown` (there, not known), `unreadable` (cannot be decoded).
    """

    counts: dict[tuple[str, Label], int]
    expected: dict[tuple[str, Label], int]
    missing: list[str]
    altered: list[str]
    unknown: list[str]
    unreadable: list[str]

    @property
    def ok(self) -> bool:
        """True where the set is whole and nothing differs."""
        differs = self.missing or self.altered or self.unknown or self.unreadable
        return not differs and self.counts == self.expected

    def lines(self, *, names: int = 5) -> list[str]:
        """Return the report as text; at most `names` file names a kind of difference."""
        text = [
            f"{split}, {label.value}: {self.counts[split, label]:,} pictures ({self.expected[split, label]:,} expected)"
            for split, label in self.expected
        ]
        for kind in ("missing", "altered", "unknown", "unreadable"):
            paths = getattr(self, kind)
            if paths:
                rest = f" and {len(paths) - names:,} more" if len(paths) > names else ""
                text.append(f"{kind}: {len(paths):,} ({', '.join(paths[:names])}{rest})")
        text.append("The data set is whole." if self.ok else "The data set is not as it was published.")
        return text


def find_root(folder: Path) -> Path:
    """Return the folder that holds train/ and test/, at `folder` or at most two levels of casting_data/ below.

    Raises `DataError` where there is none.
    """
    for root in (folder, folder / "casting_data", folder / "casting_data" / "casting_data"):
        if all((root / split / name).is_dir() for split in SPLITS for name in FOLDERS.values()):
            return root
    raise DataError(
        f"Expected the folders train and test, each with {' and '.join(FOLDERS.values())}, in {folder}; "
        "they are not there. Get the data with `python -m casting_core data fetch`, or set CASTING_DATA "
        "to the folder that holds train and test."
    )


def check(root: Path, *, progress: Report = say_nothing, expected: Sequence[Sample] | None = None) -> CheckReport:
    """Read every picture below `root` and compare it with what is known of it.

    `expected`: the known pictures with their hashes, those of the shipped table when None. Raises `DataError` where
    `root` is no data folder.
    """
    root = find_root(root)
    expected = read_provenance() if expected is None else expected
    known = {sample.path: sample.sha256 for sample in expected}
    found = {
        f"{split}/{folder}/{file.name}": (split, label)
        for split in SPLITS
        for label, folder in FOLDERS.items()
        for file in _files(root / split / folder)
    }
    altered, unreadable = [], []
    for number, path in enumerate(found, start=1):
        try:
            digest = decode(root / path).sha256
            if known.get(path, digest) != digest:
                altered.append(path)
        except ImageError:
            unreadable.append(path)
        if number % 1000 == 0 or number == len(found):
            progress(f"Checked {number:,} of {len(found):,} pictures.")
    counts, wanted = Counter(found.values()), Counter((sample.split, sample.label) for sample in expected)
    kinds = [(split, label) for split in SPLITS for label in FOLDERS]
    return CheckReport(
        counts={kind: counts[kind] for kind in kinds},
        expected={kind: wanted[kind] for kind in kinds},
        missing=sorted(known.keys() - found.keys()),
        altered=sorted(altered),
        unknown=sorted(found.keys() - known.keys()),
        unreadable=sorted(unreadable),
    )


def fetch(
    destination: Path,
    *,
    progress: Report = say_nothing,
    download: Callable[[str], str] | None = None,
    expected: Sequence[Sample] | None = None,
) -> Path:
    """Download the data set into `destination` and return the folder that holds train/ and test/.

    `download` takes the handle of the data set and returns the folder of the unpacked download
    (default: `kagglehub.dataset_download`). A destination that already holds the whole set is
    returned as it is, without a download; any other that is not empty is left alone.
    `expected` as in `check`. Raises `DataError`, and then leaves nothing behind.
    """
    destination = destination.expanduser().absolute()
    if destination.exists() and (not destination.is_dir() or _entries(destination)):
        return _existing(destination, progress, expected)
    progress(f"Downloading {HANDLE} from Kaggle.")
    try:
        folder = Path((download or _kagglehub)(HANDLE))
    except DataError:
        raise
    except Exception as error:  # kagglehub passes on whatever its network libraries raise
        raise DataError(f"The download from Kaggle failed ({error}). Try again later. {BY_HAND}") from error
    root = find_root(folder)
    staging = destination.with_name(f".{destination.name}.{uuid4().hex[:8]}")
    try:
        progress(f"Copying to {destination}.")
        _copy(root, staging)
        report = check(staging, progress=progress, expected=expected)
        if not report.ok:
            raise DataError(
                "\n".join(["The download is not the data set that was expected:", *report.lines()])
                + f"\nIt lies in {root}; set CASTING_DATA to this folder to use it as it is."
            )
        if destination.exists():  # an empty folder, which not every system renames over
            destination.rmdir()
        staging.rename(destination)
    except OSError as error:
        raise DataError(
            f"The pictures cannot be written to {destination} ({error}). Free some space or choose "
            f"another folder; the download stays in {root}."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return destination


def _existing(destination: Path, say: Report, expected: Sequence[Sample] | None) -> Path:
    try:
        root = find_root(destination)
    except DataError as error:
        raise DataError(
            f"{destination} already exists and holds something else. Choose another folder, or move it away."
        ) from error
    say(f"{root} already holds the data; checking it.")
    report = check(root, progress=say, expected=expected)
    if not report.ok:
        raise DataError(
            "\n".join([f"{root} holds another state of the data set:", *report.lines()])
            + "\nMove it away and fetch again."
        )
    return root


def _kagglehub(handle: str) -> str:
    try:
        import kagglehub
    except ImportError as error:
        raise DataError(
            f"The package kagglehub is missing. Run `pip install kagglehub` and try again. {BY_HAND}"
        ) from error
    return kagglehub.dataset_download(handle)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be read ({error}). Check its permissions.") from error


def _files(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_file() and not path.name.startswith(".")]


def _copy(root: Path, target: Path) -> None:
    """Copy the pictures below `root`, and nothing else, after a look at the free space."""
    target.parent.mkdir(parents=True, exist_ok=True)
    files = [file for split in SPLITS for name in FOLDERS.values() for file in _files(root / split / name)]
    needed, free = sum(file.stat().st_size for file in files), shutil.disk_usage(target.parent).free
    if needed > free:
        raise OSError(f"{needed / 2**20:,.0f} MiB are needed, {free / 2**20:,.0f} MiB are free")
    for file in files:
        copy = target / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
