"""Reads the products with pyakeneo, as its documentation shows, into PostgreSQL."""
import json
import os
import resource
import time

import psycopg2
from psycopg2.extras import execute_values
from pyakeneo.client import Client

database = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = database.cursor()
cursor.execute("create table peer_product (identifier text primary key, source jsonb not null)")
database.commit()

batch, products = [], 0


def write():
    global batch
    execute_values(cursor, "insert into peer_product (identifier, source) values %s", batch, page_size=1000)
    database.commit()
    batch = []


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


began, cpu = time.time(), cpu_seconds()
client = Client(
    os.environ["AKENEO_BASE_URL"],
    os.environ["AKENEO_CLIENT_ID"],
    os.environ["AKENEO_SECRET"],
    os.environ["AKENEO_USERNAME"],
    os.environ["AKENEO_PASSWORD"],
)
for product in client.products.fetch_list({"limit": 100, "pagination_type": "search_after"}):
    batch.append((product["identifier"], json.dumps(product)))
    products += 1
    if len(batch) == 1000:
        write()
write()
print(json.dumps({"products": products, "seconds": time.time() - began, "cpuSeconds": cpu_seconds() - cpu}))
