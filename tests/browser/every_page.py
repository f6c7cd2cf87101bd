"""Every page and view of the app as a link, on rendered castings: what is photographed and checked."""

import urllib.parse

INSPECTION = {"source": "Sample", "sample": "Burr"}
VIEWS = {  # page → its views
    "dataset": ("At a glance", "Gallery", "Map", "Is the test fair?", "Suspects", "Shortcuts"),
    "comparison": ("Table", "Curves", "Behaviour", "Threshold"),
    "evidence": (
        "Parts never seen",
        "Smallest defect seen",
        "What shakes it",
        "Does the map point at it?",
        "What it is worth",
    ),
}


def links(data: str = "Rendered castings") -> dict[str, str]:
    """Path and query by a short name; `data`: the set that the dataset explorer shows."""
    found = {"overview": "/", "inspection": "/inspection", "inspection-burr": f"/inspection?{_query(INSPECTION)}"}
    for page, views in VIEWS.items():
        for view in views:
            query = {"view": view} | ({"data": data} if page == "dataset" else {})
            short = "".join(letter if letter.isalnum() else "-" for letter in view.lower()).strip("-")
            found[f"{page}-{short}"] = f"/{page}?{_query(query)}"
    return found


def _query(values: dict[str, str]) -> str:
    return urllib.parse.urlencode(values)
