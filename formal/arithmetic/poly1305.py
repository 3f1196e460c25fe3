"""Poly1305 of cpnsAead.c: limbs of 13 bits, no sum above a word, exact mod 2^130 - 5, for all inputs."""

import z3
from cReader import Array, Program
from prove import holds, main, pinned
from values import Bits, Whole

P = 2**130 - 5
LIMB = 2**13
# What poly_block leaves and takes: the second limb may be a little more than its 13 bits.
SECOND = LIMB - 1 + 600


def read(values, replace):
    return values, Program("cpnsAead.c", values, [], replace)


def number(words):
    return z3.Sum([word.it * LIMB**i for i, word in enumerate(words)])


def state(values):
    bounds = [LIMB - 1, SECOND] + 8 * [LIMB - 1]
    limbs = lambda name: Array([values.word(name, most) for most in bounds], 32)
    return {
        "h": limbs("h"),
        "r": Array([values.word("r", LIMB - 1) for _ in range(10)], 32),
        "pad": Array([values.word("pad", 2**32 - 1) for _ in range(4)], 32),
    }


def split(replace):
    """128 bits in limbs: all of them, each in its place, the highest limb below 2^11."""
    values, aead = read(Bits(), replace)
    octets = [values.word(f"octet{i}", 255) for i in range(16)]
    limbs = Array([None] * 10, 32)
    aead.call("split", limbs, Array(octets, 8))
    whole = z3.Concat(*[z3.Extract(7, 0, one.it) for one in reversed(octets)])
    parts = z3.Concat(z3.Extract(10, 0, limbs.words[9].it), *[z3.Extract(12, 0, one.it) for one in limbs.words[8::-1]])
    small = [z3.ULT(one.it, 2**11 if i == 9 else 2**13) for i, one in enumerate(limbs.words)]
    yield holds(values, z3.And(parts == whole, *small))


def block(replace):
    """poly_block: h becomes (h + block + 2^128)·r mod 2^130 - 5, within the bounds that it was in; nothing wraps."""
    values, aead = read(Whole(), replace)
    poly = state(values)
    h, r = list(poly["h"].words), list(poly["r"].words)
    limbs = [values.word("block", LIMB - 1 if i < 9 else 2**11 - 1) for i in range(10)]

    def put(arguments):
        arguments[0].array.words[:] = limbs

    aead.instead["split"] = put
    aead.call("poly_block", poly, Array([None] * 16, 8))
    yield values.wraps == 0
    yield all(word.most <= (SECOND if i == 1 else LIMB - 1) for i, word in enumerate(poly["h"].words))
    # Factors are the limbs of h + block + 2^128; products are those of every pair, by name.
    added = [a.it + b.it for a, b in zip(h, limbs)]
    added[9] = h[9].it + (limbs[9].it + 2**11)
    products = {}
    for j, left in enumerate(added):
        for k, right in enumerate(r):
            products[j, k] = values.products.get(tuple(sorted((str(left), str(right.it)))))
    yield None not in products.values() and len(values.products) == 100
    exact = z3.Sum([product.it * LIMB ** (j + k) for (j, k), product in products.items()])
    beyond = z3.Sum([product.it * LIMB ** (j + k - 10) for (j, k), product in products.items() if j + k >= 10])
    rest = exact - P * beyond - number(poly["h"].words)
    turns = z3.Int("turns")
    zeros = [product == 0 for product in (one.it for one in values.products.values())]
    yield holds(values, rest == P * turns, [turns == rest / P], [zeros])


def reduce(replace):
    """poly_reduce: h mod 2^130 - 5."""
    values, aead = read(Whole(), replace)
    poly = state(values)
    before = number(poly["h"].words)
    edges = [pinned(poly["h"].words, edge, 13) for edge in (0, P - 1, P, 2**130 - 1)]
    aead.call("poly_reduce", poly["h"])
    after = number(poly["h"].words)
    limbs = z3.And(*[z3.And(word.it >= 0, word.it < LIMB) for word in poly["h"].words])
    yield holds(values, z3.And(limbs, after >= 0, after < P, z3.Or(after == before, after == before - P)), (), edges)


def tag(replace):
    """poly_end: h + pad mod 2^128, in 16 octets, least first."""
    values, aead = read(Bits(), replace)
    h = [values.word(f"h{i}", LIMB - 1) for i in range(10)]
    pad = [values.word(f"pad{i}", 2**32 - 1) for i in range(4)]
    aead.instead["poly_reduce"] = lambda _: None
    octets = Array([None] * 16, 8)
    aead.call("poly_end", {"h": Array(h, 32), "pad": Array(pad, 32)}, octets)
    join = lambda words, bits: z3.Concat(*[z3.Extract(bits - 1, 0, one.it) for one in reversed(words)])
    yield holds(values, join(octets.words, 8) == z3.Extract(127, 0, join(h, 13)) + join(pad, 32))


main({"split": split, "block": block, "reduce": reduce, "tag": tag})
