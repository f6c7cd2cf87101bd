"""Sentences about a data set: what is odd about it, and what follows from that."""

from collections import Counter
from collections.abc import Mapping, Sequence

from casting_core.data.collection.reading import ReadImages, common_sizes, count_coloured
from casting_core.data.samples import Sample
from casting_core.labels import Label

FEW = 30  # photographs of a label under which little can be said of new parts
IMBALANCE = 5  # times as many pictures of one label as of the other
NAMED = 5  # unreadable files that are named one by one


def on_pictures(gathered: ReadImages, classes: Mapping[str, Label]) -> list[str]:
    """Tell what could not be read, sizes that differ (and give the label away), and colour."""
    notes = [f"Left out, because it cannot be read: {path}. {why}" for path, why in gathered.unreadable[:NAMED]]
    if len(gathered.unreadable) > NAMED:
        notes.append(f"Left out {len(gathered.unreadable) - NAMED} more files that cannot be read.")
    sizes = common_sizes(gathered.sizes)
    if len(sizes) > 1:
        named = ", ".join(f"{width} × {height} ({count})" for (width, height), count in sizes[:3])
        notes.append(
            f"The pictures are of {len(sizes)} sizes: {named}{' and others' if len(sizes) > 3 else ''}. Each is scaled "
            "to the network's input."
        )
        by_label = [
            {size for file, size in zip(gathered.files, gathered.sizes, strict=True) if classes[file.name] is label}
            for label in Label
        ]
        if not by_label[0] & by_label[1]:
            notes.append(
                "Sound and defective pictures differ in size, so a network can tell them apart without a look at the "
                "part. Take both with the same camera, or cut them to one size."
            )
    coloured, looked_at = count_coloured(gathered.root, gathered.files)
    if coloured:
        notes.append(f"Colour is turned to grey ({coloured} of {looked_at} pictures that were looked at show some).")
    return notes


def on_groups(samples: Sequence[Sample], *, by_part: bool) -> list[str]:
    """How pictures were grouped, and a group that is suspiciously large."""
    how = (
        "The part was found, so photographs were told apart by the ring around its opening, at any angle"
        if by_part
        else "The part is not one that the part finder knows, so pictures were compared as they are, "
        "turned by quarters and mirrored"
    )
    sizes = Counter(sample.source for sample in samples)
    largest, copies = sizes.most_common(1)[0]
    notes = [f"{how}: {len(samples)} pictures show {len(sizes)} photographs."]
    if len(sizes) > 1 and copies > max(2, len(samples) // 2):
        first = next(s.path for s in samples if s.source == largest)
        notes.append(
            f"{copies} pictures, {first} first, count as copies of one photograph. If they show different parts, they "
            "are too much alike to be told apart, and what is said of new parts rests on little."
        )
    return notes


def on_numbers(samples: Sequence[Sample]) -> list[str]:
    """Labels that are out of balance, and those of which there are few photographs."""
    notes = []
    counts = Counter(s.label for s in samples)
    (more, most), (less, least) = counts.most_common(2)
    if most >= IMBALANCE * least:
        notes.append(
            f"The classes are out of balance: {most} {more} and {least} {less} pictures, 1 to {most / least:.1f}. "
            f"Add {less} pictures if you can; accuracy alone says little here."
        )
    for label in Label:
        parts = len({s.source for s in samples if s.label is label})
        if parts < FEW:
            notes.append(
                f"There {'is' if parts == 1 else 'are'} only {parts} {label} photograph{'' if parts == 1 else 's'}: "
                f"even without an error on them, up to {1 - 0.025 ** (1 / parts):.0%} of new {label} parts may be "
                "judged wrongly."
            )
    return notes
