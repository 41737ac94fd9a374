"""Prints vectors.json: block hashes and fingerprints that our code had no part in.

Run it as `python3 make_vectors.py > vectors.json`; it needs Debian's python3-cbor2 and nothing else. The same input gives the same
output, byte for byte.
"""

import hashlib
import json
import random

import cbor2

WIDTH_BORDERS = [0, 23, 24, 255, 256, 65535, 65536, 2**31 - 1]


def digest(value):
    return hashlib.sha256(cbor2.dumps(value, canonical=True)).digest()


def overlapping(items, blocks, size):
    """For each block, the items that count towards its hash; items are (identifier, offset, length), sorted by offset."""
    waiting = list(items)
    for block in range(blocks):
        start, end = block * size, (block + 1) * size
        found = []
        if items and start < items[-1][1] + items[-1][2]:
            while waiting and waiting[0][1] < end:
                identifier, offset, length = waiting[0]
                if start < offset + length:
                    found.append((identifier, offset - start))
                if end < offset + length:
                    break
                waiting.pop(0)
        yield found


def chain(case):
    size, tokens = case["blockTokens"], case["tokens"]
    parent = bytes.fromhex(case["root"]) if "root" in case else digest(case["seed"])
    hashes = []
    for block, items in enumerate(overlapping(case.get("multiModal", []), len(tokens) // size, size)):
        start, end = block * size, (block + 1) * size
        extra = [case["lora"]] if "lora" in case else []
        extra += items
        if block == 0 and case.get("salt"):
            extra.append(case["salt"])
        if "embeddings" in case:
            width = case["bytesPerToken"]
            rows = bytes.fromhex(case["embeddings"])[start * width:end * width]
            extra.append(hashlib.sha256(rows).digest())
        parent = digest((parent, tuple(tokens[start:end]), tuple(extra) or None))
        hashes.append(parent.hex())
    return hashes


def cases():
    rng = random.Random(20260101)

    def some(count, top=128256):
        return [rng.randrange(top) for _ in range(count)]

    def case(name, tokens, size=16, seed="0", **rest):
        return {"name": name, "seed": seed, "blockTokens": size, "tokens": tokens, **rest}

    yield case("no tokens", [])
    yield case("less than a block", some(15))
    yield case("one block", some(16))
    yield case("a partial last block", some(16 * 5 + 7))
    for seed in ["", "1", "42", "4294967295", "random", "Größe 🚀"]:
        yield case(f"seed {seed!r}", some(33), seed=seed)
    yield case("a root of its own", some(33), root=bytes(range(32)).hex())
    for size in [1, 2, 23, 24, 64, 255, 256, 512]:
        yield case(f"blocks of {size}", some(2 * size + 1), size=size)
    yield case("token widths", WIDTH_BORDERS * 4, size=8)
    for token in WIDTH_BORDERS:
        yield case(f"token {token}", [token] * 4, size=2)
    yield case("lora", some(50), lora="sql-adapter")
    yield case("lora, unicode", some(50), lora="адаптер-猫-🐈")
    yield case("lora of 300 bytes", some(50), lora="a" * 300)
    yield case("salt", some(50), salt="tenant-7")
    yield case("salt, unicode", some(50), salt="sel – ü – 塩")
    yield case("salt, empty", some(50), salt="")
    yield case("lora that equals a salt", [7] * 16, lora="same")
    yield case("salt that equals a lora", [7] * 16, salt="same")
    yield case("one item inside a block", some(48), multiModal=[["img-a", 18, 5]])
    yield case("an item over many blocks", some(100), multiModal=[["img-a", 5, 70]])
    yield case("an item that ends with its block", some(64), multiModal=[["img-a", 8, 24]])
    yield case("an item that begins with its block", some(64), multiModal=[["img-a", 16, 16]])
    yield case("several items in a block", some(64), multiModal=[["a", 1, 2], ["b", 3, 4], ["c", 9, 1], ["a", 12, 30]])
    yield case("neighbours that meet in a block", some(96), multiModal=[["a", 4, 40], ["b", 44, 40]])
    yield case("an item beyond the tokens", some(40), multiModal=[["a", 20, 500]])
    yield case("far offsets", some(700, 300), size=2, multiModal=[["wide", 0, 690]])
    yield case("a short item within a long one", some(160), multiModal=[["video", 2, 120], ["sound", 20, 10]])
    yield case("short items within a long one, and one after", some(160), multiModal=[["v", 2, 50], ["s", 3, 4], ["t", 60, 30]])
    yield case("embeddings", [0] * 48, embeddings=rng.randbytes(48 * 8).hex(), bytesPerToken=8)
    yield case("embeddings that end in a block", [0] * 30 + some(50), embeddings=rng.randbytes(30 * 6).hex(), bytesPerToken=6)
    yield case("everything", some(90), seed="7", lora="lørå", salt="s3cret", multiModal=[["a", 3, 20], ["ü", 40, 33]],
               embeddings=rng.randbytes(50 * 4).hex(), bytesPerToken=4)
    for number in range(40):
        size = rng.choice([1, 3, 8, 16, 32])
        items, offset = [], 0
        for index in range(rng.randrange(6)):
            offset += rng.randrange(0, 40)
            items.append([f"item-{index}", offset, rng.randrange(1, 60)])
        extras = {"multiModal": items} if items else {}
        if rng.random() < 0.5:
            extras["lora"] = f"lora-{number}"
        if rng.random() < 0.5:
            extras["salt"] = f"salt-{number}"
        yield case(f"random {number}", some(rng.randrange(200), 2**31), size=size, seed=str(rng.randrange(2**32)), **extras)


def fingerprints():
    def one(*fields):
        return {"fields": list(fields), "hex": digest(("kvorleans.model.1", *fields)).hex()[:32]}

    yield one("meta-llama/Llama-3-8B", "main", "bfloat16", "NHD", 16, 0, 1)
    yield one("meta-llama/Llama-3-8B", "main", "bfloat16", "NHD", 256, 3, 8)
    yield one("Qwen/模型", "9f0c1d2", "fp8_e4m3", "HND", 64, 0, 2)


def main():
    print('{\n  "chains": [')
    print(",\n".join("    " + json.dumps({**case, "hashes": chain(case)}) for case in cases()))
    print('  ],\n  "fingerprints": [')
    print(",\n".join("    " + json.dumps(fingerprint) for fingerprint in fingerprints()))
    print("  ]\n}")


if __name__ == "__main__":
    main()
