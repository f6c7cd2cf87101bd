"""The class activation maps that can be chosen: what each shows, and where it was published."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to make a map.

    Attributes
    ----------
    title : its name in the literature.
    sentence : what the map shows.
    source : where it was published.
    implementation : its class in the package.
    slow : whether it runs the network many times for one image.
    """

    title: str
    sentence: str
    source: str
    implementation: str
    slow: bool = False


METHODS = {
    "gradcam": Method(
        title="Grad-CAM",
        sentence="Where the features lie that raise the probability of a defect, weighted by how much they do so "
        "on average over the picture.",
        source="R. R. Selvaraju et al., ICCV 2017, https://arxiv.org/abs/1610.02391",
        implementation="GradCAM",
    ),
    "gradcam++": Method(
        title="Grad-CAM++",
        sentence="As Grad-CAM, but places that push hardest count more, so that several small defects show together.",
        source="A. Chattopadhyay et al., WACV 2018, https://arxiv.org/abs/1710.11063",
        implementation="GradCAMPlusPlus",
    ),
    "hirescam": Method(
        title="HiResCAM",
        sentence="Feature times pull, place by place and without averaging: it marks only what the verdict was "
        "computed from.",
        source="R. L. Draelos and L. Carin, 2020, https://arxiv.org/abs/2011.08891",
        implementation="HiResCAM",
    ),
    "layercam": Method(
        title="LayerCAM",
        sentence="Feature times pull, place by place, of what pulls towards a defect; what pulls away is left out.",
        source="P.-T. Jiang et al., IEEE TIP 2021, https://doi.org/10.1109/TIP.2021.3089943",
        implementation="LayerCAM",
    ),
    "eigencam": Method(
        title="EigenCAM",
        sentence="The strongest pattern in the features, whatever the verdict: what catches the network's eye, "
        "defect or not.",
        source="M. B. Muhammad and M. Yeasin, IJCNN 2020, https://arxiv.org/abs/2008.00299",
        implementation="EigenCAM",
    ),
    "scorecam": Method(
        title="Score-CAM",
        sentence="The part is judged again and again with all but one feature's places darkened: no gradients, "
        "but it takes seconds.",
        source="H. Wang et al., CVPR Workshops 2020, https://arxiv.org/abs/1910.01279",
        implementation="ScoreCAM",
        slow=True,
    ),
}
DEFAULT_METHOD = "gradcam"
