"""Reads the products with airbyte-cdk and a declarative manifest, as its documentation shows for cursors, into PostgreSQL."""
import base64
import json
import logging
import os
import resource
import time

import psycopg2
from psycopg2.extras import execute_values
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, Type
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

url = os.environ["AKENEO_BASE_URL"]
client_id = os.environ["AKENEO_CLIENT_ID"]
secret = os.environ["AKENEO_SECRET"]
basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()

MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["products"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "products",
            "primary_key": ["uuid"],
            "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {
                    "type": "HttpRequester",
                    "url_base": f"{url}/api/rest/v1",
                    "path": "/products-uuid",
                    "http_method": "GET",
                    "request_parameters": {"pagination_type": "search_after", "limit": "100"},
                    "authenticator": {
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
                    },
                },
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": ["_embedded", "items"]},
                },
                "paginator": {
                    "type": "DefaultPaginator",
                    "page_token_option": {"type": "RequestPath"},
                    "pagination_strategy": {
                        "type": "CursorPagination",
                        "cursor_value": "{{ response.get('_links', {}).get('next', {}).get('href') }}",
                        "stop_condition": "{{ not response.get('_links', {}).get('next') }}",
                    },
                },
            },
        }
    ],
}

logging.disable(logging.CRITICAL)
catalog = ConfiguredAirbyteCatalogSerializer.load(
    {
        "streams": [
            {
                "stream": {"name": "products", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                "sync_mode": "full_refresh",
                "destination_sync_mode": "overwrite",
            }
        ]
    }
)
database = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = database.cursor()
cursor.execute("create table peer_product (uuid uuid primary key, source jsonb not null)")
database.commit()

batch, products = [], 0


def write():
    global batch
    execute_values(cursor, "insert into peer_product (uuid, source) values %s", batch, page_size=1000)
    database.commit()
    batch = []


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


began, cpu = time.time(), cpu_seconds()
source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=[], source_config=MANIFEST)
for message in source.read(logging.getLogger("airbyte"), {}, catalog, []):
    if message.type != Type.RECORD:
        continue
    batch.append((message.record.data["uuid"], json.dumps(message.record.data)))
    products += 1
    if len(batch) == 1000:
        write()
write()
print(json.dumps({"products": products, "seconds": time.time() - began, "cpuSeconds": cpu_seconds() - cpu}))
