"""Drives the simulator with PyPI's airbyte-cdk, unchanged, and a declarative manifest: offset paging as far as it goes."""
import base64
import logging
import os

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, Type
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

url = os.environ["AKENEO_BASE_URL"]
client_id = os.environ["AKENEO_CLIENT_ID"]
secret = os.environ["AKENEO_SECRET"]
basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()

AUTHENTICATOR = {
    "type": "OAuthAuthenticator",
    "token_refresh_endpoint": f"{url}/api/oauth/v1/token",
    "client_id": client_id,
    "client_secret": secret,
    "grant_type": "password",
    "refresh_request_headers": {"Authorization": f"Basic {basic}"},
    "refresh_request_body": {
        "username": os.environ["AKENEO_USERNAME"],
        "password": os.environ["AKENEO_PASSWORD"],
    },
}


def stream(name, path, key):
    return {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": [key],
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {
                "type": "HttpRequester",
                "url_base": f"{url}/api/rest/v1",
                "path": path,
                "http_method": "GET",
                "authenticator": AUTHENTICATOR,
            },
            "record_selector": {
                "type": "RecordSelector",
                "extractor": {"type": "DpathExtractor", "field_path": ["_embedded", "items"]},
            },
            "paginator": {
                "type": "DefaultPaginator",
                "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
                "page_size_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "limit"},
                "pagination_strategy": {"type": "PageIncrement", "page_size": 100, "start_from_page": 1},
            },
        },
    }


MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["families"]},
    "streams": [
        stream("families", "/families", "code"),
        stream("attributes", "/attributes", "code"),
        stream("categories", "/categories", "code"),
        stream("products", "/products-uuid", "uuid"),
    ],
}


def read(name):
    """Keys of what a stream hands out, and whatever it says went wrong."""
    catalog = ConfiguredAirbyteCatalogSerializer.load(
        {
            "streams": [
                {
                    "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                    "sync_mode": "full_refresh",
                    "destination_sync_mode": "overwrite",
                }
            ]
        }
    )
    source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=[], source_config=MANIFEST)
    keys, trouble = [], ""
    try:
        for message in source.read(logging.getLogger("airbyte"), {}, catalog, []):
            if message.type == Type.RECORD:
                keys.append(message.record.data.get("uuid") or message.record.data["code"])
            elif message.type == Type.TRACE and message.trace.error is not None:
                trouble += f"{message.trace.error.message} {message.trace.error.internal_message} "
    except Exception as error:  # the end of a stream that failed is an exception; its words are what we look at
        trouble += str(error)
    return keys, trouble


logging.disable(logging.CRITICAL)
checks = {}
for name, wanted in {"families": 50, "attributes": 402, "categories": 2000}.items():
    keys, trouble = read(name)
    checks[f"airbyte {name}"] = len(keys) == wanted == len(set(keys)) and trouble == ""
    if not checks[f"airbyte {name}"]:
        print(name, len(keys), trouble[:500])
keys, trouble = read("products")
checks["airbyte products up to the 10,000th"] = len(keys) == len(set(keys)) == 10_000
checks["airbyte is told to page by cursor beyond it"] = "422" in trouble or "search after" in trouble
if not all(checks.values()):
    print(len(keys), trouble[:500])

for name, fine in checks.items():
    print(("ok " if fine else "FAIL ") + name)
