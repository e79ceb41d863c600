"""Answers the page's question which cells of a notebook a course has given."""

import json

from jupyter_server.base.handlers import APIHandler
from tornado import web

from grader.jupyter_ext.given import GivenCells

MOST = 2_000  # cells of a notebook that are asked about


class GivenHandler(APIHandler):
    """POST `{"sources": [text, …]}`, and read `{"given": [one of `GivenCells.kind`, …]}`."""

    def initialize(self, given: GivenCells) -> None:
        """Answer from these cells."""
        self.given = given

    @web.authenticated
    async def post(self) -> None:
        """Say of each cell's text what the course has given it as."""
        asked = self.get_json_body()
        sources = asked.get("sources") if isinstance(asked, dict) else None
        if not isinstance(sources, list) or not all(isinstance(one, str) for one in sources):
            raise web.HTTPError(400, "sources is no list of texts")
        kinds = self.given.kinds()
        found = [kinds.get(self.given.digest(one), "") for one in sources[:MOST]]
        self.finish(json.dumps({"given": found}))
