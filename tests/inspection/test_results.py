"""An inspection as JSON: strict, without the map, in the words of the command line."""

import json
import math

import numpy as np

from casting_core.explanation.regions import Region
from casting_core.labels import Verdict
from tests.factories import inspection

REGION = Region(x=1, y=2, width=3, height=4, area=10, score=0.75, clock=3.0, radius=0.5)
CHECKED = inspection(heatmap=np.zeros((2, 2), np.float32), regions=(REGION,), seconds={"total": 0.0123456789})


def test_all_but_the_map_is_there_in_plain_values() -> None:
    values = json.loads(json.dumps(CHECKED.to_json(), allow_nan=False))
    assert (values["verdict"], values["regions"]) == ("review", [REGION.to_json()])
    assert values["seconds"] == {"total": 0.012346}
    assert "heatmap" not in values


def test_an_unusable_image_has_nulls_and_times_that_were_not_taken_are_left_out() -> None:
    none = dict.fromkeys(("probability", "heatmap", "sha256", "width", "height"))
    nothing = inspection(verdict=Verdict.UNUSABLE, **none, seconds={"total": math.nan})
    values = json.loads(json.dumps(nothing.to_json(), allow_nan=False))
    assert values["probability"] is values["sha256"] is values["width"] is None
    assert values["seconds"] == {}
