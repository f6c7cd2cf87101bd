"""What axe-core finds on a page (https://github.com/dequelabs/axe-core).

It comes from npm; `make browser` puts it into .venv/axe, `AXE` says where else its axe.min.js lies.
"""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT

AXE = Path(os.environ.get("AXE", ROOT / ".venv/axe/node_modules/axe-core/axe.min.js"))
# Faults inside of widgets that come with Streamlit, which an app cannot mend
FOREIGN = "[data-testid=stDataFrame], [data-testid=stPlotlyChart], [data-testid=stFileUploader], [data-baseweb]"
RUN = """async (foreign) => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations
        .filter(({impact}) => impact === 'serious' || impact === 'critical')
        .map(({id, help, nodes}) => ({
            id, help,
            nodes: nodes
                .filter(({target}) => {
                    const node = document.querySelector([target[0]].flat()[0]);
                    return !node || !node.closest(foreign);
                })
                .map(({html, failureSummary}) => html.slice(0, 300) + ' ' + failureSummary),
        }))
        .filter(({nodes}) => nodes.length);
}"""


def serious(page) -> list[dict]:
    """Serious and critical faults of the page as it stands; skips where axe-core is not installed."""
    if not AXE.is_file():
        pytest.skip("needs axe-core: make browser installs it where there is npm")
    page.add_script_tag(path=str(AXE))
    return page.evaluate(RUN, FOREIGN)
