"""A STAC API on loopback: stac-fastapi, the framework of public ones, over items in memory, and the files."""

from __future__ import annotations

import datetime as dt
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attr
import rasterio
import uvicorn
from fastapi import Request, Response
from pystac.utils import str_to_datetime
from rasterio.warp import transform_bounds
from stac_fastapi.api.app import StacApi
from stac_fastapi.api.models import create_get_request_model, create_post_request_model
from stac_fastapi.extensions.pagination import TokenPaginationExtension
from stac_fastapi.types.config import ApiSettings
from stac_fastapi.types.core import BaseCoreClient
from stac_fastapi.types.errors import NotFoundError
from stac_fastapi.types.rfc3339 import str_to_interval
from starlette.staticfiles import StaticFiles

PAGE = 3  # items a page at most, so that every search has several pages


@attr.s
class InMemory(BaseCoreClient):
    """Collections and items of dictionaries."""

    items: list[dict[str, Any]] = attr.ib(factory=list)
    collections: dict[str, dict[str, Any]] = attr.ib(factory=dict)

    def all_collections(self, **kwargs):
        return {"collections": list(self.collections.values()), "links": []}

    def get_collection(self, collection_id, **kwargs):
        if collection_id not in self.collections:
            raise NotFoundError(f"no collection {collection_id}")
        return self.collections[collection_id]

    def get_item(self, item_id, collection_id, **kwargs):
        return next(item for item in self.items if item["id"] == item_id)

    def item_collection(self, collection_id, bbox=None, datetime=None, limit=10, token=None, **kwargs):
        return self._page([collection_id], bbox, str_to_interval(datetime), token, kwargs["request"])

    def get_search(self, collections=None, bbox=None, datetime=None, token=None, **kwargs):
        return self._page(collections, bbox, str_to_interval(datetime), token, kwargs["request"])

    def post_search(self, search_request, **kwargs):
        asked = search_request
        window = asked.start_date, asked.end_date
        return self._page(asked.collections, asked.bbox, window, asked.token, kwargs["request"])

    def _page(self, collections, bbox, window, token, request):
        found = [item for item in self.items if self._matches(item, collections, bbox, window)]
        first = int(token or 0)
        links = []
        if first + PAGE < len(found):
            link = {"rel": "next", "type": "application/geo+json", "href": f"{request.base_url}search"}
            links = [{**link, "method": "POST", "body": {"token": str(first + PAGE)}, "merge": True}]
        return {"type": "FeatureCollection", "features": found[first : first + PAGE], "links": links}

    @staticmethod
    def _matches(item, collections, bbox, window):
        west, south, east, north = item["bbox"]
        start, end = window
        return (
            item["collection"] in (collections or [item["collection"]])
            and (
                bbox is None
                or (west <= bbox[2] and bbox[0] <= east and south <= bbox[3] and bbox[1] <= north)
            )
            and start <= str_to_datetime(item["properties"]["datetime"]) <= end
        )


@attr.s(auto_attribs=True)
class Server:
    """Where the API is, and what it holds."""

    url: str
    folder: Path
    client: InMemory
    read: list[str] = attr.ib(factory=list)

    def add(self, name: str, day: str, collection: str, files: dict[str, str], **more: Any) -> None:
        """An item over files of the folder, by asset; ``assets`` holds more about each of them."""
        with rasterio.open(self.folder / next(iter(files.values()))) as image:
            box = list(transform_bounds(image.crs, "EPSG:4326", *image.bounds))
        about = more.pop("assets", {})
        west, south, east, north = box
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        self.client.items.append(
            {
                "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": collection, "links": [],
                "stac_extensions": [], "bbox": box, "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"datetime": f"{day}T10:00:00Z", **more},
                "assets": {
                    key: {"href": f"{self.url}/files/{path}", **about.get(key, {})}
                    for key, path in files.items()
                },
            }
        )  # fmt: skip


def _collection(name: str) -> dict[str, Any]:
    interval = [["2015-01-01T00:00:00Z", None]]
    extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": interval}}
    about = {"description": "made by a test", "license": "other", "links": [], "stac_extensions": []}
    return {"type": "Collection", "stac_version": "1.0.0", "id": name, "extent": extent, **about}


@contextmanager
def serving(folder: Path, *collections: str) -> Iterator[Server]:
    """A running server of the files in a folder and of items that are added to it."""
    client = InMemory(collections={name: _collection(name) for name in collections})
    extensions = [TokenPaginationExtension()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = StacApi(
            settings=ApiSettings(enable_response_models=False),
            client=client,
            extensions=extensions,
            search_get_request_model=create_get_request_model(extensions),
            search_post_request_model=create_post_request_model(extensions),
        )
    server = Server("", folder, client)

    @api.app.middleware("http")
    async def note(request: Request, following: Any) -> Response:
        path = request.url.path
        server.read.append(f"{path}?{request.url.query}")
        if path.startswith("/files/private") and request.query_params.get("sig") != "valid":
            return Response(status_code=403)
        return await following(request)

    @api.app.get("/token/{collection}")
    def token(collection: str) -> dict[str, str]:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        return {"token": "sig=valid", "msft:expiry": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    api.app.mount("/files", StaticFiles(directory=folder), name="files")
    runner = uvicorn.Server(uvicorn.Config(api.app, port=0, log_level="error"))
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        time.sleep(0.01)
    server.url = f"http://127.0.0.1:{runner.servers[0].sockets[0].getsockname()[1]}"
    yield server
    runner.should_exit = True
    thread.join()
