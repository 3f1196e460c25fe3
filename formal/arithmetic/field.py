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


class Columns:
    """Columns as the exact sums that carry.py proves them to be, as long as none takes too many words."""

    def __init__(self, values, field):
        self.values, self.wholes, self.given, self.count = values, {}, [], 0
        field.instead["cpns_take"], field.instead["cpns_give"] = self.take, self.give

    def take(self, arguments):
        column, word = arguments
        whole, count = self.wholes.get(id(column), (0, 0))
        self.wholes[id(column)] = (whole + word.it, count + 1)
        self.count = max(self.count, count + 1)

    def give(self, arguments):
        at, next = arguments
        whole, _ = self.wholes.pop(id(at))
        low, rest = self.values.word("given", WORD - 1), self.values.word("rest", WORD - 1)
        self.values.facts.append(low.it + rest.it * WORD == whole)
        more, count = self.wholes.pop(id(next), (0, 0))
        self.wholes[id(at)] = (more + rest.it, count + 1)
        self.count = max(self.count, count + 1)
        self.given.append(low)
        at["sum"].words[0] = rest if isinstance(more, int) else None
        return low


def multiply(replace):
    """cpns_field_multiply: 2^256·v = a·c + m·p for a word m of each lower column, v below 2p, of which it gives v mod p."""
    values, field = read(replace)
    a, c, out, _, _, _ = pair(values)
    columns, ends = Columns(values, field), []
    field.instead["reduce_once"] = lambda arguments: ends.append(arguments)
    field.call("cpns_field_multiply", out, a, c)
    yield columns.count < 64 and len(columns.given) == 16 and len(ends) == 1
    to, t, high = ends[0]
    yield to is out
    # The products that were taken are those of each word with each.
    keys = {tuple(sorted((str(one.it), str(other.it)))): i + j
            for i, one in enumerate(a["l"].words) for j, other in enumerate(c["l"].words)}
    yield set(values.products) == set(keys)
    product = z3.Sum([values.products[key].it * WORD**weight for key, weight in keys.items()])
    m = z3.Sum([word.it * WORD**i for i, word in enumerate(columns.given[:8])])
    v = number(t.array) + high.it * 2**256
    zeros = [[product == 0]]
    yield holds(values, v * 2**256 == product + m * P, [product <= (P - 1) ** 2], zeros)
    yield holds(values, z3.Implies(v * 2**256 == product + m * P, v < 2 * P), [product <= (P - 1) ** 2], zeros)


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
        "multiply": multiply,
        "decode": decode,
    }
)
