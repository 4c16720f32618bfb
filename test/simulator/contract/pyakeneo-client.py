"""Drives the simulator with PyPI's pyakeneo, unchanged: list over several pages, create, update, batch, delete, media."""
import json
import os
import sys
import tempfile

from pyakeneo.client import Client

url = os.environ["AKENEO_BASE_URL"]
client = Client(
    url,
    os.environ["AKENEO_CLIENT_ID"],
    os.environ["AKENEO_SECRET"],
    os.environ["AKENEO_USERNAME"],
    os.environ["AKENEO_PASSWORD"],
)


def count(result):
    return sum(1 for _ in result)


checks = {}
checks["products by cursor"] = count(client.products.fetch_list({"limit": 50})) == 240
checks["models"] = count(client.product_models.fetch_list({"limit": 10})) == 34
checks["categories"] = count(client.categories.fetch_list({"limit": 3})) == 12
checks["families"] = count(client.families.fetch_list()) == 5
checks["attributes"] = count(client.attributes.fetch_list({"limit": 8})) == 27
checks["options"] = count(client.attributes.options("color").fetch_list()) == 6
checks["family variants"] = count(client.families.variants("lamps").fetch_list()) == 1
search = {"search": {"family": [{"operator": "IN", "value": ["kits"]}]}}
checks["search"] = sorted(p["identifier"] for p in client.products.fetch_list(search)) == ["DL7-SET", "TRAVEL-SET"]

client.products.create_item({"identifier": "py-1", "family": "lamps"})
client.products.update_create_item({"identifier": "py-1", "enabled": False})
checks["update"] = client.products.fetch_item("py-1")["enabled"] is False
statuses = client.products.update_create_list([{"identifier": f"py-{n}"} for n in range(1, 251)])
checks["batch"] = [line["status_code"] for line in statuses] == [204] + [201] * 249
client.products.delete_item("py-1")
checks["delete"] = count(client.products.fetch_list({"limit": 100})) == 240 + 249

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "pixel.png")
    with open(path, "wb") as file:
        file.write(bytes.fromhex("89504e470d0a1a0a0000000d49484452"))
    product = {"identifier": "NL-DL7-B", "attribute": "image", "scope": None, "locale": None}
    with open(path, "rb") as file:
        response = client._session.post(
            f"{url}/api/rest/v1/media-files",
            data={"product": json.dumps(product)},
            files={"file": file},
            # The session says JSON for everything; the library leaves uploads to its user.
            headers={"Content-Type": None},
        )
    checks["upload"] = response.status_code == 201
    download = client._session.get(response.headers["Location"] + "/download")
    checks["download"] = download.content.startswith(b"\x89PNG")

for name, passed in checks.items():
    print(("ok   " if passed else "FAIL ") + "pyakeneo: " + name)
sys.exit(0 if all(checks.values()) else 1)
