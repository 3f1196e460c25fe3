"""cpnsField.c: integers mod p in Montgomery form, each function for all inputs, as exact integers."""

import z3
from cReader import Array, Place, Program
from prove import holds, main, pinned
from values import Whole

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
WORD = 2**32


def read(replace):
    values = Whole()
    field = Program("cpnsField.c", values, [], replace)

    def by_carry(sign):
        """cpns_add and cpns_subtract by what carry.py proves of them, for both forms."""

        def step(arguments):
            a, b, place = arguments
            out, carry = values.word("sum", WORD - 1), values.word("carry", 1)
            values.facts.append(out.it + sign * WORD * carry.it == a.it + sign * (b.it + field.load(place)[0].it))
            field.store(place, (carry, 32))
            return out

        return step

    field.instead["cpns_add"], field.instead["cpns_subtract"] = by_carry(1), by_carry(-1)
    return values, field


def unknown(values, name, count=8):
    return Array([values.word(name, WORD - 1) for _ in range(count)], 32)


def number(array, count=None):
    return z3.Sum([word.it * WORD**i for i, word in enumerate(array.words[:count])])


def canonical(value, out):
    """out is value mod p, for a value from 0 to below 2p."""
    return z3.And(out < P, z3.Or(out == value, out == value - P))


def constants(replace):
    """The constants are those of P-256 and of R = 2^256."""
    _, field = read(replace)
    value = lambda array: sum(word.it * WORD**i for i, word in enumerate(array.words))
    yield value(field.globals["prime"]) == P
    yield value(field.globals["cpns_one"]["l"]) == 2**256 % P
    yield value(field.globals["square_of_r"]["l"]) == 2**512 % P


def reduce(replace):
    """reduce_once: any value below 2p, mod p."""
    values, field = read(replace)
    a, high, out = unknown(values, "a"), values.word("high", WORD - 1), {"l": unknown(values, "o")}
    field.call("reduce_once", out, a, high)
    value = number(a) + high.it * 2**256
    edges = [pinned([*a.words, high], edge, 32) for edge in (0, P - 1, P, 2**256, 2 * P - 1)]
    yield holds(values, canonical(value, number(out["l"])), [value < 2 * P], edges)


def pair(values):
    a, c, out = ({"l": unknown(values, name)} for name in "aco")
    x, y = number(a["l"]), number(c["l"])
    edges = [
        pinned(a["l"].words, one, 32) + pinned(c["l"].words, other, 32) for one in (0, 1, P - 1) for other in (0, P - 1)
    ]
    return a, c, out, x, y, {"assuming": [x < P, y < P], "samples": edges}


def add(replace):
    values, field = read(replace)
    a, c, out, x, y, below = pair(values)
    field.call("cpns_field_add", out, a, c)
    yield holds(values, canonical(x + y, number(out["l"])), **below)


def subtract(replace):
    values, field = read(replace)
    a, c, out, x, y, below = pair(values)
    field.call("cpns_field_subtract", out, a, c)
    difference, at_edges = number(out["l"]), below["samples"]
    # One case at a time, which z3 finds easier: with p added, and without.
    yield holds(values, difference == x - y, [*below["assuming"], x >= y], at_edges)
    yield holds(values, difference == x - y + P, [*below["assuming"], x < y], at_edges)


def row(replace):
    """add_row and shift_row: t below 2p becomes (t + a·c + m·p) / 2^32, exactly and below 2p again, for some m."""
    values, field = read(replace)
    t, a, c = unknown(values, "t", 10), values.word("a", WORD - 1), unknown(values, "c")
    before, factor, start = number(t, 9), number(c), t.words[:9]
    field.call("add_row", t, a, c)
    # The products that were taken are a·c[0] … a·c[7], and no others; as a word times a number below p they are bounded.
    expected = [tuple(sorted((str(a.it), str(word.it)))) for word in c.words]
    yield list(values.products) == expected
    product = z3.Sum([values.products[key].it * WORD**i for i, key in enumerate(expected)])
    assuming = [before < 2 * P, factor < P, product <= (WORD - 1) * (P - 1)]
    zeros = [pinned(start, 0, 32) + [product == 0]]
    yield holds(values, number(t) == before + product, assuming, zeros)
    m = t.words[0]
    field.call("shift_row", t)
    after = number(t, 9)
    yield holds(values, after * WORD == before + product + m.it * P, assuming, zeros)
    yield holds(values, after < 2 * P, assuming, zeros)


def multiply(replace):
    """cpns_field_multiply: a row for each word of a, on t = 0, then the reduction: so out·2^256 = a·c mod p."""
    values, field = read(replace)
    a, c, out, _, _, _ = pair(values)
    steps = []

    def add_row(arguments):
        t, word, factor = arguments
        if not steps:
            steps.append(all(one.known and one.it == 0 for one in t.array.words))
        steps.append(("add", t.array, word.it, factor.array))

    field.instead["add_row"] = add_row
    field.instead["shift_row"] = lambda arguments: steps.append(("shift", arguments[0].array))
    field.instead["reduce_once"] = lambda given: steps.append(("reduce", given[0], given[1].array, given[2].it))
    field.call("cpns_field_multiply", out, a, c)
    t = steps[1][1] if len(steps) > 1 else None
    rows = [step for word in a["l"].words for step in (("add", t, word.it, c["l"]), ("shift", t))]
    yield steps == [True, *rows, ("reduce", out, t, t.words[8].it)]


def decode(replace):
    """cpns_limbs_load: 32 octets, big endian; cpns_limbs_subtract: the difference, and whether it was negative."""
    values, field = read(replace)
    octets = Array([values.word("octet", 255) for _ in range(32)], 8)
    out = unknown(values, "o")
    field.call("cpns_limbs_load", out, octets)
    edges = [pinned(octets.words, edge, 8) for edge in (0, 1, 2**256 - 1)]
    big = z3.Sum([word.it * 256 ** (31 - i) for i, word in enumerate(octets.words)])
    yield holds(values, number(out) == big, (), edges)
    a, m, less = unknown(values, "a"), unknown(values, "m"), unknown(values, "l")
    edges = [pinned(a.words, one, 32) + pinned(m.words, other, 32) for one in (0, 1) for other in (0, 1)]
    borrow = field.call("cpns_limbs_subtract", less, a, m)
    yield holds(values, z3.And(number(less) == number(a) - number(m) + borrow.it * 2**256, borrow.it >= 0, borrow.it <= 1), (), edges)


main(
    {
        "constants": constants,
        "reduce": reduce,
        "add": add,
        "subtract": subtract,
        "row": row,
        "multiply": multiply,
        "decode": decode,
    }
)
