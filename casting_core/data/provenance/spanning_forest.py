"""Photographs at any threshold of likeness, from a forest of the strongest links.

Which pictures hang together at a threshold depends only on the maximum spanning forest of their likeness (single
linkage: J. C. Gower and G. J. S. Ross, "Minimum Spanning Trees and Single Linkage Cluster Analysis", Applied
Statistics 18(1), 1969). So of N pictures at most N - 1 links are kept, and photographs are found anew in a moment.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from casting_core.data.samples import by_first_appearance


@dataclass(frozen=True, kw_only=True, eq=False)
class Forest:
    """Links between N pictures: `links` int32 (2, L), i < j, and their `likeness` float32 (L,) in [-1, 1]."""

    count: int
    links: np.ndarray
    likeness: np.ndarray

    def photographs(self, threshold: float) -> np.ndarray:
        """Return the group of every picture where links from `threshold` on hold, int (N,), by first appearance."""
        held = self.likeness >= threshold
        ones = np.ones(int(held.sum()), np.int8)
        graph = coo_array((ones, self.links[:, held]), shape=(self.count, self.count))
        _, group = connected_components(graph, directed=False)
        return by_first_appearance(group)


def spanning_forest(pairs: np.ndarray, alike: np.ndarray, source: np.ndarray) -> Forest:
    """Return the strongest links within photographs.

    Parameters
    ----------
    pairs, alike : int (2, P), i < j, and float (P,) in [-1, 1], as `data.provenance.compare` gives them.
    source : int (N,), the photograph of every picture; pairs between photographs, which their fine detail told
        apart, are left out.
    """
    within = source[pairs[0]] == source[pairs[1]]
    pairs, alike = pairs[:, within], alike[within].astype(np.float64)
    # a weight must not be 0, which would be no link at all
    graph = coo_array((2.0 - alike, pairs), shape=(len(source), len(source)))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    links = np.sort(np.stack([tree.row, tree.col]).astype(np.int32), axis=0)
    return Forest(count=len(source), links=links, likeness=(2.0 - tree.data).astype(np.float32))
