"""What a read costs through a silo that has to fetch it: the median of ratios of interleaved reads of one block.

Usage: wrong_silo.py BUILT-SILO.dll [bytes] [rounds]

Starts two silos on loopback, writes blocks that the first owns, and reads each through the first and through the second in turn, with GET and with KV.GET.
"""
import socket
import statistics
import subprocess
import sys
import time

BASE = 27300


def start(dll, index):
    ports = [BASE + 10 * index + i for i in range(4)]
    options = {
        "SiloPort": ports[0], "GatewayPort": ports[1], "DataPlane:Port": ports[2], "Http:Port": ports[3],
        "Memory:Bytes": "256MiB", "PrimarySilo": f"127.0.0.1:{BASE}", "SiloName": f"silo-{index}",
    }
    arguments = [text for name, value in options.items() for text in (f"--KvOrleans:{name}", str(value))]
    return subprocess.Popen(["dotnet", dll, *arguments], stdout=subprocess.DEVNULL), ports[2]


class Connection:
    def __init__(self, port):
        for _ in range(600):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(60)
        self.buffer = bytearray(1 << 16)

    def send(self, *words):
        words = [word if isinstance(word, bytes) else word.encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))

    def ask(self, *words):
        self.send(*words)
        reply = b""
        while not reply.endswith(b"\r\n"):
            reply += self.socket.recv(1 << 16)
        return reply.decode()

    def time(self, length, *words):
        """Seconds until length bytes of payload and what is around them have come."""
        if len(self.buffer) < length + 1024:
            self.buffer = bytearray(length + 1024)
        began = time.perf_counter()
        self.send(*words)
        got = 0
        view = memoryview(self.buffer)
        while got < length + 4 or view[got - 2:got] != b"\r\n":
            count = self.socket.recv_into(view[got:])
            if count == 0 or view[0] == ord("-") or bytes(view[:3]) in (b"$-1", b"*-1"):
                raise SystemExit(f"not a block: {bytes(view[:100])}")
            got += count
        return time.perf_counter() - began


def main():
    dll = sys.argv[1]
    length = int(sys.argv[2]) if len(sys.argv) > 2 else 2 << 20
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    silos = []
    try:
        silos = [start(dll, index) for index in range(2)]
        own, other = [Connection(port) for _, port in silos]
        while any("\r\nsilos:2" not in connection.ask("INFO", "Cluster") for connection in (own, other)):
            time.sleep(0.2)
        keys = []
        probe = Connection(silos[0][1])
        probe.ask("KV.PEER", "bench")
        for i in range(64):
            if len(keys) < 8 and probe.ask("EXISTS", f"kv:bench/{i}").startswith(":"):
                keys.append(f"kv:bench/{i}")
                own.ask("SET", keys[-1], b"v" * length)
        for i in range(2 * rounds):
            # The runtime compiles what is used often once more.
            own.time(length, "GET", keys[i % len(keys)])
            other.time(length, "GET", keys[i % len(keys)])
        for command in ("GET", "KV.GET"):
            ratios, direct, forwarded = [], [], []
            for i in range(rounds):
                key = keys[i % len(keys)]
                direct.append(own.time(length, command, key))
                forwarded.append(other.time(length, command, key))
                ratios.append(forwarded[-1] / direct[-1])
            print(f"{command} of {length} bytes: {statistics.median(direct) * 1e6:.0f} us at its owner, {statistics.median(forwarded) * 1e6:.0f} us through the other; "
                  f"ratio of medians {statistics.median(forwarded) / statistics.median(direct):.2f}, median of ratios {statistics.median(ratios):.2f}")
    finally:
        for process, _ in reversed(silos):
            process.terminate()
        for process, _ in silos:
            process.wait(30)


main()
