"""Uses a silo through python3-redis as an application would; prints "all right" when every reply was."""

import os
import sys

try:
    import redis
except ImportError:
    sys.exit("the module redis is missing; install the package 'python3-redis' (apt-get install python3-redis)")

port = int(sys.argv[1])
client = redis.Redis(port=port, socket_timeout=30, client_name="python")
text = redis.Redis(port=port, socket_timeout=30, decode_responses=True)


def equal(got, expected):
    assert got == expected, f"got {got!r}, expected {expected!r}"


equal(client.ping(), True)
equal(client.echo("hi"), b"hi")
equal(client.client_getname(), "python")
equal(client.set("py", "one"), True)
equal(client.get("py"), b"one")
equal(client.set("py", "two", nx=True), None)
equal(client.set("py", "two", xx=True), True)
equal(client.set("py-none", "x", xx=True), None)
equal(client.set("py", "three", px=500_000), True)
assert 0 < client.pttl("py") <= 500_000
equal(client.set("py", "four", keepttl=True), True)
assert 490 <= client.ttl("py") <= 500
equal(client.set("py", "five", ex=90), True)
equal(client.expire("py", 700), True)
assert 690 <= client.ttl("py") <= 700
equal(client.expire("py-none", 10), False)
equal(client.ttl("py-none"), -2)
equal(client.strlen("py"), 4)
equal(client.mget("py", "py-none"), [b"five", None])
equal(client.exists("py", "py", "py-none"), 2)
equal(text.get("py"), "five")
equal(text.set("py", "grüße"), True)
equal(text.get("py"), "grüße")
equal(client.delete("py", "py-none"), 1)
equal(client.unlink("py"), 0)

large = os.urandom(1 << 20)
equal(client.set("py-large", large), True)
assert client.get("py-large") == large
equal(client.strlen("py-large"), 1 << 20)
assert client.mget("py-large", "py-none", "py-large") == [large, None, large]

pipeline = client.pipeline(transaction=False)
for i in range(500):
    pipeline.set(f"py-{i}", b"%d" % i)
    pipeline.get(f"py-{i}")
replies = pipeline.execute()
equal(replies[0::2], [True] * 500)
equal(replies[1::2], [b"%d" % i for i in range(500)])
equal(client.delete("py-large", *[f"py-{i}" for i in range(500)]), 501)

try:
    client.execute_command("SET", "py")
    raise AssertionError("a wrong arity was accepted")
except redis.ResponseError as error:
    equal(str(error), "wrong number of arguments for 'set' command")

assert client.info()["redis_mode"] == "standalone"
assert client.config_get("maxmemory*")["maxmemory-policy"] == "allkeys-lru"
assert client.dbsize() >= 0
assert any(entry["name"] == "python" for entry in client.client_list())
assert "kv.match" in client.command()
print("all right")
